"""Section 7: two logs beside each other, aligned where each was armed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import ReportError
from . import colours, verdicts
from .flight import Flight
from .pictures import Facts, Fold, Lines, Section, Series, Table, Text
from .texts import number, plain, shorter


def report(paths: list[Path], trained, replays: bool):
    """The report of two logs: what differs, then the first one whole. Raises `ReportError` for what are not two logs."""
    from . import making, story

    if any(path.is_dir() or making.is_model(path) for path in paths):
        raise ReportError("two things were named that are not two logs; name one log, two logs, a model, or a folder")
    first, second = (Flight(path) for path in paths)
    said = [verdicts.replay(path) if replays else None for path in paths]
    sections = [compared(first, second, said), story.happened(first, said[0]), story.signals(first)]
    networks, told = making.minds_of(first, trained)
    for mind in networks:
        sections += mind.sections()
    sections.append(story.loop(first))
    spans = [(start, end, shorter(first.mode_names.get(mode, str(mode)))) for start, end, mode in first.mode_spans[:2000]]
    return making.Report(
        f"{shorter(paths[0].name)} and {shorter(paths[1].name)}", f"Differences first; then {shorter(paths[0].name)} alone.", sections, first.end,
        spans, first.end / 3, [*first.log.file.lost, *second.log.file.lost, *told],
    )


def _armed_at(flight: Flight) -> float:
    """When a vehicle was armed first, or began."""
    return float(flight.times[int(np.argmax(flight.flown))])


def compared(first: Flight, second: Flight, said) -> Section:
    """The section of differences: signals of the same name and unit, the second on the times of the first."""
    shift = _armed_at(first) - _armed_at(second)
    blocks = [_verdict(first, second), Facts([
        ("first", f"{shorter(first.path.name)}: {first.log.ticks} ticks, {first.missed} missed, ended {shorter(first.ended)}"),
        ("second", f"{shorter(second.path.name)}: {second.log.ticks} ticks, {second.missed} missed, ended {shorter(second.ended)}"),
        ("aligned", f"where each was armed first; the second is moved by {number(shift)} s"),
        *[(f"replay of {shorter(flight.path.name)}", verdict.text) for flight, verdict in zip((first, second), said) if verdict],
    ])]
    rows, lines = [], []
    there = (first.times >= second.times[0] + shift) & (first.times <= second.times[-1] + shift)
    for signal in first.signals.values():
        other = second.signals.get(signal.field)
        if signal.kind != "number" or other is None or other.unit != signal.unit or not there.any():
            continue
        here = first.column(signal.field).astype(np.float64)
        moved = np.interp(first.times, second.times + shift, second.column(signal.field).astype(np.float64))
        difference = np.where(there, moved - here, np.nan)
        finite = difference[np.isfinite(difference)]
        if not finite.size:
            continue
        reach = float(np.ptp(here[np.isfinite(here)])) or 1.0
        rms = float(np.sqrt((finite**2).mean()))
        rows.append((rms / reach, signal, number(np.abs(finite).max()), number(rms), finite.size))
        if any(signal in (wanted, *estimates) for wanted, estimates in first.tracked) and signal.role == "estimate":
            lines.append(_both(first, signal, moved, there))
    only = [
        ("only in the first", ", ".join(sorted(set(first.signals) - set(second.signals))) or "none"),
        ("only in the second", ", ".join(sorted(set(second.signals) - set(first.signals))) or "none"),
    ]
    rows.sort(key=lambda row: -row[0])
    table = [[signal.title, signal.unit or "1", largest, rms, number(share * 100, 3)] for share, signal, largest, rms, _ in rows[:80]]
    blocks += lines or [Text("No estimate follows a setpoint in both.")]
    blocks.append(Fold("What differs most", [Table(["signal", "unit", "largest difference", "RMS", "RMS in % of its reach"], table)]))
    blocks.append(Fold("Signals of one of them only", [Facts(only)]))
    return Section("compared", "What differs", blocks)


def _both(first: Flight, signal, moved: np.ndarray, there: np.ndarray) -> Lines:
    factor = signal.factor
    return Lines(
        plain(f"compared-{signal.field}"), f"{signal.title}: first and second", "Solid is the first log, dashed the second.", first.shown, [
            Series("first", first.course(signal), colours.CATEGORIES[0]),
            Series("second", first.thin(np.where(there, moved, np.nan) * factor), colours.CATEGORIES[1], True),
        ], signal.shown_unit)


def _verdict(first: Flight, second: Flight) -> Text:
    """Whether the ticks of both are the same, field by field, in words."""
    if set(first.signals) != set(second.signals):
        return Text("The logs have different signals: they are of different vehicles or versions.")
    ticks = min(first.log.ticks, second.log.ticks)
    earliest: tuple[int, str] | None = None
    count = 0
    for name in first.signals:
        a, b = first.column(name)[:ticks], second.column(name)[:ticks]
        width = a.dtype.itemsize * int(np.prod(a.shape[1:], dtype=int))
        same = (a.reshape(ticks, -1).view(np.uint8).reshape(ticks, width) == b.reshape(ticks, -1).view(np.uint8).reshape(ticks, width)).all(1)
        if not same.all():
            count += 1
            at = int(np.argmin(same))
            if earliest is None or at < earliest[0]:
                earliest = (at, first.signals[name].title)
    if earliest is None:
        more = "" if first.log.ticks == second.log.ticks else f"; one of them goes on for {abs(first.log.ticks - second.log.ticks)} ticks more"
        return Text(f"The first {ticks} ticks are identical, bit for bit, in every signal{more}.")
    return Text(f"The logs part in tick {earliest[0]} ({first.times[earliest[0]]:.3f} s), first in {earliest[1]}; {count} of {len(first.signals)} signals differ somewhere.")
