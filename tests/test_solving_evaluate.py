import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.checkpoint import save
from hrmkit.model.originals import save_original
from hrmkit.model.presets import FULL, HRM_27M
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring
from hrmkit.puzzles.files import load_puzzles
from hrmkit.puzzles.maze.puzzle import Maze
from hrmkit.puzzles.puzzle import IGNORED, Labelled, PuzzleSet, as_grids
from hrmkit.solving import inference, precision
from hrmkit.solving.answer import solve_grid
from hrmkit.solving.evaluate import bins_of, evaluate, first, proportion_of
from hrmkit.solving.evaluate_arc import evaluate_arc, known_tests
from hrmkit.solving.inference import InferenceSettings, answer, chosen
from hrmkit.solving.loading import LoadedModel, kind_of, load_for, load_model, name_of, was_learned
from hrmkit.solving.report import as_json, as_text
from hrmkit.solving.solver import Solutions, solve
from hrmkit.solving.start import Start
from hrmkit.solving.thinking import ask, thinking
from tiny_solver import FOUR, STEPS, data, save_run, trained, write_csv


def test_the_interval_is_wilsons() -> None:
    share = proportion_of(torch.arange(50) < 8)
    # Newcombe 1998 (Statistics in Medicine 17, 857): Wilson's interval of 8 of 50 is .083 to .285.
    assert (share.count, share.of, share.share) == (8, 50, 0.16)
    assert (round(share.low, 3), round(share.high, 3)) == (0.083, 0.285)
    none, every = proportion_of(torch.zeros(10).bool()), proportion_of(torch.ones(10).bool())
    assert (none.low, every.high) == (0, 1)
    assert none.high == pytest.approx(1 - every.low)
    assert none.high == pytest.approx(0.2775, abs=1e-4)


def test_an_evaluation_is_what_the_models_own_answers_say() -> None:
    model, (_, test) = trained(), data()
    found = evaluate(model, test, InferenceSettings(batch=17))
    said = ask(model, test.rows)
    right = (said.when_halted() == test.rows.solution).all(-1)
    assert 0.1 < found.exact.share < 0.9  # or this would show nothing
    assert found.exact.count == int(right.sum())
    assert found.valid == found.exact  # every puzzle has one answer
    cells = (said.when_halted() == test.rows.solution).double().mean()
    assert found.tokens == pytest.approx(float(cells))
    assert found.by_segment == pytest.approx(said.right(test.rows).double().mean(1).tolist())
    assert found.mean_segments == pytest.approx(float(said.segments_used.double().mean()))
    assert (found.halted, found.most_segments, found.puzzles) == (True, 4, 120)
    assert found.by_certainty
    assert sum(part.exact.of for part in found.by_certainty) == 120
    chance = solve(model, test.rows, batch=17).q.sigmoid()
    for bin_ in found.by_certainty:
        here = (chance >= bin_.least) & (chance < bin_.most)
        assert bin_.predicted == pytest.approx(float(chance[here].mean()), abs=1e-6)
        assert bin_.exact.count == int(right[here].sum())
    assert sum(part.exact.of for part in found.by_difficulty) == 120
    assert sum(part.exact.count for part in found.by_difficulty) == found.exact.count
    for part in found.by_difficulty:
        here = (test.ratings >= part.easiest) & (test.ratings <= part.hardest)
        assert part.exact.count == int(right[here].sum())
    longer = evaluate(model, test, InferenceSettings(halt=False, segments=6), by_segment=False)
    assert (longer.halted, longer.mean_segments, longer.by_segment) == (False, 6, None)
    assert longer.exact.count > found.exact.count  # this model halts too early


def test_without_a_rating_the_puzzle_itself_says_how_hard_it_is() -> None:
    test = replace(first(data()[1], 20), ratings=torch.full((20,), torch.nan))
    found = evaluate(trained(), test, by_segment=False)
    assert not found.rated
    hardest = max(FOUR.difficulty(tuple(given)) for given in test.rows.given.tolist())
    assert found.by_difficulty[-1].hardest == hardest


