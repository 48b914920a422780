"""The exporter on the published drone networks (GANGLION_DATA/drone), against their code's formulas in Keras' terms."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

import numpy as np

import paths

import exported
import generator
from ganglion.export import command, drone_source, ncp_wiring

DRONE = Path(paths.DATA) / "drone" if paths.DATA else None
DESCRIBED = ["--time-unit", "0.0333", "--ts-range", "0", "3", "--input-range", "-1", "1", "--output-range", "-4", "4"]
WIRING = (128, 18, 12, 4)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lecun_tanh(x):
    return 1.7159 * np.tanh(0.666 * x)


def weights(kind):
    """The recurrent layer's arrays in the order of the file, and the dense layer, float64."""
    import h5py

    with h5py.File(DRONE / f"chair4_fine-{kind}.hdf5") as file:
        layers = [name.decode() for name in file.attrs["layer_names"]]
        recurrent = next(name for name in layers if name.startswith("rnn"))
        arrays = [np.float64(file[recurrent][name.decode()]) for name in file[recurrent].attrs["weight_names"]]
        last = [np.float64(file[layers[-1]][name.decode()]) for name in file[layers[-1]].attrs["weight_names"]]
    return arrays, last


def run_cfc(xs, ts):
    (k0, b0, k1, b1, f1, f1b, f2, f2b, a, ab, b, bb), (kernel, bias) = weights("ctrnn_cfc")
    h = np.zeros(193)
    for x, t in zip(xs, ts):
        z = np.concatenate([x, h])
        for k, c in ((k0, b0), (k1, b1)):
            z = z @ k + c
            z = z * sigmoid(z)
        gate = sigmoid(-(z @ a + ab) * t + (z @ b + bb))
        h = lecun_tanh(z @ f1 + f1b) * (1 - gate) + gate * lecun_tanh(z @ f2 + f2b)
        yield h @ kernel + bias


def run_mixed(xs, forget_bias):
    (into, recurrent, lstm, k0, b0, f1, f1b, f2, f2b, a, ab, b, bb), (kernel, bias) = weights("mixedcfc")
    c, h = np.zeros(115), np.zeros(115)
    for x in xs:
        i, ig, fg, og = np.split(x @ into + h @ recurrent + lstm, 4)
        c = c * sigmoid(fg + forget_bias) + np.tanh(i) * sigmoid(ig)
        z = np.concatenate([np.tanh(c) * sigmoid(og), h]) @ k0 + b0
        z = z * sigmoid(z)
        gate = sigmoid(-(z @ a + ab) * 0.0 + (z @ b + bb))
        h = lecun_tanh(z @ f1 + f1b) * (1 - gate) + gate * lecun_tanh(z @ f2 + f2b)
        yield h @ kernel + bias


def run_wired(xs, ts, adjacencies):
    arrays, (kernel, bias) = weights("wiredcfccell")
    layers = [arrays[8 * k : 8 * k + 8] for k in range(3)]
    states = [np.zeros(layer[1].shape[0]) for layer in layers]
    for x, t in zip(xs, ts):
        for k, (f1, f1b, f2, f2b, a, ab, b, bb) in enumerate(layers):
            n = len(states[k])
            mask = np.concatenate([adjacencies[k], np.ones((n, n))])
            z = np.concatenate([x, states[k]])
            gate = sigmoid(-(z @ a + ab) * t + (z @ b + bb))
            x = states[k] = (z @ (f1 * mask) + f1b) * (1 - gate) + gate * (z @ (f2 * mask) + f2b)
        yield x @ kernel + bias


def run_ltc(xs, ts):
    import h5py

    with h5py.File(DRONE / "chair4_fine-ncp.hdf5") as file:
        p = {name.split(":")[0]: np.float64(value) for name, value in file["rnn"]["rnn"]["ltc_cell"].items()}
    v = np.zeros(34)
    for x, t in zip(xs, ts):
        u = x * p["input_w"] + p["input_b"]
        sensory = p["sensory_w"] * sigmoid(p["sensory_sigma"] * (u[:, None] - p["sensory_mu"])) * (p["sensory_erev"] != 0)
        # The capacitance of two neurons is 0, which only t > 0 allows.
        cm_t = p["cm"] / (t / 6)
        for _ in range(6):
            open_ = p["w"] * sigmoid(p["sigma"] * (v[:, None] - p["mu"])) * (p["erev"] != 0)
            above = cm_t * v + p["gleak"] * p["vleak"] + (open_ * p["erev"]).sum(0) + (sensory * p["sensory_erev"]).sum(0)
            v = above / (cm_t + p["gleak"] + open_.sum(0) + sensory.sum(0) + 1e-8)
        yield v[:4] * p["output_w"] + p["output_b"]


