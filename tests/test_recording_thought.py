"""A thought, recorded: what the model itself says, segment by segment."""

import gzip
import json
from dataclasses import replace

import pytest
import torch

from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM
from hrmkit.model.steps import wiring_of_step
from hrmkit.model.wiring import PuzzleInterface, Sizes
from hrmkit.puzzles.puzzle import IGNORED, Grid
from hrmkit.puzzles.registry import puzzle_of
from hrmkit.recording.file import dumps, hash_of, loads
from hrmkit.recording.thought.recorder import record_thought
from hrmkit.recording.thought.schema import ThoughtRecording
from hrmkit.renamed import RECORDING
from hrmkit.solving.answer import solve_grid

SMALL = Sizes(width=16, heads=2, inner=32, blocks=1)
SUDOKU = puzzle_of("sudoku", 16)
SOLVED: Grid = SUDOKU.encode("1234341221434321")
GIVEN: Grid = SUDOKU.encode("1.34341.2143432.")


def model_of(step: int = 7, segments: int = 4) -> PuzzleHRM:
    wiring = replace(wiring_of_step(step), segments=segments)
    model = assemble(wiring, SMALL, PuzzleInterface(SUDOKU.vocab, SUDOKU.cells), seed=1)
    assert isinstance(model, PuzzleHRM)
    return model.eval()


def test_every_segment_is_the_models_own() -> None:
    model = model_of()
    recording = record_thought(model, SUDOKU, GIVEN, solution=SOLVED)
    batch = PuzzleBatch(torch.tensor([GIVEN]), torch.zeros(1, dtype=torch.int64))
    carry = model.initial_carry(batch)
    before: Grid | None = None
    assert len(recording.segments) == 4
    for segment in recording.segments:
        with torch.no_grad():
            carry, said = model.segment(carry, batch)
        assert list(segment.answer) == said.logits.argmax(-1)[0].tolist()
        assert segment.q_halt == pytest.approx(said.q_halt.item(), abs=1e-6)
        assert segment.red == bool(said.q_halt > said.q_continue)
        expected = before or segment.answer
        assert segment.changed == tuple(i for i in range(16) if expected[i] != segment.answer[i])
        before = segment.answer
    assert recording.board.kind == "sudoku"
    assert recording.model.parameters == sum(p.numel() for p in model.parameters())


def always(model: PuzzleHRM, grid: Grid, q_halt: float) -> PuzzleHRM:
    """The model with heads that say one thing: every cell the first token of `grid`."""
    with torch.no_grad():
        for head in (model.token_head, model.q_head):
            for value in head.parameters():
                value.zero_()
        model.q_head.bias.copy_(torch.tensor([q_halt, 0.0]))
    return model


def test_the_light_and_the_verdict() -> None:
    model = always(model_of(), SOLVED, q_halt=1.0)
    recording = record_thought(model, SUDOKU, GIVEN, solution=SOLVED)
    assert recording.segments_used == 1
    assert recording.segments[0].red
    assert (recording.valid, recording.exact) == (False, False)
    never = record_thought(always(model_of(), SOLVED, q_halt=-1.0), SUDOKU, GIVEN)
    assert never.segments_used == 4
    assert never.exact is None
    # Only what is asked about counts.
    answer = recording.segments[0].answer
    partly = (*answer[:3], *[IGNORED] * 13)
    assert record_thought(model, SUDOKU, GIVEN, solution=partly).exact


def test_a_light_that_asks_for_more_certainty_says_so() -> None:
    model = model_of(7)
    with torch.no_grad():
        model.q_head.weight.zero_()
        model.q_head.bias.copy_(torch.tensor([2.0, -5.0]))
    assert record_thought(model, SUDOKU, GIVEN).segments_used == 1
    recording = record_thought(model, SUDOKU, GIVEN, halt_threshold=0.95)
    assert (recording.halt_threshold, recording.segments_used) == (0.95, 4)
    assert not any(segment.red for segment in recording.segments)


def test_what_only_a_label_can_judge_is_not_judged_without_one() -> None:
    arc = puzzle_of("arc")
    model = assemble(wiring_of_step(1), SMALL, PuzzleInterface(arc.vocab, arc.cells), seed=1)
    assert isinstance(model, PuzzleHRM)
    given: Grid = (2, *[0] * 899)
    recording = record_thought(model.eval(), arc, given)
    assert (recording.valid, recording.exact) == (None, None)
    assert recording.board.kind == "arc"
    assert record_thought(model, arc, given, solution=given).valid is False


