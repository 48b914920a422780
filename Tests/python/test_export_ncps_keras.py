"""The exporter on files of ncps.keras: what it writes answers as ncps.keras does, and what a file does not tell it asks for."""

import json
import tempfile
import unittest
import zipfile
from pathlib import Path

import numpy as np

import paths

import exported
import generator
import keras_files
from exporting import DESCRIBED, run

FOLDER = paths.ROOT / "Tests/Fixtures/keras"
HAVE_KERAS = paths.have("torch", "keras", "ncps", "h5py")
if HAVE_KERAS:
    keras_files.prepare()


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def refused(self, path, *told):
        status, _, err = run(path, self.folder / "refused.safetensors", *told, *DESCRIBED)
        self.assertEqual((status, err.count("\n")), (2, 1), err)
        return err

    def exported(self, path, *told):
        output = self.folder / "model.safetensors"
        status, out, err = run(path, output, "--json", *told, *DESCRIBED)
        self.assertEqual(status, 0, err)
        return output, json.loads(out)["account"]


@unittest.skipUnless(paths.have("h5py"), "h5py is not installed")
class Committed(Case):
    """No Keras needed."""

    def test_files_of_every_kind_answer_as_ncps_keras(self):
        manifest = json.loads((FOLDER / "manifest.json").read_text())
        self.assertGreaterEqual(len(manifest["cases"]), 8)
        for entry in manifest["cases"]:
            with self.subTest(entry["file"]):
                model, account = self.exported(FOLDER / entry["file"], *entry["told"])
                xs, _ = generator.inputs(entry)
                found = exported.evaluate(model, xs, np.ones(len(xs)))
                expected = np.fromfile(FOLDER / entry["expected"], "<f4").reshape(found.shape)
                self.assertLess(np.abs(found - expected).max(), 2e-6 * max(1, np.abs(expected).max()))
                self.assertGreater(np.abs(np.diff(expected, axis=0)).max(), 0.01)
                self.assertEqual(account["left_out"], [])

    def test_a_file_of_weights_alone_is_asked_for_what_it_does_not_tell(self):
        for told, words in (
            ([], "--mode"),
            (["--mode", "default"], "--activation"),
            (["--mode", "default", "--activation", "silu"], "--head"),
            (["--mode", "pure"], "no w_tau"),
        ):
            self.assertIn(words, self.refused(FOLDER / "cfc.weights.h5", *told))
        self.assertIn("--wiring", self.refused(FOLDER / "wired-auto.weights.h5", "--mode", "default"))
        self.assertIn(
            "neurons", self.refused(FOLDER / "wired-auto.weights.h5", "--mode", "default", "--wiring", "AutoNCP(13, 2)")
        )
        for told, words in ((["--constraints", "explicit"], "--unfolds"), (["--unfolds", "12"], "--constraints")):
            self.assertIn(words, self.refused(FOLDER / "ltc.weights.h5", *told))

    def test_what_the_file_tells_is_not_overruled(self):
        for told, words in (
            (["--mode", "no_gate"], "says default"),
            (["--activation", "silu"], "says lecun_tanh"),
            (["--head", "dense"], "order"),
        ):
            self.assertIn(words, self.refused(FOLDER / "cfc.keras", *told))
        for told, words in (
            (["--unfolds", "6"], "says 12"),
            (["--constraints", "implicit"], "says explicit"),
            (["--epsilon", "1e-8"], "0.001"),
        ):
            self.assertIn(words, self.refused(FOLDER / "ltc.keras", *told))
        self.assertIn("says 22222", self.refused(FOLDER / "wired-auto.keras", "--wiring-seed", "3"))
        self.assertIn("the file says", self.refused(FOLDER / "wired-auto.keras", "--wiring", "AutoNCP(12, 2, seed=3)"))
        self.assertIn("--wiring-seed", self.refused(FOLDER / "wired-ncp.h5"))

    def test_the_account_names_every_variable_and_where_settings_are_from(self):
        _, account = self.exported(FOLDER / "stacked.keras")
        self.assertTrue(any("follow each other" in text for text in account["chosen"]))
        self.assertIn({"tensor": "dense/0", "shape": [7, 2], "as": "projection"}, account["used"])
        _, account = self.exported(FOLDER / "ltc.keras")
        told = {entry["name"]: (entry["value"], entry["from"]) for entry in account["settings"]}
        self.assertEqual(told["unfolds"], ("12", "the configuration of layer ltc"))
        self.assertEqual(told["epsilon"], ("0.001", "the configuration of layer ltc"))

    def archive(self, change, name="cfc.keras"):
        """A copy of a .keras file with another configuration."""
        path = self.folder / "changed.keras"
        with zipfile.ZipFile(FOLDER / name) as old, zipfile.ZipFile(path, "w") as new:
            for member in old.namelist():
                content = old.read(member)
                if member == "config.json":
                    config = json.loads(content)
                    change(config["config"]["layers"])
                    content = json.dumps(config).encode()
                new.writestr(member, content)
        return path

    def test_what_a_model_file_cannot_hold_is_refused_by_name(self):
        def cell(**settings):
            return lambda layers: (
                layers[1]["config"].update(settings) or layers[1]["config"]["cell"]["config"].update(settings)
            )

        for change, words in (
            (cell(go_backwards=True), "backwards"),
            (cell(activation="sigmoid"), "sigmoid"),
            (cell(mode="other"), "none of ncps"),
            (lambda layers: layers[2]["config"].update(activation="tanh"), "activation tanh"),
            (lambda layers: layers[2].update(class_name="Conv1D"), "Conv1D"),
            (lambda layers: layers[1].update(class_name="Bidirectional"), "future"),
        ):
            self.assertIn(words, self.refused(self.archive(change)))
        self.assertIn("unfolds", self.refused(self.archive(cell(ode_unfolds=0), "ltc.keras")))

    def test_weights_of_an_ltc_whose_sizes_do_not_tell_its_mappings(self):
        import h5py

        def write(count):
            with h5py.File(FOLDER / "ltc.weights.h5") as old, h5py.File(self.folder / "m.weights.h5", "w") as new:
                for k in range(count):
                    value = np.ones(5) if k > 10 else np.array(old[f"layers/ltc/cell/vars/{k}"])
                    new[f"layers/ltc/cell/vars/{k}"] = value
            return self.folder / "m.weights.h5"

        told = ["--unfolds", "6", "--constraints", "explicit"]
        self.assertIn("--input-mapping", self.refused(write(13), *told))
        self.exported(write(13), *told, "--input-mapping", "linear", "--output-mapping", "linear")
        self.exported(write(13), *told, "--input-mapping", "affine", "--output-mapping", "none", "--motors", "5")
        self.exported(write(15), *told)
        self.assertIn("--motors", self.refused(write(11), *told))

    def test_options_of_other_checkpoints_are_refused(self):
        self.assertIn("drone-flight", self.refused(FOLDER / "cfc.keras", "--params", FOLDER / "manifest.json"))
        self.assertIn("drone-flight", self.refused(FOLDER / "cfc.keras", "--uses-elapsed-time"))
        self.assertIn("cf_c", self.refused(FOLDER / "cfc.weights.h5", "--mode", "default", "--prefix", "other"))

    def test_damaged_files_are_refused_without_a_traceback(self):
        random = np.random.default_rng(8)
        tried = 0
        for name in ("cfc.keras", "ltc.h5", "wired-auto.weights.h5"):
            content = (FOLDER / name).read_bytes()
            for k in range(40):
                damaged = bytearray(content)
                if k % 4 == 0:
                    damaged = damaged[: int(random.integers(len(content)))]
                else:
                    for place in random.integers(len(content), size=int(random.integers(1, 20))):
                        damaged[place] = int(random.integers(256))
                path = self.folder / f"damaged{Path(name).suffix}"
                path.write_bytes(damaged)
                status, _, err = run(path, self.folder / "o.safetensors", *DESCRIBED)
                self.assertIn(status, (0, 2))
                self.assertNotIn("Traceback", err)
                tried += status == 2
        self.assertGreater(tried, 40)


