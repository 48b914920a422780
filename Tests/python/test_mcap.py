"""Flies a vehicle and reads its log with the packages `mcap`, `mcap-ros2-support` and `rosbags`; and the reverse."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from check_mcap import check
from mcap.reader import make_reader
from mcap.writer import CompressionType, IndexType, Writer
from rosbags.highlevel import AnyReader

ROOT = Path(__file__).resolve().parents[2]
GANGLION = os.environ.get("GANGLION", str(ROOT / ".build/release/ganglion"))


def fly(log):
    """A flight's log, and what the program says of it."""
    configuration = ROOT / "firmware-configs/quadrotor-hold.json5"
    flight = subprocess.run(
        [GANGLION, "run", str(configuration), "--controller", "classical", "--log", log, "--json"],
        capture_output=True, check=True)
    return json.loads(flight.stdout)


def packed(source, target, compression, index_types=IndexType.ALL, **options):
    """Writes the log anew with the package `mcap`: schemas and channels inside the chunks, no guards."""
    with open(source, "rb") as old, open(target, "wb") as new:
        reader = make_reader(old)
        header = reader.get_header()
        writer = Writer(new, chunk_size=200_000, compression=compression, index_types=index_types, **options)
        writer.start(profile=header.profile, library=header.library)
        for entry in reader.iter_metadata():
            writer.add_metadata(entry.name, entry.metadata)
        for entry in reader.iter_attachments():
            writer.add_attachment(entry.create_time, entry.log_time, entry.name, entry.media_type, entry.data)
        schemas, channels, count = {}, {}, 0
        for schema, channel, message in reader.iter_messages():
            if schema.id not in schemas:
                schemas[schema.id] = writer.register_schema(schema.name, schema.encoding, schema.data)
            if channel.id not in channels:
                channels[channel.id] = writer.register_channel(
                    channel.topic, channel.message_encoding, schemas[schema.id], channel.metadata)
            writer.add_message(
                channels[channel.id], message.log_time, message.data, message.publish_time, message.sequence)
            count += 1
        writer.finish()
        return count


@unittest.skipUnless(os.access(GANGLION, os.X_OK), f"needs {GANGLION}; scripts/test builds it")
class FlightLogInPython(unittest.TestCase):
    def test_rosbags_decodes_every_message(self):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "flight.mcap"
            fly(str(log))
            expected = check(log)["topics"]
            decoded = {}
            with AnyReader([log]) as reader:
                for connection, time, raw in reader.messages():
                    message = reader.deserialize(raw, connection.msgtype)
                    if connection.topic == "/ganglion/tick":
                        self.assertEqual(message.tick_time, time)
                    decoded[connection.topic] = decoded.get(connection.topic, 0) + 1
            self.assertEqual(decoded, expected)

    def test_logs_that_others_have_packed_are_read(self):
        with tempfile.TemporaryDirectory() as folder:
            log = f"{folder}/flight.mcap"
            ticks = fly(log)["ticks"]
            table = subprocess.run(
                [GANGLION, "log", "export", "--csv", log, "--topic", "/attitude"], capture_output=True, check=True)
            whole = {"compression": CompressionType.NONE}
            bare = {"index_types": IndexType.NONE, "use_statistics": False, "use_summary_offsets": False,
                    "repeat_channels": False, "repeat_schemas": False}
            for options in (
                    whole, {"compression": CompressionType.ZSTD}, {"compression": CompressionType.LZ4},
                    whole | bare, whole | {"use_chunking": False}, {"compression": CompressionType.ZSTD} | bare):
                with self.subTest(options):
                    other = f"{folder}/other.mcap"
                    count = packed(log, other, **options)
                    verify = subprocess.run([GANGLION, "log", "verify", other, "--json"], capture_output=True)
                    self.assertEqual(verify.returncode, 0, verify.stdout)
                    self.assertEqual(json.loads(verify.stdout)["messages"], count)
                    replay = subprocess.run([GANGLION, "replay", other, "--json"], capture_output=True)
                    self.assertEqual(replay.returncode, 0, replay.stderr)
                    self.assertEqual(json.loads(replay.stdout)["ticks"], ticks)
                    export = subprocess.run(
                        [GANGLION, "log", "export", "--csv", other, "--topic", "/attitude"], capture_output=True)
                    self.assertEqual(export.stdout, table.stdout)

    def test_a_flight_is_read_in_full(self):
        with tempfile.TemporaryDirectory() as folder:
            log = f"{folder}/flight.mcap"
            ticks = fly(log)["ticks"]
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
