"""What goes beyond its range: counted in fixed point, refused in floating point, and given room by quantisation. The last is
tried on the published drone networks (GANGLION_DATA/drone)."""

import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

import numpy as np
import paths

import ganglion

MODELS = paths.ROOT / "firmware-configs" / "models"
DRONE = Path(paths.DATA) / "drone" if paths.DATA else None
STEPS = 500


def walk(seed: int, step: float, end: float = 1) -> np.ndarray:
    """128 inputs that wander within ±`end`."""
    random = np.random.default_rng(seed)
    return np.cumsum(random.normal(0, step, (STEPS, 128)), axis=0).clip(-end, end).astype(np.float32)


class Ranges(unittest.TestCase):
    def test_what_is_beyond_its_range_is_counted(self):
        network = ganglion.Network(MODELS / "quadrotor-ncp19-int8.safetensors")
        network.step(np.zeros(12), network.maximum_ts)
        self.assertEqual(network.saturation, ganglion.Saturation(0, 0, 0, 0, 0, 0))
        x = np.zeros(12)
        x[[2, 5, 7]] = 1e30
        network.step(x, 1e30)
        self.assertEqual(network.saturation, ganglion.Saturation(3, 0, 1, 3, 0, 1))
        network.reset()
        network.step(np.zeros(12), 1)
        self.assertEqual(network.saturation, ganglion.Saturation(3, 0, 1, 0, 0, 0))

    def test_a_step_that_would_not_stay_finite_is_refused_and_changes_nothing(self):
        path = paths.ROOT / "Tests" / "Fixtures" / "exported" / "ncps-mixed-19.safetensors"
        network, twin = ganglion.Network(path), ganglion.Network(path)
        x = np.full(len(network.inputs), 0.25)
        for _ in range(5):
            with self.assertRaises(ganglion.ResultError):
                network.step(np.full(len(network.inputs), 3e38), 3.4e38)
            with self.assertRaisesRegex(ganglion.ResultError, "row 1"):
                network.run(np.stack([x, np.full(len(network.inputs), 3e38)]), np.array([1, 3.4e38]))
            np.testing.assert_array_equal(network.step(x, 1), twin.step(x, 1))
            self.assertEqual(network.state_digest, twin.state_digest)

    def test_a_short_recording_is_warned_of_and_a_shorter_one_refused(self):
        xs = np.random.default_rng(1).uniform(-0.1, 0.1, (100, 12))
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "model.safetensors"
            with self.assertWarnsRegex(ganglion.CalibrationWarning, "the recording is short: 80 steps"):
                ganglion.quantize(MODELS / "quadrotor-ncp19.safetensors", target, xs, 1)
            with self.assertRaisesRegex(ganglion.ModelError, "fewer than 20"):
                ganglion.quantize(MODELS / "quadrotor-ncp19.safetensors", target, xs[:19], 1)


@unittest.skipUnless(paths.have("h5py"), "h5py is not installed")
@unittest.skipUnless(DRONE, "GANGLION_DATA is not set")
class DroneNetworks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)

    def exported(self, kind: str, end: float) -> Path:
        model = self.folder / f"{kind}-{end}.safetensors"
        if not model.exists():
            subprocess.run(
                [sys.executable, str(paths.ROOT / "scripts" / "export_ncps.py"), str(DRONE / f"chair4_fine-{kind}.hdf5"),
                 str(model), "--params", str(DRONE / "params.json"), "--time-unit", "0.0333", "--ts-range", "0", "3",
                 "--input-range", str(-end), str(end), "--output-range", "-4", "4"],
                check=True, capture_output=True)
        return model

    def unseen(self, kind: str, arithmetic: str, step: float, end: float = 1):
        model = self.exported(kind, end)
        trained = ganglion.Network(model)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ganglion.CalibrationWarning)
            made = ganglion.quantize(model, self.folder / f"{kind}-made.safetensors", walk(1, step, end), 1, arithmetic)
        quantised = ganglion.Network(made)
        for seed in (2, 3, 4, 5):
            with self.subTest(kind=kind, arithmetic=arithmetic, step=step, end=end, seed=seed):
                trained.reset(), quantised.reset()
                expected = trained.run(walk(seed, step, end), 1)
                error = np.abs(quantised.run(walk(seed, step, end), 1) - expected).max() / np.ptp(expected)
                self.assertLess(error, 2e-3 if arithmetic == "int16" else 1.5e-2)
        if kind != "ctrnn_cfc" and kind != "mixedcfc":
            self.assertEqual(quantised.saturation.states, 0)

    def unseen_walks(self, kind: str):
        for step in (0.03, 0.1, 0.3):
            self.unseen(kind, "int16", step)
        # Not clipped, but for what hardly happens.
        self.unseen(kind, "int16", 0.1, 9)
        for step in (0.03, 0.3):
            self.unseen(kind, "int8", step)

    def test_wired_with_linear_heads(self):
        self.unseen_walks("wiredcfccell")

    def test_ltc(self):
        self.unseen_walks("ncp")

    def test_dense(self):
        self.unseen_walks("ctrnn_cfc")

    def test_mixed_memory(self):
        self.unseen_walks("mixedcfc")


if __name__ == "__main__":
    unittest.main()
