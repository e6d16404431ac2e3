"""Parity with the originals' code in float64, and that no planted mistake slips through."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import parity
from hrmkit.model import block, hrm, puzzle_hrm, wiring
from hrmkit.training import losses, optimizers
from hrmkit.training.puzzles import outer_loop

CARRIED = Path(__file__).parent / "vectors"
WHOLE = os.environ.get("HRMKIT_PARITY")
Patch = pytest.MonkeyPatch


@pytest.mark.parametrize("name", ["hrm", "trm_att"])
def test_ours_is_the_original(name: str) -> None:
    parity.check(name, parity.Vectors(CARRIED / f"{name}.safetensors"))


@pytest.mark.skipif(WHOLE is None, reason="HRMKIT_PARITY names no folder of whole vectors")
@pytest.mark.parametrize("name", parity.NAMES)
def test_ours_is_the_original_in_every_entry(name: str) -> None:
    parity.check(name, parity.Vectors(Path(WHOLE or "") / f"{name}.safetensors"))


def test_the_stable_gate_is_the_formula() -> None:
    x = torch.randn(2, 5, 6, dtype=torch.float64)
    stable = block.StableGate(width=6, inner=8).double()
    gate, value = (x @ stable.gate_up.weight.T).chunk(2, dim=-1)
    passed = gate * value
    passed = passed / (passed.square().mean(-1, keepdim=True) + 1e-5).sqrt()
    expected = (passed / (1 + (-gate).exp())) @ stable.down.weight.T
    assert torch.allclose(stable(x), expected, atol=1e-12)


def test_the_token_mixing_block_is_the_formula() -> None:
    """Its vectors are too large to carry, so the one part that only it has is written out here."""
    mixing = block.MixingBlock(width=6, tokens=5, inner=8).double()
    x = torch.randn(2, 5, 6, dtype=torch.float64)
    up = torch.einsum("btw,it->bwi", x, mixing.token_mlp.gate_up.weight)
    gate, value = up[..., :256], up[..., 256:]
    inner = gate / (1 + (-gate).exp()) * value
    mixed = x + torch.einsum("bwi,ti->btw", inner, mixing.token_mlp.down.weight)
    scale = (mixed.square().mean(dim=1, keepdim=True) + 1e-5).sqrt()  # over tokens, not width
    after = mixed / scale
    up = after @ mixing.mlp.gate_up.weight.T
    gate, value = up[..., :8], up[..., 8:]
    after = after + (gate / (1 + (-gate).exp()) * value) @ mixing.mlp.down.weight.T
    expected = after / (after.square().mean(-1, keepdim=True) + 1e-5).sqrt()
    assert torch.allclose(mixing(x, None), expected, atol=1e-12)


def eps_of_1e_6(patch: Patch) -> None:
    patch.setattr(block, "RMS_EPS", 1e-6)


def rope_starts_after_the_prefix(patch: Patch) -> None:
    init = block.Rotary.__init__

    def shifted(self: block.Rotary, rates: Tensor, positions: int) -> None:
        init(self, rates, positions)
        for table in (self.cos, self.sin):
            table[1:] = table[:-1].clone()

    patch.setattr(block.Rotary, "__init__", shifted)


def rope_in_pairs(patch: Patch) -> None:
    def forward(self: block.Rotary, x: Tensor) -> Tensor:
        tokens, half = x.shape[-2], x.shape[-1] // 2
        cos, sin = (table[:tokens, :half].to(x.dtype) for table in (self.cos, self.sin))
        even, odd = x[..., ::2], x[..., 1::2]
        return torch.stack((even * cos - odd * sin, odd * cos + even * sin), -1).flatten(-2)

    patch.setattr(block.Rotary, "forward", forward)


def gate_last(patch: Patch) -> None:
    def forward(self: block.SwiGLU, x: Tensor) -> Tensor:
        up, gate = self.gate_up(x).chunk(2, dim=-1)
        return self.down(gate * gate.sigmoid() * up)

    patch.setattr(block.SwiGLU, "forward", forward)


def norm_before(patch: Patch) -> None:
    def forward(self: block.Block, x: Tensor, rotary: block.Rotary | None) -> Tensor:
        x = x + self.attention(block.rms_norm(x), rotary)
        return x + self.mlp(block.rms_norm(x))

    patch.setattr(block.Block, "forward", forward)


def plant_calls(patch: Patch, change: Callable[[list[wiring.Call]], Iterable[wiring.Call]]) -> None:
    calls = wiring.Wiring.calls
    patch.setattr(wiring.Wiring, "calls", lambda self: tuple(change(list(calls(self)))))


def gradient_one_call_too_early(patch: Patch) -> None:
    def change(calls: list[wiring.Call]) -> Iterable[wiring.Call]:
        first = next(i for i, call in enumerate(calls) if call.gradient)
        before = max(i for i in range(first) if calls[i].module == "L")
        calls[before] = wiring.Call("L", True)
        # What follows has to carry it on.
        return [wiring.Call(c.module, c.gradient or i > before) for i, c in enumerate(calls)]

    plant_calls(patch, change)


def gradient_one_call_too_late(patch: Patch) -> None:
    def change(calls: list[wiring.Call]) -> Iterable[wiring.Call]:
        first = next(i for i, call in enumerate(calls) if call.gradient)
        calls[first] = wiring.Call(calls[first].module, False)
        return calls

    plant_calls(patch, change)


def high_before_low(patch: Patch) -> None:
    def change(calls: list[wiring.Call]) -> Iterable[wiring.Call]:
        first = next(i for i, call in enumerate(calls) if call.module == "H")
        calls[first - 1], calls[first] = calls[first], calls[first - 1]
        return calls

    plant_calls(patch, change)


def injection_after(patch: Patch) -> None:
    def forward(
        self: block.ReasoningModule,
        state: Tensor,
        injection: Tensor | None,
        rotary: block.Rotary | None,
    ) -> Tensor:
        for one in self.blocks:
            state = one(state, rotary)
        return state if injection is None else state + injection

    patch.setattr(block.ReasoningModule, "forward", forward)


def low_not_told_by_high(patch: Patch) -> None:
    patch.setattr(hrm.HRM, "injection", lambda self, high, x: x)


def no_q_bias(patch: Patch) -> None:
    read = puzzle_hrm.PuzzleHRM.read

    def without(self: puzzle_hrm.PuzzleHRM, carry: hrm.Carry) -> puzzle_hrm.PuzzleOutputs:
        logits, q_halt, q_continue = read(self, carry)
        return puzzle_hrm.PuzzleOutputs(
            logits, q_halt - self.q_head.bias[0], q_continue - self.q_head.bias[1]
        )

    patch.setattr(puzzle_hrm.PuzzleHRM, "read", without)


def unscaled_embedding(patch: Patch) -> None:
    embed = puzzle_hrm.PuzzleHRM.embed
    patch.setattr(
        puzzle_hrm.PuzzleHRM,
        "embed",
        lambda self, batch: embed(self, batch) / self.sizes.width**0.5,
    )


def target_of_q_halt_alone(patch: Patch) -> None:
    patch.setattr(outer_loop.torch, "maximum", lambda a, b: a)


def softmax_for_stablemax(patch: Patch) -> None:
    patch.setattr(losses, "stablemax_loss", losses.softmax_loss)


def q_loss_not_halved(patch: Patch) -> None:
    patch.setattr(
        losses.PuzzleLosses, "total", lambda self: self.cells + self.q_halt + self.q_continue
    )


def cells_summed_not_averaged(patch: Patch) -> None:
    loss = losses.stablemax_loss
    patch.setattr(losses, "stablemax_loss", lambda a, b: loss(a, b) * b.shape[1])


def decay_of_the_initial_state(patch: Patch) -> None:
    step = optimizers.AdamAtan2.step

    def stepped(self: optimizers.AdamAtan2) -> None:
        step(self)
        states[-1].mul_(1 - 1e-3 * 0.1)

    states: list[Tensor] = []
    draw = hrm.HRM.__init__

    def noted(self: hrm.HRM, *parts: Any) -> None:
        draw(self, *parts)
        to_double = self.double

        def doubled() -> hrm.HRM:
            model = to_double()
            states.append(model.high_init)
            return model

        self.double = doubled  # type: ignore[method-assign]

    patch.setattr(hrm.HRM, "__init__", noted)
    patch.setattr(optimizers.AdamAtan2, "step", stepped)


def no_weight_decay(patch: Patch) -> None:
    init = optimizers.AdamAtan2.__init__

    def without(self: optimizers.AdamAtan2, params: Any, **settings: Any) -> None:
        init(self, params, **(settings | {"weight_decay": 0.0}))

    patch.setattr(optimizers.AdamAtan2, "__init__", without)


def no_bias_correction(patch: Patch) -> None:
    atan2 = torch.atan2
    patch.setattr(optimizers.torch, "atan2", lambda m, v: atan2(m, v * 0.05**0.5))


def sign_sgd_without_decay(patch: Patch) -> None:
    init = optimizers.SignSGD.__init__
    patch.setattr(
        optimizers.SignSGD,
        "__init__",
        lambda self, params, lr, weight_decay: init(self, params, lr, 0.0),
    )


def sgd_without_the_sign(patch: Patch) -> None:
    patch.setattr(optimizers.Tensor, "sign", lambda self: self)


EVERYWHERE = (
    eps_of_1e_6,
    rope_in_pairs,
    gate_last,
    norm_before,
    gradient_one_call_too_early,
    gradient_one_call_too_late,
    high_before_low,
    injection_after,
    low_not_told_by_high,
    no_q_bias,
    unscaled_embedding,
    softmax_for_stablemax,
    q_loss_not_halved,
    cells_summed_not_averaged,
    decay_of_the_initial_state,
    no_weight_decay,
    no_bias_correction,
    sign_sgd_without_decay,
    sgd_without_the_sign,
)
PLANTED = [
    *(("hrm", mistake) for mistake in (*EVERYWHERE, rope_starts_after_the_prefix)),
    ("hrm", target_of_q_halt_alone),
    *(("trm_att", mistake) for mistake in EVERYWHERE),
]


@pytest.mark.parametrize(
    ("name", "mistake"), PLANTED, ids=lambda x: x if isinstance(x, str) else x.__name__
)
def test_a_planted_mistake_is_found(
    name: str, mistake: Callable[[Patch], None], monkeypatch: Patch
) -> None:
    mistake(monkeypatch)
    with pytest.raises(AssertionError, match=r"is|loss|has"):
        parity.check(name, parity.Vectors(CARRIED / f"{name}.safetensors"))
