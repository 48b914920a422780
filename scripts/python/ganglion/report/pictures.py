"""What can be drawn, as data: the page draws it with Bokeh (`draw_page`), files of pictures with matplotlib (`draw_files`)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Picture:
    """`key` names it in files and links; `title` states what is seen; `says` explains it in plain words."""

    key: str
    title: str
    says: str


@dataclass
class Series:
    """A line of a picture. Of what was asked for the line is dashed."""

    name: str
    values: np.ndarray
    colour: str
    is_dashed: bool = False


@dataclass
class Lines(Picture):
    """Lines over a common axis: time in s, unless `x_label` says otherwise; then it is not linked to the others."""

    times: np.ndarray
    series: list[Series]
    unit: str
    x_label: str = ""
    is_log: bool = False
    height: int = 210


@dataclass
class Heat(Picture):
    """Values [rows, columns] as colours, NaN as nothing. Columns are names, or stretches of time between `edges`."""

    rows: list[str]
    values: np.ndarray
    label: str
    kind: str = "diverging"
    columns: list[str] = field(default_factory=list)
    edges: np.ndarray | None = None
    limits: tuple[float, float] | None = None
    is_log: bool = False
    row_groups: list[tuple[str, int]] = field(default_factory=list)
    column_groups: list[tuple[str, int]] = field(default_factory=list)
    #: What is said of a cell beside its value: names and arrays of the same shape.
    more: dict[str, np.ndarray] = field(default_factory=dict)
    #: By what a page finds it, to fill it in at the cursor.
    role: str = ""
    #: Times, and values [times, rows, columns] of which `values` are one.
    over_time: tuple[np.ndarray, np.ndarray] | None = None

    def span(self) -> tuple[float, float]:
        """The values at the ends of the colours."""
        if self.limits is not None:
            return self.limits
        finite = self.values[np.isfinite(self.values)]
        if not finite.size:
            return (-1.0, 1.0) if self.kind == "diverging" else (0.0, 1.0)
        if self.kind == "diverging":
            most = float(np.abs(finite).max()) or 1.0
            return -most, most
        low, high = (float(finite.min()), float(finite.max())) if self.is_log else (0.0, float(finite.max()))
        return (low, high) if high > low else (low, low + 1.0)


@dataclass
class Histogram(Picture):
    """Counts between edges."""

    edges: np.ndarray
    counts: np.ndarray
    unit: str
    is_log: bool = True


@dataclass
class Bars(Picture):
    """Lying bars, one for each name."""

    names: list[str]
    values: np.ndarray
    unit: str
    limit: float | None = None


@dataclass
class Path(Picture):
    """A way through a plane, coloured by what held at each point: numbers that `names` and `colours` explain."""

    times: np.ndarray
    x: np.ndarray
    y: np.ndarray
    category: np.ndarray
    names: dict[int, str]
    colours: dict[int, str]
    x_label: str
    y_label: str
    is_true_to_scale: bool = False
    role: str = ""


@dataclass
class Graph(Picture):
    """Nodes (name, layer, row from −1 to 1, source number or −1) and edges (from, to, weight) in layers from left to right."""

    layers: list[str]
    nodes: list[tuple[str, int, float, int]]
    edges: list[tuple[int, int, float]]
    #: [moments, sources]: inputs, then neurons, each in parts of its own largest magnitude.
    activity: np.ndarray
    times: np.ndarray
    #: The moment that is drawn before there is a cursor.
    moment: int = 0
    role: str = "graph"


@dataclass
class Timeline(Picture):
    """Spans (row, from, to, what, colour) and marks (row, time, what, colour) over the common time axis."""

    rows: list[str]
    spans: list[tuple[str, float, float, str, str]]
    marks: list[tuple[str, float, str, str]]
    end: float


@dataclass
class Facts:
    """A table of two columns."""

    rows: list[tuple[str, str]]


@dataclass
class Table:
    """A table with a head. A cell is a text, or a pair of a text and the time in s or the address that it leads to."""

    head: list[str]
    rows: list[list]
    says: str = ""


@dataclass
class Text:
    """A paragraph; a warning stands out."""

    text: str
    is_warning: bool = False


@dataclass
class Fold:
    """What is shown when it is opened."""

    title: str
    blocks: list


@dataclass
class Side:
    """Blocks beside each other where there is room."""

    blocks: list


@dataclass
class Section:
    """A part of a page."""

    key: str
    title: str
    blocks: list


def pictures(blocks) -> list[Picture]:
    """All pictures in blocks, in their order."""
    found = []
    for block in blocks:
        if isinstance(block, Picture):
            found.append(block)
        elif isinstance(block, (Fold, Side, Section)):
            found += pictures(block.blocks)
    return found


def thinned(times: np.ndarray, most: int):
    """How a course of many ticks is shown with at most `most` points: the times, and a function that makes of a column its smallest
    and its largest value in each stretch, in the order in which they came."""
    ticks = len(times)
    if ticks <= most:
        return times, lambda column: np.asarray(column, np.float32)
    edges = np.linspace(0, ticks, max(most // 2, 1) + 1).astype(int)
    starts, ends = edges[:-1], edges[1:]
    shown = np.empty(2 * len(starts))
    shown[0::2], shown[1::2] = times[starts], times[(starts + ends - 1) // 2]
    widest = int((ends - starts).max())
    # A row for each stretch; a short one repeats its last tick.
    places = np.minimum(starts[:, None] + np.arange(widest), ends[:, None] - 1)

    def thin(column: np.ndarray) -> np.ndarray:
        rows = np.asarray(column, np.float32)[places]
        finite = np.where(np.isfinite(rows), rows, 0)
        low, high = finite.argmin(1), finite.argmax(1)
        first, second = np.minimum(low, high), np.maximum(low, high)
        found = np.empty(2 * len(starts), np.float32)
        row = np.arange(len(starts))
        found[0::2], found[1::2] = rows[row, first], rows[row, second]
        return found

    return shown, thin