@unittest.skipUnless(HAVE_KERAS, "torch, keras, ncps and h5py are not all installed")
class Live(Case):
    """What ncps.keras writes today, on its torch backend."""

    def made(self, name, functional=False):
        import keras

        keras.utils.set_random_seed(3)
        keras.backend.clear_session()
        made = keras_files.model(keras_files.cases()[name][0](), functional)
        keras_files.set_weights(made, seed=3)
        return made

    def test_every_cell_in_every_kind_of_file(self):
        xs, _ = generator.inputs({"seed": 5, "inputs": keras_files.INPUTS, "steps": keras_files.STEPS})
        for name in keras_files.cases():
            made = self.made(name)
            expected = keras_files.answers(name, made, xs)
            for kind in keras_files.KINDS:
                told = keras_files.told(name, kind)
                if told is None:
                    continue
                with self.subTest(name=name, kind=kind):
                    keras_files.save(made, self.folder / f"m{kind}")
                    model, _ = self.exported(self.folder / f"m{kind}", *told)
                    found = exported.evaluate(model, xs, np.ones(len(xs)))
                    found = found[-1] if expected.ndim == 1 else found
                    self.assertEqual(found.shape, expected.shape)
                    # Epsilon and 1/unfolds are single precision in an LTC of ncps.keras.
                    bound = 1e-5 if "ltc" in name or name in ("stacked", "nested") else 1e-6
                    self.assertLess(np.abs(found - expected).max(), bound * max(1, np.abs(expected).max()))

    def test_functional_models_too(self):
        xs, _ = generator.inputs({"seed": 6, "inputs": keras_files.INPUTS, "steps": 20})
        for name in ("cfc", "stacked", "wired-auto", "nested"):
            made = self.made(name, functional=True)
            expected = keras_files.answers(name, made, xs, functional=True)
            for kind in (".keras", ".h5"):
                with self.subTest(name=name, kind=kind):
                    keras_files.save(made, self.folder / f"m{kind}")
                    model, _ = self.exported(self.folder / f"m{kind}")
                    found = exported.evaluate(model, xs, np.ones(len(xs)))
                    self.assertLess(np.abs(found - expected).max(), 1e-5)

    def test_elapsed_time_is_that_of_the_cell(self):
        from keras import ops

        xs, ts = generator.inputs({"seed": 6, "inputs": 5, "steps": 20})
        for name in ("cfc-no-gate", "cfc-pure", "wired-auto"):
            made = self.made(name)
            keras_files.save(made, self.folder / "m.keras")
            model, _ = self.exported(self.folder / "m.keras")
            # Its RNN takes no elapsed times; its cell does.
            cell = made.layers[0].cell
            state, expected = [ops.zeros((1, cell.state_size))], []
            for x, t in zip(xs, ts):
                out, state = cell((ops.convert_to_tensor(x[None]), ops.convert_to_tensor([t])), state)
                state = state if isinstance(state, list) else [state]
                expected.append(out[0].detach().numpy())
            self.assertLess(np.abs(exported.evaluate(model, xs, ts) - np.stack(expected)).max(), 1e-4)

    def test_the_seed_of_an_ncp_is_asked_for_unless_the_weights_prove_it(self):
        import keras
        from ncps.keras import CfC
        from ncps.wirings import NCP

        def saved(seed, scale):
            keras.utils.set_random_seed(1)
            wiring = NCP(12, 8, 4, 5, 3, 4, 3, seed=seed)
            made = keras.Sequential([keras.Input((None, 9)), CfC(wiring, return_sequences=True)])
            cell = made.layers[0].cell
            # As training leaves weights: those on the wiring beyond what the initialiser draws, those off it as they were.
            for part in cell._cfc_layers:
                mask = np.abs(np.array(part.sparsity_mask))
                for kernel in (part.ff1_kernel, part.ff2_kernel):
                    kernel.assign(np.array(kernel.value.detach()) * (1 + scale * mask))
            keras_files.save(made, self.folder / "m.keras")
            return self.folder / "m.keras"

        _, account = self.exported(saved(22222, 3.0))
        self.assertIn("told by the weights", {entry["name"]: entry["from"] for entry in account["settings"]}["wiring"])
        self.assertIn("--wiring-seed", self.refused(saved(22222, 0.0)))
        self.exported(saved(22222, 0.0), "--wiring-seed", "22222")
        self.assertIn("--wiring-seed", self.refused(saved(7, 3.0)))
        self.assertIn("another seed fits", self.refused(saved(7, 3.0), "--wiring-seed", "8"))
        self.exported(saved(7, 3.0), "--wiring-seed", "7")

    def test_a_wiring_that_two_layers_share_is_refused(self):
        import keras
        from ncps.keras import CfC
        from ncps.wirings import AutoNCP

        wiring = AutoNCP(12, 5)
        made = keras.Sequential([keras.Input((None, 5)), CfC(wiring, return_sequences=True), CfC(wiring)])
        keras_files.save(made, self.folder / "m.keras")
        self.assertIn("shares its wiring", self.refused(self.folder / "m.keras"))

    def test_branches_are_chosen_from(self):
        import keras
        from ncps.keras import CfC, LTC

        given = keras.Input((None, 5))
        actor = keras.layers.Dense(2, name="out")(CfC(4, backbone_units=3, return_sequences=True, name="actor")(given))
        critic = LTC(3, return_sequences=True, name="critic")(given)
        made = keras.Model(given, [actor, critic])
        keras_files.save(made, self.folder / "m.keras")
        self.assertIn("--prefix", self.refused(self.folder / "m.keras"))
        for name in ("actor", "critic"):
            _, account = self.exported(self.folder / "m.keras", "--prefix", name)
            self.assertTrue(any(name in text for text in account["chosen"]))
            self.assertTrue(account["left_out"])

    def test_a_head_in_front_that_is_not_linear_is_left_out_when_told(self):
        import keras
        from ncps.keras import CfC

        made = keras.Sequential(
            [
                keras.Input((None, 5)),
                keras.layers.Dense(4, "relu"),
                CfC(6, backbone_units=4, return_sequences=True),
                keras.layers.Dense(2),
            ]
        )
        keras_files.save(made, self.folder / "m.keras")
        self.assertIn("--only-cfc", self.refused(self.folder / "m.keras"))
        model, account = self.exported(self.folder / "m.keras", "--only-cfc")
        self.assertEqual({entry["why"] for entry in account["left_out"]}, {"stands in front of the network"})
        xs, _ = generator.inputs({"seed": 6, "inputs": 4, "steps": 20})
        behind = keras.Sequential([keras.Input((None, 4)), *made.layers[1:]])
        expected = behind(xs[None])[0].detach().numpy()
        self.assertLess(np.abs(exported.evaluate(model, xs, np.ones(20)) - expected).max(), 1e-5)

    def test_after_training_the_optimizer_is_left_out(self):
        import keras

        made = self.made("wired-auto")
        made.compile("adam", "mse")
        random = np.random.default_rng(1)
        made.fit(random.normal(size=(1, 6, 5)), random.normal(size=(1, 6, 2)), epochs=2, verbose=0)
        keras_files.save(made, self.folder / "m.keras")
        _, account = self.exported(self.folder / "m.keras")
        self.assertEqual({entry["why"] for entry in account["left_out"]}, {"belongs to training"})
        del keras

    def test_mixed_memory_that_no_model_file_holds_is_refused(self):
        import keras
        from ncps.keras import CfC, LTC
        from ncps.wirings import AutoNCP

        for layer in (CfC(AutoNCP(12, 2), mixed_memory=True), LTC(7, mixed_memory=True)):
            made = keras.Sequential([keras.Input((None, 5)), layer])
            keras_files.save(made, self.folder / "m.keras")
            self.assertIn("mixed memory", self.refused(self.folder / "m.keras"))


if __name__ == "__main__":
    unittest.main()