def test_equal_difficulties_stay_together() -> None:
    hardness = torch.tensor([0.0] * 7 + [1, 2, 9]).double()
    bins = bins_of(hardness, torch.ones(10).bool(), torch.ones(10))
    assert [part.exact.of for part in bins] == [7, 3]
    assert [(part.easiest, part.hardest) for part in bins] == [(0, 0), (1, 9)]


def test_a_vote_undoes_its_symmetries_and_is_better_than_one_view() -> None:
    model, (_, test) = trained(), data()
    some = first(test, 60)
    alone = evaluate(model, some, InferenceSettings(halt=False), by_segment=False)
    voted = evaluate(model, some, InferenceSettings(halt=False, views=9, seed=1), by_segment=False)
    assert voted.exact.count > alone.exact.count
    assert voted.exact_two is not None
    assert voted.exact_two.count >= voted.exact.count
    assert voted.mean_segments == 9 * 4
    told = answer(model, FOUR, some.rows, InferenceSettings(views=3, seed=2))
    again = answer(model, FOUR, some.rows, InferenceSettings(views=3, seed=2, batch=7))
    assert torch.equal(told.tokens, again.tokens)


def test_views_are_looked_at_until_an_answer_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    model, rows = trained(), data()[1].rows[:60]
    # Whatever the labels say, the rules alone choose among the answers.
    unknown = PuzzleSet(rows.given, rows.solution.flip(0), rows.puzzle_ids)
    alone = answer(model, FOUR, unknown, InferenceSettings())
    looked = answer(model, FOUR, unknown, InferenceSettings(views=6, until_valid=True))
    before, after = ((said.tokens == rows.solution).all(1) for said in (alone, looked))
    assert torch.equal(looked.tokens[before], alone.tokens[before])
    assert torch.equal(looked.segments[before], alone.segments[before])
    assert after.sum() > before.sum() + 5
    assert torch.equal(looked.tokens[~after], alone.tokens[~after])
    assert (looked.segments[~before] > alone.segments[~before]).all()
    every = answer(model, FOUR, rows, InferenceSettings(views=6, until_valid=True, halt=False))
    left = ~(every.tokens == rows.solution).all(1)
    assert (every.segments[left] == 6 * 4).all()
    seen: list[tuple[int, int]] = []
    monkeypatch.setattr(inference, "CHUNK", 16)
    settings = InferenceSettings(views=3, starts=2, until_valid=True)
    answer(model, FOUR, rows, settings, lambda _, done, of: seen.append((done, of)))
    assert seen == sorted(seen)
    assert {of for _, of in seen} == {60 * 6}
    assert evaluate(model, data()[1], settings, by_segment=False).exact_two is None


def test_many_puzzles_are_voted_on_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    model, rows = trained(), data()[1].rows[:50]
    seen: list[tuple[int, int]] = []
    two_starts = answer(model, FOUR, rows, InferenceSettings(starts=2))
    monkeypatch.setattr(inference, "CHUNK", 16)
    parted = answer(
        model, FOUR, rows, InferenceSettings(starts=2), lambda _, done, of: seen.append((done, of))
    )
    assert torch.equal(two_starts.tokens, parted.tokens)
    assert torch.equal(two_starts.segments, parted.segments)
    assert parted.second is None
    assert seen == sorted(seen)
    assert seen[-1] == (100, 100)
    voted = answer(model, FOUR, rows, InferenceSettings(views=5, seed=4, halt=False))
    assert voted.second is not None
    assert voted.second.shape == voted.tokens.shape == rows.given.shape
    right = (voted.tokens == rows.solution).all(1)
    assert right.double().mean() > 0.7
    assert not torch.equal(voted.second, voted.tokens)


