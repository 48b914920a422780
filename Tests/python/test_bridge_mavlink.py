"""MAVLink between a vehicle's socket and UDP: with pymavlink at the other end, and with bytes of our own."""

import asyncio
import os
import socket
import unittest

import bridging
from fake_vehicle import FakeVehicle

from ganglion.bridge.mavlink import Mavlink, is_signed, key_of, packets
from ganglion.errors import BridgeError

#: Made with pymavlink 2.4.50, dialect common.
HEARTBEAT = bytes.fromhex("fd090000000 1bf000000 000000001208000403aec6".replace(" ", ""))
SIGNED = bytes.fromhex("fd09010000 01bf000000 000000001208000403493e 03e80300000000 52717992eead".replace(" ", ""))
SETUP_SIGNING = bytes.fromhex("fd2a0000 0001bf000100".replace(" ", "")) + bytes(42) + b"\0\0"


class Packets(unittest.TestCase):
    def test_a_datagram_is_told_apart(self):
        self.assertEqual(packets(HEARTBEAT + SIGNED), [HEARTBEAT, SIGNED])
        self.assertEqual(packets(b""), [])

    def test_what_is_anything_else_is_none(self):
        version_1 = bytes.fromhex("fe0900ff00000000000012080004037c14")
        unknown = HEARTBEAT[:2] + b"\x02" + HEARTBEAT[3:]
        for data in (b"\0", HEARTBEAT[:-1], HEARTBEAT + b"x", version_1, HEARTBEAT + version_1, SIGNED[:-1], unknown, os.urandom(1) * 3, b"GET / HTTP/1.1\r\n"):
            self.assertIsNone(packets(data), data)

    def test_any_bytes_are_taken_apart_without_an_error(self):
        import random

        source = random.Random(1)
        for _ in range(20_000):
            data = bytearray(source.randbytes(source.randrange(60)))
            if data:
                data[0] = 0xFD
            found = packets(bytes(data))
            self.assertTrue(found is None or b"".join(found) == data)

    def test_the_signature_is_that_of_the_protocol(self):
        import hashlib

        key = hashlib.sha256(b"ganglion").digest()
        self.assertTrue(is_signed(SIGNED, key))
        self.assertFalse(is_signed(SIGNED, bytes(32)))
        self.assertFalse(is_signed(HEARTBEAT, key))
        self.assertFalse(is_signed(SIGNED[:15] + b"\1" + SIGNED[16:], key))


