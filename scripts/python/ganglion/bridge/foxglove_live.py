"""A live view in Foxglove: every record with the log's own schema, and standard messages beside it."""

from __future__ import annotations

import logging

import foxglove

from ..errors import BridgeError
from ..layout import KINDS, Layout
from ..telemetry import Record
from . import meaning
from .ros_messages import Message, Messages
from .ros_types import full_name, schema

log = logging.getLogger("ganglion.bridge")
PORT = 8765
#: How often messages for people are sent at most, and diagnostics.
RATE_HZ, DIAGNOSTICS_HZ = 50.0, 2.0
_ENCAPSULATION = b"\x00\x01\x00\x00"


def tick_schema(layout: Layout) -> tuple[str, str] | None:
    """The schema of the whole record, name and text, as the log of the vehicle has it; None for a layout with gaps, which CDR has not.

    The vehicle says it where it can; otherwise it is made of the signals, and has a name of its own, since it lacks their meanings."""
    end, lines = 0, []
    for one in sorted(layout.fields.values(), key=lambda one: one.at):
        if one.at != end or one.at % one.size:
            return None
        end = one.end
        kind = "bool" if one.is_flag else KINDS[one.kind][1]
        note = ", ".join(filter(None, [one.unit, one.about, ", ".join(f"{k} {name}" for k, name in enumerate(one.choices))]))
        clean = "".join(c if c.isalnum() and c.isascii() else "_" for c in one.name)
        shape = f"[{one.count}]" if one.count > 1 else ""
        lines.append(f"{kind}{shape} {clean}" + (f"  # {' '.join(note.split())}" if note else ""))
    if end != layout.length:
        return None
    if layout.schema is not None and _bytes_of(layout.schema[1]) == layout.length:
        return layout.schema
    return f"ganglion_msgs/msg/Telemetry{layout.digest:08X}", "\n".join(lines) + "\n"


def _bytes_of(text: str) -> int:
    """How long a record of a schema of plain types is; -1 for another schema."""
    sizes = {"bool": 1} | {name: int(name.lstrip("uintfloa")) // 8 for _, name in KINDS.values()}
    total = 0
    for line in text.splitlines():
        if not (words := line.partition("#")[0].split()):
            continue
        base, _, width = words[0].partition("[")
        if base not in sizes or not (width == "" or width[:-1].isdigit()):
            return -1
        total += sizes[base] * int(width[:-1] or 1) if width else sizes[base]
    return total


class FoxgloveLive:
    """Serves Foxglove's WebSocket on this machine alone: the protocol knows no keys."""

    def __init__(self, name: str, port: int = PORT):
        foxglove.set_log_level("WARNING")
        self._context = foxglove.Context()
        try:
            self._server = foxglove.start_server(name=f"ganglion {name}", host="127.0.0.1", port=port, context=self._context)
        except (RuntimeError, OSError) as error:
            raise BridgeError(f"Foxglove's port {port} cannot be opened ({error}); does another bridge have it? name another with --foxglove PORT") from error
        self._channels: dict[str, foxglove.Channel] = {}
        self._tick: foxglove.Channel | None = None
        self._messages: Messages | None = None
        self._next = self._next_diagnostics = 0.0

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._server.port

    def begin(self, layout: Layout) -> None:
        """Advertises what this vehicle has."""
        self._close_channels()
        self._next = self._next_diagnostics = 0.0
        self._messages = Messages(meaning.of(layout))
        if (found := tick_schema(layout)) is None:
            log.warning("the record of %s has gaps, so it is not shown whole in Foxglove", layout.vehicle)
        else:
            self._tick = self._channel("/ganglion/tick", *found)
        self._server.clear_session()

    def _channel(self, topic: str, name: str, text: str) -> foxglove.Channel:
        return foxglove.Channel(
            topic, message_encoding="cdr", schema=foxglove.Schema(name=name, encoding="ros2msg", data=text.encode()), context=self._context)

    def take(self, record: Record, wall_ns: int) -> None:
        """Sends the record, and what follows from it when it is time."""
        if self._tick is not None:
            self._tick.log(_ENCAPSULATION + record.body, log_time=wall_ns)
        for message in self._messages.events(record, wall_ns):
            self._send(message, wall_ns)
        if record.time_s < self._next:
            return
        self._next = record.time_s + 0.999 / RATE_HZ
        for message in self._messages.of(record, wall_ns):
            self._send(message, wall_ns)
        if record.time_s >= self._next_diagnostics:
            self._next_diagnostics = record.time_s + 1 / DIAGNOSTICS_HZ
            self._send(self._messages.diagnostics(record, wall_ns), wall_ns)

    def _send(self, message: Message, wall_ns: int):
        channel = self._channels.get(message.topic)
        if channel is None:
            channel = self._channels[message.topic] = self._channel(message.topic, full_name(message.type), schema(message.type))
        channel.log(message.data, log_time=wall_ns)

    def end(self, why: str) -> None:
        """Says that the vehicle has gone; what was shown stays."""
        self._server.publish_status(f"the vehicle is away: {why}", foxglove.StatusLevel.Warning, "away")

    def _close_channels(self):
        self._server.remove_status(["away"])
        for channel in (self._tick, *self._channels.values()):
            if channel is not None:
                channel.close()
        self._tick, self._channels = None, {}

    async def close(self) -> None:
        """Closes the port."""
        self._server.stop()
