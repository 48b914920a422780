"""Sections 1, 2 and 6: what happened, the signals, the loop."""

from __future__ import annotations

import numpy as np

from . import colours, verdicts
from .flight import Flight
from .pictures import Facts, Fold, Histogram, Lines, Path, Section, Series, Side, Table, Text, Timeline
from .signals import ROLES, Signal, intervals
from .texts import number, plain, shorter

_LEVELS = {10: "debug", 20: "info", 30: "warning", 40: "error", 50: "fatal"}


def happened(flight: Flight, verdict: verdicts.Verdict | None) -> Section:
    """Section 1."""
    log, told = flight.log, flight.log.metadata
    rows = [
        ("vehicle", shorter(flight.name)),
        ("ended", shorter(flight.ended)),
        ("duration", f"{flight.end:.3f} s, {log.ticks} ticks at {number(log.rate)} Hz, {flight.missed} missed"),
        ("faults", ", ".join(signal.meaning or signal.name for signal, _ in flight.conditions if _matters(flight, _)) or "none while armed"),
        ("run", ", ".join(filter(None, [
            shorter(told.get("backend", "")), f"seed {shorter(told['seed'])}" if told.get("backend") == "simulated" and "seed" in told else "",
            shorter(told.get("started", "")), shorter(told.get("machine", "")), f"Ganglion {shorter(told['version'])}" if "version" in told else "",
        ])) or "not said"),
        ("log", f"{shorter(flight.path.name)}, {log.file.bytes} bytes in {len(log.file.parts)} part{'s' * (len(log.file.parts) > 1)}"),
    ]
    for wanted, estimates in flight.tracked:
        for estimate in estimates:
            rows.insert(3, (
                f"{estimate.title}", f"off by {number(flight.tracking_error(wanted, estimate), 3)} {estimate.shown_unit} RMS of what was asked for, while armed",
            ))
    if verdict is not None:
        rows.append(("replay", verdict.text))
    blocks = [Text(text, is_warning=True) for text in log.file.lost]
    if log.dropped:
        blocks.append(Text(f"{log.dropped} times ticks were dropped, because the disk was too slow; they are not in the log.", True))
    blocks += [Facts(rows), timeline(flight)]
    if log.events:
        entries = [
            [(f"{event.time:.3f} s", event.time), _LEVELS.get(event.level, str(event.level)), shorter(event.source), shorter(event.text)]
            for event in log.events[:400]
        ]
        says = f"The first 400 of {len(log.events)}." if len(log.events) > 400 else "A time leads all plots there."
        blocks.append(Fold(f"{len(log.events)} events", [Table(["time", "level", "source", "what"], entries, says)]))
    return Section("happened", "What happened", blocks)


def _matters(flight: Flight, held) -> bool:
    """Whether a condition held while the vehicle was armed."""
    for start, end, _ in held:
        first, last = np.searchsorted(flight.times, [start, end])
        if flight.flown[first : max(last, first + 1)].any():
            return True
    return False


def timeline(flight: Flight) -> Timeline:
    """Modes, whose command it was, conditions, faults and events, one row each."""
    rows, spans, marks = ["mode"], [], []
    for start, end, mode in flight.mode_spans[:2000]:
        name = flight.mode_names.get(mode, str(mode))
        spans.append(("mode", start, end, shorter(name), flight.mode_colours.get(mode, colours.SETPOINT)))
    sources = [signal for signal in flight.signals.values() if signal.kind == "choice" and signal.name == "source"]
    for signal in sources:
        rows.append(signal.title)
        for start, end, value in intervals(flight.times, flight.column(signal.field), flight.end)[:2000]:
            if value:
                spans.append((signal.title, start, end, shorter(signal.choices.get(value, str(value))), colours.CATEGORIES[(value - 1) % 8]))
    for signal, held in flight.conditions[:12]:
        rows.append(signal.title)
        spans += [(signal.title, start, end, signal.meaning or signal.name, "#cf4a5f") for start, end, _ in held[:500]]
    for signal, held in flight.faults[:12]:
        rows.append(signal.title)
        spans += [(signal.title, start, end, signal.choices.get(value, str(value)), "#b8902a") for start, end, value in held[:500]]
    if flight.log.events:
        rows.append("events")
        marks = [
            ("events", event.time, shorter(f"{event.source}: {event.text}"), colours.LEVELS.get(event.level, colours.SETPOINT))
            for event in flight.log.events[:1000]
        ]
    return Timeline(
        "timeline", "Modes, commands, faults and events",
        "A bar is a stretch of time in which something held; a dot is an event. Point at it for its words; click to take all plots there.",
        rows, spans, marks, flight.end,
    )


