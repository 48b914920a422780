"""What the tests of training with the vehicle's integers share."""

import tempfile
import unittest
import warnings
from pathlib import Path

import numpy as np

import paths

import ganglion
import generator
import parity_model
from ganglion import safetensors

HAVE_TORCH = paths.have("torch")
if HAVE_TORCH:
    import torch

    # Threads wait longer for each other than small tensors take.
    torch.set_num_threads(1)

MODELS = paths.ROOT / "firmware-configs" / "models"
INT8, INT16 = (MODELS / f"quadrotor-ncp19-{kind}.safetensors" for kind in ("int8", "int16"))
FLOAT = MODELS / "quadrotor-ncp19.safetensors"


# Parity cases whose inputs get fewer bits when they are calibrated on a walk.
NARROW = ("dense-64-drone", "wired-34-linear-projection", "wired-64-default")


def needs_torch(test):
    return unittest.skipUnless(HAVE_TORCH, "torch is not installed")(test)


def hostile(case: dict, steps: int):
    """Inputs of a case, a third of them beyond the range; elapsed times irregular, none, the largest, and beyond."""
    xs, ts = generator.inputs(dict(case, steps=steps))
    xs, ts = (1.5 * xs).astype(np.float32), ts.copy()
    xs[5::97, 0], xs[6::97] = 1e30, -1e30
    ts[7::41], ts[8::41], ts[9::41], ts[10::41] = 0, 3, 3.0001, 1e30
    return xs, ts


def same_bits(one, other) -> bool:
    return np.array_equal(np.asarray(one).view(np.uint32), np.asarray(other).view(np.uint32))


def same_integers(module, model: Path) -> bool:
    """Whether the module would write the tensors of a file."""
    ours, theirs = (safetensors.decode(content)[0] for content in (module.encoded(), model.read_bytes()))
    return ours.keys() == theirs.keys() and all(
        ours[name].dtype == theirs[name].dtype and np.array_equal(ours[name], theirs[name]) for name in theirs
    )


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def wandering(self, name: str) -> tuple[Path, Path]:
        """The same in int16, calibrated on a walk, after which inputs have fewer bits than 16."""
        case = parity_model.BY_NAME[name]
        trained = parity_model.write(case, self.folder / f"{name}.safetensors")
        steps = np.random.default_rng(1).normal(0, 0.1, (400, case["inputs"]))
        xs = np.cumsum(steps, axis=0).clip(-1, 1).astype(np.float32)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ganglion.CalibrationWarning)
            return trained, ganglion.quantize(trained, self.folder / f"{name}-walk.safetensors", xs, 1, "int16")

    def models(self, name: str, arithmetic: str, calibration: int = 200) -> tuple[Path, Path]:
        """The float32 model of a parity case, and the same quantised."""
        case = parity_model.BY_NAME[name]
        trained = parity_model.write(case, self.folder / f"{name}.safetensors")
        xs, ts = generator.inputs(dict(case, steps=calibration))
        return trained, ganglion.quantize(trained, self.folder / f"{name}-{arithmetic}.safetensors", xs, ts, arithmetic)
