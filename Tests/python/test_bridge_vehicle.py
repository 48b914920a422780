"""Against the program itself, which flies a simulated quadrotor in real time: what it tells is what it logs, and the page's wishes are obeyed."""

import asyncio
import json
import os
import re
import signal
import subprocess
import threading
import time
import unittest

import bridging
import paths
from reporting import PROGRAM, needs_packages

from ganglion.client import Vehicle
from ganglion.errors import GanglionError
from ganglion.telemetry import Telemetry

CONFIGS = paths.ROOT / "firmware-configs"


class Flying:
    """The program, in real time, with its sockets in a folder."""

    def __init__(self, configuration, folder, *arguments):
        self.process = subprocess.Popen(
            [PROGRAM, "run", configuration, "--real-time", "--run-folder", folder, *arguments], cwd=paths.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        bridging.wait_for(lambda: (folder / "telemetry.json").exists() or self.process.poll() is not None, 20, "the vehicle")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


@unittest.skipUnless(PROGRAM and os.access(PROGRAM, os.X_OK), "GANGLION does not name the program")
class RealTime(bridging.WithFolder):
    @needs_packages
    def test_what_is_told_is_what_is_logged_bit_for_bit(self):
        from ganglion.report.mcap_file import RecordFile

        log = self.base / "flight.mcap"
        with Flying(CONFIGS / "quadrotor-hold.json5", self.folder, "--duration", "4", "--log", log), Telemetry(str(self.folder)) as telemetry:
            records = list(telemetry)
        logged, text = {}, ""
        file = RecordFile(log)
        for topic, bodies in file.messages():
            if topic.name == "/ganglion/tick":
                text = topic.text
                for body in bodies:
                    logged[int.from_bytes(body[:8], "little")] = bytes(body)
        self.assertGreater(len(records), 100)
        self.assertTrue(records[-1].is_last)
        self.assertEqual(telemetry.layout.schema[1], text)
        for record in records:
            self.assertEqual(record.body, logged[record.tick], record.tick)
        self.assertEqual(telemetry.refused, {})

    def test_every_condition_and_network_can_be_looked_at(self):
        with Flying(CONFIGS / "quadrotor-hold.json5", self.folder, "--no-log"), Telemetry(str(self.folder)) as telemetry:
            layout = telemetry.layout
        self.assertEqual([one.name for one in layout.conditions if one.signal not in layout], [])
        self.assertEqual(len({one.signal for one in layout.conditions}), len(layout.conditions))
        self.assertTrue(os.path.isabs(layout.networks[0].model))

    @bridging.needs("aiohttp", "bokeh")
    def test_the_page_lands_a_vehicle_that_a_program_flies(self):
        text = (CONFIGS / "quadrotor-piloted.json5").read_text()
        sources = (
            'commands: [{ source: "socket", name: "bridge", stale_after_ms: 500, hold_ms: 300, flags: ["land", "disarm"] },'
            '{ source: "socket", name: "program", stale_after_ms: 500, hold_ms: 300 }],'
        )
        text, count = re.subn(r"  commands: \[\n.*?\n  \],\n", f"  {sources}\n", text, flags=re.DOTALL)
        self.assertEqual(count, 1)
        configuration = self.base / "piloted.json5"
        configuration.write_text(text.replace("models/", f"{CONFIGS}/models/"))
        with Flying(configuration, self.folder, "--duration", "60", "--no-log"), bridging.Bridge(self.folder, "--view", bridging.free_port(), "--source", "bridge") as bridge:
            url = bridge.wait_said("page: ").partition("page: ")[2].split()[0]
            done = threading.Event()
            program = threading.Thread(target=self.program, args=(done,), daemon=True)
            program.start()
            try:
                modes = asyncio.run(self.land(*url.split("/#")))
            finally:
                done.set()
                program.join()
        self.assertEqual(modes[:2], ["disarmed", "active"])
        self.assertIn("landing", modes)

    def program(self, done: threading.Event):
        """Arms and climbs, as a program would."""
        with Vehicle(str(self.folder), source="program") as vehicle:
            try:
                vehicle.arm(1.0)
                while not done.wait(0.05):
                    vehicle.send(altitude=1.5)
            except GanglionError:
                pass

    async def land(self, base: str, token: str) -> list[str]:
        """Asks to land as soon as it flies; the modes until it does."""
        import aiohttp

        modes, asked = [], False
        async with asyncio.timeout(40), aiohttp.ClientSession() as session, session.ws_connect(base + "/live", headers={"Origin": base}, max_msg_size=0) as line:
            await line.send_json({"token": token})
            async for message in line:
                said = json.loads(message.data)
                self.assertNotIn("error", said)
                if said["type"] != "now":
                    continue
                if modes[-1:] != [said["mode"]]:
                    modes.append(said["mode"])
                if not asked and (said["numbers"]["altitude"] or 0) > 0.8:
                    asked = True
                    await line.send_json({"do": "land"})
                if asked and said["mode"] == "landing" and said["numbers"]["altitude"] < 0.7:
                    return modes
        return modes


if __name__ == "__main__":
    unittest.main()
