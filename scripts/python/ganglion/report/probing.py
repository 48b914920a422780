"""What matters to a network, found by stepping it again from moments of a flight with one number changed: exact integers in, exact
integers out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .model import Model
from .reservoir import Reservoir, Stepper
from .wiring import source_weights

MOMENTS = 240
#: Most numbers that are kept of all moments; where sources are more than that leaves room for, those with the largest weights.
NUMBERS = 76_800


@dataclass
class Sensitivity:
    """How much each output moves, in % of its range, for 1 % of the range of each source: [moments, outputs, sources].

    A source is an input, or a neuron as the step found it (its full range is 2 for a state within ±1)."""

    times: np.ndarray
    sources: list[str]
    #: How many of the sources are inputs; the others are neurons.
    inputs: int
    values: np.ndarray
    left_out: int


def sensitivity(model: Model, flown: Reservoir, inputs: np.ndarray, ts: np.ndarray) -> Sensitivity:
    """Central differences of one step, of `MOMENTS` moments."""
    stepper = Stepper(model)
    chosen = np.unique(np.linspace(0, len(flown.ticks) - 1, min(MOMENTS, len(flown.ticks))).astype(int))
    wide = _most_important(model, max(NUMBERS // (MOMENTS * len(model.outputs)), 24))
    rows = [k for k in wide if k < len(model.inputs)]
    neurons = [k - len(model.inputs) for k in wide if k >= len(model.inputs)]
    scale = np.array([100 / port.range for port in model.outputs])
    ranges = np.array([model.inputs[k].range for k in rows])
    low, high = (np.array([getattr(model.inputs[k], end) for k in rows]) for end in ("minimum", "maximum"))
    values = np.zeros((len(chosen), len(model.outputs), len(wide)), np.float32)
    for moment, index in enumerate(chosen):
        tick = flown.ticks[index]
        x, elapsed = inputs[tick].astype(np.float32), float(ts[tick])
        state = flown.before[index : index + 1]
        # Up and down by 1 %, one number after the other.
        up = np.clip(x[rows] + ranges / 100, low, high).astype(np.float32)
        down = np.clip(x[rows] - ranges / 100, low, high).astype(np.float32)
        found = stepper.many(_one_changed(x, rows, up), [state.tobytes()] * len(rows), elapsed)
        found -= stepper.many(_one_changed(x, rows, down), [state.tobytes()] * len(rows), elapsed)
        values[moment, :, : len(rows)] = _ratio(found * scale, (up.astype(float) - down) / ranges * 100)
        raised, lowered, moved = _moved_states(model, flown, state, neurons)
        same = np.broadcast_to(x, (len(neurons), x.size))
        found = stepper.many(same, raised, elapsed) - stepper.many(same, lowered, elapsed)
        values[moment, :, len(rows) :] = _ratio(found * scale, moved)
    names = [model.inputs[k].name for k in rows] + [f"neuron {k}" for k in neurons]
    return Sensitivity(flown.times[chosen], names, len(rows), values, len(model.inputs) + model.neurons - len(wide))


def _one_changed(x: np.ndarray, places: list[int], values: np.ndarray) -> np.ndarray:
    """A row for each place, which has its value there."""
    found = np.tile(x, (len(places), 1))
    found[np.arange(len(places)), places] = values
    return found


def _ratio(change: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """[outputs, sources] of changes [sources, outputs]; 0 where nothing could be moved."""
    return np.where(moved > 0, change.T / np.where(moved > 0, moved, 1), 0)


def _moved_states(model: Model, flown: Reservoir, state: np.ndarray, neurons: list[int]):
    """The states with one neuron raised or lowered by 1 % of its range, and by how many % they differ."""
    places, deltas = _neuron_places(model, flown)
    raised, lowered, moved = [], [], []
    for k in neurons:
        name, place = places[k]
        pair = []
        for sign, found in ((1, raised), (-1, lowered)):
            changed = state.copy()
            number = float(changed[name][0, place]) + sign * deltas[k]
            if model.is_fixed:
                limits = np.iinfo(changed[name].dtype)
                number = min(max(number, limits.min + 1), limits.max)
            changed[name][0, place] = number
            pair.append(number)
            found.append(changed.tobytes())
        moved.append((pair[0] - pair[1]) / deltas[k])
    return raised, lowered, np.array(moved)


def _most_important(model: Model, most: int) -> list[int]:
    """The sources with the largest weights in all maps that read them, in their order: inputs, then neurons."""
    count = len(model.inputs) + model.neurons
    if count <= most:
        return list(range(count))
    weights = source_weights(model)
    return sorted(np.argsort(-weights, kind="stable")[:most].tolist())


def _neuron_places(model: Model, flown: Reservoir) -> tuple[list[tuple[str, int]], np.ndarray]:
    """Where each neuron's number lies in a state, and how much 1 % of its range is there."""
    places = [(f"cell{k}", unit) for k, units in enumerate(model.units) for unit in range(units)]
    if not model.is_fixed:
        reach = np.maximum(np.maximum(np.abs(flown.smallest), np.abs(flown.largest)), 1.0)
        return places, reach * 0.02
    full = [2**30 if cell["mode"] == "ltc" else 32768 for cell in model.architecture["cells"] for _ in range(cell["units"])]
    return places, np.round(np.array(full) * 0.02)


@dataclass
class Memory:
    """How long an input pulse is seen: medians over some moments of the flight, [inputs, steps].

    `states` is the root mean square of all neurons' changes in % of their range, `outputs` the largest change of an output in % of its
    range, both after a pulse of one tick of a tenth of the input's range. `lasting` is the time in s after which an input's trace in
    the states stays below a twentieth of its peak (NaN when it is still above at the end)."""

    times: np.ndarray
    inputs: list[str]
    states: np.ndarray
    outputs: np.ndarray
    lasting: np.ndarray
    moments: int
    left_out: int


