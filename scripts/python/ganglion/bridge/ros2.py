"""The vehicle as a node of ROS 2 would be, without ROS 2: DDS on this machine, standard types out, a Twist in."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
import socket
import stat
from typing import Any

from cyclonedds.core import DDSException, Listener, Policy, Qos
from cyclonedds.domain import Domain, DomainParticipant
from cyclonedds.idl import IdlStruct, make_idl_struct
from cyclonedds.idl import types as idl
from cyclonedds.pub import DataWriter, Publisher
from cyclonedds.sub import DataReader
from cyclonedds.topic import Topic
from cyclonedds.util import duration

from ..errors import BridgeError
from ..layout import Layout
from ..telemetry import Record
from . import meaning
from .commanding import Commander
from .ros_messages import Messages
from .ros_types import DEFINITIONS, members

log = logging.getLogger("ganglion.bridge")
RATE_HZ, DIAGNOSTICS_HZ = 50.0, 2.0
#: Discovery and data on the loopback device alone, as ROS_LOCALHOST_ONLY=1 has it; ROS 2 nodes of this machine find it there.
_LOOPBACK = """<CycloneDDS><Domain id="any"><General><Interfaces><NetworkInterface address="127.0.0.1" multicast="false"/></Interfaces>
<AllowMulticast>false</AllowMulticast></General><Discovery><ParticipantIndex>auto</ParticipantIndex><MaxAutoParticipantIndex>120</MaxAutoParticipantIndex>
<Peers><Peer address="127.0.0.1"/></Peers></Discovery></Domain></CycloneDDS>"""
_IDL = {
    "bool": bool, "byte": idl.uint8, "uint8": idl.uint8, "int8": idl.int8, "int16": idl.int16, "uint16": idl.uint16, "int32": idl.int32,
    "uint32": idl.uint32, "int64": idl.int64, "uint64": idl.uint64, "float32": idl.float32, "float64": idl.float64, "string": str,
}
_SENSORS = Qos(Policy.Reliability.BestEffort, Policy.Durability.Volatile, Policy.History.KeepLast(5))
_RELIABLE = Qos(Policy.Reliability.Reliable(duration(milliseconds=0)), Policy.Durability.Volatile, Policy.History.KeepLast(10))


@functools.cache
def data_type(name: str) -> Any:
    """A type of ros_types as DDS knows that of ROS 2: sensor_msgs::msg::dds_::Imu_."""
    package, _, kind = name.partition("/")
    fields = {}
    for member in members(name):
        base = data_type(member.type) if member.type in DEFINITIONS else _IDL[member.type]
        fields[member.name] = base if member.count is None else idl.sequence[base] if member.count == -1 else idl.array[base, member.count]
    return make_idl_struct(kind + "_", f"{package}::msg::dds_::{kind}_", fields)


@functools.cache
def _encoded_type(name: str) -> type:
    """A sample that is CDR already, in the same bytes as Foxglove's."""
    base = data_type(name)

    class Encoded(base):
        def __init__(self, data: bytes):
            self._data = data

        def serialize(self, buffer=None, endianness=None, use_version_2=None) -> bytes:
            return self._data

    return Encoded


def _sockets() -> set[int]:
    """This process's descriptors of sockets for datagrams of IP."""
    found = set()
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                with socket.socket(fileno=os.dup(int(name))) as one:
                    if one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_DGRAM:
                        found.add(int(name))
    return found


def _keep_to_loopback(descriptors: set[int]):
    """Binds sockets to the loopback device: Cyclone DDS receives at all addresses, whatever interface it is told to use."""
    for descriptor in descriptors:
        with socket.socket(fileno=os.dup(descriptor)) as one:
            if one.getsockname()[0] in ("0.0.0.0", "::"):
                try:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
                except OSError as error:
                    raise BridgeError(f"DDS cannot be kept to this machine ({error}): that takes Linux 5.7, or root") from error


class _Arrived(Listener):
    """Wakes the event loop; DDS calls it in a thread of its own."""

    def __init__(self, loop: asyncio.AbstractEventLoop, call):
        super().__init__()
        self._loop, self._call = loop, call

    def on_data_available(self, reader):
        with contextlib.suppress(RuntimeError):  # The loop has been closed.
            self._loop.call_soon_threadsafe(self._call)


