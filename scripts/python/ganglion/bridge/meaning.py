"""What a vehicle's signals are, known by their names and units, whatever the vehicle: devices, attitude, height, wheels, faults."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import asin, atan2, cos, isfinite, sin

from ..layout import Condition, Layout
from ..telemetry import Record

#: Signals by which a kind of device is known, besides its `time` and `count`.
_DEVICES = {
    "inertial": ("rate_x", "rate_y", "rate_z", "acceleration_x", "acceleration_y", "acceleration_z"),
    "magnetic": ("field_x", "field_y", "field_z"),
    "pressure": ("pressure",),
    "range": ("distance", "seen"),
    "power": ("voltage", "current"),
}
#: What a fault of a device means, for people; what is missing here is called by its own name.
_FAULT_REMEDIES = {
    "missing": "Look at its cable and its address.",
    "transfer": "Look at the bus: cables, pull-ups, a lower clock.",
    "wrong_identity": "Another chip answers at this address.",
    "frozen_data": "It repeats itself: switch it off and on.",
}


@dataclass(frozen=True)
class Device:
    """A device of a known kind, with the signals of its reading in the kind's order."""

    name: str
    kind: str
    signals: tuple[str, ...]

    def reading(self, record: Record) -> list[float]:
        """The newest reading."""
        return [record[name] for name in self.signals]

    def is_there(self, record: Record) -> bool:
        """Whether it has read anything, and says of no fault."""
        return bool(record[f"{self.name}.count"]) and not record.get(f"{self.name}.fault", 0)


@dataclass(frozen=True)
class Fault:
    """Something that is wrong, or keeps the vehicle from arming."""

    name: str
    text: str
    remedy: str
    keeps_from_arming: bool = False


@dataclass
class Meaning:
    """What of a layout is known."""

    layout: Layout
    devices: list[Device] = field(default_factory=list)
    #: The signals of a quaternion from body (forward, right, down) to north, east, down: w, x, y, z.
    orientation: tuple[str, ...] = ()
    #: Roll, pitch and yaw.
    angles: tuple[str, ...] = ()
    rates: tuple[str, ...] = ()
    altitude: str = ""
    climb_rate: str = ""
    travel: str = ""
    speed: str = ""
    mode: str = ""
    armed: str = ""
    battery: str = ""
    source: str = ""
    #: Joints: name, angle, rate (empty where there is none).
    joints: list[tuple[str, str, str]] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    device_faults: list[str] = field(default_factory=list)

    def quaternion(self, record: Record) -> tuple[float, float, float, float] | None:
        """The attitude (w, x, y, z) in the vehicle's axes; None while it is not known."""
        owner = (self.orientation or self.angles or ("",))[0].rpartition(".")[0]
        if not owner or not record.get(f"{owner}.valid", True):
            return None
        if self.orientation:
            return tuple(record[name] for name in self.orientation)
        (cr, sr), (cp, sp), (cy, sy) = ((cos(record[name] / 2), sin(record[name] / 2)) for name in self.angles)
        return (
            cr * cp * cy + sr * sp * sy, sr * cp * cy - cr * sp * sy, cr * sp * cy + sr * cp * sy, cr * cp * sy - sr * sp * cy,
        )

    def euler(self, record: Record) -> tuple[float, float, float] | None:
        """Roll, pitch and yaw in rad; None while they are not known."""
        if (q := self.quaternion(record)) is None:
            return None
        if self.angles:
            found = tuple(float(record[name]) for name in self.angles)
        else:
            w, x, y, z = q
            found = (
                atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)), asin(min(max(2 * (w * y - z * x), -1.0), 1.0)),
                atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)),
            )
        return found if all(map(isfinite, found)) else None

    def mode_words(self, record: Record) -> str:
        """The mode's name, or whether it is armed, or nothing."""
        if self.mode:
            return self.layout.words(self.mode, record[self.mode])
        return ("armed" if record[self.armed] else "disarmed") if self.armed else ""

    def is_armed(self, record: Record) -> bool | None:
        """None where the vehicle does not say it."""
        return bool(record[self.armed]) if self.armed else None

    def faults(self, record: Record) -> list[Fault]:
        """What is wrong now. What keeps from arming counts only while it is not armed."""
        found = []
        armed = self.is_armed(record)
        for one in self.conditions:
            if not record[one.signal]:
                continue
            inhibits = ".no_arming_" in one.signal
            if not (inhibits and armed):
                found.append(Fault(one.name, one.text or one.name, one.remedy, inhibits))
        for name in self.device_faults:
            if (value := record[name]) != 0 and record.get(f"{name.rpartition('.')[0]}.present", True):
                owner, words = name.rpartition(".")[0], self.layout.words(name, value)
                found.append(Fault(name, f"{owner}: {words.replace('_', ' ')}", _FAULT_REMEDIES.get(words, "")))
        return found


