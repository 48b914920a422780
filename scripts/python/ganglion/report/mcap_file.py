"""The records of a log in the order of its file, with what is damaged or missing named and passed over."""

from __future__ import annotations

import os
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import LogError

try:
    from mcap.exceptions import EndOfFile, InvalidMagic, McapError
    from mcap.records import Attachment, Channel, Chunk, Footer, Metadata, Schema
    from mcap.stream_reader import StreamReader, get_chunk_data_stream
except ImportError as error:  # pragma: no cover
    raise LogError(f"{error}: logs are read with the package mcap; pip install 'ganglion[report]'") from error

_SCHEMA, _CHANNEL, _MESSAGE = 3, 4, 5
_RECORD, _MESSAGE_HEAD = struct.Struct("<BQ"), struct.Struct("<HIQQ")
#: Bytes in front of a CDR body; alignment counts from behind them.
ENCAPSULATION = 4


@dataclass
class Topic:
    """A topic: its schema, and how many messages it has."""

    name: str
    schema: str
    text: str
    messages: int = 0


@dataclass
class RecordFile:
    """What stands in a log but for its messages. `lost` says in words what could not be read."""

    path: Path
    bytes: int = 0
    chunks: int = 0
    profile: str = ""
    is_complete: bool = False
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)
    attachments: dict[str, bytes] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    parts: list[Path] = field(default_factory=list)
    #: Log times of the first and the last message in ns.
    first: int | None = None
    last: int | None = None

    def messages(self):
        """Reads file and parts through, and yields (topic, bodies) for each chunk and each topic in it; bodies are slices
        behind the CDR encapsulation."""
        for path in self._paths():
            self.parts.append(path)
            self.bytes += path.stat().st_size
            yield from self._part(path)

    def _paths(self):
        yield self.path
        stem, number = self.path.stem, 1
        if (found := re.fullmatch(r"(.*)\.(\d+)", stem)) is not None and "ganglion part" in self.metadata:
            stem, number = found[1], int(found[2])
        while "ganglion next part" in self.metadata:
            del self.metadata["ganglion next part"]
            number += 1
            path = self.path.with_name(f"{stem}.{number}{self.path.suffix}")
            if not path.is_file():
                self.lost.append(f"the log goes on in {path.name}, which is missing")
                return
            yield path

    def _part(self, path: Path):
        schemas: dict[int, Schema] = {}
        ids: dict[int, int] = {}
        with open(path, "rb") as stream:
            whole = 0
            try:
                for record in StreamReader(stream, emit_chunks=True, record_size_limit=1 << 30).records:
                    if isinstance(record, Schema):
                        schemas[record.id] = record
                    elif isinstance(record, Channel):
                        self._open(record, schemas, ids)
                    elif isinstance(record, Metadata):
                        self.metadata.setdefault(record.name, {}).update(record.metadata)
                    elif isinstance(record, Attachment):
                        self.attachments.setdefault(record.name, record.data)
                    elif isinstance(record, Chunk):
                        self.chunks += 1
                        yield from self._chunk(record, schemas, ids)
                        whole = stream.tell()
                    elif isinstance(record, Footer):
                        self.is_complete = True
                    elif type(record).__name__ == "Header":
                        self.profile = record.profile
            except InvalidMagic:
                if not self.chunks and not self.topics and stream.tell() <= 8:
                    raise LogError(f"{path}: not an MCAP file, which Ganglion's logs are; {_kind(path)}") from None
                self.lost.append(f"{path.name} does not end as an MCAP file does")
                self.is_complete = False
            except EndOfFile:
                if not self.topics:
                    raise LogError(f"{path}: cut off before its first record; it holds nothing to show") from None
                left = path.stat().st_size - whole
                self.is_complete = False
                self.lost.append(
                    f"{path.name} is cut off: {left} bytes behind its last whole chunk are not shown; "
                    "rewrite what is whole with `ganglion log recover`"
                )
            except (McapError, ValueError, struct.error, UnicodeDecodeError, MemoryError, KeyError) as error:
                self.is_complete = False
                self.lost.append(
                    f"{path.name} is damaged behind byte {whole} ({error}); what follows is not shown: see `ganglion log verify`"
                )

    def _open(self, channel: Channel, schemas: dict[int, Schema], ids: dict[int, int]):
        """Takes note of a topic; of one with several publishers, and of each part, the messages are added up."""
        if channel.id in ids:
            return
        schema = schemas.get(channel.schema_id)
        name, text = (schema.name, schema.data.decode(errors="replace")) if schema else ("", "")
        for key, topic in self.topics.items():
            if (topic.name, topic.schema) == (channel.topic, name):
                ids[channel.id] = key
                return
        ids[channel.id] = len(self.topics)
        self.topics[len(self.topics)] = Topic(channel.topic, name, text)

    def _chunk(self, chunk: Chunk, schemas: dict[int, Schema], ids: dict[int, int]):
        try:
            stream, size = get_chunk_data_stream(chunk, validate_crc=True)
        except Exception as error:  # whatever zstd, lz4 or the checksum says of damaged bytes
            self.lost.append(f"a chunk at {chunk.message_start_time * 1e-9:.3f} s is damaged and not shown ({error})")
            return
        data = memoryview(stream.read(size))
        found: dict[int, list[memoryview]] = {}
        at = 0
        while at + _RECORD.size <= size:
            opcode, length = _RECORD.unpack_from(data, at)
            at += _RECORD.size
            if opcode == _MESSAGE and length >= _MESSAGE_HEAD.size + ENCAPSULATION:
                channel, _, time, _ = _MESSAGE_HEAD.unpack_from(data, at)
                key = ids.get(channel)
                if key is not None:
                    found.setdefault(key, []).append(data[at + _MESSAGE_HEAD.size + ENCAPSULATION : at + length])
                    self.first = time if self.first is None or time < self.first else self.first
                    self.last = time if self.last is None or time > self.last else self.last
            elif opcode in (_SCHEMA, _CHANNEL):
                self._inner(opcode, bytes(data[at : at + length]), schemas, ids)
            at += length
        for key, bodies in found.items():
            self.topics[key].messages += len(bodies)
            yield self.topics[key], bodies

    def _inner(self, opcode: int, content: bytes, schemas: dict[int, Schema], ids: dict[int, int]):
        """A schema or a channel that stands in a chunk only, as other writers have them."""
        from io import BytesIO

        from mcap.data_stream import ReadDataStream

        stream = ReadDataStream(BytesIO(content))
        if opcode == _SCHEMA:
            schema = Schema.read(stream)
            schemas[schema.id] = schema
        else:
            self._open(Channel.read(stream), schemas, ids)


def _kind(path: Path) -> str:
    """What a file of another kind is, and what to do with it."""
    with open(path, "rb") as stream:
        head = stream.read(32)
    if head.startswith(b"ULog\x01\x12\x35"):
        return "it is a log of PX4: fly it again with `ganglion replay --config CONFIG LOG`, and report that"
    if head.startswith(b"\xa3\x95"):
        return "it is a log of ArduPilot: fly it again with `ganglion replay --config CONFIG LOG`, and report that"
    if head.startswith(b"version https://git-"):
        return "it is a pointer of Git LFS: fetch the file itself"
    if not head:
        return "it is empty"
    return "name a log that `ganglion run` wrote, or a model file"


def sizes(path: Path) -> int:
    """Bytes of a file. Raises `LogError` where it cannot be looked at."""
    try:
        return os.stat(path).st_size
    except OSError as error:
        raise LogError(f"{path}: {error.strerror}") from error
