from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.cost import effective_depth, segment_blocks, step_flops, units_a_step
from hrmkit.model.describe import describe, parameters_of
from hrmkit.model.originals import save_original
from hrmkit.model.presets import PUZZLE_PRESETS, preset
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM
from hrmkit.model.steps import STEPS, ladder_sizes, wiring_of_step
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring

PUZZLES = PuzzleBatch(torch.randint(0, 5, (3, 16)), torch.zeros(3, dtype=torch.long))


def short(wiring: Wiring) -> str:
    return "".join(c.module + ("*" if c.gradient else "") for c in wiring.calls())


@pytest.mark.parametrize(
    ("wiring", "order"),
    [
        (wiring_of_step(1), "L*"),
        (wiring_of_step(2), "L*L*L*L*"),
        (wiring_of_step(3), "L*L*L*L*"),
        (wiring_of_step(5), "LLHLL*H*"),
        (wiring_of_step(9), "LLHLL*H*"),
        (replace(wiring_of_step(5), gradient="full"), "L*L*H*L*L*H*"),
        (replace(wiring_of_step(5), gradient="last-cycle"), "LLHL*L*H*"),
        (preset("trm-7m").wiring, "LLLLLLHLLLLLLHL*L*L*L*L*L*H*"),
    ],
)
def test_the_calls_of_a_segment(wiring: Wiring, order: str) -> None:
    assert short(wiring) == order


