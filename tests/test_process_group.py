"""Two processes train what one does."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hrmkit.training.process_group import ProcessGroup

SCRIPT = Path(__file__).with_name("one_of_many.py")
RECIPES = (
    '{"optimizer": "adam-atan2", "lr": 0.003, "loss": "stablemax", "clip": null}',
    '{"optimizer": "muon", "lr": 0.003, "starts": 2, "ema_decay": 0.9, "clip": 0.1}',
)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def trained(recipe: str, world: int) -> dict[str, Any]:
    """What `world` processes say of their training."""
    port = free_port()
    running = []
    for rank in range(world):
        place = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": world, "MASTER_PORT": port}
        environment = {
            **os.environ,
            **{name: str(value) for name, value in place.items()},
            "MASTER_ADDR": "127.0.0.1",
            "OMP_NUM_THREADS": "1",
        }
        running.append(
            subprocess.Popen(
                [sys.executable, str(SCRIPT), recipe],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    said = [process.communicate(timeout=240) for process in running]
    for process, (_, errors) in zip(running, said, strict=True):
        assert process.returncode == 0, errors[-2000:]
    line = next(line for line in said[0][0].splitlines() if line.startswith("RESULT"))
    return json.loads(line.removeprefix("RESULT"))


def numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for key in sorted(value) for number in numbers(value[key])]
    if isinstance(value, list):
        return [number for one in value for number in numbers(one)]
    return [float(value)]


@pytest.mark.parametrize("recipe", RECIPES, ids=["adam-atan2", "muon, starts, average, clip"])
def test_two_processes_equal_one(recipe: str) -> None:
    alone, together = trained(recipe, 1), trained(recipe, 2)
    for part in ("weights", "rows", "line", "measured"):
        ours, theirs = np.array(numbers(together[part])), np.array(numbers(alone[part]))
        assert ours.shape == theirs.shape
        assert np.abs(ours - theirs).max() < 1e-10, part
    assert alone["measured"]["puzzles"] == 7


def test_shares_are_all_rows_once() -> None:
    for rows in (1, 5, 8):
        for world in (1, 2, 3):
            shares = [range(rows)[ProcessGroup(rank, world).share(rows)] for rank in range(world)]
            assert [row for share in shares for row in share] == list(range(rows))
            assert max(map(len, shares)) - min(map(len, shares)) <= 1
