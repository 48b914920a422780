"""The digest over everything in a model file: Python and Swift agree, and scripts/seal-models writes old files again."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

import paths

import ganglion
from ganglion import model_digest, safetensors

MODELS = paths.ROOT / "firmware-configs" / "models"
OLD = paths.ROOT / "Tests" / "Fixtures" / "models"
TENSORS = {"b": np.arange(6, dtype=np.float32).reshape(2, 3), "a": np.array([1, -2], np.int8)}
STRINGS = {"ganglion.flavour": "é", "x": ""}


class Digest(unittest.TestCase):
    def test_a_known_content_has_a_known_digest(self):
        self.assertEqual(
            model_digest.digest(TENSORS, STRINGS), "6b02f5e2373296513158f11d3ae3c1e8f20e028a83f6696cdaeed898ffdc131b",
        )

    def test_the_order_of_strings_and_tensors_is_not_part_of_it(self):
        other = model_digest.digest(dict(reversed(TENSORS.items())), dict(reversed(STRINGS.items())))
        self.assertEqual(other, model_digest.digest(TENSORS, STRINGS))

    def test_all_else_is(self):
        found = {model_digest.digest(TENSORS, STRINGS)}
        for tensors, strings in (
            (dict(TENSORS, a=np.array([1, -3], np.int8)), STRINGS),
            (dict(TENSORS, a=np.array([[1, -2]], np.int8)), STRINGS),
            (dict(TENSORS, a=np.array([1, -2], np.int8).view(np.uint8)), STRINGS),
            ({"c": TENSORS["a"], "b": TENSORS["b"]}, STRINGS),
            (TENSORS, STRINGS | {"x": " "}), (TENSORS, {"ganglion.flavour": "é"}), (TENSORS, STRINGS | {"y": ""}),
            # What moves from one text into its neighbour.
            (TENSORS, {"ganglion.flavour": "é", "": "x"}), ({}, STRINGS), (TENSORS, {}),
        ):
            found.add(model_digest.digest(tensors, strings))
        self.assertEqual(len(found), 11)

    def test_python_reads_what_swift_wrote(self):
        xs = np.random.default_rng(1).uniform(-1, 1, (50, 12)).astype(np.float32)
        with tempfile.TemporaryDirectory() as folder:
            made = ganglion.quantize(MODELS / "quadrotor-ncp19.safetensors", Path(folder) / "q.safetensors", xs, 1.0)
            self.assertTrue(model_digest.covers_everything(*safetensors.decode(Path(made).read_bytes())))

    def test_the_shipped_models_are_protected(self):
        files = sorted(MODELS.glob("*.safetensors"))
        self.assertGreaterEqual(len(files), 9)
        for path in files:
            with self.subTest(path.name):
                self.assertTrue(model_digest.covers_everything(*safetensors.decode(path.read_bytes())))
                ganglion.Network(path).close()


class SealModels(unittest.TestCase):
    def seal(self, *arguments):
        script = [sys.executable, str(paths.ROOT / "scripts" / "seal-models"), *map(str, arguments)]
        return subprocess.run(script, capture_output=True, text=True, check=False)

    def test_an_old_file_is_written_again_when_that_is_asked_for(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(shutil.copy(OLD / "old-format-2.safetensors", folder))
            before = path.read_bytes()
            told = self.seal(path)
            self.assertEqual((told.returncode, path.read_bytes()), (0, before))
            self.assertIn("covers the tensors' bytes alone; --replace", told.stdout)
            self.assertEqual(self.seal("--replace", path).returncode, 0)
            (old, strings), (new, found) = safetensors.decode(before), safetensors.decode(path.read_bytes())
            self.assertTrue(model_digest.covers_everything(new, found))
            for name, value in old.items():
                np.testing.assert_array_equal(new[name], value)
            changed = ("ganglion.format", "ganglion.digest", "ganglion.sha256")
            for key in (set(strings) | set(found)) - set(changed):
                self.assertEqual(found[key], strings[key])
            after = path.read_bytes()
            self.assertIn("covers everything", self.seal("--replace", path).stdout)
            self.assertEqual(path.read_bytes(), after)

    def test_a_damaged_file_is_refused_and_left_as_it_is(self):
        for name in ("old-format-1", "old-format-2"):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                path = Path(shutil.copy(OLD / f"{name}.safetensors", folder))
                content = bytearray(path.read_bytes())
                content[-1] ^= 1
                path.write_bytes(content)
                result = self.seal("--replace", path, path.with_name("none"))
                self.assertEqual((result.returncode, path.read_bytes()), (2, bytes(content)))
                self.assertIn("altered or damaged", result.stderr)


if __name__ == "__main__":
    unittest.main()
