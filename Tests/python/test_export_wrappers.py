"""The kinds of files and wrappers in which people have their state_dicts: each is exported as ncps.torch answers, or refused with
what to do."""

import argparse
import json
import pickle
import tempfile
import unittest
import zipfile
from pathlib import Path

import numpy as np

import paths

import exported
import generator
from exporting import DESCRIBED, damage, run

CFC = ["--mode", "default", "--activation", "lecun_tanh"]
LTC = ["--unfolds", "6", "--constraints", "implicit"]
HAVE_TORCH = paths.have("torch", "ncps")


class Executed(Exception):
    pass


class Bomb:
    """Raises where it is unpickled as a program."""

    def __reduce__(self):
        return _explode, ()


def _explode():
    raise Executed


@unittest.skipUnless(HAVE_TORCH, "torch and ncps are not installed")
class Wrappers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import torch

        cls.torch = torch
        cls.dense = exported.torch_network(4, {"units": 7, "backbone_units": 5}, seed=1)
        cls.wired = exported.torch_network(4, {"wiring": (6, 4, 2, 3, 2, 4, 3)}, seed=2)
        cls.ltc = exported.torch_network(4, {"kind": "LTC", "wiring": (6, 4, 2, 3, 2, 4, 3)}, seed=3)
        cls.xs, cls.ts = generator.inputs({"seed": 77, "inputs": 4, "steps": 60})
        cls.answers = {}
        for network in (cls.dense, cls.wired, cls.ltc):
            state = {name: value.clone() for name, value in network.state_dict().items()}
            cls.answers[network] = exported.torch_outputs(network, cls.xs, cls.ts)
            network.float().load_state_dict(state)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def save(self, content, name="n.pt", **settings):
        self.torch.save(content, self.folder / name, **settings)
        return self.folder / name

    def equal(self, path, network, *told, head=None):
        """Exports `path` and compares with ncps.torch in double precision; returns the account."""
        output = self.folder / "model.safetensors"
        status, out, err = run(path, output, "--json", *told, *DESCRIBED)
        self.assertEqual(status, 0, err)
        expected = self.answers[network]
        if head is not None:
            weight, bias = head
            expected = expected @ weight.T.astype(np.float64) + bias
        self.assertLess(np.abs(exported.evaluate(output, self.xs, self.ts) - expected).max(), 1e-6)
        return json.loads(out)["account"]

    def refused(self, path, *told):
        status, _, err = run(path, self.folder / "model.safetensors", *told, *DESCRIBED)
        self.assertEqual(status, 2)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertNotIn("weights_only", err)
        return err

    def test_under_any_key_beside_anything(self):
        state, optimizer = self.dense.state_dict(), self.torch.optim.Adam(self.dense.parameters())
        sum(value.sum() for value in self.dense.parameters()).backward()
        optimizer.step = lambda: None
        optimizer.state[next(self.dense.parameters())] = {"step": self.torch.tensor(3.0), "exp_avg": self.torch.ones(5, 11)}
        for key in ("state_dict", "model_state_dict", "model", "net", "network", "policy", "params", "weights", "agent"):
            content = {"epoch": 3, key: state, "optimizer": optimizer.state_dict(), "rng_state": self.torch.get_rng_state()}
            with self.subTest(key):
                account = self.equal(self.save(content), self.dense, *CFC)
                self.assertEqual(len(account["used"]), len(state))
                self.assertIn("belongs to training", {entry["why"] for entry in account["left_out"]})

    def test_nested_and_as_lists(self):
        self.equal(self.save({"a": {"b": [{"c": self.dense.state_dict()}]}}), self.dense, *CFC)

    def test_names_of_wrappers(self):
        for prefix in (
            "module.",
            "_orig_mod.",
            "module._orig_mod.",
            "_orig_mod.module.",
            "rnn.",
            "policy.rnn._orig_mod.",
            "_fsdp_wrapped_module.",
        ):
            with self.subTest(prefix):
                self.equal(
                    self.save({prefix + name: value for name, value in self.dense.state_dict().items()}), self.dense, *CFC
                )
        inner = {name.replace("rnn_cell.", "rnn_cell._orig_mod."): value for name, value in self.dense.state_dict().items()}
        self.equal(self.save(inner), self.dense, *CFC)

    def test_bare_cells(self):
        for network, told in ((self.dense, CFC), (self.wired, CFC[:2]), (self.ltc, LTC)):
            cell = {name: value for name, value in network.rnn_cell.state_dict().items()}
            for prefix in ("", "cell.", "module.policy.cfc."):
                with self.subTest(prefix=prefix, cell=type(network.rnn_cell).__name__):
                    self.equal(self.save({prefix + name: value for name, value in cell.items()}), network, *told)

    def test_formats_of_torch_save(self):
        state = self.wired.state_dict()
        self.equal(self.save(state, _use_new_zipfile_serialization=False), self.wired, *CFC[:2])
        self.equal(self.save(state, "n.bin"), self.wired, *CFC[:2])
        views = dict(state)
        stack = self.torch.stack([views["rnn_cell.layer_0.ff1.weight"], views["rnn_cell.layer_0.ff2.weight"]])
        views["rnn_cell.layer_0.ff1.weight"], views["rnn_cell.layer_0.ff2.weight"] = stack[0], stack[1]
        views["rnn_cell.layer_1.ff1.weight"] = views["rnn_cell.layer_1.ff1.weight"].T.contiguous().T
        for zipped in (True, False):
            with self.subTest(zipped=zipped):
                self.equal(self.save(views, _use_new_zipfile_serialization=zipped), self.wired, *CFC[:2])
        parameters = {name: self.torch.nn.Parameter(value) for name, value in state.items()}
        self.equal(self.save(parameters), self.wired, *CFC[:2])

    def test_numbers_of_other_types(self):
        from safetensors.torch import save_file

        for kind in ("float64", "float16", "bfloat16"):
            state = {
                name: value.contiguous().to(getattr(self.torch, kind)) for name, value in self.dense.state_dict().items()
            }
            network = exported.torch_network(4, {"units": 7, "backbone_units": 5}, seed=1)
            network.load_state_dict(state)
            self.answers[network] = exported.torch_outputs(network, self.xs, self.ts)
            save_file(state, self.folder / "n.safetensors")
            with self.subTest(kind):
                self.equal(self.save(state), network, *CFC)
                self.equal(self.folder / "n.safetensors", network, *CFC)

    def test_safetensors_of_a_wired_network(self):
        from safetensors.torch import save_file

        save_file(
            {name: value.contiguous() for name, value in self.wired.state_dict().items()}, self.folder / "n.safetensors"
        )
        self.equal(self.folder / "n.safetensors", self.wired, *CFC[:2])

    def test_pruned_weights_are_products(self):
        from torch.nn.utils import prune

        network = exported.torch_network(4, {"units": 7, "backbone_units": 5}, seed=1)
        prune.l1_unstructured(network.rnn_cell.ff1, "weight", 0.4)
        self.answers[network] = exported.torch_outputs(network, self.xs, self.ts)
        self.equal(self.save(network.float().state_dict()), network, *CFC)

    def test_parametrised_weights_are_refused_with_the_remedy(self):
        network = exported.torch_network(4, {"units": 7, "backbone_units": 5}, seed=1)
        self.torch.nn.utils.parametrizations.weight_norm(network.rnn_cell.ff1)
        self.assertIn("remove_parametrizations", self.refused(self.save(network.state_dict()), *CFC))

    def head(self, bias=True, inputs=7):
        random = np.random.default_rng(3)
        weight = np.float32(random.normal(size=(3, inputs)))
        return weight, np.float32(random.normal(size=3)) if bias else np.zeros(3, np.float32)

    def with_head(self, prefix, name, bias=True):
        weight, offset = self.head(bias)
        state = {f"{prefix}rnn.{key}": value for key, value in self.dense.state_dict().items()}
        state[f"{prefix}{name}.weight"] = self.torch.from_numpy(weight)
        if bias:
            state[f"{prefix}{name}.bias"] = self.torch.from_numpy(offset)
        return state, (weight, offset)

    def test_a_head_is_found_beside_the_network_whatever_wraps_both(self):
        for prefix in ("", "_orig_mod.", "module.", "module._orig_mod.", "policy.actor."):
            for bias in (True, False):
                state, head = self.with_head(prefix, "head", bias)
                for name in ("head", f"{prefix}head"):
                    with self.subTest(prefix=prefix, bias=bias, name=name):
                        self.equal(self.save({"state_dict": state}), self.dense, *CFC, "--head", name, head=head)

    def test_a_layer_in_front_is_no_head(self):
        state, _ = self.with_head("", "head")
        state["enc.weight"], state["enc.bias"] = self.torch.ones(4, 9), self.torch.ones(4)
        self.assertIn("does not fit behind", self.refused(self.save(state), *CFC, "--only-cfc", "--head", "enc"))
        # Narrower than the network: padding it would be a guess.
        state["enc.weight"] = self.torch.ones(4, 5)
        self.assertIn("does not fit behind", self.refused(self.save(state), *CFC, "--only-cfc", "--head", "enc"))
        state["conv.weight"] = self.torch.ones(4, 7, 1)
        self.assertIn("not a linear layer", self.refused(self.save(state), *CFC, "--only-cfc", "--head", "conv"))
        self.assertIn("there are", self.refused(self.save(state), *CFC, "--only-cfc", "--head", "tail"))

    def test_a_moving_average_beside_the_network_is_chosen_from(self):
        other = exported.torch_network(4, {"units": 7, "backbone_units": 5}, seed=9)
        self.answers[other] = exported.torch_outputs(other, self.xs, self.ts)
        ema = other.float().state_dict()
        for first, second in (("model", "model_ema"), ("state_dict", "ema"), ("model_state_dict", "ema_state_dict")):
            content = {first: self.dense.state_dict(), second: ema}
            self.assertIn("--prefix", self.refused(self.save(content), *CFC))
            account = self.equal(self.save(content), self.dense, *CFC, "--prefix", first)
            self.assertTrue(any("which was not chosen" in entry["why"] for entry in account["left_out"]))
            self.assertTrue(any(second in text for text in account["chosen"]))
            self.equal(self.save(content), other, *CFC, "--prefix", second)

    def test_the_counter_of_an_average_is_no_weight(self):
        averaged = self.torch.optim.swa_utils.AveragedModel(self.dense)
        account = self.equal(self.save(averaged.state_dict()), self.dense, *CFC)
        self.assertEqual([entry["tensor"] for entry in account["left_out"]], ["n_averaged"])

    def test_networks_that_follow_each_other(self):
        second = exported.torch_network(7, {"units": 3, "backbone_units": 5}, seed=4)
        state = {f"a.{name}": value for name, value in self.dense.state_dict().items()}
        state |= {f"b.{name}": value.clone() for name, value in second.state_dict().items()}
        with self.torch.no_grad():
            middle = exported.torch_outputs(self.dense, self.xs, self.ts)
            self.dense.float()
            self.answers[second] = exported.torch_outputs(second, middle, self.ts)
        self.equal(self.save(state), second, *CFC, "--stack", "a,b")
        self.assertIn("reads", self.refused(self.save(state), *CFC, "--stack", "b,a"))
        self.assertIn("--prefix", self.refused(self.save(state), *CFC))

    def test_settings_as_objects_are_passed_over_without_being_made(self):
        content = {
            "state_dict": self.dense.state_dict(),
            "hyper_parameters": argparse.Namespace(lr=1e-3, units=7),
            "path": Path("x"),
            "callbacks": {"EarlyStopping": {"best_score": self.torch.tensor(0.5)}},
            "kind": np.dtype("f4"),
            "loss": np.float64(3.5),
        }
        for zipped in (True, False):
            self.equal(self.save(content, _use_new_zipfile_serialization=zipped), self.dense, *CFC)

    def test_nothing_in_a_pickle_is_run(self):
        self.equal(self.save({"state_dict": self.dense.state_dict(), "bomb": Bomb()}), self.dense, *CFC)
        (self.folder / "n.pkl").write_bytes(pickle.dumps({"state_dict": 1, "bomb": Bomb()}))
        self.assertIn("torch.save(model.state_dict()", self.refused(self.folder / "n.pkl"))

    def test_a_module_that_was_pickled_whole_is_refused_in_our_own_words(self):
        for content in (self.dense, {"model": self.dense, "epoch": 3}):
            for zipped in (True, False):
                text = self.refused(self.save(content, _use_new_zipfile_serialization=zipped), *CFC)
                self.assertIn("torch.save(model.state_dict()", text)
                self.assertIn("CfC", text)

    def test_a_torchscript_program_is_refused(self):
        module = self.torch.jit.trace(self.torch.nn.Linear(3, 2), self.torch.ones(1, 3))
        module.save(str(self.folder / "n.pt"))
        self.assertIn("TorchScript", self.refused(self.folder / "n.pt"))

    def test_what_cannot_be_is_refused(self):
        state = self.ltc.state_dict()
        for option, value in (
            ("--unfolds", "0"),
            ("--unfolds", "-3"),
            ("--unfolds", "65"),
            ("--epsilon", "nan"),
            ("--motors", "0"),
        ):
            told = dict(zip(LTC[::2], LTC[1::2])) | {option: value}
            self.assertIn(option, self.refused(self.save(state), *(part for pair in told.items() for part in pair)))
        broken = {name: value for name, value in self.dense.state_dict().items() if "time_b" not in name}
        self.assertIn("time_b", self.refused(self.save(broken), *CFC))
        self.assertIn("no tensors", self.refused(self.save({"epoch": 3}), *CFC))
        self.assertIn("no ncps.torch CfC", self.refused(self.save(self.torch.nn.GRU(3, 4).state_dict()), *CFC))

    def test_another_epsilon_is_a_leak(self):
        for epsilon in (1e-3, 0.0):
            network = exported.torch_network(
                4, {"kind": "LTC", "wiring": (6, 4, 2, 3, 2, 4, 3), "epsilon": epsilon}, seed=3
            )
            self.answers[network] = exported.torch_outputs(network, self.xs, np.maximum(self.ts, 1e-3))
            output = self.folder / "model.safetensors"
            self.assertEqual(
                run(self.save(network.float().state_dict()), output, *LTC, "--epsilon", epsilon, *DESCRIBED)[0], 0
            )
            found = exported.evaluate(output, self.xs, np.maximum(self.ts, 1e-3))
            self.assertLess(np.abs(found - self.answers[network]).max(), 1e-5)

    def test_epsilon_is_said_where_it_is_taken_for_granted(self):
        account = self.equal(self.save(self.ltc.state_dict()), self.ltc, *LTC)
        told = {entry["name"]: entry for entry in account["settings"]}
        self.assertIn("assumed", told["epsilon"]["from"])
        self.assertEqual(told["unfolds"]["from"], "--unfolds")

    def test_damaged_files_are_refused_without_a_traceback(self):
        random = np.random.default_rng(5)
        for zipped in (True, False):
            content = self.save({"state_dict": self.wired.state_dict()}, _use_new_zipfile_serialization=zipped).read_bytes()
            damage(self, self.folder / "damaged.pt", content, random, 150)

    def test_no_pickle_reaches_beyond_its_storages(self):
        import torch

        path = self.save({"state_dict": self.dense.state_dict()})
        content = path.read_bytes()
        for old, new in ((b"K\x05K\x0b\x86", b"K\xffK\x0b\x86"), (b"K\x0bK\x01\x86", b"K\xffK\x01\x86")):
            self.assertIn(old, content)
            with zipfile.ZipFile(path) as archive, zipfile.ZipFile(self.folder / "reaching.pt", "w") as changed:
                for member in archive.namelist():
                    data = archive.read(member)
                    changed.writestr(member, data.replace(old, new, 1) if member.endswith("data.pkl") else data)
            self.assertIn("beyond its storage", self.refused(self.folder / "reaching.pt", *CFC))
        del torch


if __name__ == "__main__":
    unittest.main()