@pytest.mark.parametrize(
    ("plugged", "sentence"),
    [
        ({"loop": False}, "plug in loop"),
        ({"recall": False}, "plug in recall"),
        ({"recall": False, "hierarchy": False, "modules": 1, "gradient": "full"}, "outer loop"),
        ({"hierarchy": False}, "plug in hierarchy"),
        ({"hierarchy": False, "modules": 1, "gradient": "last-cycle"}, "no cycles without H"),
        ({"segments": 1}, "plug in the outer loop"),
        ({"puzzle_embedding": True}, "set prefix"),
        ({"mixing": "tokens"}, "positions"),
        ({"subgoal_channel": True}, "sub-goal head"),
        ({"cycles": 0}, "cycles is 0"),
        ({"prefix": -1}, "prefix is -1"),
    ],
)
def test_a_missing_wire_is_named(plugged: dict[str, object], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        replace(Wiring(), **plugged)  # type: ignore[arg-type]


def test_without_recall_a_truncated_gradient_never_reaches_the_input() -> None:
    with pytest.raises(UserError, match="set gradient to full"):
        replace(wiring_of_step(2), gradient="one-step")


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_every_step_thinks_and_learns_with_the_same_parameters(step: int) -> None:
    model = assemble(step=step)
    extra = 64 * 2 if step == 9 else 0  # its position and its vector
    assert sum(p.numel() for p in model.parameters()) == 108_290 + extra
    carry, outputs = model.segment(model.initial_carry(PUZZLES), PUZZLES)
    assert outputs.logits.shape == (3, 16, 5)
    assert not carry.low.requires_grad
    (outputs.logits.square().sum() + outputs.q_halt.sum() + outputs.q_continue.sum()).backward()
    unused = [name for name, p in model.named_parameters() if p.grad is None]
    assert unused == []


def test_exactly_the_calls_with_gradient_are_kept_for_backward() -> None:
    def gradient_of_first_call(gradient: str) -> bool:
        wiring = replace(wiring_of_step(5), gradient=gradient)  # type: ignore[arg-type]
        model = assemble(wiring)
        states: list[torch.Tensor] = []
        model.low.register_forward_hook(lambda _m, _i, out: states.append(out))
        model.segment(model.initial_carry(PUZZLES), PUZZLES)
        return states[0].requires_grad

    assert not gradient_of_first_call("one-step")
    assert not gradient_of_first_call("last-cycle")
    assert gradient_of_first_call("full")


def test_without_positions_cells_are_all_alike() -> None:
    wiring = replace(wiring_of_step(6), positions="none")
    model = assemble(wiring).double()
    order = torch.randperm(16)
    model.low_init.normal_()
    plain, moved = (
        model.segment(model.initial_carry(batch), batch)[1].logits
        for batch in (PUZZLES, PUZZLES._replace(given=PUZZLES.given[:, order]))
    )
    assert torch.allclose(plain[:, order], moved, atol=1e-10)
    placed = assemble(step=6).double()
    a, b = (
        placed.segment(placed.initial_carry(batch), batch)[1].logits
        for batch in (PUZZLES, PUZZLES._replace(given=PUZZLES.given[:, order]))
    )
    assert not torch.allclose(a[:, order], b, atol=1e-3)


def test_the_puzzle_embedding_is_a_name_tag() -> None:
    model = assemble(step=9)
    assert model.puzzle_embedding is not None
    before = model.segment(model.initial_carry(PUZZLES), PUZZLES)[1].logits
    with torch.no_grad():
        model.puzzle_embedding.weight.normal_()
    after = model.segment(model.initial_carry(PUZZLES), PUZZLES)[1].logits
    assert not torch.allclose(before, after, atol=1e-4)


def test_rewiring_shares_weights_and_changes_nothing_else() -> None:
    model = assemble(step=3)
    longer = model.rewired(replace(model.wiring, low_calls=8))
    assert longer.low is model.low
    assert model.wiring.low_calls == 4
    assert short(longer.wiring).count("L") == 8
    with pytest.raises(UserError, match="modules 1 cannot be rewired to 2"):
        model.rewired(wiring_of_step(5))


def test_assembling_takes_a_wiring_a_name_or_a_step() -> None:
    assert assemble(step=6).wiring == assemble(wiring_of_step(6)).wiring
    for bad in ({}, {"wiring": Wiring(), "step": 3}):
        with pytest.raises(UserError, match="either a wiring or a step"):
            assemble(**bad)  # type: ignore[call-overload]
    with pytest.raises(UserError, match="no step 11"):
        assemble(step=11)
    with pytest.raises(UserError, match="preset for worlds"):
        assemble("keydoor")
    with pytest.raises(UserError, match="'hrm'"):
        assemble("hrm")


@pytest.mark.parametrize(
    ("name", "millions"),
    [("hrm-27m", 27.3), ("encoder-27m", 27.3), ("trm-5m", 5.0), ("trm-7m", 6.8)],
)
def test_the_presets_have_the_published_sizes(name: str, millions: float) -> None:
    chosen = preset(name)
    assert chosen.interface is not None
    counts = parameters_of(chosen.wiring, chosen.sizes, chosen.interface)
    assert round(sum(counts.values()) / 1e6, 1) == millions
    text = describe(name)
    assert f"{sum(counts.values()):,}" in text
    assert "effective depth" in text


@pytest.mark.parametrize(
    ("name", "teraflops"), [("hrm-27m", 1.17), ("trm-7m", 1.52), ("trm-5m", 1.37)]
)
def test_the_cost_of_a_step_is_the_derived_one(name: str, teraflops: float) -> None:
    chosen = preset(name)
    assert chosen.interface is not None
    flops = 32 * step_flops(chosen.wiring, chosen.sizes, chosen.interface)
    assert flops / 1e12 == pytest.approx(teraflops, abs=0.006)


def test_compute_in_units() -> None:
    found = {step: units_a_step(STEPS[step], ladder_sizes(STEPS[step])) for step in (1, 2, 5, 7)}
    assert found == {1: 6, 2: 24, 5: 10, 7: 16}
    assert segment_blocks(STEPS[5], ladder_sizes(STEPS[5])) == 6
    assert effective_depth(preset("hrm-27m").wiring, preset("hrm-27m").sizes) == 384


def test_nothing_unknown_is_described() -> None:
    for name in ("hrm", "keydoor", "step-10"):
        with pytest.raises(UserError, match="hrm-27m"):
            describe(name)
    assert len({describe(one.name) for one in PUZZLE_PRESETS}) == len(PUZZLE_PRESETS)


def two_axes(side: int = 4, prefix: int = 1) -> PuzzleHRM:
    wiring = Wiring(positions="rope-2d", prefix=prefix, segments=1, halting="none")
    model = assemble(wiring, Sizes(width=32, heads=2), PuzzleInterface(3, side * side), seed=0)
    assert isinstance(model, PuzzleHRM)
    return model


def test_with_two_axes_attention_knows_rows_and_columns_apart() -> None:
    model = two_axes(prefix=0)
    assert model.rotary is not None
    torch.manual_seed(0)
    query, key = torch.randn(2, 1, 1, 1, 16).expand(2, 1, 1, 16, 16)  # the same in every cell
    scores = (model.rotary(query) @ model.rotary(key).transpose(-1, -2))[0, 0].reshape(4, 4, 4, 4)
    # What a cell sees depends on how many rows and columns away the other is, and on nothing else.
    below, beside = scores[0, 1, 1, 1], scores[1, 0, 1, 1]
    assert torch.allclose(scores[1, 2, 2, 2], below, atol=1e-4)
    assert torch.allclose(scores[2, 1, 2, 2], beside, atol=1e-4)
    assert not torch.isclose(below, beside, atol=1e-2)
    # By the token's number alone, the last cell of a row and the first of the next are neighbours.
    assert not torch.isclose(scores[0, 3, 1, 0], scores[0, 0, 0, 1], atol=1e-2)


@pytest.mark.parametrize(
    ("sizes", "cells", "complaint"),
    [
        (Sizes(width=32, heads=2), 15, "15 cells are no square grid"),
        (Sizes(width=36, heads=2), 16, "a head 18 wide cannot turn"),
    ],
)
def test_two_axes_need_a_square_and_width_for_both(
    sizes: Sizes, cells: int, complaint: str
) -> None:
    with pytest.raises(UserError, match=complaint):
        assemble(Wiring(positions="rope-2d"), sizes, PuzzleInterface(3, cells), seed=0)
    with pytest.raises(UserError, match="no queries and keys to rotate"):
        Wiring(positions="rope-2d", mixing="tokens")


def test_a_model_with_two_axes_is_not_written_as_an_original(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="neither HRM nor TRM"):
        save_original(two_axes(), tmp_path)
