"""A network of a model file, with NumPy arrays in and out."""

from __future__ import annotations

import ctypes
import os
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import library
from .errors import BY_STATUS, CalibrationWarning, ClosedError, GanglionError, LengthError, ModelError, UnprotectedWarning

_TEXT_SIZE = 2048


@dataclass(frozen=True)
class Port:
    """An input or an output; the range is that of the network's own numbers."""

    name: str
    unit: str
    minimum: float
    maximum: float


@dataclass(frozen=True)
class Saturation:
    """What has gone beyond its range in fixed point since a network was opened, and in its last step alone.

    Inputs beyond the range that they were quantised for; states, and results of layers without bound, at the end of their
    range; steps with a ts beyond the largest. Each counts as the end of its range. All 0 in floating point.
    """

    inputs: int
    states: int
    elapsed: int
    last_inputs: int
    last_states: int
    last_elapsed: int


class Network:
    """A network ready to run: what the vehicle computes, bit for bit.

    Arrays of any real type are taken, and rounded to single precision. Methods may be called from several threads;
    they wait for each other. Networks, even of the same file, are independent.

    - `model`: the path of a model file, or its bytes.
    - `kernel`: the processor's instructions to use, e.g. "portable"; the fastest that it has, unless one is named. All
      give the same bits.

    Raises `ModelError` for a file that cannot be run and `KernelError` for a kernel that is not here.
    """

    def __init__(self, model: str | os.PathLike | bytes, *, kernel: str | None = None):
        self._handle = ctypes.c_void_p()
        self._lock = threading.Lock()
        self._library = library.load()
        text = ctypes.create_string_buffer(_TEXT_SIZE)
        kernel_name = None if kernel is None else _c_string(kernel, "kernel")
        if isinstance(model, (bytes, bytearray, memoryview)):
            content = bytes(model)
            status = self._library.ganglion_open_memory(
                content, len(content), kernel_name, ctypes.byref(self._handle), text, _TEXT_SIZE
            )
        else:
            status = self._library.ganglion_open_file(
                _c_string(os.fspath(model), "path"), kernel_name, ctypes.byref(self._handle), text, _TEXT_SIZE
            )
        if status:
            raise BY_STATUS.get(status, GanglionError)(text.value.decode(errors="replace"))
        if text.value:
            warnings.warn(text.value.decode(errors="replace"), UnprotectedWarning, stacklevel=2)
        try:
            self._describe()
        except BaseException:
            self.close()
            raise

    def _describe(self):
        found = library.Description()
        self._check(self._library.ganglion_describe(self._handle, ctypes.byref(found), ctypes.sizeof(found)))
        #: The inputs and outputs, in order.
        self.inputs = _ports(found.inputs, found.input_count)
        self.outputs = _ports(found.outputs, found.output_count)
        #: Neurons of all cells.
        self.neuron_count = found.neuron_count
        #: "float32", "float16", "int16" or "int8".
        self.arithmetic = found.arithmetic.decode()
        #: What it is computed with.
        self.kernel = found.kernel.decode()
        #: Where the network comes from.
        self.flavour = found.flavour.decode(errors="replace")
        #: Seconds that ts = 1 stands for, and the range of ts that the network is made for.
        self.time_unit, self.minimum_ts, self.maximum_ts = found.time_unit, found.minimum_ts, found.maximum_ts
        #: Bytes of the state, of the parameters, and of state and intermediate results.
        self.state_size = found.state_size
        self.parameter_size, self.workspace_size = found.parameter_size, found.workspace_size
        fixed = bool(found.input_scales)
        #: In fixed point what an input is multiplied by to become an integer, and the integer of an output to become
        #: a number; otherwise None.
        self.input_scales = _floats(found.input_scales, found.input_count) if fixed else None
        self.output_scales = _floats(found.output_scales, found.output_count) if fixed else None
        #: The same for ts, and the largest integer that it may become.
        self.elapsed_scale = found.elapsed_scale if fixed else None
        self.elapsed_limit = found.elapsed_limit if fixed else None
        #: The largest integer that an input may become.
        self.input_limit = found.input_limit if fixed else None

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs, in order."""
        return [port.name for port in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs, in order."""
        return [port.name for port in self.outputs]

    def step(self, x, ts: float) -> np.ndarray:
        """One step: `x` has the network's inputs, `ts` the time since the last step. Returns the outputs.

        Raises `LengthError`, `InputError` or `TimeError`, or in floating point `ResultError` when the result would not be
        finite, and then nothing has changed.
        """
        values = _array(x, (len(self.inputs),), "x")
        outputs = np.empty(len(self.outputs), np.float32)
        self._call(
            "step", values.ctypes.data, values.size, _number(ts, "ts"), outputs.ctypes.data, outputs.size
        )
        return outputs

    def run(self, xs, ts) -> np.ndarray:
        """Steps one after the other: `xs` is [steps, inputs], `ts` [steps] or one number for all. Returns
        [steps, outputs].

        Raises as `step` does, naming the row, and then nothing has changed: no step is made unless all can be.
        """
        values = _array(xs, (None, len(self.inputs)), "xs")
        rows = values.shape[0]
        times = np.full(rows, _number(ts, "ts"), np.float32) if np.ndim(ts) == 0 else _array(ts, (rows,), "ts")
        outputs = np.empty((rows, len(self.outputs)), np.float32)
        self._call(
            "run", rows, values.ctypes.data, values.size, times.ctypes.data, outputs.ctypes.data, outputs.size
        )
        return outputs

    @property
    def saturation(self) -> Saturation:
        """How much has gone beyond its range so far; `reset` leaves the counts as they are."""
        found = library.Saturation()
        self._call("get_saturation", ctypes.byref(found), ctypes.sizeof(found))
        return Saturation(*(getattr(found, name) for name, _ in found._fields_))

    def reset(self):
        """Puts all states back to zero."""
        self._call("reset")

    @property
    def state(self) -> bytes:
        """The state, to be set again in this network or in another of the same file."""
        content = ctypes.create_string_buffer(self.state_size)
        self._call("get_state", content, self.state_size)
        return content.raw

    @state.setter
    def state(self, content: bytes):
        content = bytes(content)
        self._call("set_state", content, len(content))

    @property
    def state_digest(self) -> int:
        """A hash of the state, the same on every machine; logs of flights hold it for every tick."""
        digest = ctypes.c_uint64()
        self._call("state_digest", ctypes.byref(digest))
        return digest.value

    def input_integers(self, x, ts: float) -> tuple[np.ndarray, int]:
        """What `step` makes of inputs and ts in fixed point: int16 [inputs], and the elapsed time as an integer.

        Raises `FixedPointError` for a network in floating point.
        """
        values = _array(x, (len(self.inputs),), "x")
        integers = np.empty(len(self.inputs), np.int16)
        elapsed = ctypes.c_int32()
        self._call(
            "input_integers", values.ctypes.data, values.size, _number(ts, "ts"), integers.ctypes.data, integers.size,
            ctypes.byref(elapsed),
        )
        return integers, elapsed.value

    def step_integers(self, integers, elapsed: int) -> np.ndarray:
        """One step in fixed point from integers to integers, int16 [inputs] to int32 [outputs].

        `step` is `input_integers`, this, and a product with `output_scales`. Raises `FixedPointError` for a network in
        floating point.
        """
        values = np.asarray(integers)
        if values.dtype.kind not in "iu":
            raise TypeError(f"integers are of type {values.dtype}; input_integers makes integers of numbers")
        if values.size and (values.min() < -32768 or values.max() > 32767):
            raise ValueError("integers are beyond 16 bits")
        values = _array(values, (len(self.inputs),), "integers", np.int16)
        if not -(2**31) <= elapsed < 2**31:
            raise ValueError(f"elapsed is {elapsed}, beyond 32 bits")
        outputs = np.empty(len(self.outputs), np.int32)
        self._call("step_integers", values.ctypes.data, values.size, elapsed, outputs.ctypes.data, outputs.size)
        return outputs

    def close(self):
        """Frees the network; every later call raises `ClosedError`."""
        with self._lock:
            handle, self._handle = self._handle, ctypes.c_void_p()
            if handle:
                self._library.ganglion_close(handle)

    def __enter__(self) -> Network:
        return self

    def __exit__(self, *_):
        self.close()

    def __reduce__(self):
        raise TypeError("a Network cannot be copied: open the model again, and set its state")

    def __del__(self):
        if getattr(self, "_handle", None):
            self._library.ganglion_close(self._handle)

    def __repr__(self) -> str:
        return (
            f"<ganglion.Network {self.arithmetic}, {self.neuron_count} neurons, {len(self.inputs)} inputs, "
            f"{len(self.outputs)} outputs, kernel {self.kernel}>"
        )

    def _call(self, name: str, *arguments):
        with self._lock:
            if not self._handle:
                raise ClosedError("the network has been closed")
            self._check(getattr(self._library, f"ganglion_{name}")(self._handle, *arguments))

    def _check(self, status: int):
        if status:
            text = self._library.ganglion_error_text(self._handle).decode(errors="replace")
            raise BY_STATUS.get(status, GanglionError)(text)


