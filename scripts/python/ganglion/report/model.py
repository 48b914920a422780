"""A model file opened up: ports, layers, matrices as trained and as quantised, and its states as numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import model_digest, safetensors
from ..errors import ModelError
from ..scales import HEADS, Scales
from ..widths import joined
from .float_network import Affine, CfCCell, FloatNetwork, LTCCell
from .texts import shorter

#: 2³⁰ of an LTC neuron's potential, conductance and current in integers.
_FULL = 2.0**30


@dataclass(frozen=True)
class Port:
    """An input or an output."""

    name: str
    unit: str
    minimum: float
    maximum: float

    @property
    def range(self) -> float:
        """How wide it is."""
        return self.maximum - self.minimum


class Model:
    """A network as its file says it. `content` are the file's bytes. Raises `ModelError` for what is no model file."""

    def __init__(self, content: bytes, place: str):
        self.content, self.place = content, place
        try:
            self.tensors, self.metadata = safetensors.decode(content)
            model_digest.covers_everything(self.tensors, self.metadata)
            self.architecture = json.loads(self.metadata["ganglion.architecture"])
            self.arithmetic = self.metadata["ganglion.arithmetic"]
            self.inputs, self.outputs = (
                [Port(shorter(port["name"]), shorter(port["unit"]), float(port["minimum"]), float(port["maximum"])) for port in json.loads(self.metadata[key])]
                for key in ("ganglion.inputs", "ganglion.outputs")
            )
            time = json.loads(self.metadata["ganglion.time"])
            self.time_unit, self.maximum_ts = float(time["unit_s"]), float(time["maximum"])
            self.provenance = json.loads(self.metadata.get("ganglion.provenance", "{}"))
            self.units = [int(cell["units"]) for cell in self.architecture["cells"]]
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{place}: holds no network that can be shown ({error})") from error
        self.is_fixed = self.arithmetic in ("int8", "int16")
        self.neurons = sum(self.units)
        try:
            self._scales = Scales(self.architecture, self.tensors, None) if self.is_fixed and not self._has_ltc else None
            self.network = self._float_network()
        except (KeyError, IndexError, ValueError) as error:
            raise ModelError(f"{place}: a tensor is missing or of another shape ({error!r})") from error

    @classmethod
    def open(cls, path: Path | str) -> Model:
        """The model in a file."""
        try:
            return cls(Path(path).read_bytes(), str(path))
        except OSError as error:
            raise ModelError(f"{path}: {error.strerror or error}") from error

    @property
    def _has_ltc(self) -> bool:
        return any(cell["mode"] == "ltc" for cell in self.architecture["cells"])

    @property
    def memory(self) -> dict | None:
        """The LSTM in front of the cell, if there is one."""
        return self.architecture["memory"]

    def affine(self, name: str) -> Affine:
        """A map in real numbers; of a cell's heads each by its own name."""
        if not self.is_fixed:
            return Affine(self.tensors[f"{name}.weight"].astype(np.float64), self.tensors[f"{name}.bias"].astype(np.float64))
        weight, bias = self._fixed(self._stack(name)[0])
        rows = self._stack(name)[1]
        return Affine(weight[rows], bias[rows])

    def _fixed(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        if self._scales is not None:
            return self._scales.real(name)
        # Behind LTC cells there is only the projection, which reads values of 16 bits.
        multiplier = self.tensors[f"{name}.multiplier"].astype(np.float64)
        shift = np.where(joined(self.tensors, name)[1], 0, int(self.tensors[f"{name}.format"][0]))
        scale = self.tensors["output_scale"].astype(np.float64) * multiplier * 2.0**-32
        half = np.rint(np.minimum(2.0**31 / np.maximum(multiplier, 1), 2.0**22))
        values = self._ltc_values()
        return (
            joined(self.tensors, name)[0] * (scale * 2.0**-shift)[:, None] * values,
            (self.tensors[f"{name}.bias"] - half) * scale,
        )

    def _ltc_values(self) -> np.ndarray:
        """What a neuron's full potential is as a value of 16 bits."""
        return self.tensors["cell0.multiplier"].astype(np.float64) * _FULL * 2.0**-32

    def _stack(self, name: str) -> tuple[str, slice]:
        """Which map of an integer file holds a map, and in which rows: heads stand one below the other."""
        cell, _, head = name.rpartition(".")
        if head not in HEADS:
            return name, slice(None)
        units = self.units[int(cell.removeprefix("cell"))]
        return f"{cell}.heads", slice(HEADS.index(head) * units, (HEADS.index(head) + 1) * units)

    def integers(self, name: str) -> np.ndarray | None:
        """The integers of a map's weights, where the file has such."""
        if not self.is_fixed:
            return None
        stack, rows = self._stack(name)
        return joined(self.tensors, stack)[0][rows]

    def widths(self, name: str) -> np.ndarray | None:
        """8 or 16 for each row of a map, in integers."""
        if not self.is_fixed:
            return None
        stack, rows = self._stack(name)
        return np.where(joined(self.tensors, stack)[1], 8, 16)[rows]

    def maps(self) -> list[str]:
        """The names of all affine maps, in the order of a step."""
        names = ["memory.gates"] if self.memory else []
        for k, cell in enumerate(self.architecture["cells"]):
            if cell["mode"] != "ltc":
                names += [f"cell{k}.backbone{j}" for j in range(len(cell["backbone"]))]
                names += [f"cell{k}.{head}" for head in (HEADS[:1] if cell["mode"] == "pure" else HEADS)]
        return names + (["projection"] if self.architecture["projection"] else [])

    def _float_network(self) -> FloatNetwork:
        cells = [
            self._ltc(k, shape) if shape["mode"] == "ltc" else self._cfc(k, shape)
            for k, shape in enumerate(self.architecture["cells"])
        ]
        return FloatNetwork(
            len(self.outputs), cells, self.memory and self.memory["role"], self.affine("memory.gates") if self.memory else None,
            self.affine("projection") if self.architecture["projection"] else None,
        )

    def _cfc(self, k: int, shape: dict) -> CfCCell:
        name, pure = f"cell{k}", shape["mode"] == "pure"
        heads = {head: self.affine(f"{name}.{head}") for head in (HEADS[:1] if pure else HEADS)}
        vectors = {}
        if pure:
            w_tau, a = (self.tensors[f"{name}.{part}"].astype(np.float64) for part in ("w_tau", "a"))
            if self.is_fixed:
                fraction, _, _, shift = (int(number) for number in self.tensors[f"{name}.format"])
                w_tau, a = w_tau * 2.0**-fraction, a * self._scales.states[k] * 2.0 ** (fraction - shift)
            vectors = {"w_tau": w_tau, "a": a}
        return CfCCell(
            shape["mode"], shape["units"], [self.affine(f"{name}.backbone{j}") for j in range(len(shape["backbone"]))],
            shape["backbone_activation"], shape["head_activation"], **heads, **vectors,
        )

    def _ltc(self, k: int, shape: dict) -> LTCCell:
        found = {name.removeprefix(f"cell{k}."): value.astype(np.float64) for name, value in self.tensors.items() if name.startswith(f"cell{k}.")}
        if not self.is_fixed:
            weight = found["synapse.weight"]
            return LTCCell(
                shape["units"], shape["unfolds"], weight, weight * found["synapse.reversal"], found["synapse.slope"],
                found["synapse.offset"], found["capacitance"], found["leak"], found["leak"] * found["leak_reversal"],
            )
        # docs/fixed-point.md, "A liquid time-constant cell": potentials in units of their neuron, s in Q0.31.
        inputs = found["synapse.slope"].shape[1] - shape["units"]
        read = np.concatenate([2.0**16 / self._input_units(inputs), np.full(shape["units"], _FULL)])
        fraction = int(self.tensors["time.format"][1])
        capacitance = found["capacitance"] * 2.0 ** (found["time_shift"] - fraction) / _FULL / shape["unfolds"]
        return LTCCell(
            shape["units"], shape["unfolds"], found["synapse.weight"] / 2 / _FULL, found["synapse.current"] / 2 / _FULL,
            found["synapse.slope"] * read * 2.0**-48, found["synapse.offset"] * 2.0**-16, capacitance,
            found["leak.conductance"] / _FULL, found["leak.current"] / _FULL,
        )

    def _input_units(self, count: int) -> np.ndarray:
        """What a unit of the integers of inputs stands for."""
        return 1 / self.tensors["input_scale"].astype(np.float64)[:count]

    def state_layout(self) -> np.dtype:
        """Where c and the cells' states lie in `Network.state`."""
        fields = [("memory", "<i4" if self.is_fixed else "<f4", (self.memory["units"],))] if self.memory else []
        for k, cell in enumerate(self.architecture["cells"]):
            kind = ("<i4" if cell["mode"] == "ltc" else "<i2") if self.is_fixed else "<f4"
            fields.append((f"cell{k}", kind, (cell["units"],)))
        return np.dtype(fields)

    def state_units(self) -> np.ndarray:
        """What a unit of each neuron's stored state stands for."""
        if not self.is_fixed:
            return np.ones(self.neurons)
        if self._scales is None:
            return np.full(self.neurons, 1 / _FULL)
        return np.concatenate(self._scales.states)

    def states(self, raw: np.ndarray) -> np.ndarray:
        """States [moments, neurons] in real numbers from rows of `state_layout`."""
        parts = [raw[f"cell{k}"].astype(np.float64) for k in range(len(self.units))]
        return np.concatenate(parts, 1) * self.state_units()

    def split(self, raw: np.ndarray) -> tuple[list[np.ndarray], np.ndarray | None]:
        """The states as `FloatNetwork.step` takes them."""
        edges = np.cumsum(self.units)[:-1]
        memory = raw["memory"] * (2.0**-20 if self.is_fixed else 1.0) if self.memory else None
        return np.split(self.states(raw), edges, 1), memory
