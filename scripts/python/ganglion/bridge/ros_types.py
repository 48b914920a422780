"""The message types of ROS 2 that a bridge speaks, by their definitions: as `ros2msg` text, and as CDR bytes."""

from __future__ import annotations

import functools
import re
import struct
from dataclasses import dataclass

#: Field by field as common_interfaces, rcl_interfaces and geometry2 have had them since Foxy.
DEFINITIONS = {
    "builtin_interfaces/Time": "int32 sec\nuint32 nanosec",
    "std_msgs/Header": "builtin_interfaces/Time stamp\nstring frame_id",
    "geometry_msgs/Vector3": "float64 x\nfloat64 y\nfloat64 z",
    "geometry_msgs/Point": "float64 x\nfloat64 y\nfloat64 z",
    "geometry_msgs/Quaternion": "float64 x\nfloat64 y\nfloat64 z\nfloat64 w",
    "geometry_msgs/Pose": "geometry_msgs/Point position\ngeometry_msgs/Quaternion orientation",
    "geometry_msgs/PoseStamped": "std_msgs/Header header\ngeometry_msgs/Pose pose",
    "geometry_msgs/PoseWithCovariance": "geometry_msgs/Pose pose\nfloat64[36] covariance",
    "geometry_msgs/Twist": "geometry_msgs/Vector3 linear\ngeometry_msgs/Vector3 angular",
    "geometry_msgs/TwistWithCovariance": "geometry_msgs/Twist twist\nfloat64[36] covariance",
    "geometry_msgs/Transform": "geometry_msgs/Vector3 translation\ngeometry_msgs/Quaternion rotation",
    "geometry_msgs/TransformStamped": "std_msgs/Header header\nstring child_frame_id\ngeometry_msgs/Transform transform",
    "tf2_msgs/TFMessage": "geometry_msgs/TransformStamped[] transforms",
    "nav_msgs/Odometry": "std_msgs/Header header\nstring child_frame_id\ngeometry_msgs/PoseWithCovariance pose\ngeometry_msgs/TwistWithCovariance twist",
    "sensor_msgs/Imu": "std_msgs/Header header\ngeometry_msgs/Quaternion orientation\nfloat64[9] orientation_covariance\n"
    "geometry_msgs/Vector3 angular_velocity\nfloat64[9] angular_velocity_covariance\n"
    "geometry_msgs/Vector3 linear_acceleration\nfloat64[9] linear_acceleration_covariance",
    "sensor_msgs/FluidPressure": "std_msgs/Header header\nfloat64 fluid_pressure\nfloat64 variance",
    "sensor_msgs/MagneticField": "std_msgs/Header header\ngeometry_msgs/Vector3 magnetic_field\nfloat64[9] magnetic_field_covariance",
    "sensor_msgs/Range": "uint8 ULTRASOUND=0\nuint8 INFRARED=1\nstd_msgs/Header header\nuint8 radiation_type\nfloat32 field_of_view\n"
    "float32 min_range\nfloat32 max_range\nfloat32 range",
    "sensor_msgs/JointState": "std_msgs/Header header\nstring[] name\nfloat64[] position\nfloat64[] velocity\nfloat64[] effort",
    "sensor_msgs/BatteryState": "std_msgs/Header header\nfloat32 voltage\nfloat32 temperature\nfloat32 current\nfloat32 charge\nfloat32 capacity\n"
    "float32 design_capacity\nfloat32 percentage\nuint8 power_supply_status\nuint8 power_supply_health\nuint8 power_supply_technology\n"
    "bool present\nfloat32[] cell_voltage\nfloat32[] cell_temperature\nstring location\nstring serial_number",
    "diagnostic_msgs/KeyValue": "string key\nstring value",
    "diagnostic_msgs/DiagnosticStatus": "byte OK=0\nbyte WARN=1\nbyte ERROR=2\nbyte STALE=3\nbyte level\nstring name\nstring message\n"
    "string hardware_id\ndiagnostic_msgs/KeyValue[] values",
    "diagnostic_msgs/DiagnosticArray": "std_msgs/Header header\ndiagnostic_msgs/DiagnosticStatus[] status",
    "rcl_interfaces/Log": "byte DEBUG=10\nbyte INFO=20\nbyte WARN=30\nbyte ERROR=40\nbyte FATAL=50\nbuiltin_interfaces/Time stamp\nuint8 level\n"
    "string name\nstring msg\nstring file\nstring function\nuint32 line",
}
_PLAIN = {
    "bool": "?", "byte": "B", "uint8": "B", "int8": "b", "int16": "h", "uint16": "H", "int32": "i", "uint32": "I", "int64": "q", "uint64": "Q",
    "float32": "f", "float64": "d",
}
#: In front of every message: CDR, little-endian.
_ENCAPSULATION = b"\x00\x01\x00\x00"


@dataclass(frozen=True)
class Member:
    """A field: its type, and how many of them (None for one, -1 for any number)."""

    name: str
    type: str
    count: int | None


@functools.cache
def members(name: str) -> tuple[Member, ...]:
    """The fields of a type, without its constants."""
    found = []
    for line in DEFINITIONS[name].splitlines():
        kind, _, field = line.partition(" ")
        if "=" in field:
            continue
        base, width = re.fullmatch(r"([\w/]+)(?:\[(\d*)\])?", kind).groups()
        found.append(Member(field, base, None if width is None else int(width or -1)))
    return tuple(found)


def _needs(name: str, found: list[str]) -> list[str]:
    for member in members(name):
        if member.type in DEFINITIONS and member.type not in found:
            found.append(member.type)
            _needs(member.type, found)
    return found


@functools.cache
def schema(name: str) -> str:
    """The definition with all that it stands on, as `ros2msg` has it."""
    parts = [DEFINITIONS[name] + "\n"]
    parts += [f"{'=' * 80}\nMSG: {needed}\n{DEFINITIONS[needed]}\n" for needed in _needs(name, [])]
    return "".join(parts)


def full_name(name: str) -> str:
    """As schemas and tools name it: sensor_msgs/msg/Imu."""
    package, _, kind = name.partition("/")
    return f"{package}/msg/{kind}"


def encode(name: str, values) -> bytes:
    """A message as CDR. `values` are those of its fields in their order, nested as the types are."""
    data = bytearray()
    _put(data, name, values)
    return _ENCAPSULATION + bytes(data)


def _put(data: bytearray, name: str, values):
    fields = members(name)
    if len(fields) != len(values):
        raise ValueError(f"{name} has {len(fields)} fields, and {len(values)} values were given")
    for member, value in zip(fields, values):
        if member.count is None:
            _one(data, member.type, value)
            continue
        if member.count == -1:
            _align(data, 4)
            data += struct.pack("<I", len(value))
        elif len(value) != member.count:
            raise ValueError(f"{name}.{member.name} has {member.count} values, and {len(value)} were given")
        if (letter := _PLAIN.get(member.type)) is not None and len(value):
            _align(data, struct.calcsize(letter))
            data += struct.pack(f"<{len(value)}{letter}", *value)
        else:
            for one in value:
                _one(data, member.type, one)


def _one(data: bytearray, kind: str, value):
    if (letter := _PLAIN.get(kind)) is not None:
        _align(data, struct.calcsize(letter))
        data += struct.pack(f"<{letter}", value)
    elif kind == "string":
        text = value.encode("utf-8", "replace").replace(b"\0", b"")
        _align(data, 4)
        data += struct.pack("<I", len(text) + 1) + text + b"\0"
    else:
        _put(data, kind, value)


def _align(data: bytearray, size: int):
    data += bytes(-len(data) % size)
