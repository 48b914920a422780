"""The live view in Foxglove, seen by another WebSocket client and decoded by mcap-ros2-support."""

import asyncio
import json
import struct
import unittest
from pathlib import Path

import bridging
import fake_vehicle
import paths
from fake_vehicle import FakeVehicle

from ganglion.layout import Layout


class Client:
    """A viewer: what it is told, by topics. It speaks Foxglove's WebSocket protocol."""

    def __init__(self, port: int):
        self.port = port
        self.channels: dict[str, dict] = {}
        self.messages: dict[str, list[tuple[int, bytes]]] = {}
        self.status: list[str] = []

    async def watch(self, is_enough, seconds: float = 10.0):
        """Subscribes to all that comes until there is enough."""
        import aiohttp

        async with aiohttp.ClientSession() as session, asyncio.timeout(seconds):
            async with session.ws_connect(f"ws://127.0.0.1:{self.port}", protocols=["foxglove.sdk.v1"], max_msg_size=0) as line:
                ids: dict[int, str] = {}
                async for message in line:
                    if message.type == aiohttp.WSMsgType.TEXT:
                        said = json.loads(message.data)
                        if said["op"] == "advertise":
                            for channel in said["channels"]:
                                self.channels[channel["topic"]] = channel
                                ids[len(ids) + 1] = channel["topic"]
                                await line.send_json({"op": "subscribe", "subscriptions": [{"id": len(ids), "channelId": channel["id"]}]})
                        elif said["op"] == "status":
                            self.status.append(said["message"])
                    elif message.type == aiohttp.WSMsgType.BINARY and message.data[0] == 1:
                        _, number, time = struct.unpack_from("<BIQ", message.data)
                        self.messages.setdefault(ids[number], []).append((time, message.data[13:]))
                    if is_enough(self):
                        return self


def decoded(channel: dict, data: bytes):
    """A message by the schema that it was advertised with."""
    from mcap.records import Schema
    from mcap_ros2.decoder import DecoderFactory

    schema = Schema(id=1, name=channel["schemaName"], encoding=channel["schemaEncoding"], data=channel["schema"].encode())
    return DecoderFactory().decoder_for(channel["encoding"], schema)(data)


TOPICS = {"/ganglion/tick", "/imu/data", "/barometer/data", "/range/data", "/battery_state", "/pose", "/tf", "/odom", "/diagnostics"}


