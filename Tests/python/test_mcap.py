"""Flies a vehicle and reads its log with the packages `mcap` and `mcap-ros2-support`."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from check_mcap import check

ROOT = Path(__file__).resolve().parents[2]
GANGLION = os.environ.get("GANGLION", str(ROOT / ".build/release/ganglion"))


@unittest.skipUnless(os.access(GANGLION, os.X_OK), f"needs {GANGLION}; scripts/test builds it")
class FlightLogInPython(unittest.TestCase):
    def test_a_flight_is_read_in_full(self):
        with tempfile.TemporaryDirectory() as folder:
            log = f"{folder}/flight.mcap"
            configuration = ROOT / "firmware-configs/quadrotor-hold.json5"
            flight = subprocess.run(
                [GANGLION, "run", str(configuration), "--controller", "classical", "--log", log, "--json"],
                capture_output=True, check=True)
            ticks = json.loads(flight.stdout)["ticks"]
            report = check(log)
            self.assertEqual(report["ticks"], ticks)
            self.assertIn("configuration.json5", report["attachments"])
            self.assertEqual(report["metadata"]["tick_rate_hz"], "250.0")
            self.assertIn("disarmed -> active", report["events"])
            for topic in ("/imu", "/barometer", "/range", "/battery", "/attitude", "/altitude", "/command", "/motors"):
                self.assertGreater(report["topics"].get(topic, 0), 10, topic)

            verify = subprocess.run([GANGLION, "log", "verify", log, "--json"], capture_output=True)
            self.assertEqual(verify.returncode, 0, verify.stdout)
            self.assertEqual(json.loads(verify.stdout)["ticks"], ticks)

            # A cut log, recovered, is a log that these packages read in full again.
            cut, whole = f"{folder}/cut.mcap", f"{folder}/whole.mcap"
            content = Path(log).read_bytes()
            Path(cut).write_bytes(content[: len(content) * 2 // 3])
            self.assertEqual(subprocess.run([GANGLION, "log", "verify", cut], capture_output=True).returncode, 1)
            recover = subprocess.run(
                [GANGLION, "log", "recover", cut, "--output", whole, "--json"], capture_output=True)
            self.assertEqual(recover.returncode, 1)
            self.assertEqual(sum(check(whole)["topics"].values()), json.loads(recover.stdout)["messages"])


if __name__ == "__main__":
    unittest.main()
