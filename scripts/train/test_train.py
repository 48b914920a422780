"""Tests of the trainer: `python -m unittest discover scripts/train` (needs requirements.txt)."""

import contextlib
import dataclasses
import io
import json
import struct
import sys
import tempfile
import unittest
from pathlib import Path

import json5
import numpy as np
import torch
from mcap.writer import CompressionType, Writer

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/python"))

from ganglion.export.model_file import read_tensors  # noqa: E402
from ganglion.train import command  # noqa: E402
from ganglion.train.dagger import Training, advice  # noqa: E402
from ganglion.train.episodes import Aggregate, Episode, Port, read_episode  # noqa: E402
from ganglion.train.errors import TrainingError  # noqa: E402
from ganglion.train.imitation import Recipe, Trainer, channel_scales  # noqa: E402
from ganglion.train.log_columns import read_columns  # noqa: E402
from ganglion.train.networks import Runner, build, check_against_ncps, start_from  # noqa: E402
from ganglion.train.progress import Progress, duration  # noqa: E402
from ganglion.train.vehicle import Plan, Vehicle, find_program, restored, store  # noqa: E402

PLAN = Plan(
    name="test", rate_hz=250, network="network", every=1,
    ports={"inputs": [{"name": f"in_{n}", "unit": "", "minimum": -4, "maximum": 4} for n in range(3)]},
    outputs=(
        Port("thrust", 0.4, 0.5, "classical.thrust"), Port("roll_torque", 0.2, 0.0, "classical.roll"),
        Port("pitch_torque", 0.2, 0.0, "classical.pitch"), Port("yaw_torque", 0.3, 0.0, "classical.yaw"),
    ),
    counts_while="phase.flying", has_choice=True, configuration="{}", digest="0",
)  # fmt: skip


def write_log(path: Path, ticks: list[dict], chunk: int = 2000) -> None:
    """A log as Ganglion writes it, with fewer fields."""
    names = ["thrust", "roll", "pitch", "yaw"]
    schema = "# One tick.\nuint64 tick_number\nuint64 network_digest\nfloat32 network_ts\n"
    schema += "".join(f"float32 classical_{name}\n" for name in names)
    schema += "bool phase_flying\nfloat32[<=64] network_input  # scaled\nfloat32[<=16] network_output\n"
    with open(path, "wb") as stream:
        writer = Writer(stream, compression=CompressionType.NONE, chunk_size=chunk)
        writer.start()
        kind = writer.register_schema("Tick", "ros2msg", schema.encode())
        channel = writer.register_channel("/ganglion/tick", "cdr", kind)
        other = writer.register_channel("/ganglion/other", "cdr", kind)
        for number, tick in enumerate(ticks):
            body = struct.pack("<QQ5fB", number, tick.get("digest", number), tick["ts"], *tick["command"], tick["flying"])
            for values in (tick["inputs"], tick["outputs"]):
                body += bytes(-len(body) % 4) + struct.pack(f"<I{len(values)}f", len(values), *values)
            writer.add_message(other, number, b"\0\1\0\0" + bytes(100), number)
            writer.add_message(channel, number, b"\0\1\0\0" + body, number)
        writer.finish()


