"""The drone-flight code's LTC networks and its params.json, in files of our own making: the published ones are not in the tree."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

import numpy as np

import paths

import exported
import generator
from ganglion.export import command, drone_source, ncp_wiring

DESCRIBED = ["--time-unit", "0.0333", "--ts-range", "0", "3", "--input-range", "-1", "1", "--output-range", "-4", "4"]
NAME = "model-ctrnn_ltc_seq-64_lr-0.000506.hdf5"
INPUTS, UNITS = 6, 9


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def entry(kind, **settings):
    """A member of params.json as the code writes it."""
    if kind == "ncp":
        return f"NCPParams(seq_len=64, image_shape=(144, 256, 3), single_step=False, seed={settings.get('seed', 22224)})"
    words = {
        "rnn_sizes": [UNITS],
        "ct_network_type": kind,
        "config": {"backbone_activation": "silu", "forget_bias": 1.6},
        "wiredcfc_seed": 22222,
    }
    return f"CTRNNParams(seq_len=64, {', '.join(f'{name}={value!r}' for name, value in (words | settings).items())})"


@unittest.skipUnless(paths.have("h5py"), "h5py is not installed")
class LTC(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        random = np.random.default_rng(4)
        self.cell = {name: random.uniform(0.1, 1, UNITS) for name in ("gleak", "vleak", "cm")}
        for start, sources in (("", UNITS), ("sensory_", INPUTS)):
            self.cell |= {
                f"{start}sigma": random.uniform(3, 8, (sources, UNITS)),
                f"{start}mu": random.uniform(0.3, 0.8, (sources, UNITS)),
            }
            self.cell |= {
                f"{start}w": random.uniform(0, 1, (sources, UNITS)),
                f"{start}erev": random.choice([-1.0, 1.0], (sources, UNITS)),
            }
        self.cell |= {"input_w": random.uniform(0.5, 1, INPUTS), "input_b": random.normal(size=INPUTS)}
        self.cell |= {"output_w": random.uniform(0.5, 1, UNITS), "output_b": random.normal(size=UNITS)}
        self.dense = {"kernel": random.normal(size=(UNITS, 4)), "bias": random.normal(size=4)}

    def file(self, name=NAME, dense=True):
        """A Keras 2 weights file: a layer in front, the cell, the dense layer."""
        import h5py

        layers = {
            "dense": {"dense/kernel:0": np.ones((20, INPUTS))},
            "rnn": {f"rnn/ltc_cell/{part}:0": value for part, value in self.cell.items()},
        }
        if dense:
            layers["dense_1"] = {f"dense_1/{part}:0": value for part, value in self.dense.items()}
        with h5py.File(self.folder / name, "w") as file:
            file.attrs["layer_names"] = [layer.encode() for layer in layers]
            for layer, weights in layers.items():
                group = file.create_group(layer)
                group.attrs["weight_names"] = [weight.encode() for weight in weights]
                for weight, value in weights.items():
                    group[weight] = np.float32(value)
        return self.folder / name

    def params(self, entries):
        text = entries if isinstance(entries, str) else json.dumps(entries)
        (self.folder / "params.json").write_text(text)
        return self.folder / "params.json"

    def run_export(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = command.main([*map(str, arguments), str(self.folder / "model.safetensors"), "--json", *DESCRIBED])
        return status, out.getvalue(), err.getvalue()

    def refused(self, *arguments):
        status, out, err = self.run_export(*arguments)
        self.assertEqual(status, 2, out)
        self.assertNotIn("Traceback", err)
        return err

    def answers(self, xs, ts, unfolds, extra=0.0, dense=True):
        """The cell's formulas; `extra` is added to the elapsed time."""
        p = {name: np.float64(np.float32(value)) for name, value in self.cell.items()}
        kernel, bias = (np.float64(np.float32(self.dense[name])) for name in ("kernel", "bias"))
        v, found = np.zeros(UNITS), []
        for x, t in zip(np.float64(xs), np.float64(ts)):
            u = x * p["input_w"] + p["input_b"]
            sensory = p["sensory_w"] * sigmoid(p["sensory_sigma"] * (u[:, None] - p["sensory_mu"]))
            capacitance = p["cm"] / ((t + extra) / unfolds)
            for _ in range(unfolds):
                open_ = p["w"] * sigmoid(p["sigma"] * (v[:, None] - p["mu"]))
                above = (
                    capacitance * v
                    + p["gleak"] * p["vleak"]
                    + (open_ * p["erev"]).sum(0)
                    + (sensory * p["sensory_erev"]).sum(0)
                )
                v = above / (capacitance + p["gleak"] + open_.sum(0) + sensory.sum(0) + 1e-8)
            row = v * p["output_w"] + p["output_b"]
            found.append(row @ kernel + bias if dense else row)
        return np.stack(found)

    def test_the_published_kind_of_dense_ltc_is_exported(self):
        xs, _ = generator.inputs({"seed": 5, "inputs": INPUTS, "steps": 80})
        ones = np.ones(len(xs))
        params = self.params({"other.hdf5": entry("ltc", rnn_sizes=[70]), NAME: entry("ltc"), "ncp.hdf5": entry("ncp")})
        status, out, err = self.run_export(self.file(), "--params", params)
        self.assertEqual(status, 0, err)
        found = exported.evaluate(self.folder / "model.safetensors", xs, ones)
        # Three Euler steps, and 0.001 more of elapsed time, as its cell counts.
        self.assertLess(np.abs(found - self.answers(xs, ones, 3, 1e-3)).max(), 1e-5)
        account = json.loads(out)["account"]
        self.assertEqual([entry["tensor"] for entry in account["left_out"]], ["dense/dense/kernel"])
        self.assertTrue(any(NAME in text for text in account["chosen"]))
        told = {entry["name"]: entry for entry in account["settings"]}
        self.assertEqual(told["unfolds"]["value"], "3")
        self.assertIn("drone-flight code", told["unfolds"]["from"])

    def test_settings_are_asked_for_without_params(self):
        xs, ts = generator.inputs({"seed": 5, "inputs": INPUTS, "steps": 80})
        ts = np.maximum(ts, 1e-3)
        path = self.file("policy.h5", dense=False)
        self.assertIn("--unfolds", self.refused(path))
        self.assertIn("--constraints", self.refused(path, "--unfolds", "12"))
        self.assertEqual(self.run_export(path, "--unfolds", "12", "--constraints", "explicit")[0], 0)
        found = exported.evaluate(self.folder / "model.safetensors", xs, ts)
        self.assertLess(np.abs(found - self.answers(xs, ts, 12, dense=False)).max(), 1e-5)
        self.assertIn("--head", self.refused(self.file("policy.h5"), "--unfolds", "12", "--constraints", "explicit"))
        self.assertEqual(
            self.run_export(self.file("policy.h5"), "--unfolds", "12", "--constraints", "explicit", "--head", "dense_1")[0],
            0,
        )
        found = exported.evaluate(self.folder / "model.safetensors", xs, ts)
        self.assertLess(np.abs(found - self.answers(xs, ts, 12)).max(), 1e-5)

    def test_a_dense_ltc_is_on_no_ncp_wiring(self):
        told = ("--unfolds", "3", "--constraints", "explicit")
        self.assertIn("no wiring", self.refused(self.file(), *told, "--wiring-seed", "22224"))
        self.cell["output_w"], self.cell["output_b"] = np.ones(4), np.ones(4)
        self.dense["kernel"] = np.ones((4, 4))
        self.assertIn("no NCP wiring", self.refused(self.file(dense=False), *told, "--wiring-seed", "22224"))
        self.assertIn("no NCP wiring", self.refused(self.file(dense=False), "--params", self.params({NAME: entry("ncp")})))

    def test_options_against_params_are_refused(self):
        params = self.params({NAME: entry("ltc")})
        self.assertIn("says 3", self.refused(self.file(), "--params", params, "--unfolds", "6"))
        self.assertIn("says explicit", self.refused(self.file(), "--params", params, "--constraints", "implicit"))
        self.assertIn("70", self.refused(self.file(), "--params", self.params({NAME: entry("ltc", rnn_sizes=[70])})))
        self.assertIn("of the kind cfc", self.refused(self.file(), "--params", self.params({NAME: entry("cfc")})))
        two = {"a": entry("ltc", rnn_sizes=[9, 9]), "b": entry("ltc")}
        self.assertIn("2 networks", self.refused(self.file(), "--params", self.params(two)))

    def test_no_content_of_params_ends_in_a_traceback(self):
        path = self.file()
        texts = [
            "",
            "[]",
            "3",
            "null",
            '{"a": 1}',
            '{"a": "b"}',
            '{"a": "f()"}',
            '{"a": "x.y()"}',
            '{"a": "f(**g)"}',
            '{"a": ""}',
            "{" * 3000,
            "[" * 100_000,
            json.dumps({NAME: "(" * 5000}),
            json.dumps({NAME: "f(" + "-" * 5000 + "1)"}),
            json.dumps({NAME: "CTRNNParams(ct_network_type=[1])"}),
            json.dumps({NAME: "CTRNNParams(ct_network_type='ltc', config=3)"}),
            json.dumps({NAME: "CTRNNParams(ct_network_type='ltc', rnn_sizes='x')"}),
            json.dumps({NAME: "CTRNNParams(ct_network_type='ltc', wiredcfc_seed='x')"}),
            json.dumps({NAME: "NCPParams(seed=-1)"}),
            json.dumps({NAME: "CTRNNParams(ct_network_type='ltc', config={'forget_bias': 'x'})"}),
            json.dumps({NAME: "__import__('os').abort()"}),
            json.dumps({NAME: "CTRNNParams(ct_network_type='ltc', config={'forget_bias': 1e999})"}),
            "\ud800".encode("utf-8", "surrogatepass").decode("latin1"),
        ]
        for text in texts:
            with self.subTest(text[:60]):
                self.refused(path, "--params", self.params(text))
        random = np.random.default_rng(2)
        good = json.dumps({NAME: entry("ltc"), "other": entry("ncp")})
        for _ in range(200):
            damaged = bytearray(good.encode())
            for place in random.integers(len(damaged), size=3):
                damaged[place] = int(random.integers(256))
            (self.folder / "params.json").write_bytes(damaged)
            status, _, err = self.run_export(path, "--params", self.folder / "params.json")
            self.assertIn(status, (0, 2))
            self.assertNotIn("Traceback", err)
        self.assertIn("params.json", self.refused(path, "--params", self.folder / "none.json"))

    def test_an_ncp_with_its_wiring(self):
        inter, command_neurons, motor, inputs = 12, 8, 4, 10
        drawn = ncp_wiring.draw(22224, inputs, inter, command_neurons, motor, **drone_source.FANOUTS)
        units, first = inter + command_neurons + motor, motor + command_neurons
        random = np.random.default_rng(6)
        erev, sensory = np.zeros((units, units)), np.zeros((inputs, units))
        sensory[:, first:], erev[first:, motor:first], erev[motor:first, :motor] = drawn
        self.cell = {name: random.uniform(0.1, 1, units) for name in ("gleak", "vleak", "cm")}
        for start, value in (("", erev), ("sensory_", sensory)):
            self.cell |= {f"{start}{name}": random.uniform(0.3, 1, value.shape) for name in ("sigma", "mu", "w")} | {
                f"{start}erev": value
            }
        self.cell |= {
            "input_w": np.ones(inputs),
            "input_b": np.zeros(inputs),
            "output_w": np.ones(motor),
            "output_b": np.zeros(motor),
        }
        path, params = self.file(dense=False), self.params({NAME: entry("ncp")})
        status, out, err = self.run_export(path, "--params", params)
        self.assertEqual(status, 0, err)
        self.assertEqual(json.loads(out)["outputs"], 4)
        self.assertIn("synapses are not those", self.refused(path, "--params", self.params({NAME: entry("ncp", seed=3)})))


if __name__ == "__main__":
    unittest.main()
