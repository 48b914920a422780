"""The client against a socket that stands in for a vehicle: bytes as docs/commands.md has them."""

import json
import socket
import struct
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts/python"))

from ganglion.client import Vehicle  # noqa: E402
from ganglion.errors import GanglionError  # noqa: E402


class Client(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.vehicle = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.vehicle.close)
        path = str(self.folder / "command")
        self.vehicle.bind(path)
        self.vehicle.setblocking(False)
        source = {
            "source": "program", "socket": path, "digest": 0x01020304, "stale_after_ms": 500,
            "numbers": [
                {"name": "speed", "unit": "m/s", "minimum": -1, "maximum": 2, "standard": 0},
                {"name": "turn", "unit": "rad/s", "minimum": -3, "maximum": 3, "standard": 0},
            ],
            "flags": ["lamp", "horn"],
        }  # fmt: skip
        (self.folder / "commands.json").write_text(json.dumps({"vehicle": "cart", "sources": [source]}))

    def test_a_wish_is_the_record_of_the_documentation(self):
        with Vehicle(str(self.folder)) as client:
            client.armed = True
            self.assertTrue(client.send(speed=1, turn=-2, horn=True))
        record = self.vehicle.recv(1000)
        self.assertEqual(record[:24], bytes.fromhex("474e474c 0100 0300 01000000 04030201 02000000 02000000"))
        self.assertEqual(record[32:], struct.pack("<2f", 1, -2))

    def test_what_was_asked_for_stays_and_the_sequence_rises(self):
        with Vehicle(str(self.folder)) as client:
            client.send(speed=1)
            client.send(turn=0.5)
        records = [self.vehicle.recv(1000) for _ in range(2)]
        self.assertEqual([struct.unpack_from("<I", record, 8)[0] for record in records], [1, 2])
        self.assertEqual(struct.unpack_from("<2f", records[1], 32), (1, 0.5))

    def test_arming_asks_for_nothing_first(self):
        with Vehicle(str(self.folder)) as client:
            client.arm(seconds=0.2)
        bits = []
        while True:
            try:
                bits.append(struct.unpack_from("<H", self.vehicle.recv(1000), 6)[0])
            except BlockingIOError:
                break
        self.assertGreaterEqual(len(bits), 5)
        self.assertEqual(set(bits[:-1]), {2})
        self.assertEqual(bits[-1], 3)

    def test_what_cannot_be_asked_for_is_named_and_not_sent(self):
        with Vehicle(str(self.folder)) as client:
            for wish in ({"sped": 1}, {"speed": 2.1}, {"speed": float("nan")}):
                with self.assertRaises(GanglionError) as raised:
                    client.send(**wish)
                self.assertIn(next(iter(wish)), str(raised.exception))
        with self.assertRaises(BlockingIOError):
            self.vehicle.recv(1000)

    def test_a_vehicle_that_is_not_there_is_said(self):
        with self.assertRaises(GanglionError):
            Vehicle(str(self.folder / "nobody"))
        with self.assertRaises(GanglionError):
            Vehicle(str(self.folder), source="pilot")
        with Vehicle(str(self.folder)) as client:
            self.vehicle.close()
            with self.assertRaises(GanglionError):
                client.send()


if __name__ == "__main__":
    unittest.main()
