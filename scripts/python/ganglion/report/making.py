"""From what was named to sections, and from sections to a page and to files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..errors import LibraryError, ReportError
from . import minds, story, verdicts
from .flight import Flight
from .model import Model
from .pictures import Section, Text, pictures
from .texts import number, shorter


@dataclass
class Report:
    """A page before it is drawn."""

    title: str
    under: str
    sections: list[Section]
    end: float = 0.0
    modes: list[tuple[float, float, str]] = field(default_factory=list)
    first: float = 0.0
    notes: list[str] = field(default_factory=list)


def make(given) -> dict:
    """Reads, draws and writes what the command line asks for. Raises `GanglionError`, and then has written no page."""
    paths, output = given.what, given.output
    for path in paths:
        if not path.exists():
            raise ReportError(f"{path}: no such file or folder")
        if output is not None and output.exists() and output.samefile(path):
            raise ReportError(f"{output} is what the report is made of; name another file for the page")
    if output is None and given.images is None:
        output = Path("report.html")
    if output is not None and output.is_dir():
        raise ReportError(f"{output} is a folder: name a file for the page")
    written: list[str] = []
    report = _report(given, paths, output, written)
    distinct(report.sections)
    if output is not None:
        from . import page

        page.write(output, page.render(report.title, report.under, report.sections, report.end, report.modes, report.first))
        written.insert(0, str(output))
    if given.images is not None:
        from . import draw_files

        report.notes.append(f"{len(draw_files.write(given.images, report)) // 2} pictures in {given.images}, each as PNG and SVG")
    return {"written": written, "notes": report.notes}


def distinct(sections: list[Section]):
    """Gives pictures whose names would be the same a number behind them."""
    seen: dict[str, int] = {}
    for picture in pictures(sections):
        seen[picture.key] = seen.get(picture.key, 0) + 1
        if seen[picture.key] > 1:
            picture.key += f"-{seen[picture.key]}"


def _report(given, paths: list[Path], output: Path | None, written: list[str]) -> Report:
    trained = None if given.trained is None else Model.open(given.trained)
    if len(paths) == 1 and paths[0].is_dir():
        from . import folder

        return folder.report(paths[0], output, given, written)
    if len(paths) == 1 and is_model(paths[0]):
        return of_model(paths[0], trained)
    if len(paths) == 1:
        return of_log(paths[0], trained, not given.no_replay)
    if len(paths) == 2:
        from . import comparing

        return comparing.report(paths, trained, not given.no_replay)
    raise ReportError(f"{len(paths)} things were named: name one log, two to compare, a model, or a folder")


def is_model(path: Path) -> bool:
    """Whether a file begins as a safetensors file does: eight bytes of length, then JSON."""
    with open(path, "rb") as stream:
        head = stream.read(9)
    return len(head) == 9 and head[8:] == b"{" and int.from_bytes(head[:8], "little") < 1 << 24


def of_log(path: Path, trained: Model | None, replays: bool) -> Report:
    """The report of a flight."""
    flight = Flight(path)
    verdict = verdicts.replay(path) if replays else None
    sections = [story.happened(flight, verdict), story.signals(flight)]
    notes = list(flight.log.file.lost)
    networks, told = minds_of(flight, trained)
    for mind in networks:
        sections += mind.sections()
    notes += told
    if told or not networks:
        text = told or ["No network steps in this log: a vehicle without one, or a log of before networks were logged."]
        sections.append(Section("no-network", "Networks", [Text(line, bool(told)) for line in text]))
    sections.append(story.loop(flight))
    spans = [(start, end, shorter(flight.mode_names.get(mode, str(mode)))) for start, end, mode in flight.mode_spans[:2000]]
    armed = np.flatnonzero(flight.flown)
    return Report(
        shorter(flight.name), f"{number(flight.end)} s, {flight.log.ticks} ticks, ended {shorter(flight.ended)}; {shorter(path.name)}", sections,
        flight.end, spans, float(flight.times[armed[len(armed) // 3]]), notes,
    )


def minds_of(flight: Flight, trained: Model | None) -> tuple[list[minds.Mind], list[str]]:
    """The networks of a flight opened up, and why those are not that cannot be."""
    found, told = [], []
    for name in flight.networks:
        inputs = flight.column(f"{name}_input")
        course = minds.Course(
            flight.times, inputs, flight.column(f"{name}_ts"), flight.column(f"{name}_digest"),
            flight.column(f"{name}_output") if flight.has(f"{name}_output") else None, flight.modes, flight.mode_names, flight.mode_colours,
            flight.beyond_range(name), "",
        )
        try:
            mind, why = minds.opened(name, flight.model(name), f"the model of {name} in {flight.path.name}", course, trained)
        except LibraryError as error:
            mind, why = None, f"the states cannot be computed again: {error}"
        if mind is not None:
            found.append(mind)
        else:
            told.append(why)
    return found, told


def of_model(path: Path, trained: Model | None) -> Report:
    """The report of a model alone: sections 3 to 5."""
    model = Model.open(path)
    trained = trained or beside(path, model)
    course = minds.made_up(model)
    mind, why = minds.opened("network", model.content, str(path), course, trained)
    if mind is None:
        raise ReportError(why)
    return Report(
        shorter(path.name), f"{model.neurons} neurons, {model.arithmetic}; {course.what}", mind.sections(), float(course.times[-1]), [],
        float(course.times[-1]) / 3,
    )


def beside(path: Path, model: Model) -> Model | None:
    """The float32 model that a quantised one was made of, where it lies beside it under the same name without -int8 or -int16, and was
    trained in the same run."""
    other = path.with_name(path.name.replace(f"-{model.arithmetic}", ""))
    if not model.is_fixed or other == path or not other.is_file():
        return None
    try:
        found = Model.open(other)
    except ValueError:
        return None
    same = found.architecture == model.architecture and found.provenance.get("source_sha256") == model.provenance.get("source_sha256")
    return found if same and found.arithmetic == "float32" else None
