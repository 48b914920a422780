"""Section 5: what was beyond its range, how much of their range the integers use, and how far they are from Float64."""

from __future__ import annotations

import numpy as np

from . import colours, probing
from .pictures import Bars, Facts, Fold, Lines, Series, Side, Table, Text, thinned
from .texts import number, shorter


def arithmetic(mind) -> list:
    """The blocks of the section."""
    model, course, flown = mind.model, mind.course, mind.flown
    facts = [("arithmetic", model.arithmetic)]
    if course.beyond:
        facts.append(("ticks beyond range, while not disarmed", ", ".join(f"{name} {count}" for name, count in course.beyond.items())))
    facts.append(("numbers beyond range in this course", f"inputs {flown.saturation.inputs}, states {flown.saturation.states}, ts {flown.saturation.elapsed}"))
    blocks = [Facts(facts)]
    if course.outputs is not None:
        blocks += _errors(mind, facts)
    ranges = np.array([max(abs(port.minimum), abs(port.maximum)) or 1.0 for port in model.inputs])
    share = flown.largest_input / ranges * 100
    bars = [Bars(
        f"{mind.key}-input-range", "How much of its range each input used", "The largest magnitude against the port's; beyond the red line it is cut off.",
        [shorter(port.name) for port in model.inputs][:80], share[:80], "% of range", 100.0,
    )]
    most = np.maximum(np.abs(flown.smallest), np.abs(flown.largest))
    full = _full(model)
    if full is not None:
        bars.append(Bars(
            f"{mind.key}-state-range", "How much of its integers each neuron used", "The largest magnitude against the end of 16 bits (of 2³⁰ in LTC cells).",
            mind.names[:80], (most / full * 100)[mind.order][:80], "% of range", 100.0,
        ))
    blocks.append(Side(bars))
    if model.is_fixed:
        blocks.append(Fold("Tensors", [_tensors(model)]))
    return blocks


def _full(model) -> np.ndarray | None:
    """What the end of its integers is for each neuron."""
    if not model.is_fixed:
        return None
    ends = [2**30 if cell["mode"] == "ltc" else 32767 for cell in model.architecture["cells"] for _ in range(cell["units"])]
    return np.array(ends) * model.state_units()


def _errors(mind, facts: list) -> list:
    """Integers, or single precision, against Float64 along the course."""
    model, course = mind.model, mind.course
    against = [("with the file's own weights", model)]
    if mind.trained is not None:
        against.append(("with the weights as trained", mind.trained))
    blocks = []
    for what, reference in against:
        found = probing.float_error(model, reference, mind.flown, course.times, course.inputs, course.ts, course.outputs)
        facts.append((f"off from Float64 {what}", f"at most {number(found.largest, 3)}, RMS {number(found.rms, 3)} of the outputs' range ({found.what})"))
        shown, thin = thinned(found.times, 3000)
        series = [Series(shorter(port.name), thin(found.values[:, k]), colours.CATEGORIES[k % 8]) for k, port in enumerate(model.outputs[:8])]
        key = "trained" if reference is not model else "own"
        blocks.append(Lines(
            f"{mind.key}-float-{key}", f"{model.arithmetic} minus Float64 along this course, {what}", "In parts of each output's range.", shown, series, "of range"))
    return blocks


def _tensors(model) -> Table:
    """How much of their bits the weights of each map use."""
    rows = []
    for name in model.maps():
        integers, widths = model.integers(name), model.widths(name)
        limits = np.where(widths == 8, 127, 32767)
        used = np.abs(integers).max(1) / limits * 100
        rows.append([
            name, f"{integers.shape[0]} × {integers.shape[1]}", f"{int((widths == 8).sum())} of 8 bits, {int((widths == 16).sum())} of 16",
            f"{number(used.min(), 3)} to {number(used.max(), 3)} %", f"{int((integers == 0).sum())}", f"{int((np.abs(integers) >= limits[:, None]).sum())}",
        ])
    if not rows:
        return Text("LTC cells have 32-bit integers throughout.")
    return Table(["map", "shape", "rows", "range used, by rows", "zeros", "at the end"], rows)
