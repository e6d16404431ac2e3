"""Writes what holds the page's `insideOf` to Python's: the calls of small thoughts, and `Inside`.

python tests/inside_vectors.py
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from hrmkit.model.assemble import assemble
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.steps import wiring_of_step
from hrmkit.model.wiring import PuzzleInterface, Sizes
from hrmkit.puzzles.puzzle import IGNORED, PuzzleSet
from hrmkit.puzzles.registry import puzzle_of
from hrmkit.recording.calls import calls_of
from hrmkit.recording.thought.inside import certainty_of, inside_of
from hrmkit.solving.thinking import computing, thinking

VECTORS = Path(__file__).parent.parent / "web" / "tests" / "unit" / "inside-vectors.json"
SUDOKU = puzzle_of("sudoku", 16)
SIZES = Sizes(width=4, heads=1, inner=8, blocks=1)
THOUGHTS = {"H and L": (7, 3), "one state": (3, 1), "one call": (1, 1)}
"""By name: a step of the manual, and segments."""


def model_of(step: int, segments: int) -> PuzzleHRM:
    wiring = replace(wiring_of_step(step), segments=segments)
    model = assemble(wiring, SIZES, PuzzleInterface(SUDOKU.vocab, SUDOKU.cells), seed=3)
    assert isinstance(model, PuzzleHRM)
    model.compute_dtype = torch.float32
    return model.eval()


def vectors_of(step: int, segments: int) -> dict[str, Any]:
    """One thought: its calls and logits, and what is made of them."""
    model = model_of(step, segments)
    given = torch.tensor([SUDOKU.encode("1.34341.2143432.")])
    asked = PuzzleSet(given, torch.full_like(given, IGNORED), torch.zeros(1, dtype=torch.int64))
    seen, certainty, logits = [], [], []
    with calls_of(model) as calls:
        for _ in thinking(model, asked):
            with computing(model):
                state = calls[-1].after[:, model.wiring.prefix :]
                logits.append(model.token_head(state).flatten().tolist())
            certainty.append(certainty_of(model, calls)[0])
            seen += calls
            calls.clear()
    order = model.wiring.calls()
    inside = inside_of(model.wiring, seen, certainty)
    assert inside is not None
    return {
        "vocab": SUDOKU.vocab,
        "calls": [
            {
                "module": order[i % len(order)].module,
                "before": call.before.flatten().tolist(),
                "after": call.after.flatten().tolist(),
            }
            for i, call in enumerate(seen)
        ],
        "logits": logits,
        "inside": inside.model_dump(mode="json"),
    }


def vectors() -> dict[str, Any]:
    return {name: vectors_of(*asked) for name, asked in THOUGHTS.items()}


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(vectors()) + "\n")
