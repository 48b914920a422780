"""What a network's neurons did along a flight: stepped again from the logged inputs by the library that flies, so exactly, and
compared with the digests of the log."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np

from .. import network as native
from .model import Model

#: Stretches of a flight that are shown as one column of a heat map, at most and at least; and how many cells such a map has.
COLUMNS, FEWEST, CELLS = 1000, 250, 64_000
_BLOCK = 8192
#: After so many ticks that differ it is no longer tried whether the network was reset.
_PATIENCE = 1000


@dataclass
class Reservoir:
    """The states along a flight. A moment is the last tick of a stretch of ticks."""

    #: The first tick of each stretch, and of what follows the last one.
    edges: np.ndarray
    #: The tick of each moment, and its time in s.
    ticks: np.ndarray
    times: np.ndarray
    #: The library's state before and after each moment's step, rows of `Model.state_layout`.
    before: np.ndarray
    after: np.ndarray
    #: [moments, neurons]: of each stretch the state that is farthest from the neuron's mean.
    extremes: np.ndarray
    #: Of all ticks: smallest, largest and mean of each neuron, and how many ticks a neuron was at the end of its integers.
    smallest: np.ndarray
    largest: np.ndarray
    mean: np.ndarray
    at_limit: np.ndarray
    #: Ticks with a step; those whose digest is that of the log (None without digests); ticks before which it was reset.
    steps: int
    equal: int | None
    resets: list[int]
    #: Inputs, states and ts beyond their range, as the library counts them.
    saturation: native.Saturation
    #: The largest magnitude of each input.
    largest_input: np.ndarray


class Stepper:
    """The library's network, stepped without the checks of arrays that `ganglion.Network` makes each time."""

    def __init__(self, model: Model):
        self.network = native.Network(model.content)
        self.layout = model.state_layout()
        self.size = self.network.state_size
        if self.layout.itemsize != self.size:
            raise ValueError(f"a state of {self.size} bytes, where {self.layout.itemsize} were expected")
        self.outputs = np.zeros(len(model.outputs), np.float32)
        self._library, self._handle = self.network._library, self.network._handle
        self._digest = ctypes.c_uint64()

    def step(self, inputs: int, count: int, ts: float) -> bool:
        """A step with the `count` single-precision inputs at an address; whether it was made."""
        return not self._library.ganglion_step(self._handle, inputs, count, ts, self.outputs.ctypes.data, self.outputs.size)

    def many(self, inputs: np.ndarray, states: list[bytes], ts: float) -> np.ndarray:
        """The outputs [rows, outputs] of a step from each state with its row of inputs."""
        inputs = np.ascontiguousarray(inputs, np.float32)
        found = np.zeros((len(states), self.outputs.size), np.float32)
        source, target, width, count = inputs.ctypes.data, found.ctypes.data, inputs.shape[1], self.outputs.size
        for row, state in enumerate(states):
            self._library.ganglion_set_state(self._handle, state, self.size)
            self._library.ganglion_step(self._handle, source + row * 4 * width, width, ts, target + row * 4 * count, count)
        return found

    def follow(self, inputs: np.ndarray, ts: np.ndarray, raw: np.ndarray, outputs: np.ndarray):
        """Steps from the state as it is through contiguous `inputs`, and fills in states and outputs behind each step."""
        source, state, target = inputs.ctypes.data, raw.ctypes.data, outputs.ctypes.data
        width, count = inputs.shape[1], outputs.shape[1]
        for k, elapsed in enumerate(ts.tolist()):
            self._library.ganglion_step(self._handle, source + k * 4 * width, width, elapsed, target + k * 4 * count, count)
            self._library.ganglion_get_state(self._handle, state + k * self.size, self.size)

    @property
    def digest(self) -> int:
        """The digest of the state."""
        self._library.ganglion_state_digest(self._handle, ctypes.byref(self._digest))
        return self._digest.value

    def save(self, address: int):
        """Copies the state to an address."""
        self._library.ganglion_get_state(self._handle, address, self.size)

    def load(self, state: bytes):
        """Sets the state."""
        self._library.ganglion_set_state(self._handle, state, self.size)

    def reset(self):
        """Puts the network at rest."""
        self._library.ganglion_reset(self._handle)