class Ros2:
    """Publishes what the vehicle has, and takes `/cmd_vel`.

    Args:
        commander: who sends what a Twist asks for.
        namespace: in front of all topics but /tf, /diagnostics: for several vehicles.
        domain: of DDS; None takes ROS_DOMAIN_ID, or 0.
    """

    def __init__(self, commander: Commander | None, namespace: str = "", domain: int | None = None):
        try:
            number = int(os.environ.get("ROS_DOMAIN_ID") or 0) if domain is None else domain
        except ValueError as error:
            raise BridgeError(f"ROS_DOMAIN_ID is {os.environ['ROS_DOMAIN_ID']!r}, expected 0 to 232") from error
        if not 0 <= number <= 232:
            raise BridgeError(f"the domain of ROS 2 is {number}, expected 0 to 232")
        # A configuration of the surroundings would open other devices of the network.
        os.environ.pop("CYCLONEDDS_URI", None)
        before = _sockets()
        try:
            self._domain = Domain(number, _LOOPBACK)
            self._participant = DomainParticipant(number)
            _keep_to_loopback(_sockets() - before)
        except DDSException as error:
            raise BridgeError(f"DDS cannot be started on domain {number} ({error}); try another ROS_DOMAIN_ID") from error
        self._publisher = Publisher(self._participant)
        self._namespace, self._commander = namespace.strip("/"), commander
        self._writers: dict[str, DataWriter] = {}
        self._messages: Messages | None = None
        self._next = self._next_diagnostics = 0.0
        self.twists = 0
        self._reader: DataReader | None = None
        if commander is not None:
            topic = Topic(self._participant, self._name("/cmd_vel"), data_type("geometry_msgs/Twist"), qos=_RELIABLE)
            self._listener = _Arrived(asyncio.get_running_loop(), self._twists)
            self._reader = DataReader(self._participant, topic, qos=_RELIABLE, listener=self._listener)

    def _name(self, topic: str) -> str:
        inside = f"/{self._namespace}" if self._namespace and topic not in ("/tf", "/diagnostics") else ""
        return f"rt{inside}{topic}"

    def begin(self, layout: Layout) -> None:
        """A vehicle is there."""
        self._messages = Messages(meaning.of(layout))
        self._next = self._next_diagnostics = 0.0

    def take(self, record: Record, wall_ns: int) -> None:
        """Publishes what follows from a record when it is time."""
        if record.time_s < self._next:
            return
        self._next = record.time_s + 0.999 / RATE_HZ
        messages = self._messages.of(record, wall_ns)
        if record.time_s >= self._next_diagnostics:
            self._next_diagnostics = record.time_s + 1 / DIAGNOSTICS_HZ
            messages.append(self._messages.diagnostics(record, wall_ns))
        for message in messages:
            self._writer(message.topic, message.type).write(_encoded_type(message.type)(message.data))

    def _writer(self, topic: str, kind: str) -> DataWriter:
        writer = self._writers.get(topic)
        if writer is None:
            qos = _SENSORS if topic.endswith("/data") else _RELIABLE
            writer = DataWriter(self._publisher, Topic(self._participant, self._name(topic), data_type(kind), qos=qos), qos=qos)
            self._writers[topic] = writer
        return writer

    def _twists(self):
        """The newest Twist counts; what came before it is old."""
        newest: IdlStruct | None = None
        for sample in self._reader.take(64) if self._reader is not None else ():
            if isinstance(sample, data_type("geometry_msgs/Twist")):
                newest, self.twists = sample, self.twists + 1
        if newest is None:
            return
        linear, angular = ((one.x, one.y, one.z) for one in (newest.linear, newest.angular))
        if not self._commander.twist(linear, angular) and self._commander.refused == 1:
            log.warning("a Twist is refused: the vehicle cannot do what it asks for, or cannot be commanded (%s)", self._commander.trouble or linear + angular)

    def end(self, why: str) -> None:
        """Silence is what subscribers see."""

    async def close(self) -> None:
        """Leaves the domain."""
        self._reader = None
        self._writers.clear()
