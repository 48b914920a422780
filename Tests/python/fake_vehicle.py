"""A stand-in for a vehicle that runs: it speaks the protocol of the telemetry, command and MAVLink sockets, from a made-up flight or a log.

    fake_vehicle.py FOLDER [LOG.mcap] [--seconds N]     runs in real time until it is interrupted
"""

import contextlib
import json
import math
import os
import socket
import struct
import sys
import tempfile
import threading
import time
from pathlib import Path

import paths  # noqa: F401

from ganglion.layout import KINDS, Layout

FAULTS = ["none", "missing", "transfer", "frozen_data"]
MODES = ["disarmed", "active", "hold", "landing", "terminated"]
#: name, unit, kind, count, choices or flag; banks stand widest first.
SIGNALS = [
    ("tick.number", "", "u64"), ("tick.time", "ns", "i64"), ("imu.time", "ns", "i64"), ("barometer.time", "ns", "i64"), ("range.time", "ns", "i64"),
    ("power.time", "ns", "i64"), ("network.digest", "", "u64"), ("attitude.orientation_w", "", "f64"),
    ("imu.count", "", "u32"), ("barometer.count", "", "u32"), ("range.count", "", "u32"), ("power.count", "", "u32"),
    ("setpoint.altitude", "m", "f32"),
    *((f"imu.acceleration_{axis}", "m/s2", "f32") for axis in "xyz"), *((f"imu.rate_{axis}", "rad/s", "f32") for axis in "xyz"),
    ("barometer.pressure", "Pa", "f32"), ("range.distance", "m", "f32"), ("power.voltage", "V", "f32"), ("power.current", "A", "f32"),
    ("battery.voltage", "V", "f32"), ("attitude.roll", "rad", "f32"), ("attitude.pitch", "rad", "f32"), ("attitude.yaw", "rad", "f32"),
    *((f"attitude.rate_{axis}", "rad/s", "f32") for axis in "xyz"), *((f"attitude.q_{axis}", "", "f32") for axis in "wxyz"),
    ("altitude.altitude", "m", "f32"), ("altitude.climb_rate", "m/s", "f32"),
    ("network.input", "", "f32", 12), ("network.output", "", "f32", 4), ("network.ts", "", "f32"),
    ("imu.fault", "", "u8", 1, FAULTS), ("imu.present", "", "u8", 1, True), ("range.seen", "", "u8", 1, True),
    ("range.fault", "", "u8", 1, FAULTS), ("attitude.valid", "", "u8", 1, True), ("safety.mode", "", "u8", 1, MODES),
    ("safety.armed", "", "u8", 1, True), ("safety.low_battery", "", "u8", 1, True), ("safety.no_arming_moving", "", "u8", 1, True),
    ("command.source", "", "u8", 1, ["none", "network", "classical"]),
]  # fmt: skip
CONDITIONS = [
    {"name": "low_battery", "text": "the battery is low", "remedy": "Land and charge it.", "signal": "safety.low_battery"},
    {"name": "no_arming_moving", "text": "the vehicle is moving", "remedy": "Put it down and wait.", "signal": "safety.no_arming_moving"},
]
REQUEST, HEADER, COMMAND = struct.Struct("<IHHII"), struct.Struct("<IHHIIQQ"), struct.Struct("<IHHIIIIQ")
MAGIC = 0x54474E47


def description(signals=None, conditions=CONDITIONS, networks=(), rate=250.0, vehicle="fake", digest=None, schema=None) -> dict:
    """telemetry.json."""
    found, at = [], 0
    for name, unit, kind, *rest in signals or SIGNALS:
        count, more = (rest + [1, None])[:2] if rest else (1, None)
        entry = {"name": name, "unit": unit, "kind": kind, "at": at, "count": count}
        if isinstance(more, list):
            entry["choices"] = more
        if more is True:
            entry["flag"] = True
        found.append(entry)
        at += struct.calcsize(KINDS[kind][0]) * count
    said = {
        "vehicle": vehicle, "rate_hz": rate, "digest": digest if digest is not None else hash(tuple(map(str, found))) % 2**32, "length": at,
        "signals": found, "conditions": list(conditions), "networks": list(networks),
    }
    return said | ({"schema_name": schema["name"], "schema": schema["text"]} if schema else {})


def pack(layout: Layout, values: dict) -> bytes:
    """The body of a record; what is not named is 0."""
    body = bytearray(layout.length)
    for name, value in values.items():
        one = layout.fields[name]
        struct.pack_into(f"<{one.count}{KINDS[one.kind][0]}", body, one.at, *(value if one.count > 1 else (value,)))
    return bytes(body)


