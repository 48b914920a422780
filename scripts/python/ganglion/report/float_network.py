"""A network in Float64, many moments at once: what the equations give (docs/model-format.md, "One step") with the weights of a
model file. It is what integers are held against, and it shows what a step leaves inside: gates and time constants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: 1.7159 tanh(0.666 x), as LeCun has it.
_LECUN = (1.7159, 0.666)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)) without overflow."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1.0 + e)


def _erf(x: np.ndarray) -> np.ndarray:
    import math

    return np.vectorize(math.erf, otypes=[np.float64])(x)


ACTIVATIONS = {
    "silu": lambda x: x * sigmoid(x),
    "relu": lambda x: np.maximum(x, 0.0),
    "tanh": np.tanh,
    "gelu": lambda x: 0.5 * x * (1.0 + _erf(x / np.sqrt(2.0))),
    "lecun_tanh": lambda x: _LECUN[0] * np.tanh(_LECUN[1] * x),
    "linear": lambda x: x,
}


@dataclass
class Affine:
    """weight [rows, columns] and bias [rows]."""

    weight: np.ndarray
    bias: np.ndarray

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return x @ self.weight.T + self.bias


@dataclass
class CfCCell:
    """A closed-form continuous-time cell (Hasani et al., Nature Machine Intelligence 2022, equations 4 to 10)."""

    mode: str
    units: int
    backbone: list[Affine]
    backbone_activation: str
    head_activation: str
    ff1: Affine
    ff2: Affine | None = None
    time_a: Affine | None = None
    time_b: Affine | None = None
    w_tau: np.ndarray | None = None
    a: np.ndarray | None = None

    def step(self, x: np.ndarray, state: np.ndarray, ts: np.ndarray):
        """x [moments, columns], state [moments, units], ts [moments, 1] to the new state, the gate (None in mode pure) and the
        time constant in units of ts."""
        x = np.concatenate([x, state], 1)
        for layer in self.backbone:
            x = ACTIVATIONS[self.backbone_activation](layer(x))
        f1 = self.ff1(x)
        if self.mode == "pure":
            rate = np.abs(self.w_tau) + np.abs(f1)
            return self.a - self.a * np.exp(-ts * rate) * f1, None, 1 / np.maximum(rate, 1e-12)
        head = ACTIVATIONS[self.head_activation]
        g, h = head(f1), head(self.ff2(x))
        slope = self.time_a(x)
        s = sigmoid(slope * ts + self.time_b(x))
        new = g + s * h if self.mode == "no_gate" else g * (1.0 - s) + s * h
        return new, s, 1 / np.maximum(np.abs(slope), 1e-12)


@dataclass
class LTCCell:
    """A liquid time-constant cell (Hasani et al., AAAI 2021, algorithm 1), in any unit of conductance and potential."""

    units: int
    unfolds: int
    weight: np.ndarray
    current: np.ndarray
    slope: np.ndarray
    offset: np.ndarray
    capacitance: np.ndarray
    leak: np.ndarray
    leak_current: np.ndarray
    mode = "ltc"

    def step(self, x: np.ndarray, state: np.ndarray, ts: np.ndarray):
        """As `CfCCell.step`; the time constant is that at the end of the step, capacitance / conductance."""
        d = ts / self.unfolds
        sensory = x.shape[1]

        def sums(source, columns):
            open_ = sigmoid(self.slope[:, columns] * source[:, None, :] + self.offset[:, columns])
            return (open_ * self.weight[:, columns]).sum(2), (open_ * self.current[:, columns]).sum(2)

        outside, inside = slice(0, sensory), slice(sensory, None)
        fixed, fixed_current = sums(x, outside)
        for _ in range(self.unfolds):
            conductance, current = sums(state, inside)
            total = self.leak + fixed + conductance
            state = (self.capacitance * state + d * (self.leak_current + fixed_current + current)) / (
                self.capacitance + d * total
            )
        return state, None, self.capacitance / np.maximum(total, 1e-12)


@dataclass
class Inside:
    """What a step left: states of all cells [moments, neurons], gates (NaN where a neuron has none), time constants in units of
    ts, outputs [moments, outputs], and the LSTM's c."""

    states: list[np.ndarray]
    memory: np.ndarray | None
    gates: np.ndarray
    taus: np.ndarray
    outputs: np.ndarray


@dataclass
class FloatNetwork:
    """The network of a model file."""

    outputs: int
    cells: list[CfCCell | LTCCell]
    memory_role: str | None = None
    memory_gates: Affine | None = None
    projection: Affine | None = None

    def rest(self, moments: int) -> tuple[list[np.ndarray], np.ndarray | None]:
        """States and c at rest."""
        memory = None if self.memory_gates is None else np.zeros((moments, self.memory_gates.bias.size // 4))
        return [np.zeros((moments, cell.units)) for cell in self.cells], memory

    def step(self, x: np.ndarray, ts: np.ndarray, states: list[np.ndarray], memory: np.ndarray | None) -> Inside:
        """One step of every moment: x [moments, inputs], ts [moments]."""
        ts, states = ts[:, None], list(states)
        if self.memory_gates is not None:
            gates = self.memory_gates(np.concatenate([x, states[0]], 1))
            candidate, write, forget, read = np.split(gates, 4, axis=1)
            memory = memory * sigmoid(forget) + np.tanh(candidate) * sigmoid(write)
            hidden = np.tanh(memory) * sigmoid(read)
            if self.memory_role == "replaces_state":
                states[0] = hidden
            else:
                x = hidden
        gates, taus = [], []
        for k, cell in enumerate(self.cells):
            x, gate, tau = cell.step(x, states[k], ts)
            states[k] = x
            gates.append(np.full(x.shape, np.nan) if gate is None else gate)
            taus.append(tau)
        outputs = x[:, : self.outputs] if self.projection is None else self.projection(x)
        return Inside(states, memory, np.concatenate(gates, 1), np.concatenate(taus, 1), outputs)
