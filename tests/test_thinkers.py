"""What the page thinks with is the models: held to PyTorch, run by another runtime."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from starlette.testclient import TestClient
from torch import Tensor
from typer.testing import CliRunner

import hrmkit
from hrmkit.cli.app import app
from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.hrm import Carry
from hrmkit.model.presets import preset
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM
from hrmkit.model.shipped import shipped
from hrmkit.model.wiring import PuzzleInterface, Sizes
from hrmkit.puzzles.arc.canvas import VOCAB, ArcChange
from hrmkit.puzzles.arc.tasks import load_arc
from hrmkit.puzzles.making import work_shares
from hrmkit.puzzles.maze.newspaper import make_mazes
from hrmkit.puzzles.maze.puzzle import Maze
from hrmkit.puzzles.puzzle import Grid, Puzzle
from hrmkit.puzzles.sudoku.generator import dug, solved_grids
from hrmkit.puzzles.sudoku.puzzle import Sudoku
from hrmkit.solving.answer import one_puzzle
from hrmkit.solving.evaluate_arc import known_tests
from hrmkit.solving.loading import load_model
from hrmkit.solving.views import view_of_one
from hrmkit.studio.graphs import SHIPPED
from hrmkit.studio.segment import Segment, export_segment
from hrmkit.studio.server import create_app
from hrmkit.studio.shapes import GRAPHS, WEIGHTS, flat_weights, graph_name, inputs_of
from hrmkit.studio.symmetries import symmetries_of
from hrmkit.studio.tasks import table_of
from hrmkit.studio.thinkers import INDEX, Thinkers, named_by, stored

ORIGIN = "http://127.0.0.1"
COUNT = 100
TIE = 0.05
"""Two best logits as near as this are one to a thought in float32, which has lasted a while."""
LONG = 8
"""Segments after which two thoughts are no longer compared, only single segments: in a maze that a
model cannot settle, rounding grows threefold from segment to segment."""
MOST_TIES = 10
"""Of some fifty thousand tokens; where a model solves its puzzles there is none."""
ROWS = 25
"""Puzzles of one session's run."""
FEW = 4
"""Segments of all but the first ones: what differs shows early."""
MOST = 16
"""Segments of the first ones, of a model that may think for longer."""


class Graph:
    """A graph with a model's weights, in another runtime."""

    def __init__(self, model: PuzzleHRM, graph: bytes | None = None) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.weights = flat_weights(model).numpy().astype("<f4").tobytes()  # kept: it is not copied
        options.add_external_initializers_from_files_in_memory(
            [WEIGHTS], [self.weights], [len(self.weights)]
        )
        graph = graph or (SHIPPED / graph_name(model)).read_bytes()
        self.session = onnxruntime.InferenceSession(graph, options)
        self.names = inputs_of(model)

    def __call__(self, carry: Carry, given: Tensor, *tag: Tensor) -> list[Tensor]:
        inputs = dict(zip(self.names, (carry.high, carry.low, given.int(), *tag), strict=True))
        feeds = {one.name: inputs[one.name].numpy() for one in self.session.get_inputs()}
        return [torch.from_numpy(out) for out in self.session.run(None, feeds)]


def carried(model: PuzzleHRM, before: Carry, outputs: list[Tensor]) -> Carry:
    """The states after a segment, from what its graph gives."""
    states = {"H": before.high, "L": before.low}
    for call, state in zip(model.wiring.calls(), outputs[2:], strict=True):
        states[call.module] = state
    return Carry(states["H"], states["L"])


def close(one: Tensor, other: Tensor) -> bool:
    """To 1e-4; of logits of 25, PyTorch's own float32 is 2e-4 away from its float64."""
    return bool((one - other).abs().max() <= 1e-4 + 1e-5 * other.abs().max())


def start(model: PuzzleHRM, given: Tensor) -> Carry:
    batch = PuzzleBatch(given, torch.zeros(len(given), dtype=torch.int64))
    return Carry(*(state.contiguous() for state in model.initial_carry(batch)))


