"""Who is wired to whom: matrices over inputs and neurons, and the layers that they fall into."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..scales import HEADS
from .model import Model

#: What a head of a CfC cell does.
HEAD_TITLES = {
    "ff1": "ff1, the state that a neuron leaves",
    "ff2": "ff2, the state that it moves to",
    "time_a": "time_a, how fast it moves",
    "time_b": "time_b, where it stands without time",
}


@dataclass
class Matrix:
    """Weights [rows, columns], NaN where there is no synapse, in real numbers; the file's integers, and the weights as trained, where
    they are known. Groups are (name, count) in the order of rows and columns."""

    key: str
    title: str
    rows: list[str]
    columns: list[str]
    row_groups: list[tuple[str, int]]
    column_groups: list[tuple[str, int]]
    values: np.ndarray
    integers: np.ndarray | None = None
    trained: np.ndarray | None = None


@dataclass
class Layers:
    """The neurons, layer by layer: a name and the neurons' numbers."""

    groups: list[tuple[str, list[int]]]

    @property
    def order(self) -> list[int]:
        """The neurons in the order in which they are drawn."""
        return [neuron for _, neurons in self.groups for neuron in neurons]


def effective(model: Model) -> np.ndarray:
    """[neurons, inputs + neurons]: what drives a neuron, with its sign; 0 where there is no synapse. Of a CfC neuron the mean of
    ff1 and ff2 (through a backbone: the products of the weights on all ways), of an LTC neuron the synapse's weight times its
    reversal potential."""
    inputs, found = len(model.inputs), np.zeros((model.neurons, len(model.inputs) + model.neurons))
    row = 0
    for k, cell in enumerate(model.network.cells):
        if cell.mode == "ltc":
            weights = cell.current
        else:
            heads = [head for head in (cell.ff1, cell.ff2) if head is not None]
            weights = sum(head.weight for head in heads) / len(heads)
            for layer in reversed(cell.backbone):
                weights = weights @ layer.weight
        _place(model, found, weights, k, row)
        row += cell.units
    return found


def _place(model: Model, found: np.ndarray, weights: np.ndarray, k: int, row: int):
    """Puts a cell's weights into the columns of what it reads: inputs or the cell before, then its own neurons."""
    inputs, units = len(model.inputs), model.units[k]
    own = inputs + row
    rows = slice(row, row + units)
    read = weights.shape[1] - units
    if model.memory and model.memory["role"] == "feeds_input":
        # Through the LSTM, whose units stand for nothing outside: the mean weight of what they read.
        gates = np.abs(model.network.memory_gates.weight).reshape(4, units, -1).mean(0)
        found[rows, :inputs] = weights[:, :units] @ gates[:, :inputs]
        found[rows, own : own + units] = weights[:, units:]
        return
    start = 0 if k == 0 else own - model.units[k - 1]
    found[rows, start : start + read] = weights[:, :read]
    found[rows, own : own + units] = weights[:, read:]


def output_weights(model: Model) -> np.ndarray:
    """[outputs, neurons]: the projection, or 1 for the neuron that is the output."""
    found = np.zeros((len(model.outputs), model.neurons))
    start = model.neurons - model.units[-1]
    if model.network.projection is not None:
        found[:, start:] = model.network.projection.weight
    else:
        found[np.arange(len(model.outputs)), start + np.arange(len(model.outputs))] = 1
    return found


def source_weights(model: Model) -> np.ndarray:
    """[inputs + neurons]: the sum of the magnitudes of all weights that read a source."""
    found = np.abs(effective(model)).sum(0)
    found[len(model.inputs) :] += np.abs(output_weights(model)).sum(0)
    return found


def layers(model: Model) -> Layers:
    """Three cells are inter, command and motor neurons. In one LTC cell they are told by the wiring: motor neurons are read by the
    outputs, inter neurons read inputs, command neurons do neither."""
    edges = np.cumsum([0, *model.units])
    cells = [list(range(a, b)) for a, b in zip(edges, edges[1:])]
    if len(cells) == 3:
        return Layers(list(zip(("inter", "command", "motor"), cells)))
    if len(cells) > 1:
        return Layers([(f"cell {k}", cell) for k, cell in enumerate(cells)])
    if model._has_ltc:
        weights, outside = effective(model), output_weights(model)
        reads = (weights[:, : len(model.inputs)] != 0).any(1)
        motor = (outside != 0).any(0) & ~reads
        if motor.any() and not motor.all() and (motor | reads).any() and not reads.all():
            groups = [("inter", np.flatnonzero(reads)), ("command", np.flatnonzero(~reads & ~motor)), ("motor", np.flatnonzero(motor))]
            return Layers([(name, found.tolist()) for name, found in groups if len(found)])
    return Layers([("neurons", cells[0])])


