"""The parts of a network that have a state: cells, and the LSTM of mixed memory."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import ModelError
from . import exact, smooth
from .affine import Integers, QuantisedAffine
from .constants import WithConstants
from .straight_through import replaced, straight_through


class QuantisedCell(WithConstants):
    """A cell: backbone, heads, and in mode pure the master vectors `w_tau` and `a` [units]."""

    def __init__(
        self, index: int, shape: dict, maps: list[QuantisedAffine], tensors: dict[str, np.ndarray], states: np.ndarray
    ):
        super().__init__()
        self.name, self.units, self.mode = f"cell{index}", shape["units"], shape["mode"]
        self.activation = shape["backbone_activation"]
        self.is_linear = shape["head_activation"] == "linear"
        self.backbone, self.heads = nn.ModuleList(maps[:-1]), maps[-1]
        self.head_fraction, self.gate_fraction, self.time_shift, self.state_shift = (
            int(number) for number in tensors[f"{self.name}.format"]
        )
        if self.mode == "pure":
            # What a unit of the integers stands for.
            self.w_tau_unit = 2.0**-self.head_fraction
            self.keep("a_unit", states * 2.0 ** (self.head_fraction - self.state_shift))
            self.w_tau = nn.Parameter(torch.from_numpy(tensors[f"{self.name}.w_tau"] * self.w_tau_unit))
            self.a = nn.Parameter(torch.from_numpy(tensors[f"{self.name}.a"].astype(np.float64)) * self.a_unit)

    def vectors(self) -> tuple[Tensor, Tensor] | None:
        """|w_tau| and a as integers, in mode pure."""
        if self.mode != "pure":
            return None
        if not (self.w_tau.isfinite().all() and self.a.isfinite().all()):
            raise ModelError(f"{self.name}: w_tau or a is not finite; the training diverged: lower the learning rate")
        w_tau = (self.w_tau.double().abs() / self.w_tau_unit).clamp(max=2.0**31 - 1)
        # The proof wants |a| below 2³⁰.
        a = (self.a.double() / self.a_unit).clamp(1 - 2.0**30, 2.0**30 - 1)
        return replaced(w_tau, w_tau.detach().round()), replaced(a, a.detach().round())

    def integers(self) -> tuple[list[Integers], tuple[Tensor, Tensor] | None]:
        """The weights of one pass."""
        return [layer.integers() for layer in (*self.backbone, self.heads)], self.vectors()

    def forward(self, x: Tensor, state: Tensor, elapsed: Tensor, integers) -> Tensor:
        """The new state [batch, units] from what the cell reads and its previous state, or what replaces that."""
        weights, vectors = integers
        x = torch.cat((x, state), 1)
        for layer, weight in zip(self.backbone, weights):
            x = layer(x, weight)
            x = straight_through(
                exact.activate, smooth.activate, x, activation=self.activation, fraction=layer.fraction,
                shift=layer.value_shift,
            )
        heads = self.heads(x, weights[-1])
        if vectors is not None:
            return straight_through(
                exact.fall, smooth.fall, heads, elapsed, *vectors, head_fraction=self.head_fraction,
                time_shift=self.time_shift, state_shift=self.state_shift,
            )
        return straight_through(
            exact.interpolate, smooth.interpolate, heads, elapsed, is_linear=self.is_linear,
            is_difference=self.mode == "default", head_fraction=self.head_fraction, gate_fraction=self.gate_fraction,
            state_shift=self.state_shift,
        )

    def tensors(self) -> dict[str, np.ndarray]:
        """Its weights as the file holds them."""
        found = {}
        for layer in (*self.backbone, self.heads):
            found |= layer.tensors()
        if self.mode == "pure":
            w_tau, a = (vector.detach().cpu().numpy().astype(np.int32) for vector in self.vectors())
            found |= {f"{self.name}.w_tau": w_tau, f"{self.name}.a": a}
        return found


class QuantisedMemory(nn.Module):
    """The LSTM in front of the cell."""

    def __init__(self, role: str, gates: QuantisedAffine):
        super().__init__()
        self.role, self.gates = role, gates

    def forward(self, x: Tensor, state: Tensor, c: Tensor, integers: Integers) -> tuple[Tensor, Tensor]:
        """The new c and the hidden output."""
        gates = self.gates(torch.cat((x, state), 1), integers)
        return straight_through(exact.remember, smooth.remember, gates, c, fraction=self.gates.fraction)
