"""What the integers of a quantised model stand for.

A file holds multipliers and shifts, and these say what most integers mean. They do not say it of a vector without
bound (states of linear heads and of mode pure, relu): its scale lies in the weights that write it and in those that
read it, and cancels. With the model that was quantised it is found again; otherwise full scale, 2¹⁵, is called 1, which
is the same network with other weights.
"""

from __future__ import annotations

import numpy as np

from .widths import joined

#: Full scale is called 1.
UNIT = 2.0**-15
#: 1.7159 and 0.666 of lecun_tanh: what the integers' tanh is multiplied by, and its argument.
LECUN = (1.7159, 0.666)
HEADS = ("ff1", "ff2", "time_a", "time_b")


def rounding_half(multiplier: np.ndarray) -> np.ndarray:
    """The part of a row's bias that makes rounding down one to the nearest, as the quantiser adds it."""
    return np.rint(np.minimum(2.0**31 / np.maximum(multiplier, 1), 2.0**22)).astype(np.int64)


def stacked(tensors: dict[str, np.ndarray], name: str, part: str) -> np.ndarray:
    """Weight or bias of a map in a float model, where the heads are maps of their own."""
    if not name.endswith(".heads"):
        return tensors[f"{name}.{part}"].astype(np.float64)
    cell = name.removesuffix("heads")
    parts = [tensors[f"{cell}{head}.{part}"] for head in HEADS if f"{cell}{head}.{part}" in tensors]
    return np.concatenate(parts).astype(np.float64)