def tags_of(model: PuzzleHRM, ids: Tensor) -> tuple[Tensor, ...]:
    """The puzzles' embeddings, as a graph takes them; nothing for a model without."""
    return (model.puzzle_embedding.weight.detach()[ids],) if model.puzzle_embedding else ()


def ids_of(model: PuzzleHRM, count: int) -> Tensor:
    """Puzzles that the model tells apart, one id each."""
    return 1 + torch.arange(count) % max(1, model.interface.puzzles - 1)


def puzzles_of(model: PuzzleHRM) -> Tensor:
    """`COUNT` puzzles of the model's kind, of mazes half as many: int64 [n, cells]."""
    if model.interface.vocab == VOCAB:
        return load_arc("arc-1:pocket", 4).tests().rows(0, COUNT).given
    if model.interface.tokens == 81:
        rng = np.random.default_rng(0)
        return torch.from_numpy(dug(solved_grids(rng, COUNT), rng, 52) + 1)
    maze = Maze(15)
    (share,) = work_shares(0, [COUNT // 2], COUNT // 2)  # of almost three times the cells each
    return torch.tensor([maze.encode(row.question) for row in make_mazes(share, 15, 10)])


@pytest.mark.parametrize("name", shipped())
def test_the_graph_of_every_model_thinks_as_pytorch_does(name: str) -> None:
    """The same tokens after every segment, for long; of some each segment's logits to 1e-4."""
    model = hrmkit.load(name)
    assert isinstance(model, PuzzleHRM)
    graph, segment, puzzles, ties = Graph(model), Segment(model), puzzles_of(model), 0
    for batch, given in enumerate(puzzles.split(ROWS)):
        theirs = ours = start(model, given)
        tag = tags_of(model, ids_of(model, len(given)))
        for number in range(FEW if batch else min(model.wiring.segments, MOST)):
            with torch.inference_mode():
                wanted = [*segment(theirs.high, theirs.low, given.int(), *tag)]
            if not batch:
                assert close(graph(theirs, given, *tag)[0], wanted[0])
            if number >= LONG:
                theirs = carried(model, theirs, wanted)
                continue
            found = graph(ours, given, *tag)
            best, second = wanted[0].topk(2).values.unbind(-1)
            differ = found[0].argmax(-1) != wanted[0].argmax(-1)
            assert (best - second)[differ].lt(TIE).all()
            ties += int(differ.sum())
            theirs, ours = carried(model, theirs, wanted), carried(model, ours, found)
    assert ties <= MOST_TIES


@pytest.mark.parametrize("name", shipped())
def test_every_output_is_pytorchs_for_any_number_of_puzzles(name: str) -> None:
    model = hrmkit.load(name)
    assert isinstance(model, PuzzleHRM)
    graph = Graph(model)
    for rows in (1, 2, 9):
        given = torch.randint(1, model.interface.vocab, (rows, model.interface.tokens))
        carry, ids = start(model, given), ids_of(model, rows)
        tag = tags_of(model, ids)
        with torch.inference_mode():
            after, outputs = model.segment(carry, PuzzleBatch(given, ids))
            wanted = Segment(model)(carry.high, carry.low, given.int(), *tag)
        found = graph(carry, given, *tag)
        assert [tuple(one.shape) for one in found] == [tuple(one.shape) for one in wanted]
        for one, other in zip(found, wanted, strict=True):
            assert close(one, other)
        assert torch.equal(wanted[0], outputs.logits)
        assert torch.equal(wanted[1], torch.stack((outputs.q_halt, outputs.q_continue), 1))
        assert all(map(torch.equal, carried(model, carry, [*wanted]), after))


def test_the_graphs_that_come_along_are_those_of_the_models() -> None:
    wanted = {graph_name(model) for model in map(hrmkit.load, shipped())}  # type: ignore[arg-type]
    assert {path.name for path in SHIPPED.glob(GRAPHS)} == wanted


def test_a_graph_is_of_a_shape_and_not_of_weights() -> None:
    model = hrmkit.load("sudoku-hrm")
    other = hrmkit.load("sudoku-hrm")
    assert isinstance(model, PuzzleHRM)
    assert isinstance(other, PuzzleHRM)
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.normal_(std=0.2)
    assert export_segment(other) == export_segment(model)
    given = puzzles_of(other)[:3]
    carry = start(other, given)
    with torch.inference_mode():
        wanted = Segment(other)(carry.high, carry.low, given.int())
    assert close(Graph(other)(carry, given)[0], wanted[0])


# --- files ---


@pytest.fixture(scope="module")
def thinkers() -> Thinkers:
    return Thinkers()


def entries(thinkers: Thinkers) -> list[dict[str, Any]]:
    return json.loads(thinkers.files[INDEX])["models"]


def test_weights_lose_nothing(thinkers: Thinkers) -> None:
    for entry in entries(thinkers):
        theta = flat_weights(hrmkit.load(str(entry["name"])))
        raw = thinkers.files[str(entry["weights"])]
        assert entry["dtype"] == "bfloat16"
        wide = (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4")
        assert np.array_equal(wide, theta.numpy())
        assert len(wide) == entry["size"]


def test_weights_that_bfloat16_would_round_stay_float32() -> None:
    theta = torch.tensor([1.0, 1 / 3])
    assert stored(theta) == ("float32", theta.numpy().astype("<f4").tobytes())
    assert stored(theta[:1])[0] == "bfloat16"


def test_the_files_are_those_that_the_index_names(thinkers: Thinkers) -> None:
    named = {name for one in entries(thinkers) for name in named_by(one)}
    assert set(thinkers.files) == {INDEX, *named}


def viewed(
    puzzle: Puzzle, given: Grid, number: int, changes: dict[str, list[list[object]]]
) -> Grid:
    """A puzzle in a view, by what the page is told of it."""
    grid = np.array(given)
    if "exchanges" in changes:
        cells, tokens = changes["exchanges"][number - 2]
        return tuple(np.array(tokens)[grid[np.array(cells)]].tolist())
    transposed, upended, mirrored = changes["turns"][number - 2]
    assert isinstance(puzzle, Maze)
    height, width = (int(size[0]) for size in puzzle.sizes(grid[None]))
    canvas = grid.reshape(puzzle.side, puzzle.side).copy()
    own = canvas[:height, :width].copy()
    own = own.T if transposed else own
    own = own[::-1] if upended else own
    own = own[:, ::-1] if mirrored else own
    canvas[:] = 0
    canvas[: own.shape[0], : own.shape[1]] = own
    return tuple(canvas.ravel().tolist())


@pytest.mark.parametrize("puzzle", [Sudoku(2), Sudoku(2, 3), Sudoku(), Sudoku(4), Maze(6)])
def test_the_views_that_the_page_is_told_of_are_pythons(puzzle: Puzzle) -> None:
    changes = json.loads(json.dumps(symmetries_of(puzzle, 40)))
    rng = np.random.default_rng(3)
    for number in range(2, 41):
        given = tuple(rng.integers(1, puzzle.vocab, puzzle.cells).tolist())
        if isinstance(puzzle, Maze):
            given = puzzle.encode("S.#.\n...#\n#.G.")
        seen, _ = view_of_one(puzzle, one_puzzle(given), number)
        assert viewed(puzzle, given, number, changes) == tuple(seen.given[0].tolist())


# --- a person's own models ---


def tiny(folder: Path, **sizes: int) -> Path:
    """A model of 4x4 sudokus that nobody trained."""
    chosen = preset("tiny")
    model = assemble(chosen.wiring, Sizes(width=16, heads=2, inner=32), PuzzleInterface(6, 16))
    hrmkit.save(model, folder, {"puzzle": "sudoku"})
    return folder


def test_a_model_of_ones_own_comes_first_with_a_graph_made_for_it(tmp_path: Path) -> None:
    found = entries(thinkers := Thinkers([tiny(tmp_path / "mine")]))
    assert [one["name"] for one in found][:2] == ["mine", "sudoku-wide"]
    assert found[0]["canvas"] == [4, 4]
    model = hrmkit.load(tmp_path / "mine")
    assert isinstance(model, PuzzleHRM)
    given = torch.ones(2, 16, dtype=torch.int64)
    carry = start(model, given)
    with torch.inference_mode():
        wanted = Segment(model)(carry.high, carry.low, given.int())
    graph = Graph(model, thinkers.files[str(found[0]["graph"])])
    assert close(graph(carry, given)[0], wanted[0])


def test_models_of_one_name_are_told_apart(tmp_path: Path) -> None:
    own = [tiny(tmp_path / "a" / "mine"), tiny(tmp_path / "b" / "mine"), tiny(tmp_path / "maze-15")]
    names = [one["name"] for one in entries(Thinkers(own))]
    assert names[:3] == ["mine", "mine (2)", "maze-15 (2)"]


def test_without_the_exporter_a_shape_without_a_graph_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hrmkit.studio.thinkers.find_spec", lambda _: None)
    with pytest.raises(UserError, match="pip install onnx onnxscript"):
        Thinkers([tiny(tmp_path / "mine")])
    Thinkers([shipped()["sudoku-hrm"]])  # its graph came along


def tiny_arc(folder: Path, source: str = "arc-1:pocket", **said: object) -> Path:
    """A model of small tasks that nobody trained, with an embedding of every view."""
    data = load_arc(source, 5)
    wiring = replace(preset("tiny").wiring, puzzle_embedding=True, prefix=1)
    face = PuzzleInterface(VOCAB, data.side**2, puzzles=data.puzzles)
    model = assemble(wiring, Sizes(width=16, heads=2, inner=32), face)
    assert isinstance(model, PuzzleHRM)
    assert model.puzzle_embedding
    with torch.no_grad():
        model.puzzle_embedding.weight.normal_(std=0.2)
    saved = {"puzzle": "arc", "data": [{**data.described(), **said}], "trained_on": ["arc-1"]}
    hrmkit.save(model, folder, saved)
    return folder


def test_what_an_arc_model_was_measured_to_solve_is_told_of_it_alone(tmp_path: Path) -> None:
    tiny_arc(tmp_path / "mine")
    thinkers = Thinkers([tmp_path / "mine"])
    found = {one["name"]: one for one in entries(thinkers)}
    assert found["mine"]["solved"] == found["sudoku-wide"]["solved"] == []
    solved = found["arc-pocket"]["solved"]
    assert tuple(solved) == load_model("arc-pocket").solved
    tasks = json.loads(thinkers.files[found["arc-pocket"]["tasks"]])
    assert solved
    assert set(solved) <= {
        f"{task['id']}:{test + 1}" for task in tasks for test in range(len(task["tests"]))
    }


@pytest.mark.parametrize("said", [None, "6ea4a07e:1", [3, "6ea4a07e", "6ea4a07e:0"]])
def test_what_is_no_list_of_tests_says_nothing(said: object) -> None:
    loaded = load_model("arc-pocket")
    assert loaded._replace(metadata={**loaded.metadata, "solved": said}).solved == ()


def test_the_graph_of_a_model_with_puzzle_embeddings_thinks_as_pytorch_does(
    tmp_path: Path,
) -> None:
    """Every view of some tests, to the end, with the rows that the page is given."""
    loaded = load_model(tiny_arc(tmp_path / "mine"))
    files = (thinkers := Thinkers([tmp_path / "mine"])).files
    found = entries(thinkers)[0]
    tasks = json.loads(files[found["tasks"]])
    rows = np.frombuffer(files[found["tags"]["file"]], "<f4").reshape(-1, found["width"])
    assert len(rows) == sum(len(task["views"]) for task in tasks)
    assert hashlib.sha256(files[found["tags"]["file"]]).hexdigest() == found["tags"]["sha256"]
    graph = Graph(loaded.model, files[found["graph"]])
    tests = known_tests(loaded, "arc-1:pocket")[1]
    for number, task in enumerate(tasks[:3]):
        assert task["id"] == tests.tasks[number].id
        which = ((tests.task == number) & (tests.test == 0)).nonzero().flatten()
        seen = tests.rows(int(which[0]), int(which[-1]) + 1)
        plain = torch.tensor(task["tests"][0]["given"])
        for row, (turn, *colours) in enumerate(task["views"]):
            changed = ArcChange(turn, tuple(colours)).apply(plain)
            assert torch.equal(changed, seen.given[row])
        tag = torch.from_numpy(rows[task["first"] : task["first"] + len(seen)].copy())
        carry = start(loaded.model, seen.given)
        batch = PuzzleBatch(seen.given, seen.puzzle_ids)
        for _ in range(loaded.model.wiring.segments):
            given = graph(carry, seen.given, tag)
            with torch.inference_mode():
                carry, outputs = loaded.model.segment(carry, batch)
            assert close(given[0], outputs.logits)
            assert close(given[1][:, 0], outputs.q_halt)


def test_how_many_tasks_a_model_tells_apart_is_nothing_to_its_graph(tmp_path: Path) -> None:
    few, many = (
        load_model(tiny_arc(tmp_path / name, source)).model
        for name, source in (("few", "arc-1:pocket:6ea4a07e"), ("many", "arc-1:pocket"))
    )
    assert few.interface.puzzles < many.interface.puzzles
    assert graph_name(few) == graph_name(many)


def test_tasks_that_do_not_fit_are_left_out_the_last_ones_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load_model(tiny_arc(tmp_path / "mine"))
    every = json.loads(table_of(loaded, 6).tasks)
    monkeypatch.setattr("hrmkit.studio.tasks.LARGEST", 20_000)
    some = table_of(loaded, 6)
    kept = json.loads(some.tasks)
    assert 1 <= len(kept) < len(every)
    assert kept == every[: len(kept)]
    assert some.tags is not None
    assert len(some.tasks) + 4 * some.tags.numel() <= 20_000


def test_a_model_of_tasks_that_are_not_here_is_refused(tmp_path: Path) -> None:
    folder = tiny_arc(tmp_path / "mine", fingerprint="0" * 64)
    with pytest.raises(UserError, match=r"puzzle embeddings of the model in .* are of the tasks"):
        Thinkers([folder])


def test_a_model_that_the_page_cannot_think_with_is_refused_and_a_run_left_out(
    tmp_path: Path,
) -> None:
    folder = tiny(tmp_path / "mine")
    description = json.loads((folder / "wiring.json").read_text())
    description["metadata"]["puzzle"] = "arc"
    (folder / "wiring.json").write_text(json.dumps(description))
    with pytest.raises(UserError):
        Thinkers([folder])
    left = Thinkers([], [folder])
    assert len(left.left_out) == 1
    with pytest.raises(UserError, match="there is no folder"):
        Thinkers([tmp_path / "none"])


def test_the_studio_takes_a_models_folder_beside_recordings_and_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Thinkers] = []

    def serve(*_: object, thinkers: Thinkers, **__: object) -> None:
        served.append(thinkers)

    monkeypatch.setattr("hrmkit.studio.server.serve", serve)
    monkeypatch.setenv("HRMKIT_DATA", str(tmp_path / "data"))
    result = CliRunner().invoke(app, ["studio", str(tiny(tmp_path / "mine"))])
    assert result.exit_code == 0, result.output
    assert entries(served[0])[0]["name"] == "mine"


# --- the server ---


def test_the_studio_serves_the_files_and_no_others(thinkers: Thinkers, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>HRM Kit</title>")
    app = create_app([], tmp_path, tmp_path / "data", thinkers=thinkers)
    with TestClient(app, base_url=ORIGIN) as client:
        for name, content in thinkers.files.items():
            answer = client.get(f"/thinkers/{name}")
            assert answer.content == content
            again = client.get(
                f"/thinkers/{name}", headers={"If-None-Match": answer.headers["etag"]}
            )
            assert again.status_code == 304
        assert client.get("/thinkers/none.bin").status_code == 404
    with TestClient(
        create_app([], tmp_path, tmp_path / "data"), base_url="http://127.0.0.1"
    ) as bare:
        assert bare.get(f"/thinkers/{INDEX}").status_code == 404
