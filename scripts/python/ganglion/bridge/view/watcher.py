"""One page that is open: what it watches, and what it is told."""

from __future__ import annotations

import hmac
import math
from collections import deque

from ...layout import Layout
from ...telemetry import Record
from ..meaning import Meaning
from ..neurons import Mind
from . import figures

#: How often a page is told.
RATE_HZ = 20.0
#: Samples that wait for a page that is slow.
_WAITING = 400
_MOST_WATCHED = 64


class Watcher:
    """What is remembered of a page."""

    def __init__(self, is_trusted: bool):
        self.is_trusted = is_trusted
        self.wrong_tokens = 0
        self._watched: list[tuple[str, int, bool, float]] = []
        self.wanted: list[str] = []
        self._names: list[str] = []
        self._samples: deque = deque(maxlen=_WAITING)
        self._next = 0.0

    def trusts(self, given, token: str) -> bool:
        """Whether a token is the right one."""
        if isinstance(given, str) and hmac.compare_digest(given.encode(errors="replace"), token.encode()):
            self.is_trusted = True
            return True
        self.wrong_tokens += 1
        return False

    def watch(self, names, layout: Layout | None) -> None:
        """Chooses what the plots of the page need. Names that are not there wait for a vehicle that has them."""
        known = figures.columns(layout) if layout is not None else {}
        names = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
        self.wanted = list(dict.fromkeys(names))[:_MOST_WATCHED]
        self._names = [name for name in self.wanted if name in known]
        self._watched = [(one.name, place, one.count > 1, figures.shown(one.unit)[1]) for one, place in (known[name] for name in self._names)]
        self._samples.clear()
        self._next = 0.0

    def sample(self, record: Record) -> None:
        """Keeps what a plot shows of a record."""
        if not self._watched or (self._next - 1 < record.time_s < self._next):
            return
        self._next = record.time_s + 0.999 / figures.SAMPLES_HZ
        row = [round(record.time_s, 4)]
        for name, place, is_vector, factor in self._watched:
            value = record[name]
            row.append(_finite((value[place] if is_vector else value) * factor))
        self._samples.append(row)

    def taken(self) -> dict | None:
        """The samples since the last time, by names; None when there are none."""
        if not self._samples:
            return None
        rows = list(zip(*self._samples))
        self._samples.clear()
        return {"t": rows[0], **dict(zip(self._names, rows[1:]))}


def _finite(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None


def now(meaning: Meaning, record: Record, minds: list[Mind]) -> dict:
    """What every page is told of a record."""
    attitude = meaning.euler(record)
    numbers = {
        key: _finite(record[name]) for key, name in (
            ("battery", meaning.battery), ("altitude", meaning.altitude), ("climb", meaning.climb_rate), ("speed", meaning.speed)) if name
    }
    return {
        "time": round(record.time_s, 3), "tick": record.tick, "mode": meaning.mode_words(record), "armed": meaning.is_armed(record),
        "source": meaning.layout.words(meaning.source, record[meaning.source]) if meaning.source else "",
        "attitude": [_finite(angle) for angle in attitude] if attitude else None, "numbers": numbers,
        "faults": [{"text": one.text, "remedy": one.remedy, "inhibits": one.keeps_from_arming} for one in meaning.faults(record)],
        "neurons": [{"activity": mind.activity(record), "exact": mind.is_exact} for mind in minds],
    }


def described(meaning: Meaning, minds: list[Mind]) -> dict:
    """What a page must know of a vehicle before it is told of records."""
    layout = meaning.layout
    return {
        "type": "layout", "vehicle": layout.vehicle, "rate": layout.rate_hz, "columns": list(figures.columns(layout)),
        "plots": figures.first_plots(meaning), "span": figures.SPAN_S, "has_attitude": bool(meaning.angles or meaning.orientation), "samples": figures.SAMPLES_HZ,
        "minds": [
            {"name": mind.name, "why": mind.why, "columns": mind.graph.columns, "nodes": mind.graph.nodes, "wires": mind.graph.wires} for mind in minds
        ],
    }
