"""Draws pictures with matplotlib into files, PNG and SVG: for papers and for the documentation. The data are those of the page."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import ReportError
from . import pictures as kinds
from .colours import palette

try:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.collections import LineCollection
    from matplotlib.colors import ListedColormap, LogNorm, Normalize
except ImportError as error:  # pragma: no cover
    raise ReportError(f"{error}: pictures are drawn with matplotlib; pip install 'ganglion[report]'") from error

#: What every picture looks like. Texts in SVG stay texts, and equal data give equal files.
STYLE = {
    "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": "#9aa3b0", "axes.grid": True, "grid.color": "#e6e8ec",
    "axes.axisbelow": True, "axes.labelcolor": "#3f4651", "xtick.color": "#3f4651", "ytick.color": "#3f4651", "axes.titlelocation": "left",
    "axes.titlesize": 10, "axes.titleweight": "bold", "legend.frameon": False, "svg.fonttype": "none", "svg.hashsalt": "ganglion", "figure.dpi": 100,
    "text.parse_math": False,
}


def write(folder: Path, report) -> list[Path]:
    """Every picture of a report into a folder, which is made; files there of the same names are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for picture in kinds.pictures(report.sections):
        with matplotlib.rc_context(STYLE):
            figure, axes = pyplot.subplots(figsize=_size(picture), layout="constrained")
            try:
                draw(picture, axes)
                axes.set_title(picture.title)
                for ending in ("png", "svg"):
                    path = folder / f"{picture.key}.{ending}"
                    figure.savefig(path, dpi=110, metadata={"Date": None} if ending == "svg" else {"Software": None})
                    written.append(path)
            finally:
                pyplot.close(figure)
    return written + _overview(folder, report)


def _overview(folder: Path, report) -> list[Path]:
    """A flight and the network inside on one picture, where a report has both: what was asked for and reached, every neuron below it,
    and the wiring at one moment."""
    found = kinds.pictures(report.sections)
    tracked = [picture for picture in found if picture.key.startswith("tracking-")]
    tracked = [tracked[0], tracked[-1]] if len(tracked) > 1 else tracked
    states, graph = (next((p for p in found if p.key.endswith(end)), None) for end in ("-states", "-graph"))
    if not tracked or states is None or graph is None:
        return []
    with matplotlib.rc_context(STYLE):
        figure = pyplot.figure(figsize=(11, 8.2), layout="constrained")
        grid = figure.add_gridspec(len(tracked) + 2, 1, height_ratios=[1] * len(tracked) + [1.75, 2.3])
        first = None
        for row, picture in enumerate([*tracked, states, graph]):
            axes = figure.add_subplot(grid[row], sharex=first if picture is not graph else None)
            first = first or axes
            draw(picture, axes)
            axes.set_title(picture.title)
            if picture is not graph and row < len(tracked):
                axes.set_xlabel("")
                axes.tick_params(axis="x", labelbottom=False)
        paths = [folder / f"overview.{ending}" for ending in ("png", "svg")]
        for path in paths:
            figure.savefig(path, dpi=100, metadata={"Date": None} if path.suffix == ".svg" else {"Software": None})
        pyplot.close(figure)
    return paths


def _size(picture: kinds.Picture) -> tuple[float, float]:
    if isinstance(picture, kinds.Heat):
        rows, columns = picture.values.shape
        if picture.edges is not None:
            return 9.0, float(np.clip(0.9 + 0.17 * rows, 1.8, 8))
        return float(np.clip(2.2 + 0.2 * columns, 4, 11)), float(np.clip(1.8 + 0.2 * rows, 2.2, 9))
    if isinstance(picture, kinds.Bars):
        return 6.5, float(np.clip(1.0 + 0.2 * len(picture.names), 1.8, 10))
    if isinstance(picture, kinds.Timeline):
        return 9.0, 1.2 + 0.3 * len(picture.rows)
    return {kinds.Graph: (9.0, 4.6), kinds.Path: (6.5, 4.4), kinds.Histogram: (5.5, 2.6)}.get(type(picture), (9.0, 2.5))


def draw(picture: kinds.Picture, axes):
    """Draws a picture into matplotlib's axes."""
    {
        kinds.Lines: _lines, kinds.Heat: _heat, kinds.Histogram: _histogram, kinds.Bars: _bars, kinds.Path: _path, kinds.Graph: _graph,
        kinds.Timeline: _timeline,
    }[type(picture)](picture, axes)


def _lines(picture: kinds.Lines, axes):
    for series in picture.series:
        axes.plot(picture.times, series.values, color=series.colour, linewidth=1.1, linestyle="--" if series.is_dashed else "-", label=series.name)
    if picture.is_log:
        axes.set_yscale("log")
    axes.set_xlabel(picture.x_label or "time, s")
    axes.set_ylabel(picture.unit)
    axes.margins(x=0.005)
    if 1 < len(picture.series) <= 12:
        axes.legend(loc="best", ncols=min(len(picture.series), 4), fontsize=8)