def test_without_halting_there_is_no_light() -> None:
    recording = record_thought(model_of(step=6), SUDOKU, GIVEN, segments=2)
    assert [one.q_halt for one in recording.segments] == [None, None]
    assert recording.segments_used == 2


def test_what_the_saved_model_says_of_itself_is_in_the_card() -> None:
    metadata = {
        "preset": "hrm-27m",
        "step": 500,
        "data": [
            {"source": "/home/somebody/sudoku/train.csv.gz"},
            "odd",
            {"source": 3},
            {"source": "train.csv.gz", "rows": 8000},
            {"source": "elsewhere/train.csv.gz", "rows": 20_000},
            {"source": "dev.csv.gz"},
        ],
    }
    recording = record_thought(model_of(), SUDOKU, GIVEN, metadata=metadata)
    assert recording.title == "hrm-27m thinks about sudoku"
    assert (recording.model.preset, recording.step) == ("hrm-27m", 500)
    assert recording.trained_on == ("8,000 + 20,000 puzzles of train.csv.gz", "dev.csv.gz")
    odd = {"preset": 3, "step": "many", "data": "x"}
    card = record_thought(model_of(), SUDOKU, GIVEN, metadata=odd, title="My own")
    assert (card.title, card.model.preset, card.step, card.trained_on) == ("My own", None, None, ())


def test_it_comes_back_from_its_file() -> None:
    recording = record_thought(model_of(), SUDOKU, GIVEN, solution=SOLVED)
    assert loads(dumps(recording), "thought") == recording


@pytest.mark.parametrize(
    ("given", "solution", "segments", "complaint"),
    [
        (GIVEN[:9], None, None, "the puzzle has 9 cells where 16 belong"),
        ((9, *GIVEN[1:]), None, None, "the puzzle has the token 9"),
        (GIVEN, SOLVED[:4], None, "the solution has 4 cells"),
        (GIVEN, None, 65, "65 segments are more than a recording shows"),
        (GIVEN, None, -1, "-1 segments are not possible"),
    ],
)
def test_what_does_not_fit_is_said(
    given: Grid, solution: Grid | None, segments: int | None, complaint: str
) -> None:
    with pytest.raises(UserError) as caught:
        record_thought(model_of(), SUDOKU, given, solution=solution, segments=segments)
    assert complaint in str(caught.value)


def test_a_file_from_before_its_fields_were_renamed_opens_and_is_written_anew() -> None:
    recording = record_thought(model_of(), SUDOKU, GIVEN, halt_threshold=0.75)
    content = recording.model_dump(mode="json")
    old_names = {new: old for old, new in RECORDING.items() if old != "halted_after"}
    old = {old_names.get(key, key): value for key, value in content.items()}
    old["hash"] = hash_of(old)
    assert {"used", "sure"} < set(old)
    assert old["hash"] != recording.hash
    found = loads(json.dumps(old).encode(), "old.hrm.json")
    assert found == recording
    assert loads(dumps(found), "new.hrm.json.gz") == recording
    with pytest.raises(UserError, match="do not match its hash"):
        loads(json.dumps(old | {"used": 1, "sure": 0.5}).encode(), "old.hrm.json")


@pytest.mark.parametrize("views", [1, 3])
def test_it_says_what_came_of_every_view_that_was_tried(views: int) -> None:
    model = always(model_of(), GIVEN, q_halt=3.0)  # an answer that is not valid, and halts at once
    answer = solve_grid(model, SUDOKU, GIVEN, views=views)
    recording = record_thought(model, SUDOKU, GIVEN, view=answer.view, tried=answer.tries)
    assert recording.tried is not None
    assert [one.view for one in recording.tried] == list(range(1, views + 1))
    for one, found in zip(recording.tried, answer.tries, strict=True):
        assert one.answer == found.answer
        assert (one.valid, one.segments, one.halted) == (False, 1, True)
        assert one.q_halt == pytest.approx(3.0)
    assert recording.tried[0].answer == recording.segments[0].answer
    assert loads(dumps(recording), "it") == recording


def test_a_file_from_before_views_were_recorded_opens() -> None:
    content = json.loads(gzip.decompress(dumps(record_thought(model_of(), SUDOKU, GIVEN))))
    assert content["tried"] is None
    del content["tried"]
    old = loads(json.dumps(content).encode(), "an old one")
    assert isinstance(old, ThoughtRecording)
    assert old.tried is None