def of(layout: Layout) -> Meaning:
    """What of a vehicle's layout is known. Vectors and signals of odd kinds are passed over."""
    numbers = dict.fromkeys(name for name, one in layout.fields.items() if one.count == 1)
    owners = list(dict.fromkeys(name.rpartition(".")[0] for name in numbers if "." in name))
    found = Meaning(layout)

    def having(*names: str) -> str:
        """The first owner that has all of these, attitude, altitude and odometry before others."""
        fit = [owner for owner in owners if all(f"{owner}.{name}" in numbers for name in names)]
        usual = ("attitude", "altitude", "odometry", "safety", "command", "battery", "power")
        return min(fit, key=lambda owner: (owner not in usual, owners.index(owner)), default="")

    for owner in owners:
        if f"{owner}.time" not in numbers or f"{owner}.count" not in numbers:
            continue
        for kind, names in _DEVICES.items():
            if all(f"{owner}.{name}" in numbers for name in names):
                found.devices.append(Device(owner, kind, tuple(f"{owner}.{name}" for name in names)))
                break
    if owner := having("q_w", "q_x", "q_y", "q_z"):
        found.orientation = tuple(f"{owner}.q_{axis}" for axis in "wxyz")
    if owner := having("roll", "pitch", "yaw"):
        found.angles = tuple(f"{owner}.{name}" for name in ("roll", "pitch", "yaw"))
        if all(f"{owner}.rate_{axis}" in numbers for axis in "xyz"):
            found.rates = tuple(f"{owner}.rate_{axis}" for axis in "xyz")
    for key, owner in (("altitude", "altitude"), ("climb_rate", "altitude"), ("travel", "odometry"), ("speed", "odometry")):
        if (name := f"{having(key) or owner}.{key}") in numbers and not name.startswith(("setpoint.", "wanted.")):
            setattr(found, key, name)
    choices = [name for name in numbers if layout.fields[name].choices]
    found.mode = "safety.mode" if "safety.mode" in choices else next((name for name in choices if name.endswith(".mode")), "")
    found.armed = "safety.armed" if "safety.armed" in numbers else ""
    found.source = "command.source" if "command.source" in choices else ""
    found.battery = next((name for name in ("battery.voltage", "power.voltage") if name in numbers), "") or next(
        (one.signals[0] for one in found.devices if one.kind == "power"), "")
    for name in sorted(numbers):
        if (match := re.fullmatch(r"(odometry\.(\w+))_angle", name)) and f"{match[1]}_rate" in numbers:
            found.joints.append((f"{match[2]}_wheel_joint", name, f"{match[1]}_rate"))
        elif name.endswith(".angle") and f"{name[:-6]}.starved" in numbers and layout.fields[name].unit == "rad":
            found.joints.append((f"{name[:-6]}_joint", name, ""))
    found.conditions = [one for one in layout.conditions if one.signal in numbers]
    found.device_faults = [name for name in choices if name.endswith(".fault")]
    return found
