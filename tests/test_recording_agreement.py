"""Recordings that contradict their own world's table, or would cost too much to read."""

import gzip
import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hrmkit.errors import UserError
from hrmkit.experiments.record import record
from hrmkit.recording.common import shortest
from hrmkit.recording.file import hash_of, loads
from hrmkit.recording.weight import MOST_PARTS, too_heavy
from hrmkit.recording.world.agreement import DisagreementError, check_episode, check_example
from hrmkit.recording.world.schema import Episode, EpisodeStep, Recording
from hrmkit.recording.world.settings import DEFAULT
from hrmkit.training.worlds.examples import Example, ExampleStep
from hrmkit.worlds.key_door import KeyDoor
from hrmkit.worlds.world import Outcome

Content = dict[str, Any]
TABLE = KeyDoor(3).table()


def sealed(content: Content) -> bytes:
    """The recording with the right hash, whatever it says."""
    return json.dumps({**content, "hash": hash_of(content)}).encode()


def test_a_recording_that_was_made_agrees(story: Recording, prepared: Any) -> None:
    assert loads(sealed(story.model_dump(mode="json")), "x") == story
    noisy = DEFAULT.model_copy(
        update={"examples": 3, "passes": 3, "noise": 0.5, "distractors": 0.5, "tiles": 4}
    )
    for preset in ("keydoor", "keydoor-flat"):
        made = record(
            noisy.model_copy(update={"preset": preset}),
            ablations=False,
            seeds=1,
            cache=prepared / "bases",
        )
        assert loads(sealed(made.model_dump(mode="json")), "x") == made


def rollout(content: Content) -> Content:
    return content["rollouts"][-1]["episode"]


WRONG: list[tuple[str, Callable[[Content], Any]]] = [
    ("world.tiles is 100000", lambda c: c["world"].update(tiles=100_000)),
    ("world.max_steps is 1000000", lambda c: c["world"].update(max_steps=1_000_000)),
    ("a next state is 220", lambda c: c["world"]["next_state"][7].__setitem__(2, 220)),
    ("world.places has 219 entries", lambda c: c["world"]["places"].pop()),
    ("a row of world.reward has 3", lambda c: c["world"]["reward"][5].pop()),
    ("says success in state 9", lambda c: c["world"]["outcome"][9].__setitem__(0, "success")),
    ("a curve is empty", lambda c: c["spread"]["runs"][2]["curve"].clear()),
    ("a curve is empty", lambda c: c["ablations"][0]["curve"].clear()),
    ("spread.runs is empty", lambda c: c["spread"]["runs"].clear()),
    ("curve's success is 1.5", lambda c: c["curve"][0]["score"].update(success=1.5)),
    ("success False, but by its last", lambda c: rollout(c).update(success=False)),
    ("from start 0 begins in state 55", lambda c: rollout(c).update(start=0)),
    ("start is 199, which is not a start", lambda c: rollout(c).update(start=199)),
    ("the table leads to 56", lambda c: rollout(c)["steps"].pop(1)),
    ("though it is not at an end", lambda c: rollout(c)["steps"].pop()),
    ("the table leads to", lambda c: rollout(c)["steps"].append(rollout(c)["steps"][-1])),
    ("total_reward is 5", lambda c: rollout(c).update(total_reward=5)),
    ("earns 1.0, but in the table", lambda c: rollout(c)["steps"][0].update(reward=1)),
    ("is blocked, in the table ok", lambda c: rollout(c)["steps"][0].update(outcome="blocked")),
    ("thoughts of an episode", lambda c: c["rollouts"][0]["thoughts"].pop()),
    ("an example's first state is", lambda c: c["examples"][0]["steps"].pop(0)),
    ("labels are not those", lambda c: c["cycles"][0].update(label_action=0, label_subgoal=2)),
    ("loss is -1.0", lambda c: c["cycles"][0]["losses"].update(planner=-1)),
    ("the length of cycles is 250", lambda c: c.update(cycles=c["cycles"] * 50)),
]


@pytest.mark.parametrize(("says", "change"), WRONG, ids=[says for says, _ in WRONG])
def test_what_contradicts_the_table_is_refused(
    story: Recording, says: str, change: Callable[[Content], Any]
) -> None:
    content = deepcopy(story.model_dump(mode="json"))
    change(content)
    with pytest.raises(UserError, match=says) as caught:
        loads(sealed(content), "a.hrm.json.gz")
    assert str(caught.value).startswith("a.hrm.json.gz is damaged: ")


