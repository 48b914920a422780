"""Records as messages: other people's readers of ROS 2 read them, and what they say is right."""

import math
import unittest

import bridging
import fake_vehicle
import paths

from ganglion.bridge import meaning, ros_types
from ganglion.bridge.ros_messages import Messages, enu, topic_name
from ganglion.bridge.status import status
from ganglion.layout import Layout
from ganglion.telemetry import Record

WALL = 1_700_000_000_123_456_789


def record(layout: Layout, **values) -> Record:
    """A record of values; dots in names are written as two underscores."""
    body = fake_vehicle.pack(layout, {name.replace("__", "."): value for name, value in values.items()})
    return Record(layout, body, 5, 20_000_000, 1, 0, False)


def flown(said=None, tick: int = 300, **changes) -> Record:
    layout = Layout.parse(said or fake_vehicle.description())
    changes = {name.replace("__", "."): value for name, value in changes.items()}
    return Record(layout, fake_vehicle.made_up(layout, tick, True, 1, changes), tick, int(tick / 250 * 1e9), 1, 0, False)


class Meanings(unittest.TestCase):
    def test_a_quadrotor_is_known_by_its_signals(self):
        found = meaning.of(Layout.parse(fake_vehicle.description()))
        self.assertEqual([(one.name, one.kind) for one in found.devices], [("imu", "inertial"), ("barometer", "pressure"), ("range", "range"), ("power", "power")])
        self.assertEqual((found.altitude, found.climb_rate, found.mode, found.battery), ("altitude.altitude", "altitude.climb_rate", "safety.mode", "battery.voltage"))
        self.assertEqual(found.angles, ("attitude.roll", "attitude.pitch", "attitude.yaw"))

    def test_names_of_ones_own_are_known_too(self):
        signals = [("front.time", "ns", "i64"), ("front.count", "", "u32"), ("front.distance", "m", "f32"), ("front.seen", "", "u8", 1, True)]
        found = meaning.of(Layout.parse(fake_vehicle.description(signals, [])))
        self.assertEqual([(one.name, one.kind) for one in found.devices], [("front", "range")])
        self.assertEqual((found.mode, found.armed, found.angles), ("", "", ()))

    def test_faults_have_remedies_and_inhibits_count_on_the_ground_only(self):
        inhibited = {"safety__no_arming_moving": 1, "safety__low_battery": 1, "imu__fault": 1}
        self.assertEqual([one.name for one in meaning.of(flown().layout).faults(flown(**inhibited))], ["low_battery", "imu.fault"])
        grounded = flown(safety__armed=0, **inhibited)
        found = meaning.of(grounded.layout).faults(grounded)
        self.assertEqual([(one.name, one.keeps_from_arming) for one in found], [("low_battery", False), ("no_arming_moving", True), ("imu.fault", False)])
        self.assertEqual(found[0].remedy, "Land and charge it.")
        absent = flown(imu__fault=1, imu__present=0)
        self.assertEqual(meaning.of(absent.layout).faults(absent), [])

    def test_angles_follow_from_a_quaternion_where_there_are_none(self):
        made = flown()
        signals = [(f"nav.q_{axis}", "", "f64") for axis in "wxyz"]
        bare = record(Layout.parse(fake_vehicle.description(signals, [])), **{f"nav__q_{axis}": made[f"attitude.q_{axis}"] for axis in "wxyz"})
        for ours, theirs in zip(meaning.of(bare.layout).euler(bare), meaning.of(made.layout).euler(made)):
            self.assertAlmostEqual(ours, theirs, 5)
        lost = flown(attitude__valid=0)
        self.assertIsNone(meaning.of(lost.layout).euler(lost))

    def test_the_status_has_what_there_is(self):
        found = status(meaning.of(flown().layout), flown(battery__voltage=math.nan))
        self.assertEqual((found["mode"], found["armed"], found["command_by"], found["battery_v"]), ("active", True, "network", None))
        bare = record(Layout.parse(fake_vehicle.description([("level.level", "m", "f32")], [])))
        self.assertEqual(set(status(meaning.of(bare.layout), bare)), {"vehicle", "state", "time_s", "tick", "faults", "keeps_from_arming"})


class Axes(unittest.TestCase):
    def test_north_level_is_a_quarter_turn_from_east(self):
        self.assertEqual([round(value, 6) for value in enu((1.0, 0.0, 0.0, 0.0))], [0, 0, 0.707107, 0.707107])

    def test_a_turn_to_the_right_is_one_to_the_right(self):
        half = math.sqrt(0.5)
        # Heading east: the axes of ROS are those of the world.
        self.assertEqual([abs(round(value, 6)) for value in enu((half, 0.0, 0.0, half))], [0, 0, 0, 1])
        # Nose up by 0.2 rad, heading east: about the axis to the left, downwards is positive there.
        c, s = math.cos(0.1), math.sin(0.1)
        x, y, z, w = enu((half * c, -half * s, half * s, half * c))
        self.assertAlmostEqual(math.copysign(1, w) * y, -s)
        self.assertAlmostEqual(abs(x) + abs(z), 0)

    def test_topics_have_names_that_ros_takes(self):
        names = {"imu": "/imu", "left.front": "/left/front", "<b>x</b>": "/b_x__b", "1st": "/d1st", "ä": "/unnamed", "": "/unnamed", "a b": "/a_b"}
        self.assertEqual({name: topic_name(name) for name in names}, names)


