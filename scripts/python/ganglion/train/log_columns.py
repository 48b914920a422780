"""Reads the ticks of a flight log (MCAP, CDR, ros2msg schema) into NumPy columns, fast.

General readers decode message by message, at some ten thousand a second; here all messages of one layout are
decoded at once. The layout follows from the schema that travels in the file, so that a new field in the log
needs no change here. File format: mcap.dev/spec.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

PRIMITIVES = {
    "bool": "u1", "uint8": "u1", "int8": "i1", "uint16": "<u2", "int16": "<i2", "uint32": "<u4", "int32": "<i4",
    "uint64": "<u8", "int64": "<i8", "float32": "<f4", "float64": "<f8",
}  # fmt: skip
ENCAPSULATION = 4  # bytes in front of a CDR body; alignment counts from behind them
MAGIC = b"\x89MCAP0\r\n"
SCHEMA, CHANNEL, MESSAGE, CHUNK = 0x03, 0x04, 0x05, 0x06  # opcodes
CHUNK_HEADER = 8 + 8 + 8 + 4  # first and last log time, size, checksum; compression and records follow
MESSAGE_HEADER = 2 + 4 + 8 + 8  # channel, sequence, log time, publish time


def parse_schema(text: str) -> list[tuple[str, str]]:
    """Type and name of each field of a flat ros2msg text."""
    lines = (line.split("#", 1)[0].split() for line in text.splitlines())
    return [(line[0], line[1]) for line in lines if len(line) >= 2]


class Layout:
    """Where each field of a message lies; sequences have the lengths found in the message given, arrays that of the schema."""

    def __init__(self, fields: list[tuple[str, str]], body: memoryview):
        self.places: dict[str, tuple[np.dtype, int | None, int]] = {}  # type, count of a list, offset
        self.counts: list[tuple[int, bytes]] = []  # offset of each sequence's count and its bytes
        at = 0
        for kind, name in fields:
            base, bracket, length = kind.partition("[")
            if base not in PRIMITIVES:
                raise ValueError(f"field {name}: type {kind} is none that a tick of Ganglion has")
            dtype = np.dtype(PRIMITIVES[base])
            count = None
            if bracket and length[:-1].isdigit():
                count = int(length[:-1])
            elif bracket:
                at += -at % 4
                (count,) = struct.unpack_from("<I", body, at)
                self.counts.append((at, bytes(body[at : at + 4])))
                at += 4
            if count != 0:
                at += -at % dtype.itemsize
            self.places[name] = (dtype, count, at)
            at += dtype.itemsize * (1 if count is None else count)

    def matches(self, block: np.ndarray) -> np.ndarray:
        """Which messages, a row of bytes each, have sequences of these lengths."""
        same = np.ones(len(block), dtype=bool)
        for offset, count in self.counts:
            same &= (block[:, offset : offset + 4] == np.frombuffer(count, np.uint8)).all(axis=1)
        return same

    def column(self, block: np.ndarray, name: str) -> np.ndarray:
        """One field of every message: [messages], or [messages, count] for a sequence."""
        dtype, count, offset = self.places[name]
        width = dtype.itemsize * (1 if count is None else count)
        values = np.ascontiguousarray(block[:, offset : offset + width]).view(dtype)
        return values[:, 0] if count is None else values


def read_columns(path: Path, topic: str, names: list[str]) -> dict[str, np.ndarray]:
    """The named fields of every message on `topic` in order; short sequences are filled with zeros."""
    schema, bodies = _messages(path, topic)
    fields = parse_schema(schema)
    if missing := set(names) - {name for _, name in fields}:
        raise ValueError(f"{path}: {topic} has no field {', '.join(sorted(missing))}")
    lengths = np.array([len(body) for body in bodies])
    left = np.ones(len(bodies), dtype=bool)
    parts: list[tuple[np.ndarray, dict[str, np.ndarray]]] = []
    while left.any():
        first = int(np.argmax(left))
        layout = Layout(fields, bodies[first])
        rows = np.flatnonzero(left & (lengths == lengths[first]))
        block = np.frombuffer(b"".join(bodies[row] for row in rows), np.uint8).reshape(len(rows), -1)
        same = layout.matches(block)
        parts.append((rows[same], {name: layout.column(block[same], name) for name in names}))
        left[rows[same]] = False
    columns = {}
    for name in names:
        widest = max((part[name] for _, part in parts), key=lambda values: values.shape[1:])
        columns[name] = np.zeros((len(bodies), *widest.shape[1:]), widest.dtype)
        for rows, part in parts:
            if part[name].ndim == 1:
                columns[name][rows] = part[name]
            else:
                columns[name][rows, : part[name].shape[1]] = part[name]
    return columns


def _records(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Opcode and content of each record."""
    at = 0
    while at + 9 <= len(data):
        opcode, length = struct.unpack_from("<BQ", data, at)
        yield opcode, data[at + 9 : at + 9 + length]
        at += 9 + length


def _text(data: memoryview, at: int) -> tuple[str, int]:
    """A string with its length in front, and where it ends."""
    (length,) = struct.unpack_from("<I", data, at)
    return str(data[at + 4 : at + 4 + length], "utf-8"), at + 4 + length


def _messages(path: Path, topic: str) -> tuple[str, list[memoryview]]:
    """Schema text and message bodies of one topic."""
    schemas: dict[int, str] = {}
    wanted: dict[int, int] = {}  # channel to schema
    bodies: list[memoryview] = []

    def walk(data: memoryview) -> None:
        for opcode, record in _records(data):
            if opcode == MESSAGE:
                if struct.unpack_from("<H", record)[0] in wanted:
                    bodies.append(record[MESSAGE_HEADER + ENCAPSULATION :])
            elif opcode == CHUNK:
                compression, at = _text(record, CHUNK_HEADER)
                if compression:
                    raise ValueError(f"{path}: a chunk is compressed with {compression}; Ganglion writes none")
                walk(record[at + 8 :])
            elif opcode == SCHEMA:
                _, at = _text(record, 2)
                _, at = _text(record, at)
                schemas[struct.unpack_from("<H", record)[0]] = _text(record, at)[0]
            elif opcode == CHANNEL and _text(record, 4)[0] == topic:
                channel, schema = struct.unpack_from("<HH", record)
                wanted[channel] = schema

    data = Path(path).read_bytes()
    if not data.startswith(MAGIC):
        raise ValueError(f"{path}: not an MCAP file")
    # A finished log ends as it begins.
    if len(data) < 2 * len(MAGIC) or not data.endswith(MAGIC):
        raise ValueError(f"{path}: cut off; rewrite what is whole with `ganglion log recover`")
    walk(memoryview(data)[len(MAGIC) :])
    if not bodies:
        raise ValueError(f"{path}: no message on {topic}")
    return schemas[next(iter(wanted.values()))], bodies