def quantize(source: str | os.PathLike, destination: str | os.PathLike, xs, ts, arithmetic: str = "int8") -> Path:
    """Makes a smaller model of a float32 one, "int8", "int16" or "float16", calibrated on the rows `xs` [steps, inputs] and
    `ts` [steps] (or one number), which are what the network will see in use, run in order from a state of zero. The last
    fifth of them is kept aside, to judge the result by; what speaks against trusting it is a `CalibrationWarning`. float16
    can do without rows.

    Returns `destination`, where a file is replaced, unless it is `source`. Raises `ModelError` (for fewer than 20 rows, too), `LengthError`, `InputError` or `TimeError`, and then writes nothing.
    """
    values = _array(xs, (None, None), "xs")
    rows = values.shape[0]
    times = np.full(rows, _number(ts, "ts"), np.float32) if np.ndim(ts) == 0 else _array(ts, (rows,), "ts")
    text = ctypes.create_string_buffer(_TEXT_SIZE)
    status = library.load().ganglion_quantize(
        _c_string(os.fspath(source), "source"), _c_string(arithmetic, "arithmetic"), rows, values.ctypes.data,
        values.size, times.ctypes.data, _c_string(os.fspath(destination), "destination"), text, _TEXT_SIZE,
    )
    if status:
        raise BY_STATUS.get(status, GanglionError)(text.value.decode(errors="replace"))
    for line in text.value.decode(errors="replace").splitlines():
        warnings.warn(line, CalibrationWarning, stacklevel=2)
    return Path(destination)


