"""An affine map with trainable weights, computed in integers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import ModelError
from . import exact
from .constants import WithConstants
from ..scales import Scales, rounding_half
from .straight_through import replaced
from ..widths import joined, split

_LARGEST_SUM = 2.0**31 - 1


class Integers(NamedTuple):
    """A map's weights for one pass, all float64."""

    #: The integers of the file, without gradients.
    weight: Tensor
    bias: Tensor
    #: The same times what makes a row's result of its sum, with the gradients of the master weights.
    scaled_weight: Tensor
    scaled_bias: Tensor


class QuantisedAffine(WithConstants):
    """`weight` [rows, columns] and `bias` [rows] are the master weights, in the trained model's units.

    The formats (what a unit of an integer weight and of a total stands for) are those of the file and stay. A weight
    beyond what its bits hold is cut off there; should the weights of a row make its largest possible sum or result
    exceed what the loader can prove, the row as a whole is made smaller until it can.
    """

    def __init__(self, name: str, tensors: dict[str, np.ndarray], scales: Scales, masked: np.ndarray):
        super().__init__()
        self.name = name
        multiplier = tensors[f"{name}.multiplier"].astype(np.int64)
        if (multiplier == 0).any():
            raise ModelError(f"{name}, row {multiplier.argmin()}: its multiplier is 0, and nothing can be learnt")
        shift, self.fraction, self.value_shift = (int(number) for number in tensors[f"{name}.format"])
        weight, bias = scales.real(name)
        self.weight = nn.Parameter(torch.from_numpy(weight))
        self.bias = nn.Parameter(torch.from_numpy(bias))
        _, is_narrow = joined(tensors, name)
        #: Whether a row's weights have 8 bits, and not 16.
        self.keep("is_narrow", is_narrow)
        self.keep("limit", np.where(is_narrow, 127, 32767)[:, None])
        self.keep("block_shift", np.where(is_narrow, 0, shift))
        self.has_blocks = not is_narrow.all()
        self.keep("multiplier", multiplier)
        self.keep("rounding", rounding_half(multiplier))
        self.keep("masked", masked)
        self.keep("weight_unit", scales.weight_units(name))
        #: The largest magnitude that each column reads.
        self.keep("largest_read", scales.largest_read(name))
        self.keep("bias_unit", multiplier * 2.0**-32 * scales.results[name])
        # (bound · multiplier) >> 32 must stay below 2³⁰ − 1, and the bound itself below 2³¹.
        self.keep("largest_total", np.minimum((((1 << 30) - 1 << 32) - 1) // multiplier, (1 << 31) - 1))

    def integers(self) -> Integers:
        """The weights rounded to integers with which nothing can overflow.

        Raises `ModelError` for a weight that is not finite.
        """
        if not (self.weight.isfinite().all() and self.bias.isfinite().all()):
            raise ModelError(f"{self.name}: a weight is not finite; the training diverged: lower the learning rate")
        # What rounds to the largest weight is not cut off.
        edge = self.limit + 0.5
        weight = (self.weight.double() / self.weight_unit).masked_fill(self.masked, 0).clamp(-edge, edge)
        bias = (self.bias.double() / self.bias_unit + self.rounding).clamp(-(2.0**31), 2.0**31)
        with torch.no_grad():
            rounded, rounded_bias = weight.round().clamp(-self.limit, self.limit), bias.round()
            share = self._provable_share(rounded, rounded_bias)
            # Made smaller by cutting off, not by rounding, so that no sum grows.
            rounded = torch.where(share[:, None] < 1, (rounded * share[:, None]).trunc(), rounded)
            rounded_bias = torch.where(share < 1, (rounded_bias * share).trunc(), rounded_bias)
        scale = share * self.multiplier * 2.0**-32
        return Integers(
            rounded, rounded_bias,
            replaced(weight, rounded / share[:, None]) * (scale * 0.5**self.block_shift)[:, None],
            replaced(bias, rounded_bias / share) * scale,
        )

    def _provable_share(self, weight: Tensor, bias: Tensor) -> Tensor:
        """The part of each row, at most all of it, that `FixedModel.Map.prove` accepts."""
        rows, columns = weight.shape
        padded = nn.functional.pad(weight.abs() * self.largest_read, (0, -columns % exact.BLOCK_COLUMNS))
        blocks = padded.view(rows, -1, exact.BLOCK_COLUMNS).sum(2)
        shifted = (blocks * 0.5 ** self.block_shift[:, None]).floor() + 1
        # A narrow row is one block, and is not shifted.
        block = torch.where(self.is_narrow, blocks.sum(1), blocks.amax(1))
        total = bias.abs() + torch.where(self.is_narrow, block, shifted.sum(1))
        # The 1 of a block does not shrink with it.
        room = self.largest_total - blocks.shape[1] - 1
        share = torch.where(total > self.largest_total, room / total, 1.0)
        return torch.where(block > _LARGEST_SUM, share.minimum(_LARGEST_SUM / block), share)

    def forward(self, x: Tensor, integers: Integers) -> Tensor:
        """The rows' results [batch, rows] for values [batch, columns]."""
        with torch.no_grad():
            shift = self.block_shift if self.has_blocks else None
            found = exact.affine(x, integers.weight, integers.bias.to(torch.int64), self.multiplier, shift)
            found = found.to(torch.float64)
        if not torch.is_grad_enabled():
            return found
        return replaced(nn.functional.linear(x, integers.scaled_weight, integers.scaled_bias), found)

    def tensors(self) -> dict[str, np.ndarray]:
        """Weight and bias as the file holds them."""
        integers = self.integers()
        weights = split(self.name, integers.weight.cpu().numpy(), self.is_narrow.cpu().numpy())
        return weights | {f"{self.name}.bias": integers.bias.cpu().numpy().astype(np.int32)}
