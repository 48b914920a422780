"""How the bytes of a tick's record are laid out: what a running vehicle says of itself in telemetry.json."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from pathlib import Path

from .errors import TelemetryError

#: Kinds of signals: how they are unpacked, and what `ros2msg` calls them.
KINDS = {"i64": ("q", "int64"), "u64": ("Q", "uint64"), "f64": ("d", "float64"), "u32": ("I", "uint32"), "f32": ("f", "float32"), "u8": ("B", "uint8")}
#: No record is longer than the frame that it is taken of, which is 16 KiB; no vehicle has more signals than that.
LONGEST = 16384
#: Largest telemetry.json that is read: names, units and texts of the most signals, and networks with their wiring.
_LARGEST_FILE = 16 << 20


@dataclass(frozen=True)
class Field:
    """A signal in the record: where its bytes lie, and what they mean."""

    name: str
    unit: str
    kind: str
    at: int
    count: int = 1
    choices: tuple[str, ...] = ()
    is_flag: bool = False
    about: str = ""

    @property
    def size(self) -> int:
        """Bytes of one value."""
        return struct.calcsize(KINDS[self.kind][0])

    @property
    def end(self) -> int:
        """Where the next one may begin."""
        return self.at + self.size * self.count


@dataclass(frozen=True)
class Condition:
    """Something that the vehicle watches for: what it means, what helps, and the signal that says that it holds."""

    name: str
    text: str
    remedy: str
    signal: str


@dataclass(frozen=True)
class NetworkNote:
    """A network that flies: its model's file, the names of its ports, its wiring where the vehicle says it."""

    name: str
    model: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    wiring: dict | None


@dataclass
class Layout:
    """A vehicle's record. Raises `TelemetryError` for a file that says nothing that can be read."""

    vehicle: str
    rate_hz: float
    digest: int
    length: int
    fields: dict[str, Field]
    conditions: list[Condition] = field(default_factory=list)
    networks: list[NetworkNote] = field(default_factory=list)
    #: The log's schema of this record, (name, text), where the vehicle says it.
    schema: tuple[str, str] | None = None

    def __post_init__(self):
        self._unpackers = {
            one.name: (struct.Struct(f"<{one.count}{KINDS[one.kind][0]}").unpack_from, one.at, one.count > 1) for one in self.fields.values()
        }

    def read(self, body: bytes, name: str):
        """A signal's value, a tuple for a vector. Raises `KeyError` for a signal that the vehicle does not have."""
        unpack, at, is_vector = self._unpackers[name]
        values = unpack(body, at)
        return values if is_vector else values[0]

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def words(self, name: str, value: int) -> str:
        """What a choice is called."""
        choices = self.fields[name].choices
        return choices[value] if 0 <= value < len(choices) else str(value)

    @classmethod
    def open(cls, path: Path) -> Layout:
        """The layout in a file."""
        try:
            if path.stat().st_size > _LARGEST_FILE:
                raise TelemetryError(f"{path}: is larger than {_LARGEST_FILE >> 20} MiB, which no vehicle's description is")
            return cls.parse(json.loads(path.read_text()), str(path))
        except (OSError, ValueError, RecursionError) as error:
            if isinstance(error, TelemetryError):
                raise
            raise TelemetryError(f"{path}: cannot be read ({error})") from error

    @classmethod
    def parse(cls, said, place: str = "telemetry.json") -> Layout:
        """The layout that parsed JSON says."""

        def wrong(text: str) -> TelemetryError:
            return TelemetryError(f"{place}: {text}; is the vehicle of another version?")

        try:
            length, digest, rate = said["length"], said["digest"], float(said["rate_hz"])
            if not isinstance(said["signals"], list):
                raise TypeError("signals is no list")
            fields = [_field(one) for one in said["signals"]]
            conditions = [Condition(*(_text(one, key) for key in ("name", "text", "remedy", "signal"))) for one in said.get("conditions") or []]
            networks = [_network(one) for one in said.get("networks") or []]
            vehicle = _text(said, "vehicle")
            found = (_text(said, "schema_name"), _text(said, "schema")) if said.get("schema") is not None else None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise wrong(f"something is missing or of another type ({error!r})") from error
        if not (_is_whole(length) and 0 <= length <= LONGEST and _is_whole(digest) and 0 <= digest < 2**32 and 0 < rate <= 1e6):
            raise wrong(f"length {length}, digest {digest} or rate {rate} is beyond what records can have")
        end, by_name = 0, {}
        for one in sorted(fields, key=lambda one: one.at):
            if one.at < end or one.end > length:
                raise wrong(f"the signal {one.name!r} lies over another, or beyond the record's {length} bytes")
            if one.name in by_name:
                raise wrong(f"there are two signals {one.name!r}")
            end, by_name[one.name] = one.end, one
        return cls(vehicle, rate, digest, length, by_name, conditions, networks, found)


def _is_whole(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(said: dict, key: str) -> str:
    value = said[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} is no text")
    return value


def _field(said: dict) -> Field:
    name, kind, at, count = _text(said, "name"), said["kind"], said["at"], said.get("count", 1)
    if kind not in KINDS or not _is_whole(at) or not _is_whole(count) or at < 0 or not 1 <= count <= LONGEST or not name:
        raise ValueError(f"signal {name!r}: kind {kind!r}, at {at!r}, count {count!r}")
    choices = tuple(said.get("choices") or ())
    if not all(isinstance(choice, str) for choice in choices):
        raise TypeError(f"signal {name!r}: a choice is no text")
    about = said.get("about") or ""
    return Field(name, _text(said, "unit") if said.get("unit") is not None else "", kind, at, count, choices, bool(said.get("flag")), str(about))


def _network(said: dict) -> NetworkNote:
    ports = [tuple(port if isinstance(port, str) else _text(port, "name") for port in said.get(key) or ()) for key in ("inputs", "outputs")]
    wiring = said.get("wiring")
    return NetworkNote(_text(said, "name"), said.get("model") or "", *ports, wiring if isinstance(wiring, dict) else None)
