"""The exporter on ncps.torch: what it writes answers as ncps.torch does, and what it cannot know it asks for."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

import numpy as np

import paths

import exported
import generator
from ganglion.export import command, model_file, torch_source
from ganglion.export.account import Account
from ganglion.export.network import ExportError
from ganglion.export.options import Options

DESCRIBED = ["--time-unit", "0.004", "--ts-range", "0", "3", "--input-range", "-1", "1", "--output-range", "-2", "2"]


def refusal(arguments):
    """What the exporter says when it refuses, or None."""
    talk = io.StringIO()
    with contextlib.redirect_stderr(talk), contextlib.redirect_stdout(io.StringIO()):
        status = command.main(arguments)
    return talk.getvalue() if status == 2 else None


@unittest.skipUnless(paths.have("torch", "ncps"), "torch and ncps are not installed")
class Parity(unittest.TestCase):
    def compare(self, inputs, settings, told, wrap=None):
        import torch

        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            network = exported.torch_network(inputs, settings, seed=5)
            state = {f"{wrap}.{name}" if wrap else name: value for name, value in network.state_dict().items()}
            torch.save(state, folder / "network.pt")
            exported.export([str(folder / "network.pt"), str(folder / "network.safetensors"), *told, *DESCRIBED])
            xs, ts = generator.inputs({"seed": 77, "inputs": inputs, "steps": 300})
            found = exported.evaluate(folder / "network.safetensors", xs, ts)
            expected = exported.torch_outputs(network, xs, ts)
        self.assertEqual(found.shape, expected.shape)
        # The forget bias is added in float32, and mixed memory integrates; an LTC's conductances, slopes and offsets are
        # results, rounded to float32; everything else is exact.
        rounded = settings.get("mixed_memory") or settings.get("kind") == "LTC"
        self.assertLess(np.abs(found - expected).max(), 1e-5 if rounded else 1e-10)

    def test_dense_in_every_mode_and_activation(self):
        for mode in ("default", "no_gate", "pure"):
            for activation in ("silu", "relu", "tanh", "gelu", "lecun_tanh"):
                told = ["--activation", activation] + ([] if mode == "pure" else ["--mode", mode])
                with self.subTest(mode=mode, activation=activation):
                    settings = {"units": 13, "mode": mode, "activation": activation, "backbone_units": 9}
                    self.compare(6, settings, told)

    def test_backbones_of_none_to_three_layers_with_dropout_between(self):
        for layers in range(4):
            with self.subTest(layers=layers):
                settings = {"units": 7, "backbone_layers": layers, "backbone_units": 11, "backbone_dropout": 0.2}
                self.compare(4, settings, ["--mode", "default", "--activation", "lecun_tanh"])

    def test_wired_in_every_mode(self):
        for mode in ("default", "no_gate", "pure"):
            for wiring in ((12, 6, 1, 6, 4, 6, 4), (18, 12, 4, 6, 4, 4, 6)):
                with self.subTest(mode=mode, wiring=wiring):
                    self.compare(20, {"wiring": wiring, "mode": mode}, [] if mode == "pure" else ["--mode", mode])

    def test_projection_and_mixed_memory(self):
        told = ["--mode", "default", "--activation", "lecun_tanh"]
        self.compare(5, {"units": 12, "proj_size": 3}, told)
        self.compare(5, {"wiring": (12, 6, 3, 6, 4, 6, 4), "proj_size": 2}, ["--mode", "default"])
        self.compare(5, {"units": 12, "mixed_memory": True, "proj_size": 3}, told)
        self.compare(5, {"units": 12, "mixed_memory": True, "mode": "pure"}, ["--activation", "lecun_tanh"])

    def test_ltc_on_every_wiring_with_every_mapping(self):
        from ncps.wirings import AutoNCP, FullyConnected, Random

        told = ["--unfolds", "6", "--constraints", "implicit"]
        self.compare(7, {"kind": "LTC", "units": 11}, told)
        self.compare(7, {"kind": "LTC", "units": FullyConnected(11, 3)}, told)
        self.compare(7, {"kind": "LTC", "units": AutoNCP(28, 4)}, told)
        self.compare(7, {"kind": "LTC", "units": Random(13, 2, 0.5)}, told)
        self.compare(20, {"kind": "LTC", "wiring": (18, 12, 4, 6, 4, 4, 6)}, told)
        for mapping in ("linear", None):
            settings = {"kind": "LTC", "units": FullyConnected(11, 3), "input_mapping": mapping, "output_mapping": mapping}
            self.compare(7, settings, told + ([] if mapping else ["--motors", "3"]))

    def test_ltc_with_explicit_constraints_and_other_unfolds(self):
        settings = {"kind": "LTC", "units": 9, "implicit_param_constraints": False, "ode_unfolds": 2}
        self.compare(5, settings, ["--unfolds", "2", "--constraints", "explicit"])

    def test_ltc_inside_another_module_with_a_linear_layer_behind(self):
        import torch
        from ncps.torch import LTC
        from ncps.wirings import FullyConnected

        torch.manual_seed(3)
        network, head = LTC(4, FullyConnected(8, 3)).double(), torch.nn.Linear(3, 2).double()
        state = {f"rnn.{name}": value.float() for name, value in network.state_dict().items()}
        state |= {f"head.{name}": value.float() for name, value in head.state_dict().items()}
        with tempfile.TemporaryDirectory() as folder:
            torch.save(state, Path(folder) / "n.pt")
            exported.export([
                f"{folder}/n.pt", f"{folder}/n.safetensors", "--head", "head", "--unfolds", "6", "--constraints", "implicit",
                *DESCRIBED,
            ])
            xs, ts = generator.inputs({"seed": 9, "inputs": 4, "steps": 50})
            found = exported.evaluate(f"{folder}/n.safetensors", xs, ts)
        with torch.no_grad():
            expected = head(torch.from_numpy(exported.torch_outputs(network, xs, ts))).numpy()
        self.assertLess(np.abs(found - expected).max(), 1e-5)

    def test_a_network_inside_another_module(self):
        self.compare(5, {"units": 12}, ["--mode", "default", "--activation", "lecun_tanh"], wrap="policy.rnn")

    def test_the_committed_exports_are_what_is_made(self):
        with tempfile.TemporaryDirectory() as folder:
            exported.make_torch(Path(folder))
            committed = paths.ROOT / "Tests/Fixtures/exported"
            for path in sorted(Path(folder).iterdir()):
                with self.subTest(path.name):
                    if path.suffix == ".safetensors":
                        ours, theirs = (model_file.read_tensors(p)[0] for p in (path, committed / path.name))
                        self.assertEqual(list(ours), list(theirs))
                        for name in ours:
                            # torch makes an LSTM's weights orthogonal through LAPACK, whose last bits are the processor's.
                            np.testing.assert_allclose(ours[name], theirs[name], rtol=0, atol=5e-7, err_msg=name)
                    elif path.suffix == ".f32":
                        a, b = (np.fromfile(p, "<f4") for p in (path, committed / path.name))
                        self.assertLess(np.abs(a - b).max(), 1e-6)


class Questions(unittest.TestCase):
    """No torch needed: state_dicts as .npz."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        random = np.random.default_rng(1)

        def linear(name, rows, columns):
            return {f"{name}.weight": random.normal(size=(rows, columns)), f"{name}.bias": random.normal(size=rows)}

        self.dense = linear("rnn_cell.backbone.0", 8, 9)
        self.wired = {}
        for head in ("ff1", "ff2", "time_a", "time_b"):
            self.dense |= linear(f"rnn_cell.{head}", 5, 8)
            self.wired |= linear(f"rnn_cell.layer_0.{head}", 5, 9)
        self.wired["rnn_cell.layer_0.sparsity_mask"] = np.ones((5, 9))

    def refuse(self, state, *told, described=DESCRIBED):
        np.savez(self.folder / "n.npz", **{name: np.float32(value) for name, value in state.items()})
        return refusal([str(self.folder / "n.npz"), str(self.folder / "n.safetensors"), *told, *described])

    def test_mode_and_activation_are_asked_for(self):
        self.assertIn("--mode default", self.refuse(self.dense, "--activation", "silu"))
        self.assertIn("--activation", self.refuse(self.dense, "--mode", "default"))
        self.assertIsNone(self.refuse(self.dense, "--mode", "default", "--activation", "silu"))
        self.assertIsNone(self.refuse(self.wired, "--mode", "default"))

    def test_a_mode_that_the_tensors_contradict_is_refused(self):
        self.assertIn("no w_tau", self.refuse(self.dense, "--mode", "pure", "--activation", "silu"))

    def test_ranges_and_time_are_asked_for(self):
        told = ["--mode", "default", "--activation", "silu"]
        for option, count in (("--time-unit", 1), ("--ts-range", 2), ("--input-range", 2), ("--output-range", 2)):
            k = DESCRIBED.index(option)
            self.assertIn(option, self.refuse(self.dense, *told, described=DESCRIBED[:k] + DESCRIBED[k + 1 + count :]))

    def test_tensors_left_over_are_named(self):
        self.dense["decoder.weight"] = np.ones((3, 5))
        self.dense["decoder.bias"] = np.ones(3)
        told = ["--mode", "default", "--activation", "silu"]
        self.assertIn("decoder.weight", self.refuse(self.dense, *told))
        self.assertIsNone(self.refuse(self.dense, *told, "--only-cfc"))
        self.assertIsNone(self.refuse(self.dense, *told, "--head", "decoder"))
        tensors, _ = model_file.read_tensors(self.folder / "n.safetensors")
        np.testing.assert_array_equal(tensors["projection.weight"], np.ones((3, 5), np.float32))

    def test_a_head_after_a_projection_becomes_one_map(self):
        random = np.random.default_rng(2)
        state = self.dense | {"fc.weight": random.normal(size=(3, 5)), "fc.bias": random.normal(size=3)}
        state |= {"out.weight": random.normal(size=(2, 3)), "out.bias": random.normal(size=2)}
        network = torch_source.canonical(state, "state", Options(mode="default", activation="silu", head="out"), Account())
        x = random.normal(size=5)
        expected = state["out.weight"] @ (state["fc.weight"] @ x + state["fc.bias"]) + state["out.bias"]
        found = network.tensors["projection.weight"] @ x + network.tensors["projection.bias"]
        np.testing.assert_allclose(found, expected, atol=1e-5)

    def test_weights_that_are_not_finite_are_refused(self):
        self.dense["rnn_cell.ff1.weight"][0, 0] = np.nan
        self.assertIn("not finite", self.refuse(self.dense, "--mode", "default", "--activation", "silu"))

    def test_shapes_that_do_not_fit_are_refused(self):
        self.dense["rnn_cell.ff2.weight"] = np.ones((5, 7))
        self.assertIn("cell0.ff2.weight", self.refuse(self.dense, "--mode", "default", "--activation", "silu"))

    def test_mixed_memory_with_a_wiring_is_refused(self):
        self.wired["lstm.input_map.weight"] = np.ones((20, 4))
        with self.assertRaisesRegex(ExportError, "wired"):
            torch_source.canonical(self.wired, "state", Options(mode="default"), Account())

    def ltc(self):
        random = np.random.default_rng(3)
        state = {f"rnn_cell.{name}": random.uniform(0.1, 1, 5) for name in ("gleak", "vleak", "cm")}
        for prefix, sources in (("", 5), ("sensory_", 4)):
            for name in ("sigma", "mu", "w", "erev", "sparsity_mask"):
                state[f"rnn_cell.{prefix}{name}"] = random.uniform(0.1, 1, (sources, 5))
        state |= {"rnn_cell.output_w": np.ones(2), "rnn_cell.output_b": np.ones(2)}
        return state

    def test_unfolds_and_constraints_of_an_ltc_are_asked_for(self):
        state = self.ltc()
        self.assertIn("--unfolds", self.refuse(state, "--constraints", "explicit"))
        self.assertIn("--constraints", self.refuse(state, "--unfolds", "6"))
        self.assertIsNone(self.refuse(state, "--constraints", "explicit", "--unfolds", "6"))

    def test_options_of_the_other_kind_of_network_are_refused(self):
        self.assertIn("CfC networks", self.refuse(self.ltc(), "--mode", "default"))
        self.assertIn("--unfolds is for LTC", self.refuse(self.dense, "--mode", "default", "--unfolds", "6"))

    def test_negative_conductances_cannot_have_been_clipped(self):
        state = self.ltc()
        state["rnn_cell.w"][2, 1] = -0.25
        self.assertIn("implicit", self.refuse(state, "--constraints", "explicit", "--unfolds", "6"))
        self.assertIsNone(self.refuse(state, "--constraints", "implicit", "--unfolds", "6"))

    def test_the_motor_neurons_are_asked_for_without_an_output_mapping(self):
        state, told = self.ltc(), ("--constraints", "explicit", "--unfolds", "6")
        self.assertIn("2", self.refuse(state, *told, "--motors", "3"))
        del state["rnn_cell.output_w"], state["rnn_cell.output_b"]
        self.assertIn("--motors", self.refuse(state, *told))
        self.assertIn("6 motor neurons of 5", self.refuse(state, *told, "--motors", "6"))
        self.assertIsNone(self.refuse(state, *told, "--motors", "3"))

    def test_an_ltc_that_is_incomplete_or_misshapen_or_not_finite_is_refused(self):
        told = ("--constraints", "explicit", "--unfolds", "6")
        for name, value, words in (
            ("rnn_cell.erev", None, "missing"), ("rnn_cell.cm", np.ones(4), "shape"), ("rnn_cell.mu", np.full((5, 5), np.nan), "finite"),
            ("rnn_cell.sparsity_mask", np.ones((5, 4)), "masks"), ("lstm.input_map.weight", np.ones((20, 4)), "mixed memory"),
        ):
            state = self.ltc()
            if value is None:
                del state[name]
            else:
                state[name] = value
            with self.subTest(name):
                self.assertIn(words, self.refuse(state, *told))

    def test_a_neuron_without_capacitance_gets_the_least(self):
        state = self.ltc()
        state["rnn_cell.cm"][3] = 0
        self.assertIsNone(self.refuse(state, "--constraints", "explicit", "--unfolds", "6"))
        tensors, metadata = model_file.read_tensors(self.folder / "n.safetensors")
        self.assertEqual(tensors["cell0.capacitance"][3], np.float32(1e-8))
        self.assertEqual(metadata["ganglion.format"], "3")

    def test_two_networks_in_one_checkpoint_must_be_chosen_from(self):
        both = {f"a.{n}": v for n, v in self.dense.items()} | {f"b.{n}": v for n, v in self.dense.items()}
        told = ["--mode", "default", "--activation", "silu"]
        self.assertIn("--prefix", self.refuse(both, *told))
        self.assertIsNone(self.refuse(both, *told, "--prefix", "b", "--only-cfc"))

    def test_a_file_that_is_no_checkpoint_is_refused(self):
        (self.folder / "n.safetensors").write_bytes(b"nothing of the kind")
        self.assertIn("not a safetensors", refusal([str(self.folder / "n.safetensors"), str(self.folder / "o"), *DESCRIBED]))
        self.assertIn("no such file", refusal([str(self.folder / "absent.pt"), str(self.folder / "o"), *DESCRIBED]))


if __name__ == "__main__":
    unittest.main()