class Scales:
    """For each affine map what a unit of each integer that it reads stands for (`columns[name]`), and a unit of each
    row's result (`results[name]`); and for each cell what a unit of each neuron's state stands for (`states`)."""

    def __init__(self, architecture: dict, tensors: dict[str, np.ndarray], trained: dict[str, np.ndarray] | None):
        self._architecture, self._tensors, self._trained = architecture, tensors, trained
        self.states = [self._bounded_state(k, cell) for k, cell in enumerate(architecture["cells"])]
        # States are read before what writes them is known; the second time all of them are.
        for _ in range(2):
            self.columns: dict[str, np.ndarray] = {}
            self.results: dict[str, np.ndarray] = {}
            self._walk()

    def _walk(self):
        tensors, cells = self._tensors, self._architecture["cells"]
        read = 1 / tensors["input_scale"].astype(np.float64)
        memory = self._architecture["memory"]
        hidden = np.full(cells[0]["units"], UNIT)
        if memory:
            fraction = int(tensors["memory.gates.format"][1])
            self._add("memory.gates", [read, self.states[0]], np.full(4 * memory["units"], 2.0**-fraction))
        for k, cell in enumerate(cells):
            if memory and memory["role"] == "feeds_input":
                columns = [hidden, self.states[k]]
            elif memory:
                columns = [read, hidden]
            else:
                columns = [read, self.states[k]]
            for j, units in enumerate(cell["backbone"]):
                columns = [self._backbone(f"cell{k}.backbone{j}", cell["backbone_activation"], columns, units)]
            self._heads(k, cell, columns)
            read = self.states[k]
        if self._architecture["projection"]:
            self._add("projection", [read], tensors["output_scale"].astype(np.float64))

    def _add(self, name: str, columns: list[np.ndarray], results: np.ndarray):
        self.columns[name], self.results[name] = np.concatenate(columns), results

    def _backbone(self, name: str, activation: str, columns: list[np.ndarray], units: int) -> np.ndarray:
        """Adds a layer, and returns what the integers that it writes stand for."""
        _, fraction, shift = (int(number) for number in self._tensors[f"{name}.format"])
        lecun = LECUN if activation == "lecun_tanh" else (1.0, 1.0)
        self._add(name, columns, np.full(units, 2.0**-fraction / lecun[1]))
        if activation in ("tanh", "lecun_tanh"):
            return np.full(units, UNIT * lecun[0])
        if activation != "relu":
            return np.full(units, 2.0 ** (shift - fraction))
        self.results[name] = np.full(units, 2.0**-shift)
        scale = self._fitted(name, units)
        self.results[name] = scale * 2.0**-shift
        return scale

    def _heads(self, k: int, cell: dict, columns: list[np.ndarray]):
        name, units = f"cell{k}.heads", cell["units"]
        fraction, gate, _, shift = (int(number) for number in self._tensors[f"cell{k}.format"])
        if cell["mode"] == "pure":
            self._add(name, columns, np.full(units, 2.0**-fraction))
            self._know(k, lambda: self._amplitudes(k, fraction - shift))
            return
        # time_a has as many bits more as the high word of its product with ts loses.
        slope = 2.0 ** -(gate + 32 - int(self._tensors["time.format"][1]))
        gates = [np.full(units, slope), np.full(units, 2.0**-gate)]
        if cell["head_activation"] != "linear":
            factor = LECUN[1] if cell["head_activation"] == "lecun_tanh" else 1.0
            self._add(name, columns, np.concatenate([np.full(2 * units, 2.0**-fraction / factor), *gates]))
            return
        ones = np.full(units, 2.0 ** -(shift + 1))
        self._add(name, columns, np.concatenate([ones, ones, *gates]))
        self._know(k, lambda: self._fitted(name, units))
        written = self.states[k] * ones
        self._add(name, columns, np.concatenate([written, written, *gates]))

    def _bounded_state(self, k: int, cell: dict) -> np.ndarray:
        """What the states stand for as far as the file says it; otherwise not a number."""
        units = cell["units"]
        if cell["mode"] != "pure" and cell["head_activation"] != "linear":
            factor = LECUN[0] if cell["head_activation"] == "lecun_tanh" else 1.0
            return np.full(units, factor * 2.0 ** (int(self._tensors[f"cell{k}.format"][3]) - 29))
        states = np.full(units, np.nan)
        if k == len(self._architecture["cells"]) - 1 and not self._architecture["projection"]:
            scale = self._tensors["output_scale"].astype(np.float64)
            states[: scale.size] = scale
        return states if self._trained is not None else np.nan_to_num(states, nan=UNIT)

    def _fitted(self, name: str, units: int) -> np.ndarray:
        """The scale of the first `units` rows, and as many more in heads, with which the integer weights are nearest
        to the trained ones."""
        if self._trained is None:
            return np.full(units, UNIT)
        weight, _ = self.real(name)
        trained = stacked(self._trained, name, "weight")
        # Columns whose scale is not known yet have no say.
        products, squares = np.nan_to_num(weight * trained), np.nan_to_num(weight * weight)
        rows = [slice(0, units)] + ([slice(units, 2 * units)] if name.endswith(".heads") else [])
        product, square = (sum(values[part].sum(1) for part in rows) for values in (products, squares))
        known = (product > 0) & (square > 0)
        return np.where(known, product / np.where(known, square, 1), UNIT)

    def _amplitudes(self, k: int, shift: int) -> np.ndarray:
        """The scale of each state in mode pure, with which its a is the trained one."""
        if self._trained is None:
            return np.full(self.states[k].shape, UNIT)
        stored = self._tensors[f"cell{k}.a"] * 2.0**shift
        trained = self._trained[f"cell{k}.a"].astype(np.float64)
        return np.where(trained * stored > 0, trained / np.where(stored == 0, 1, stored), UNIT)

    def _know(self, k: int, found):
        """Fills in what the file does not say of the states."""
        unknown = np.isnan(self.states[k])
        if unknown.any():
            self.states[k] = np.where(unknown, found(), self.states[k])

    def real(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Weight and bias of a map as real numbers."""
        multiplier = self._tensors[f"{name}.multiplier"].astype(np.float64)
        unit = multiplier * 2.0**-32 * self.results[name]
        weight = joined(self._tensors, name)[0] * self.weight_units(name)
        return weight, (self._tensors[f"{name}.bias"] - rounding_half(multiplier)) * unit

    def largest_read(self, name: str) -> np.ndarray:
        """The largest magnitude that each column of a map reads: inputs may have fewer bits than 16."""
        largest = np.full(self.columns[name].size, 2.0**15)
        bits = self._tensors.get("input.format")
        memory = self._architecture["memory"]
        first = "cell0.backbone0" if self._architecture["cells"][0]["backbone"] else "cell0.heads"
        reads = ["memory.gates"] if memory else []
        if not memory or memory["role"] != "feeds_input":
            reads.append(first)
        if bits is not None and name in reads:
            largest[: self._tensors["input_scale"].size] = 2.0 ** (int(bits[0]) - 1)
        return largest

    def weight_units(self, name: str) -> np.ndarray:
        """What a unit of each integer weight stands for."""
        multiplier = self._tensors[f"{name}.multiplier"].astype(np.float64)
        # The sums of wide rows are shifted.
        shift = np.where(joined(self._tensors, name)[1], 0, int(self._tensors[f"{name}.format"][0]))
        unit = multiplier * 2.0 ** -(32.0 + shift) * self.results[name]
        return unit[:, None] / self.columns[name]
