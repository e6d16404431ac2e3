"""Puzzles that the library makes, as rows of a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hrmkit.errors import UserError
from hrmkit.puzzles.files import Row
from hrmkit.puzzles.gym.layout import written
from hrmkit.puzzles.gym.puzzle import FAMILY, set_of, size_for
from hrmkit.puzzles.gym.reasoning_gym import data_set, named_version
from hrmkit.puzzles.making import WorkShare

AT_A_TIME = 100
"""Puzzles that a process makes at a time; of the slowest, futoshiki, 5 in a second."""
IN_A_ROW = 5
"""Shares whose puzzles have seeds in a row, from one that is drawn."""
WORTH = 500
"""Puzzles for which it is worth to start a process, which has to load the library first."""
SEEDS = 2**52
"""Seeds to draw from. The library's puzzle i of seed s is also puzzle 0 of seed s + i, so rows
must not come near each other."""


def make_puzzles(share: WorkShare, kind: str, settings: Mapping[str, Any]) -> list[Row]:
    """The puzzles of a share; `UserError` for wrong settings, or grids that are too large.

    `create_dataset(kind, seed=SEED, **settings)[0]` is the puzzle whose `source` ends in SEED.
    """
    own = set_of(kind)
    row, place = divmod(share.number, IN_A_ROW)
    seed = int(replace(share, number=row).rng().integers(SEEDS)) + place * AT_A_TIME
    made = data_set(kind, settings, seed=seed, size=share.count)
    rows: list[Row] = []
    for number in range(share.count):
        entry = made[number]
        question, answer = own.question(entry), own.answer(entry)
        size_for(own, f"{FAMILY}:{kind}", question)
        source = f"{share.source} {named_version()} {seed + number}"
        rating = own.difficulty(question)
        rows.append(Row(written(question), written(answer), rating, source))
    return rows


def settings_of(words: Sequence[str]) -> dict[str, Any]:
    """Settings that are given as NAME=VALUE, values as JSON; `UserError` for others."""
    found: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        try:
            found[name] = json.loads(value)
        except ValueError:
            equals = ""
        if not equals:
            raise UserError(f"--set {word!r} sets nothing: write NAME=VALUE, as n=6 or p_zero=0.5")
    return found