def signals(flight: Flight) -> Section:
    """Section 2."""
    blocks, used = [], set()
    for wanted, estimates in flight.tracked:
        others = [s for s in flight.signals.values() if s.role == "setpoint" and s.name == wanted.name and s is not wanted and s.kind == "number"]
        series = [Series(s.title, flight.course(s), colours.CATEGORIES[k], False) for k, s in enumerate(estimates)]
        series += [Series(s.title, flight.course(s), colours.SETPOINT, True) for s in [wanted, *others][:1]]
        used |= {s.field for s in [wanted, *estimates]}
        blocks.append(Lines(
            plain(f"tracking-{wanted.name}"), f"{wanted.name.replace('_', ' ').capitalize()}: asked for and reached",
            "Dashed is what was asked for, solid what the vehicle estimated of itself.", flight.shown, series, wanted.shown_unit,
        ))
    commands = _owned(flight, "command")
    blocks += [_together(flight, owner, found, f"{owner}-{found[0].name}") for (owner, unit), found in commands.items() if owner in ("command", "motors", "wheels")]
    if flight.plan is not None:
        x, y, origin = flight.plan
        at = np.searchsorted(flight.times, flight.shown).clip(0, flight.log.ticks - 1)
        blocks.append(Path(
            "plan", "The way it took, from above", f"From {origin}; north is up. The colour is the mode, the red dot where it is at the cursor.",
            flight.shown, x, y, flight.modes[at], flight.mode_names, flight.mode_colours, "east, m", "north, m", True, "plan",
        ))
    for role, title in ROLES.items():
        groups = _owned(flight, role)
        inside = [
            _together(flight, owner, found, f"{owner}-{found[0].name}") for (owner, unit), found in groups.items()
            if not (owner in ("command", "motors", "wheels") and role == "command")
        ]
        if inside:
            blocks.append(Fold(f"{title}: {len(inside)} pictures", inside))
    blocks.append(Fold("Every signal in figures", [_figures(flight)]))
    return Section("signals", "Signals", blocks)


def _owned(flight: Flight, role: str) -> dict[tuple[str, str], list[Signal]]:
    """The numbers of a role by owner and unit, in the log's order."""
    groups: dict[tuple[str, str], list[Signal]] = {}
    for signal in flight.signals.values():
        if signal.role == role and signal.kind == "number":
            groups.setdefault((signal.owner, signal.shown_unit), []).append(signal)
    return groups


def _together(flight: Flight, owner: str, found: list[Signal], key: str) -> Lines:
    """The signals of one owner and unit in one picture."""
    series = [
        Series(signal.name, flight.course(signal), colours.SETPOINT if signal.role == "setpoint" else colours.CATEGORIES[k % 8], signal.role == "setpoint")
        for k, signal in enumerate(found)
    ]
    if all(s.is_dashed for s in series) and len(series) > 1:
        series = [Series(s.name, s.values, colours.CATEGORIES[k % 8], True) for k, s in enumerate(series)]
    meanings = "; ".join(dict.fromkeys(signal.meaning for signal in found if signal.meaning))
    names = ", ".join(signal.name.replace("_", " ") for signal in found[:5]) + (" …" if len(found) > 5 else "")
    return Lines(plain(key), f"{owner.replace('_', ' ')}: {names}", meanings, flight.shown, series, found[0].shown_unit)


