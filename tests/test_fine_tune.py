import copy
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hrmkit.draws import Draws
from hrmkit.errors import UserError
from hrmkit.model.world_hrm import WorldHRM
from hrmkit.recording.world.settings import DEFAULT
from hrmkit.training.worlds.base import base_model
from hrmkit.training.worlds.examples import draw_examples
from hrmkit.training.worlds.fine_tune import (
    FineTuning,
    GradientStep,
    fine_tune,
    module_of,
    rate_at,
)
from hrmkit.training.worlds.labels import Labels, batch_of, losses_of
from hrmkit.training.worlds.policy import policy_of, roll_out, score
from hrmkit.worlds.key_door import KeyDoor

TABLE = KeyDoor().table()


@pytest.fixture
def base(prepared: Path) -> WorldHRM:
    return base_model("keydoor", DEFAULT.base_seed, prepared / "bases")


def tuned(
    base: WorldHRM, settings: FineTuning, examples: int = 10, seed: int = 0
) -> list[GradientStep]:
    draws = Draws(seed)
    seen: list[GradientStep] = []
    chosen = draw_examples(TABLE, examples, 0.0, 0.1, draws)
    fine_tune(base, Labels(TABLE, chosen, True), settings, draws, seen.append)
    return seen


def test_the_base_opens_the_locked_door_from_every_start(base: WorldHRM) -> None:
    found = score(TABLE, policy_of(base, TABLE))
    assert found.success <= 0.05
    assert found.order_mistakes >= 0.95


def test_ten_examples_are_enough_over_several_seeds(base: WorldHRM) -> None:
    successes = []
    for seed in range(3):
        model = copy.deepcopy(base)
        tuned(model, FineTuning(), seed=seed)
        successes.append(score(TABLE, policy_of(model, TABLE)).success)
    assert sum(successes) / 3 >= 0.97


@pytest.mark.parametrize("half", ["planner", "doer"])
def test_a_frozen_half_keeps_its_weights_and_the_other_cannot_do_it_alone(
    base: WorldHRM, half: str
) -> None:
    before = {name: p.detach().clone() for name, p in base.named_parameters()}
    tuned(base, FineTuning(freeze=half))  # pyright: ignore[reportArgumentType]
    for name, parameter in base.named_parameters():
        assert torch.equal(parameter, before[name]) == (module_of(name) == half), name
    found = score(TABLE, policy_of(base, TABLE))
    assert found.success <= 0.1
    if half == "doer":
        assert found.planner_accuracy >= 0.8


def test_a_batch_thinks_one_segment_after_the_other_with_a_step_at_each(base: WorldHRM) -> None:
    seen = tuned(base, replace(FineTuning(), passes=3, enough=0.0), examples=5)
    assert [now.segment for now in seen] == [0, 1] * 9
    assert [now.pass_ for now in seen] == [0] * 6 + [1] * 6 + [2] * 6
    for first, second in zip(seen[::2], seen[1::2], strict=True):
        assert first.chosen == second.chosen
        assert torch.equal(first.carry.low[0, 0], base.low_init)
        assert not torch.equal(second.carry.low[0, 0], base.low_init)
    for start in (0, 6, 12):
        drawn = [e for now in seen[start : start + 6 : 2] for e in now.chosen]
        assert sorted(drawn) == [0, 1, 2, 3, 4]


def test_training_stops_early_once_a_whole_pass_is_easy(base: WorldHRM) -> None:
    seen = tuned(base, FineTuning(enough=0.2))
    assert len(seen) < seen[0].steps
    last = [now for now in seen if now.pass_ == seen[-1].pass_]
    mean = sum(float(n.losses.planner.detach() + n.losses.doer.detach()) for n in last) / len(last)
    assert mean < 0.2
    assert len(last) == 10  # the pass was finished


def test_the_rate_falls_along_a_cosine() -> None:
    settings = FineTuning()
    assert rate_at(0, 100, settings) == 1.0
    assert rate_at(99, 100, settings) == pytest.approx(0.05)
    assert rate_at(33, 100, settings) == pytest.approx(
        0.05 + 0.95 * (1 + math.cos(math.pi / 3)) / 2
    )
    assert rate_at(0, 1, settings) == 1.0


def test_the_losses_are_cross_entropies_of_the_labels(base: WorldHRM) -> None:
    batch = batch_of(TABLE, draw_examples(TABLE, 2, 0.0, 0.0, Draws(1)))
    _, outputs = base.segment(base.initial_carry(batch.features), batch.features, batch.subgoal)
    losses = losses_of(outputs, batch)
    nn = torch.nn.functional
    assert torch.allclose(
        losses.planner, nn.cross_entropy(outputs.subgoal, batch.subgoal.argmax(-1))
    )
    assert torch.allclose(losses.doer, nn.cross_entropy(outputs.action, batch.action.argmax(-1)))
    right = (outputs.subgoal.argmax(-1) == batch.subgoal.argmax(-1)) & (
        outputs.action.argmax(-1) == batch.action.argmax(-1)
    )
    assert torch.allclose(
        losses.halting, nn.binary_cross_entropy_with_logits(outputs.q_halt, right.float())
    )


def test_a_rollout_follows_the_table(base: WorldHRM) -> None:
    policy = policy_of(base, TABLE)
    episode = roll_out(TABLE, policy.subgoal(), policy.action(), TABLE.showcase)
    assert not episode.success
    assert len(episode.states) == TABLE.max_steps
    for state, after, action in zip(
        episode.states, episode.states[1:], episode.actions, strict=False
    ):
        assert TABLE.next_state[state][action] == after


def test_halting_takes_the_first_segment_that_wants_to_stop(base: WorldHRM) -> None:
    tuned(base, FineTuning())
    full, halted = policy_of(base, TABLE), policy_of(base, TABLE, halt=True)
    assert set(full.segments_used) == {2}
    for q, used in zip(halted.q_halt, halted.segments_used, strict=True):
        assert used == (1 if q[0] > 0 else 2)
    stopped = halted.segments_used == 1
    assert stopped.any()
    assert not (full.action_logits[stopped] == halted.action_logits[stopped]).all()
    assert (full.action_logits[~stopped] == halted.action_logits[~stopped]).all()


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(UserError, match="0 passes"):
        FineTuning(passes=0)
    with pytest.raises(UserError, match="batch of 5"):
        FineTuning(batch=5)


def test_a_base_is_read_from_the_cache_and_trained_again_when_it_is_cut_short(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hrmkit.training.worlds.base as module

    monkeypatch.setattr(module, "STEPS", 2)
    first = base_model("keydoor", 3, tmp_path)
    (kept,) = tmp_path.glob("keydoor-3-*.safetensors")
    monkeypatch.setattr(module, "pretrain", None)  # would fail if it were called
    again = base_model("keydoor", 3, tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(module, "STEPS", 2)
    kept.write_bytes(kept.read_bytes()[:100])
    third = base_model("keydoor", 3, tmp_path)
    for a, b, c in zip(first.parameters(), again.parameters(), third.parameters(), strict=True):
        assert torch.equal(a, b)
        assert torch.equal(a, c)
