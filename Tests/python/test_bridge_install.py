"""The bridge's unit and its installation, on a machine that is a folder: the system's tools are stand-ins that note their calls."""

import os
import shutil
import subprocess
import unittest

import bridging
import paths

UNIT = paths.ROOT / "scripts/deploy.d/ganglion-bridge.service"


class Unit(unittest.TestCase):
    @unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
    def test_it_exposes_little(self):
        result = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", UNIT], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stdout[-400:] + result.stderr)

    def test_it_has_no_devices_and_nothing_of_the_vehicle_but_its_sockets(self):
        lines = UNIT.read_text().splitlines()
        for line in ("PrivateDevices=yes", "DevicePolicy=closed", "CapabilityBoundingSet=", "NoNewPrivileges=yes", "ProtectSystem=strict", "IPAddressDeny=any", "User=ganglion-bridge"):
            self.assertIn(line, lines)
        self.assertFalse([line for line in lines if line.startswith(("DeviceAllow", "ReadWritePaths", "Requires", "BindsTo", "PartOf", "LimitRTPRIO"))])


class Installation(bridging.WithFolder):
    def setUp(self):
        super().setUp()
        self.board, self.tools, self.calls = self.base / "board", self.base / "tools", self.base / "calls"
        self.board.mkdir()
        self.tools.mkdir()
        for name, body in {
            "getent": f'grep -qx "$2" "{self.base}/made" 2>/dev/null', "groupadd": f'echo "groupadd $*" >>"{self.calls}"; echo "$2" >>"{self.base}/made"',
            "useradd": f'for last; do :; done; echo "useradd $*" >>"{self.calls}"; echo "$last" >>"{self.base}/made"', "systemctl": f'echo "systemctl $*" >>"{self.calls}"',
            "python3": f'mkdir -p "$3/bin"; printf \'#!/bin/sh\\necho "python $*" >>"{self.calls}"\\n\' >"$3/bin/python"; chmod +x "$3/bin/python"',
        }.items():
            (self.tools / name).write_text(f"#!/bin/sh\n{body}\n")
            (self.tools / name).chmod(0o755)

    def install(self, *arguments):
        environment = dict(os.environ, PATH=f"{self.tools}:/usr/bin:/bin", GANGLION_ROOT=str(self.board))
        result = subprocess.run([paths.ROOT / "scripts/install-bridge", *arguments], env=environment, capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        return self.calls.read_text()

    def options(self):
        return (self.board / "etc/ganglion/bridge.conf").read_text().splitlines()[-1]

    def test_everything_is_installed_and_nothing_is_started(self):
        noted = self.install()
        self.assertEqual((self.board / "etc/systemd/system/ganglion-bridge.service").read_text(), UNIT.read_text())
        self.assertEqual(self.options(), 'BRIDGE_OPTIONS="--view"')
        self.assertIn("useradd --system --gid ganglion", noted)
        self.assertIn("scripts/python[bridge]", noted)
        self.assertNotIn("restart", noted)

    def test_options_stay_until_others_are_given(self):
        self.install("--start", "--foxglove", "--mqtt", "127.0.0.1")
        self.assertEqual(self.options(), 'BRIDGE_OPTIONS="--foxglove --mqtt 127.0.0.1"')
        self.calls.unlink()
        noted = self.install()
        self.assertEqual(self.options(), 'BRIDGE_OPTIONS="--foxglove --mqtt 127.0.0.1"')
        self.assertNotIn("useradd", noted)


if __name__ == "__main__":
    unittest.main()
