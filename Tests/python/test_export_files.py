"""Files that are no checkpoint, or damaged ones: each is refused in one line that says what it is. No torch needed."""

import contextlib
import io
import json
import os
import pickle
import signal
import tempfile
import unittest
import unittest.mock
import warnings
import zipfile
from pathlib import Path

import numpy as np

import paths  # noqa: F401, finds the scripts

from exporting import DESCRIBED, damage, run
from ganglion import safetensors
from ganglion.export import apart, command, opening, torch_file
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

    def test_names_that_are_there_twice_are_refused(self):
        """One reader takes the first of two values, another the last: whoever guesses runs another network."""
        tensor = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
        header = ("{" + ",".join(f'"w":{json.dumps(tensor)}' for _ in range(2)) + "}").encode()
        file = len(header).to_bytes(8, "little") + header + bytes(4)
        self.assertIn("'w' is there twice", self.refused(file, "n.safetensors"))
        inside = b'{"w":{"dtype":"F32","dtype":"I32","shape":[1],"data_offsets":[0,4]}}'
        file = len(inside).to_bytes(8, "little") + inside + bytes(4)
        self.assertIn("'dtype' is there twice", self.refused(file, "n.safetensors"))
        array = io.BytesIO()
        np.save(array, np.zeros(3))
        archive = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # zipfile writes it all the same
            with zipfile.ZipFile(archive, "w") as members:
                members.writestr("w.npy", array.getvalue())
                members.writestr("w.npy", array.getvalue())
        self.assertIn("has w twice", self.refused(archive.getvalue(), "n.npz"))

    def test_a_single_array_is_told_how_to_save_all_by_name(self):
        array = io.BytesIO()
        np.save(array, np.zeros(3))
        self.assertIn("numpy.savez('policy.npz', **{name: value.numpy()", self.refused(array.getvalue(), "n.npy"))

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

    def test_shapes_that_no_array_has_are_refused(self):
        storage = torch_file.Storage("float32", 4, lambda: bytes(16))
        huge = 10**30
        for shape, strides in (
            ((10**400,), (1,)),
            ((10**5000,), (1,)),
            ((10**18, 10**9, 10**300), (0, 0, 0)),
            ((huge, 0), (1, 1)),
            ((1, 1), (2**62, 1)),
            ((1, 1), (huge, 1)),
            ((2, 2), (huge, 1)),
            ((1,) * 100, (1,) * 100),
        ):
            with self.subTest(len(shape)), self.assertRaises(ExportError):
                torch_file.Tensor(storage, "float32", 0, shape, strides).array()
        found = torch_file.Tensor(storage, "float32", 0, (2, 2), (2, 1)).array()
        np.testing.assert_array_equal(found, np.zeros((2, 2), np.float32))

    def test_an_archive_is_refused_for_all_that_it_unpacks_to(self):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in ("a.npy", "b.npy"):
                archive.writestr(name, bytes(6000))
        with unittest.mock.patch.object(opening, "MOST_BYTES", 10_000):
            self.assertIn("unpacks to more", self.refused(file.getvalue()))

    def test_containers_that_hold_each_other_are_refused(self):
        nested = {}
        for _ in range(28):  # 268 million ways to the innermost
            nested = {"a": nested, "b": nested}
        self.assertIn("more than 1000000 members", self.refused(self.zipped(x__data_dot_pkl=pickle.dumps(nested, 2))))
        endless = {}
        endless["a"] = endless
        self.assertIn("nested deeper", self.refused(self.zipped(x__data_dot_pkl=pickle.dumps(endless, 2))))

    def test_a_file_that_cannot_be_written_leaves_nothing(self):
        (self.folder / "taken").mkdir()
        with self.assertRaises(OSError):
            safetensors.write(self.folder / "taken", b"content")
        (self.folder / "n.safetensors.partial").write_bytes(b"somebody's")
        safetensors.write(self.folder / "n.safetensors", b"old")
        (self.folder / "link").symlink_to("n.safetensors")
        safetensors.write(self.folder / "link", b"new")
        self.assertTrue((self.folder / "link").is_symlink())
        self.assertEqual((self.folder / "n.safetensors").read_bytes(), b"new")
        self.assertEqual(sorted(os.listdir(self.folder)), ["link", "n.safetensors", "n.safetensors.partial", "taken"])

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

    def test_wrong_use_in_json_is_json(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit) as ended:
            command.main(["policy.pt", "--json"])
        self.assertEqual(ended.exception.code, 2)
        self.assertIn("output", json.loads(out.getvalue())["error"])

    def checkpoint(self):
        """A file of five neurons and four inputs."""
        random = np.random.default_rng(1)
        state = {}
        for name in ("ff1", "ff2", "time_a", "time_b"):
            state |= {
                f"rnn_cell.{name}.weight": np.float32(random.normal(size=(5, 9))),
                f"rnn_cell.{name}.bias": np.zeros(5, np.float32),
            }
        path = self.folder / "n.npz"
        np.savez(path, **state)
        return path

    def test_a_model_of_ganglion_is_named_for_what_it_is(self):
        model = self.folder / "model.safetensors"
        self.assertEqual(run(self.checkpoint(), model, "--mode", "default", *DESCRIBED)[0], 0)
        for more in ((), ("--prefix", "cell0.")):
            status, _, err = run(model, self.folder / "again.safetensors", "--mode", "default", *DESCRIBED, *more)
            self.assertEqual(status, 2)
            self.assertIn("model.safetensors is a model of Ganglion already", err)

    def test_what_ports_and_options_both_state_is_refused(self):
        ports = self.folder / "ports.json"
        port = {"name": "u", "unit": "1", "minimum": -1, "maximum": 1}
        ports.write_text(json.dumps({"outputs": [port | {"name": f"y{k}"} for k in range(5)]}))
        told = ["--mode", "default", "--time-unit", "0.004", "--ts-range", "0", "3", "--input-range", "-1", "1"]
        self.assertEqual(run(self.checkpoint(), self.folder / "o", "--ports", ports, *told)[0], 0)
        status, _, err = run(self.checkpoint(), self.folder / "o", "--ports", ports, *told, "--output-range", "-2", "2")
        self.assertEqual(status, 2)
        self.assertIn("ports.json has outputs, and --output-range states it too", err)
        ports.write_text(json.dumps({"time": {"unit_s": 0.02, "minimum": 0, "maximum": 3}}))
        status, _, err = run(self.checkpoint(), self.folder / "o", "--mode", "default", "--ports", ports, *DESCRIBED)
        self.assertEqual(status, 2)
        self.assertIn("--time-unit", err)

    def test_ports_that_are_not_there_are_named_once(self):
        none = self.folder / "none.json"
        status, _, err = run(self.checkpoint(), self.folder / "o", "--mode", "default", "--ports", none)
        self.assertEqual((status, err), (2, f"ganglion-export: {none}: No such file or directory\n"))

    def test_the_checkpoint_is_not_written_over(self):
        path = self.checkpoint()
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