def _figures(flight: Flight) -> Table:
    """Smallest, largest, mean and RMS of each number over all ticks, in the units of the log."""
    rows = []
    for signal in flight.signals.values():
        if signal.kind == "number":
            values = flight.column(signal.field).astype(np.float64)
            finite = values[np.isfinite(values)]
            if finite.size:
                rows.append([
                    signal.title, signal.unit or "1", number(finite.min(), 6), number(finite.max(), 6), number(finite.mean(), 6),
                    number(np.sqrt((finite**2).mean()), 6), str(values.size - finite.size),
                ])
    says = "Exact, over every tick, in the units of the log (angles in rad), as `ganglion log export --csv` gives them."
    return Table(["signal", "unit", "smallest", "largest", "mean", "RMS", "not finite"], rows, says)


def loop(flight: Flight) -> Section:
    """Section 6."""
    blocks, record = [], flight.run_record
    if flight.has("tick_elapsed"):
        elapsed = flight.column("tick_elapsed")[1:] * 1e-6
        period = 1000 / flight.log.rate
        if elapsed.size:
            blocks.append(_histogram(
                "elapsed", "Time between ticks", f"The period is {number(period)} ms; what is to the right of it came late. The count is on a logarithmic scale.",
                elapsed, "ms"))
            blocks.insert(0, Facts([
                ("ticks", f"{flight.log.ticks}, {flight.missed} missed"),
                ("time between ticks", f"median {number(float(np.median(elapsed)))} ms, 99 % below {number(float(np.quantile(elapsed, 0.99)))} ms, largest {number(float(elapsed.max()))} ms"),
            ]))
    if flight.missed:
        missed = flight.column("tick_missed")
        at = np.flatnonzero(missed)
        rows = [[(f"{flight.times[k]:.3f} s", float(flight.times[k])), str(int(missed[k]))] for k in at[:200]]
        blocks.append(Fold(f"{len(at)} times ticks were missed", [Table(["time", "ticks"], rows)]))
    ages = []
    for signal in flight.signals.values():
        if signal.name == "time" and signal.kind == "time" and signal.role == "reading":
            read = flight.column(signal.field)
            age = (flight.column("tick_time") - read)[read > 0] * 1e-6
            if age.size:
                ages.append(_histogram(
                    f"age-{signal.owner}", f"Age of {signal.owner.replace('_', ' ')} samples",
                    f"How old the newest sample was when a tick looked at it: median {number(float(np.median(age)))} ms, largest {number(float(age.max()))} ms.",
                    age, "ms"))
    if ages:
        blocks.append(Side(ages))
    blocks += _board(record)
    if not record:
        blocks.append(Text("A simulated run has no wake-up latencies and no bus times of its own; the log of a run on a board has them."))
    return Section("loop", "The loop", blocks)


def _histogram(key: str, title: str, says: str, values: np.ndarray, unit: str) -> Histogram:
    counts, edges = np.histogram(values, 80)
    return Histogram(plain(key), title, says, edges, counts, unit)


def _board(record: dict[str, str]) -> list:
    """What a run on a board measured of itself: whole histograms, buses, real time."""
    titles = {"wake_up": "Wake-up latency", "tick": "Time of a tick", "sample_age": "Age of the inertial sample", "actuation": "From sensor to actuator"}
    found, rows = [], []
    for key, value in record.items():
        name = key.partition(": ")[2]
        if key.startswith("histogram_ns: "):
            try:
                pairs = np.array([[int(part) for part in pair.split(":")] for pair in value.split()], np.int64).reshape(-1, 2)
            except ValueError:
                rows.append((shorter(key), "cannot be read"))
                continue
            if len(pairs):
                edges = np.concatenate([[max(pairs[0, 0] * 0.97, 0)], pairs[:, 0]]) * 1e-3
                found.append(Histogram(
                    plain(f"latency-{name}"), titles.get(name, shorter(name)),
                    shorter(record.get(f"latency_us: {name}", "")), edges, pairs[:, 1], "µs"))
        elif not key.startswith("latency_us: "):
            rows.append((shorter(key), shorter(value)))
    return ([Side(found)] if found else []) + ([Facts(rows)] if rows else [])
