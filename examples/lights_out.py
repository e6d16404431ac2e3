"""Lights Out: which of 6 x 6 lamps to press so that all go dark; a press toggles five of them."""

from pathlib import Path

import numpy as np
import torch

from hrmkit.errors import UserError
from hrmkit.puzzles.files import Row, save_puzzles
from hrmkit.puzzles.maze.puzzle import Turned
from hrmkit.puzzles.puzzle import Grid, PuzzleSet

SIDE, LETTERS = 6, "?.x"  # token 0 would pad; 1 is off, or "leave it"; 2 is on, or "press it"
PLACES = np.arange(SIDE**2).reshape(SIDE, SIDE)
ROW, COLUMN = np.divmod(PLACES.ravel(), SIDE)
PLUS = (np.hypot(ROW[:, None] - ROW, COLUMN[:, None] - COLUMN) <= 1).astype(int)


class LightsOut:
    name, vocab, cells = "lights-out", len(LETTERS), SIDE**2

    def encode(self, text: str) -> Grid:
        if len(text) != self.cells or set(text) - set(LETTERS[1:]):
            raise UserError(f"{text!r} is no Lights Out: write {self.cells} of . (off) and x (on)")
        return tuple(LETTERS.index(letter) for letter in text)

    def decode(self, grid: Grid) -> str:
        return "".join(LETTERS[token] for token in grid)

    def show(self, given: Grid, answer: Grid | None = None) -> str:
        return "\n".join(map(self.decode, np.reshape(answer or given, (SIDE, SIDE))))

    def flaw(self, given: Grid) -> str | None:
        return None  # 6 x 6 lamps always have one answer

    def solution(self, given: Grid) -> Grid | None:
        for first in range(1 << SIDE):  # with the first row's presses, each row decides the next's
            lamps, presses = np.array(given) - 1, np.zeros(self.cells, int)
            for cell in range(self.cells):
                above = lamps[cell - SIDE] if cell >= SIDE else first >> cell & 1
                presses[cell], lamps = above, (lamps + above * PLUS[cell]) % 2
            if not lamps.any():
                return tuple((presses + 1).tolist())

    def is_valid(self, given: Grid, answer: Grid, solution: Grid | None = None) -> bool:
        return set(answer) <= {1, 2} and bool(((given + PLUS @ np.subtract(answer, 1)) % 2).all())

    def difficulty(self, given: Grid) -> float:
        return float((self.solution(given) or ()).count(2))

    def augment(self, puzzles: PuzzleSet, rng: np.random.Generator) -> tuple[PuzzleSet, Turned]:
        turns = [np.rot90(PLACES, turn).ravel() for turn in rng.integers(4, size=len(puzzles))]
        change = Turned(torch.tensor(np.array(turns)))
        return puzzles.changed(change), change


if __name__ == "__main__":  # writes puzzles: python examples/lights_out.py
    text, drawn = LightsOut().decode, np.random.default_rng(0).integers(2, size=(1000, SIDE**2))
    save_puzzles(Path("lights.csv"), (Row(text(1 + on @ PLUS % 2), text(1 + on)) for on in drawn))
