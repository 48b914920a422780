"""Colours: one meaning each, on every picture, in light and dark."""

from __future__ import annotations

#: Told apart by people who see red and green alike, and on light and dark grounds.
CATEGORIES = ("#3b7dd8", "#e07b39", "#2f9e7c", "#a862b8", "#b8902a", "#cf4a5f", "#3f9db5", "#8a7264")
#: What was asked for.
SETPOINT = "#878d98"
MODES = {
    "disarmed": "#a9afb8", "active": "#2f9e7c", "hold": "#b8902a", "landing": "#3b7dd8", "terminated": "#cf4a5f", "stopped": "#cf4a5f",
}
LEVELS = {10: "#878d98", 20: "#3b7dd8", 30: "#c98a1b", 40: "#cf4a5f", 50: "#cf4a5f"}

#: Signed values, 0 in the middle: negative, 0, positive.
_DIVERGING = {
    "light": ("#1d4f91", "#6ea3d8", "#f3f4f6", "#eaa06f", "#a6401b"),
    "dark": ("#7fb6f2", "#3a6ea8", "#1f232a", "#b3602f", "#ffb27d"),
}
#: Magnitudes, from 0 on.
_SEQUENTIAL = {
    "light": ("#f3f4f6", "#bcd9d6", "#6fb1b0", "#2b7d86", "#0c4a5b"),
    "dark": ("#1f232a", "#1f4d56", "#2f8086", "#76bdb3", "#e2f5e6"),
}


def _mixed(stops: tuple[str, ...], count: int) -> list[str]:
    parts = [[int(stop[k : k + 2], 16) for k in (1, 3, 5)] for stop in stops]
    found = []
    for k in range(count):
        place = k * (len(parts) - 1) / (count - 1)
        low = min(int(place), len(parts) - 2)
        share = place - low
        found.append("#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(parts[low], parts[low + 1])))
    return found


def palette(kind: str, scheme: str = "light", count: int = 127) -> list[str]:
    """The colours of a scale, "diverging" or "sequential", from its lowest to its highest."""
    return _mixed((_DIVERGING if kind == "diverging" else _SEQUENTIAL)[scheme], count)


def modes(names: dict[int, str]) -> dict[int, str]:
    """A colour for each mode; those of a vehicle's own take what is left."""
    left = iter(CATEGORIES[3:] + CATEGORIES[:3])
    return {number: MODES.get(name) or next(left, SETPOINT) for number, name in names.items()}
