"""Draws pictures with Bokeh, as parts of one document that share the time axis."""

from __future__ import annotations

import numpy as np
from bokeh.events import MouseMove, Tap
from bokeh.models import (
    BoxZoomTool, ColorBar, ColumnDataSource, CustomJS, CustomJSHover, FixedTicker, HoverTool, Label, LinearColorMapper,
    LogColorMapper, NumeralTickFormatter, PanTool, Range1d, ResetTool, SaveTool, Span, WheelZoomTool,
)
from bokeh.plotting import figure

from . import pictures as kinds
from .colours import palette

FONT = "system-ui, sans-serif"
_MOVE = "window.ganglionCursor?.move(cb_obj.x)"
_TAP = "window.ganglionCursor?.pin(cb_obj.x)"


class Drawer:
    """Makes Bokeh's figures of pictures. `end` is the last time on the common axis in s."""

    def __init__(self, end: float, bands: list[tuple[float, float, str]] = ()):
        self.range = Range1d(0, max(end, 1e-3), bounds=(-0.02 * end - 1e-3, 1.02 * end + 2e-3), name="time")
        self.bands = bands
        self._sources: dict[int, ColumnDataSource] = {}
        self._kept: list[np.ndarray] = []
        self._move, self._tap = CustomJS(code=_MOVE), CustomJS(code=_TAP)

    def draw(self, picture: kinds.Picture):
        """The figure of a picture."""
        made = {
            kinds.Lines: self._lines, kinds.Heat: self._heat, kinds.Histogram: self._histogram, kinds.Bars: self._bars,
            kinds.Path: self._path, kinds.Graph: self._graph, kinds.Timeline: self._timeline,
        }[type(picture)](picture)
        made.name = picture.key
        return made

    def _figure(self, height: int, is_timed: bool = False, **options):
        """A bare figure; a timed one has the common axis and the cursor."""
        tools = [PanTool(dimensions="width") if is_timed else PanTool(), BoxZoomTool(dimensions="width" if is_timed else "both")]
        tools += [WheelZoomTool(dimensions="width") if is_timed else WheelZoomTool(), ResetTool(), SaveTool()]
        if is_timed:
            options |= {"x_range": self.range}
        made = figure(
            height=height, sizing_mode="stretch_width", tools=tools, toolbar_location="above", min_border_left=52, min_border_right=8,
            output_backend="canvas", **options,
        )
        made.toolbar.autohide = made.toolbar_inner = True
        made.toolbar.logo = None
        # A finger scrolls the page; a mouse draws a box to zoom.
        made.toolbar.active_drag = None
        for axis in made.axis:
            axis.axis_label_text_font = axis.major_label_text_font = FONT
            axis.axis_label_text_font_style = "normal"
            axis.axis_label_text_font_size = axis.major_label_text_font_size = "11px"
            axis.minor_tick_line_color = None
        made.outline_line_color = None
        made.background_fill_color = made.border_fill_color = None
        if is_timed:
            made.add_layout(Span(dimension="height", location=None, line_width=1, line_color="#d0374f", level="overlay", name="cursor"))
            made.js_on_event(MouseMove, self._move)
            made.js_on_event(Tap, self._tap)
            made.xaxis.axis_label = "time, s"
        return made

    def _column(self, times: np.ndarray, values: np.ndarray) -> tuple[ColumnDataSource, str]:
        """The source for a course of time, and the name of a column in it; what is there is not added again."""
        source = self._sources.get(id(times))
        if source is None:
            source = self._sources[id(times)] = ColumnDataSource({"t": np.asarray(times, np.float32)})
            self._kept.append(times)
        name = f"v{len(source.data)}"
        source.data[name] = np.asarray(values, np.float32)
        return source, name

    def _lines(self, picture: kinds.Lines):
        is_timed = not picture.x_label
        kind = {"y_axis_type": "log"} if picture.is_log else {}
        made = self._figure(picture.height, is_timed, **kind)
        if is_timed:
            self._shade(made)
        else:
            made.xaxis.axis_label = picture.x_label
        made.yaxis.axis_label = picture.unit
        hints, first = [], None
        for series in picture.series:
            source, name = self._column(picture.times, series.values)
            line = made.line(
                "t", name, source=source, color=series.colour, line_width=1.3, line_dash=[5, 3] if series.is_dashed else [],
                legend_label=series.name,
            )
            first = first or line
            hints.append((series.name, f"@{name}{{0.0000}}"))
        if first is not None and len(hints) <= 12:
            made.add_tools(HoverTool(renderers=[first], mode="vline", tooltips=[("t", "@t{0.000} s"), *hints], line_policy="nearest"))
        self._legend(made, len(picture.series))
        return made

    def _shade(self, made):
        """Where a mode ended, faintly behind the lines."""
        if not self.bands:
            return
        made.vspan(x=[a for a, _, _ in self.bands[1:]], line_color="#878d98", line_alpha=0.45, line_dash=[1, 3])

    def _legend(self, made, count: int):
        if not made.legend:
            return
        legend = made.legend[0]
        if count == 1 or count > 12:
            legend.visible = False
            return
        made.add_layout(legend, "above")
        legend.orientation = "horizontal"
        legend.click_policy = "hide"
        legend.label_text_font, legend.label_text_font_size = FONT, "11px"
        legend.background_fill_color = legend.border_line_color = None
        legend.padding = legend.margin = 0
        legend.spacing, legend.glyph_width = 10, 16
        legend.ncols = "auto" if count > 4 else count
        if count > 4:
            legend.nrows, legend.ncols = -(-count // 4), 4

    def _mapper(self, picture: kinds.Heat):
        low, high = picture.span()
        kind = LogColorMapper if picture.is_log else LinearColorMapper
        return kind(
            palette=palette(picture.kind), low=low, high=high, nan_color="rgba(0,0,0,0)", tags=["palette", picture.kind],
        )

    def _heat(self, picture: kinds.Heat):
        rows, columns = picture.values.shape
        is_timed = picture.edges is not None
        height = int(min(max(rows * (15 if rows <= 40 else 7 if rows <= 100 else 2.6), 90), 620)) + (66 if is_timed else 120)
        if is_timed:
            left, width = float(picture.edges[0]), float(picture.edges[-1] - picture.edges[0])
            made = self._figure(height, True, y_range=Range1d(rows, 0))
        else:
            left, width = 0.0, float(columns)
            made = self._figure(height, y_range=Range1d(rows, 0), x_range=Range1d(0, columns))
        mapper = self._mapper(picture)
        # Row 0 is at the top: the range goes down, and an image's first row lies where it begins.
        data = {"image": [np.ascontiguousarray(picture.values, np.float32)]}
        hints = []
        for name, values in picture.more.items():
            data[f"m{len(data)}"] = [np.ascontiguousarray(values, np.float32)]
            hints.append((name, f"@m{len(data) - 1}{{0.[0000]}}"))
        source = ColumnDataSource(data, name=picture.role or None, tags=[columns, rows])
        if picture.over_time is not None:
            times, values = picture.over_time
            made.add_layout(_keeper(f"{picture.role}-all", times=times.astype(np.float32), values=np.ascontiguousarray(values, np.float32).ravel()))
        image = made.image("image", x=left, y=0, dw=width, dh=rows, color_mapper=mapper, source=source, origin="bottom_left")
        self._names(made.yaxis[0], picture.rows, 60)
        if not is_timed:
            self._names(made.xaxis[0], picture.columns, 48)
            made.xaxis.major_label_orientation = 1.1
        self._groups(made, picture, rows, columns, is_timed)
        made.add_tools(HoverTool(renderers=[image], tooltips=[("", "@image{custom}"), *hints], formatters={"@image": _cell(picture, is_timed)}))
        bar = ColorBar(
            color_mapper=mapper, width=8, padding=0, margin=6, title=None, major_label_text_font=FONT, major_label_text_font_size="10px",
            background_fill_color=None, bar_line_color=None, major_tick_line_color=None,
        )
        made.add_layout(bar, "right")
        made.grid.visible = False
        return made

    def _names(self, axis, names: list[str], most: int):
        """A name for each cell, or for every nth where there are many."""
        every = -(-len(names) // most) if names else 1
        places = list(range(0, len(names), every))
        axis.ticker = FixedTicker(ticks=[place + 0.5 for place in places])
        axis.major_label_overrides = {place + 0.5: _short(names[place]) for place in places}
        axis.major_label_text_font_size = "10px"
        axis.major_tick_line_color = None

    def _groups(self, made, picture: kinds.Heat, rows: int, columns: int, is_timed: bool):
        """Thin lines between layers."""
        for groups, dimension in ((picture.row_groups, "width"), (picture.column_groups, "height")):
            at = 0
            for _, count in groups[:-1]:
                at += count
                if dimension == "height" and is_timed:
                    continue
                made.add_layout(Span(dimension=dimension, location=at, line_color="#878d98", line_width=1, line_dash=[3, 3]))
        if not is_timed:
            at = 0
            for name, count in picture.column_groups:
                if count >= columns / 14:
                    made.add_layout(Label(
                        x=at + count / 2, y=0, text=_short(name), text_align="center", y_offset=3, text_font=FONT, text_font_size="10px",
                        text_color="#878d98", text_baseline="bottom",
                    ))
                at += count

    def _histogram(self, picture: kinds.Histogram):
        made = self._figure(190, **({"y_axis_type": "log"} if picture.is_log else {}))
        there = picture.counts > 0
        made.quad(
            left=picture.edges[:-1][there], right=picture.edges[1:][there], bottom=0.5 if picture.is_log else 0,
            top=picture.counts[there], color="#3b7dd8", line_color=None, alpha=0.85,
        )
        made.xaxis.axis_label, made.yaxis.axis_label = picture.unit, "count"
        made.yaxis.formatter = NumeralTickFormatter(format="0,0")
        return made

    def _bars(self, picture: kinds.Bars):
        count = len(picture.names)
        made = self._figure(max(16 * count, 60) + 60, y_range=Range1d(count, 0))
        places = np.arange(count) + 0.5
        made.hbar(y=places, right=picture.values, height=0.7, color="#3b7dd8", line_color=None, alpha=0.85)
        if picture.limit is not None:
            made.add_layout(Span(dimension="height", location=picture.limit, line_color="#cf4a5f", line_width=1, line_dash=[4, 3]))
        self._names(made.yaxis[0], picture.names, 60)
        made.xaxis.axis_label = picture.unit
        made.ygrid.visible = False
        made.x_range.start = min(0, float(np.nanmin(picture.values, initial=0)))
        return made

    def _path(self, picture: kinds.Path):
        made = self._figure(360, match_aspect=picture.is_true_to_scale)
        made.line(picture.x.astype(np.float32), picture.y.astype(np.float32), color="#878d98", line_width=0.6, alpha=0.5)
        for number, name in picture.names.items():
            there = picture.category == number
            if there.any():
                made.scatter(
                    picture.x[there].astype(np.float32), picture.y[there].astype(np.float32), size=3.5, color=picture.colours[number],
                    line_color=None, alpha=0.75, legend_label=name,
                )
        source = ColumnDataSource({"x": [float(picture.x[0])], "y": [float(picture.y[0])]}, name=f"{picture.role}-point")
        made.scatter("x", "y", source=source, size=11, fill_color="#d0374f", line_color="white", line_width=1.5)
        way = np.stack([picture.times, picture.x, picture.y]).astype(np.float32)
        made.add_layout(_keeper(f"{picture.role}-way", times=way[0], x=way[1], y=way[2]))
        made.xaxis.axis_label, made.yaxis.axis_label = picture.x_label, picture.y_label
        self._legend(made, 2)
        return made

    def _graph(self, picture: kinds.Graph):
        most = max(sum(1 for node in picture.nodes if node[1] == layer) for layer in range(len(picture.layers)))
        made = self._figure(
            int(min(max(most * 24, 260), 640)), x_range=Range1d(-0.95, len(picture.layers) - 0.35), y_range=Range1d(1.06, -1.26),
        )
        x = np.array([node[1] for node in picture.nodes], np.float32)
        y = np.array([node[2] for node in picture.nodes], np.float32)
        source_of = np.array([node[3] for node in picture.nodes], np.int32)
        start, end = (np.array([edge[k] for edge in picture.edges], np.int32) for k in (0, 1))
        weight = np.array([edge[2] for edge in picture.edges], np.float32)
        most_weight = float(np.abs(weight).max()) if weight.size else 1.0
        mapper = LinearColorMapper(palette=palette("diverging"), low=-1, high=1, tags=["palette", "diverging"])
        activity = picture.activity[picture.moment]
        now = np.where(source_of >= 0, activity[np.maximum(source_of, 0)], 0).astype(np.float32)
        edges = ColumnDataSource({
            "x0": x[start], "y0": y[start], "x1": x[end], "y1": y[end], "width": 0.3 + 3.2 * np.abs(weight) / most_weight,
            "signal": np.sign(weight) * now[start], "alpha": (0.14 + 0.84 * np.abs(now[start]) * np.sqrt(np.abs(weight) / most_weight)).astype(np.float32),
            "weight": weight, "start": start,
        }, name=f"{picture.role}-edges", tags=[most_weight])
        made.segment("x0", "y0", "x1", "y1", source=edges, line_width="width", line_alpha="alpha", line_color={"field": "signal", "transform": mapper})
        nodes = ColumnDataSource({"x": x, "y": y, "activity": now, "source": source_of, "name": [_short(node[0], 26) for node in picture.nodes]}, name=f"{picture.role}-nodes")
        circles = made.scatter(
            "x", "y", source=nodes, size=13 if most <= 40 else 5, fill_color={"field": "activity", "transform": mapper}, line_color="#878d98",
            line_width=1,
        )
        made.add_tools(HoverTool(renderers=[circles], tooltips=[("", "@name"), ("activity", "@activity{0.000}")]))
        if most <= 40:
            first, last = 0, len(picture.layers) - 1
            for node in picture.nodes:
                side = -1 if node[1] == first else 1 if node[1] == last else 0
                if side:
                    made.add_layout(Label(
                        x=node[1], y=node[2], text=_short(node[0], 18), x_offset=10 * side, text_align="right" if side < 0 else "left",
                        text_baseline="middle", text_font=FONT, text_font_size="10px", text_color="#878d98",
                    ))
        for layer, name in enumerate(picture.layers):
            made.add_layout(Label(x=layer, y=-1.08, text=name, text_align="center", text_font=FONT, text_font_size="12px", text_baseline="bottom", text_color="#878d98"))
        made.add_layout(_keeper(f"{picture.role}-activity", times=picture.times.astype(np.float32), values=picture.activity.astype(np.float32).ravel(), width=np.array([picture.activity.shape[1]], np.int32)))
        made.axis.visible = made.grid.visible = False
        return made

    def _timeline(self, picture: kinds.Timeline):
        rows = len(picture.rows)
        made = self._figure(28 * rows + 84, True, y_range=Range1d(rows, 0))
        place = {row: k for k, row in enumerate(picture.rows)}
        spans = ColumnDataSource({
            "left": [span[1] for span in picture.spans], "right": [span[2] for span in picture.spans],
            "top": [place[span[0]] + 0.12 for span in picture.spans], "bottom": [place[span[0]] + 0.88 for span in picture.spans],
            "colour": [span[4] for span in picture.spans], "what": [span[3] for span in picture.spans],
        })
        bars = made.quad("left", "right", "top", "bottom", source=spans, fill_color="colour", line_color=None, alpha=0.85)
        marks = ColumnDataSource({
            "x": [mark[1] for mark in picture.marks], "y": [place[mark[0]] + 0.5 for mark in picture.marks],
            "what": [mark[2] for mark in picture.marks], "colour": [mark[3] for mark in picture.marks],
        })
        dots = made.scatter("x", "y", source=marks, size=9, fill_color="colour", line_color="white", line_width=0.5)
        for span in picture.spans:
            if span[2] - span[1] > 0.07 * picture.end:
                made.add_layout(Label(
                    x=(span[1] + span[2]) / 2, y=place[span[0]] + 0.5, text=_short(span[3], 22), text_align="center", text_baseline="middle",
                    text_color="white", text_font=FONT, text_font_size="11px",
                ))
        made.add_tools(HoverTool(renderers=[bars], tooltips=[("", "@what"), ("from", "@left{0.000} s"), ("to", "@right{0.000} s")]))
        made.add_tools(HoverTool(renderers=[dots], tooltips=[("", "@what"), ("at", "@x{0.000} s")]))
        self._names(made.yaxis[0], picture.rows, 60)
        made.ygrid.visible = False
        return made


def _short(name: str, most: int = 30) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _keeper(name: str, **arrays):
    """A label without text, which carries a source that only the page's script reads."""
    return Label(x=0, y=0, text="", tags=[ColumnDataSource(data={key: [values] for key, values in arrays.items()}, name=name)])


def _cell(picture: kinds.Heat, is_timed: bool):
    """How a cell is told: row, column or time, value."""
    return CustomJSHover(args={"rows": picture.rows, "columns": [] if is_timed else picture.columns, "label": picture.label}, code="""
        const row = rows[Math.floor(special_vars.y)] ?? ""
        const column = columns.length ? columns[Math.floor(special_vars.x)] ?? "" : special_vars.x.toFixed(3) + " s"
        return `${row}, ${column}: ${Number.isFinite(value) ? value.toPrecision(4) : "no synapse"} ${label}`
    """)
