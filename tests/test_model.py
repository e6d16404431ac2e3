from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.block import attended, rms_norm
from hrmkit.model.hrm import Carry
from hrmkit.model.presets import WORLD_PRESETS, preset
from hrmkit.model.wiring import Sizes, Wiring, WorldInterface
from hrmkit.model.world_hrm import WorldHRM
from hrmkit.recording.world.probe import probe
from hrmkit.training.worlds.base import interface_of
from hrmkit.training.worlds.policy import ask, features_of
from hrmkit.worlds.key_door import KeyDoor

WORLD_NAMES = [one.name for one in WORLD_PRESETS]
TABLE = KeyDoor().table()
FACE = interface_of(TABLE)
FEATURES = features_of(TABLE, [0, 17, 55, 120])


def build(name: str = "hierarchy", seed: int = 0) -> WorldHRM:
    chosen = preset(name)
    return assemble(chosen.wiring, chosen.sizes, FACE, seed)


@pytest.mark.parametrize("name", WORLD_NAMES)
def test_all_wirings_have_about_the_same_parameters(name: str) -> None:
    parameters = sum(p.numel() for p in build(name).parameters())
    assert 50_000 <= parameters <= 100_000
    assert parameters == pytest.approx(sum(p.numel() for p in build().parameters()), rel=0.01)


def test_the_same_seed_gives_the_same_model_and_leaves_the_global_state_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one, other, another = build(seed=1), build(seed=1), build(seed=2)
    assert torch.rand(1) == expected
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)
    assert not torch.equal(one.low_init, another.low_init)


@pytest.mark.parametrize("name", WORLD_NAMES)
def test_a_segment_answers_for_every_row_and_hands_on_no_gradient(name: str) -> None:
    model = build(name)
    carry, outputs = model.segment(model.initial_carry(FEATURES), FEATURES)
    assert outputs.subgoal.shape == (4, 3)
    assert outputs.action.shape == (4, 4)
    assert outputs.q_halt.shape == (4,)
    assert not carry.low.requires_grad
    assert not carry.high.requires_grad
    assert torch.allclose(outputs.q_halt, torch.tensor(-5.0))  # the q head starts at "go on"


def test_l_runs_t_times_then_h_once_and_the_doer_is_told_last() -> None:
    model = build()
    with probe(model) as seen, torch.no_grad():
        ask(model, FEATURES)
    segment = ["L", "L", "H", "L", "L", "H", "L", "L", "L"]
    assert [call.module for call in seen.calls] == segment * 2
    assert len(seen.attention) == len(seen.calls)
    for attention in seen.attention:
        assert attention.sum(-1).allclose(torch.ones(4))


def test_the_probe_changes_no_number() -> None:
    model = build()
    plain = ask(model, FEATURES)
    with probe(model):
        probed = ask(model, FEATURES)
    after = ask(model, FEATURES)
    for a, b, c in zip(plain, probed, after, strict=True):
        assert torch.equal(a, b)
        assert torch.equal(a, c)


def test_only_the_last_call_of_each_module_carries_gradient() -> None:
    model = build()
    x = model.embed(FEATURES)
    graphs: list[tuple[str, bool]] = []
    for name, module in (("L", model.low), ("H", model.high)):
        assert module is not None
        module.register_forward_hook(
            lambda _m, _i, out, n=name: graphs.append((n, out.requires_grad))
        )
    model.think(model.initial_carry(FEATURES), x)
    assert graphs == [("L", False)] * 2 + [("H", False), ("L", False), ("L", True), ("H", True)]


def test_the_one_step_gradient_is_that_of_the_last_calls_alone() -> None:
    model = build()
    model.think(model.initial_carry(FEATURES), model.embed(FEATURES)).high.square().sum().backward()
    expected = [p.grad.clone() for p in model.parameters() if p.grad is not None]
    model.zero_grad()
    x = model.embed(FEATURES)
    high, low = model.initial_carry(FEATURES)
    with torch.no_grad():
        for call in (1, 2, 3):
            low = model.low(low, high + x, model.rotary)
            if call == 2:
                assert model.high is not None
                high = model.high(high, low, model.rotary)
    low = model.low(low, high + x, model.rotary)
    assert model.high is not None
    model.high(high, low, model.rotary).square().sum().backward()
    found = [p.grad for p in model.parameters() if p.grad is not None]
    assert len(found) == len(expected) > 0
    for a, b in zip(found, expected, strict=True):
        assert torch.allclose(a, b, atol=1e-6)


