"""The networks of a vehicle that runs: who is wired to whom, and what every neuron does now.

States are not in a record, but all that they follow from is: the network is stepped here from the inputs that the vehicle tells, by the library
that flies where it is found (then the digest says whether the states are the vehicle's very own), otherwise in floating point."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import GanglionError
from ..layout import Layout, NetworkNote
from ..report import reservoir, wiring
from ..report.model import Model
from ..report.texts import shorter
from ..telemetry import Record

log = logging.getLogger("ganglion.bridge")
#: Wires that are drawn at most, the strongest.
MOST_WIRES = 900
#: How fast the largest magnitude that a neuron has shown is forgotten, per record.
_FORGETS = 0.9995


@dataclass
class Graph:
    """Nodes by columns: inputs, the layers of neurons, outputs. `nodes` are (name, column, place in it from 0 to 1), `wires`
    (from, to, weight in parts of the largest)."""

    columns: list[str]
    nodes: list[tuple[str, int, float]]
    wires: list[tuple[int, int, float]]


class Mind:
    """A network, followed record by record."""

    def __init__(self, note: NetworkNote, layout: Layout):
        self.name, self._layout = note.name, layout
        self.why = ""
        #: Whether the states are those of the vehicle; None where nobody can tell.
        self.is_exact: bool | None = None
        self._model = self._opened(note.model)
        self._stepper: reservoir.Stepper | None = None
        self._states = np.zeros(0)
        self._largest = np.zeros(0)
        self._previous: int | None = None
        self._split, self._memory = None, None
        self._inputs = list(note.inputs) or self._ports("input", self._model.inputs if self._model else ())
        self._outputs = list(note.outputs) or self._ports("output", self._model.outputs if self._model else ())
        if self._model is not None:
            self._begin(self._model)
        self.graph = self._graph()

    def _opened(self, place: str) -> Model | None:
        if not place:
            self.why = "the vehicle does not say where its model is"
            return None
        try:
            return Model.open(Path(place))
        except GanglionError as error:
            self.why = f"its model cannot be read: {error}"
            return None

    def _ports(self, key: str, ports) -> list[str]:
        field = self._layout.fields.get(f"{self.name}.{key}")
        return [port.name for port in ports] or [f"{key} {k}" for k in range(field.count if field else 0)]

    def _begin(self, model: Model):
        names = {f"{self.name}.input", f"{self.name}.ts"}
        fields = self._layout.fields
        if not names <= set(fields) or fields[f"{self.name}.input"].count != len(model.inputs):
            self.why = "the vehicle does not tell this network's inputs"
            self._model = None
            return
        self._states = np.zeros(model.neurons)
        self._largest = np.full(model.neurons, 0.05)
        self._order = wiring.layers(model).order
        try:
            self._stepper = reservoir.Stepper(model)
            self._row = np.zeros(1, model.state_layout())
        except (GanglionError, ValueError) as error:
            self.why = f"computed in floating point: {error}"
        self._split, self._memory = model.network.rest(1)

    def follow(self, record: Record) -> None:
        """Makes the step that the vehicle has made in this tick."""
        if self._model is None:
            return
        try:
            if self._told(record):
                return
            digest = record.get(f"{self.name}.digest")
            if digest is not None and digest == self._previous:
                return  # The vehicle made no step: the network runs in every nth tick only, or its step failed.
            self._previous = digest
            inputs = np.atleast_1d(np.asarray(record[f"{self.name}.input"], np.float32))
            if self._stepper is not None:
                self._step(inputs, float(record[f"{self.name}.ts"]), digest)
            else:
                ts = np.array([min(float(record[f"{self.name}.ts"]), self._model.maximum_ts)])
                inside = self._model.network.step(inputs[None].astype(np.float64), ts, self._split, self._memory)
                self._split, self._memory = inside.states, inside.memory
                self._states = np.concatenate(inside.states, 1)[0]
        except (GanglionError, ValueError, IndexError, FloatingPointError) as error:
            self.why, self._model = f"its states cannot be followed: {error}", None
            log.warning("%s: %s", self.name, self.why)
            return
        self._largest = np.maximum(self._largest * _FORGETS, np.maximum(np.abs(np.nan_to_num(self._states)), 0.05))

    def _told(self, record: Record) -> bool:
        """Takes the states from the record, where the vehicle tells them."""
        field, layout = self._layout.fields.get(f"{self.name}.state"), self._model.state_layout()
        if field is None or field.kind != "u64" or field.size * field.count < layout.itemsize:
            return False
        self._states = self._model.states(np.frombuffer(record.body, layout, 1, field.at))[0]
        self.is_exact = True
        return True

    def _step(self, inputs: np.ndarray, ts: float, digest: int | None):
        """With the library; a network that was put to rest before this step, or in place of it, is told by its digest."""
        stepper, row = self._stepper, self._row
        before = np.zeros(stepper.size, np.uint8)
        stepper.save(before.ctypes.data)
        stepper.step(inputs.ctypes.data, inputs.size, ts)
        if digest is not None and not (is_equal := stepper.digest == digest):
            stepper.save(row.ctypes.data)
            stepper.reset()
            if stepper.digest != digest:
                stepper.step(inputs.ctypes.data, inputs.size, ts)
            if not (is_equal := stepper.digest == digest):
                stepper.load(row.tobytes())
        self.is_exact = None if digest is None else is_equal
        stepper.save(row.ctypes.data)
        self._states = self._model.states(row)[0]

    def activity(self, record: Record) -> list[float]:
        """What every node of the graph does now, from −1 to 1: ports in parts of their range, neurons of the largest that they showed."""
        found = [*self._port_values(record, "input", len(self._inputs))]
        if self._model is not None:
            found += (self._states / self._largest)[self._order].tolist()
        found += self._port_values(record, "output", len(self._outputs))
        return [round(min(max(value, -1.0), 1.0), 3) if np.isfinite(value) else 0.0 for value in found]

    def _port_values(self, record: Record, key: str, count: int) -> list[float]:
        values = record.get(f"{self.name}.{key}")
        values = list(values) if isinstance(values, tuple) else [] if values is None else [values]
        ports = (self._model.inputs if key == "input" else self._model.outputs) if self._model is not None else ()
        scales = [max(abs(port.minimum), abs(port.maximum), 1e-9) for port in ports] or [1.0] * count
        return [float(value) / scale for value, scale in zip((values + [0.0] * count)[:count], scales)]

    def _graph(self) -> Graph:
        """Where nodes lie, and the strongest wires."""
        model, count = self._model, len(self._inputs)
        groups = wiring.layers(model).groups if model is not None else []
        columns = ["inputs", *(name for name, _ in groups), "outputs"]
        nodes = [(shorter(name), 0, _place(k, count)) for k, name in enumerate(self._inputs)]
        where = {k: k for k in range(count)}
        for column, (_, members) in enumerate(groups, 1):
            for row, neuron in enumerate(members):
                where[count + neuron] = len(nodes)
                nodes.append((f"n{neuron}", column, _place(row, len(members))))
        first = len(nodes)
        nodes += [(shorter(name), len(columns) - 1, _place(k, len(self._outputs))) for k, name in enumerate(self._outputs)]
        wires: list[tuple[int, int, float]] = []
        if model is not None:
            weights, outside = wiring.effective(model), wiring.output_weights(model)
            wires += [(where[k], where[count + row], float(weights[row, k])) for row, k in zip(*np.nonzero(weights))]
            scale = (np.abs(weights).max() or 1.0) / (np.abs(outside).max() or 1.0)
            wires += [(where[count + k], first + int(row), float(outside[row, k] * scale)) for row, k in zip(*np.nonzero(outside))]
        largest = max((abs(weight) for _, _, weight in wires), default=1.0) or 1.0
        wires = sorted(wires, key=lambda wire: -abs(wire[2]))[:MOST_WIRES][::-1]
        return Graph(columns, nodes, [(a, b, round(weight / largest, 3)) for a, b, weight in wires])


def _place(k: int, count: int) -> float:
    return round((2 * k + 1) / (2 * max(count, 1)), 4)
