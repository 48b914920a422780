"""Reads the ticks of a flight log (MCAP, CDR, ros2msg schema) into NumPy columns, fast.

The PyPI package mcap finds the chunks; the records in them are walked here, and all messages of one layout
are decoded at once. The layout follows from the schema that travels in the file, so that a new field in the
log needs no change here.
"""

import struct
from io import BytesIO
from pathlib import Path

import numpy as np
from mcap.data_stream import ReadDataStream
from mcap.opcode import Opcode
from mcap.records import Channel, Chunk, Message, Schema
from mcap.stream_reader import StreamReader

PRIMITIVES = {
    "bool": "u1", "uint8": "u1", "int8": "i1", "uint16": "<u2", "int16": "<i2", "uint32": "<u4", "int32": "<i4",
    "uint64": "<u8", "int64": "<i8", "float32": "<f4", "float64": "<f8",
}  # fmt: skip
ENCAPSULATION = 4  # bytes in front of a CDR body; alignment counts from behind them
MESSAGE_HEADER = 2 + 4 + 8 + 8  # channel, sequence, log time, publish time


def parse_schema(text: str) -> list[tuple[str, str]]:
    """Type and name of each field of a flat ros2msg text."""
    lines = (line.split("#", 1)[0].split() for line in text.splitlines())
    return [(line[0], line[1]) for line in lines if len(line) >= 2]


class Layout:
    """Where each field of a message lies; sequences have the lengths found in the message given."""

    def __init__(self, fields: list[tuple[str, str]], body: bytes):
        self.places: dict[str, tuple[np.dtype, int | None, int]] = {}  # type, count if a sequence, offset
        self.counts: list[tuple[int, bytes]] = []  # offset of each sequence's count and its bytes
        at = 0
        for kind, name in fields:
            base, bracket, _ = kind.partition("[")
            if base not in PRIMITIVES:
                raise ValueError(f"field {name}: type {kind} is none that a tick of Ganglion has")
            dtype = np.dtype(PRIMITIVES[base])
            count = None
            if bracket:
                at += -at % 4
                (count,) = struct.unpack_from("<I", body, at)
                self.counts.append((at, body[at : at + 4]))
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


def _messages(path: Path, topic: str) -> tuple[str, list[bytes]]:
    """Schema text and message bodies of one topic."""
    schemas: dict[int, str] = {}
    wanted: dict[int, int] = {}  # channel to schema
    bodies: list[bytes] = []

    def note(record) -> None:
        if isinstance(record, Schema):
            schemas[record.id] = record.data.decode()
        elif isinstance(record, Channel) and record.topic == topic:
            wanted[record.id] = record.schema_id
        elif isinstance(record, Message) and record.channel_id in wanted:
            bodies.append(bytes(record.data[ENCAPSULATION:]))

    with open(path, "rb") as stream:
        for record in StreamReader(stream, emit_chunks=True).records:
            if not isinstance(record, Chunk):
                note(record)
                continue
            if record.compression:
                raise ValueError(f"{path}: a chunk is compressed with {record.compression}; Ganglion writes none")
            data, at = record.data, 0
            while at < len(data):
                opcode, length = struct.unpack_from("<BQ", data, at)
                start, at = at + 9, at + 9 + length
                if opcode == Opcode.MESSAGE:
                    if struct.unpack_from("<H", data, start)[0] in wanted:
                        bodies.append(data[start + MESSAGE_HEADER + ENCAPSULATION : at])
                elif opcode == Opcode.CHANNEL:
                    note(Channel.read(ReadDataStream(BytesIO(data[start:at]))))
                elif opcode == Opcode.SCHEMA:
                    note(Schema.read(ReadDataStream(BytesIO(data[start:at]))))
    if not bodies:
        raise ValueError(f"{path}: no message on {topic}")
    return schemas[next(iter(wanted.values()))], bodies
