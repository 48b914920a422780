"""What training loops leave of a network: the exporter gives it back whole, asks, or refuses, and drops nothing in silence."""

import os
import stat
import subprocess
import sys
import unittest

import numpy as np

import paths

import exported
from exporting import DESCRIBED, run
from ganglion import safetensors
from test_export_wrappers import CFC, HAVE_TORCH, LTC, Wrappers as Case

MODE = CFC[:2]
WIRING = "NCP(6, 4, 2, 3, 2, 4, 3)"


def trained(network) -> dict:
    """What a moving average of trained parameters keeps: no masks."""
    return {name: value.detach() for name, value in network.named_parameters() if value.requires_grad}


@unittest.skipUnless(HAVE_TORCH, "torch and ncps are not installed")
class Trained(unittest.TestCase):
    setUpClass = classmethod(Case.setUpClass.__func__)
    setUp, save, equal, refused = Case.setUp, Case.save, Case.equal, Case.refused

    def test_a_wired_network_without_its_masks_is_refused_or_told_its_wiring(self):
        for content, told in (
            (trained(self.wired), []),
            ({"model": self.wired.state_dict(), "ema": trained(self.wired)}, ["--prefix", "ema"]),
        ):
            text = self.refused(self.save(content), *MODE, *told)
            self.assertIn("sparsity_mask is missing", text)
            self.assertIn("--wiring", text)
            self.equal(self.save(content), self.wired, *MODE, *told, "--wiring", WIRING)
        self.assertIn(
            "neurons", self.refused(self.save(trained(self.wired)), *MODE, "--wiring", "NCP(7, 4, 2, 3, 2, 4, 3)")
        )
        for state, told in ((self.wired.state_dict(), MODE), (self.dense.state_dict(), CFC), (self.ltc.state_dict(), LTC)):
            self.assertIn("sparsity_mask", self.refused(self.save(state), *told, "--wiring", WIRING))

    def test_a_wired_network_whose_masks_were_multiplied_in_is_read(self):
        state = {name: value.clone() for name, value in self.wired.state_dict().items()}
        for name in [name for name in state if name.endswith("sparsity_mask")]:
            mask = state.pop(name)
            for head in ("ff1", "ff2"):
                state[name.replace("sparsity_mask", f"{head}.weight")] *= mask
        account = self.equal(self.save(state), self.wired, *MODE)
        self.assertTrue(any("share" in text for text in account["chosen"]))

    def test_cells_of_the_trainers_own_in_layers_are_no_wiring(self):
        from ncps.torch import CfCCell

        state = {}
        for k, (read, units) in enumerate(((4, 6), (6, 3))):
            cell = CfCCell(read, units, backbone_units=5)
            state |= {f"layer_{k}.{name}": value for name, value in cell.state_dict().items()}
        self.assertEqual(run(self.save(state), self.folder / "m.safetensors", *CFC, *DESCRIBED)[0], 0)

    def test_an_ltc_without_its_masks_has_the_synapses_of_its_reversal_potentials(self):
        account = self.equal(self.save(trained(self.ltc)), self.ltc, *LTC)
        self.assertTrue(any("reversal potentials" in text for text in account["chosen"]))

    def test_a_tensor_that_is_not_read_is_named_and_not_passed_over(self):
        state = dict(self.wired.state_dict())
        name = "rnn_cell.layer_0.sparsity_mask"
        for value, words in (
            (state[name].to_sparse(), "sparse"),
            (self.torch.quantize_per_tensor(state[name], 0.01, 0, self.torch.qint8), "qtensor"),
            (state[name].to(self.torch.complex64), "complex64"),
            (state[name].to("meta"), "meta"),
        ):
            for zipped in (True, False):
                text = self.refused(self.save(state | {name: value}, _use_new_zipfile_serialization=zipped), *MODE)
                self.assertIn(name, text)
                self.assertIn(words, text)
        # In what belongs to training it is no matter.
        self.equal(self.save({"model": state, "optimizer": {"x": state[name].to_sparse()}}), self.wired, *MODE)

    def test_parametrised_weights_are_refused_though_other_layers_may_be_left_out(self):
        nn, parametrized = self.torch.nn.utils, self.torch.nn.utils.parametrizations
        for change in (
            lambda network: parametrized.weight_norm(network.rnn_cell.backbone[0]),
            lambda network: nn.weight_norm(network.rnn_cell.backbone[0]),
            lambda network: nn.spectral_norm(network.fc),
        ):
            # More units in the backbone than neurons: without it, the heads would seem to read inputs.
            network = exported.torch_network(4, {"units": 3, "backbone_units": 12, "proj_size": 2}, seed=1)
            change(network)
            state = {f"actor.{name}": value for name, value in network.state_dict().items()}
            text = self.refused(self.save(state | {"enc.weight": self.torch.ones(2, 2)}), *CFC, "--only-cfc")
            self.assertIn("parametrised", text)
        state = dict(self.dense.state_dict()) | {"rnn_cell.extra": self.torch.ones(3)}
        self.assertIn("network itself", self.refused(self.save(state), *CFC, "--only-cfc"))

    def test_an_optimizer_is_told_by_what_it_holds(self):
        optimizer = self.torch.optim.Adam(self.dense.parameters())
        optimizer.state[next(self.dense.parameters())] = {"step": self.torch.tensor(3.0), "exp_avg": self.torch.ones(5, 11)}
        for key in ("adam", "sgd", "inner", "trainer"):
            account = self.equal(self.save({"net": self.dense.state_dict(), key: optimizer.state_dict()}), self.dense, *CFC)
            self.assertEqual({entry["why"] for entry in account["left_out"]}, {"belongs to training"})

    def test_single_numbers_beside_the_weights_are_left_out(self):
        numbers = {"loss": self.torch.tensor(0.3, requires_grad=True), "MixedPrecision": {"scale": self.torch.tensor(65536.0)}}
        account = self.equal(self.save({"model_state_dict": self.dense.state_dict()} | numbers), self.dense, *CFC)
        self.assertEqual({entry["tensor"] for entry in account["left_out"]}, {"loss", "MixedPrecision.scale"})
        # Among the weights one may scale what the network answers.
        self.assertIn("gain", self.refused(self.save(dict(self.dense.state_dict()) | {"gain": self.torch.tensor(2.0)}), *CFC))

    def test_archives_of_other_kinds_are_called_what_they_are(self):
        program = self.torch.export.export(self.torch.nn.Linear(3, 2), (self.torch.ones(1, 3),))
        self.torch.export.save(program, str(self.folder / "n.pt2"))
        self.assertIn("torch.export", self.refused(self.folder / "n.pt2"))
        np.savez(self.folder / "n.npz", state=np.array({"a": np.ones(2)}, dtype=object))
        self.assertIn("objects of Python", self.refused(self.folder / "n.npz"))