@bridging.needs("foxglove", "aiohttp", "mcap_ros2")
class Live(bridging.WithFolder):
    def test_every_topic_is_decoded_by_the_schema_that_it_comes_with(self):
        port = bridging.free_port()
        with FakeVehicle(self.folder) as vehicle, bridging.Bridge(self.folder, "--foxglove", port) as bridge:
            bridge.wait_said("runs: foxglove")
            client = Client(port)
            asyncio.run(client.watch(lambda one: TOPICS <= set(one.messages) and len(one.messages["/ganglion/tick"]) > 100))
            vehicle.stop()
        for topic, messages in client.messages.items():
            found = [decoded(client.channels[topic], data) for _, data in messages]
            self.assertTrue(found, topic)
        ticks = [decoded(client.channels["/ganglion/tick"], data) for _, data in client.messages["/ganglion/tick"]]
        self.assertEqual(client.channels["/ganglion/tick"]["schemaName"], f"ganglion_msgs/msg/Telemetry{vehicle.layout.digest:08X}")
        self.assertEqual(ticks[-1].tick_number - ticks[0].tick_number, len(ticks) - 1)
        self.assertEqual((len(ticks[0].network_input), ticks[0].imu_present), (12, True))
        times = [time for time, _ in client.messages["/ganglion/tick"]]
        # 250 a second, evenly, whatever the way here was like.
        self.assertEqual({round((after - before) / 1e6) for before, after in zip(times, times[1:])}, {4})
        rate = len(client.messages["/pose"]) / (len(ticks) / 250)
        self.assertAlmostEqual(rate, 50, delta=8)

    def test_the_schema_of_the_log_is_passed_on_and_one_that_does_not_fit_is_not(self):
        from ganglion.bridge.foxglove_live import tick_schema

        signals = [("tick.number", "", "u64"), ("level.level", "m", "f32", 3), ("on.on", "", "u8", 1, True)]
        text = "# One tick.\nuint64 tick_number  # number of the tick\nfloat32[3] level_level  # m\nbool on_on\n"
        schema = {"name": "ganglion_msgs/msg/Tick0123456789ABCDEF", "text": text}
        self.assertEqual(tick_schema(Layout.parse(fake_vehicle.description(signals, schema=schema))), (schema["name"], text))
        for wrong in ("uint64 tick_number\n", "string x\n" + text, "uint64[] x\n"):
            self.assertEqual(tick_schema(Layout.parse(fake_vehicle.description(signals, digest=0xAB, schema=schema | {"text": wrong})))[0], "ganglion_msgs/msg/Telemetry000000AB")
        said = fake_vehicle.description(signals)
        said["length"] += 1
        self.assertIsNone(tick_schema(Layout.parse(said)))

    def test_hostile_names_make_a_schema_that_is_still_one(self):
        from ganglion.bridge.foxglove_live import tick_schema

        signals = [("a\nuint8 b", "m\nuint8 c", "u64"), ("x y#z", "</script>", "f32")]
        layout = Layout.parse(fake_vehicle.description(signals, []))
        name, text = tick_schema(layout)
        channel = {"schemaName": name, "schemaEncoding": "ros2msg", "schema": text, "encoding": "cdr"}
        found = decoded(channel, b"\0\1\0\0" + struct.pack("<Qf", 7, 2.5))
        self.assertEqual((found.a_uint8_b, found.x_y_z), (7, 2.5))

    def test_a_vehicle_that_goes_and_comes_back_as_another_is_shown_as_that(self):
        port = bridging.free_port()
        vehicle = FakeVehicle(self.folder)
        with bridging.Bridge(self.folder, "--foxglove", port) as bridge:
            bridge.wait_said("runs: foxglove")
            client = Client(port)

            async def story():
                watching = asyncio.create_task(client.watch(lambda one: "/level" in str(one.channels), 20))
                await bridging.until(lambda: client.messages.get("/ganglion/tick"), 10, "the first vehicle")
                await asyncio.to_thread(vehicle.stop)
                await bridging.until(lambda: client.status, 10, "word that it has gone")
                other = FakeVehicle(self.folder, fake_vehicle.description([("level.time", "ns", "i64"), ("level.count", "", "u32"), ("level.pressure", "Pa", "f32")], [], digest=5))
                other.changes = {"level.count": 1}
                try:
                    await watching
                finally:
                    await asyncio.to_thread(other.stop)

            asyncio.run(story())
        self.assertIn("/level/data", client.channels)
        self.assertIn("away", client.status[0])

    def test_a_port_that_another_has_is_said(self):
        with FakeVehicle(self.folder), bridging.Bridge(self.folder, "--foxglove", port := bridging.free_port()) as bridge:
            bridge.wait_said("runs: foxglove")
            status, words = bridging.ended(self.folder, "--foxglove", port)
            self.assertEqual(status, 2)
            self.assertIn("--foxglove PORT", words)


class Layouts(unittest.TestCase):
    def test_the_layout_files_of_the_documentation_name_topics_that_there_are(self):
        folder = paths.ROOT / "docs/layouts"
        text = json.dumps(json.loads((folder / "foxglove.json").read_text()))
        for topic in ("/diagnostics", "/events", "/pose", "/ganglion/tick"):
            self.assertIn(topic, text)
        self.assertIn("/ganglion/tick", Path(folder / "plotjuggler.xml").read_text())


if __name__ == "__main__":
    unittest.main()
