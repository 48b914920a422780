"""Files that are no checkpoint, or damaged ones: each is refused in one line that says what it is. No torch needed."""

import io
import json
import os
import signal
import tempfile
import unittest
import zipfile
from pathlib import Path

import numpy as np

import paths  # noqa: F401, finds the scripts

from exporting import DESCRIBED, damage, run
from ganglion import safetensors
from ganglion.export import apart
from ganglion.export.network import ExportError


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def refused(self, content: bytes, name="n.pt"):
        path = self.folder / name
        path.write_bytes(content)
        status, _, err = run(path, self.folder / "o.safetensors", *DESCRIBED)
        self.assertEqual((status, err.count("\n")), (2, 1), err)
        return err

    def zipped(self, **members):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in members.items():
                archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
        return file.getvalue()

    def test_other_files_are_named(self):
        for content, words in (
            (b"", "empty"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull"),
            (b"\x1f\x8b\x08\x00", "gunzip"),
            (b"ULogEnc\x01", "an encrypted recording"),
            (b"\xa3\x95\x80\x80\x59FMT\x00", "ArduPilot"),
            (b"#ROSBAG V2.0\n", "ROS 1 bag"),
            (b"SQLite format 3\x00", "ROS 2"),
            (b"ULog\x01\x12\x35\x01", "recording"),
            (b"\x89MCAP0\r\n", "recording"),
            (b"<!DOCTYPE html><html>", "web page"),
            (b"hello", "no checkpoint"),
            (b"\x93NUMPY\x01\x00", "numpy.savez"),
            (self.zipped(a_dot_txt="x"), "a.txt"),
            (self.zipped(), "nothing"),
            (b"PK\x03\x04 cut", "damaged"),
            (b"\x08\x07\x12\x07pytorch", "ONNX"),
            (b"\x1c\x00\x00\x00TFL3", "TensorFlow Lite"),
            (b"\x89HDF\r\n\x1a\n", "Keras"),
            (self.zipped(x__data_dot_pkl=b"\x80\x02junk"), "damaged"),
            (self.zipped(x__data_dot_pkl=b"\x80\x02}q\x00."), "no tensors"),
        ):
            with self.subTest(content[:20]):
                self.assertIn(words, self.refused(content))
        status, _, err = run(self.folder, self.folder / "o", *DESCRIBED)
        self.assertEqual(status, 2)
        self.assertIn("folder", err)

    def test_damaged_files_are_refused_without_a_traceback(self):
        random = np.random.default_rng(6)
        state = {
            f"rnn_cell.{name}.weight": np.float32(random.normal(size=(5, 9))) for name in ("ff1", "ff2", "time_a", "time_b")
        }
        state |= {name.replace("weight", "bias"): np.zeros(5, np.float32) for name in state}
        np.savez(self.folder / "n.npz", **state)
        damage(self, self.folder / "d.npz", (self.folder / "n.npz").read_bytes(), random, 150)
        damage(self, self.folder / "d.safetensors", safetensors.encode(state, {}), random, 300)
        for header in (
            b"[" * 100_000,
            b"{" * 100_000,
            b'{"a":' * 30_000,
            b'{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}',
            b"3",
            b"{}",
        ):
            self.refused(len(header).to_bytes(8, "little") + header + b"0000", "n.safetensors")

    def test_pickles_of_any_bytes_are_refused(self):
        random = np.random.default_rng(7)
        opcodes = b"(.0123456789FIJKLMNRSTUVX\x80\x81\x85\x86\x87\x88\x8a\x93\x94\x95abcdeghijlopqrstu]}"
        for _ in range(400):
            noise = bytes(opcodes[k] for k in random.integers(len(opcodes), size=int(random.integers(1, 60))))
            self.refused(self.zipped(x__data_dot_pkl=b"\x80\x02" + noise + b"."))

    def test_texts_of_a_file_do_not_move_the_cursor(self):
        np.savez(self.folder / "n.npz", **{"evil\x1b[2J\u202ename": np.zeros(3)})
        status, _, err = run(self.folder / "n.npz", self.folder / "o", *DESCRIBED)
        self.assertEqual(status, 2)
        self.assertIn("evil\\x1b[2J\\u202ename", err)
        self.assertNotIn("\x1b", err)

    def test_an_error_in_json_is_json(self):
        (self.folder / "n.pt").write_bytes(b"hello")
        status, out, _ = run(self.folder / "n.pt", self.folder / "o", "--json", *DESCRIBED)
        self.assertEqual(status, 2)
        self.assertIn("no checkpoint", json.loads(out)["error"])

    def test_the_checkpoint_is_not_written_over(self):
        random = np.random.default_rng(1)
        state = {}
        for name in ("ff1", "ff2", "time_a", "time_b"):
            state |= {
                f"rnn_cell.{name}.weight": np.float32(random.normal(size=(5, 9))),
                f"rnn_cell.{name}.bias": np.zeros(5, np.float32),
            }
        path = self.folder / "n.npz"
        np.savez(path, **state)
        before = path.read_bytes()
        status, _, err = run(path, path, "--mode", "default", *DESCRIBED)
        self.assertEqual(status, 2)
        self.assertIn("checkpoint itself", err)
        self.assertEqual(path.read_bytes(), before)


class Apart(unittest.TestCase):
    """Reading in a process of its own."""

    def test_what_is_found_comes_back_as_it_was(self):
        arrays = [np.float32([[1, 2]]), np.float64(3.5), np.arange(3, dtype=np.uint32), np.zeros((0, 4), np.float32)]
        found, read = apart.read(lambda: ({"é": [1, None]}, arrays), "n.h5")
        self.assertEqual(found, {"é": [1, None]})
        for before, after in zip(arrays, read, strict=True):
            np.testing.assert_array_equal(before, after)
            self.assertEqual(np.shape(before), after.shape)

    def test_a_crash_of_the_library_is_an_error_and_no_crash(self):
        # As the HDF5 library does on some damaged files.
        for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGALRM):
            with self.assertRaisesRegex(ExportError, "n.h5 is damaged"):
                apart.read(lambda: os.kill(os.getpid(), number), "n.h5")

    def test_errors_keep_their_words(self):
        def work():
            raise ExportError("what is wrong")

        with self.assertRaisesRegex(ExportError, "^what is wrong$"):
            apart.read(work, "n.h5")


if __name__ == "__main__":
    unittest.main()
