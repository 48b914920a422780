"""Sections 3, 4 and 5 of a network: who is wired to whom, what the neurons did, how exact the integers were."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .. import network as native
from ..errors import GanglionError
from . import colours, probing, reservoir, wiring
from .model import Model
from .pictures import Bars, Facts, Fold, Graph, Heat, Lines, Path, Section, Series, Side, Table, Text
from .shrinking import CELLS, robust, shrunk
from .texts import number, plain, shorter


@dataclass
class Course:
    """What a network was fed, tick by tick: of a flight, or made up for a model alone."""

    times: np.ndarray
    inputs: np.ndarray
    ts: np.ndarray
    digests: np.ndarray | None
    outputs: np.ndarray | None
    modes: np.ndarray
    mode_names: dict[int, str]
    mode_colours: dict[int, str]
    #: In how many ticks what was beyond its range, where a log says it.
    beyond: dict[str, int]
    what: str


def made_up(model: Model, ticks: int = 2500, seed: int = 1) -> Course:
    """A course for a model without a flight: each input wanders through half of its port's range, from a seed."""
    random = np.random.default_rng(seed)
    steps = random.normal(0, 1, (ticks, len(model.inputs)))
    walk = np.zeros_like(steps)
    for k in range(1, ticks):
        walk[k] = 0.995 * walk[k - 1] + 0.1 * steps[k]
    low, high = (np.array([getattr(port, end) for port in model.inputs]) for end in ("minimum", "maximum"))
    inputs = ((low + high) / 2 + np.tanh(walk / 2) * (high - low) / 4).astype(np.float32)
    ts = np.full(ticks, min(1.0, model.maximum_ts), np.float32)
    with native.Network(model.content) as network:
        outputs = network.run(inputs, ts)
    times = np.arange(ticks) * float(ts[0]) * model.time_unit
    return Course(times, inputs, ts, None, outputs, np.zeros(ticks, np.uint8), {0: "made-up input"}, {0: colours.CATEGORIES[0]}, {},
                  f"No flight: each input wanders through half of its port's range (seed {seed}, {ticks} steps).")


