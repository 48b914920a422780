"""Tests of the trainer: `python -m unittest discover scripts/train` (needs requirements.txt)."""

import struct
import tempfile
import unittest
from pathlib import Path

import json5
import numpy as np
import torch
from mcap.writer import CompressionType, Writer

from episodes import Aggregate, Episode, read_episode
from flight_log import read_columns
from imitation import Recipe, Trainer, channel_scales
from networks import Runner, build, check_against_ncps
from train import VEHICLES

OUTPUTS = [
    {"command": "thrust", "scale": 0.4, "offset": 0.5}, {"command": "roll_torque", "scale": 0.2},
    {"command": "pitch_torque", "scale": 0.2}, {"command": "yaw_torque", "scale": 0.3},
]  # fmt: skip


def write_log(path: Path, ticks: list[dict], chunk: int = 2000) -> None:
    """A log as Ganglion writes it, with fewer fields."""
    names = ["thrust", "roll", "pitch", "yaw"]
    schema = "# One tick.\nuint64 tick_number\nfloat32 network_ts\n"
    schema += "".join(f"float32 classical_{name}\n" for name in names)
    schema += "bool safety_armed\nfloat32[<=64] network_input  # scaled\nfloat32[<=16] network_output\n"
    with open(path, "wb") as stream:
        writer = Writer(stream, compression=CompressionType.NONE, chunk_size=chunk)
        writer.start()
        kind = writer.register_schema("Tick", "ros2msg", schema.encode())
        channel = writer.register_channel("/ganglion/tick", "cdr", kind)
        other = writer.register_channel("/ganglion/other", "cdr", kind)
        for number, tick in enumerate(ticks):
            body = struct.pack("<Q5fB", number, tick["ts"], *tick["command"], True)
            for values in (tick["inputs"], tick["outputs"]):
                body += bytes(-len(body) % 4) + struct.pack(f"<I{len(values)}f", len(values), *values)
            writer.add_message(other, number, b"\0\1\0\0" + bytes(100), number)
            writer.add_message(channel, number, b"\0\1\0\0" + body, number)
        writer.finish()


def tick(number: int, flying: bool = True) -> dict:
    """A tick whose every number tells which it is."""
    return {
        "ts": number + 0.5, "command": [0.1 + number * 1e-3, 0.1, -0.2, 0.3] if flying else [0, 0, 0, 0],
        "inputs": [number, -number, 2 * number] if number > 2 else [],
        "outputs": [number, 1, 2, 3],
    }  # fmt: skip