@bridging.needs("rosbags")
class Decoded(unittest.TestCase):
    def setUp(self):
        from rosbags.typesys import Stores, get_typestore

        self.store = get_typestore(Stores.ROS2_HUMBLE)

    def messages(self, made: Record, maker: Messages | None = None):
        found = {}
        for message in (maker or Messages(meaning.of(made.layout))).of(made, WALL):
            found[message.topic] = self.store.deserialize_cdr(message.data, ros_types.full_name(message.type))
        return found

    def test_every_definition_is_that_of_ros(self):
        from rosbags.typesys import get_types_from_msg

        for name in ros_types.DEFINITIONS:
            with self.subTest(name):
                full = ros_types.full_name(name)
                ours = get_types_from_msg(ros_types.schema(name), full)
                for kind, (_, fields) in ours.items():
                    self.assertEqual(fields, self.store.fielddefs[kind][1], kind)

    def test_a_flight_is_read(self):
        made = flown()
        found = self.messages(made)
        self.assertEqual(set(found), {"/imu/data", "/barometer/data", "/range/data", "/battery_state", "/pose", "/tf", "/odom"})
        imu = found["/imu/data"]
        self.assertEqual((imu.header.stamp.sec, imu.header.stamp.nanosec, imu.header.frame_id), (WALL // 10**9, WALL % 10**9, "base_link"))
        # At rest, up is positive in these axes.
        self.assertAlmostEqual(imu.linear_acceleration.z, 9.81, 5)
        self.assertAlmostEqual(imu.linear_acceleration.y, 0.2, 5)
        self.assertAlmostEqual(imu.angular_velocity.z, -0.3, 5)
        self.assertEqual(imu.orientation_covariance[0], 0)
        self.assertAlmostEqual(found["/barometer/data"].fluid_pressure, 101_300)
        self.assertAlmostEqual(found["/range/data"].range, 1.5)
        battery = found["/battery_state"]
        self.assertAlmostEqual(battery.current, -8.2, 5)
        self.assertEqual((battery.present, battery.power_supply_status, battery.location), (True, 2, "power"))
        self.assertAlmostEqual(found["/odom"].pose.pose.position.z, made["altitude.altitude"], 6)
        self.assertEqual(found["/odom"].pose.covariance[0], 1e6)
        self.assertEqual(found["/tf"].transforms[0].child_frame_id, "base_link")

    def test_a_reading_is_told_once_and_at_the_time_of_its_reading(self):
        made = flown(imu__time=5_000_000_000_000 + int(300 / 250 * 1e9) - 3_000_000)
        maker = Messages(meaning.of(made.layout))
        stamp = self.messages(made, maker)["/imu/data"].header.stamp
        self.assertEqual(stamp.sec * 10**9 + stamp.nanosec, WALL - 3_000_000)
        self.assertNotIn("/imu/data", self.messages(made, maker))

    def test_what_is_not_known_is_not_told(self):
        found = self.messages(flown(attitude__valid=0, imu__fault=2, range__seen=0))
        self.assertNotIn("/pose", found)
        self.assertNotIn("/imu/data", found)
        self.assertEqual(found["/range/data"].range, math.inf)
        found = self.messages(flown(attitude__q_w=math.nan))
        self.assertNotIn("/pose", found)

    def test_wheels_are_joints_and_their_way_is_odometry(self):
        signals = [
            *((f"odometry.{name}", unit, "f32") for name, unit in (
                ("travel", "m"), ("speed", "m/s"), ("left_angle", "rad"), ("right_angle", "rad"), ("left_rate", "rad/s"), ("right_rate", "rad/s"))),
            *((f"attitude.{name}", "rad", "f32") for name in ("roll", "pitch", "yaw")),
        ]
        layout = Layout.parse(fake_vehicle.description(signals, []))
        maker = Messages(meaning.of(layout))
        self.messages(record(layout), maker)
        self.messages(record(layout, odometry__travel=3.0), maker)
        found = self.messages(record(layout, odometry__travel=5.0, odometry__speed=0.5, odometry__left_angle=1.0, attitude__yaw=math.pi / 2), maker)
        place = found["/odom"].pose.pose.position
        # Three metres to the north, two to the east.
        self.assertAlmostEqual(place.x, 2, 5)
        self.assertAlmostEqual(place.y, 3, 5)
        self.assertEqual(list(found["/joint_states"].name), ["left_wheel_joint", "right_wheel_joint"])
        self.assertEqual(found["/odom"].twist.twist.linear.x, 0.5)

    def test_diagnostics_and_events_tell_faults(self):
        maker = Messages(meaning.of(flown().layout))
        made = flown(safety__low_battery=1)
        message = maker.diagnostics(made, WALL)
        array = self.store.deserialize_cdr(message.data, ros_types.full_name(message.type))
        rows = {one.name: one for one in array.status}
        self.assertEqual((rows["fake: low_battery"].level, rows["fake: low_battery"].message), (2, "the battery is low"))
        self.assertEqual((rows["fake: no_arming_moving"].level, rows["fake: imu"].level), (0, 0))
        self.assertEqual(rows["fake: low_battery"].values[1].value, "Land and charge it.")

        def texts(made):
            return [self.store.deserialize_cdr(one.data, "rcl_interfaces/msg/Log").msg for one in maker.events(made, WALL)]

        self.assertEqual(texts(made), ["active", "by network", "the battery is low (Land and charge it.)"])
        self.assertEqual(texts(made), [])
        self.assertEqual(texts(flown()), ["over: the battery is low (Land and charge it.)"])


if __name__ == "__main__":
    unittest.main()
