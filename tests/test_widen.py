"""A model made wider answers as before, and its copies are told apart by the next gradient."""

from dataclasses import replace

import pytest
import torch

from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM
from hrmkit.model.widen import widened
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring

FACE = PuzzleInterface(vocab=6, tokens=16, puzzles=3)
SMALL = Sizes(width=16, heads=2, inner=24, blocks=2)
WIRINGS = {
    "tokens": Wiring(mixing="tokens", positions="none", gradient="full"),
    "attention": Wiring(gradient="full", puzzle_embedding=True, prefix=2),
    "learned positions": Wiring(positions="learned", gate="stable"),
    "one module": Wiring(hierarchy=False, modules=1, cycles=1, low_calls=3),
}


def model_of(wiring: Wiring) -> PuzzleHRM:
    """A model in float64 whose heads and puzzle embeddings are not zero."""
    model = assemble(wiring, SMALL, FACE, seed=1)
    assert isinstance(model, PuzzleHRM)
    with torch.no_grad():
        model.q_head.weight.normal_()
        if model.puzzle_embedding:
            model.puzzle_embedding.weight.normal_()
    return model.double()


def batch() -> PuzzleBatch:
    """Three puzzles."""
    draws = torch.Generator().manual_seed(0)
    return PuzzleBatch(torch.randint(0, 6, (3, 16), generator=draws), torch.arange(3))


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("wiring", WIRINGS.values(), ids=WIRINGS)
def test_a_wider_model_answers_as_before(wiring: Wiring, times: int) -> None:
    model = model_of(wiring)
    sizes = replace(SMALL, width=16 * times, inner=24 * times, heads=2 * times)
    wide = widened(model, sizes)
    carries = [one.initial_carry(batch()) for one in (model, wide)]
    for _ in range(2):
        (first, mine), (second, theirs) = (
            one.segment(carry, batch()) for one, carry in zip((model, wide), carries, strict=True)
        )
        carries = [first, second]
        for a, b in zip(mine, theirs, strict=True):
            assert torch.allclose(a, b, atol=1e-9)


def test_copies_have_gradients_of_their_own() -> None:
    wide = widened(model_of(WIRINGS["tokens"]), replace(SMALL, width=32, inner=48))
    wide.segment(wide.initial_carry(batch()), batch())[1].logits.square().sum().backward()
    gradient = wide.low.blocks[0].mlp.gate_up.weight.grad
    assert gradient is not None
    assert not torch.allclose(gradient[:24], gradient[24:48])


@pytest.mark.parametrize(
    "sizes",
    [
        replace(SMALL, width=8, inner=12, heads=1),
        replace(SMALL, width=24, inner=36, heads=3),
        replace(SMALL, width=32, inner=24, heads=4),
        replace(SMALL, width=32, inner=48, heads=2),
        replace(SMALL, width=32, inner=48, heads=4, blocks=1),
    ],
)
def test_sizes_that_are_not_so_many_times_as_wide_are_refused(sizes: Sizes) -> None:
    with pytest.raises(UserError, match="give it a whole number of times the width"):
        widened(model_of(WIRINGS["attention"]), sizes)
