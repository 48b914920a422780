"""Plots of signals that go on: which are shown first, and the figures, made by Bokeh and filled by the page."""

from __future__ import annotations

from bokeh.embed import json_item
from bokeh.models import BoxZoomTool, ColumnDataSource, DataRange1d, PanTool, ResetTool, SaveTool, WheelZoomTool
from bokeh.plotting import figure

from ...layout import Field, Layout
from ...report.colours import CATEGORIES, SETPOINT
from ...report.signals import SHOWN
from ...report.texts import shorter
from ..meaning import Meaning

#: Lines in a plot, and plots that a page begins with, at most.
MOST_LINES, FIRST = 8, 4
#: Seconds that a plot shows, and how many samples a second.
SPAN_S, SAMPLES_HZ = 20.0, 50.0
_FONT = "system-ui, sans-serif"
#: Of text and of lines, on light and dark grounds.
_INK = {"light": ("#3f4651", "#e6e8ec"), "dark": ("#c5cbd4", "#2c323c")}


def shown(unit: str) -> tuple[str, float]:
    """The unit that people read, and the factor to it."""
    return SHOWN.get(unit, (unit, 1.0))


def columns(layout: Layout) -> dict[str, tuple[Field, int]]:
    """Everything that can be plotted: signals, and the parts of vectors, with their place in them."""
    found = {}
    for name, one in layout.fields.items():
        for k in range(min(one.count, 64)):
            found[name if one.count == 1 else f"{name}[{k}]"] = (one, k)
    return found


def first_plots(meaning: Meaning) -> list[list[str]]:
    """What is worth looking at of this vehicle."""
    known = columns(meaning.layout)

    def with_wish(name: str) -> list[str]:
        last = name.rpartition(".")[2]
        return [one for one in (name, f"wanted.{last}", f"setpoint.{last}") if one in known][:2]

    found = [with_wish(name) for name in (*meaning.angles[:2], meaning.altitude, meaning.speed) if name][: FIRST - 1]
    if actuators := [name for name in known if name.startswith(("motors.", "wheels."))]:
        found.append(actuators[:MOST_LINES])
    if len(found) < 2:
        # A vehicle of another kind: its numbers, those of a unit together, first those of which something is asked for.
        units: dict[str, list[str]] = {}
        taken = {name for plot in found for name in plot}
        networks = {note.name for note in meaning.layout.networks}
        for name, (one, _) in known.items():
            if one.kind in ("f32", "f64") and name not in taken and one.unit != "Hz" and one.name.rpartition(".")[0] not in networks:
                units.setdefault(one.unit, []).append(name)
        groups = sorted(units.items(), key=lambda group: (not any(map(_is_wish, group[1])), group[0] in ("", "1")))
        found = [names[:MOST_LINES] for _, names in groups][: FIRST - len(found)] + found
    return found[:FIRST]


def _is_wish(name: str) -> bool:
    return name.startswith(("wanted.", "setpoint."))


def make(layout: Layout, names: list[str], scheme: str = "light") -> dict:
    """A figure of these signals for BokehJS with its lines, on a "light" or "dark" ground. Raises `KeyError` for a signal that is not there."""
    ink, line = _INK["dark" if scheme == "dark" else "light"]
    known = columns(layout)
    # The page keeps the last seconds in sight; who zooms holds the picture.
    range_ = DataRange1d(follow="end", follow_interval=SPAN_S, range_padding=0)
    tools = [PanTool(dimensions="width"), BoxZoomTool(dimensions="width"), WheelZoomTool(dimensions="width"), ResetTool(), SaveTool()]
    made = figure(
        height=190, sizing_mode="stretch_width", tools=tools, toolbar_location="above", x_range=range_, min_border_left=50, min_border_right=8,
        output_backend="canvas",
    )
    made.toolbar.autohide = made.toolbar_inner = True
    made.toolbar.logo = made.toolbar.active_drag = None
    for axis in made.axis:
        axis.axis_label_text_font = axis.major_label_text_font = _FONT
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_font_size = axis.major_label_text_font_size = "11px"
        axis.axis_label_text_color = axis.major_label_text_color = ink
        axis.axis_line_color = axis.major_tick_line_color = line
        axis.minor_tick_line_color = None
    made.grid.grid_line_color = line
    made.outline_line_color = made.background_fill_color = made.border_fill_color = None
    source = ColumnDataSource({"t": [], **{f"v{k}": [] for k in range(len(names))}}, name="source")
    colours, lines = iter(CATEGORIES), []
    for k, name in enumerate(names):
        is_wish = _is_wish(name)
        colour = SETPOINT if is_wish else next(colours)
        made.line("t", f"v{k}", source=source, color=colour, line_width=1.5, line_dash=[5, 3] if is_wish else [], name=f"v{k}")
        lines.append({"name": shorter(name), "colour": colour, "dashed": is_wish, "unit": shorter(shown(known[name][0].unit)[0])})
    # The page has the names above, with what each line is now.
    return {"figure": json_item(made), "lines": lines}