class Ways(bridging.WithFolder):
    def setUp(self):
        super().setUp()
        self.station = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.station.bind(("127.0.0.1", 0))
        self.station.settimeout(3)
        self.addCleanup(self.station.close)
        self.target = f"udp:127.0.0.1:{self.station.getsockname()[1]}"

    def test_bytes_go_both_ways_as_they_are(self):
        with FakeVehicle(self.folder) as vehicle, bridging.Bridge(self.folder, "--mavlink", self.target) as bridge:
            bridging.wait_for(lambda: vehicle.mavlink_to, 10, "the bridge")
            vehicle.mavlink_send(HEARTBEAT + SIGNED)
            data, sender = self.station.recvfrom(1000)
            self.assertEqual(data, HEARTBEAT + SIGNED)
            self.station.sendto(SIGNED, sender)
            self.station.sendto(b"no MAVLink", sender)
            self.station.sendto(SETUP_SIGNING, sender)
            self.station.sendto(HEARTBEAT, sender)
            bridging.wait_for(lambda: len(vehicle.mavlink_from) == 2, 5, "two datagrams")
            self.assertEqual(vehicle.mavlink_from, [SIGNED, HEARTBEAT])
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
                stranger.sendto(HEARTBEAT, sender)
            vehicle.mavlink_send(b"\xfe\x09")
            bridge.wait_said("from an address that is no target")
            said = bridge.wait_said("MAVLink from the vehicle is refused: no MAVLink 2")
            self.assertIn("SETUP_SIGNING", said)
            self.assertEqual(len(vehicle.mavlink_from), 2)
            # On loopback alone: the port takes nothing from elsewhere.
            self.assertEqual(sender[0], "127.0.0.1")

    def test_several_stations_hear_the_same(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            other.settimeout(3)
            more = f"udp:127.0.0.1:{other.getsockname()[1]}"
            with FakeVehicle(self.folder) as vehicle, bridging.Bridge(self.folder, "--mavlink", self.target, "--mavlink", more):
                bridging.wait_for(lambda: vehicle.mavlink_to, 10, "the bridge")
                vehicle.mavlink_send(HEARTBEAT)
                self.assertEqual((self.station.recv(100), other.recv(100)), (HEARTBEAT, HEARTBEAT))

    def test_a_vehicle_that_comes_back_is_found_again(self):
        vehicle = FakeVehicle(self.folder)
        with bridging.Bridge(self.folder, "--mavlink", self.target) as bridge:
            bridging.wait_for(lambda: vehicle.mavlink_to, 10, "the bridge")
            vehicle.stop()
            bridge.wait_said("waiting for the vehicle")
            with FakeVehicle(self.folder) as again:
                bridging.wait_for(lambda: again.mavlink_to, 10, "the bridge")
                again.mavlink_send(HEARTBEAT)
                self.assertEqual(self.station.recv(100), HEARTBEAT)

    @bridging.needs("pymavlink")
    def test_pymavlink_hears_and_is_heard(self):
        from pymavlink import mavutil

        port = bridging.free_port(socket.SOCK_DGRAM)
        os.environ["MAVLINK20"] = "1"
        station = mavutil.mavlink_connection(f"udpin:127.0.0.1:{port}", source_system=255, dialect="common")
        self.addCleanup(station.close)
        with FakeVehicle(self.folder) as vehicle, bridging.Bridge(self.folder, "--mavlink", f"udp:127.0.0.1:{port}"):
            bridging.wait_for(lambda: vehicle.mavlink_to, 10, "the bridge")
            vehicle.mavlink_send(HEARTBEAT)
            message = station.recv_match(type="HEARTBEAT", blocking=True, timeout=5)
            self.assertEqual((message.get_srcSystem(), message.type), (1, 18))
            station.mav.command_long_send(1, 1, 400, 0, 0, 0, 0, 0, 0, 0, 0)
            bridging.wait_for(lambda: vehicle.mavlink_from, 5, "the command")
            self.assertEqual(int.from_bytes(vehicle.mavlink_from[0][7:10], "little"), 76)


class Keys(bridging.WithFolder):
    """What leaves the machine is signed; 127.0.0.2 stands in for elsewhere."""

    def carried(self, packet_in: bytes, packet_out: bytes):
        """What reaches the vehicle, what reaches the station, and what was refused."""
        from unittest import mock

        key_file = self.key("ganglion")
        with FakeVehicle(self.folder) as vehicle, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as station, mock.patch("ganglion.bridge.mavlink.is_loopback", lambda host: host != "127.0.0.2"):
            station.bind(("127.0.0.2", 0))
            station.setblocking(False)
            heard = []

            async def story():
                bridge = Mavlink(str(self.folder), [f"udp:127.0.0.2:{station.getsockname()[1]}"], key_file)
                try:
                    await bridging.until(lambda: vehicle.mavlink_to, 5, "the bridge")
                    way = next(iter(bridge._ways.values()))
                    vehicle.mavlink_send(packet_out)
                    await asyncio.sleep(0.2)
                    try:
                        heard.append(station.recv(1000))
                    except BlockingIOError:
                        pass
                    station.sendto(packet_in, ("127.0.0.1", way.getsockname()[1]))
                    await asyncio.sleep(0.2)
                    return dict(bridge.refused)
                finally:
                    await bridge.close()

            refused = asyncio.run(story())
            return vehicle.mavlink_from, heard, refused

    def test_what_is_signed_with_the_key_passes(self):
        self.assertEqual(self.carried(SIGNED, SIGNED), ([SIGNED], [SIGNED], {}))

    def test_what_is_not_does_not(self):
        forged = SIGNED[:-1] + bytes([SIGNED[-1] ^ 1])
        to_vehicle, to_station, refused = self.carried(forged, HEARTBEAT)
        self.assertEqual((to_vehicle, to_station), ([], []))
        self.assertEqual(len(refused), 2)

    def test_of_a_mixed_datagram_only_what_is_signed_passes(self):
        self.assertEqual(self.carried(HEARTBEAT + SIGNED, SIGNED + HEARTBEAT)[:2], ([SIGNED], [SIGNED]))

    def test_another_machine_needs_a_key(self):
        status, words = bridging.ended(self.folder, "--mavlink", "udp:192.0.2.1:14550")
        self.assertEqual(status, 2)
        self.assertIn("--mavlink-key FILE", words)

    def test_keys_are_digits_or_a_phrase(self):
        self.assertEqual(key_of(self.key("ab" * 32)), b"\xab" * 32)
        self.assertEqual(len(key_of(self.key("a phrase of words"))), 32)
        for text, mode in (("short", 0o600), ("long enough for this", 0o604)):
            with self.assertRaises(BridgeError):
                key_of(self.key(text, mode))

    def test_a_place_that_is_none_is_refused(self):
        for place in ("127.0.0.1:14550", "tcp:127.0.0.1:1", "udp:", "udp:127.0.0.1:x"):
            with self.subTest(place):
                self.assertEqual(bridging.ended(self.folder, "--mavlink", place)[0], 2)


if __name__ == "__main__":
    unittest.main()
