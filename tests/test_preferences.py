"""Learning from preferences: what is drawn, what is minimised, what comes of it."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from hrmkit.draws import Draws
from hrmkit.errors import UserError
from hrmkit.experiments.preference_study import PREFERENCES, PreferenceStudy
from hrmkit.experiments.record import record
from hrmkit.experiments.study import Result
from hrmkit.model.world_hrm import WorldHRM
from hrmkit.recording.file import hash_of, load, loads, save
from hrmkit.recording.world.schema import Choice as RecordedChoice
from hrmkit.recording.world.schema import Recording
from hrmkit.recording.world.settings import (
    DEFAULT,
    ablations_of,
    choices_in,
    default_settings,
    planned_steps,
    rates_of,
    settings_of,
    tuning_of,
    world_of,
)
from hrmkit.training.worlds.base import base_model
from hrmkit.training.worlds.fine_tune import GradientStep, fine_tune
from hrmkit.training.worlds.policy import Episode, policy_of, score
from hrmkit.training.worlds.preferences import (
    EPISODES,
    Choice,
    PreferenceLosses,
    Preferences,
    by_return,
    check_choices,
    draw_preferences,
    standing,
)
from hrmkit.worlds.key_door import KEY_DOOR, KeyDoor
from test_recording_agreement import sealed

TABLE = KeyDoor().table()
CHOICES = "0-7,1-2,6-3"


@pytest.fixture
def base(prepared: Path) -> WorldHRM:
    return base_model("keydoor", DEFAULT.base_seed, prepared / "bases")


@pytest.fixture(scope="module")
def preferred(prepared: Path) -> Recording:
    story = load(prepared / "preferences" / "by-return.hrm.json.gz")
    assert isinstance(story, Recording)
    return story


@pytest.fixture(scope="module")
def chosen(prepared: Path) -> Recording:
    story = load(prepared / "preferences" / "chosen.hrm.json.gz")
    assert isinstance(story, Recording)
    return story


def ending(*rewards: float) -> Episode:
    """An episode of one step, of which only the return matters."""
    return Episode(0, (0,), (0,), (0,), rewards, success=False)


def test_of_equal_returns_the_first_is_best_and_the_last_is_worst() -> None:
    assert by_return([ending(r) for r in (0.1, 0.9, -1.0, 0.9, -1.0, 0.2)]) == Choice(1, 4)
    assert by_return([ending(0.5)] * 8) == Choice(0, 7)


def test_a_start_where_all_tries_earn_the_same_is_passed_over(prepared: Path) -> None:
    """Two Cups' base succeeds at once where no cup moves: there is nothing to prefer."""
    usual = default_settings("two-cup", "preferences")
    table = world_of(usual).table()
    policy = policy_of(base_model(usual.preset, usual.base_seed, prepared / "bases"), table)
    drawn = draw_preferences(table, policy, True, 20, 0.0, Draws(0))
    assert len({one.start for one in drawn}) < len(table.starts)
    for one in drawn:
        returns = [sum(episode.rewards) for episode in one.episodes]
        assert returns[one.best] > returns[one.worst]
    # Where it is so everywhere, a start is better than none.
    flat = table.model_copy(update={"reward": tuple((0.0,) * 9 for _ in table.reward)})
    (only,) = draw_preferences(flat, policy, True, 1, 0.0, Draws(0))
    assert (only.best, only.worst) == (0, 7)


def test_the_same_seed_draws_the_same_episodes_and_more_starts_begin_with_them(
    base: WorldHRM,
) -> None:
    policy = policy_of(base, TABLE)
    few = draw_preferences(TABLE, policy, True, 3, 0.0, Draws(4))
    many = draw_preferences(TABLE, policy, True, 12, 0.0, Draws(4))
    assert many[:3] == few
    assert len({one.start for one in many}) == 12
    assert all(len(one.episodes) == EPISODES for one in many)
    own = draw_preferences(TABLE, policy, True, 3, 0.0, Draws(4), choices_in(CHOICES))
    assert [one.episodes for one in own] == [one.episodes for one in few]
    assert [(one.best, one.worst) for one in own] == [(0, 7), (1, 2), (6, 3)]


def test_noise_turns_preferences_round_as_often_as_it_says(base: WorldHRM) -> None:
    policy = policy_of(base, TABLE)
    calm = draw_preferences(TABLE, policy, True, 50, 0.0, Draws(1))
    noisy = draw_preferences(TABLE, policy, True, 50, 0.3, Draws(1))
    turned = [one.turned for one in noisy]
    assert 5 <= sum(turned) <= 25
    for a, b in zip(calm, noisy, strict=True):
        assert (a.best, a.worst) == ((b.worst, b.best) if b.turned else (b.best, b.worst))


def test_episodes_are_drawn_with_the_probabilities_of_the_policy(base: WorldHRM) -> None:
    policy = policy_of(base, TABLE)
    drawn = draw_preferences(TABLE, policy, True, 100, 0.0, Draws(0))
    episodes = [e for one in drawn for e in one.episodes]
    first = [(e.states[0], e.subgoals[0]) for e in episodes]
    shares = torch.tensor(policy.subgoal_logits).softmax(-1).numpy()
    expected = np.mean([shares[state, 1] for state, _ in first])
    assert abs(np.mean([goal == 1 for _, goal in first]) - expected) < 0.05