def made_up(layout: Layout, tick: int, armed: bool, mode: int, changes: dict) -> bytes:
    """A quadrotor that sways about its place."""
    t = tick / layout.rate_hz
    # The vehicle's clock did not begin with its run.
    now = 5_000_000_000_000 + int(t * 1e9)
    roll, pitch, yaw = 0.35 * math.sin(1.1 * t), 0.2 * math.sin(0.7 * t + 1), 0.3 * t % (2 * math.pi) - math.pi
    (cr, sr), (cp, sp), (cy, sy) = ((math.cos(a / 2), math.sin(a / 2)) for a in (roll, pitch, yaw))
    values = {
        "tick.number": tick, "tick.time": now, "imu.time": now, "barometer.time": now, "range.time": now, "power.time": now,
        "imu.count": tick + 1, "barometer.count": tick // 5 + 1, "range.count": tick // 5 + 1, "power.count": tick // 25 + 1,
        "setpoint.altitude": 1.5, "imu.acceleration_x": 0.3 * math.sin(t), "imu.acceleration_y": -0.2, "imu.acceleration_z": -9.81,
        "imu.rate_x": 0.385 * math.cos(1.1 * t), "imu.rate_y": 0.14 * math.cos(0.7 * t + 1), "imu.rate_z": 0.3, "barometer.pressure": 101_300.0,
        "range.distance": 1.5, "range.seen": 1, "power.voltage": 11.4, "power.current": 8.2, "battery.voltage": 11.4 - 0.001 * t,
        "attitude.roll": roll, "attitude.pitch": pitch, "attitude.yaw": yaw, "attitude.rate_x": 0.385 * math.cos(1.1 * t), "attitude.rate_z": 0.3,
        "attitude.q_w": cr * cp * cy + sr * sp * sy, "attitude.q_x": sr * cp * cy - cr * sp * sy, "attitude.q_y": cr * sp * cy + sr * cp * sy,
        "attitude.q_z": cr * cp * sy - sr * sp * cy, "altitude.altitude": 1.5 + 0.1 * math.sin(0.4 * t), "altitude.climb_rate": 0.04 * math.cos(0.4 * t),
        "network.input": [0.4 * math.sin((0.3 + 0.2 * k) * t) for k in range(12)], "network.output": [0.3 * math.sin((1 + k) * t) for k in range(4)],
        "network.ts": 1.0, "network.digest": tick, "imu.present": 1, "attitude.valid": 1, "safety.mode": mode, "safety.armed": armed,
        "command.source": 1 if armed else 0,
    } | changes  # fmt: skip
    return pack(layout, {name: value for name, value in values.items() if name in layout})


