"""The status over MQTT: retained, with a last will, seen by another client of a real broker."""

import json
import shutil
import signal
import socket
import subprocess
import time
import unittest

import bridging
from fake_vehicle import FakeVehicle

BROKER = shutil.which("mosquitto") or ("/usr/sbin/mosquitto" if shutil.which("/usr/sbin/mosquitto") else None)


class Broker:
    """mosquitto on a port of its own."""

    def __init__(self, folder, *lines: str):
        self.port = bridging.free_port()
        path = folder / "mosquitto.conf"
        path.write_text("\n".join([f"listener {self.port} 127.0.0.1", *(lines or ["allow_anonymous true"]), f"persistence false\nuser {'root'}\n"]))
        self._configuration = path
        self.start()

    def start(self):
        self.process = subprocess.Popen([BROKER, "-c", str(self._configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def answers():
            with socket.socket() as made:
                return made.connect_ex(("127.0.0.1", self.port)) == 0

        bridging.wait_for(answers, 10, "the broker")

    def stop(self):
        self.process.terminate()
        self.process.wait(5)


class Listener:
    """A client that remembers all that it hears."""

    def __init__(self, port: int, user: str | None = None, password: str | None = None):
        import paho.mqtt.client as paho

        self.heard: list[tuple[str, dict, bool]] = []
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        if user:
            self.client.username_pw_set(user, password)
        self.client.on_message = lambda _c, _d, message: self.heard.append((message.topic, json.loads(message.payload), message.retain))
        self.client.on_connect = lambda client, *_: client.subscribe("#")
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def last(self) -> dict:
        return self.heard[-1][1] if self.heard else {}

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


@bridging.needs("paho")
@unittest.skipUnless(BROKER, "mosquitto is not installed (apt-get install mosquitto)")
class Status(bridging.WithFolder):
    def setUp(self):
        super().setUp()
        self.broker = Broker(self.base)
        self.addCleanup(lambda: self.broker.stop())

    def listener(self):
        found = Listener(self.broker.port)
        self.addCleanup(found.close)
        return found

    def test_the_status_is_told_once_a_second_and_kept_by_the_broker(self):
        with FakeVehicle(self.folder) as vehicle, bridging.Bridge(self.folder, "--mqtt", f"127.0.0.1:{self.broker.port}") as bridge:
            bridge.wait_said("runs: mqtt")
            first = self.listener()
            bridging.wait_for(lambda: first.last().get("state") == "online", 10, "the status")
            before = len(first.heard)
            time.sleep(3.2)
            self.assertIn(len(first.heard) - before, (2, 3, 4))
            late = self.listener()
            bridging.wait_for(lambda: late.heard, 5, "what was kept")
            topic, said, is_kept = late.heard[0]
            self.assertEqual((topic, is_kept, said["mode"], said["armed"]), ("ganglion/cart/status", True, "active", True))
            vehicle.changes = {"safety.low_battery": 1}
            bridging.wait_for(lambda: first.last().get("faults"), 5, "the fault")
            self.assertEqual(first.last()["faults"][0]["remedy"], "Land and charge it.")
            # Whatever is said there, the vehicle hears nothing.
            for name in ("status", "command", "set", "land", "arm"):
                first.client.publish(f"ganglion/cart/{name}", '{"arm": true}')
            time.sleep(0.5)
            self.assertEqual(vehicle.wishes, [])
        bridging.wait_for(lambda: first.last() == {"vehicle": "cart", "state": "offline"}, 5, "the farewell")

    def test_the_broker_tells_of_a_bridge_that_was_killed(self):
        with FakeVehicle(self.folder), bridging.Bridge(self.folder, "--mqtt", f"127.0.0.1:{self.broker.port}") as bridge:
            listener = self.listener()
            bridging.wait_for(lambda: listener.last().get("state") == "online", 10, "the status")
            bridge.process.send_signal(signal.SIGKILL)
            bridging.wait_for(lambda: listener.last().get("state") == "offline", 10, "the last will")

    def test_a_vehicle_that_goes_and_comes_back_is_told(self):
        vehicle = FakeVehicle(self.folder)
        with bridging.Bridge(self.folder, "--mqtt", f"127.0.0.1:{self.broker.port}"):
            listener = self.listener()
            bridging.wait_for(lambda: listener.last().get("state") == "online", 10, "the status")
            vehicle.stop()
            bridging.wait_for(lambda: listener.last().get("state") == "offline", 5, "that it has gone")
            self.assertEqual(listener.last()["why"], "the flight has ended")
            with FakeVehicle(self.folder):
                bridging.wait_for(lambda: listener.last().get("state") == "online", 5, "that it is back")

    def test_boards_have_topics_of_their_own(self):
        with FakeVehicle(self.folder), bridging.Bridge(self.folder, "--mqtt", f"127.0.0.1:{self.broker.port}", "--mqtt-topic", "boards/7/status"):
            listener = self.listener()
            bridging.wait_for(lambda: listener.last().get("state") == "online", 10, "the status")
            self.assertEqual({topic for topic, _, _ in listener.heard}, {"boards/7/status"})

    def test_a_broker_that_is_away_is_waited_for(self):
        self.broker.stop()
        with FakeVehicle(self.folder), bridging.Bridge(self.folder, "--mqtt", f"127.0.0.1:{self.broker.port}") as bridge:
            bridge.wait_said("no broker at")
            self.broker.start()
            listener = self.listener()
            bridging.wait_for(lambda: listener.last().get("state") == "online", 20, "the status")


@bridging.needs("paho")
class Refusals(bridging.WithFolder):
    def test_a_broker_elsewhere_needs_a_key(self):
        status, words = bridging.ended(self.folder, "--mqtt", "192.0.2.1")
        self.assertEqual(status, 2)
        self.assertIn("--mqtt-key FILE", words)

    def test_keys_that_are_open_or_odd_are_refused(self):
        for text, mode, reason in (("user:password", 0o644, "chmod 600"), ("no colon", 0o600, "user:password"), ("", 0o600, "0 bytes")):
            with self.subTest(reason):
                status, words = bridging.ended(self.folder, "--mqtt", "127.0.0.1:1", "--mqtt-key", self.key(text, mode))
                self.assertEqual(status, 2)
                self.assertIn(reason, words)

    def test_a_topic_that_is_none_is_refused(self):
        for topic in ("boards/#", "+/status", "$SYS/x"):
            self.assertEqual(bridging.ended(self.folder, "--mqtt", "127.0.0.1:1", "--mqtt-topic", topic)[0], 2)

    def test_an_address_that_is_none_is_refused(self):
        for address in ("127.0.0.1:0", "a b", "127.0.0.1:99999", "[::1", "no.such.host.invalid"):
            with self.subTest(address):
                self.assertEqual(bridging.ended(self.folder, "--mqtt", address)[0], 2)


if __name__ == "__main__":
    unittest.main()
