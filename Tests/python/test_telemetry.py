"""ganglion.telemetry against a vehicle that is none: the bytes of the protocol, losses, comings and goings, bad input."""

import contextlib
import json
import os
import socket
import struct
import threading
import time
import unittest

import bridging
import fake_vehicle
from fake_vehicle import HEADER, MAGIC, FakeVehicle

from ganglion.errors import TelemetryError, VehicleGoneError
from ganglion.layout import Layout
from ganglion.telemetry import Telemetry


class Records(bridging.WithFolder):
    def test_a_request_is_the_record_of_the_documentation(self):
        (self.folder / "telemetry.json").write_text(json.dumps(fake_vehicle.description()))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as vehicle:
            vehicle.bind(str(self.folder / "telemetry"))
            vehicle.settimeout(2)
            with Telemetry(str(self.folder), every=5, lease_s=1.5):
                self.assertEqual(vehicle.recv(100), bytes.fromhex("474e4754 0100 0000 05000000 dc050000"))

    def test_signals_are_read_by_their_names(self):
        with FakeVehicle(self.folder) as vehicle, Telemetry(str(self.folder)) as telemetry:
            first, second = telemetry.receive(2), telemetry.receive(2)
            self.assertEqual(second.tick, first.tick + 1)
            self.assertEqual(second["tick.number"], second.tick)
            self.assertAlmostEqual(second.time_s, second.tick / 250)
            self.assertEqual(len(second["network.input"]), 12)
            self.assertEqual(second.layout.words("safety.mode", second["safety.mode"]), "active")
            self.assertEqual((first.count, first.lost, second.lost), (0, 0, 0))
            self.assertIsNone(second.get("nothing"))
            with self.assertRaises(KeyError):
                second["nothing"]
            self.assertEqual(len(vehicle.subscribers), 1)

    def test_the_loop_ends_with_the_flight(self):
        vehicle = FakeVehicle(self.folder)
        threading.Timer(0.5, vehicle.stop).start()
        with Telemetry(str(self.folder), every=10) as telemetry:
            ticks = [(record.tick, record.is_last) for record in telemetry]
        self.assertTrue(ticks[-1][1])
        self.assertTrue(all(tick % 10 == 0 for tick, is_last in ticks if not is_last))

    def test_a_lease_is_renewed_and_one_that_is_not_runs_out(self):
        with FakeVehicle(self.folder) as vehicle:
            with Telemetry(str(self.folder), every=50, lease_s=0.3) as telemetry:
                end = time.monotonic() + 1
                while time.monotonic() < end:
                    self.assertIsNotNone(telemetry.receive(1))
                self.assertEqual(len(vehicle.subscribers), 1)
            bridging.wait_for(lambda: not vehicle.subscribers, 3, "the lease to run out")

    def test_a_slow_reader_sees_how_much_it_lost(self):
        with FakeVehicle(self.folder), Telemetry(str(self.folder)) as telemetry:
            telemetry.receive(1)
            time.sleep(0.5)
            records = [telemetry.receive(1) for _ in range(60)]
            self.assertGreater(telemetry.lost, 10)
            self.assertEqual(sum(record.lost for record in records), telemetry.lost)

    def test_a_fifth_subscriber_is_told_what_may_be_the_cause(self):
        with FakeVehicle(self.folder) as vehicle, contextlib.ExitStack() as stack:
            for _ in range(4):
                stack.enter_context(Telemetry(str(self.folder))).receive(1)
            self.assertEqual(len(vehicle.subscribers), 4)
            with Telemetry(str(self.folder), lease_s=0.3) as fifth, self.assertRaises(VehicleGoneError) as raised:
                next(iter(fifth))
            self.assertIn("four others", str(raised.exception))

    def test_nobody_there_is_said(self):
        with self.assertRaises(VehicleGoneError):
            Telemetry(str(self.folder))
        with self.assertRaises(VehicleGoneError):
            Telemetry("no-such-vehicle-of-this-name")
        (self.folder / "telemetry.json").write_text(json.dumps(fake_vehicle.description()))
        with self.assertRaises(VehicleGoneError):
            Telemetry(str(self.folder))
        vehicle = FakeVehicle(self.folder)
        with Telemetry(str(self.folder), lease_s=0.3) as telemetry:
            telemetry.receive(1)
            vehicle.stop(in_order=False)
            with self.assertRaises(VehicleGoneError):
                while True:
                    telemetry.receive(1)

    def test_sockets_are_taken_away_and_open_to_the_group_alone(self):
        with FakeVehicle(self.folder), Telemetry(str(self.folder)) as telemetry:
            path = telemetry._address.path
            self.assertEqual(path.stat().st_mode & 0o777, 0o660)
        self.assertFalse(path.exists())

    def test_what_killed_programs_left_is_taken_away_and_nothing_else(self):
        with FakeVehicle(self.folder), Telemetry(str(self.folder)) as living:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
                dead.bind(str(self.folder / "subscriber-1-0"))
            (self.folder / "subscriber-note").write_text("")
            with Telemetry(str(self.folder)) as other:
                left = {path.name for path in self.folder.glob("subscriber-*")}
                self.assertEqual(left, {living._address.path.name, other._address.path.name, "subscriber-note"})
            self.assertIsNotNone(living.receive(1))

    def test_a_folder_that_cannot_be_written_to_is_left_alone(self):
        if os.geteuid() == 0:
            self.skipTest("root writes everywhere")
        with FakeVehicle(self.folder):
            self.folder.chmod(0o550)
            with Telemetry(str(self.folder)) as telemetry:
                self.assertIsNotNone(telemetry.receive(1))
                self.assertNotEqual(telemetry._address.path.parent, self.folder)
            self.folder.chmod(0o750)

    def test_a_path_that_is_too_long_is_said(self):
        folder = self.base / ("long" * 30)
        folder.mkdir()
        (folder / "telemetry.json").write_text(json.dumps(fake_vehicle.description()))
        with self.assertRaises(TelemetryError) as raised:
            Telemetry(str(folder))
        self.assertIn("path", str(raised.exception))


