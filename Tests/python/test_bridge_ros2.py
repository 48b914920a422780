"""ROS 2's types over DDS: heard by another participant, with types that are written down here anew; and a Twist that is obeyed."""

import contextlib
import os
import shutil
import subprocess
import time
import unittest
from dataclasses import dataclass

import bridging
import paths
from fake_vehicle import FakeVehicle

#: A domain of our own, so that nothing else of this machine is heard.
DOMAIN = 77

if paths.have("cyclonedds"):
    from cyclonedds.core import Policy, Qos
    from cyclonedds.domain import Domain, DomainParticipant
    from cyclonedds.idl import IdlStruct
    from cyclonedds.idl.types import array, float32, float64, int32, sequence, uint8, uint32
    from cyclonedds.pub import DataWriter
    from cyclonedds.sub import DataReader
    from cyclonedds.topic import Topic
    from cyclonedds.util import duration

    @dataclass
    class Time(IdlStruct, typename="builtin_interfaces::msg::dds_::Time_"):
        sec: int32
        nanosec: uint32

    @dataclass
    class Header(IdlStruct, typename="std_msgs::msg::dds_::Header_"):
        stamp: Time
        frame_id: str

    @dataclass
    class Vector3(IdlStruct, typename="geometry_msgs::msg::dds_::Vector3_"):
        x: float64 = 0.0
        y: float64 = 0.0
        z: float64 = 0.0

    @dataclass
    class Quaternion(IdlStruct, typename="geometry_msgs::msg::dds_::Quaternion_"):
        x: float64
        y: float64
        z: float64
        w: float64

    @dataclass
    class Point(IdlStruct, typename="geometry_msgs::msg::dds_::Point_"):
        x: float64
        y: float64
        z: float64

    @dataclass
    class Pose(IdlStruct, typename="geometry_msgs::msg::dds_::Pose_"):
        position: Point
        orientation: Quaternion

    @dataclass
    class Twist(IdlStruct, typename="geometry_msgs::msg::dds_::Twist_"):
        linear: Vector3
        angular: Vector3

    @dataclass
    class PoseWithCovariance(IdlStruct, typename="geometry_msgs::msg::dds_::PoseWithCovariance_"):
        pose: Pose
        covariance: array[float64, 36]

    @dataclass
    class TwistWithCovariance(IdlStruct, typename="geometry_msgs::msg::dds_::TwistWithCovariance_"):
        twist: Twist
        covariance: array[float64, 36]

    @dataclass
    class Imu(IdlStruct, typename="sensor_msgs::msg::dds_::Imu_"):
        header: Header
        orientation: Quaternion
        orientation_covariance: array[float64, 9]
        angular_velocity: Vector3
        angular_velocity_covariance: array[float64, 9]
        linear_acceleration: Vector3
        linear_acceleration_covariance: array[float64, 9]

    @dataclass
    class Odometry(IdlStruct, typename="nav_msgs::msg::dds_::Odometry_"):
        header: Header
        child_frame_id: str
        pose: PoseWithCovariance
        twist: TwistWithCovariance

    @dataclass
    class BatteryState(IdlStruct, typename="sensor_msgs::msg::dds_::BatteryState_"):
        header: Header
        voltage: float32
        temperature: float32
        current: float32
        charge: float32
        capacity: float32
        design_capacity: float32
        percentage: float32
        power_supply_status: uint8
        power_supply_health: uint8
        power_supply_technology: uint8
        present: bool
        cell_voltage: sequence[float32]
        cell_temperature: sequence[float32]
        location: str
        serial_number: str

    BEST_EFFORT = Qos(Policy.Reliability.BestEffort, Policy.History.KeepLast(20))
    RELIABLE = Qos(Policy.Reliability.Reliable(duration(seconds=1)), Policy.History.KeepLast(20))