def test_the_loss_is_dpo_with_the_base_as_reference_and_the_likelihood_of_the_best(
    base: WorldHRM,
) -> None:
    """Written out from the paper's equation 7, for one segment, episode by episode."""
    drawn = draw_preferences(TABLE, policy_of(base, TABLE), True, 2, 0.0, Draws(0))
    lesson = Preferences(base, TABLE, drawn).lesson((0, 1))
    model = copy.deepcopy(base)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.02)
        found, ours, theirs = None, [], []
        for net, kept in ((base, theirs), (model, ours)):
            carry = net.initial_carry(lesson.batch.features)
            _, outputs = net.segment(carry, lesson.batch.features, told=lesson.batch.subgoal)
            found = lesson.losses(outputs, 0)
            at = 0
            for pair in drawn:
                for episode in (pair.episodes[pair.best], pair.episodes[pair.worst]):
                    rows = range(at, at + len(episode.states))
                    steps = zip(rows, episode.subgoals, episode.actions, strict=True)
                    kept.append(
                        [
                            outputs.subgoal.log_softmax(-1)[r, g]
                            + outputs.action.log_softmax(-1)[r, a]
                            for r, g, a in steps
                        ]
                    )
                    at = rows.stop
    assert found is not None
    totals = [sum(a) - sum(b) for a, b in zip(ours, theirs, strict=True)]
    best, worst = torch.stack(totals[::2]), torch.stack(totals[1::2])
    assert torch.allclose(found.best, best, atol=1e-3)
    assert torch.allclose(found.worst, worst, atol=1e-3)
    assert torch.allclose(found.dpo, -F.logsigmoid(best - worst).mean(), atol=1e-3)
    likelihoods = torch.stack([step for kept in ours[::2] for step in kept])
    assert torch.allclose(found.planner + found.doer, -likelihoods.mean(), atol=1e-4)


def test_before_it_learns_nothing_has_risen_or_sunk(base: WorldHRM) -> None:
    policy = policy_of(base, TABLE)
    drawn = draw_preferences(TABLE, policy, True, 2, 0.0, Draws(0))
    lessons = Preferences(base, TABLE, drawn)
    seen: list[GradientStep] = []
    tuning = tuning_of(settings_of("key-door", learn="preferences", passes=1))
    fine_tune(base, lessons, tuning, Draws(0), seen.append)
    first = seen[0].losses
    assert isinstance(first, PreferenceLosses)
    assert torch.allclose(first.best, torch.zeros(2), atol=1e-4)
    assert first.dpo.item() == pytest.approx(np.log(2), abs=1e-4)
    after = policy_of(base, TABLE)
    pair = drawn[0]
    risen = [
        standing(after, pair.episodes[i]) - standing(policy, pair.episodes[i])
        for i in (pair.best, pair.worst)
    ]
    assert risen[0] > risen[1]


def test_twenty_starts_teach_the_order_though_nobody_says_what_is_right(prepared: Path) -> None:
    reached = []
    for seed in range(2):
        model = base_model("keydoor", DEFAULT.base_seed, prepared / "bases")
        draws = Draws(seed)
        drawn = draw_preferences(TABLE, policy_of(model, TABLE), True, 20, 0.0, draws)
        tuning = tuning_of(settings_of("key-door", learn="preferences"))
        steps = fine_tune(model, Preferences(model, TABLE, drawn), tuning, draws)
        assert steps == tuning.most
        reached.append(score(TABLE, policy_of(model, TABLE)).success)
    assert sum(reached) / 2 >= 0.8


def test_a_recording_holds_what_was_preferred_and_what_came_of_it(preferred: Recording) -> None:
    settings = preferred.settings
    assert settings.learn == "preferences"
    assert (preferred.examples, preferred.cycles) == ((), ())
    assert len(preferred.preferences) == settings.examples == 10
    for one in preferred.preferences:
        returns = [episode.total_reward for episode in one.episodes]
        assert returns[one.best] == pytest.approx(max(returns), abs=1e-6)
        assert returns[one.worst] == pytest.approx(min(returns), abs=1e-6)
    assert len(preferred.standings) == len(preferred.curve)
    assert set(preferred.standings[0].best) == {0.0}
    last = preferred.standings[-1]
    assert np.mean(last.best) > np.mean(last.worst)
    assert len(preferred.fine_tuning) == planned_steps(settings) == 100
    for step in preferred.fine_tuning:
        assert step.preference is not None
        assert len(step.preference.best) == len(step.examples)
    names = [run.name for run in preferred.ablations]
    assert names == [plan.name for plan in ablations_of(KEY_DOOR, "preferences")]
    assert "flat-labelled" not in names


