"""A record as messages of ROS 2 for people and stock panels: axes of REP 103 (forward, left, up; east, north, up)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from ..telemetry import Record
from .meaning import Device, Meaning
from .ros_types import encode

#: The frames of reference.
WORLD, BODY = "odom", "base_link"
_HALF = math.sqrt(0.5)
_UNKNOWN9, _NONE9 = [0.0] * 9, [-1.0] + [0.0] * 8
#: A variance that says that nothing is known.
_FAR = 1e6
_OK, _WARN, _ERROR = 0, 1, 2


@dataclass(frozen=True)
class Message:
    """A message of a topic: the type's name as ros_types has it, and its bytes as CDR."""

    topic: str
    type: str
    data: bytes


def topic_name(text: str) -> str:
    """A name of a device as a topic: dots are slashes, and what topics may not have is an underscore."""
    parts = [re.sub(r"\W", "_", part, flags=re.ASCII).strip("_") for part in text.split(".")]
    parts = [part if not part[:1].isdigit() else f"d{part}" for part in parts if part]
    return "/" + ("/".join(parts) or "unnamed")


def enu(q: tuple[float, float, float, float]) -> list[float]:
    """From (w, x, y, z), body forward-right-down to north-east-down, to x, y, z, w, body forward-left-up to east-north-up."""
    w, x, y, z = q
    return [(x + y) * _HALF, (x - y) * _HALF, (w - z) * _HALF, (w + z) * _HALF]


def flu(vector) -> list[float]:
    """A vector of the body: forward-right-down to forward-left-up."""
    return [float(vector[0]), -float(vector[1]), -float(vector[2])]