class BadRecords(bridging.WithFolder):
    def setUp(self):
        super().setUp()
        self.vehicle = self.enterContext(FakeVehicle(self.folder))
        self.telemetry = self.enterContext(Telemetry(str(self.folder), every=1_000_000))
        bridging.wait_for(lambda: self.vehicle.subscribers, 2, "the subscription")
        # Nothing but what a test sends comes from here on.
        while self.telemetry.receive(0.2):
            pass

    def record(self, magic=MAGIC, version=1, flags=0, digest=None, count=50, body=None) -> bytes:
        layout = self.vehicle.layout
        body = self.vehicle.body() if body is None else body
        return HEADER.pack(magic, version, flags, layout.digest if digest is None else digest, count, 7, 28_000_000) + body

    def test_what_is_no_record_of_this_vehicle_is_refused_and_counted(self):
        body = self.vehicle.body()
        cases = {
            "cut short": self.record()[:31], "no record": self.record(magic=1), "of version 2, where 1 is known": self.record(version=2),
            "of another layout than telemetry.json has": self.record(digest=self.vehicle.layout.digest ^ 1),
            "of another length than telemetry.json has": self.record(body=body[:-1]),
        }
        for reason, data in cases.items():
            with self.subTest(reason):
                self.vehicle.send(data)
                self.assertIsNone(self.telemetry.receive(0.2))
                self.assertEqual(self.telemetry.refused.get(reason), 1, self.telemetry.refused)
        self.vehicle.send(self.record(body=body + b"x"))
        self.vehicle.send(b"")
        self.vehicle.send(os.urandom(30_000))
        self.assertIsNone(self.telemetry.receive(0.2))
        self.vehicle.send(self.record())
        self.assertEqual(self.telemetry.receive(1).tick, 7)

    def test_a_layout_that_changed_is_read_again(self):
        said = fake_vehicle.description([("tick.number", "", "u64"), ("level", "m", "f32")], digest=99)
        (self.folder / "telemetry.json").write_text(json.dumps(said))
        self.vehicle.send(self.record(digest=99, body=struct.pack("<Qf", 3, 1.5)))
        record = self.telemetry.receive(1)
        self.assertEqual((record["level"], record["tick.number"]), (1.5, 3))

    def test_a_layout_that_changed_to_nonsense_is_an_error(self):
        (self.folder / "telemetry.json").write_text("{")
        self.vehicle.send(self.record(digest=99))
        with self.assertRaises(TelemetryError):
            self.telemetry.receive(1)

    def test_a_count_that_goes_back_is_a_run_that_began_anew(self):
        for count, lost in ((60, 0), (62, 1), (0, 0), (1, 0)):
            self.vehicle.send(self.record(count=count))
            found = self.telemetry.receive(1)
            if count != 60:
                self.assertEqual(found.lost, lost)

    @unittest.skipUnless(os.geteuid() == 0, "only root can be another user")
    def test_another_user_cannot_speak_for_the_vehicle(self):
        path = self.telemetry._address.path
        path.chmod(0o666)
        self.base.chmod(0o755)
        self.folder.chmod(0o755)
        # The vehicle is root here, so that its owner's records pass; those of nobody do not.
        child = os.fork()
        if child == 0:
            os.setuid(65534)
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
                other.sendto(self.record(), str(path))
            os._exit(0)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertIsNone(self.telemetry.receive(0.3))
        self.assertEqual(self.telemetry.refused, {"from another user": 1})


class Layouts(unittest.TestCase):
    def test_what_cannot_be_read_is_said(self):
        good = fake_vehicle.description()

        def changed(**more):
            return good | more

        def signals(**more):
            return changed(signals=[good["signals"][0] | more, *good["signals"][1:]])

        cases = [
            None, [], {}, changed(length=-1), changed(length=10**9), changed(length="x"), changed(digest=2**32), changed(digest=-1), changed(digest=True),
            changed(rate_hz=0), changed(rate_hz="fast"), changed(rate_hz=float("nan")), changed(signals={}), changed(signals=[1]), signals(kind="f16"), signals(at=-1),
            signals(at=4), signals(at=10**7), signals(count=0), signals(count=10**9), signals(count=1.5), signals(name=3), signals(name=""),
            signals(choices=[1]), changed(signals=[good["signals"][0]] * 2), changed(conditions=[{}]), changed(networks=[3]), changed(vehicle=7),
            changed(schema="x"), changed(schema={}, schema_name="x"),
        ]
        for number, case in enumerate(cases):
            with self.subTest(number), self.assertRaises(TelemetryError):
                Layout.parse(case)
        self.assertEqual(Layout.parse(changed(conditions=None, networks=None)).conditions, [])


if __name__ == "__main__":
    unittest.main()
