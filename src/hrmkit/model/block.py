"""The encoder block that every module is made of: attention and SwiGLU, post-norm.

Wang et al., "Hierarchical Reasoning Model" (arXiv 2506.21734), section 2, and its code.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

RMS_EPS = 1e-5


def rms_norm(x: Tensor) -> Tensor:
    """RMS normalisation over the last axis, without a weight, computed in float32 or wider."""
    wide = x if x.dtype == torch.float64 else x.float()
    return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + RMS_EPS)).to(x.dtype)


def truncated_normal(*shape: int, std: float) -> Tensor:
    """A tensor of `shape` from a normal distribution of `std`, cut at two standard deviations.

    `std` is that of the result: cutting alone would shrink it by 0.8796.
    """
    raw = std / 0.87962566
    return nn.init.trunc_normal_(torch.empty(*shape), std=raw, a=-2 * raw, b=2 * raw)


def swiglu_inner(width: int, expansion: float = 4.0) -> int:
    """Inner width of SwiGLU in the original: 2/3 of `expansion * width`, up to a full 256."""
    return -(-round(expansion * width * 2 / 3) // 256) * 256


class Linear(nn.Module):
    """A linear map without bias, initialised as in the original (LeCun, truncated)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(truncated_normal(outputs, inputs, std=inputs**-0.5))

    def forward(self, x: Tensor) -> Tensor:
        """`x [..., inputs] -> [..., outputs]`."""
        return F.linear(x, self.weight)


def rotary_exponents(head_width: int) -> Tensor:
    """The exponents of the base in a rotary embedding's rates: float32 `[head_width / 2]`.

    Of an axis with `head_width` components.
    """
    return torch.arange(0, head_width, 2, dtype=torch.float32) / head_width


class Rotary(nn.Module):
    """Rotary position embedding (RoPE), half-rotation, for up to `len(places)` tokens."""

    cos: Tensor
    sin: Tensor

    def __init__(self, rates: Tensor, places: Tensor) -> None:
        """`rates [head_width / 2 / axes]`, float32: radians a position, for pairs of components.

        `places [tokens, axes]`: where each token is. The axes share a head's components evenly.
        """
        super().__init__()
        angles = (places.float()[:, :, None] * rates).flatten(1)
        angles = torch.cat((angles, angles), dim=-1)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Rotate `x [batch, heads, tokens, head_width]` by each token's position."""
        tokens = x.shape[-2]
        low, high = x.chunk(2, dim=-1)
        turned = torch.cat((-high, low), dim=-1)
        # In float32 or wider, as in the originals: a rotation has to be one in bfloat16, too.
        return (x * self.cos[:tokens] + turned * self.sin[:tokens]).to(x.dtype)


def attended(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """The means of `value` by attention; all are `[batch, heads, tokens, head_width]`.

    On a CPU torch's fused kernel is slow to go back through bfloat16: in float32 it is up to three
    times as fast there and back, casts and all (docs/speed.md).
    """
    learns = torch.is_grad_enabled() and query.device.type == "cpu"
    if learns and query.dtype == torch.bfloat16:
        with torch.autocast("cpu", enabled=False):  # it would make bfloat16 of them again
            wide = F.scaled_dot_product_attention(query.float(), key.float(), value.float())
            return wide.to(value.dtype)
    return F.scaled_dot_product_attention(query, key, value)


class Attention(nn.Module):
    """Multi-head self-attention over all tokens (not causal)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = Linear(width, 3 * width)
        self.out = Linear(width, width)

    def query_key_value(self, x: Tensor, rotary: Rotary | None) -> tuple[Tensor, Tensor, Tensor]:
        """Split `x [batch, tokens, width]` into three `[batch, heads, tokens, head_width]`."""
        parts = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        query, key, value = parts[0], parts[1], parts[2]
        if rotary is None:
            return query, key, value
        return rotary(query), rotary(key), value

    def forward(self, x: Tensor, rotary: Rotary | None) -> Tensor:
        """`x [batch, tokens, width] -> [batch, tokens, width]`."""
        query, key, value = self.query_key_value(x, rotary)
        mixed = attended(query, key, value)
        return self.out(mixed.transpose(1, 2).flatten(-2))


class SwiGLU(nn.Module):
    """Gated feed-forward network; the gate comes first in the fused weight."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.gate_up = Linear(width, 2 * inner)
        self.down = Linear(inner, width)

    def forward(self, x: Tensor) -> Tensor:
        """`x [..., width] -> [..., width]`."""
        gate, up = self.gate_up(x).chunk(2, dim=-1)
        # silu written out: the ONNX exporter has no core decomposition for it
        return self.down(gate * gate.sigmoid() * up)


class StableGate(SwiGLU):
    """SwiGLU's parts with what passes the gate normalised: `down(sigmoid(g) * rms(g * v))`.

    It keeps Muon's high rates stable (arXiv 2601.19085).
    """

    def forward(self, x: Tensor) -> Tensor:
        """`x [..., width] -> [..., width]`."""
        gate, up = self.gate_up(x).chunk(2, dim=-1)
        return self.down(gate.sigmoid() * rms_norm(gate * up))


class Block(nn.Module):
    """`x = rms(x + attention(x)); x = rms(x + mlp(x))`, the MLP a `SwiGLU` or a kind of it."""

    def __init__(self, width: int, heads: int, inner: int, gate: type[SwiGLU] = SwiGLU) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.mlp = gate(width, inner)

    def forward(self, x: Tensor, rotary: Rotary | None) -> Tensor:
        """`x [batch, tokens, width] -> [batch, tokens, width]`."""
        x = rms_norm(x + self.attention(x, rotary))
        return rms_norm(x + self.mlp(x))


class MixingBlock(nn.Module):
    """A block that mixes tokens by a SwiGLU over the token axis instead of attention.

    The normalisation after it runs over that axis too. "Less is More: Recursive Reasoning with Tiny
    Networks" (arXiv 2510.04871), section 4.5, and its code.
    """

    def __init__(self, width: int, tokens: int, inner: int, gate: type[SwiGLU] = SwiGLU) -> None:
        super().__init__()
        self.token_mlp = gate(tokens, swiglu_inner(tokens))
        self.mlp = gate(width, inner)

    def forward(self, x: Tensor, rotary: Rotary | None) -> Tensor:
        """`x [batch, tokens, width] -> [batch, tokens, width]`; positions need no rotary here."""
        across = x.transpose(1, 2)
        x = rms_norm(across + self.token_mlp(across)).transpose(1, 2)
        return rms_norm(x + self.mlp(x))


class ReasoningModule(nn.Module):
    """A module, H or L: blocks one after another, run on state + injection."""

    def __init__(self, blocks: Iterable[Block | MixingBlock]) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, state: Tensor, injection: Tensor | None, rotary: Rotary | None) -> Tensor:
        """`state`, `injection` `[batch, tokens, width]` -> the next state, same shape."""
        x = state if injection is None else state + injection
        for block in self.blocks:
            x = block(x, rotary)
        return x