def _heat(picture: kinds.Heat, axes):
    rows, columns = picture.values.shape
    low, high = picture.span()
    extent = (picture.edges[0], picture.edges[-1], rows, 0) if picture.edges is not None else (0, columns, rows, 0)
    image = axes.imshow(
        np.ma.masked_invalid(picture.values), aspect="auto", extent=extent, interpolation="nearest",
        cmap=ListedColormap(palette(picture.kind)), norm=LogNorm(low, high) if picture.is_log else Normalize(low, high),
    )
    axes.grid(False)
    _names(axes.yaxis, picture.rows, 60)
    if picture.edges is None:
        _names(axes.xaxis, picture.columns, 60)
        axes.tick_params(axis="x", rotation=65)
        for label in axes.get_xticklabels():
            label.set_horizontalalignment("right")
            label.set_rotation_mode("anchor")
    else:
        axes.set_xlabel("time, s")
    for groups, line in ((picture.row_groups, axes.axhline), (picture.column_groups, axes.axvline)):
        for at in np.cumsum([count for _, count in groups])[:-1] if groups else ():
            line(at, color="#878d98", linewidth=0.7, linestyle="--")
    axes.figure.colorbar(image, ax=axes, label=picture.label, pad=0.01, aspect=30)


def _names(axis, names: list[str], most: int):
    every = max(-(-len(names) // most), 1)
    axis.set_ticks(np.arange(0, len(names), every) + 0.5, [name[:30] for name in names[::every]], fontsize=7)


def _histogram(picture: kinds.Histogram, axes):
    axes.stairs(picture.counts, picture.edges, fill=True, color="#3b7dd8", alpha=0.85)
    if picture.is_log:
        axes.set_yscale("log")
        axes.set_ylim(bottom=0.5)
    axes.set_xlabel(picture.unit)
    axes.set_ylabel("count")


def _bars(picture: kinds.Bars, axes):
    places = np.arange(len(picture.names)) + 0.5
    axes.barh(places, picture.values, height=0.7, color="#3b7dd8", alpha=0.85)
    axes.set_ylim(len(picture.names), 0)
    _names(axes.yaxis, picture.names, 80)
    axes.grid(False, axis="y")
    axes.set_xlabel(picture.unit)
    if picture.limit is not None:
        axes.axvline(picture.limit, color="#cf4a5f", linewidth=1, linestyle="--")


def _path(picture: kinds.Path, axes):
    axes.plot(picture.x, picture.y, color="#878d98", linewidth=0.5, alpha=0.5)
    for number, name in picture.names.items():
        there = picture.category == number
        if there.any():
            axes.scatter(picture.x[there], picture.y[there], s=5, color=picture.colours[number], label=name, linewidths=0, rasterized=True)
    axes.set_xlabel(picture.x_label)
    axes.set_ylabel(picture.y_label)
    if picture.is_true_to_scale:
        axes.set_aspect("equal", adjustable="datalim")
    axes.legend(loc="best", fontsize=8, markerscale=2)


def _graph(picture: kinds.Graph, axes):
    colours = ListedColormap(palette("diverging"))
    place = np.array([[node[1], -node[2]] for node in picture.nodes])
    activity = picture.activity[picture.moment]
    now = np.array([activity[node[3]] if node[3] >= 0 else 0.0 for node in picture.nodes])
    weights = np.array([edge[2] for edge in picture.edges])
    most = np.abs(weights).max() if weights.size else 1.0
    if picture.edges:
        carried = np.array([now[edge[0]] for edge in picture.edges])
        shades = colours((np.sign(weights) * carried + 1) / 2)
        shades[:, 3] = 0.14 + 0.84 * np.abs(carried) * np.sqrt(np.abs(weights) / most)
        axes.add_collection(LineCollection(
            [(place[a], place[b]) for a, b, _ in picture.edges], colors=shades, linewidths=0.3 + 3.2 * np.abs(weights) / most, zorder=1,
        ))
    axes.scatter(place[:, 0], place[:, 1], c=now, cmap=colours, vmin=-1, vmax=1, s=70 if len(place) < 120 else 12, edgecolors="#878d98", linewidths=0.8, zorder=2)
    last = len(picture.layers) - 1
    if len(place) < 120:
        for name, layer, row, _ in picture.nodes:
            if layer in (0, last):
                axes.text(layer + (0.08 if layer else -0.08), -row, name[:28], ha="left" if layer else "right", va="center", fontsize=8, color="#3f4651")
    for layer, name in enumerate(picture.layers):
        axes.text(layer, 1.1, name, ha="center", fontsize=9, color="#626b78")
    axes.set_xlim(-1.1, last + 0.8)
    axes.set_ylim(-1.08, 1.22)
    axes.axis("off")


def _timeline(picture: kinds.Timeline, axes):
    row = {name: k for k, name in enumerate(picture.rows)}
    for name, start, end, what, colour in picture.spans:
        axes.barh(row[name] + 0.5, end - start, left=start, height=0.7, color=colour, alpha=0.85)
        if end - start > 0.07 * picture.end:
            axes.text((start + end) / 2, row[name] + 0.5, what[:22], ha="center", va="center", color="white", fontsize=8)
    for name, at, _, colour in picture.marks:
        axes.scatter(at, row[name] + 0.5, s=22, color=colour, edgecolors="white", linewidths=0.5, zorder=3)
    axes.set_ylim(len(picture.rows), 0)
    axes.set_xlim(0, picture.end)
    _names(axes.yaxis, picture.rows, 60)
    axes.grid(False, axis="y")
    axes.set_xlabel("time, s")