def matrices(model: Model, trained: Model | None) -> list[Matrix]:
    """All of a network's weights: over inputs and neurons where a map reads these, otherwise as the file has them."""
    found = []
    shown = layers(model)
    has_backbone = any(cell["mode"] != "ltc" and cell["backbone"] for cell in model.architecture["cells"])
    if has_backbone or model.memory:
        found += [_plain(model, trained, name) for name in model.maps() if name != "projection"]
    elif model._has_ltc:
        found += _synapses(model, trained, shown)
    else:
        heads = [head for head in HEADS if any(f"cell{k}.{head}" in model.maps() for k in range(len(model.units)))]
        found += [_whole(model, trained, head, shown) for head in heads]
    if "projection" in model.maps():
        found.append(_plain(model, trained, "projection"))
    return found


def neuron_names(count: int) -> list[str]:
    """How neurons are called on the page."""
    return [f"n{k}" for k in range(count)]


def _groups(model: Model, shown: Layers) -> tuple[list, list]:
    rows = [(name, len(neurons)) for name, neurons in shown.groups]
    return rows, [("sensory", len(model.inputs)), *rows]


def _arranged(values: np.ndarray, shown: Layers, inputs: int) -> np.ndarray:
    """[neurons, inputs + neurons] in the order of the layers."""
    order = shown.order
    return values[order][:, [*range(inputs), *(inputs + neuron for neuron in order)]]


def _whole(model: Model, trained: Model | None, head: str, shown: Layers) -> Matrix:
    """A head of all cells, as one matrix over inputs and neurons."""
    shape, row = (model.neurons, len(model.inputs) + model.neurons), 0
    values, masks, integers, before = (np.zeros(shape) for _ in range(4))
    for k, units in enumerate(model.units):
        name = f"cell{k}.{head}"
        weight = model.affine(name).weight
        origin = trained.affine(name).weight if trained else weight
        _place(model, values, weight, k, row)
        _place(model, before, origin, k, row)
        whole = model.integers(name)
        _place(model, integers, weight * 0 if whole is None else whole, k, row)
        _place(model, masks, (origin != 0).astype(float), k, row)
        row += units
    rows, columns = _groups(model, shown)
    order, names = shown.order, neuron_names(model.neurons)
    there = _arranged(masks, shown, len(model.inputs)) != 0
    return Matrix(
        head, HEAD_TITLES[head], [names[k] for k in order],
        [port.name for port in model.inputs] + [names[k] for k in order], rows, columns,
        np.where(there, _arranged(values, shown, len(model.inputs)), np.nan),
        _arranged(integers, shown, len(model.inputs)) if model.is_fixed else None,
        np.where(there, _arranged(before, shown, len(model.inputs)), np.nan) if trained else None,
    )


def _plain(model: Model, trained: Model | None, name: str) -> Matrix:
    """A map as the file has it."""
    weight = model.affine(name).weight
    origin = trained.affine(name).weight if trained else weight
    if name == "projection":
        rows = [port.name for port in model.outputs]
        columns = neuron_names(model.neurons)[model.neurons - weight.shape[1] :]
    else:
        rows, columns = [f"{name.split('.')[-1]} {k}" for k in range(weight.shape[0])], _read_by(model, name, weight.shape[1])
    there = origin != 0
    return Matrix(
        name, name, rows, columns, [(name, len(rows))], [("read", len(columns))], np.where(there, weight, np.nan),
        model.integers(name), np.where(there, origin, np.nan) if trained else None,
    )


def _read_by(model: Model, name: str, columns: int) -> list[str]:
    """The names of what a map reads."""
    units, inputs = model.units[0], [port.name for port in model.inputs]
    state, hidden = neuron_names(units), [f"m{k}" for k in range(units)]
    reads = {
        None: inputs + state, "replaces_state": inputs + hidden, "feeds_input": hidden + state,
    }[model.memory["role"] if model.memory and name != "memory.gates" else None]
    return reads if len(reads) == columns else [f"backbone {k}" for k in range(columns)]


def _synapses(model: Model, trained: Model | None, shown: Layers) -> list[Matrix]:
    """An LTC cell's synapses: what they push, and how strongly they conduct."""
    found = []
    names, order = neuron_names(model.neurons), shown.order
    rows, columns = _groups(model, shown)
    inputs = len(model.inputs)
    for key, title in (("current", "synapse weight × reversal potential"), ("weight", "synapse weight, a conductance")):
        # A chain of cells is shown cell by cell, as one matrix.
        values, before, at = np.zeros((model.neurons, inputs + model.neurons)), None, 0
        before = np.zeros_like(values)
        for k, cell in enumerate(model.network.cells):
            if cell.mode == "ltc":
                _place(model, values, getattr(cell, key), k, at)
                _place(model, before, getattr(trained.network.cells[k] if trained else cell, key), k, at)
            at += cell.units
        there = _arranged(before, shown, inputs) != 0
        found.append(Matrix(
            key, title, [names[k] for k in order], [port.name for port in model.inputs] + [names[k] for k in order], rows, columns,
            np.where(there, _arranged(values, shown, inputs), np.nan), None, None,
        ))
    return found