class Mind:
    """A network with its course. Raises `ModelError` for a model that cannot be opened, `LibraryError` without the library."""

    def __init__(self, name: str, model: Model, course: Course | None, trained: Model | None):
        self.name, self.model, self.course, self.trained = name, model, course, trained
        self.key = plain(name)
        self.layers = wiring.layers(model)
        self.order = self.layers.order
        names = wiring.neuron_names(model.neurons)
        self.names = [f"{layer} {names[k]}" if len(self.layers.groups) > 1 else names[k] for layer, group in self.layers.groups for k in group]
        self.groups = [(layer, len(group)) for layer, group in self.layers.groups]
        self.flown = None if course is None else reservoir.run(model, course.times, course.inputs, course.ts, course.digests)

    def sections(self) -> list[Section]:
        """Sections 3 to 5."""
        found = [self.wiring()]
        if self.flown is not None:
            found += [self.reservoir(), self.arithmetic()]
        return found

    def _title(self, text: str) -> str:
        return text if self.name == "network" else f"{text}: {shorter(self.name)}"

    def wiring(self) -> Section:
        """Section 3."""
        model = self.model
        cells = "; ".join(
            f"{cell['units']} neurons, {cell['mode']}" + (f", backbone {'-'.join(map(str, cell['backbone']))}" if cell.get("backbone") else "")
            for cell in model.architecture["cells"]
        )
        facts = Facts([
            ("network", f"{model.neurons} neurons, {len(model.inputs)} inputs, {len(model.outputs)} outputs, {model.arithmetic}"),
            ("cells", cells + (f"; an LSTM of {model.memory['units']} units in front" if model.memory else "")),
            ("weights", f"{sum(value.size for value in model.tensors.values())} numbers in the file"),
            ("as trained", f"from {shorter(self.trained.place)}" if self.trained else "not here: name the float32 model with --trained to see what quantisation changed"),
        ])
        blocks = [facts, self._graph()]
        matrices = wiring.matrices(model, self.trained)
        heats = [self._matrix(matrix) for matrix in matrices]
        blocks += [Side(heats[:2])] if len(heats) >= 2 else heats[:1]
        if heats[2:]:
            blocks.append(Fold(f"{len(heats) - 2} more matrices", [Side(heats[2:])]))
        changed = [self._changed(matrix) for matrix in matrices if matrix.trained is not None and model.is_fixed and matrix.values.size <= CELLS]
        if changed:
            blocks.append(Fold("What quantisation changed", [Side(changed)]))
        ports = [[shorter(port.name), shorter(port.unit), number(port.minimum), number(port.maximum)] for port in [*model.inputs, *model.outputs]]
        blocks.append(Fold("Ports", [Table(["port", "unit", "from", "to"], ports)]))
        return Section(f"{self.key}-wiring", self._title("Connectivity"), blocks)

    def _matrix(self, matrix: wiring.Matrix) -> Heat:
        there = np.isfinite(matrix.values)
        more = {}
        if matrix.integers is not None:
            more["integer"] = np.where(there, matrix.integers, np.nan)
        if matrix.trained is not None:
            more["as trained"] = matrix.trained
        share = there.mean() * 100 if there.size else 0
        shown = shrunk(matrix.values, self._rows(matrix), matrix.columns, matrix.row_groups, matrix.column_groups)
        if shown is not None:
            values, rows, columns, row_groups, column_groups, block = shown
            return Heat(
                f"{self.key}-matrix-{plain(matrix.key)}", f"Weights {matrix.title}",
                f"{matrix.values.shape[0]} × {matrix.values.shape[1]} weights ({share:.0f} % are there); a cell is the largest of {block} of them. A row is who listens, "
                "a column who is heard; orange pushes up, blue pushes down.",
                rows, values, "", columns=columns, row_groups=row_groups, column_groups=column_groups, limits=robust(matrix.values),
            )
        return Heat(
            f"{self.key}-matrix-{plain(matrix.key)}", f"Weights {matrix.title}",
            f"A row is who listens, a column who is heard; orange pushes up, blue pushes down, empty is no synapse ({share:.0f} % are there).",
            self._rows(matrix), matrix.values, "", columns=[shorter(name) for name in matrix.columns], row_groups=matrix.row_groups,
            column_groups=matrix.column_groups, more=more, limits=robust(matrix.values),
        )

    def _rows(self, matrix: wiring.Matrix) -> list[str]:
        """The names of rows, with the neurons' layers where the rows are all neurons."""
        return self.names if matrix.row_groups == self.groups else [shorter(name) for name in matrix.rows]

    def _changed(self, matrix: wiring.Matrix) -> Heat:
        largest = np.nanmax(np.abs(matrix.trained)) or 1.0
        difference = (matrix.values - matrix.trained) / largest * 100
        return Heat(
            f"{self.key}-changed-{plain(matrix.key)}", f"{matrix.title.split(',')[0]}: quantised minus trained",
            f"In % of the largest weight; the largest change is {number(float(np.nanmax(np.abs(difference))), 3)} %.", self._rows(matrix), difference, "%",
            columns=[shorter(name) for name in matrix.columns], row_groups=matrix.row_groups, column_groups=matrix.column_groups,
        )

    def _activity(self) -> tuple[np.ndarray, np.ndarray]:
        """[moments, inputs + neurons] in parts of each one's largest magnitude, at times."""
        if self.flown is None:
            return np.zeros((1, len(self.model.inputs) + self.model.neurons)), np.zeros(1)
        every = max(len(self.flown.ticks) * (len(self.model.inputs) + self.model.neurons) // 40_000, 1)
        chosen = slice(None, None, every)
        inputs = self.course.inputs[self.flown.ticks[chosen]].astype(np.float64)
        states = self.model.states(self.flown.after[chosen])
        both = np.concatenate([inputs / np.maximum(self.flown.largest_input, 1e-9), states / np.maximum(
            np.maximum(np.abs(self.flown.smallest), np.abs(self.flown.largest)), 1e-9)], 1)
        return np.clip(both, -1, 1), self.flown.times[chosen]

    def _graph(self) -> Graph:
        model, count = self.model, len(self.model.inputs)
        names = wiring.neuron_names(model.neurons)
        columns = [("sensory", [(shorter(port.name), k) for k, port in enumerate(model.inputs)])]
        columns += [(layer, [(names[k], count + k) for k in group]) for layer, group in self.layers.groups]
        first = model.neurons - model.units[-1]
        columns.append(("outputs", [(shorter(port.name), -1 if model.network.projection else count + first + k) for k, port in enumerate(model.outputs)]))
        nodes, where = [], {}
        for layer, (_, members) in enumerate(columns):
            for row, (name, source) in enumerate(members):
                if source >= 0 and layer < len(columns) - 1:
                    where[source] = len(nodes)
                # Neurons of a layer are staggered, so that the wires between them can be seen.
                middle = 0 < layer < len(columns) - 1
                nodes.append((name, layer + (0.13 * (row % 2) if middle else 0), -1 + (2 * row + 1) / len(members), source))
        weights = wiring.effective(model)
        edges = [(where[k], where[count + row], float(weights[row, k])) for row, k in zip(*np.nonzero(weights))]
        first_output = len(nodes) - len(model.outputs)
        outside = wiring.output_weights(model)
        largest = np.abs(weights).max() or 1.0
        scale = largest / (np.abs(outside).max() or 1.0)
        edges += [(where[count + k], first_output + row, float(outside[row, k] * scale)) for row, k in zip(*np.nonzero(outside))]
        left_out = max(len(edges) - 1500, 0)
        edges = sorted(edges, key=lambda edge: -abs(edge[2]))[:1500][::-1]
        activity, times = self._activity()
        busy = int(np.abs(activity).mean(1).argmax())
        return Graph(
            f"{self.key}-graph", "The wiring, lit by what flows through it",
            "Layers from left to right. A wire is as thick as its weight is large, and as bright as what it carries at the cursor; orange is "
            "positive, blue negative." + (f" {left_out} thinner wires are not drawn." if left_out else ""),
            [name for name, _ in columns], nodes, edges, activity, times, busy, f"{self.key}-graph",
        )

    def reservoir(self) -> Section:
        """Section 4."""
        flown, model, course = self.flown, self.model, self.course
        blocks = [Text(self._exactness(), flown.equal is not None and flown.equal < len(course.ts))]
        states = flown.extremes[:, self.order].T
        stretch = f"; of each stretch of {number(len(course.ts) / len(flown.ticks), 3)} ticks the state farthest from its mean" if len(flown.ticks) < len(course.ts) else ""
        blocks.append(Heat(
            f"{self.key}-states", "Reservoir state: every neuron over time",
            f"A row is a neuron, orange above 0 and blue below{stretch}.", self.names, states, "", edges=_edges(flown, course), row_groups=self.groups, role=f"{self.key}-states",
        ))
        blocks.append(self._trajectory())
        states_before, memory = model.split(flown.before)
        inside = model.network.step(
            course.inputs[flown.ticks].astype(np.float64), np.minimum(course.ts[flown.ticks].astype(np.float64), model.maximum_ts), states_before, memory)
        taus = inside.taus[:, self.order].T * model.time_unit * 1000
        low, high = np.quantile(taus, [0.02, 0.98])
        blocks.append(Heat(
            f"{self.key}-taus", "Time constants: how fast each neuron forgets, over time", self._tau_words(), self.names, taus, "ms", "sequential",
            edges=_edges(flown, course), limits=(max(low, 1e-6), max(high, low * 1.01, 2e-6)), is_log=True, row_groups=self.groups,
        ))
        if np.isfinite(inside.gates).any():
            blocks.append(Fold("Gates", [Heat(
                f"{self.key}-gates", "Gates: between the state that a neuron leaves (0) and the one that it moves to (1)",
                "The sigmoid that liquid time puts between ff1 and ff2.", self.names, inside.gates[:, self.order].T, "", "sequential",
                edges=_edges(flown, course), limits=(0.0, 1.0), row_groups=self.groups)]))
        blocks += self._memory() + self._sensitivity()
        return Section(f"{self.key}-reservoir", self._title("Reservoir state"), blocks)

    def _exactness(self) -> str:
        flown, course = self.flown, self.course
        if flown.equal is None:
            return course.what
        if flown.equal == len(course.ts):
            resets = f"; it was put to rest {len(flown.resets)} time{'s' * (len(flown.resets) > 1)}" if flown.resets else ""
            return f"Computed again from the logged inputs: the digest of the whole state is the log's in all {len(course.ts)} ticks, so what follows is exact{resets}."
        return (
            f"Computed again from the logged inputs: the digest of the state is the log's in {flown.equal} of {len(course.ts)} ticks. "
            "Where ticks are missing the state before them is not known; what follows is not exact there."
        )

    def _tau_words(self) -> str:
        modes = {cell["mode"] for cell in self.model.architecture["cells"]}
        if modes == {"ltc"}:
            return "Capacitance over all conductances that are open; the colours are logarithmic."
        if modes == {"pure"}:
            return "1 / (|w_tau| + |f|); the colours are logarithmic."
        return "One over the slope of a neuron's gate against time, |time_a|: with a short one its gate turns within milliseconds. The colours are logarithmic."

    def _trajectory(self) -> Path:
        states = self.model.states(self.flown.after)
        centred = states - states.mean(0)
        values, vectors = np.linalg.eigh(centred.T @ centred / max(len(states), 1))
        axes = vectors[:, ::-1][:, :2]
        if axes.shape[1] < 2:
            axes = np.pad(axes, ((0, 0), (0, 2 - axes.shape[1])))
        # The sign of an axis is nobody's; the largest component is made positive, so that pictures can be compared.
        axes = axes * np.where(axes[np.abs(axes).argmax(0), range(2)] < 0, -1, 1)
        total = values.sum() or 1.0
        shares = [*(values[::-1][:2] / total * 100), 0.0][:2]
        places = centred @ axes
        course = self.course
        return Path(
            f"{self.key}-trajectory", f"The way of the whole state: {sum(shares):.0f} % of it in two directions",
            "The first two principal components of all neurons; the colour is the vehicle's mode, the red dot the state at the cursor.",
            self.flown.times, places[:, 0], places[:, 1], course.modes[self.flown.ticks], course.mode_names, course.mode_colours,
            f"first component, {shares[0]:.0f} %", f"second component, {shares[1]:.0f} %", role=f"{self.key}-trajectory",
        )

    def _memory(self) -> list:
        found = probing.memory(self.model, self.flown, self.course.inputs, self.course.ts)
        if found is None:
            return [Text("The course is too short to follow pulses in it.")]
        names = [shorter(name) for name in found.inputs]
        longest = float(np.nanmax(np.nan_to_num(found.lasting), initial=0)) or found.times[-1] / 4
        shown = max(int(np.searchsorted(found.times, 3 * longest)) + 1, 12)
        strongest = np.argsort(-found.states.max(1))[:8]
        text = f"Median of {found.moments} moments; a pulse of one tick, a tenth of the input's range. " + (f"{found.left_out} inputs with smaller weights are left out." if found.left_out else "")
        lines = [
            Lines(f"{self.key}-memory-{key}", title, text, found.times[:shown] * 1000, [
                Series(names[k], np.maximum(values[k][:shown], 1e-4), colours.CATEGORIES[place % 8]) for place, k in enumerate(strongest)
            ], "% of range", "after the pulse, ms", True, 260)
            for key, title, values in (
                ("state", "Memory: how long a pulse is seen in the neurons", found.states), ("output", "Memory: how long it is seen in the outputs", found.outputs))
        ]
        lasting = np.nan_to_num(found.lasting, nan=found.times[-1]) * 1000
        bars = Bars(f"{self.key}-lasting", "How long each input is remembered", "Until its trace in the neurons stays below a twentieth of its peak"
                    + (f"; at least, where it is {number(found.times[-1] * 1000)} ms." if np.isnan(found.lasting).any() else "."), names, lasting, "ms")
        return [Side(lines), bars]

    def _sensitivity(self) -> list:
        found = probing.sensitivity(self.model, self.flown, self.course.inputs, self.course.ts)
        names = [shorter(name) if k < found.inputs else name.replace("neuron ", "n") for k, name in enumerate(found.sources)]
        groups = [("inputs", found.inputs), ("neurons", len(names) - found.inputs)]
        middle = found.values[len(found.values) // 2]
        outputs = [shorter(port.name) for port in self.model.outputs]
        limit = float(np.quantile(np.abs(found.values), 0.995)) or 1.0
        left_out = f" {found.left_out} sources with smaller weights are left out." if found.left_out else ""
        at_cursor = Heat(
            f"{self.key}-sensitivity", "Who matters now: sensitivity of each output at the cursor",
            f"By how many % of its range an output moves when an input or a neuron's state moves by 1 % of its range, computed at {len(found.times)} moments "
            f"by stepping the integers again.{left_out}", outputs, middle, "% per %", columns=names, limits=(-limit, limit), column_groups=groups, role=f"{self.key}-sensitivity",
            over_time=(found.times, found.values),
        )
        strength = np.abs(found.values).max(1)
        order = np.argsort(-strength.mean(0))[:40]
        over_time = Heat(
            f"{self.key}-importance", "Who mattered when: the largest sensitivity of any output", "The 40 that mattered most, the strongest on top.",
            [names[k] for k in order], strength[:, order].T, "% per %", "sequential", edges=_edges(self.flown, self.course),
            limits=(0.0, float(np.quantile(strength, 0.995)) or 1.0),
        )
        return [at_cursor, over_time]

    def arithmetic(self) -> Section:
        """Section 5."""
        from .exactness import arithmetic

        return Section(f"{self.key}-arithmetic", self._title("Arithmetic"), arithmetic(self))


def _edges(flown: reservoir.Reservoir, course: Course) -> np.ndarray:
    """The times of the stretches' ends; they are of equal length but for a tick."""
    return np.array([course.times[0], course.times[-1]])


def opened(name: str, content: bytes | None, place: str, course, trained: Model | None) -> tuple[Mind | None, str]:
    """A network opened up, or in words why it cannot be."""
    if content is None:
        return None, f"{shorter(name)}: its model is not in the log, so nothing of it can be shown."
    try:
        model = Model(content, place)
        if trained is not None and trained.architecture != model.architecture:
            return None, f"{shorter(trained.place)} has another architecture than {shorter(place)}: name the model that it was quantised from."
        return Mind(name, model, course, trained), ""
    except GanglionError as error:
        return None, f"{shorter(name)}: {shorter(str(error))}"
