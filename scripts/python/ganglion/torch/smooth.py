"""What the operations of `exact` round, as smooth functions of the same integers (docs/model-format.md, "One step"):
float64, with gradients. Saturation is a clamp, so that what it cuts off has no gradient."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .exact import LARGEST, MEMORY_FRACTION

# What rounds to the largest value is not cut off.
_EDGE = LARGEST + 0.5


def inputs(x: Tensor, scale: Tensor, limit: int) -> Tensor:
    """`exact.inputs`."""
    # What rounds to the largest value is not cut off.
    return (x * scale).clamp(-limit - 0.5, limit + 0.5)


def elapsed(ts: Tensor, fraction: int, limit: int) -> Tensor:
    """`exact.elapsed`."""
    return (ts * float(1 << fraction)).clamp(max=limit)


def activate(x: Tensor, activation: str, fraction: int, shift: int) -> Tensor:
    """`exact.activate`."""
    if activation in ("tanh", "lecun_tanh"):
        return torch.tanh(x * 2.0**-fraction) * 2.0**15
    if activation == "relu":
        y = torch.relu(x)
    elif activation == "silu":
        y = x * torch.sigmoid(x * 2.0**-fraction)
    else:
        y = x * (0.5 + 0.5 * torch.erf(x * (2.0**-fraction / math.sqrt(2))))
    return (y * 2.0**-shift).clamp(-_EDGE, _EDGE)


def interpolate(
    heads: Tensor, elapsed: Tensor, *, is_linear: bool, is_difference: bool, head_fraction: int, gate_fraction: int,
    state_shift: int,
) -> Tensor:
    """`exact.interpolate`."""
    f1, f2, slopes, offsets = heads.chunk(4, 1)
    s = torch.sigmoid((slopes * elapsed * 2.0**-32 + offsets) * 2.0**-gate_fraction)
    if is_linear:
        g1, g2 = f1, f2
    else:
        g1, g2 = (torch.tanh(f * 2.0**-head_fraction) * 2.0**30 for f in (f1, f2))
    h = torch.lerp(g1, g2, s) if is_difference else g1 + s * g2
    return (h * 2.0 ** -(state_shift + 1)).clamp(-_EDGE, _EDGE)


def fall(
    f1: Tensor, elapsed: Tensor, w_tau: Tensor, a: Tensor, *, head_fraction: int, time_shift: int, state_shift: int
) -> Tensor:
    """`exact.fall`."""
    share = torch.exp(-(w_tau + f1.abs()) * elapsed * 2.0 ** -(time_shift + 20))
    return ((2.0**head_fraction - share * f1) * a * 2.0**-state_shift).clamp(-_EDGE, _EDGE)


def remember(gates: Tensor, c: Tensor, fraction: int) -> tuple[Tensor, Tensor]:
    """`exact.remember`."""
    units = gates.shape[1] // 4
    candidate = torch.tanh(gates[:, :units] * 2.0**-fraction)
    write, forget, read = torch.sigmoid(gates[:, units:] * 2.0**-fraction).split(units, 1)
    new = (c * forget + candidate * write * 2.0**MEMORY_FRACTION).clamp(-0x7FFF_FFFF, 0x7FFF_FFFF)
    return new, torch.tanh(new * 2.0**-MEMORY_FRACTION) * read * 2.0**15