class FakeVehicle:
    """Runs in threads until `stop`. `changes` are values that records have in place of those made up."""

    def __init__(self, folder: Path, said: dict | None = None, bodies: list[bytes] | None = None, flags=("land", "disarm"), start_at: int = 0):
        self.folder, self.said = folder, said or description()
        self.layout, self.bodies = Layout.parse(self.said), bodies
        self.changes: dict = {}
        self.armed, self.mode, self.tick = True, 1, start_at
        self.wishes: list[tuple[int, int, tuple[float, ...]]] = []
        self.flags = list(flags)
        self.subscribers: dict[str, list] = {}
        self.mavlink_from: list[bytes] = []
        self.mavlink_to: str | None = None
        self._stop = threading.Event()
        folder.mkdir(parents=True, exist_ok=True)
        self.sockets = {name: self._bound(name) for name in ("telemetry", "command", "mavlink")}
        (folder / "telemetry.json").write_text(json.dumps(self.said))
        numbers = [{"name": "speed", "unit": "m/s", "minimum": -0.5, "maximum": 0.5, "standard": 0}, {"name": "yaw_rate", "unit": "rad/s", "minimum": -1, "maximum": 1, "standard": 0}]
        source = {"source": "bridge", "socket": str(folder / "command"), "digest": 7, "stale_after_ms": 500, "numbers": numbers, "flags": self.flags}
        (folder / "commands.json").write_text(json.dumps({"vehicle": self.said["vehicle"], "sources": [source]}))
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._fly, self._obey, self._mavlink)]
        for thread in self._threads:
            thread.start()

    def _bound(self, name: str) -> socket.socket:
        path = self.folder / name
        path.unlink(missing_ok=True)
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        made.bind(str(path))
        made.settimeout(0.05)
        return made

    def _subscriptions(self):
        self.sockets["telemetry"].setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                data, sender = self.sockets["telemetry"].recvfrom(100)
                if len(data) != REQUEST.size or not sender:
                    continue
                magic, version, zero, every, lease = REQUEST.unpack(data)
                if (magic, version, zero) == (MAGIC, 1, 0) and every >= 1 and 100 <= lease <= 60000 and (sender in self.subscribers or len(self.subscribers) < 4):
                    old = self.subscribers.get(sender)
                    self.subscribers[sender] = [every, time.monotonic() + lease / 1000, old[2] if old else 0]

    def body(self) -> bytes:
        """The record of the tick."""
        if self.bodies:
            return self.bodies[self.tick % len(self.bodies)]
        return made_up(self.layout, self.tick, self.armed, self.mode, self.changes)

    def send(self, data: bytes, only: str | None = None):
        """Sends bytes to all subscribers, whatever they are."""
        for path in [only] if only else list(self.subscribers):
            with contextlib.suppress(OSError):
                self.sockets["telemetry"].sendto(data, path)

    def tell(self, flags: int = 0):
        """Sends the tick's record to all whose turn it is."""
        body = None
        for path, subscriber in list(self.subscribers.items()):
            every, until, count = subscriber
            if time.monotonic() > until:
                del self.subscribers[path]
            elif self.tick % every == 0 or flags:
                subscriber[2] = count + 1
                body = body or self.body()
                self.send(HEADER.pack(MAGIC, 1, flags, self.layout.digest, count, self.tick, int(self.tick / self.layout.rate_hz * 1e9)) + body, path)

    def _fly(self):
        begin, first = time.monotonic(), self.tick
        while not self._stop.is_set():
            self._subscriptions()
            self.tell()
            self.tick += 1
            time.sleep(max(begin + (self.tick - first) / self.layout.rate_hz - time.monotonic(), 0))

    def _obey(self):
        while not self._stop.is_set():
            try:
                data = self.sockets["command"].recv(1000)
            except (TimeoutError, OSError):
                continue
            _, _, bits, _, digest, flags, count, _ = COMMAND.unpack_from(data)
            assert digest == 7 and count == 2
            self.wishes.append((bits, flags, struct.unpack_from("<2f", data, COMMAND.size)))
            for place, name in enumerate(self.flags):
                if flags >> place & 1 and bits & 2:
                    self.armed, self.mode = (False, 0) if name == "disarm" else (self.armed, 3 if self.armed else 0)

    def _mavlink(self):
        while not self._stop.is_set():
            try:
                data, sender = self.sockets["mavlink"].recvfrom(65536)
            except (TimeoutError, OSError):
                continue
            self.mavlink_to = sender or self.mavlink_to
            if data:
                self.mavlink_from.append(data)

    def mavlink_send(self, data: bytes):
        """A run of bytes to whoever was heard last."""
        self.sockets["mavlink"].sendto(data, self.mavlink_to)

    def stop(self, in_order: bool = True):
        """Ends: with a last record and without its files, or as if it had been killed."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if in_order:
            self.tell(flags=1)
        for made in self.sockets.values():
            made.close()
        if in_order:
            for name in ("telemetry", "command", "mavlink", "telemetry.json", "commands.json"):
                (self.folder / name).unlink(missing_ok=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def from_log(path: Path) -> tuple[dict, list[bytes]]:
    """telemetry.json and the records of a log."""
    import re

    from ganglion.report.mcap_file import RecordFile
    from ganglion.report.signals import signals_of

    import numpy as np

    kinds = {"uint64": "u64", "int64": "i64", "float64": "f64", "uint32": "u32", "float32": "f32", "bool": "u8", "uint8": "u8"}
    file, bodies = RecordFile(path), []
    for topic, found in file.messages():
        if topic.name == "/ganglion/tick":
            bodies += map(bytes, found)
    topic = next(one for one in file.topics.values() if one.name == "/ganglion/tick")
    rows, numpy_rows = [], []
    for line in topic.text.splitlines():
        if match := re.match(r"(\w+?)(?:\[(\d+)\])? (\w+)", line.partition("#")[0]):
            rows.append((match[3], kinds[match[1]], int(match[2] or 1), match[1] == "bool"))
            numpy_rows.append((match[3], "u1"))
    meanings = signals_of(topic.text, np.dtype(numpy_rows))
    signals, conditions = [], []
    for name, kind, count, is_flag in rows:
        meaning = meanings[name]
        title = f"{name.partition('_')[0]}.{name.partition('_')[2]}" if name.startswith(("safety_", "network_")) else meaning.title
        signals.append((title, meaning.unit, kind, count, True if is_flag else list(meaning.choices.values()) or None))
        if title.startswith("safety.") and is_flag and meaning.meaning and title[7:] not in ("armed", "arms", "fallback"):
            remedy = {"low_battery": "Charge the battery.", "no_arming_awaiting_disarm": "Take the wish to arm back, then ask again."}.get(title[7:], "")
            conditions.append({"name": title[7:], "text": meaning.meaning, "remedy": remedy, "signal": title})
    networks = []
    for name, content in file.attachments.items():
        if name.endswith(".safetensors"):
            model = Path(tempfile.gettempdir()) / f"fake-{path.stem}-{name}"
            model.write_bytes(content)
            networks.append({"name": "network" if name == "model.safetensors" else Path(name).stem, "model": str(model), "inputs": [], "outputs": [], "wiring": None})
    said = description(signals, conditions, networks, vehicle=path.stem, schema={"name": topic.schema, "text": topic.text})
    assert said["length"] == len(bodies[0]), (said["length"], len(bodies[0]))
    return said, bodies


def main(arguments: list[str]) -> None:
    """Runs one until it is interrupted."""
    seconds = float(arguments.pop(arguments.index("--seconds") + 1)) if "--seconds" in arguments else math.inf
    arguments = [one for one in arguments if one != "--seconds"]
    said, bodies = from_log(Path(arguments[1])) if len(arguments) > 1 else (None, None)
    with FakeVehicle(Path(arguments[0]), said, bodies), contextlib.suppress(KeyboardInterrupt):
        time.sleep(min(seconds, 10**6))


if __name__ == "__main__":
    os.umask(0o027)
    main(sys.argv[1:])
