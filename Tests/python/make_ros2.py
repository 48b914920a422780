"""Writes a recording as ROS 2 makes them, with the package rosbags.

    make_ros2.py FOLDER COMPRESSION ORDER     COMPRESSION: none or zstd; ORDER: little or big

Two seconds: /imu/data at 100 Hz, /slow/imu at 10 Hz, /air at 20 Hz, /ground at 20 Hz, /battery at 5 Hz, /mag at 20 Hz.
"""

import sys
from pathlib import Path

import numpy
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

store = get_typestore(Stores.ROS2_HUMBLE)
T = store.types
START = 1_700_000_000_000_000_000


def header(time):
    stamp = T["builtin_interfaces/msg/Time"](sec=time // 10**9, nanosec=time % 10**9)
    return T["std_msgs/msg/Header"](stamp=stamp, frame_id="base_link")


def vector(x, y, z):
    return T["geometry_msgs/msg/Vector3"](x=x, y=y, z=z)


def imu(time, number):
    zero = numpy.zeros(9)
    # Half a turn to the left from east, which is west, and 0.2 rad of roll to the right.
    orientation = T["geometry_msgs/msg/Quaternion"](x=0.0, y=0.09983341664682815, z=0.9950041652780258, w=0.0)
    return T["sensor_msgs/msg/Imu"](
        header=header(time), orientation=orientation, orientation_covariance=zero,
        angular_velocity=vector(0.25, 0.5, 0.125 + number / 1024), angular_velocity_covariance=zero,
        linear_acceleration=vector(0.5, -0.25, 9.75), linear_acceleration_covariance=zero)


def write(folder, compression, order):
    writer = Writer(folder, version=9, storage_plugin=StoragePlugin.MCAP)
    if compression != "none":
        writer.set_compression(CompressionMode.STORAGE, CompressionFormat[compression.upper()])
    topics = {
        "/imu/data": "Imu", "/slow/imu": "Imu", "/air": "FluidPressure", "/ground": "Range", "/battery": "BatteryState",
        "/mag": "MagneticField", "/chatter": "Temperature"}
    with writer:
        connections = {
            topic: writer.add_connection(topic, f"sensor_msgs/msg/{name}", typestore=store)
            for topic, name in topics.items()}

        def put(topic, time, message):
            name = f"sensor_msgs/msg/{topics[topic]}"
            data = store.serialize_cdr(message, name, little_endian=order == "little")
            # The recorder is half a millisecond late.
            writer.write(connections[topic], time + 500_000, data)

        for number in range(200):
            time = START + number * 10_000_000
            put("/imu/data", time, imu(time, number))
            if number % 10 == 0:
                put("/slow/imu", time, imu(time, number))
                put("/chatter", time, T["sensor_msgs/msg/Temperature"](header(time), 20.0 + number, 0.0))
            if number % 5 == 0:
                put("/air", time, T["sensor_msgs/msg/FluidPressure"](header(time), 101_325.0 - number, 0.0))
                # The last eight see nothing.
                distance = float("inf") if number >= 160 else 1.25
                put("/ground", time, T["sensor_msgs/msg/Range"](header(time), 1, 0.25, 0.125, 12.0, distance))
                put("/mag", time, T["sensor_msgs/msg/MagneticField"](
                    header(time), vector(2e-5, 1e-5 + number * 1e-8, -4e-5), numpy.zeros(9)))
            if number % 20 == 0:
                put("/battery", time, T["sensor_msgs/msg/BatteryState"](
                    header(time), 11.5, 25.0, -3.0 - number, 1.0, 2.0, 2.0, 0.5, 2, 1, 2, True,
                    numpy.zeros(3, dtype=numpy.float32), numpy.zeros(3, dtype=numpy.float32), "front", "1"))


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