@unittest.skipUnless(paths.have("h5py"), "h5py is not installed")
@unittest.skipUnless(DRONE, "GANGLION_DATA is not set")
class DroneNetworks(unittest.TestCase):
    def compare(self, kind, run):
        with tempfile.TemporaryDirectory() as folder:
            model = Path(folder) / "model.safetensors"
            exported.export([str(DRONE / f"chair4_fine-{kind}.hdf5"), str(model), "--params", str(DRONE / "params.json"), *DESCRIBED])
            xs, ts = generator.inputs({"seed": 31, "inputs": 128, "steps": 300})
            found = exported.evaluate(model, xs, ts)
            expected = np.stack(list(run(np.float64(xs), np.float64(ts))))
        self.assertLess(np.abs(found - expected).max(), 1e-5)
        self.assertGreater(np.abs(np.diff(expected, axis=0)).max(), 0.01)

    def test_dense(self):
        self.compare("ctrnn_cfc", run_cfc)

    def test_mixed_memory_with_the_forget_bias_of_its_settings_and_no_elapsed_time(self):
        self.compare("mixedcfc", lambda xs, ts: run_mixed(xs, 3.1633364953559684))

    def test_wired_with_signed_synapses(self):
        adjacencies = ncp_wiring.draw(22224, *WIRING, **drone_source.FANOUTS)
        self.compare("wiredcfccell", lambda xs, ts: run_wired(xs, ts, adjacencies))

    def test_ltc_with_its_mappings_and_clipped_conductances(self):
        self.compare("ncp", lambda xs, ts: run_ltc(xs, np.maximum(ts, 1e-3)))

    def refusal(self, kind, *told):
        talk = io.StringIO()
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(talk), contextlib.redirect_stdout(talk):
            path = DRONE / f"chair4_fine-{kind}.hdf5"
            status = command.main([str(path), str(Path(folder) / "model.safetensors"), *told, *DESCRIBED])
        self.assertEqual(status, 2)
        return talk.getvalue()

    def test_a_wrong_seed_is_found_out(self):
        self.assertIn("were trained", self.refusal("wiredcfccell", "--wiring-seed", "22222"))

    def test_what_the_file_does_not_tell_is_asked_for(self):
        self.assertIn("--wiring-seed", self.refusal("wiredcfccell"))
        self.assertIn("--mode", self.refusal("ctrnn_cfc"))
        self.assertIn("--activation", self.refusal("ctrnn_cfc", "--mode", "default"))
        self.assertIn("--forget-bias", self.refusal("mixedcfc", "--mode", "default", "--activation", "silu"))

    def test_an_option_against_params_json_is_refused(self):
        self.assertIn("says silu", self.refusal("ctrnn_cfc", "--params", str(DRONE / "params.json"), "--activation", "relu"))

    def test_a_wrong_seed_of_an_ltc_is_found_out(self):
        self.assertIn("synapses are not those", self.refusal("ncp", "--wiring-seed", "22223"))

    def test_settings_of_an_ltc_are_asked_for_without_params(self):
        self.assertIn("--unfolds", self.refusal("ncp"))
        self.assertIn("--constraints", self.refusal("ncp", "--unfolds", "6"))
        self.assertIn("says 6", self.refusal("ncp", "--params", str(DRONE / "params.json"), "--unfolds", "12"))

    def test_a_truncated_file_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            cut = Path(folder) / "cut.hdf5"
            cut.write_bytes((DRONE / "chair4_fine-wiredcfccell.hdf5").read_bytes()[:4000])
            with contextlib.redirect_stderr(io.StringIO()) as talk:
                self.assertEqual(command.main([str(cut), str(cut) + ".out", *DESCRIBED]), 2)
            self.assertIn("not a Keras weights file", talk.getvalue())


@unittest.skipUnless(paths.have("ncps.wirings"), "ncps is not installed")
class Wiring(unittest.TestCase):
    def test_is_what_ncps_draws(self):
        from ncps.wirings import NCP

        for seed in (1, 22224):
            # The last two need repairs: few sensory neurons, small fan-outs.
            for sizes, fanouts in (
                ((128, 18, 12, 4), (6, 4, 4, 6)), ((10, 12, 6, 1), (6, 4, 6, 4)), ((2, 18, 12, 4), (3, 2, 4, 3)),
                ((12, 12, 12, 3), (1, 1, 2, 2)),
            ):
                with self.subTest(seed=seed, sizes=sizes):
                    sensory, inter, command, motor = sizes
                    wiring = NCP(inter, command, motor, *fanouts, seed=seed)
                    wiring.build(sensory)
                    found = ncp_wiring.draw(seed, *sizes, **dict(zip(drone_source.FANOUTS, fanouts)))
                    m, c = motor, motor + command
                    np.testing.assert_array_equal(found[0], wiring.sensory_adjacency_matrix[:, c:])
                    np.testing.assert_array_equal(found[1], wiring.adjacency_matrix[c:, m:c])
                    np.testing.assert_array_equal(found[2], wiring.adjacency_matrix[m:c, :m])


if __name__ == "__main__":
    unittest.main()