def _ports(ports, count: int) -> tuple[Port, ...]:
    return tuple(
        Port(port.name.decode(errors="replace"), port.unit.decode(errors="replace"), port.minimum, port.maximum)
        for port in ports[:count]
    )


def _floats(values, count: int) -> np.ndarray:
    found = np.array(values[:count], np.float32)
    found.flags.writeable = False
    return found


def _c_string(text: str | bytes, name: str) -> bytes:
    content = os.fsencode(text)
    if b"\0" in content:
        raise ModelError(f"{name} holds a zero character: {text!r}")
    return content


def _number(value, name: str) -> float:
    number = float(value)
    # What single precision cannot hold becomes infinite, and is refused as such.
    with np.errstate(over="ignore"):
        return float(np.float32(number))


def _array(values, shape: tuple, name: str, kind=np.float32) -> np.ndarray:
    given = np.asarray(values)
    if given.dtype.kind not in "fiub":
        raise TypeError(f"{name} is of type {given.dtype}, not of real numbers")
    with np.errstate(over="ignore"):
        found = np.ascontiguousarray(given, kind)
    if found.ndim != len(shape) or any(wanted not in (None, size) for wanted, size in zip(shape, found.shape)):
        names = ("steps", "inputs")
        wanted = ", ".join(names[k] if size is None else str(size) for k, size in enumerate(shape))
        raise LengthError(f"{name} has shape {list(found.shape)}, not [{wanted}]")
    return found
