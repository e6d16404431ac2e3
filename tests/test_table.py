"""What the page's table begins with: the pile of puzzles, and a thought about one of them."""

import json
from pathlib import Path
from typing import Any

from hrmkit.puzzles.maze.puzzle import Maze
from hrmkit.puzzles.sudoku.puzzle import Sudoku
from hrmkit.recording.file import load
from hrmkit.recording.thought.schema import ThoughtRecording
from hrmkit.solving.answer import solve_grid
from hrmkit.solving.loading import load_model
from hrmkit.studio.stories import shipped_stories

ROOT = Path(__file__).parent.parent


def pile() -> list[dict[str, Any]]:
    return json.loads((ROOT / "web/src/stories/thought/state/pile.json").read_text())


def test_every_puzzle_of_the_pile_is_proper_and_rated_as_the_package_rates_it() -> None:
    for level in pile():
        puzzle = Sudoku() if level["puzzle"] == "sudoku" else Maze()
        for one in level["puzzles"]:
            given = puzzle.encode(one["question"])
            assert puzzle.flaw(given) is None, one
            assert puzzle.difficulty(given) == one["rating"], one


def test_the_thought_that_comes_along_is_one_of_the_usual_model_about_a_puzzle_of_the_pile() -> (
    None
):
    (shipped,) = (path for path in shipped_stories() if path.name.startswith("sudoku"))
    recording = load(shipped)
    assert isinstance(recording, ThoughtRecording)
    questions = [
        Sudoku().encode(one["question"]) for level in pile()[:5] for one in level["puzzles"]
    ]
    assert recording.given in questions
    loaded = load_model("sudoku-wide")
    answer = solve_grid(
        loaded.model, Sudoku(), recording.given, views=32, halt_threshold=loaded.halt_threshold
    )
    assert answer.valid
    assert recording.valid
    assert recording.segments[recording.segments_used - 1].answer == answer.answer
    # As most of its kind, it is not solved at the first look.
    assert recording.tried is not None
    for first, *more in (answer.tries, recording.tried):
        assert not first.valid
        assert more[-1].valid
