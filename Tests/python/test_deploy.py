"""Deploys to a board that is a folder: ssh, sudo and the system's tools are stand-ins on PATH that note their calls."""

import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GANGLION = os.environ.get("GANGLION", str(ROOT / ".build/release/ganglion"))
TOOLS = ("groupadd", "useradd", "systemctl", "udevadm", "modprobe")


@unittest.skipUnless(os.access(GANGLION, os.X_OK), f"needs {GANGLION}; scripts/test builds it")
class Deploy(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.board = self.folder / "board"
        self.tools = self.folder / "tools"
        self.board.mkdir()
        self.tools.mkdir()
        self.calls = self.folder / "calls"
        # What was made once is there afterwards; a service that was never started does not run.
        made = self.folder / "made"
        self.tool("ssh", 'shift; echo "ssh $*" >> "$CALLS"; exec sh -c "$*"')
        self.tool("sudo", 'shift 2; exec "$@"')
        self.tool("getent", f'grep -qx "$1 $2" "{made}" 2>/dev/null')
        for name in TOOLS:
            self.tool(name, f'echo "{name} $*" >> "$CALLS"')
        self.tool("groupadd", f'echo "groupadd $*" >> "$CALLS"; echo "group $2" >> "{made}"')
        self.tool("useradd", f'echo "useradd $*" >> "$CALLS"; echo "passwd ganglion" >> "{made}"')
        self.tool("systemctl", 'echo "systemctl $*" >> "$CALLS"; [ "$1" != is-active ]')

    def tool(self, name, body):
        path = self.tools / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def deploy(self, *arguments):
        environment = dict(
            os.environ, PATH=f"{self.tools}:{os.environ['PATH']}", GANGLION=GANGLION, CALLS=str(self.calls),
            GANGLION_ROOT=str(self.board))
        return subprocess.run(
            [ROOT / "scripts/deploy", *arguments], env=environment, capture_output=True, text=True)

    def noted(self):
        return self.calls.read_text() if self.calls.exists() else ""

    def test_everything_is_installed_and_nothing_is_started(self):
        result = self.deploy("drone")
        self.assertEqual(result.returncode, 0, result.stderr)
        for path in (
            "usr/local/bin/ganglion", "var/lib/ganglion/vehicle/vehicle.json5",
            "var/lib/ganglion/vehicle/models/quadrotor-ncp19-int16.safetensors",
            "etc/systemd/system/ganglion.service", "etc/udev/rules.d/90-ganglion.rules",
            "etc/modules-load.d/ganglion.conf", "usr/local/share/doc/ganglion/NOTICE",
        ):
            self.assertTrue((self.board / path).is_file(), path)
        self.assertTrue(os.access(self.board / "usr/local/bin/ganglion", os.X_OK))
        check = subprocess.run(
            [self.board / "usr/local/bin/ganglion", "check", self.board / "var/lib/ganglion/vehicle/vehicle.json5"],
            capture_output=True, text=True)
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)
        for call in ("groupadd --system gpio", "useradd --system", "systemctl daemon-reload", "udevadm control --reload"):
            self.assertIn(call, self.noted())
        self.assertNotIn("restart", self.noted())
        parts = self.board / "etc/systemd/system/ganglion.service.d"
        self.assertEqual([path.name for path in parts.iterdir()], ["vehicle.conf"])
        # It may take 30 s to come to rest, and has no pilot.
        self.assertIn("TimeoutStopSec=60\n", (parts / "vehicle.conf").read_text())
        self.assertNotIn("DeviceAllow", (parts / "vehicle.conf").read_text())

    def test_the_service_of_a_pilot_may_use_their_devices(self):
        unit = subprocess.run(
            [GANGLION, "check", "--unit", ROOT / "firmware-configs/quadrotor-piloted.json5"],
            capture_output=True, text=True, check=True).stdout.splitlines()
        for line in (
            "[Service]", "TimeoutStopSec=60", "DeviceAllow=char-ttyAMA rw", "DeviceAllow=char-ttyUSB rw",
            "DeviceAllow=char-input r", "SupplementaryGroups=dialout input",
        ):
            self.assertIn(line, unit)

    def test_a_second_time_changes_nothing(self):
        self.assertEqual(self.deploy("drone").returncode, 0)
        before = {p: p.stat().st_mtime_ns for p in self.board.rglob("*") if p.is_file()}
        self.calls.unlink()
        result = self.deploy("drone")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("nothing to change", result.stdout)
        self.assertEqual(before, {p: p.stat().st_mtime_ns for p in self.board.rglob("*") if p.is_file()})
        for call in ("groupadd", "useradd", "daemon-reload"):
            self.assertNotIn(call, self.noted())

    def test_start_enables_and_restarts(self):
        self.assertEqual(self.deploy("drone", "--start").returncode, 0)
        self.assertIn("systemctl enable ganglion\nsystemctl restart ganglion", self.noted())

    def test_a_dry_run_says_what_it_would_do_and_touches_nothing(self):
        result = self.deploy("drone", "--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("models/quadrotor-ncp19-int16.safetensors", result.stdout)
        self.assertIn("groupadd", result.stdout)
        self.assertEqual(self.noted(), "")
        self.assertEqual(list(self.board.iterdir()), [])

    def test_a_dry_run_builds_nothing_and_asks_for_no_rights(self):
        # A tree of its own, without any program in it; every tool that could build or ask is one that tells.
        tree = self.folder / "tree"
        shutil.copytree(ROOT / "scripts", tree / "scripts", ignore=shutil.ignore_patterns("python", "train", "__pycache__"))
        shutil.copytree(ROOT / "firmware-configs", tree / "firmware-configs")
        for name in ("LICENSE", "NOTICE"):
            shutil.copy(ROOT / name, tree)
        for name in ("swift", "sudo", "apt-get", "curl", "pip"):
            self.tool(name, f'echo "{name} $*" >> "$CALLS"; exit 1')
        environment = {k: v for k, v in os.environ.items() if k != "GANGLION"}
        environment |= {"PATH": f"{self.tools}:/usr/bin:/bin", "CALLS": str(self.calls)}
        before = sorted(tree.rglob("*"))
        result = subprocess.run(
            [tree / "scripts/deploy", "drone", "--dry-run"], env=environment, capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("would build the program", result.stdout)
        self.assertIn("not checked", result.stdout)
        self.assertEqual(self.noted(), "")
        self.assertEqual(sorted(tree.rglob("*")), before)

    def files(self):
        """What stands on the board, by path: digest of the content, and permissions."""
        return {
            str(p.relative_to(self.board)): (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_mode)
            for p in self.board.rglob("*") if p.is_file()}

    def test_a_file_that_cannot_be_put_in_its_place_leaves_the_old_vehicle(self):
        self.assertEqual(self.deploy("drone").returncode, 0)
        before = self.files()
        config = self.folder / "other"
        shutil.copytree(ROOT / "firmware-configs", config)
        text = (config / "quadrotor-hold.json5").read_text()
        (config / "quadrotor-hold.json5").write_text(text.replace("quadrotor-hold", "quadrotor-other"))
        real = shutil.which("mv")
        # The wrong kind of place for the fifth and later ones, a full disk while the files are written, a power button.
        for tool, body in (
            ("mv", f'echo x >> "$CALLS.mv"; [ $(wc -l < "$CALLS.mv") -lt 2 ] || [ -e "$CALLS.failed" ] || {{ : > "$CALLS.failed"; exit 1; }}; exec {real} "$@"'),
            ("install", 'echo "no space left on device" >&2; exit 1'),
            ("sync", 'case "$1" in *vehicle.json5.new) kill -TERM $PPID;; esac; exit 0'),
        ):
            with self.subTest(tool):
                for name in ("calls.mv", "calls.failed"):
                    (self.folder / name).unlink(missing_ok=True)
                # Two files change: the program is another, and the vehicle is.
                program = self.folder / "program"
                program.write_text(f'#!/bin/sh\n# another\nexec {GANGLION} "$@"\n')
                program.chmod(0o755)
                self.tool(tool, body)
                result = self.deploy("drone", str(config / "quadrotor-hold.json5"), "--binary", str(program))
                (self.tools / tool).unlink()
                self.assertNotEqual(result.returncode, 0)
                self.assertIn("nothing was installed", result.stderr)
                self.assertEqual(self.files(), before)
        # And when nothing is in the way it goes through, and leaves nothing beside.
        result = self.deploy("drone", str(config / "quadrotor-hold.json5"), "--binary", str(program))
        self.assertEqual(result.returncode, 0, result.stderr)
        after = self.files()
        self.assertEqual(after.keys(), before.keys())
        changed = {path for path in after if after[path] != before[path]}
        self.assertEqual(changed, {"usr/local/bin/ganglion", "var/lib/ganglion/vehicle/vehicle.json5"})

    def cut_off(self, count, *arguments):
        """Deploys, with the power going when `count` files have taken their places. Returns the unfinished mark's text."""
        real, renamed = shutil.which("mv"), self.folder / "renamed"
        renamed.unlink(missing_ok=True)
        # Nothing more is done after that: no trap, nothing put back.
        self.tool("mv", f'[ "$(wc -l < "{renamed}" 2>/dev/null || echo 0)" -lt {count} ] || {{ kill -KILL $PPID; exit 1; }}; '
                        f'echo x >> "{renamed}"; exec {real} "$@"')
        self.assertNotEqual(self.deploy("drone", *arguments).returncode, 0)
        (self.tools / "mv").unlink()
        mark = self.board / "var/lib/ganglion.unfinished"
        return mark.read_text() if mark.exists() else None

    def test_a_power_cut_between_two_renames_leaves_a_mark_that_the_unit_heeds(self):
        self.assertEqual(self.deploy("drone").returncode, 0)
        before = self.files()
        self.assertNotIn("var/lib/ganglion.unfinished", before)
        config = self.folder / "other"
        shutil.copytree(ROOT / "firmware-configs", config)
        text = (config / "quadrotor-hold.json5").read_text()
        (config / "quadrotor-hold.json5").write_text(text.replace("quadrotor-hold", "quadrotor-other"))
        program = self.folder / "program"
        program.write_text(f'#!/bin/sh\n# another\nexec {GANGLION} "$@"\n')
        program.chmod(0o755)
        arguments = (str(config / "quadrotor-hold.json5"), "--binary", str(program))
        mark = self.cut_off(1, *arguments)
        self.assertIn("/usr/local/bin/ganglion\n", mark)
        self.assertIn("/var/lib/ganglion/vehicle/vehicle.json5\n", mark)
        # A mixture, which the unit does not start.
        there = self.files()
        self.assertNotEqual(there["usr/local/bin/ganglion"], before["usr/local/bin/ganglion"])
        self.assertEqual(
            there["var/lib/ganglion/vehicle/vehicle.json5"], before["var/lib/ganglion/vehicle/vehicle.json5"])
        self.assertIn(
            "AssertPathExists=!/var/lib/ganglion.unfinished\n",
            (self.board / "etc/systemd/system/ganglion.service").read_text())
        # An installation that fails does not take the mark away: the mixture is still there.
        self.tool("install", "exit 1")
        self.assertNotEqual(self.deploy("drone", *arguments).returncode, 0)
        (self.tools / "install").unlink()
        self.assertIn("var/lib/ganglion.unfinished", self.files())
        # The next one that goes through does, and leaves nothing beside.
        result = self.deploy("drone", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("an earlier installation was cut off", result.stdout)
        after = self.files()
        self.assertEqual(after.keys(), before.keys())
        self.assertEqual(
            {path for path in after if after[path] != before[path]},
            {"usr/local/bin/ganglion", "var/lib/ganglion/vehicle/vehicle.json5"})
        self.assertIn("nothing to change", self.deploy("drone", *arguments).stdout)

    def test_a_power_cut_in_a_first_installation_leaves_the_unit_with_its_mark(self):
        self.assertIn("vehicle.json5", self.cut_off(1))
        self.assertEqual(
            [path for path in self.files() if not path.endswith((".new", ".unfinished"))],
            ["etc/systemd/system/ganglion.service"])
        self.assertEqual(self.deploy("drone").returncode, 0)
        self.assertEqual(
            [path for path in self.files() if path.endswith((".old", ".new", ".unfinished"))], [])

    def test_permissions_are_put_right_and_folders_can_be_entered(self):
        before = os.umask(0o077)
        try:
            self.assertEqual(self.deploy("drone").returncode, 0)
        finally:
            os.umask(before)
        for folder in ("usr/local/bin", "var/lib/ganglion/vehicle/models", "etc/systemd/system"):
            self.assertEqual((self.board / folder).stat().st_mode & 0o777, 0o755, folder)
        program = self.board / "usr/local/bin/ganglion"
        program.chmod(0o644)
        result = self.deploy("drone")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("installed /usr/local/bin/ganglion", result.stdout)
        self.assertEqual(program.stat().st_mode & 0o777, 0o755)
        self.assertIn("nothing to change", self.deploy("drone").stdout)

    def test_a_connection_that_breaks_does_not_leave_half_of_it(self):
        # Nobody reads what is said from the first word on.
        self.tool("ssh", 'shift; echo "ssh $*" >> "$CALLS"; sh -c "$*" | true')
        self.deploy("drone", "--binary", GANGLION)
        left = [path for path in self.files() if path.endswith((".old", ".new"))]
        self.assertEqual(left, [])
        self.assertIn("usr/local/bin/ganglion", self.files())
        self.assertIn("systemctl daemon-reload", self.noted())

    def test_everything_is_on_the_disk_before_it_takes_its_place(self):
        for name in ("sync", "mv"):
            real = shutil.which(name)
            self.tool(name, f'echo "{name} $*" >> "$CALLS"; exec {real} "$@"')
        self.assertEqual(self.deploy("drone").returncode, 0)
        calls = [line.split() for line in self.noted().splitlines()]
        first = next(i for i, call in enumerate(calls) if call[0] == "mv")
        synced = {call[1] for call in calls[:first] if call[0] == "sync" and len(call) > 1}
        moved = {call[2] for call in calls if call[0] == "mv"}
        # With the mark that the files are about to take their places, which the disk must have before.
        self.assertEqual(synced, moved | {str(self.board / "var/lib/ganglion.unfinished")})
        self.assertIn(["sync"], calls[first:])

    def test_a_board_with_another_processor_needs_a_program_of_its_own(self):
        self.tool("uname", "echo riscv64")
        self.tool("ssh", 'echo aarch64')
        result = self.deploy("drone")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--binary", result.stderr)
        self.assertEqual(list(self.board.iterdir()), [])

    def test_a_program_that_does_not_start_there_is_not_installed(self):
        self.tool("broken", "echo 'libgpiod.so.3: cannot open shared object file' >&2; exit 127")
        result = self.deploy("drone", "--binary", str(self.tools / "broken"))
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("libgpiod.so.3", result.stderr)
        self.assertIn("libgpiod2", result.stderr)
        self.assertEqual(list(self.board.iterdir()), [])

    def test_a_wrong_configuration_is_refused_with_its_errors(self):
        config = self.folder / "wrong.json5"
        config.write_text('{ name: "x" }')
        result = self.deploy("drone", str(config))
        self.assertEqual(result.returncode, 2)
        self.assertIn("sensors", result.stderr)
        self.assertEqual(self.noted(), "")

    def test_the_calibration_goes_along(self):
        text = (ROOT / "firmware-configs/quadrotor-hold.json5").read_text()
        folder = self.folder / "vehicle"
        shutil.copytree(ROOT / "firmware-configs/models", folder / "models")
        config = folder / "calibrated.json5"
        config.write_text(text.replace("sensors: {", 'sensors: { calibration: "c/imu.json5",'))
        (folder / "c").mkdir()
        calibration = folder / "c/imu.json5"
        calibration.write_text('{ version: 1, made_on: "linux", sensors: [] }')
        result = self.deploy("drone", str(config))
        self.assertEqual(result.returncode, 0, result.stderr)
        there = self.board / "var/lib/ganglion/vehicle/c/imu.json5"
        self.assertEqual(there.read_text(), calibration.read_text())
        # Without it nothing is copied: the configuration is refused, with the command that makes the file.
        calibration.unlink()
        result = self.deploy("drone", str(config))
        self.assertEqual(result.returncode, 2)
        self.assertIn("ganglion calibrate", result.stderr)

    def test_kernel_pwm_gets_its_way_into_sys(self):
        text = (ROOT / "firmware-configs/quadrotor-hold.json5").read_text()
        old = 'driver: { chip: "pca9685", bus: "sensors", address: 0x40, rate_hz: 400, oscillator_hz: 25000000 }'
        self.assertIn(old, text)
        folder = self.folder / "vehicle"
        shutil.copytree(ROOT / "firmware-configs/models", folder / "models")
        config = folder / "pwm.json5"
        config.write_text(text.replace(old, 'driver: { chip: "kernel_pwm", pwm_chip: "pwmchip0", rate_hz: 400 }'))
        result = self.deploy("drone", str(config))
        self.assertEqual(result.returncode, 0, result.stderr)
        dropin = self.board / "etc/systemd/system/ganglion.service.d/kernel-pwm.conf"
        self.assertTrue(dropin.is_file())
        # Its name may be written as JSON5 lets one; a comment with it is no reason.
        config.write_text(config.read_text().replace("kernel_pwm", "kernel\\u005fpwm"))
        self.assertEqual(self.deploy("drone", str(config)).returncode, 0)
        self.assertTrue(dropin.is_file())
        config.write_text("// not kernel_pwm\n" + text)
        self.assertEqual(self.deploy("drone", str(config)).returncode, 0)
        self.assertFalse(dropin.exists())
        config.write_text(text.replace(old, 'driver: { chip: "kernel_pwm", pwm_chip: "pwmchip0", rate_hz: 400 }'))
        self.assertEqual(self.deploy("drone", str(config)).returncode, 0)
        # And loses it again with the next vehicle.
        self.assertEqual(self.deploy("drone").returncode, 0)
        self.assertFalse(dropin.exists())


@unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
class Unit(unittest.TestCase):
    def test_the_unit_exposes_little(self):
        unit = ROOT / "scripts/deploy.d/ganglion.service"
        result = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", unit],
            capture_output=True, text=True)
        # Thresholds are tenths: 20 is an exposure of 2.0. Above it the status is not 0.
        self.assertEqual(result.returncode, 0, result.stdout[-400:] + result.stderr)
        self.assertIn("Overall exposure level", result.stdout)

    def test_the_check_would_see_a_unit_that_exposes_much(self):
        with tempfile.TemporaryDirectory() as folder:
            unit = Path(folder) / "open.service"
            unit.write_text("[Service]\nExecStart=/bin/true\n")
            result = subprocess.run(
                ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", unit],
                capture_output=True, text=True)
            self.assertNotEqual(result.returncode, 0)


if __name__ == "__main__":
    unittest.main()
