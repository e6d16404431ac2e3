import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrmkit.errors import UserError
from hrmkit.experiments.record import record
from hrmkit.recording.common import MAX_BYTES, shortest
from hrmkit.recording.definitions import constants_json
from hrmkit.recording.file import check_target, dumps, hash_of, load, loads, save
from hrmkit.recording.json_schema import CONSTANTS, SCHEMAS, json_schema
from hrmkit.recording.world.recorder import steps_of_cycles, steps_of_evaluations
from hrmkit.recording.world.schema import Recording
from hrmkit.recording.world.settings import DEFAULT, check, default_settings, settings_of
from hrmkit.training.worlds.policy import roll_out
from hrmkit.worlds.key_door import KeyDoor

ROOT = Path(__file__).parent.parent
FEW = DEFAULT.model_copy(update={"examples": 2, "passes": 3, "noise": 0.2})


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_pages_schemas_are_those_defined_here(name: str) -> None:
    written = (ROOT / "web/src/recording" / name).read_text()
    assert written == json_schema(name), "run: python -m hrmkit.recording.json_schema"


def test_the_pages_constants_are_those_defined_here() -> None:
    written = (ROOT / "web/src/recording" / CONSTANTS).read_text()
    assert written == constants_json(), "run: python -m hrmkit.recording.json_schema"


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_numbers_are_the_shortest_that_give_the_same_float32(value: float) -> None:
    short = shortest(value)
    assert np.float32(short) == np.float32(value)
    # Digits count, not characters: 1e12 is shorter than 999999995904, as it is written in full.
    assert digits(short) <= digits(value)


def digits(value: float) -> int:
    return len(Decimal(repr(value)).normalize().as_tuple().digits)


def test_the_default_story_holds_what_its_scenes_need(story: Recording) -> None:
    assert story.curve[0].score.success <= 0.05
    assert story.curve[-1].score.success >= 0.97
    assert len(story.examples) == 10
    assert 3 <= len(story.cycles) <= 5
    assert [r.episode.success for r in (story.rollouts[0], story.rollouts[-1])] == [False, True]
    assert len(story.rollouts) >= 3
    assert {r.episode.start for r in story.rollouts} == {story.showcase}
    assert [run.name for run in story.ablations] == [
        "flat", "flat-labelled", "no-channel", "one-module", "frozen-planner", "frozen-doer",
    ]  # fmt: skip
    assert all(len(run.seeds) == 4 for run in story.ablations)  # beside the run itself
    assert story.spread is not None
    assert len(story.spread.runs) == 5
    assert story.spread.runs[0].curve == story.curve


def test_the_frozen_halves_of_the_default_story_fail(story: Recording) -> None:
    frozen = {r.name: r for r in story.ablations if r.name.startswith("frozen")}
    for run in frozen.values():
        assert np.mean([score.success for score in (run.final, *run.seeds)]) <= 0.1
    assert frozen["frozen-doer"].final.planner_accuracy >= 0.8


def test_the_story_is_small_enough(prepared: Path) -> None:
    assert (prepared / "recordings" / "key-door.hrm.json.gz").stat().st_size < 2**20


def test_every_recorded_episode_follows_from_its_recorded_policy(story: Recording) -> None:
    for checkpoint, rollout in zip(story.checkpoints, story.rollouts, strict=True):
        assert checkpoint.step == rollout.step
        subgoal = np.array(checkpoint.policy.subgoal_logits).argmax(-1)
        logits = np.array(checkpoint.policy.action_logits)
        action = logits[np.arange(len(logits)), subgoal].argmax(-1)
        episode = roll_out(story.world, subgoal, action, story.showcase)
        assert [s.state for s in rollout.episode.steps] == list(episode.states)
        assert [s.action for s in rollout.episode.steps] == list(episode.actions)
        thoughts = {t.state: t for t in rollout.thoughts}
        for step in rollout.episode.steps:
            last = thoughts[step.state].segments[-1]
            assert np.argmax(last.action_logits) == step.action
            assert last.told == step.subgoal


def test_a_cycle_shows_the_loss_of_its_row_before_and_after(story: Recording) -> None:
    for cycle in story.cycles:
        label = story.examples[cycle.example].steps[cycle.example_step]
        assert (cycle.label_subgoal, cycle.label_action) == (label.subgoal, label.action)
        assert cycle.example in story.fine_tuning[cycle.step].examples
        first = cycle.thought.segments[0]
        for logits, right, loss in (
            (first.subgoal_logits, label.subgoal, cycle.losses.planner),
            (first.action_logits, label.action, cycle.losses.doer),
        ):
            odds = np.exp(np.array(logits) - max(logits))
            assert -np.log(odds[right] / odds.sum()) == pytest.approx(loss, abs=1e-4)
    assert story.cycles[0].losses_after.planner < story.cycles[0].losses.planner


def test_the_watched_weights_are_those_that_moved_most(story: Recording) -> None:
    assert len(story.watched) == 12
    last = story.fine_tuning[-1].watched
    moved = [abs(w.before - v) for w, v in zip(story.watched, last, strict=True)]
    assert min(moved) > 0.01
    assert {w.owner for w in story.watched} == {"planner", "doer"}


def test_the_same_settings_give_the_same_bytes_whatever_the_processes(prepared: Path) -> None:
    bases = prepared / "bases"
    one = record(FEW, ablations=False, seeds=2, cache=bases)
    two = record(FEW, ablations=False, seeds=2, cache=bases, processes=2)
    assert dumps(one) == dumps(two)
    other = record(FEW.model_copy(update={"seed": 1}), ablations=False, seeds=1, cache=bases)
    assert other.hash != one.hash
    assert other.spread is None