def test_where_the_device_is_fast_in_bfloat16_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    model, rows = trained(), data()[1].rows
    exactly = solve(model, rows)
    monkeypatch.setattr(precision, "fast_type", lambda _: torch.bfloat16)
    fast = solve(model, rows)
    assert fast.q.dtype == torch.float32
    assert not torch.equal(fast.q, exactly.q)
    assert (fast.tokens == exactly.tokens).double().mean() > 0.95
    thought = next(thinking(model, rows))
    assert thought.q_halt.dtype == torch.float32
    wide = solve(deepcopy(model).double(), rows)
    assert torch.equal(wide.tokens, exactly.tokens)  # float64 is there to be exact


def test_of_several_starts_the_surest_or_the_first_answers() -> None:
    model, (_, test) = trained(), data()
    rows = test.rows[:40]
    said = [solve(model, rows, start=Start(number)) for number in range(3)]
    q = torch.stack([one.q for one in said])
    assert len(chosen(said, "q").unique()) > 1
    told = answer(model, FOUR, rows, InferenceSettings(starts=3))
    assert torch.equal(told.q, q.amax(0))
    assert torch.equal(told.segments, sum(one.segments for one in said))
    slow, fast = (
        Solutions(torch.zeros(2, 1), torch.tensor([9.0, 1.0]), torch.tensor([4, 2])),
        Solutions(torch.ones(2, 1), torch.tensor([0.0, 2.0]), torch.tensor([1, 2])),
    )
    assert chosen([slow, fast], "first").tolist() == [1, 1]
    assert chosen([slow, fast], "q").tolist() == [0, 1]
    assert chosen([slow, slow], "q").tolist() == [0, 0]
    near = answer(model, FOUR, rows, InferenceSettings(starts=2, noise=1e-6))
    assert torch.equal(near.tokens, said[0].tokens)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"starts": 0}, "0 starts"),
        ({"views": 1001}, "1001 views"),
        ({"batch": 0}, "batch of 0"),
        ({"segments": 0}, "0 segments"),
        ({"choose": "best"}, "'best'.*q or first"),
        ({"noise": -1.0}, "noise of -1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        InferenceSettings(**wrong)  # type: ignore[arg-type]


def test_what_cannot_be_measured_is_refused() -> None:
    _, test = data()
    with pytest.raises(UserError, match="limit of 0"):
        first(test, 0)
    lightless = trained().rewired(replace(trained().wiring, halting="none"))
    with pytest.raises(UserError, match="2 starts need a q head"):
        evaluate(lightless, test, InferenceSettings(starts=2))
    with pytest.raises(UserError, match="no puzzles"):
        evaluate(trained(), replace(test, rows=test.rows[:0]))


def test_other_right_answers_of_a_maze_are_valid_and_not_exact() -> None:
    """A model is made to mark the other of two shortest paths, and padding is not asked about."""
    maze = Maze(3)
    given = maze.encode("S \n G")
    label = maze.solution(given)
    assert label is not None
    row = torch.tensor([given])
    solution = torch.tensor([[IGNORED if token == 0 else token for token in label]])
    puzzles = PuzzleSet(row, solution, torch.zeros(1).long())
    model = assemble(Wiring(segments=2), Sizes(), PuzzleInterface(6, 9), 0)
    other = row.clone()
    free = [cell for cell in range(9) if given[cell] == 2 and label[cell] == 2]
    other[0, free] = 5
    other[0, 8] = 4  # in the padding
    model.segment = lambda carry, batch: (carry, saying(other, 6))  # type: ignore[method-assign]
    labelled = Labelled(maze, puzzles, torch.ones(1).double(), "one", "")
    found = evaluate(model, labelled)
    assert (found.exact.count, found.valid.count) == (0, 1)
    assert found.tokens == pytest.approx(2 / 4)


def saying(tokens: torch.Tensor, vocab: int):
    from hrmkit.model.puzzle_hrm import PuzzleOutputs

    q = torch.ones(len(tokens))
    return PuzzleOutputs(torch.nn.functional.one_hot(tokens, vocab).float(), q, -q)


def test_a_model_without_a_single_path_is_measured_on_mazes(tmp_path: Path) -> None:
    path = tmp_path / "mazes.csv"
    model = assemble(Wiring(segments=2), Sizes(), PuzzleInterface(6, 16), 0)
    found = LoadedModel(model, {"puzzle": "maze"}, "memory")
    maze = Maze(2)
    given = maze.encode("S  G")
    label = maze.solution(given)
    assert label is not None
    path.write_text(f"question,answer\n{maze.decode(given)},{maze.decode(label)}\n")
    labelled = load_for(found, str(path))
    assert labelled.rows.cells == 16  # a smaller maze, on the model's canvas
    assert evaluate(model, labelled).valid.count == 0


def test_the_report_says_what_was_measured() -> None:
    model, (_, test) = trained(), data()
    found = evaluate(model, test, InferenceSettings(views=2, starts=2, noise=0.1))
    text = as_text(found, "here", "a CPU", learned=True)
    assert f"exact     {found.exact.share:.4f}  ({found.exact.count} of 120" in text
    for part in ("2 starts, chosen by q, noise 0.1, a vote of 2 views", "trained on this very"):
        assert part in text
    content = json.loads(as_json(found, "here", "a CPU", learned=False))
    assert content["exact"]["low"] == found.exact.low
    assert content["by_segment"] == list(found.by_segment or ())
    assert content["settings"]["starts"] == 2
    assert content["trained_on_this"] is False


def test_a_run_is_its_newest_checkpoint(tmp_path: Path) -> None:
    save_run(tmp_path)
    write_csv(tmp_path / "four.csv")
    found = load_model(tmp_path)
    assert found.source.endswith(f"step-{STEPS:07d}")
    assert found.metadata["step"] == STEPS
    assert load_model(tmp_path / "checkpoints" / "step-0000090").metadata == {"puzzle": "sudoku"}
    labelled = load_for(found, str(tmp_path / "four.csv"))
    again, whole = evaluate(found.model, labelled), evaluate(trained(), data()[1])
    assert again.exact == whole.exact
    assert again.by_difficulty == whole.by_difficulty
    assert not was_learned(found, labelled.fingerprint)
    assert was_learned(found, "that of the training")
    (tmp_path / "none" / "checkpoints").mkdir(parents=True)
    with pytest.raises(UserError, match="saved no model yet"):
        load_model(tmp_path / "none")
    with pytest.raises(UserError, match="no folder"):
        load_model(tmp_path / "nowhere")


def test_the_kind_of_puzzle_is_said_or_saved_or_seen() -> None:
    model = trained()
    assert kind_of(LoadedModel(model, {"puzzle": "sudoku"}, "x")) == FOUR
    assert kind_of(LoadedModel(model, {}, "x")) == FOUR
    assert kind_of(LoadedModel(model, {"puzzle": "sudoku"}, "x"), "maze") == Maze(4)
    for vocab, cells, name in ((11, 81, "sudoku"), (6, 900, "maze"), (12, 900, "arc")):
        other = assemble(Wiring(), Sizes(), PuzzleInterface(vocab, cells), 0)
        assert name_of(LoadedModel(other, {"puzzle": 3}, "x")) == name
    odd = assemble(Wiring(), Sizes(), PuzzleInterface(5, 16), 0)
    with pytest.raises(UserError, match=r"16 cells of 5 tokens.*--puzzle"):
        name_of(LoadedModel(odd, {}, "x"))
    with pytest.raises(UserError, match="reads 16 cells of tokens 0 to 4"):
        kind_of(LoadedModel(odd, {"puzzle": "sudoku"}, "x"))


def test_code_that_a_model_names_is_not_run_unasked(tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text(
        "from pathlib import Path\nfrom hrmkit.puzzles.sudoku.puzzle import Sudoku\n"
        f"Path({str(tmp_path / 'was run')!r}).touch()\n"
        "class Own(Sudoku):\n    def __init__(self):\n        super().__init__(2)\n"
    )
    name = f"{own}:Own"
    found = LoadedModel(trained(), {"puzzle": name}, "x")
    with pytest.raises(UserError, match="add --puzzle"):
        kind_of(found)
    assert not (tmp_path / "was run").exists()
    assert kind_of(found, name).cells == 16
    write_csv(tmp_path / "four.csv")
    labelled = load_for(found, str(tmp_path / "four.csv"), name)
    assert evaluate(trained(), labelled).exact == evaluate(trained(), data()[1]).exact


def test_a_model_that_does_not_fit_the_data_is_named(tmp_path: Path) -> None:
    write_csv(tmp_path / "four.csv")
    nine = assemble(Wiring(), Sizes(), PuzzleInterface(11, 81), 0)
    found = LoadedModel(nine, {"puzzle": "sudoku"}, "the-model")
    with pytest.raises(UserError, match=r"the-model reads 81 cells.*have 16"):
        load_for(found, str(tmp_path / "four.csv"))


@pytest.mark.parametrize(("vocab", "cells"), [(11, 81), (6, 900), (12, 900)])
def test_an_originals_checkpoint_is_found_with_the_size_of_its_data_set(
    tmp_path: Path, vocab: int, cells: int
) -> None:
    sizes = replace(FULL, width=64, heads=2, inner=256, blocks=1)
    model = assemble(HRM_27M, sizes, PuzzleInterface(vocab, cells), 0)
    save_original(model, tmp_path)
    config = tmp_path / "all_config.yaml"
    # As published: no length, but the data set. Of 6 kinds of token are mazes, and 4x4 sudokus too.
    named = "data_path: data/maze-30x30-hard-1k\n" if vocab == 6 else ""
    config.write_text(config.read_text().replace(f"seq_len: {cells}\n", named))
    found = load_model(tmp_path)
    assert found.model.interface.tokens == cells
    assert found.metadata == {}
    assert kind_of(found).cells == cells


def arc_model(puzzles: int, trained_on: str = "arc-1") -> LoadedModel:
    """An untrained model of ARC, with an embedding for each of so many puzzle ids."""
    wiring = Wiring(segments=1, halting="none", puzzle_embedding=True, prefix=1)
    sizes = Sizes(width=16, heads=2, inner=16)
    model = assemble(wiring, sizes, PuzzleInterface(12, 900, puzzles), 0)
    return LoadedModel(model, {"puzzle": "arc", "trained_on": [trained_on]}, "the-model")


def tasks_file(folder: Path) -> Path:
    grids = [[[1, 2]], [[3]], [[4], [5]]]
    pairs = [{"input": grid, "output": grid} for grid in grids]
    path = folder / "tasks.json"
    task = {"train": pairs[:2], "test": pairs[2:]}
    path.write_text(json.dumps({"one": task, "two": {**task, "test": pairs}}))
    return path


def test_arc_is_asked_under_the_ids_that_were_learned(tmp_path: Path) -> None:
    from hrmkit.puzzles.arc.tasks import load_arc

    source = str(tasks_file(tmp_path))
    learned = load_arc(source, 5, seed=3)
    found = arc_model(learned.puzzles, "mine")
    found.metadata["data"] = [learned.described()]  # type: ignore[index]
    arc, tests = known_tests(found, source)
    assert torch.equal(tests.puzzle_ids, learned.tests().puzzle_ids)
    assert len(known_tests(found, source, views=2)[1]) == 4 * 2
    assert len(known_tests(found, source, views=2, limit=1)[1]) == 2
    assert len(known_tests(found, f"{source}:two", views=1)[1]) == 3
    measured = evaluate_arc(found, arc, tests, InferenceSettings())
    assert measured.evaluation.tests == 4
    assert measured.evaluation.score is not None
    assert measured.evaluation.score.tests_two.of == 4
    assert measured.evaluation.answered_views == len(tests)
    (tmp_path / "other").mkdir()
    other = json.loads(Path(source).read_text())
    (tmp_path / "other" / "x.json").write_text(json.dumps(other["one"]))
    with pytest.raises(UserError, match="embeddings of the model in the-model are of the tasks"):
        known_tests(found, str(tmp_path / "other"))
    with pytest.raises(UserError, match="does not say of which tasks"):
        known_tests(arc_model(3), source)
    with pytest.raises(UserError, match="0 views"):
        known_tests(found, source, views=0)


def test_how_far_arc_is_can_be_seen_from_the_first_moment_on(tmp_path: Path) -> None:
    model = assemble(
        Wiring(segments=2), Sizes(width=16, heads=2, inner=16), PuzzleInterface(12, 900), 0
    )
    found = LoadedModel(model, {"puzzle": "arc"}, "x")
    data, tests = known_tests(found, str(tasks_file(tmp_path)), views=3)
    said: list[tuple[str, int, int]] = []
    settings = InferenceSettings(batch=2, starts=2, noise=0.1, halt=False)
    evaluate_arc(found, data, tests, settings, lambda *report: said.append(report))
    every = 2 * len(tests)
    assert {(what, of) for what, _, of in said} == {("solving", every)}
    assert sorted({done for _, done, _ in said}) == list(range(0, every + 1, 2))
    assert said[0][1] == 0
    assert said[-1][1] == every


def test_right_answers_to_arc_score_and_wrong_ones_do_not(tmp_path: Path) -> None:
    source = str(tasks_file(tmp_path))
    plain = Wiring(segments=1, halting="none")
    model = assemble(plain, Sizes(width=16, heads=2, inner=16), PuzzleInterface(12, 900), 0)
    found = LoadedModel(model, {"puzzle": "arc"}, "x")
    arc, tests = known_tests(found, source, views=3)
    assert (
        evaluate_arc(found, arc, tests, InferenceSettings()).evaluation.score.tests_two.count == 0
    )
    model.segment = lambda carry, batch: (carry, saying(batch.given, 12))  # type: ignore
    score = evaluate_arc(found, arc, tests, InferenceSettings()).evaluation.score
    assert score is not None
    assert (score.tests_one.share, score.tasks_two, score.whole_tasks_two) == (1, 1, 1)


def test_a_model_that_was_never_trained_solves_nothing(tmp_path: Path) -> None:
    nine = assemble(Wiring(segments=2), Sizes(), PuzzleInterface(11, 81), 0)
    save(nine, tmp_path / "nine", {"puzzle": "sudoku"})
    question = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
    solved = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
    path = tmp_path / "nine.csv"
    path.write_text(f"question,answer\n{question},{solved}\n")
    labelled = load_puzzles("sudoku", str(path))
    found = evaluate(load_model(tmp_path / "nine").model, labelled)
    assert (found.exact.count, found.puzzles, found.rated) == (0, 1, False)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("all_of_them", [True, False])
def test_weights_that_are_no_numbers_answer_nothing(
    value: float, all_of_them: bool, tmp_path: Path
) -> None:
    model = deepcopy(trained())
    with torch.no_grad():
        for weights in model.parameters() if all_of_them else [model.token_head.weight[0]]:
            weights[0] = value
    save(model, tmp_path, {"puzzle": "sudoku"})
    count = r"\d+" if all_of_them else "1"
    with pytest.raises(UserError, match=rf"cannot answer: {count} of the .* weights of .* no num"):
        load_model(tmp_path)


def test_numbers_that_grow_beyond_all_bounds_answer_nothing() -> None:
    model = deepcopy(trained())
    with torch.no_grad():
        for weights in model.parameters():
            weights.mul_(1e38 / weights.abs().max().clamp(min=1.0))
    assert all(bool(weights.isfinite().all()) for weights in model.parameters())
    with pytest.raises(UserError, match="grew beyond all bounds on 120 of 120 puzzles"):
        evaluate(model, data()[1])
    with pytest.raises(UserError, match="grew beyond all bounds on 1 of 1 puzzles"):
        solve_grid(model, FOUR, as_grids(data()[1].rows.given)[0])
