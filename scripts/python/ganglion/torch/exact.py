"""The integer arithmetic, operation by operation as `FixedPoint`, `FixedActivations` and `FixedPointArithmetic` of
LiquidCore define it: int64 in, int64 out, without gradients.

A network with proven formats never leaves 64 bits here, nor 32 bits where LiquidCore computes in 32.
"""

from __future__ import annotations

import functools

import torch
from torch import Tensor

from . import tables

#: Columns whose sum is shifted before it is added to the total, with 16-bit weights.
BLOCK_COLUMNS = 32
#: A value is at most this, a value that is read at most one more.
LARGEST = 32767
#: Bits behind the point of the LSTM's c.
MEMORY_FRACTION = 20


def high(a: Tensor, b: Tensor | int) -> Tensor:
    """⌊a·b / 2³²⌋."""
    return (a * b) >> 32


def rounded(x: Tensor, shift: int) -> Tensor:
    """⌊x / 2^shift + ½⌋."""
    return (x + ((1 << shift) >> 1)) >> shift


def saturated(x: Tensor, limit: int = LARGEST) -> Tensor:
    """x limited to ±limit."""
    return x.clamp(-limit, limit)


@functools.lru_cache(maxsize=None)
def _chords(table: str, scale: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """The nodes in units of the sum of their weights, and the chords' slopes in those of a chord's length."""
    nodes = torch.tensor(getattr(tables, table), dtype=torch.int64, device=device)
    return (nodes[:-1] << 14) + (1 << 29), (nodes[1:] - nodes[:-1]) << scale


def _interpolated(place: Tensor, rest_bits: int, table: str) -> Tensor:
    """A function of the magnitude of its argument, in Q0.30."""
    starts, slopes = _chords(table, 14 - rest_bits, place.device)
    index = place >> rest_bits
    return starts[index] + slopes[index] * (place & ((1 << rest_bits) - 1))


def _place(x: Tensor, fraction: int, end: int, halvings: int) -> Tensor:
    """min(|x|, end) brought from `fraction` to 17 bits behind the point, and halved `halvings` times."""
    limited = x.abs().clamp(max=end << fraction)
    return (limited << max(17 - fraction, 0)) >> (max(fraction - 17, 0) + halvings)


def tanh(x: Tensor, fraction: int) -> Tensor:
    """tanh(x / 2^fraction) in Q0.30."""
    return _interpolated(_place(x, fraction, 6, 0), 10, "TANH") * _sign(x)


def sigmoid(x: Tensor, fraction: int) -> Tensor:
    """σ(x / 2^fraction) in Q0.31."""
    return 0x4000_0000 + _interpolated(_place(x, fraction, 12, 1), 10, "TANH") * _sign(x)


def normal(x: Tensor, fraction: int) -> Tensor:
    """The normal distribution Φ(x / 2^fraction) in Q0.31."""
    place = _place(x, fraction, 9, 0).clamp(max=9 << 16)
    return 0x4000_0000 + _interpolated(place, 11, "NORMAL") * _sign(x)


def _sign(x: Tensor) -> Tensor:
    """-1 below 0, otherwise 1."""
    return (x >> 63) | 1


@functools.lru_cache(maxsize=None)
def _powers(device: torch.device) -> Tensor:
    return torch.tensor(tables.POWER, dtype=torch.int64, device=device)


def decay(x: Tensor) -> Tensor:
    """e^(−x / 2²⁰) for 0 ≤ x ≤ 2²⁵ in Q0.30."""
    exponent = x * 1_549_082_005  # log₂e in Q1.30
    octave = exponent >> 50
    rest = exponent & ((1 << 50) - 1)
    nodes = _powers(x.device)
    index = rest >> 42
    node = nodes[index]
    power = node + rounded((nodes[index + 1] - node) * ((rest >> 22) & 0xF_FFFF), 20)
    return (power + ((torch.ones_like(octave) << octave) >> 1)) >> octave


def inputs(x: Tensor, scale: Tensor, limit: int) -> Tensor:
    """Single-precision inputs as integers: times their scales, limited to ±`limit`, rounded to the nearest, of two
    nearest to the even one."""
    return (x * scale).clamp(-limit, limit).round().to(torch.int64)


def elapsed(ts: Tensor, fraction: int, limit: int) -> Tensor:
    """Single-precision elapsed times, 0 or more, as integers: times 2^fraction, limited, rounded half up."""
    largest = torch.tensor(limit, dtype=torch.float32, device=ts.device)
    return ((ts * float(1 << fraction)).minimum(largest) + 0.5).to(torch.int64)


def affine(x: Tensor, weight: Tensor, bias: Tensor, multiplier: Tensor, block_shift: Tensor | None) -> Tensor:
    """⌊(bias + Σ weight·x)·multiplier / 2³²⌋ for each row of `weight` [rows, columns]; x is [batch, columns].

    With `block_shift` [rows], 0 for rows of 8-bit weights, the sum of each block of columns is shifted first.

    `x` and `weight` are float64 for the speed of its products: the proof bounds every sum of products, in whatever
    order it is taken, by 2³¹, and below 2⁵³ float64 is exact.
    """
    if block_shift is None:
        total = bias + (x @ weight.T).to(torch.int64)
    else:
        total = bias
        for start in range(0, weight.shape[1], BLOCK_COLUMNS):
            block = slice(start, start + BLOCK_COLUMNS)
            total = total + ((x[:, block] @ weight[:, block].T).to(torch.int64) >> block_shift)
    return high(total, multiplier)


def activate(x: Tensor, activation: str, fraction: int, shift: int) -> Tensor:
    """The values that a backbone layer writes."""
    if activation in ("tanh", "lecun_tanh"):
        return rounded(tanh(x, fraction), 15)
    if activation == "relu":
        return saturated(rounded(x.clamp(min=0), shift))
    share = sigmoid(x, fraction) if activation == "silu" else normal(x, fraction)
    return saturated(rounded(high(x, share), shift - 1))


def interpolate(
    heads: Tensor, elapsed: Tensor, *, is_linear: bool, is_difference: bool, head_fraction: int, gate_fraction: int,
    state_shift: int,
) -> Tensor:
    """The new state in modes default and no_gate, from the rows of ff1, ff2, time_a and time_b [batch, 4·units]."""
    units = heads.shape[1] // 4
    slopes, offsets = heads[:, 2 * units : 3 * units], heads[:, 3 * units :]
    s = sigmoid(high(slopes, elapsed) + offsets, gate_fraction)
    g = heads[:, : 2 * units] if is_linear else tanh(heads[:, : 2 * units], head_fraction)
    g1, g2 = g[:, :units], g[:, units:]
    half = (g1 >> 1) + high(s, g2 - g1 if is_difference else g2)
    return saturated(rounded(half, state_shift))


def fall(
    f1: Tensor, elapsed: Tensor, w_tau: Tensor, a: Tensor, *, head_fraction: int, time_shift: int, state_shift: int
) -> Tensor:
    """The new state in mode pure, from the rows of ff1 [batch, units]."""
    time = (((w_tau + f1.abs()) * elapsed) >> time_shift).clamp(max=1 << 25)
    factor = rounded((1 << (head_fraction + 30)) - f1 * decay(time), 30)
    return saturated(rounded(factor * a, state_shift))


def remember(gates: Tensor, c: Tensor, fraction: int) -> tuple[Tensor, Tensor]:
    """The LSTM's new c and its hidden output, from the rows of candidate, input, forget, output [batch, 4·units]."""
    units = gates.shape[1] // 4
    candidate = tanh(gates[:, :units], fraction)
    write, forget, read = sigmoid(gates[:, units:], fraction).split(units, 1)
    new = saturated(rounded(c * forget + ((candidate * write) >> 10), 31), 0x7FFF_FFFF)
    return new, rounded(high(tanh(new, MEMORY_FRACTION), read), 14)
