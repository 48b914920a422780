"""Section 7 of a folder of runs: how they are distributed, the worst first, each a link to its own page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import GanglionError, ReportError
from .flight import Flight
from .pictures import Facts, Histogram, Section, Side, Table, Text
from .texts import number, plain, shorter


@dataclass
class Run:
    """What is kept of a run: errors by what was followed, with units; a count of what went wrong."""

    path: Path
    seed: str
    ended: str
    duration: float
    missed: int
    wrong: int
    errors: dict[str, tuple[float, str]]


def _run(path: Path) -> Run:
    flight = Flight(path)
    errors = {
        estimate.title: (flight.tracking_error(wanted, estimate), estimate.shown_unit) for wanted, estimates in flight.tracked for estimate in estimates
    }
    wrong = sum(1 for _, held in flight.conditions if any(
        flight.flown[slice(*np.searchsorted(flight.times, span[:2]))].any() for span in held))
    wrong += flight.ended in ("terminated",)
    return Run(path, flight.log.metadata.get("seed", ""), flight.ended, flight.end, flight.missed, wrong, errors)


def logs_of(folder: Path) -> list[Path]:
    """The logs in a folder; of one in parts the first. Raises `ReportError` for a folder without any."""
    found = sorted(path for path in folder.glob("*.mcap") if path.is_file())
    parts = {path for path in found if path.with_suffix("").suffix[1:].isdigit() and path.with_name(path.name.split(".")[0] + ".mcap") in found}
    logs = [path for path in found if path not in parts]
    if not logs:
        raise ReportError(f"{folder}: no log is in this folder; logs end in .mcap (`ganglion run --episodes N --logs DIR` writes such a folder)")
    return logs


def report(folder: Path, output: Path | None, given, written: list[str]):
    """The report of a folder; pages of the worst runs go beside it, into a folder of its name."""
    from . import making

    runs, notes = [], []
    for path in logs_of(folder):
        try:
            runs.append(_run(path))
        except GanglionError as error:
            notes.append(shorter(str(error)))
    if not runs:
        raise ReportError(f"{folder}: none of its logs can be read; {notes[0]}")
    names = list(dict.fromkeys(name for run in runs for name in run.errors))
    typical = {name: float(np.median([run.errors[name][0] for run in runs if name in run.errors])) or 1.0 for name in names}

    def badness(run: Run) -> tuple:
        return run.wrong, max((value / typical[name] for name, (value, _) in run.errors.items()), default=0.0)

    runs.sort(key=badness, reverse=True)
    links = _pages(runs[: given.links], output, given, written, notes)
    rows = [
        [(shorter(run.path.name), links[run.path]) if run.path in links else shorter(run.path.name), shorter(run.seed), shorter(run.ended), number(run.duration), str(run.missed), str(run.wrong),
         *[number(run.errors[name][0], 3) if name in run.errors else "–" for name in names]]
        for run in runs[:1000]
    ]
    units = {name: next(run.errors[name][1] for run in runs if name in run.errors) for name in names}
    pictures = []
    for name in names:
        counts, edges = np.histogram([run.errors[name][0] for run in runs if name in run.errors], min(max(len(runs) // 4, 8), 40))
        pictures.append(Histogram(
            plain(f"runs-{name}"), f"{name}: error of {len(runs)} runs",
            f"RMS of what was asked for minus what was estimated, while armed: median {number(typical[name], 3)} {units[name]}.", edges, counts, units[name], False))
    quantiles = [
        [name, units[name], *[number(float(np.quantile([run.errors[name][0] for run in runs if name in run.errors], q)), 3) for q in (0, 0.5, 0.9, 1)]] for name in names
    ]
    ended = ", ".join(f"{sum(run.ended == kind for run in runs)} {shorter(kind)}" for kind in sorted({run.ended for run in runs}))
    blocks = [Text(note, True) for note in notes] + [
        Facts([("runs", f"{len(runs)}, of which {len(notes)} more could not be read" if notes else str(len(runs))), ("ended", ended),
               ("with a fault while armed", f"{sum(run.wrong > 0 for run in runs)}")]),
        Table(["error", "unit", "smallest", "median", "9 of 10 below", "largest"], quantiles), Side(pictures),
    ]
    listed = Section("runs", "Worst runs first", [Table(
        ["run", "seed", "ended", "s", "missed", "faults", *[f"{name}, {units[name]}" for name in names]], rows,
        "Sorted by faults while armed, then by the largest error against the median run's.")])
    return making.Report(shorter(folder.resolve().name), f"{len(runs)} runs", [Section("distributions", "How the runs are distributed", blocks), listed], notes=notes)


def _pages(runs: list[Run], output: Path | None, given, written: list[str], notes: list[str]) -> dict[Path, str]:
    """Writes the runs' own pages, and returns where each is, seen from the page of the folder."""
    if output is None or not runs:
        return {}
    from urllib.parse import quote

    from . import making, page
    from .model import Model

    trained = None if given.trained is None else Model.open(given.trained)
    beside = output.with_name(output.stem + "-runs")
    beside.mkdir(parents=True, exist_ok=True)
    links = {}
    for run in runs:
        try:
            made = making.of_log(run.path, trained, not given.no_replay)
        except GanglionError as error:
            notes.append(shorter(str(error)))
            continue
        making.distinct(made.sections)
        place = beside / f"{run.path.stem}.html"
        page.write(place, page.render(made.title, made.under, made.sections, made.end, made.modes, made.first))
        written.append(str(place))
        links[run.path] = quote(f"{beside.name}/{place.name}")
    return links