@bridging.needs("cyclonedds")
class Node(bridging.WithFolder):
    @classmethod
    def setUpClass(cls):
        from ganglion.bridge.ros2 import _LOOPBACK

        cls.domain = Domain(DOMAIN, _LOOPBACK)
        cls.participant = DomainParticipant(DOMAIN)

    def setUp(self):
        super().setUp()
        os.environ["ROS_DOMAIN_ID"] = str(DOMAIN)
        self.addCleanup(os.environ.pop, "ROS_DOMAIN_ID")

    def reader(self, topic: str, kind, qos):
        return DataReader(self.participant, Topic(self.participant, topic, kind, qos=qos), qos=qos)

    @contextlib.contextmanager
    def running(self, *arguments, **vehicle):
        with FakeVehicle(self.folder, **vehicle) as made, bridging.Bridge(self.folder, "--ros2", *arguments) as bridge:
            bridge.wait_said("runs: ros2")
            yield made, bridge

    def heard(self, reader, count: int = 1, seconds: float = 15):
        found = []

        def enough():
            found.extend(reader.take(50))
            return len(found) >= count

        bridging.wait_for(enough, seconds, "samples")
        return found

    def test_standard_types_go_out(self):
        imu, odometry, battery = (
            self.reader("rt/imu/data", Imu, BEST_EFFORT), self.reader("rt/odom", Odometry, RELIABLE), self.reader("rt/battery_state", BatteryState, RELIABLE))
        with self.running():
            found = self.heard(imu, 20)
            self.assertAlmostEqual(found[-1].linear_acceleration.z, 9.81, 5)
            self.assertEqual(found[-1].header.frame_id, "base_link")
            self.assertAlmostEqual(found[-1].header.stamp.sec, time.time(), delta=2)
            place = self.heard(odometry)[-1]
            self.assertAlmostEqual(place.pose.pose.position.z, 1.5, delta=0.2)
            self.assertEqual((place.header.frame_id, place.child_frame_id, place.pose.covariance[0]), ("odom", "base_link", 1e6))
            power = self.heard(battery)[-1]
            self.assertAlmostEqual(power.current, -8.2, 5)
            self.assertEqual((power.location, power.present), ("power", True))

    @unittest.skipUnless(shutil.which("ss"), "ss is not installed (apt-get install iproute2)")
    def test_no_socket_hears_other_machines(self):
        with self.running() as (_, bridge):
            words = subprocess.run(["ss", "-lntupH"], capture_output=True, text=True).stdout
            own = [line.split()[4] for line in words.splitlines() if f"pid={bridge.process.pid}," in line]
        self.assertGreaterEqual(len(own), 2)
        for place in own:
            self.assertTrue(place.startswith("127.0.0.1:") or "%lo:" in place, own)

    def test_a_namespace_keeps_vehicles_apart(self):
        imu = self.reader("rt/cart/imu/data", Imu, BEST_EFFORT)
        with self.running("--namespace", "cart"):
            self.assertTrue(self.heard(imu))

    def twist_writer(self):
        return DataWriter(self.participant, Topic(self.participant, "rt/cmd_vel", Twist, qos=RELIABLE), qos=RELIABLE)

    def test_a_twist_is_obeyed_within_limits_and_for_its_age(self):
        writer = self.twist_writer()
        with self.running() as (vehicle, _):
            end = time.monotonic() + 15
            while not any(wish[2][0] for wish in vehicle.wishes):
                self.assertLess(time.monotonic(), end, "the Twist is not heard")
                writer.write(Twist(Vector3(0.25), Vector3(z=0.5)))
                time.sleep(0.05)
            bits, flags, numbers = vehicle.wishes[-1]
            # It takes the vehicle, and does not ask to arm; to the left is negative there.
            self.assertEqual((bits, flags, numbers), (2, 0, (0.25, -0.5)))
            writer.write(Twist(Vector3(9.0), Vector3(z=-9.0)))
            bridging.wait_for(lambda: vehicle.wishes[-1][2] == (0.5, 1.0), 2, "the limits")
            # Nothing more is sent when it is old, but that nothing is asked for.
            bridging.wait_for(lambda: vehicle.wishes[-1][0] == 0, 3, "the age")
            time.sleep(0.2)
            count = len(vehicle.wishes)
            self.assertEqual(vehicle.wishes[-1][2], (0, 0))
            time.sleep(0.5)
            self.assertEqual(len(vehicle.wishes), count)

    def test_what_the_vehicle_cannot_do_is_refused_as_a_whole(self):
        writer = self.twist_writer()
        with self.running() as (vehicle, bridge):
            end = time.monotonic() + 15
            while "a Twist is refused" not in bridge.read():
                self.assertLess(time.monotonic(), end)
                writer.write(Twist(Vector3(0.25, 0.1), Vector3()))
                time.sleep(0.05)
            for wrong in (Twist(Vector3(float("nan")), Vector3()), Twist(Vector3(), Vector3(z=float("inf"))), Twist(Vector3(), Vector3(x=1.0))):
                writer.write(wrong)
            time.sleep(0.3)
            self.assertEqual(vehicle.wishes, [])


@bridging.needs("cyclonedds")
class Types(unittest.TestCase):
    def test_bytes_are_those_that_dds_makes_of_the_same_message(self):
        from ganglion.bridge import ros_types
        from ganglion.bridge.ros2 import data_type

        data = ros_types.encode("geometry_msgs/Twist", [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
        self.assertEqual(Twist(Vector3(1, 2, 3), Vector3(4, 5, 6)).serialize(use_version_2=False), data)
        self.assertEqual(data_type("geometry_msgs/Twist").deserialize(data).angular.z, 6)

    def test_a_domain_that_is_none_is_refused(self):
        from unittest import mock

        from ganglion.bridge.ros2 import Ros2
        from ganglion.errors import BridgeError

        for number in ("-1", "233", "many"):
            with mock.patch.dict(os.environ, ROS_DOMAIN_ID=number), self.assertRaises(BridgeError):
                Ros2(None)


if __name__ == "__main__":
    unittest.main()
