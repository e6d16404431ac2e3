"""Writes what Python's rules of puzzles say, for the page's rules to be held to.

`python tests/rule_vectors.py` writes `web/tests/vectors/rules.json`, which is in git;
`test_rule_vectors.py` fails when it is stale.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from hrmkit.errors import UserError
from hrmkit.puzzles.making import WorkShare
from hrmkit.puzzles.maze import hard, newspaper
from hrmkit.puzzles.maze.puzzle import FREE, GOAL, PATH, WALL, Maze
from hrmkit.puzzles.puzzle import Grid
from hrmkit.puzzles.sudoku.generator import make_sudokus_with_blanks
from hrmkit.puzzles.sudoku.puzzle import Sudoku

TARGET = Path(__file__).parent.parent / "web" / "tests" / "vectors" / "rules.json"

SUDOKUS = (
    "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79",
    "..............3.85..1.2.......5.7.....4...1...9.......5......73..2.1........4...9",
    "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..",
    "1....7.9..3..2...8..96..5....53..9...1..8...26....4...3......1..4......7..7...3..",
    "4.....8.5.3..........7......2.....6.....8.4......1.......6.3.7.5..2.....1.4......",
    "." * 81,
    "11" + "." * 79,
    "1" + "." * 8 + "1" + "." * 71,
    "1" + "." * 9 + "1" + "." * 70,
    "12345678." + "." * 8 + "9" + "." * 63,
    "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..7.",
    "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8....",
)
OTHER_SIDES = (
    "1.......3.......",
    "12..3...........",
    "12343412214.4...",
    "1.34564561.32315645642.13126.56.5312",
    "1.....2.....3.....4.....5.....6.....",
    "." * 256,
)
MAZES = (
    "S G/   ",
    "S#G/   /###",
    "S/G",
    "####/#SG#/####",
    "S   /    /    /   G",
    "S   G/ ### /     / ### /     ",
    "S#  / # G/##  ",
    "S  S/   G",
    "    /   G",
    "So G/    ",
)
TEXTS = (
    ("sudoku", SUDOKUS[0]),
    ("sudoku", SUDOKUS[0].replace(".", "0")),
    ("sudoku", SUDOKUS[0].replace(".", "_")),
    ("sudoku", SUDOKUS[0].replace(".", "-")),
    ("sudoku", "\n".join(SUDOKUS[0][at : at + 9] for at in range(0, 81, 9))),
    ("sudoku", "# a comment\n" + "\n".join(SUDOKUS[0][at : at + 9] for at in range(0, 81, 9))),
    ("sudoku", "\n".join(",".join(SUDOKUS[0][at : at + 9]) for at in range(0, 81, 9))),
    ("sudoku", "\n".join("\t".join(SUDOKUS[0][at : at + 9]) for at in range(0, 81, 9))),
    (
        "sudoku",
        "\n".join(",".join(SUDOKUS[0][at : at + 9]).replace(".", "") for at in range(0, 81, 9)),
    ),
    (
        "sudoku",
        json.dumps(
            [[int(c.replace(".", "0")) for c in SUDOKUS[0][at : at + 9]] for at in range(0, 81, 9)]
        ),
    ),
    ("sudoku", json.dumps([None if c == "." else int(c) for c in SUDOKUS[0]])),
    ("sudoku", json.dumps([12, *([0] * 80)])),
    ("sudoku", json.dumps([[1, 2], [3]])),
    ("sudoku", json.dumps(["53..7....", "6..195..."])),
    ("sudoku", Sudoku().show(Sudoku().encode(SUDOKUS[0]))),
    ("sudoku", Sudoku().show(Sudoku().encode(SUDOKUS[0])).replace(".", "-")),
    (
        "sudoku",
        "+-------+-------+-------+\n"
        + "\n".join(
            "| "
            + " | ".join(" ".join(SUDOKUS[0][at + b : at + b + 3]) for b in (0, 3, 6))
            + " |"
            + ("\n+-------+-------+-------+" if at in (18, 45, 72) else "")
            for at in range(0, 81, 9)
        ),
    ),
    (
        "sudoku",
        "┌───────┬───────┬───────┐\n"
        + "\n".join(
            "│ " + " │ ".join(" ".join(SUDOKUS[0][at + b : at + b + 3]) for b in (0, 3, 6)) + " │"
            for at in range(0, 81, 9)
        )
        + "\n└───────┴───────┴───────┘",
    ),
    (
        "sudoku",
        "[Puzzle]\n"
        + "\n".join(SUDOKUS[0][at : at + 9] for at in range(0, 81, 9))
        + "\n[State]\n"
        + "\n".join("1" * 9 for _ in range(9)),
    ),
    ("sudoku", f"0000183b305c {SUDOKUS[0]} 1.2"),
    ("sudoku", f"{SUDOKUS[0]}\n{SUDOKUS[1]}"),
    ("sudoku", SUDOKUS[0][:80]),
    ("sudoku", SUDOKUS[0] + "."),
    ("sudoku", "." * 256),
    ("sudoku", ""),
    ("sudoku", "\n".join("".join(chr(0xFF10 + d) for d in range(1, 10)) for _ in range(9))),
    ("sudoku", "It was the best of times, it was the worst of times.\n" * 20),
    ("sudoku", "a"),
    ("sudoku", "12345678x\n1234z6789"),
    ("sudoku", "123\n456\n789"),
    ("maze", "S G"),
    ("maze", "#####\n#S G#\n#####"),
    ("maze", "\n#####\n#S G\n#####\n\n"),
    ("maze", "11111\n1S.E1\n11111"),
    ("maze", "#####/#S G#/#####"),
    ("maze", "█████\n█S·E█\n█████"),
    ("maze", "S  \n   \n  G"),
    ("maze", "#####\n#S...#\n###.#\n#G..#\n#####"),
    ("maze", "S.G/.0"),
    ("maze", "S /  G"),
    ("maze", "  S..\n  .#.\n  ..G"),
    ("maze", "   S.\n  ..G"),
    ("maze", "  ...\n  .SG\n\n"),
    ("maze", "S   G"),
    ("maze", "S 0#  # G"),
    ("maze", ""),
    ("maze", "It was the best of times,\nit was the worst of times."),
    ("maze", "#" * 31 + "\n" + "#" * 31),
    ("maze", "\n".join(["#" * 3] * 31)),
    ("maze", "S G\nS G"),
    ("maze", "###\n###"),
    ("maze", "S G\n###\n\nS#G\n   "),
    ("maze", "S.G\r\n###\r\n\r\n\r\nS#E\r\n...\r\n"),
    ("maze", "S G/###\nS#G/   "),
    ("maze", "\n".join(["#" * 7 + "S" + "#" * 20 + "G" + "#" * 7] * 3)),
    ("maze", "S  \n\n  G"),
    ("maze", "SS \n\n  G"),
    ("maze", "SS \n   \n G "),
    ("maze", "\n".join(f"    {line}  " for line in ("#####", "#S G#", "#####"))),
    ("maze", "  \n\t#####\n\t#S G#\n\t####S\n   \n"),
    ("maze", "  ####\n  #S#\n  ####\n   G"),
    ("maze", ".....\n.###.\n.#S#.\n.##G.\n....."),
    ("maze", "     \n ### \n #S#/\n ##G "),
    ("maze", "     \n ### \n #SG \n ### "),
    ("maze", " ## \n SG \n    "),
    ("maze", "   \n   \n"),
    ("maze", "She went.\n\nShe Slept. Good.\n\nSo it Goes.\n" * 20),
    ("maze", "\n".join(["#" * 40] * 40).replace("#", ".", 3)),
)


def sudoku_of(text: str) -> Sudoku:
    """The sudoku of a grid on one line."""
    return {16: Sudoku(2), 36: Sudoku(2, 3), 81: Sudoku(3), 256: Sudoku(4)}[len(text)]


def share(seed: int, count: int) -> WorkShare:
    """A share of a generator's work."""
    return WorkShare(seed=seed, part=1, number=0, count=count)