def played(start: int, actions: list[int]) -> Episode:
    """What the table makes of some actions, written by no code of the recorder."""
    state, steps = start, list[EpisodeStep]()
    for action in actions:
        if state >= TABLE.live_states or len(steps) == TABLE.max_steps:
            break
        reward, outcome = TABLE.reward[state][action], TABLE.outcome[state][action]
        steps.append(
            EpisodeStep(state=state, subgoal=0, action=action, reward=reward, outcome=outcome)
        )
        state = TABLE.next_state[state][action]
    return Episode(
        start=start,
        steps=tuple(steps),
        success=state >= TABLE.live_states,
        total_reward=shortest(sum(step.reward for step in steps)),
    )


episodes = st.builds(
    played,
    st.sampled_from(TABLE.starts),
    st.lists(st.integers(0, 3), min_size=TABLE.max_steps, max_size=TABLE.max_steps),
)


@given(episodes)
def test_every_episode_that_the_table_makes_agrees(episode: Episode) -> None:
    check_episode(episode, TABLE)
    steps = [
        ExampleStep(
            state=step.state,
            subgoal=0,
            action=0,
            taken=step.action,
            reward=step.reward,
            wrong_subgoal=False,
            wrong_action=False,
            distractor=False,
        )
        for step in episode.steps
    ]
    check_example(Example(steps=tuple(steps)), TABLE)


@given(episodes, st.data())
def test_no_episode_with_one_thing_changed_agrees(episode: Episode, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(["start", "success", "total_reward", "state", "reward"]))
    if field == "success":
        changed = episode.model_copy(update={"success": not episode.success})
    elif field == "start":
        other = data.draw(st.sampled_from(TABLE.starts).filter(lambda s: s != episode.start))
        changed = episode.model_copy(update={"start": other})
    elif field == "total_reward":
        changed = episode.model_copy(update={"total_reward": episode.total_reward + 0.01})
    else:
        at = data.draw(st.integers(0, len(episode.steps) - 1))
        value = data.draw(st.integers(-1, 500) if field == "state" else st.floats(-2, 2, width=32))
        step = episode.steps[at]
        if shortest(getattr(step, field)) == shortest(value):
            return
        steps = list(episode.steps)
        steps[at] = step.model_copy(update={field: value})
        changed = episode.model_copy(update={"steps": tuple(steps)})
    with pytest.raises(DisagreementError):
        check_episode(changed, TABLE)


# Reading takes a moment, so shrinking would take minutes.
@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(data=st.data())
def test_any_damage_is_refused_or_harmless(prepared: Path, data: st.DataObject) -> None:
    whole = (prepared / "recordings" / "key-door.hrm.json.gz").read_bytes()
    content = json.loads(gzip.decompress(whole))
    holder: Any = content
    key: Any = data.draw(st.sampled_from(sorted(set(content) - {"hash", "made_by"})))
    while isinstance(holder[key], dict | list) and holder[key] and data.draw(st.integers(0, 9)):
        holder = holder[key]
        keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
        key = data.draw(st.sampled_from(keys))
    holder[key] = data.draw(
        st.none() | st.booleans() | st.integers(-5, 2**40) | st.floats(-1e30, 1e30)
        | st.just([]) | st.just({}) | st.text(max_size=5)
    )  # fmt: skip
    try:
        read = loads(sealed(content), "x")
    except UserError:
        return
    # What is taken is what an episode can be.
    assert isinstance(read, Recording)
    for one in read.rollouts:
        last = one.episode.steps[-1]
        to = read.world.next_state[last.state][last.action]
        assert one.episode.success == (to >= read.world.live_states)
        assert one.episode.success == (last.outcome is Outcome.SUCCESS)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1e39"])
def test_a_number_that_is_none_is_refused(story: Recording, number: str) -> None:
    text = story.model_dump_json().replace('"planner":', f'"planner":{number},"x":', 1)
    with pytest.raises(UserError, match="not valid JSON"):
        loads(text.encode(), "x")


@pytest.mark.parametrize("value", [[], {}, [1], "x", None])
def test_what_is_no_number_is_named(story: Recording, value: object) -> None:
    content = story.model_dump(mode="json")
    content["curve"][0]["score"]["success"] = value
    with pytest.raises(UserError, match=r"damaged at curve\.0\.score\.success"):
        loads(sealed(content), "x")
    with pytest.raises(UserError, match="of the kind"):
        loads(sealed({**story.model_dump(mode="json"), "kind": value}), "x")


def test_what_would_take_gigabytes_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    heavy = b"[" + b"[]," * (20 * 2**20) + b"[]]"
    monkeypatch.setattr(json, "loads", lambda *_, **__: pytest.fail("it was parsed"))
    with pytest.raises(UserError, match=f"more than {MOST_PARTS} lists, objects and fields"):
        loads(heavy, "lists.json")


def test_a_recording_weighs_a_hundredth_of_what_it_may(story: Recording) -> None:
    text = story.model_dump_json().encode()
    assert not too_heavy(text * 20)
