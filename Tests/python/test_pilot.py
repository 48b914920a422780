"""Flies the simulated quadrotor in real time by a radio: CRSF bytes through a pseudo terminal of the kernel's."""

import json
import os
import pty
import re
import subprocess
import tempfile
import threading
import time
import tty
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GANGLION = os.environ.get("GANGLION", str(ROOT / ".build/release/ganglion"))


def crsf(channels):
    """A frame of 16 channels in µs, written from the protocol's description: 11 bits each, the first in the lowest bits."""
    bits = 0
    for place, width in enumerate(channels):
        bits |= min(max(round((width - 1500) * 8 / 5 + 992), 0), 2047) << 11 * place
    body = bytes([0x16]) + bits.to_bytes(22, "little")
    crc = 0
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0xD5) & 0xFF if crc & 0x80 else crc << 1
    return bytes([0xC8, len(body) + 1]) + body + bytes([crc])


class Radio:
    """A pilot's radio at a pseudo terminal: sends where its sticks are 150 times a second."""

    def __init__(self):
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self.master, False)
        self.sticks = [1500] * 16
        self.sticks[2], self.sticks[4] = 988, 988
        self.is_sending = True
        self._is_open = True
        threading.Thread(target=self._send, daemon=True).start()

    def _send(self):
        while self._is_open:
            if self.is_sending:
                try:
                    os.write(self.master, crsf(self.sticks))
                except OSError:
                    pass
            time.sleep(1 / 150)

    def close(self):
        self._is_open = False
        time.sleep(0.02)
        os.close(self.master)


class PilotTest(unittest.TestCase):
    def fly(self, radio, folder, seconds, script):
        text = (ROOT / "firmware-configs/quadrotor-piloted.json5").read_text()
        text = text.replace("/dev/serial0", radio.path).replace('"models/', f'"{ROOT}/firmware-configs/models/')
        configuration = Path(folder) / "piloted.json5"
        configuration.write_text(text)
        log = Path(folder) / "flight.mcap"
        flight = subprocess.Popen(
            [GANGLION, "run", str(configuration), "--command", "radio", "--duration", str(seconds), "--log", str(log),
             "--run-folder", str(Path(folder) / "run"), "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
        begin = time.monotonic()
        for at, action in script:
            time.sleep(max(begin + at - time.monotonic(), 0))
            action()
        out, err = flight.communicate(timeout=seconds + 60)
        self.assertIn(flight.returncode, (0, 1), err)
        replay = subprocess.run([GANGLION, "replay", str(log)], capture_output=True, text=True)
        self.assertEqual(replay.returncode, 0, replay.stdout + replay.stderr)
        self.assertRegex(replay.stdout, "identical")
        rows = subprocess.run(
            [GANGLION, "log", "export", "--csv", str(log), "--topic", "/ganglion/tick"],
            capture_output=True, text=True, check=True).stdout.splitlines()  # fmt: skip
        names = rows[0].split(",")
        return json.loads(out), [dict(zip(names, row.split(","))) for row in rows[1:]]

    def column(self, rows, pattern):
        name = next(name for name in rows[0] if re.fullmatch(pattern, name))
        return [row[name] for row in rows]

    def test_sticks_fly_it_and_a_lost_radio_lands_it(self):
        radio = Radio()

        def put(channel, width):
            return lambda: radio.sticks.__setitem__(channel - 1, width)

        def silence():
            radio.is_sending = False

        with tempfile.TemporaryDirectory() as folder:
            # A switch that is on from the start arms nobody; then it is turned off, and on again with the throttle low.
            radio.sticks[4] = 2012
            result, rows = self.fly(radio, folder, 14, [
                (2, put(5, 988)), (3, put(5, 2012)), (4, put(3, 1500)), (9, silence), (12, radio.close)])  # fmt: skip
        time_s = [int(value) / 1e9 for value in self.column(rows, "tick[._]time")]
        begin = time_s[0]
        armed = self.column(rows, "safety[._]armed")
        altitude = [float(value) for value in self.column(rows, "setpoint[._]altitude")]
        mode = self.column(rows, "safety[._]mode")

        def at(seconds):
            return next(place for place, value in enumerate(time_s) if value - begin >= seconds)

        self.assertTrue(all(value in ("0", "false") for value in armed[: at(2.5)]), "armed by a switch that was on")
        self.assertIn(armed[at(5.5)], ("1", "true"))
        self.assertAlmostEqual(altitude[at(8.5)], 1.5, delta=0.05)
        # The modes by their places: disarmed, active, hold, landing.
        self.assertEqual((mode[at(8)], mode[at(11)]), ("1", "3"), set(mode))


if __name__ == "__main__":
    unittest.main()