def of_sudoku(text: str) -> dict[str, Any]:
    """What Python says of a sudoku."""
    puzzle = sudoku_of(text)
    given = puzzle.encode(text)
    flaw = puzzle.flaw(given)
    proper = flaw is None
    return {
        "side": puzzle.side,
        "given": list(given),
        "flaw": flaw,
        "solution": list(puzzle.solution(given) or ()) if proper else None,
        "guesses": puzzle.difficulty(given) if proper else None,
    }


def sudoku_answers(text: str, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Answers to a sudoku, right ones and wrong ones."""
    puzzle = sudoku_of(text)
    given = puzzle.encode(text)
    right = list(puzzle.solution(given) or ())
    answers = [right, list(given)]
    for _ in range(4):
        one, other = rng.integers(len(right), size=2)
        wrong = right.copy()
        wrong[one] = int(rng.integers(puzzle.vocab))
        swapped = right.copy()
        swapped[one], swapped[other] = right[other], right[one]
        answers += [wrong, swapped]
    rotated = [2 + (token - 1) % puzzle.side for token in right]  # a valid grid of another puzzle
    answers.append(rotated)
    return [
        {
            "given": list(given),
            "answer": answer,
            "side": puzzle.side,
            "valid": puzzle.is_valid(given, tuple(answer)),
        }
        for answer in answers
    ]


def of_maze(text: str, side: int | None = None) -> dict[str, Any]:
    """What Python says of a maze on a canvas; of `side`, or as small as it gets."""
    lines = text.split("/")
    canvas = Maze(side or max(2, len(lines), *map(len, lines)))
    given = canvas.encode("\n".join(lines))
    flaw = canvas.flaw(given)
    return {
        "side": canvas.side,
        "given": list(given),
        "flaw": flaw,
        "solution": list(canvas.solution(given) or ()) if flaw is None else None,
        "length": canvas.difficulty(given) if flaw is None else 0,
    }


def maze_answers(one: dict[str, Any], rng: np.random.Generator) -> list[dict[str, Any]]:
    """Answers to a maze, right ones and wrong ones."""
    canvas, given, right = Maze(one["side"]), one["given"], one["solution"]
    mirrored = np.array(given).reshape(canvas.side, -1)
    filled = bool((mirrored > 0).all())
    answers = [right, given]
    if filled:  # the label of the maze seen from behind may be another shortest path
        behind = canvas.solution(tuple(mirrored[::-1, ::-1].ravel().tolist()))
        answers.append(np.array(behind).reshape(canvas.side, -1)[::-1, ::-1].ravel().tolist())
    for token, new in ((FREE, PATH), (PATH, FREE), (WALL, PATH), (GOAL, PATH), (WALL, FREE)):
        cells = [cell for cell, found in enumerate(right) if found == token]
        for cell in rng.permutation(cells)[:2].tolist():
            other = list(right)
            other[cell] = new
            answers.append(other)
    everything = [PATH if token == FREE else token for token in given]
    answers.append(everything)
    return [
        {
            "given": given,
            "answer": answer,
            "side": canvas.side,
            "valid": canvas.is_valid(tuple(given), tuple(answer)),
        }
        for answer in answers
    ]


def of_text(kind: str, text: str) -> dict[str, Any]:
    """What Python reads in a text."""
    puzzle = Sudoku() if kind == "sudoku" else Maze()
    try:
        grid: Grid | None = puzzle.encode(text)
        problem = None
    except UserError as error:
        grid, problem = None, str(error)
    return {"kind": kind, "text": text, "grid": grid and list(grid), "problem": problem}


def rules() -> dict[str, Any]:
    """All vectors."""
    rng = np.random.default_rng(17)
    made = make_sudokus_with_blanks(share(3, 6), fewest=20, most=50)
    texts = [*SUDOKUS, *OTHER_SIDES, *(row.question.replace(" ", "") for row in made)]
    sudokus = [of_sudoku(text) for text in texts]
    solvable = [t for t, s in zip(texts, sudokus, strict=True) if s["flaw"] is None]
    mazes = [of_maze(text) for text in MAZES]
    mazes += [of_maze(MAZES[1], 9), of_maze(MAZES[6], 12)]
    for side, maker in (
        (7, partial(newspaper.make_mazes, side=7, shortest=7)),
        (12, partial(newspaper.make_mazes, side=12, shortest=12)),
        (9, partial(hard.make_mazes, side=9, shortest=20)),
    ):
        for row in maker(share(5, 2)):
            lines = [row.question[at : at + side] for at in range(0, side * side, side)]
            mazes.append(of_maze("/".join(lines)))
    return {
        "sudokus": sudokus,
        "sudoku_answers": [a for text in solvable[:9] for a in sudoku_answers(text, rng)],
        "mazes": mazes,
        "maze_answers": [
            answer for one in mazes if one["flaw"] is None for answer in maze_answers(one, rng)
        ],
        "texts": [of_text(*one) for one in TEXTS],
    }


def as_json() -> str:
    """As the file has them: a line a vector."""
    parts = [
        f'"{name}": [\n' + ",\n".join(json.dumps(one) for one in of) + "\n]"
        for name, of in rules().items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(as_json())