def test_thinking_goes_on_from_the_carry() -> None:
    model = build()
    first, before = model.segment(model.initial_carry(FEATURES), FEATURES)
    _, again = model.segment(first, FEATURES)
    assert not torch.allclose(before.subgoal, again.subgoal)


def test_recall_the_input_reaches_every_call_of_l() -> None:
    model = build()
    carry = Carry(torch.zeros(4, 8, 48), torch.zeros(4, 8, 48))
    inputs: list[torch.Tensor] = []
    model.low.register_forward_hook(lambda _m, args, _o: inputs.append(args[1]))
    highs: list[torch.Tensor] = [carry.high]
    assert model.high is not None
    model.high.register_forward_hook(lambda _m, _a, out: highs.append(out))
    x = model.embed(FEATURES)
    model.think(carry, x)
    for call, injection in enumerate(inputs):
        assert torch.allclose(injection, highs[call // 2] + x)


def test_what_the_doer_is_told_reaches_it_only_through_the_channel() -> None:
    told = torch.eye(3)
    for name, hears in (
        ("hierarchy", True),
        ("one-module", True),
        ("no-channel", False),
    ):
        model = build(name)
        x = model.embed(FEATURES)
        carry = model.think(model.initial_carry(FEATURES), x)
        key, door = (model.act(carry, x, told[g].expand(4, 3)) for g in (0, 1))
        assert torch.allclose(key, door) != hears


def test_rms_norm_has_no_weight_and_the_originals_epsilon() -> None:
    x = torch.tensor([[3.0, 4.0]], dtype=torch.float64)
    assert rms_norm(x).allclose(x / (12.5 + 1e-5) ** 0.5, atol=1e-12, rtol=0)


def test_a_rotation_is_one_in_bfloat16_too() -> None:
    rotary = build().rotary
    assert rotary is not None
    tokens, head_width = len(rotary.cos), rotary.cos.shape[1]
    x = torch.randn(1, 1, tokens, head_width).bfloat16()
    assert torch.equal(rotary(x), rotary(x.float()).bfloat16())
    assert rotary(x.double()).dtype == torch.float64


@pytest.mark.parametrize("tokens", [9, 82, 257])
def test_attention_that_learns_in_bfloat16_is_that_of_float32_rounded_once(tokens: int) -> None:
    torch.manual_seed(0)
    drawn = [torch.randn(2, 4, tokens, 16).bfloat16() for _ in range(4)]
    towards = drawn.pop()

    def found(of: Callable[..., Tensor], dtype: torch.dtype) -> list[Tensor]:
        parts = [part.detach().to(dtype).requires_grad_() for part in drawn]
        answer = of(*parts)
        assert answer.dtype == dtype
        answer.backward(towards.to(dtype))
        return [
            answer.detach(),
            *(part.grad for part in parts if part.grad is not None),
        ]

    with torch.autocast("cpu", torch.bfloat16):
        ours = found(attended, torch.bfloat16)
    wide = found(scaled_dot_product_attention, torch.float32)
    assert len(ours) == len(wide) == 4
    for one, other in zip(ours, wide, strict=True):
        assert torch.equal(one, other.bfloat16())


def test_positions_matter_and_are_relative() -> None:
    rotary = build().rotary
    query, key = torch.randn(1, 1, 1, 12), torch.randn(1, 1, 1, 12)

    def product(i: int, j: int) -> torch.Tensor:
        line = torch.zeros(1, 1, 9, 12)
        a, b = line.clone(), line.clone()
        a[0, 0, i], b[0, 0, j] = query[0, 0, 0], key[0, 0, 0]
        return rotary(a)[0, 0, i] @ rotary(b)[0, 0, j]

    assert torch.allclose(product(1, 3), product(5, 7), atol=1e-5)
    assert not torch.allclose(product(1, 3), product(1, 4), atol=1e-3)


def test_impossible_wirings_are_refused_with_a_sentence() -> None:
    with pytest.raises(UserError, match=r"sub-goal channel.*sub-goal head"):
        Wiring(subgoal_channel=True)
    with pytest.raises(UserError, match="cycles is 0"):
        Wiring(cycles=0)
    with pytest.raises(UserError, match="width 50"):
        Sizes(width=50)
    with pytest.raises(UserError, match=r"'nope'.*hierarchy"):
        preset("nope")
    assert WorldInterface(1, 1, 1).action_token == 1


def test_the_wirings_of_worlds_are_found_by_their_names_from_key_door() -> None:
    assert preset("keydoor") is preset("hierarchy")
    for name in WORLD_NAMES[1:]:
        assert preset(f"keydoor-{name}") is preset(name)