class LogReading(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "flight.mcap"

    def test_every_tick_of_every_layout_is_read_in_order(self):
        write_log(self.path, [tick(n) for n in range(300)])
        columns = read_columns(self.path, "/ganglion/tick", ["tick_number", "network_ts", "safety_armed", "network_input"])
        np.testing.assert_array_equal(columns["tick_number"], np.arange(300))
        np.testing.assert_array_equal(columns["network_ts"], np.arange(300, dtype=np.float32) + 0.5)
        np.testing.assert_array_equal(columns["network_input"][:3], 0)
        np.testing.assert_array_equal(columns["network_input"][3:, 2], 2 * np.arange(3, 300))

    def test_a_field_that_the_log_lacks_is_named(self):
        write_log(self.path, [tick(0)])
        with self.assertRaisesRegex(ValueError, "no field altitude"):
            read_columns(self.path, "/ganglion/tick", ["altitude", "network_ts"])

    def test_a_log_that_was_cut_is_refused(self):
        write_log(self.path, [tick(n) for n in range(300)])
        whole = self.path.read_bytes()
        for length in (len(whole) - 1, len(whole) // 2, 12):
            self.path.write_bytes(whole[:length])
            with self.assertRaisesRegex(ValueError, "flight.mcap: cut off; .*log recover"):
                read_columns(self.path, "/ganglion/tick", ["ts"])

    def test_labels_are_the_command_before_the_outputs_scale_and_offset(self):
        write_log(self.path, [tick(n) for n in range(50)])
        episode = read_episode(self.path, OUTPUTS)
        np.testing.assert_allclose(episode.labels[10], [(0.11 - 0.5) / 0.4, 0.5, -1.0, 1.0], rtol=1e-5)

    def test_an_episode_is_the_flight_without_what_was_before_and_after(self):
        write_log(self.path, [tick(n, flying=4 <= n < 30 or n > 40) for n in range(50)])
        np.testing.assert_array_equal(read_episode(self.path, OUTPUTS).ts, np.arange(4, 30) + 0.5)

    def test_a_log_without_a_flight_is_an_empty_episode(self):
        write_log(self.path, [tick(n, flying=False) for n in range(50)])
        self.assertEqual(len(read_episode(self.path, OUTPUTS).ts), 0)


class FastRunner(unittest.TestCase):
    def test_it_equals_ncps_with_irregular_elapsed_time(self):
        for kind in ("ncp19", "cfc64"):
            self.assertLess(check_against_ncps(build(kind, 12, 4, seed=3), 12), 2e-6)

    def test_a_sequence_cut_in_two_goes_on_where_it_was(self):
        network = build("ncp19", 5, 4, seed=3)
        runner = Runner(network)
        x, ts, state = torch.randn(2, 40, 5), torch.rand(2, 40) * 3, torch.zeros(2, 19)
        with torch.no_grad():
            whole, _ = runner(x, ts, state)
            first, middle = runner(x[:, :13], ts[:, :13], state)
            second, _ = runner(x[:, 13:], ts[:, 13:], middle)
        torch.testing.assert_close(torch.cat([first, second], 1), whole)


class Imitation(unittest.TestCase):
    def test_a_linear_law_is_learned(self):
        random = np.random.default_rng(1)
        gains = random.uniform(-0.3, 0.3, size=(6, 4)).astype(np.float32)

        def episode() -> Episode:
            inputs = random.normal(size=(400, 6)).cumsum(0).astype(np.float32)
            inputs = np.sin(inputs * 0.3)
            return Episode(inputs, random.uniform(0.5, 2, 400).astype(np.float32), inputs @ gains, inputs @ gains)

        data = Aggregate(6, 4, input_range=4)
        data.add([episode() for _ in range(16)])
        recipe = Recipe(window=32, batch=16)
        recipe.channel_scales = channel_scales(data)
        trainer = Trainer(build("ncp19", 6, 4, seed=1), recipe, seed=1)
        before = max(trainer.errors(data))
        trainer.fit(data, epochs=16, learning_rate=1e-2, final_learning_rate=1e-3, note=lambda _: None)
        self.assertLess(max(trainer.errors(data)), 0.25 * before)

    def test_the_set_grows_by_episodes_of_other_lengths(self):
        def episode(ticks: int) -> Episode:
            ones = np.ones((ticks, 4), np.float32)
            return Episode(9 * ones[:, :2], ones[:, 0], 3 * ones, ones)

        data = Aggregate(2, 4, input_range=4)
        data.add([episode(10)])
        data.add([episode(30), episode(20)])
        self.assertEqual(data.inputs.shape, (3, 30, 2))
        self.assertEqual(data.tick_count, 60)
        self.assertEqual((data.inputs.max(), data.labels.max()), (4, 1))


class Configurations(unittest.TestCase):
    # What is stronger in the measurement than in the training, whatever is drawn.
    DISTURBANCES = {
        "quadrotor": [("sensor_noise",), ("wind", "mean_m_s"), ("wind", "gust_m_s")],
        "balancer": [("sensor_noise",), ("ground", "slope_deg"), ("pushes", "impulse_n_s")],
    }

    def pairs(self):
        for name, vehicle in VEHICLES.items():
            training, measuring = vehicle.training.read_text(), vehicle.measuring.read_text()
            yield name, json5.loads(training), json5.loads(measuring)

    def test_the_vehicle_that_is_trained_on_is_the_one_that_is_measured(self):
        may_differ = {"name", "model", "setpoints", "setpoint_rates", "log", "evaluation", "simulation"}
        for name, training, measuring in self.pairs():
            for key in (training.keys() | measuring.keys()) - may_differ:
                with self.subTest(vehicle=name, key=key):
                    self.assertEqual(training.get(key), measuring.get(key))

    def test_disturbances_of_the_measurement_are_beyond_those_of_the_training(self):
        for name, training, measuring in self.pairs():
            for path in self.DISTURBANCES[name]:
                trained, measured = training["simulation"], measuring["simulation"]
                for key in path:
                    trained, measured = trained[key], measured[key]
                with self.subTest(vehicle=name, path=path):
                    self.assertGreater(measured[0], trained[1])


if __name__ == "__main__":
    unittest.main()
