"""What commands say of a log that they take numbers from: what was used, what was not, and why."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from paths import ROOT

GANGLION = os.environ.get("GANGLION", str(ROOT / ".build/release/ganglion"))
CONFIGURATION = ROOT / "firmware-configs/quadrotor-hold.json5"
MODEL = ROOT / "firmware-configs/models/quadrotor-ncp19.safetensors"


@unittest.skipUnless(os.access(GANGLION, os.X_OK), f"needs {GANGLION}; scripts/test builds it")
class AccountsOfLogs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.holder.name)
        cls.whole = cls.folder / "whole.mcap"
        cls.ganglion("run", CONFIGURATION, "--log", cls.whole)
        log = bytearray(cls.whole.read_bytes())
        log[len(log) // 2] ^= 0x10
        cls.damaged = cls.folder / "damaged.mcap"
        cls.damaged.write_bytes(log)
        cls.cut = cls.folder / "cut.mcap"
        cls.cut.write_bytes(cls.whole.read_bytes()[: len(log) // 3])

    @classmethod
    def tearDownClass(cls):
        cls.holder.cleanup()

    @classmethod
    def ganglion(cls, *arguments, status=0):
        done = subprocess.run([GANGLION, *map(str, arguments)], capture_output=True, text=True)
        assert done.returncode == status, done.stderr + done.stdout
        return done.stdout

    def ticks(self, path):
        listing = json.loads(self.ganglion("log", "info", path, "--json"))
        return next(topic["messages"] for topic in listing["topics"] if topic["topic"] == "/ganglion/tick")

    def quantize(self, *logs, options=()):
        output = self.folder / "model.safetensors"
        return self.ganglion(
            "quantize", MODEL, "--calibrate", ",".join(map(str, logs)), "--output", output, "--replace", *options)

    def test_quantize_accounts_for_every_log(self):
        found = json.loads(self.quantize(self.whole, self.damaged, self.cut, options=["--json"]))
        accounts = found["accounts"]
        self.assertEqual([account["log"] for account in accounts], [str(self.whole), str(self.damaged), str(self.cut)])
        for path, account in zip([self.whole, self.damaged, self.cut], accounts):
            topic, = account["topics"]
            ticks = self.ticks(path)
            self.assertEqual((topic["quantity"], topic["name"]), ("network inputs", "/ganglion/tick"))
            self.assertEqual((topic["rows"], topic["used"], topic["left_out"]), (ticks, ticks, []))
            # Ticks come a little late, and where some are lost the span is longer.
            self.assertAlmostEqual(topic["rate_hz"], 250, delta=0.5)
            self.assertEqual(account["format"], "Ganglion log")
        self.assertEqual(accounts[0]["skipped"], [])
        self.assertLess(accounts[1]["topics"][0]["rows"], accounts[0]["topics"][0]["rows"])
        for account in accounts[1:]:
            loss, = account["skipped"]
            self.assertEqual(loss["count"], 1)
            self.assertRegex(loss["reason"], r"^damaged places with \d+ bytes in all, the first at byte \d+$")
        steps = found["calibrated"]["steps"] + found["kept_aside"]["steps"]
        self.assertEqual(steps, sum(account["topics"][0]["used"] for account in accounts))
        # To people too.
        text = self.quantize(self.cut)
        self.assertIn(f"account of {self.cut}\n  format: Ganglion log\n", text)
        self.assertRegex(text, r"  skipped: 1 damaged places with \d+ bytes in all")

    def test_calibrate_accounts_for_its_log_also_when_it_refuses(self):
        for path, losses in [(self.whole, 0), (self.cut, 1)]:
            found = json.loads(
                self.ganglion(
                    "calibrate", CONFIGURATION, "gyro", "--log", path, "--output", self.folder / "c.json5", "--json",
                    status=1))
            self.assertEqual(found["refused"]["sensor"], "gyro")
            account = found["accounts"]["gyro"]
            topic, = account["topics"]
            self.assertEqual((topic["name"], topic["quantity"]), ("/ganglion/tick", "inertial"))
            self.assertEqual(topic["rows"], self.ticks(path))
            self.assertEqual(topic["used"] + sum(loss["count"] for loss in topic["left_out"]), topic["rows"])
            self.assertEqual(sum(loss["count"] for loss in account["skipped"]), losses)


if __name__ == "__main__":
    unittest.main()