def test_a_visitors_choices_are_what_is_learned_and_stand_alone(
    chosen: Recording, tmp_path: Path
) -> None:
    assert chosen.settings.choices is not None
    for choice, one in zip(chosen.settings.choices, chosen.preferences, strict=True):
        assert (choice.best, choice.worst) == (one.best, one.worst)
    # Rivals did other episodes, and so did other seeds.
    assert [run.name for run in chosen.ablations] == ["frozen-planner", "frozen-doer"]
    assert chosen.spread is None
    save(chosen, tmp_path / "x.hrm.json.gz")
    assert load(tmp_path / "x.hrm.json.gz") == chosen


def test_the_same_settings_give_the_same_recording(prepared: Path) -> None:
    settings = settings_of("key-door", learn="preferences", examples=2, passes=1)
    again = [record(settings, ablations=False, seeds=1, cache=prepared / "bases") for _ in range(2)]
    assert again[0] == again[1]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"learn": "praise"}, "cannot learn from 'praise': choose labels or preferences"),
        ({"learn": "preferences", "choices": (Choice(3, 3),)}, "episode 3 as the best and the"),
        ({"learn": "preferences", "choices": (Choice(0, 8),)}, "episode 8 as the worst: choose 0"),
        ({"choices": (Choice(0, 1),)}, "choices while learning from labels: choose preferences"),
        (
            {"learn": "preferences", "choices": (Choice(0, 1),), "examples": 3},
            "1 choices for 3 starts",
        ),
        ({"learn": "preferences", "choices": ()}, "0 examples: choose 1 to 50"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(changes: dict, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        settings_of("key-door", **changes)


@pytest.mark.parametrize("text", ["", "3", "3-", "a-b", "3-5;0-7", "3-5,", "-1-2"])
def test_choices_are_written_one_way(text: str) -> None:
    with pytest.raises(UserError, match=r"write BEST-WORST, e\.g\. 3-5"):
        choices_in(text)


def test_choices_are_read_and_checked() -> None:
    assert choices_in("3-5, 0-7") == (Choice(3, 5), Choice(0, 7))
    with pytest.raises(UserError, match="choice 2: episode 4 as the best and the worst"):
        check_choices(choices_in("3-5,4-4"))


def first(content: dict) -> dict:
    return content["preferences"][0]


WRONG = [
    ("calls episode . both", lambda c: first(c).update(worst=first(c)["best"])),
    ("best is 8, which is not from 0 to 7", lambda c: first(c).update(best=8)),
    ("episodes has 7 entries", lambda c: first(c)["episodes"].pop()),
    ("preferences has 9 entries", lambda c: c["preferences"].pop()),
    ("standings has", lambda c: c["standings"].pop()),
    ("a standing's best has 9", lambda c: c["standings"][0]["best"].pop()),
    ("a gradient step's worst has 1", lambda c: c["fine_tuning"][3]["preference"]["worst"].pop()),
    ("dpo is -1", lambda c: c["fine_tuning"][3]["preference"].update(dpo=-1)),
    (
        "it learns from labels, and has none or others",
        lambda c: c["settings"].update(learn="labels"),
    ),
    ("it learns from preferences, and has none", lambda c: c.update(preferences=[], standings=[])),
    ("total_reward is 5", lambda c: first(c)["episodes"][2].update(total_reward=5)),
]


@pytest.mark.parametrize(("says", "change"), WRONG, ids=[says for says, _ in WRONG])
def test_a_recording_that_contradicts_itself_is_refused(preferred, says, change) -> None:
    content = copy.deepcopy(preferred.model_dump(mode="json"))
    change(content)
    with pytest.raises(UserError, match=says):
        loads(sealed(content), "x")


def test_choices_that_were_not_learned_are_refused(chosen: Recording) -> None:
    content = copy.deepcopy(chosen.model_dump(mode="json"))
    content["settings"]["choices"][1] = RecordedChoice(best=5, worst=4).model_dump()
    with pytest.raises(UserError, match="a preference is not what was chosen"):
        loads(sealed(content), "x")


def test_a_file_that_does_not_say_what_it_learned_from_learned_from_labels(
    story: Recording,
) -> None:
    content = story.model_dump(mode="json")
    for name in ("learn", "choices"):
        del content["settings"][name]
    for name in ("preferences", "standings"):
        del content[name]
    for step in content["fine_tuning"]:
        del step["preference"]
    assert hash_of(content) == story.hash
    assert loads(sealed(content), "x") == story


def test_preferences_are_learned_more_gently_than_labels() -> None:
    labels, preferences = rates_of("keydoor"), rates_of("keydoor", "preferences")
    assert preferences.rate_heads < labels.rate_heads
    assert preferences.most < labels.most


def test_the_study_has_both_ways_to_learn_side_by_side() -> None:
    study = PreferenceStudy(KEY_DOOR, 2)
    study.results = {cell.key(): Result(0.5, 5, 0.25, 1, 2, 100) for cell in study.cells()}
    told = PREFERENCES.report(study)
    assert told.count("0.50 ± 0.00") > 50
    assert "| preferences | 0.50" in told
    assert "| labels | 0.50" in told