def test_frozen_parameters_of_a_recording_do_not_move(prepared: Path) -> None:
    frozen = FEW.model_copy(update={"freeze": "planner"})
    recording = record(frozen, ablations=False, seeds=1, cache=prepared / "bases")
    for step in recording.fine_tuning:
        assert step.weight_change.planner == 0
        assert step.gradient_norm.planner > 0
        assert step.weight_change.doer > 0


@given(planned=st.integers(3, 500).map(lambda batches: 2 * batches))
def test_cycles_and_evaluations_fall_on_the_plan(planned: int) -> None:
    cycles, evaluations = steps_of_cycles(planned, 2), steps_of_evaluations(planned, 2)
    assert 3 <= len(cycles) <= 5
    assert all(0 <= step < planned and step % 2 == 0 for step in cycles)
    assert evaluations == sorted(set(evaluations))
    assert evaluations[-1] == planned
    assert len(evaluations) <= 31


def test_saved_and_loaded_again(story: Recording, tmp_path: Path) -> None:
    save(story, tmp_path / "new" / "copy.hrm.json.gz")
    assert load(tmp_path / "new" / "copy.hrm.json.gz") == story
    (tmp_path / "plain.json").write_bytes(gzip.decompress(dumps(story)))
    assert load(tmp_path / "plain.json") == story


def change(story: Recording, **fields: Any) -> bytes:
    return json.dumps({**story.model_dump(mode="json"), **fields}).encode()


def test_each_kind_of_damage_gets_one_sentence(story: Recording, tmp_path: Path) -> None:
    whole = dumps(story)
    content = story.model_dump(mode="json")
    del content["examples"]
    settings = {**content["settings"], "tiles": 6}
    for raw, says in (
        (whole[:-200], "truncated"),
        (b"\x1f\x8b" + b"junk" * 9, "does not unpack"),
        (b"not json", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"[1, 2]", "no JSON object"),
        (b"{}", "its format is None"),
        (change(story, version=2), "version 2; this hrmkit reads version 1"),
        (json.dumps(content).encode(), "damaged at examples"),
        (change(story, showcase="here"), "damaged at showcase"),
        (change(story, settings=settings), "do not match its hash"),
        (gzip.compress(b" " * (MAX_BYTES + 1)), "larger than 64 MiB"),
    ):
        with pytest.raises(UserError, match=says) as caught:
            loads(raw, "a.hrm.json.gz")
        assert "\n" not in str(caught.value)
        assert "a.hrm.json.gz" in str(caught.value)
    with pytest.raises(UserError, match="cannot read"):
        load(tmp_path / "missing.hrm.json.gz")


def test_the_hash_is_of_the_numbers_and_not_of_versions(story: Recording) -> None:
    content = story.model_dump(mode="json")
    assert hash_of({**content, "made_by": None, "title": "another"}) == story.hash
    assert hash_of({**content, "showcase": content["showcase"] + 1}) != story.hash


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"examples": 0}, "0 examples"),
        ({"examples": 51}, "51 examples"),
        ({"passes": 11}, "11 passes"),
        ({"noise": 0.6}, "noise 0.6"),
        ({"distractors": -0.1}, "distractors -0.1"),
        ({"seed": -1}, "seed -1"),
        ({"batch": 5}, "batch of 5"),
        ({"tiles": 10}, "10 tiles"),
        ({"preset": "keydoor-flat", "freeze": "planner"}, "one module"),
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(UserError, match=says):
        check(DEFAULT.model_copy(update=wrong))


def test_a_folder_is_no_place_for_a_recording(tmp_path: Path) -> None:
    for folder in (tmp_path, Path(".")):
        with pytest.raises(UserError, match="it is a folder"):
            check_target(folder)


def test_a_recording_from_before_there_were_worlds_is_of_key_door() -> None:
    path = ROOT / "tests" / "vectors" / "key-door-before-worlds.hrm.json.gz"
    content = json.loads(gzip.decompress(path.read_bytes()))
    assert "world" not in content["settings"]
    assert "whereabouts" not in content["world"]
    old = load(path)
    assert isinstance(old, Recording)
    assert old.settings == settings_of("key-door", tiles=3, examples=1, passes=1)
    now = KeyDoor(3).table()
    assert old.world == now.model_copy(update={"looks": ()})
    assert hash_of(json.loads(old.model_dump_json())) == old.hash


def test_what_old_recordings_lack_holds_no_numbers_so_that_hashes_stay(story: Recording) -> None:
    lacking = {
        "settings": {"world", "sizes"},
        "world": {"whereabouts": True, "looks": True, "entities": {"__all__": {"attributes"}}},
    }
    without = story.model_dump(mode="json", exclude=lacking)
    assert "sizes" not in without["settings"]
    assert hash_of(without) == story.hash


def test_settings_of_a_world_are_its_own_unless_changed() -> None:
    assert settings_of("key-door") == default_settings("key-door") == DEFAULT
    changed = settings_of("key-door", flat=True, examples=3, noise=None)
    assert changed == DEFAULT.model_copy(update={"preset": "keydoor-flat", "examples": 3})
    with pytest.raises(UserError, match="cannot freeze 'both': choose none, planner or doer"):
        settings_of("key-door", freeze="both")