def memory(model: Model, flown: Reservoir, inputs: np.ndarray, ts: np.ndarray, seconds: float = 1.5, most: int = 24) -> Memory | None:
    """Pulses at some moments; what follows is the flight's own inputs. None where the flight is too short."""
    period = float(np.median(ts)) * model.time_unit
    steps = int(min(max(seconds / max(period, 1e-6), 20), 400, len(ts) // 2))
    if steps < 5:
        return None
    usable = np.flatnonzero(flown.ticks + steps < len(ts))
    if not len(usable):
        return None
    chosen = usable[np.unique(np.linspace(len(usable) * 0.2, len(usable) - 1, 5).astype(int))]
    wide = [k for k in _most_important(model, 10**9) if k < len(model.inputs)]
    if len(wide) > most:
            wide = sorted(np.argsort(-source_weights(model)[: len(model.inputs)], kind="stable")[:most].tolist())
    stepper, layout = Stepper(model), model.state_layout()
    full = 1.0 if model._has_ltc else np.maximum(np.abs(flown.smallest), np.abs(flown.largest)).max() or 1.0
    ranges = np.array([port.range for port in model.outputs])

    def follow(index: int, pulsed: int | None) -> tuple[np.ndarray, np.ndarray]:
        tick = int(flown.ticks[index])
        raw, outputs = np.zeros(steps, layout), np.zeros((steps, len(model.outputs)), np.float32)
        stepper.load(flown.before[index].tobytes())
        x = np.array(inputs[tick : tick + steps], np.float32, order="C")
        if pulsed is not None:
            port = model.inputs[pulsed]
            up = x[0, pulsed] + port.range / 10
            x[0, pulsed] = up if up <= port.maximum else x[0, pulsed] - port.range / 10
        stepper.follow(x, ts[tick : tick + steps], raw, outputs)
        return model.states(raw), outputs

    states, outputs = (np.zeros((len(chosen), len(wide), steps)) for _ in range(2))
    for moment, index in enumerate(chosen):
        rest = follow(index, None)
        for row, k in enumerate(wide):
            found = follow(index, k)
            states[moment, row] = np.sqrt(((found[0] - rest[0]) ** 2).mean(1)) / (2 * full) * 100
            outputs[moment, row] = (np.abs(found[1] - rest[1]) / ranges).max(1) * 100
    states, outputs = np.median(states, 0), np.median(outputs, 0)
    times = np.cumsum(np.full(steps, period)) - period
    lasting = np.full(len(wide), np.nan)
    for row, trace in enumerate(states):
        above = np.flatnonzero(trace > trace.max() / 20)
        if not len(above):
            lasting[row] = 0
        elif above[-1] + 1 < steps:
            lasting[row] = times[above[-1] + 1]
    return Memory(times, [model.inputs[k].name for k in wide], states, outputs, lasting, len(chosen), len(model.inputs) - len(wide))


@dataclass
class FloatError:
    """Integers against Float64 along a flight: times, the difference of each output in parts of its range [ticks, outputs], and what
    was compared, in words."""

    times: np.ndarray
    values: np.ndarray
    largest: float
    rms: float
    what: str


def float_error(model: Model, reference: Model, flown: Reservoir, times, inputs, ts, logged) -> FloatError | None:
    """Steps `reference` in Float64 through the flight beside the outputs that were logged. Of a long flight 64 stretches of 500 ticks
    are compared, each after 250 that lead into it."""
    ticks, ranges = len(ts), np.array([port.range for port in model.outputs])
    if ticks <= 20_000:
        count, lead = max(min(16, ticks // 100), 1), 250
        length, what = -(-ticks // count), "every tick"
    else:
        count, lead, length = 64, 250, 500
        what = f"{count} stretches of {length} ticks"
    # Each stretch begins with the integers' state; the ticks that lead into it let Float64 go its own way.
    starts = np.linspace(0, max(ticks - length, 0), count).astype(int)
    nearest = np.clip(np.searchsorted(flown.ticks, starts - lead), 0, len(flown.ticks) - 1)
    begin = flown.ticks[nearest]
    states, c = model.split(flown.before[nearest])
    differences, at, seen = [], [], np.zeros(ticks, bool)
    resets = np.zeros(ticks, bool)
    resets[flown.resets] = True
    x64, ts64 = inputs.astype(np.float64), np.minimum(ts.astype(np.float64), model.maximum_ts)
    for k in range(int((starts - begin).max()) + length):
        now = np.minimum(begin + k, ticks - 1)
        if resets[now].any():
            rest, memory_at_rest = reference.network.rest(count)
            again = resets[now][:, None]
            states = [np.where(again, a, b) for a, b in zip(rest, states)]
            c = c if c is None else np.where(again, memory_at_rest, c)
        inside = reference.network.step(x64[now], ts64[now], states, c)
        states, c = inside.states, inside.memory
        counted = (begin + k >= starts) & (begin + k < starts + length) & (begin + k < ticks) & ~seen[now]
        if counted.any():
            seen[now[counted]] = True
            differences.append((inside.outputs[counted] - logged[now[counted]]) / ranges)
            at.append(times[now[counted]])
    values, when = np.concatenate(differences), np.concatenate(at)
    order = np.argsort(when, kind="stable")
    found = np.abs(values)
    return FloatError(when[order], values[order], float(found.max()), float(np.sqrt((values**2).mean())), what)
