"""Metrics in TensorBoard and Weights & Biases."""

from pathlib import Path

import pytest

from hrmkit.errors import UserError
from hrmkit.runs import trackers
from hrmkit.runs.trackers import chosen_trackers, start_trackers

LINES = (
    {"kind": "train", "step": 2, "loss": 1.5, "exact": 0.0},
    {"kind": "evaluation", "step": 4, "exact": 0.25, "by_segment": [0.125, 0.25]},
    {"kind": "watched", "step": 4, "answers": [[1, 2]], "q_halt": [0.5], "segments_used": 1},
    {"kind": "end", "step": 4, "why": "steps"},
)


def test_tensorboard_shows_every_number_under_its_kind(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    (track,) = start_trackers(["tensorboard"], tmp_path, {})
    for line in LINES:
        track(line)
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    found = {
        name: [(event.step, event.value) for event in events.Scalars(name)]
        for name in events.Tags()["scalars"]
    }
    assert found == {
        "train/loss": [(2, 1.5)],
        "train/exact": [(2, 0.0)],
        "evaluation/exact": [(4, 0.25)],
        "evaluation/exact_segment_1": [(4, 0.125)],
        "evaluation/exact_segment_2": [(4, 0.25)],
        "watched/segments_used": [(4, 1.0)],
    }


def test_weights_and_biases_takes_the_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_MODE", "offline")
    (track,) = start_trackers(["wandb"], tmp_path, {"seed": 1})
    for line in LINES:
        track(line)
    assert list((tmp_path / "wandb").glob("offline-run-*/*.wandb"))


def test_auto_takes_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trackers, "find_spec", lambda name: name == "tensorboard" or None)
    assert chosen_trackers("auto") == ["tensorboard"]
    assert chosen_trackers("none") == []
    with pytest.raises(UserError, match="wandb is not installed: pip install wandb"):
        chosen_trackers("tensorboard,wandb")
    with pytest.raises(UserError, match="'paper' is no tracker: choose auto, none, tensorboard"):
        chosen_trackers("paper")