def tick(number: int, flying: bool = True) -> dict:
    """A tick whose every number tells which it is."""
    return {
        "ts": number + 0.5, "command": [0.1 + number * 1e-3, 0.1, -0.2, 0.3], "flying": flying,
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
        columns = read_columns(self.path, "/ganglion/tick", ["tick_number", "network_ts", "phase_flying", "network_input"])
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
        episode = read_episode(self.path, PLAN)
        np.testing.assert_allclose(episode.labels[10], [(0.11 - 0.5) / 0.4, 0.5, -1.0, 1.0], rtol=1e-5)

    def test_an_episode_is_the_flight_without_what_was_before_and_after(self):
        write_log(self.path, [tick(n, flying=4 <= n < 30 or n > 40) for n in range(50)])
        np.testing.assert_array_equal(read_episode(self.path, PLAN).ts, np.arange(4, 30) + 0.5)

    def test_of_a_network_that_rests_in_ticks_only_its_steps_count(self):
        ticks = [tick(n) | {"digest": n // 4} for n in range(40)]
        write_log(self.path, ticks)
        episode = read_episode(self.path, dataclasses.replace(PLAN, every=4))
        np.testing.assert_array_equal(episode.ts, np.arange(0, 40, 4) + 0.5)

    def test_a_log_without_a_flight_is_an_empty_episode(self):
        write_log(self.path, [tick(n, flying=False) for n in range(50)])
        self.assertEqual(len(read_episode(self.path, PLAN).ts), 0)


class FastRunner(unittest.TestCase):
    def test_it_equals_ncps_with_irregular_elapsed_time(self):
        for kind in ("ncp19", "cfc64", "ncp8", "cfc5"):
            self.assertLess(check_against_ncps(build(kind, 12, 4, seed=3), 12), 2e-6)

    def test_a_training_goes_on_from_a_model_as_from_its_checkpoint(self):
        models = ROOT / "firmware-configs/models"
        with tempfile.TemporaryDirectory() as folder:
            for kind in ("ncp19", "cfc64"):
                network, other = build(kind, 12, 4, seed=3), build(kind, 12, 4, seed=4)
                start_from(network, models / f"quadrotor-{kind}.safetensors")
                found = dict(network.named_parameters())
                tensors, _ = read_tensors(models / f"quadrotor-{kind}.safetensors")
                self.assertEqual(sum(t.size for t in tensors.values()), sum(p.numel() for p in found.values() if p.requires_grad))
                torch.save(network.state_dict(), Path(folder) / "a.pt")
                start_from(other, Path(folder) / "a.pt")
                x, ts = torch.rand(1, 9, 12), torch.ones(1, 9)
                rest = torch.zeros(1, Runner(network).state_size)
                with torch.no_grad():
                    torch.testing.assert_close(Runner(network)(x, ts, rest)[0], Runner(other)(x, ts, rest)[0], rtol=0, atol=0)
        for kind, name, words in (("ncp20", "ncp19", "has another network"), ("ncp19", "ncp19-int8", "no float32 model")):
            with self.subTest(name), self.assertRaisesRegex(TrainingError, words):
                start_from(build(kind, 12, 4, seed=3), models / f"quadrotor-{name}.safetensors")

    def test_a_network_that_cannot_be_is_refused(self):
        for kind, words in (("lstm4", "unknown network"), ("ncp", "unknown network"), ("ncp6", "at least 7 neurons")):
            with self.subTest(kind), self.assertRaisesRegex(TrainingError, words):
                build(kind, 12, 4, seed=3)

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


class Kept(unittest.TestCase):
    def test_episodes_come_back_bit_for_bit(self):
        random = np.random.default_rng(1)
        episodes = [
            Episode(*(random.normal(size=shape).astype(np.float32) for shape in ((n, 3), n, (n, 2), (n, 2)))) for n in (5, 0, 9)
        ]
        with tempfile.TemporaryDirectory() as folder:
            store(Path(folder) / "a.npz", episodes)
            again = restored(Path(folder) / "a.npz")
        self.assertEqual(len(again), 3)
        for before, after in zip(episodes, again):
            for name in Episode.__annotations__:
                np.testing.assert_array_equal(getattr(before, name), getattr(after, name))


class Told(unittest.TestCase):
    def test_scales_that_do_not_fit_are_named(self):
        ones = np.ones((100, 1), np.float32)
        inputs, labels = ones * [1, 9, 0.001], ones * [0.5, 2, 0.5, 0.001]
        words = "\n".join(advice(PLAN, [Episode(inputs, ones[:, 0], labels, labels)]))
        self.assertRegex(words, "input in_1 leaves ±4 in 100.0% of ticks")
        self.assertRegex(words, "input in_2 stays within")
        self.assertRegex(words, "output roll_torque cannot follow classical.roll")
        self.assertRegex(words, "output yaw_torque needs no more than")
        self.assertNotRegex(words, "in_0|thrust cannot|pitch_torque")

    def test_the_time_that_is_left_follows_from_what_was_measured(self):
        progress = Progress(io.StringIO())
        progress.expect(flights=20, ticks=1000)
        self.assertIsNone(progress.remaining())
        progress.add("flights", 10, 30)
        self.assertIsNone(progress.remaining())
        progress.add("ticks", 500, 100)
        self.assertAlmostEqual(progress.remaining(), 10 * 3 + 500 * 0.2)
        self.assertEqual([duration(40), duration(720), duration(3900 * 2)], ["40 s", "12 min", "2 h 10 min"])

    def test_what_is_wrong_is_said_in_a_line(self):
        for arguments, words in (
            (["imitate", "no-such.json5"], "no-such.json5: there is no such configuration"),
            (["imitate", __file__, "--ganglion", "/no/such"], "/no/such: there is no such program"),
        ):
            talk = io.StringIO()
            with contextlib.redirect_stderr(talk):
                self.assertEqual(command.main(arguments), 2)
            self.assertIn(words, talk.getvalue())
        with contextlib.redirect_stderr(io.StringIO()) as talk, self.assertRaises(SystemExit):
            command.main(["imitate", "x", "--seed", "0"])
        self.assertIn("expected at least 1", talk.getvalue())


def program() -> Path | None:
    """The program, where it is built."""
    try:
        return find_program(None)
    except TrainingError:
        return None


@unittest.skipUnless(program(), "ganglion is not built")
class Derived(unittest.TestCase):
    """What follows from the shipped configurations, by the program."""

    # What is stronger in the measurement than in the training, whatever is drawn.
    DISTURBANCES = {
        "quadrotor-hold": [("sensor_noise",), ("wind", "mean_m_s"), ("wind", "gust_m_s")],
        "balancer-hold": [("sensor_noise",), ("ground", "slope_deg"), ("pushes", "impulse_n_s")],
    }

    def plans(self):
        for name in self.DISTURBANCES:
            file = ROOT / f"firmware-configs/{name}.json5"
            yield name, json5.loads(file.read_text()), Vehicle(file, program()).plan

    def test_ports_and_teacher_follow_from_the_configuration(self):
        for name, settings, plan in self.plans():
            with self.subTest(name):
                network = settings["network"]
                self.assertEqual([(i["name"], i["unit"]) for i in plan.ports["inputs"]], [(i["signal"], i["unit"]) for i in network["inputs"]])
                self.assertEqual(
                    [(o.name, o.scale, o.offset) for o in plan.outputs],
                    [(o["command"], o["scale"], o.get("offset", 0)) for o in network["outputs"]],
                )
                self.assertEqual(plan.rate_hz, settings["loop"]["rate_hz"])
                self.assertTrue(all(o.teacher.split(".")[0] in ("classical", "descent") for o in plan.outputs))

    def test_only_what_training_names_differs_in_what_is_flown(self):
        for name, settings, plan in self.plans():
            flown, training = json5.loads(plan.configuration), settings.pop("training")
            for key in settings.keys() | flown.keys():
                with self.subTest(name, key=key):
                    if key in training:
                        self.assertEqual(flown[key], overlaid(settings[key], training[key]))
                    else:
                        self.assertEqual(flown[key], settings[key])

    def test_disturbances_of_the_measurement_are_beyond_those_of_the_training(self):
        for name, settings, plan in self.plans():
            for path in self.DISTURBANCES[name]:
                trained, measured = json5.loads(plan.configuration)["simulation"], settings["simulation"]
                for key in path:
                    trained, measured = trained[key], measured[key]
                with self.subTest(name, path=path):
                    self.assertGreater(measured[0], trained[1])

    def test_a_training_that_was_broken_off_ends_as_one_that_was_not(self):
        with tempfile.TemporaryDirectory() as folder:
            whole, broken = Path(folder) / "whole", Path(folder) / "broken"
            first = self.trained(whole)
            with self.assertRaises(KeyboardInterrupt):
                self.trained(broken, breaks=True)
            with self.assertRaisesRegex(TrainingError, "has a training already"):
                self.trained(broken)
            with self.assertRaisesRegex(TrainingError, "trained otherwise .seed changed"):
                self.trained(broken, "--resume", "--seed", "8")
            second = self.trained(broken, "--resume")
            for arithmetic in ("float32", "int16", "int8"):
                self.assertEqual(tensors(first[arithmetic]), tensors(second[arithmetic]), arithmetic)
            record = json.loads((broken / "record.json").read_text())
            self.assertEqual([i["flown_by"] for i in record["iterations"]], ["teacher", "network"])
            self.assertEqual(record["measured"]["int16"]["episodes"], 2)
            self.assertFalse((broken / "logs").exists())

    def trained(self, folder: Path, *more: str, breaks: bool = False) -> dict:
        """A training that learns little, in short flights; `breaks` stops it in its second iteration."""
        options = command.parser().parse_args([
            "imitate", str(ROOT / "firmware-configs/balancer-hold.json5"), "-o", str(folder), "--iterations", "1", "--episodes", "2",
            "--first-episodes", "2", "--epochs", "1", "--last-epochs", "1", "--measured", "2", *more,
        ])  # fmt: skip
        torch.use_deterministic_algorithms(True)
        vehicle = Vehicle(options.configuration, program())
        said = []

        def say(words: str) -> None:
            said.append(words)
            if breaks and words.startswith("iteration 0"):
                raise KeyboardInterrupt

        training = Training(vehicle, options, say=say, progress=Progress(io.StringIO()))
        training.run()
        return training.finish()


def overlaid(base, over):
    """`over` laid over `base`: objects key by key, the rest as a whole."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    return base | {key: overlaid(base[key], value) if key in base else value for key, value in over.items()}


def tensors(file: Path) -> bytes:
    """What a model file holds behind its header."""
    data = file.read_bytes()
    return data[8 + struct.unpack_from("<Q", data)[0] :]


if __name__ == "__main__":
    unittest.main()