def stamp(time_ns: int) -> list[int]:
    """A time as builtin_interfaces/Time."""
    return [time_ns // 10**9, time_ns % 10**9]


@dataclass
class Messages:
    """Makes messages of a vehicle's records. It remembers which readings have been told, and the way of its wheels."""

    meaning: Meaning
    _told: dict[str, int] = field(default_factory=dict)
    _place: list[float] = field(default_factory=lambda: [0.0, 0.0])
    _travel: float | None = None
    _events: dict[str, object] = field(default_factory=dict)

    def of(self, record: Record, time_ns: int) -> list[Message]:
        """The messages of a record that was made at a wall-clock time."""
        found = [message for device in self.meaning.devices if (message := self._device(device, record, time_ns))]
        if (q := self.meaning.quaternion(record)) is not None and all(map(math.isfinite, q)):
            found += self._pose(record, q, time_ns)
        if self.meaning.joints:
            positions = [float(record[angle]) for _, angle, _ in self.meaning.joints]
            rates = [float(record[rate]) if rate else math.nan for _, _, rate in self.meaning.joints]
            names = [name for name, _, _ in self.meaning.joints]
            found.append(self._message("/joint_states", "sensor_msgs/JointState", time_ns, BODY, names, positions, rates, []))
        return found

    def _message(self, topic: str, kind: str, time_ns: int, frame: str, *values) -> Message:
        return Message(topic, kind, encode(kind, [[stamp(time_ns), frame], *values]))

    def _device(self, device: Device, record: Record, time_ns: int) -> Message | None:
        """A device's reading, when it is new and the device is well."""
        count = record[f"{device.name}.count"]
        if self._told.get(device.name) == count or not device.is_there(record):
            return None
        self._told[device.name] = count
        values, topic = device.reading(record), topic_name(device.name)
        # When it was read, on the wall's clock.
        age = record.get("tick.time", record.time_ns) - record[f"{device.name}.time"]
        time_ns -= age if 0 <= age < 10**9 else 0
        if device.kind == "inertial":
            q = self.meaning.quaternion(record)
            orientation = [enu(q), _UNKNOWN9] if q is not None else [[0.0, 0.0, 0.0, 1.0], _NONE9]
            return self._message(
                f"{topic}/data", "sensor_msgs/Imu", time_ns, BODY, *orientation, flu(values[:3]), _UNKNOWN9, flu(values[3:]), _UNKNOWN9)
        if device.kind == "magnetic":
            return self._message(f"{topic}/data", "sensor_msgs/MagneticField", time_ns, BODY, flu(values), _UNKNOWN9)
        if device.kind == "pressure":
            return self._message(f"{topic}/data", "sensor_msgs/FluidPressure", time_ns, BODY, float(values[0]), 0.0)
        if device.kind == "range":
            # REP 117: nothing within reach is +infinity.
            distance = float(values[0]) if values[1] else math.inf
            return self._message(f"{topic}/data", "sensor_msgs/Range", time_ns, topic[1:], 1, 0.0, 0.0, math.inf, distance)
        nan = math.nan
        is_first = device == next(one for one in self.meaning.devices if one.kind == "power")
        # Discharging is negative there.
        return self._message(
            "/battery_state" if is_first else f"{topic}/data", "sensor_msgs/BatteryState", time_ns, BODY, float(values[0]), nan, -float(values[1]),
            nan, nan, nan, nan, 2 if values[1] > 0 else 0, 0, 0, True, [], [], device.name, "")

    def _pose(self, record: Record, q, time_ns: int) -> list[Message]:
        """Where the vehicle is, as far as it knows: pose, tf, odometry."""
        meaning, orientation = self.meaning, enu(q)
        height = float(record[meaning.altitude]) if meaning.altitude else 0.0
        speed = float(record[meaning.speed]) if meaning.speed else 0.0
        climb = float(record[meaning.climb_rate]) if meaning.climb_rate else 0.0
        variance = [_FAR, _FAR, 0.0 if meaning.altitude else _FAR, 0.0, 0.0, 0.0]
        moving = [0.0 if meaning.speed else _FAR, 0.0 if meaning.speed else _FAR, 0.0 if meaning.climb_rate or meaning.speed else _FAR]
        if meaning.travel:
            self._drive(float(record[meaning.travel]), q)
            variance[:3] = [0.0, 0.0, 0.0]
        place = [*self._place, height]
        rates = flu([record[name] for name in meaning.rates]) if meaning.rates else [0.0, 0.0, 0.0]
        turning = [0.0 if meaning.rates else _FAR] * 3
        found = [
            self._message("/pose", "geometry_msgs/PoseStamped", time_ns, WORLD, [place, orientation]),
            Message("/tf", "tf2_msgs/TFMessage", encode("tf2_msgs/TFMessage", [[[[stamp(time_ns), WORLD], BODY, [place, orientation]]]])),
        ]
        if meaning.travel or meaning.altitude:
            found.append(self._message(
                "/odom", "nav_msgs/Odometry", time_ns, WORLD, BODY, [[place, orientation], _diagonal(variance)],
                [[[speed, 0.0, climb], rates], _diagonal(moving + turning)]))
        return found

    def _drive(self, travel: float, q):
        """Goes along the heading as far as the wheels did."""
        w, x, y, z = q
        yaw = math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
        step = 0.0 if self._travel is None else travel - self._travel
        if math.isfinite(step) and abs(step) < 10:
            self._place[0] += step * math.sin(yaw)  # east
            self._place[1] += step * math.cos(yaw)  # north
        self._travel = travel

    def diagnostics(self, record: Record, time_ns: int) -> Message:
        """All conditions and devices, each well or not."""
        layout = self.meaning.layout
        wrong = {fault.name: fault for fault in self.meaning.faults(record)}
        rows = []
        for one in self.meaning.conditions:
            fault = wrong.get(one.name)
            level = _OK if fault is None else _WARN if fault.keeps_from_arming else _ERROR
            values = [["signal", one.signal]] + ([["remedy", fault.remedy]] if fault and fault.remedy else [])
            rows.append([level, f"{layout.vehicle}: {one.name}", one.text if fault else "OK", layout.vehicle, values])
        for name in self.meaning.device_faults:
            fault, owner = wrong.get(name), name.rpartition(".")[0]
            words = layout.words(name, record[name])
            rows.append([_OK if fault is None else _ERROR, f"{layout.vehicle}: {owner}", "OK" if fault is None else words, owner, [["fault", words]]])
        return self._message("/diagnostics", "diagnostic_msgs/DiagnosticArray", time_ns, "", rows)

    def events(self, record: Record, time_ns: int) -> list[Message]:
        """What has changed: mode, whose command it is, faults; as log messages."""
        now: dict[str, tuple[int, str, str]] = {}
        if words := self.meaning.mode_words(record):
            now["mode"] = (20, "mode", words)
        if self.meaning.source:
            now["command"] = (20, "command", f"by {self.meaning.layout.words(self.meaning.source, record[self.meaning.source])}")
        for fault in self.meaning.faults(record):
            if not fault.keeps_from_arming:
                now[f"fault {fault.name}"] = (40, fault.name, fault.text + (f" ({fault.remedy})" if fault.remedy else ""))
        changed = [value for key, value in now.items() if self._events.get(key) != value]
        changed += [(20, value[1], f"over: {value[2]}") for key, value in self._events.items() if key not in now]
        self._events = now
        return [Message("/events", "rcl_interfaces/Log", encode("rcl_interfaces/Log", [stamp(time_ns), *one, "", "", 0])) for one in changed]


def _diagonal(values: list[float]) -> list[float]:
    return [values[k // 6] if k % 7 == 0 else 0.0 for k in range(36)]
