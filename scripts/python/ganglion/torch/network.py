"""A quantised network with trainable weights."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from .. import model_digest, safetensors
from .. import network as native
from ..errors import FixedPointError, InputError, LengthError, ModelError, TimeError
from . import exact, smooth
from .affine import QuantisedAffine
from .cell import QuantisedCell, QuantisedMemory
from .constants import WithConstants
from ..scales import Scales, stacked
from .state import State
from .straight_through import straight_through
from ..widths import joined

#: The version of the integer arithmetic; `FixedModel.version`.
_VERSION = 2


class QuantisedNetwork(WithConstants):
    """A network in fixed point whose forward pass is that of the vehicle, bit for bit, and whose backward pass sees
    through the rounding.

    Its parameters are master weights in float64 (a bias has 31 bits), first those that the file's integers stand for.
    The formats of the file stay as they are. Gradients: rounding counts as the identity, saturation stops them, tables
    have the derivative of the function that they hold.

    - `model`: the path of an int8 or int16 model file, or its bytes.
    - `trained`: the float32 model that it was quantised from. With it, the synapses that are zero there stay zero (a
      wiring), and the master weights are in its units. Without it, every weight that is zero in `model` stays zero.

    Raises `ModelError` for files that hold no such networks and `FixedPointError` for a `model` in floating point.
    """

    def __init__(self, model: str | os.PathLike | bytes, trained: str | os.PathLike | bytes | None = None):
        super().__init__()
        # The library checks the file and proves it, so that what follows can rely on it.
        content = _content(model)
        with native.Network(content) as network:
            if network.input_scales is None:
                raise FixedPointError(
                    f"the model is {network.arithmetic}: quantize it first, or use QuantisedNetwork.quantising"
                )
            #: As `ganglion.Network` has them.
            self.arithmetic, self.inputs, self.outputs = network.arithmetic, network.inputs, network.outputs
            self._input_limit = network.input_limit
            self.time_unit, self.minimum_ts, self.maximum_ts = network.time_unit, network.minimum_ts, network.maximum_ts
        self._stored, self._metadata = safetensors.decode(content)
        architecture = architecture_of(self._metadata)
        weights = None if trained is None else _trained(trained, architecture)
        version, self._elapsed_fraction, self._elapsed_limit = (int(number) for number in self._stored["time.format"])
        if version != _VERSION:
            raise ModelError(f"integers of version {version}, this module computes {_VERSION}: update ganglion")
        self._build(architecture, Scales(architecture, self._stored, weights), weights)

    @classmethod
    def quantising(cls, trained: str | os.PathLike, xs, ts, arithmetic: str = "int8") -> QuantisedNetwork:
        """The network that `ganglion.quantize` makes of a float32 model, calibrated on the rows `xs` and `ts`.

        Raises what `ganglion.quantize` raises.
        """
        with tempfile.TemporaryDirectory() as folder:
            return cls(native.quantize(trained, Path(folder) / "quantised.safetensors", xs, ts, arithmetic), trained)

    def _build(self, architecture: dict, scales: Scales, trained: dict[str, np.ndarray] | None):
        stored = self._stored

        def affine(name: str) -> QuantisedAffine:
            zeros = joined(stored, name)[0] == 0
            if trained is not None:
                masked = stacked(trained, name, "weight") == 0
                if (masked & ~zeros).any():
                    raise ModelError(f"{name}: a synapse that is zero in the trained model is not in the quantised one")
                zeros = masked
            return QuantisedAffine(name, stored, scales, zeros)

        for name in ("input_scale", "output_scale"):
            self.keep(name, stored[name])
        memory = architecture["memory"]
        self.memory = QuantisedMemory(memory["role"], affine("memory.gates")) if memory else None
        self.cells = nn.ModuleList()
        for k, shape in enumerate(architecture["cells"]):
            names = [f"cell{k}.backbone{j}" for j in range(len(shape["backbone"]))] + [f"cell{k}.heads"]
            self.cells.append(QuantisedCell(k, shape, [affine(name) for name in names], stored, scales.states[k]))
        self.projection = affine("projection") if architecture["projection"] else None

    def forward(self, inputs, ts, state: State | None = None) -> tuple[Tensor, State]:
        """Steps one after the other, from `state` or from rest.

        - `inputs`: [steps, inputs], or [batch, steps, inputs].
        - `ts`: the elapsed time of each step, [steps], with a batch also [batch, steps], or one number.

        Returns the outputs, float32 [(batch,) steps, outputs], and the state after the last step. Inputs beyond the
        range they were quantised for count as its end, and so does ts.

        Raises `LengthError`, `InputError` or `TimeError` as `ganglion.Network.run` does, and `ModelError` when training
        has made a weight infinite or not a number.
        """
        x, elapsed, batch = self._integers(inputs, ts)
        units = [cell.units for cell in self.cells]
        if state is None:
            rest = [torch.zeros(x.shape[0], size, dtype=torch.float64, device=x.device) for size in units]
            state = State(tuple(rest), torch.zeros_like(rest[0]) if self.memory is not None else None)
        else:
            if not isinstance(state, State):
                raise TypeError(f"state is of type {type(state).__name__}; hand on the one that forward returns")
            state.check(units, self.memory is not None, batch)
            state = state.batch_of_one() if batch is None else state
        weights = (
            None if self.memory is None else self.memory.gates.integers(), [cell.integers() for cell in self.cells],
            None if self.projection is None else self.projection.integers(),
        )
        rows = []
        for step in range(x.shape[1]):
            row, state = self._step(x[:, step], elapsed[:, step, None], state, *weights)
            rows.append(row)
        outputs = torch.stack(rows, 1) if rows else x.new_zeros(x.shape[0], 0, len(self.outputs))
        outputs = outputs.to(torch.float32) * self.output_scale
        return (outputs[0], state[0]) if batch is None else (outputs, state)

    def _step(self, x: Tensor, elapsed: Tensor, state: State, gates, cells, projection) -> tuple[Tensor, State]:
        """One step from integers to integers."""
        c, previous = state.c, list(state.cells)
        if self.memory is not None:
            c, hidden = self.memory(x, previous[0], c, gates)
            if self.memory.role == "feeds_input":
                x = hidden
            else:
                previous[0] = hidden
        new = []
        for cell, before, weights in zip(self.cells, previous, cells):
            x = cell(x, before, elapsed, weights)
            new.append(x)
        row = x[:, : len(self.outputs)] if self.projection is None else self.projection(x, projection)
        return row, State(tuple(new), c)

    def _integers(self, inputs, ts) -> tuple[Tensor, Tensor, int | None]:
        """Inputs [batch, steps, inputs] and elapsed times [batch, steps] as integers, and the length of the batch."""
        x, times = self._numbers(inputs, "inputs"), self._numbers(ts, "ts")
        count = len(self.inputs)
        if x.dim() not in (2, 3) or x.shape[-1] != count:
            raise LengthError(f"inputs have shape {list(x.shape)}, not [steps, {count}] or [batch, steps, {count}]")
        batch = x.shape[0] if x.dim() == 3 else None
        if tuple(times.shape) not in ((), tuple(x.shape[-2:-1]), tuple(x.shape[:-1])):
            wanted = "[steps]" if batch is None else "[steps] or [batch, steps]"
            raise LengthError(f"ts has shape {list(times.shape)}, not {wanted} as inputs {list(x.shape)}")
        x = x if batch is not None else x[None]
        times = times.expand(x.shape[:-1])
        with torch.no_grad():
            if not x.isfinite().all():
                sequence, row, index = (~x.isfinite()).nonzero()[0].tolist()
                place = f"row {row}" if batch is None else f"sequence {sequence}, row {row}"
                raise InputError(f"{place}: input {index} is not a finite number")
            wrong = ~(times.isfinite() & (times >= 0))
            if wrong.any():
                sequence, row = wrong.nonzero()[0].tolist()
                place = f"row {row}" if batch is None else f"sequence {sequence}, row {row}"
                raise TimeError(f"{place}: ts is {times[sequence, row].item()}, not a finite number from 0 on")
        elapsed = straight_through(
            exact.elapsed, smooth.elapsed, times, fraction=self._elapsed_fraction, limit=self._elapsed_limit
        )
        return straight_through(exact.inputs, smooth.inputs, x, scale=self.input_scale, limit=self._input_limit), elapsed, batch

    def _numbers(self, values, name: str) -> Tensor:
        """Real numbers in single precision."""
        if not isinstance(values, Tensor):
            values = torch.as_tensor(np.asarray(values), device=self.input_scale.device)
        if values.is_complex():
            raise TypeError(f"{name} is of type {values.dtype}, not of real numbers")
        return values.to(torch.float32)

    def encoded(self, notes: dict[str, str] | None = None) -> bytes:
        """The model file of the network as it is now, proven by the library's loader.

        `notes` are added to its provenance. Raises `ModelError` when a weight is not finite.
        """
        tensors = dict(self._stored)
        for part in (*self.cells, *([] if self.memory is None else [self.memory.gates]), self.projection):
            tensors |= {} if part is None else part.tensors()
        provenance = json.loads(self._metadata["ganglion.provenance"])
        provenance |= {"fine_tuned": "ganglion.torch", **(notes or {})}
        metadata = dict(self._metadata)
        metadata["ganglion.provenance"] = json.dumps(
            {key: str(value) for key, value in provenance.items()}, sort_keys=True, separators=(",", ":"),
            ensure_ascii=False,
        )
        content = model_digest.sealed(tensors, metadata)
        native.Network(content).close()
        return content

    def save(self, path: str | os.PathLike, notes: dict[str, str] | None = None) -> Path:
        """Writes `encoded` to `path` and returns it. Raises `ModelError`, and then writes nothing."""
        content = self.encoded(notes)
        try:
            safetensors.write(path, content)
        except OSError as error:
            raise ModelError(f"{os.fspath(path)}: {error.strerror}") from error
        return Path(path)

    def network(self) -> native.Network:
        """The network as it is now, computed by the library."""
        return native.Network(self.encoded())

    def get_extra_state(self) -> str:
        """A digest of the formats, which a state_dict does not hold: its weights are of use with these only."""
        trainable = (".weight", ".wide_weight", ".bias", ".w_tau", ".a")
        formats = {name: value for name, value in self._stored.items() if not name.endswith(trainable)}
        text = self._metadata["ganglion.architecture"] + safetensors.digest(formats)
        return hashlib.sha256(text.encode()).hexdigest()

    def set_extra_state(self, state: str):
        """Raises `ModelError` for the weights of a network with other formats."""
        if state != self.get_extra_state():
            raise ModelError("the state_dict is that of a network quantised with other formats: open that model")

    def extra_repr(self) -> str:
        return f"{self.arithmetic}, {sum(cell.units for cell in self.cells)} neurons"


def _content(model: str | os.PathLike | bytes) -> bytes:
    if isinstance(model, (bytes, bytearray, memoryview)):
        return bytes(model)
    try:
        return Path(model).read_bytes()
    except (OSError, ValueError) as error:
        raise ModelError(f"{os.fspath(model)!r}: {error}") from error


def architecture_of(metadata: dict[str, str]) -> dict:
    """The architecture of a model file that the library has checked; raises `ModelError` for cells other than CfC."""
    architecture = json.loads(metadata["ganglion.architecture"])
    for k, cell in enumerate(architecture["cells"]):
        if cell.get("mode") not in ("default", "no_gate", "pure"):
            raise ModelError(f"cell {k}: a cell of mode {cell.get('mode')} cannot be trained in fixed point")
    return architecture


def _trained(model: str | os.PathLike | bytes, architecture: dict) -> dict[str, np.ndarray]:
    """The tensors of the float model that a network of `architecture` was quantised from."""
    content = _content(model)
    with native.Network(content) as network:
        if network.input_scales is not None:
            raise ModelError(f"the trained model is {network.arithmetic}: name the float32 one that was quantised")
    tensors, metadata = safetensors.decode(content)
    if architecture_of(metadata) != architecture:
        raise ModelError("the trained model has another architecture than the quantised one")
    return tensors
