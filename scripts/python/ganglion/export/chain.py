"""Cells one after the other, and affine maps before, between and behind them, on their way to the canonical network.

The model file knows cells in a chain and one projection. An affine map in front of a cell is multiplied into that cell's own
first maps; one behind the last cell becomes the projection; two in a row are one.
"""

from __future__ import annotations

import numpy as np

from . import ltc
from .network import ExportError, Network, cell

Affine = tuple[np.ndarray, np.ndarray]

# What the model file and its readers allow (docs/model-format.md).
MOST_CELLS, MOST_WIDTH, MOST_UNFOLDS = 16, 4096, 64


class Chain:
    """Builds a network from its inputs to its outputs."""

    def __init__(self, inputs: int):
        self.inputs = int(inputs)
        self.cells: list[dict] = []
        self.tensors: dict[str, np.ndarray] = {}
        self.memory: dict | None = None
        self.provenance: dict[str, str] = {}
        # What is there to be read: the first `width` of the last cell's neurons, or what `pending` makes of them.
        self._source = self._first = self.inputs
        self._pending: Affine | None = None

    @property
    def width(self) -> int:
        """How many numbers the next part reads."""
        return self._first if self._pending is None else self._pending[0].shape[0]

    def reads(self, count: int, what: str):
        """Refuses a next part that reads another number of values."""
        if count != self.width:
            raise ExportError(f"{what} reads {count} values, but what is in front of it has {self.width}")

    def affine(self, weight: np.ndarray, bias: np.ndarray | None, what: str):
        """A map [rows written, columns read] of what is there so far."""
        weight = np.asarray(weight)
        if weight.ndim != 2:
            raise ExportError(f"{what} has a weight of the shape {list(weight.shape)}: it is not a linear layer")
        bias = np.zeros(weight.shape[0], np.float32) if bias is None else np.asarray(bias)
        if bias.shape != weight.shape[:1]:
            raise ExportError(f"{what} has a bias of the shape {list(bias.shape)} beside a weight of {list(weight.shape)}")
        self.reads(weight.shape[1], what)
        if self._pending is not None:
            first, offset = (part.astype(np.float64) for part in self._pending)
            bias = weight.astype(np.float64) @ offset + bias
            weight = weight.astype(np.float64) @ first
        self._pending = (weight, bias)

    def first(self, count: int):
        """Only the first values of what is there are read."""
        if not 1 <= count <= self.width:
            raise ExportError(f"{count} outputs of {self.width} neurons")
        if self._pending is None:
            self._first = int(count)
        else:
            self._pending = (self._pending[0][:count], self._pending[1][:count])

    def _reading(self, weight: np.ndarray, bias: np.ndarray) -> Affine:
        """A map whose columns are what is there and then a state, as one of the last cell's neurons and that state."""
        width = self.width
        read, own = weight[:, :width], weight[:, width:]
        if self._pending is not None:
            first, offset = (part.astype(np.float64) for part in self._pending)
            bias = bias + read.astype(np.float64) @ offset
            read = read.astype(np.float64) @ first
        read = np.pad(read, ((0, 0), (0, self._source - read.shape[1])))
        return np.concatenate([read, own], axis=1), bias

    def _put(self, name: str, pair: Affine):
        self.tensors[f"{name}.weight"], self.tensors[f"{name}.bias"] = (np.float32(part) for part in pair)

    def _added(self, shape: dict):
        if len(self.cells) == MOST_CELLS:
            raise ExportError(f"more than {MOST_CELLS} cells; the model file has room for no more")
        self.cells.append(shape)
        self._source = self._first = shape["units"]
        self._pending = None

    def lstm(self, role: str, into: np.ndarray, recurrent: np.ndarray, bias: np.ndarray, what: str):
        """Mixed memory for the cell that comes next; rows in the order candidate, input, forget, output gate."""
        if self.cells or self.memory is not None:
            raise ExportError(f"{what}: mixed memory behind another cell is not supported: train without mixed_memory")
        if self._pending is not None and role == "replaces_state":
            raise ExportError(f"{what}: a layer in front of mixed memory is not supported")
        units = recurrent.shape[-1]
        if (
            into.ndim != 2
            or recurrent.shape != (4 * units, units)
            or into.shape[0] != 4 * units
            or bias.shape != (4 * units,)
        ):
            raise ExportError(
                f"{what}: the LSTM's weights do not fit together: {into.shape}, {recurrent.shape}, {bias.shape}"
            )
        self.reads(into.shape[1], what)
        self._put("memory.gates", self._reading(np.concatenate([into, recurrent], axis=1), bias))
        self.memory = {"role": role, "units": int(units)}
        if role == "feeds_input":
            self._source, self._first, self._pending = units, units, None

    def cfc(
        self,
        mode: str,
        backbone: list[Affine],
        heads: dict[str, Affine],
        activation: str | None,
        head_activation: str,
        w_tau: np.ndarray | None = None,
        a: np.ndarray | None = None,
    ):
        """A closed-form cell; heads by the names ff1, ff2, time_a, time_b."""
        k, units = len(self.cells), heads["ff1"][0].shape[0]
        if self.memory is not None and (k or self.memory["units"] != units):
            raise ExportError(
                "mixed memory with a wiring of several layers, or with another cell behind, is not supported: "
                "train without mixed_memory or without a wiring"
            )
        heads = dict(heads)
        if backbone and activation == "linear":
            # A linear backbone is no layer: the heads are maps of what it reads.
            weight, bias = (part.astype(np.float64) for part in backbone[0])
            for next_weight, next_bias in backbone[1:]:
                weight, bias = next_weight @ weight, next_weight @ bias + next_bias
            heads = {name: (w @ weight, w @ bias + b) for name, (w, b) in heads.items()}
            backbone = []
        if backbone:
            backbone = [self._reading(*backbone[0]), *backbone[1:]]
        else:
            heads = {name: self._reading(*pair) for name, pair in heads.items()}
        for j, pair in enumerate(backbone):
            self._put(f"cell{k}.backbone{j}", pair)
        for name, pair in heads.items():
            self._put(f"cell{k}.{name}", pair)
        if mode == "pure":
            self.tensors[f"cell{k}.w_tau"], self.tensors[f"cell{k}.a"] = (np.float32(v).reshape(-1) for v in (w_tau, a))
        widths = [pair[0].shape[0] for pair in backbone]
        named = activation if activation not in (None, "linear") else "lecun_tanh"
        self._added(cell(mode, units, widths, named, head_activation))

    def ltc(self, found: dict[str, np.ndarray], masks: tuple, settings: ltc.Settings, what: str):
        """A liquid time-constant cell by ncps's names, and its mapping of outputs."""
        if self.memory is not None:
            raise ExportError("mixed memory with an LTC is not supported: train without mixed_memory")
        made = ltc.convert(found, *masks, settings)
        units, sensory = len(made["capacitance"]), found["sensory_w"].shape[0]
        self.reads(sensory, what)
        self._map_inputs(made, sensory, what)
        k = len(self.cells)
        for name in ltc.SYNAPSE:
            value = made[name]
            value = np.concatenate([value[:sensory], np.zeros((self._source - sensory, units)), value[sensory:]])
            self.tensors[f"cell{k}.synapse.{name}"] = np.float32(value.T)
        for name in ltc.NEURON:
            self.tensors[f"cell{k}.{name}"] = np.float32(made[name])
        self.provenance |= ltc.provenance(made, settings)
        self._added({"mode": "ltc", "units": int(units), "unfolds": int(settings.unfolds)})
        self.first(settings.motors)
        if "output_w" in found:
            self.affine(np.diag(found["output_w"]), found.get("output_b"), "the mapping of the outputs")

    def _map_inputs(self, made: dict[str, np.ndarray], sensory: int, what: str):
        """Puts what maps each value of the source alone into slope and offset."""
        if self._pending is None:
            return
        weight, bias = (np.asarray(part, np.float64) for part in self._pending)
        if np.count_nonzero(weight[:, :sensory] - np.diag(np.diag(weight))) or weight[:, sensory:].any():
            raise ExportError(
                f"{what}: a layer in front of an LTC that mixes its inputs is not supported: end the network behind it"
            )
        slope = made["slope"][:sensory].copy()
        made["offset"][:sensory] += slope * bias[:, None] * (made["weight"][:sensory] != 0)
        made["slope"][:sensory] = slope * np.diag(weight)[:, None]

    def network(self, flavour: str) -> Network:
        """What has been built."""
        if not self.cells:
            raise ExportError("no cell: there is nothing to export")
        outputs = self.width
        if self._pending is not None:
            weight, bias = self._pending
            self._put("projection", (np.pad(weight, ((0, 0), (0, self._source - weight.shape[1]))), bias))
        return Network(
            flavour=flavour,
            inputs=self.inputs,
            outputs=int(outputs),
            cells=self.cells,
            tensors=self.tensors,
            memory=self.memory,
            projection=self._pending is not None,
            provenance=self.provenance,
        )