class Writing(unittest.TestCase):
    setUp = Case.setUp

    def test_a_reader_that_goes_costs_neither_the_model_nor_a_traceback(self):
        random = np.random.default_rng(1)
        state = {}
        for name in ("ff1", "ff2", "time_a", "time_b"):
            state[f"rnn_cell.{name}.weight"] = np.float32(random.normal(size=(5, 9)))
            state[f"rnn_cell.{name}.bias"] = np.zeros(5, np.float32)
        np.savez(self.folder / "n.npz", **state)
        command = [sys.executable, "-m", "ganglion.export", self.folder / "n.npz", self.folder / "m.safetensors"]
        environment = dict(os.environ, PYTHONPATH=str(paths.ROOT / "scripts/python"))
        out, into = os.pipe()
        os.close(out)
        result = subprocess.run(
            [*command, *CFC[:2], *DESCRIBED], stdout=into, stderr=subprocess.PIPE, text=True, env=environment
        )
        os.close(into)
        self.assertEqual((result.returncode, result.stderr.count("Traceback")), (0, 0), result.stderr)
        self.assertTrue((self.folder / "m.safetensors").exists())

    def test_a_file_beside_the_model_is_none_of_the_exporters(self):
        beside = self.folder / "m.safetensors.partial"
        beside.write_bytes(b"somebody's")
        safetensors.write(self.folder / "m.safetensors", b"model")
        self.assertEqual(beside.read_bytes(), b"somebody's")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["m.safetensors", "m.safetensors.partial"])

    def test_what_is_no_file_is_not_replaced(self):
        os.mkfifo(self.folder / "pipe")
        with self.assertRaisesRegex(OSError, "no regular file"):
            safetensors.write(self.folder / "pipe", b"model")
        self.assertTrue(stat.S_ISFIFO((self.folder / "pipe").stat().st_mode))
        self.assertEqual([path.name for path in self.folder.iterdir()], ["pipe"])

    def test_the_permissions_of_a_file_that_is_replaced_stay_and_links_lead_on(self):
        place, link = self.folder / "m.safetensors", self.folder / "link"
        place.write_bytes(b"old")
        place.chmod(0o640)
        link.symlink_to(place)
        safetensors.write(link, b"new")
        self.assertEqual((place.read_bytes(), stat.S_IMODE(place.stat().st_mode)), (b"new", 0o640))
        self.assertTrue(link.is_symlink())


del Case


if __name__ == "__main__":
    unittest.main()
