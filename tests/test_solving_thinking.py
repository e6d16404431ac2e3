import pytest
import torch

from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.halting import segments_until_halt
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM
from hrmkit.puzzles.puzzle import PuzzleSet
from hrmkit.puzzles.sudoku import small as sudoku
from hrmkit.solving.start import Start
from hrmkit.solving.thinking import ask, right_cells, thinking


@pytest.mark.parametrize(
    ("red", "segments"),
    [([True], 1), ([False], 1), ([False, True, False, True], 2), ([False] * 3, 3)],
)
def test_a_thought_stops_at_its_first_red_light(red: list[bool], segments: int) -> None:
    assert segments_until_halt(red) == segments


@pytest.fixture(scope="module")
def some() -> PuzzleSet:
    return sudoku.generate(4, 9, seed=3)[1]


def undecided(step: int = 7, seed: int = 0) -> PuzzleHRM:
    """A model whose light is red for some puzzles and segments: about one in six."""
    model = assemble(step=step, seed=seed).double()
    probe = sudoku.generate(4, 40, seed=9)[1]
    with torch.no_grad():
        torch.manual_seed(seed)
        model.q_head.weight[0].normal_()
        model.q_head.bias.zero_()
        said = torch.stack([thought.q_halt for thought in thinking(model, probe)])
        model.q_head.bias[0] = -said.quantile(5 / 6)
    return model


def test_one_thought_a_segment_as_the_model_thinks(some: PuzzleSet) -> None:
    model = undecided()
    thoughts = list(thinking(model, some))
    assert [thought.number for thought in thoughts] == list(range(1, 9))
    batch = PuzzleBatch(some.given, some.puzzle_ids)
    carry = model.initial_carry(batch)
    for thought in thoughts:
        carry, said = model.segment(carry, batch)
        assert torch.equal(thought.tokens, said.logits.argmax(-1))
        assert torch.equal(thought.q_halt, said.q_halt.detach())
        assert torch.equal(thought.halts, said.q_halt > said.q_continue)
    halting = torch.stack([thought.halts for thought in thoughts])
    assert halting.any()
    assert not halting.all()


def test_thinking_longer_than_in_training_passes_through_training(some: PuzzleSet) -> None:
    model = undecided()
    longer = list(thinking(model, some, segments=20))
    assert len(longer) == 20
    assert torch.equal(longer[7].q_halt, list(thinking(model, some))[-1].q_halt)
    assert next(thinking(model, some, segments=1)).number == 1


def test_listening_changes_nothing_outside(some: PuzzleSet) -> None:
    model = undecided()
    for thought in thinking(model, some):
        assert torch.is_grad_enabled()
        assert not torch.is_inference_mode_enabled()
        thought.q_halt.add_(1)  # a tensor like any other
    model.segment(
        model.initial_carry(PuzzleBatch(some.given, some.puzzle_ids)),
        PuzzleBatch(some.given, some.puzzle_ids),
    )[1].logits.sum().backward()


def test_other_starts_think_other_thoughts_the_same_for_every_puzzle(some: PuzzleSet) -> None:
    model = undecided()

    def q_of(start: Start, puzzles: PuzzleSet = some) -> torch.Tensor:
        return next(thinking(model, puzzles, start=start)).q_halt

    taught = q_of(Start())
    assert torch.equal(taught, q_of(Start(0, 0.5)))
    others = [q_of(Start(1)), q_of(Start(2)), q_of(Start(1, 0.1)), q_of(Start(2, 0.1))]
    for at, one in enumerate(others):
        assert not torch.allclose(one, taught)
        assert all(not torch.allclose(one, other) for other in others[at + 1 :])
    near, far = (q_of(Start(1, noise)) for noise in (1e-6, 1.0))
    assert (near - taught).abs().max() < 1e-3 < (far - taught).abs().max()
    for start in (Start(2), Start(2, 0.3)):
        alone = torch.cat([q_of(start, some[row : row + 1]) for row in range(len(some))])
        torch.testing.assert_close(alone, q_of(start), rtol=0, atol=1e-10)
        assert torch.equal(q_of(start), q_of(start))
    with pytest.raises(UserError, match=r"noise of -0.1"):
        Start(1, -0.1)


def test_what_the_model_does_not_read_is_refused(some: PuzzleSet) -> None:
    model = undecided()
    nine = PuzzleSet(torch.zeros(1, 81).long(), torch.zeros(1, 81).long(), torch.zeros(1).long())
    with pytest.raises(UserError, match="81 cells do not fit a model that reads 16"):
        next(thinking(model, nine))
    high = PuzzleSet(some.given + 4, some.solution, some.puzzle_ids)
    with pytest.raises(UserError, match=r"token \d does not fit a model that reads 0 to 4"):
        next(thinking(model, high))
    with pytest.raises(UserError, match="0 segments"):
        next(thinking(model, some, segments=0))
    tagged = assemble(step=9)
    with pytest.raises(UserError, match="puzzle id 1 has no embedding"):
        next(thinking(tagged, PuzzleSet(some.given, some.solution, some.puzzle_ids + 1)))


def test_answers_are_kept_for_every_segment(some: PuzzleSet) -> None:
    model = undecided()
    answers = ask(model, some)
    for at, thought in enumerate(thinking(model, some)):
        assert torch.equal(answers.tokens[at], thought.tokens)
        first = thought.halts & (answers.segments_used > at)
        assert torch.equal(
            answers.segments_used[first], torch.full_like(answers.segments_used[first], at + 1)
        )
    assert len(answers.segments_used.unique()) > 1


def test_a_cell_that_is_not_asked_about_is_never_wrong() -> None:
    said, label = torch.tensor([1, 2, 3]), torch.tensor([1, -100, 4])
    assert right_cells(said, label).tolist() == [True, True, False]