def run(model: Model, times: np.ndarray, inputs: np.ndarray, ts: np.ndarray, digests: np.ndarray | None) -> Reservoir:
    """Steps a network through `inputs` [ticks, inputs] and `ts` [ticks]. With `digests` of the log each step is compared,
    a tick whose digest is that of the tick before takes no step (the network runs in every nth tick only, or its step
    failed), and where only a network at rest gives the logged digest it was reset."""
    ticks = len(ts)
    inputs = np.ascontiguousarray(inputs, np.float32)
    columns = min(COLUMNS, max(FEWEST, CELLS // model.neurons))
    edges = np.unique(np.linspace(0, ticks, min(columns, ticks) + 1).astype(np.int64))
    last = edges[1:] - 1
    stepper, layout = Stepper(model), model.state_layout()
    before, after = np.zeros(len(last), layout), np.zeros(len(last), layout)
    lowest, highest = (np.zeros((len(last), model.neurons)) for _ in range(2))
    total, at_limit = np.zeros(model.neurons), np.zeros(model.neurons, np.int64)
    walk = _Walk(stepper, inputs, ts, digests)
    raw = np.zeros(min(_BLOCK, ticks) + 1, layout)
    stepper.save(raw[:1].ctypes.data)
    first = 0
    while first < len(last):
        # As many whole stretches as a block holds, at least one.
        until = max(first + 1, int(np.searchsorted(edges, edges[first] + _BLOCK, "right")) - 1)
        start, end = int(edges[first]), int(edges[until])
        if end - start + 1 > len(raw):
            raw = np.concatenate([raw[:1], np.zeros(end - start, layout)])
        walk.through(start, end, raw)
        states = model.states(raw[1 : end - start + 1])
        at = edges[first:until] - start
        lowest[first:until] = np.minimum.reduceat(states, at)
        highest[first:until] = np.maximum.reduceat(states, at)
        total += states.sum(0)
        if model.is_fixed:
            at_limit += _at_limit(model, raw[1 : end - start + 1])
        places = last[first:until] - start
        before[first:until], after[first:until] = raw[places], raw[places + 1]
        raw[0] = raw[end - start]
        first = until
    steps, equal, resets = walk.steps, (None if digests is None else walk.equal), walk.resets
    mean = total / ticks
    extremes = np.where(highest - mean >= mean - lowest, highest, lowest)
    return Reservoir(
        edges, last, times[last], before, after, extremes, lowest.min(0), highest.max(0), mean, at_limit, steps, equal, resets,
        stepper.network.saturation, np.abs(inputs).max(0) if ticks else np.zeros(inputs.shape[1]),
    )


def _at_limit(model: Model, raw: np.ndarray) -> np.ndarray:
    """In how many rows each neuron is at the end of its 16 bits, or of its 2³⁰ with LTC cells."""
    found = []
    for k, cell in enumerate(model.architecture["cells"]):
        limit = 2**30 if cell["mode"] == "ltc" else 32767
        found.append((np.abs(raw[f"cell{k}"].astype(np.int64)) >= limit).sum(0))
    return np.concatenate(found)


class _Walk:
    """Tick after tick, with what is counted on the way."""

    def __init__(self, stepper: Stepper, inputs: np.ndarray, ts: np.ndarray, digests: np.ndarray | None):
        self.stepper, self.inputs = stepper, inputs
        self.ts = ts.astype(np.float64).tolist()
        self.digests = None if digests is None else digests.tolist()
        self.steps = self.equal = self.differing = 0
        self.resets: list[int] = []
        self._previous: int | None = None

    def through(self, start: int, end: int, raw: np.ndarray):
        """Steps the ticks from `start` to before `end`; `raw[0]` is the state before, `raw[k + 1]` that after the kth."""
        stepper, size, width = self.stepper, self.stepper.size, self.inputs.shape[1]
        stride, address, place = self.inputs.strides[0], self.inputs.ctypes.data, raw.ctypes.data
        for tick in range(start, end):
            place += size
            wanted = None if self.digests is None else self.digests[tick]
            if wanted is not None and wanted == self._previous:
                self.equal += self.differing == 0
                stepper.save(place)
                continue
            self._previous = wanted
            stepper.step(address + tick * stride, width, self.ts[tick])
            self.steps += 1
            stepper.save(place)
            if wanted is None:
                continue
            if stepper.digest == wanted:
                self.equal, self.differing = self.equal + 1, 0
            elif self.differing < _PATIENCE:
                self._reset(tick, wanted, address + tick * stride, width, place, raw[tick - start : tick - start + 1])

    def _reset(self, tick: int, wanted: int, inputs: int, width: int, place: int, before: np.ndarray):
        """Whether the network was put to rest before this step, or in place of it."""
        stepper = self.stepper
        stepped = raw_bytes(place, stepper.size)
        stepper.reset()
        if stepper.digest != wanted:
            stepper.step(inputs, width, self.ts[tick])
        if stepper.digest == wanted:
            self.resets.append(tick)
            self.equal, self.differing = self.equal + 1, 0
            stepper.save(place)
        elif before.tobytes() != stepped and self._is(before.tobytes(), wanted):
            self.equal, self.differing = self.equal + 1, 0
            stepper.save(place)
        else:
            self.differing += 1
            stepper.load(stepped)

    def _is(self, state: bytes, wanted: int) -> bool:
        """Whether the logged state is that of before: no step was made in the first tick, say."""
        self.stepper.load(state)
        return self.stepper.digest == wanted


def raw_bytes(address: int, size: int) -> bytes:
    """The bytes at an address."""
    return ctypes.string_at(address, size)
