"""What the fields of a tick are: owner, unit, meaning, choices, and which role they play."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import numpy as np

from .texts import shorter

#: How roles are called on the page, in the order in which they are shown.
ROLES = {
    "setpoint": "Asked for", "estimate": "Estimated and computed", "reading": "Read from devices", "command": "Commanded and sent",
}
#: Units as people read them: the factor from the log's.
SHOWN = {"rad": ("°", 180 / math.pi), "rad/s": ("°/s", 180 / math.pi), "m/s2": ("m/s²", 1.0), "degC": ("°C", 1.0), "us": ("µs", 1.0)}
_UNITS = {
    "rad", "rad/s", "m", "m/s", "m/s2", "Pa", "hPa", "V", "A", "W", "us", "ns", "degC", "T", "Hz", "m s", "rad s", "s", "%", "1", "N", "N m", "lx",
}


@dataclass(frozen=True)
class Signal:
    """A field of the ticks. `kind` is number, count, time, flag, choice or vector."""

    field: str
    owner: str
    name: str
    kind: str
    unit: str
    meaning: str
    role: str
    choices: dict[int, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """As a configuration spells it."""
        return f"{self.owner}.{self.name}"

    @property
    def shown_unit(self) -> str:
        """The unit on the page."""
        return SHOWN.get(self.unit, (self.unit, 1.0))[0]

    @property
    def factor(self) -> float:
        """From the log's unit to the page's."""
        return SHOWN.get(self.unit, (self.unit, 1.0))[1]


def _owners(names: list[str]) -> tuple[set[str], set[str], set[str], set[str]]:
    """Devices, networks and actuators, by the fields that each of them has; and all that own a flag of validity."""

    def having(end: str) -> set[str]:
        return {name.removesuffix(end) for name in names if name.endswith(end)}

    networks = {owner for owner in having("_digest") if f"{owner}_input" in names}
    devices = {owner for owner in having("_time") if f"{owner}_count" in names or f"{owner}_fault" in names}
    return devices, networks, having("_starved"), having("_valid") | having("_health_state")


def signals_of(schema: str, layout: np.dtype) -> dict[str, Signal]:
    """The signals of a schema's text, by their fields, in its order."""
    names = list(layout.names)
    devices, networks, actuators, others = _owners(names)
    known = sorted(devices | networks | actuators | others, key=len, reverse=True)
    found = {}
    for line in schema.splitlines():
        code, _, comment = line.partition("#")
        words = code.split()
        if len(words) < 2 or words[1] not in names:
            continue
        name, comment = words[1], shorter(comment.strip())
        owner = next((owner for owner in known if name.startswith(owner + "_")), name.partition("_")[0])
        rest = name[len(owner) + 1 :] or name
        choices = {int(number): text for number, text in re.findall(r"(?:^|, )(\d+) (\w+)", comment)}
        unit, _, meaning = comment.partition(", ")
        if unit not in _UNITS:
            unit, meaning = "", comment
        base = layout.fields[name][0]
        if base.shape:
            kind = "vector"
        elif words[0] == "bool":
            kind = "flag"
        elif words[0] == "uint8":
            kind = "choice" if choices else "count"
        elif words[0].startswith("float"):
            kind = "number"
        else:
            kind = "time" if unit == "ns" else "count"
        if owner in ("setpoint", "wanted"):
            role = "setpoint"
        elif owner in actuators or owner in ("command", "motors", "wheels"):
            role = "command"
        elif owner in devices:
            role = "reading"
        else:
            role = "estimate"
        found[name] = Signal(name, owner, rest, kind, unit, meaning, role, choices if kind == "choice" else {})
    return found


def networks_of(signals: dict[str, Signal]) -> list[str]:
    """The names of the networks that step in the ticks."""
    return [
        name.removesuffix("_digest") for name in signals
        if name.endswith("_digest") and f"{name.removesuffix('_digest')}_input" in signals
    ]


def mode_of(signals: dict[str, Signal]) -> Signal | None:
    """The signal that says in which mode the vehicle is."""
    choices = [signal for signal in signals.values() if signal.kind == "choice" and signal.name == "mode"]
    return next((signal for signal in choices if signal.owner == "safety"), choices[0] if choices else None)


def intervals(times: np.ndarray, values: np.ndarray, end: float) -> list[tuple[float, float, int]]:
    """The stretches in which a value stays the same: from, to, value."""
    if not len(values):
        return []
    edges = np.flatnonzero(np.diff(values)) + 1
    starts = np.concatenate([[0], edges])
    stops = np.concatenate([times[edges], [end]])
    return [(float(times[a]), float(b), int(values[a])) for a, b in zip(starts, stops)]
