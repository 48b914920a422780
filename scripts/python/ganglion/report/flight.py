"""A log as a report needs it: what happened, in numbers, and where a signal is."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np

from . import colours
from .flight_log import FlightLog
from .pictures import thinned
from .signals import Signal, intervals, mode_of, networks_of

#: Values that are drawn of all signals together, so that a page stays small.
VALUES = 330_000


class Flight:
    """A log and what is asked of it more than once."""

    def __init__(self, path: Path | str):
        self.log = FlightLog(path)
        self.path = Path(path)
        self.signals = self.log.signals
        self.times = self.log.times
        numbers = sum(1 for signal in self.signals.values() if signal.kind == "number")
        self.shown, self.thin = thinned(self.times, max(VALUES // max(numbers, 1), 600))
        self._courses: dict[str, np.ndarray] = {}

    @property
    def name(self) -> str:
        """What the vehicle is called."""
        part = self.log.file.metadata.get("ganglion part", {})
        return part.get("vehicle") or self.path.stem

    @property
    def end(self) -> float:
        """Seconds from the first tick to the last."""
        return float(self.times[-1])

    def has(self, name: str) -> bool:
        """Whether the ticks have a field."""
        return name in self.signals

    def column(self, name: str) -> np.ndarray:
        """A field of every tick as it was logged."""
        return self.log.column(name)

    def course(self, signal: Signal) -> np.ndarray:
        """A signal at the times that are shown, in the unit of the page."""
        if signal.field not in self._courses:
            self._courses[signal.field] = self.thin(self.column(signal.field)) * np.float32(signal.factor)
        return self._courses[signal.field]

    @cached_property
    def mode(self) -> Signal | None:
        """The signal of the mode."""
        return mode_of(self.signals)

    @cached_property
    def modes(self) -> np.ndarray:
        """The mode's number in every tick; 0 without modes."""
        return self.column(self.mode.field) if self.mode else np.zeros(self.log.ticks, np.uint8)

    @property
    def mode_names(self) -> dict[int, str]:
        """What the mode's numbers mean."""
        return self.mode.choices if self.mode else {0: "running"}

    @cached_property
    def mode_colours(self) -> dict[int, str]:
        """Their colours."""
        return colours.modes(self.mode_names)

    @cached_property
    def mode_spans(self) -> list[tuple[float, float, int]]:
        """From, to, mode."""
        return intervals(self.times, self.modes, self.end)

    @cached_property
    def missed(self) -> int:
        """Ticks that were missed."""
        return int(self.column("tick_missed").sum()) if self.has("tick_missed") else 0

    @property
    def ended(self) -> str:
        """The mode of the last tick."""
        return self.mode_names.get(int(self.modes[-1]), str(int(self.modes[-1])))

    @cached_property
    def networks(self) -> list[str]:
        """The networks that step in the ticks."""
        return networks_of(self.signals)

    def model(self, network: str) -> bytes | None:
        """The bytes of a network's model file, out of the log."""
        name = "model.safetensors" if network == "network" else f"{network}.safetensors"
        return self.log.file.attachments.get(name)

    def beyond_range(self, network: str) -> dict[str, int]:
        """In how many ticks, while not disarmed, something of a network was beyond its range, as `ganglion run` counts it."""
        flown = self.modes != 0 if self.mode else np.ones(self.log.ticks, bool)
        found = {}
        for name, title in (("input_limited", "inputs"), ("state_limited", "states"), ("time_limited", "elapsed")):
            if self.has(f"{network}_{name}"):
                found[title] = int((self.column(f"{network}_{name}").astype(bool) & flown).sum())
        return found

    @cached_property
    def conditions(self) -> list[tuple[Signal, list[tuple[float, float, int]]]]:
        """The conditions of safety that held at some time, with when: flags of the block safety that are none of its state."""
        found = []
        for signal in self.signals.values():
            state = signal.name in ("armed", "arms", "fallback") or signal.name.startswith("no_arming")
            if signal.owner == "safety" and signal.kind == "flag" and not state:
                held = [span for span in intervals(self.times, self.column(signal.field), self.end) if span[2]]
                if held:
                    found.append((signal, held))
        return found

    @cached_property
    def faults(self) -> list[tuple[Signal, list[tuple[float, float, int]]]]:
        """The devices that had a fault, with when and which."""
        found = []
        for signal in self.signals.values():
            if signal.name == "fault" and signal.kind == "choice":
                held = [span for span in intervals(self.times, self.column(signal.field), self.end) if span[2]]
                if held:
                    found.append((signal, held))
        return found

    @cached_property
    def flown(self) -> np.ndarray:
        """Whether the vehicle was armed, or everything where that is not known."""
        if self.has("safety_armed"):
            armed = self.column("safety_armed").astype(bool)
            if armed.any():
                return armed
        return np.ones(self.log.ticks, bool)

    @cached_property
    def tracked(self) -> list[tuple[Signal, list[Signal]]]:
        """What was asked for, and what of the same name and unit is estimated: (setpoint, estimates)."""
        also = {"yaw_rate": "rate_z", "heading": "yaw"}
        found = []
        for signal in self.signals.values():
            if signal.owner != "setpoint" or signal.kind != "number":
                continue
            ends = (signal.name, also.get(signal.name, signal.name))
            others = [
                other for other in self.signals.values()
                if other.kind == "number" and other.unit == signal.unit and other.name in ends and other is not signal
            ]
            # What the vehicle made of the setpoint is the better one to follow.
            wanted = [other for other in others if other.role == "setpoint"]
            estimates = [other for other in others if other.role == "estimate"]
            if estimates:
                found.append((wanted[0] if wanted else signal, estimates))
        return found

    def tracking_error(self, wanted: Signal, estimate: Signal) -> float:
        """Root mean square of what was asked for minus what was estimated, while armed, in the page's unit."""
        difference = (self.column(wanted.field).astype(np.float64) - self.column(estimate.field))[self.flown]
        return float(np.sqrt(np.mean(difference**2))) * estimate.factor

    @cached_property
    def plan(self) -> tuple[np.ndarray, np.ndarray, str] | None:
        """A way in the plane, in m at the times that are shown: two signals of a position, or the way gone along a heading. The third
        says where it comes from."""
        def named(owner: str, name: str) -> Signal | None:
            signal = self.signals.get(f"{owner}_{name}")
            return signal if signal is not None and signal.kind == "number" else None

        for owner in dict.fromkeys(signal.owner for signal in self.signals.values()):
            for first, second in (("north", "east"), ("x", "y"), ("position_x", "position_y")):
                pair = named(owner, first), named(owner, second)
                if all(pair) and all(signal.unit == "m" for signal in pair):
                    x, y = (self.course(signal) for signal in pair)
                    return y, x, f"{owner}.{first} and {owner}.{second}"
        travel = next((s for s in self.signals.values() if s.name in ("travel", "way") and s.unit == "m" and s.kind == "number"), None)
        heading = next((s for s in self.signals.values() if s.name in ("yaw", "heading") and s.unit == "rad" and s.role == "estimate"), None)
        if travel is None or heading is None:
            return None
        step = np.diff(self.column(travel.field).astype(np.float64), prepend=0.0)
        angle = self.column(heading.field).astype(np.float64)
        north, east = np.cumsum(step * np.cos(angle)), np.cumsum(step * np.sin(angle))
        at = np.searchsorted(self.times, self.shown).clip(0, self.log.ticks - 1)
        return east[at], north[at], f"{travel.title} along {heading.title}"

    @property
    def run_record(self) -> dict[str, str]:
        """What a run on a board measured."""
        return self.log.file.metadata.get("ganglion run", {})
