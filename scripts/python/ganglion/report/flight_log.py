"""A flight's ticks as columns, whatever the vehicle: the layout follows from the schema that travels in the log.

Columns lie in a temporary file, so that an hour at 250 Hz takes no more memory than the column that is looked at.
"""

from __future__ import annotations

import re
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import LogError
from .mcap_file import RecordFile, Topic, sizes
from .signals import Signal, signals_of

TICK = "/ganglion/tick"
_PRIMITIVES = {
    "bool": "u1", "uint8": "u1", "int8": "i1", "uint16": "<u2", "int16": "<i2", "uint32": "<u4", "int32": "<i4",
    "uint64": "<u8", "int64": "<i8", "float32": "<f4", "float64": "<f8",
}
#: Ticks that are turned from rows into columns at once.
_BLOCK = 16384


@dataclass(frozen=True)
class Event:
    """A message on /events: seconds since the first tick, the level of ROS 2 (20 info, 30 warning, 40 error), who, what."""

    time: float
    level: int
    source: str
    text: str


def _layout(topic: Topic) -> np.dtype:
    """The fields of a tick and where they lie. Raises `LogError` for a schema of another kind."""
    names, types, offsets, at = [], [], [], 0
    for line in topic.text.splitlines():
        words = line.split("#", 1)[0].split()
        if len(words) < 2:
            continue
        found = re.fullmatch(r"(\w+?)(?:\[(\d+)\])?", words[0])
        if found is None or found[1] not in _PRIMITIVES:
            raise LogError(
                f"{topic.name}: the field {words[1]} has the type {words[0]}, which ticks of this version have not; "
                "the log is of another version: `ganglion log info` names it, `ganglion log export` still reads it"
            )
        kind, count = np.dtype(_PRIMITIVES[found[1]]), int(found[2] or 1)
        at += -at % kind.itemsize
        names.append(words[1])
        types.append(kind if found[2] is None else (kind, (count,)))
        offsets.append(at)
        at += kind.itemsize * count
    if "tick_time" not in names or "tick_number" not in names:
        raise LogError(f"{topic.name}: its ticks have neither number nor time; the log is of another version")
    return np.dtype({"names": names, "formats": types, "offsets": offsets, "itemsize": at})


class FlightLog:
    """A log with all its parts. Raises `LogError` for a file that is none, or has no tick."""

    def __init__(self, path: Path | str):
        self.file = RecordFile(Path(path))
        self.events: list[Event] = []
        self._store = tempfile.TemporaryFile(prefix="ganglion-report-")
        self._rows: list[memoryview] = []
        self._dtype: np.dtype | None = None
        self._capacity = 0
        self._odd = 0
        #: How many ticks there are.
        self.ticks = 0
        self.dropped = 0
        events: list[memoryview] = []
        size = sizes(self.file.path)
        try:
            for topic, bodies in self.file.messages():
                if topic.name == TICK:
                    self._take(topic, bodies, size)
                elif topic.name == "/events" and len(events) < 100_000:
                    events += bodies
                elif topic.name == "/ganglion/dropout":
                    self.dropped += len(bodies)
        except OSError as error:
            raise LogError(f"{path}: {error.strerror or error}") from error
        self._spill()
        if self._dtype is None or self.ticks == 0:
            raise LogError(f"{path}: no tick is in it; {'; '.join(self.file.lost) or 'it holds other topics only'}")
        if self._odd:
            self.file.lost.append(f"{self._odd} ticks have another length than their schema says, and are not shown")
        self.signals: dict[str, Signal] = signals_of(self.schema, self._dtype)
        #: Seconds since the first tick.
        times = self.column("tick_time")
        self.start = int(times[0])
        self.times = (times - self.start) * 1e-9
        for body in events:
            self._event(body)

    @property
    def schema(self) -> str:
        """The text of the ticks' schema."""
        return next(topic.text for topic in self.file.topics.values() if topic.name == TICK)

    @property
    def metadata(self) -> dict[str, str]:
        """What the log says of its run."""
        return self.file.metadata.get("ganglion", {})

    @property
    def rate(self) -> float:
        """Nominal ticks a second; measured where the log does not say it."""
        try:
            return float(self.metadata["tick_rate_hz"])
        except (KeyError, ValueError):
            step = np.median(np.diff(self.times)) if self.ticks > 1 else 0
            return float(1 / step) if step > 0 else 1.0

    def column(self, name: str) -> np.ndarray:
        """A field of every tick: [ticks], or [ticks, width]."""
        base = self._dtype.fields[name][0]
        kind, shape = base.base, base.shape
        count = int(np.prod(shape, dtype=int))
        self._store.seek(self._places[name])
        values = np.frombuffer(self._store.read(self.ticks * count * kind.itemsize), kind)
        return values.reshape((self.ticks, *shape))

    def _take(self, topic: Topic, bodies: list[memoryview], size: int):
        if self._dtype is None:
            self._dtype = _layout(topic)
            self._capacity = _BLOCK
            self._places = {}
        width = self._dtype.itemsize
        whole = [body for body in bodies if len(body) == width]
        self._odd += len(bodies) - len(whole)
        self._rows += whole
        if len(self._rows) >= _BLOCK:
            self._spill(size)

    def _spill(self, size: int = 0):
        """Writes the rows at hand behind what each column has so far."""
        if not self._rows:
            return
        rows = np.frombuffer(b"".join(self._rows), self._dtype)
        if not self._places:
            # A log that goes on after its first block has at most this many ticks in each part; the file is sparse.
            most = len(rows) if not size else 64 * (size // self._dtype.itemsize + _BLOCK)
            at = 0
            for name in self._dtype.names:
                self._places[name] = at
                at += most * self._dtype.fields[name][0].itemsize
            self._capacity = most
        if self.ticks + len(rows) > self._capacity:
            raise LogError(f"{self.file.path}: more ticks than {self._capacity} in its parts; report them one by one")
        for name in self._dtype.names:
            values = np.ascontiguousarray(rows[name])
            self._store.seek(self._places[name] + self.ticks * self._dtype.fields[name][0].itemsize)
            self._store.write(values.tobytes())
        self.ticks += len(rows)
        self._rows = []

    def _event(self, body: memoryview):
        """rcl_interfaces/msg/Log: stamp, level, name, msg, file, function, line."""
        try:
            seconds, nanoseconds, level = struct.unpack_from("<iIB", body)
            at, texts = 12, []
            for _ in range(2):
                (length,) = struct.unpack_from("<I", body, at)
                texts.append(bytes(body[at + 4 : at + 4 + max(length - 1, 0)]).decode(errors="replace"))
                at += 4 + length
                at += -at % 4
            self.events.append(Event((seconds * 10**9 + nanoseconds - self.start) * 1e-9, level, *texts))
        except struct.error:
            self.file.lost.append("an event cannot be read")
