"""The Python module: the same bits as the vehicle, every mistake an exception, no trap."""

import copy
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings
from pathlib import Path

import numpy as np

import paths

import ganglion
from ganglion import model_digest
from ganglion.export import model_file

MODELS = paths.ROOT / "firmware-configs" / "models"
FLOAT, INT16, INT8 = (MODELS / f"quadrotor-ncp19{kind}.safetensors" for kind in ("", "-int16", "-int8"))


def steps(count: int, inputs: int, seed: int = 1):
    random = np.random.default_rng(seed)
    return random.uniform(-1, 1, (count, inputs)).astype(np.float32), random.uniform(0.25, 1.75, count)


class Running(unittest.TestCase):
    def test_a_network_says_what_its_file_says(self):
        network = ganglion.Network(INT8)
        _, metadata = model_file.read_tensors(INT8)
        self.assertEqual(network.arithmetic, metadata["ganglion.arithmetic"])
        self.assertEqual(network.flavour, metadata["ganglion.flavour"])
        self.assertEqual((len(network.inputs), len(network.outputs), network.neuron_count), (12, 4, 19))
        self.assertEqual(network.input_names[0], "roll_error")
        self.assertEqual(network.inputs[0].unit, "rad")
        self.assertLess(network.inputs[0].minimum, network.inputs[0].maximum)
        self.assertEqual(network.time_unit, 0.004)
        self.assertEqual(network.input_scales.shape, (12,))
        self.assertIn("int8, 19 neurons", repr(network))
        self.assertIsNone(ganglion.Network(FLOAT).output_scales)

    def test_an_old_file_is_said_to_be_unprotected(self):
        old = paths.ROOT / "Tests" / "Fixtures" / "models" / "old-format-1.safetensors"
        for source in (old, old.read_bytes()):
            with self.assertWarnsRegex(ganglion.UnprotectedWarning, "not protected"):
                ganglion.Network(source)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ganglion.Network(FLOAT)

    def test_rows_and_steps_give_the_same_bits(self):
        for model in (FLOAT, INT16, INT8):
            with self.subTest(model.name), ganglion.Network(model) as one, ganglion.Network(model) as other:
                xs, ts = steps(300, 12)
                rows = one.run(xs, ts)
                single = np.stack([other.step(x, t) for x, t in zip(xs, ts)])
                self.assertEqual(rows.dtype, np.float32)
                self.assertTrue(np.array_equal(rows.view(np.uint32), single.view(np.uint32)))
                self.assertEqual(one.state_digest, other.state_digest)

    def test_the_float_network_computes_what_the_exported_origin_answered(self):
        folder = paths.ROOT / "Tests" / "Fixtures" / "exported"
        import generator

        case = {"seed": 2000, "steps": 200, "inputs": 10}
        xs, ts = generator.inputs(case)
        expected = np.fromfile(folder / "ncps-wired-19.f32", "<f4").reshape(200, 1)
        found = ganglion.Network(folder / "ncps-wired-19.safetensors").run(xs, ts)
        np.testing.assert_allclose(found, expected, atol=1e-6)

    def test_an_ltc_network_answers_as_its_origin_and_quantised_nearly_so(self):
        folder = paths.ROOT / "Tests" / "Fixtures" / "exported"
        import generator

        xs, ts = generator.inputs({"seed": 2004, "steps": 200, "inputs": 10})
        expected = np.fromfile(folder / "ncps-ltc-19.f32", "<f4").reshape(200, 1)
        found = ganglion.Network(folder / "ncps-ltc-19.safetensors").run(xs, ts)
        np.testing.assert_allclose(found, expected, atol=1e-6)
        with tempfile.TemporaryDirectory() as path:
            made = ganglion.quantize(folder / "ncps-ltc-19.safetensors", Path(path) / "q.safetensors", xs, ts, "int16")
            network = ganglion.Network(made)
            error = np.abs(network.run(xs, ts) - expected).max() / np.ptp(expected)
            # Potentials have 32 bits.
            self.assertEqual(network.state_size, 19 * 4)
        self.assertLess(error, 5e-4)
        self.assertGreater(error, 0)

    def test_bytes_and_every_kernel_give_the_same_bits(self):
        xs, ts = steps(100, 12)
        expected = ganglion.Network(INT8).run(xs, ts)
        for kernel in ("portable", None):
            found = ganglion.Network(INT8.read_bytes(), kernel=kernel).run(xs, ts)
            self.assertTrue(np.array_equal(found, expected))

    def test_arrays_of_other_types_and_orders_are_taken_as_numbers(self):
        xs, ts = steps(40, 12)
        expected = ganglion.Network(INT8).run(xs, ts)
        self.assertTrue(np.array_equal(ganglion.Network(INT8).run(xs.astype(np.float64), ts), expected))
        self.assertTrue(np.array_equal(ganglion.Network(INT8).run(np.asfortranarray(xs), list(ts)), expected))
        self.assertTrue(np.array_equal(ganglion.Network(INT8).run(np.repeat(xs, 2, 0)[::2], ts), expected))
        ones = np.ones((3, 12), int)
        self.assertTrue(np.array_equal(ganglion.Network(INT8).run(ones, 1), ganglion.Network(INT8).run(ones, [1, 1, 1])))
        self.assertEqual(ganglion.Network(INT8).run(np.empty((0, 12)), []).shape, (0, 4))

    def test_a_state_continues_with_every_bit(self):
        xs, ts = steps(60, 12)
        network = ganglion.Network(INT16)
        rest = network.state_digest
        network.run(xs[:20], ts[:20])
        state, digest = network.state, network.state_digest
        self.assertEqual(len(state), network.state_size)
        continued = network.run(xs[20:], ts[20:])
        network.reset()
        self.assertEqual(network.state_digest, rest)
        network.state = state
        self.assertEqual(network.state_digest, digest)
        self.assertTrue(np.array_equal(network.run(xs[20:], ts[20:]), continued))

    def test_a_step_is_its_integers_a_step_of_those_and_a_product(self):
        floats, integers = ganglion.Network(INT8), ganglion.Network(INT8)
        xs, ts = steps(100, 12)
        for x, t in zip(3 * xs, ts):
            given, elapsed = floats.input_integers(x, t)
            self.assertTrue(np.array_equal(given, np.clip(np.rint(x * floats.input_scales), -32767, 32767)))
            found = integers.step_integers(given, elapsed).astype(np.float32) * integers.output_scales
            self.assertTrue(np.array_equal(found, floats.step(x, t)))
        self.assertEqual(floats.state_digest, integers.state_digest)

    def test_quantising_from_arrays_makes_a_network_near_the_original(self):
        xs, ts = steps(400, 12)
        expected = ganglion.Network(FLOAT).run(xs, ts)
        with tempfile.TemporaryDirectory() as folder:
            for arithmetic, bound in (("int16", 2e-3), ("int8", 3e-2)):
                made = ganglion.quantize(FLOAT, Path(folder) / f"{arithmetic}.safetensors", xs, ts, arithmetic)
                network = ganglion.Network(made)
                self.assertEqual(network.arithmetic, arithmetic)
                self.assertEqual(network.input_names, ganglion.Network(FLOAT).input_names)
                error = np.abs(network.run(xs, ts) - expected).max()
                self.assertLess(error, bound)
                self.assertGreater(error, 0)

    def test_half_precision_as_the_command_line_makes_it(self):
        xs, ts = steps(400, 12)
        expected = ganglion.Network(FLOAT).run(xs, ts)
        errors = []
        with tempfile.TemporaryDirectory() as folder:
            nearest, rounded = Path(folder) / "nearest.safetensors", Path(folder) / "rounded.safetensors"
            ganglion.quantize(FLOAT, nearest, xs[:0], ts[:0], "float16")
            ganglion.quantize(FLOAT, rounded, xs, ts, "float16")
            for path in (nearest, rounded):
                network = ganglion.Network(path)
                self.assertEqual(network.arithmetic, "float16")
                errors.append(np.sqrt(((network.run(xs, ts) - expected) ** 2).mean()))
            self.assertLess(max(errors), 1e-3)
            self.assertGreater(min(errors), 0)
            # Rows make the errors of rounding good for each other.
            self.assertLess(errors[1], errors[0])
            command = os.environ.get("GANGLION")
            if command and os.access(command, os.X_OK):
                made = Path(folder) / "made.safetensors"
                subprocess.run([command, "quantize", FLOAT, "--to", "float16", "--output", made], check=True, capture_output=True)
                self.assertEqual(made.read_bytes(), nearest.read_bytes())
            with self.assertRaisesRegex(ganglion.ModelError, "float16"):
                ganglion.quantize(FLOAT, Path(folder) / "none.safetensors", xs, ts, "bfloat16")

    def test_threads_with_one_network_wait_for_each_other(self):
        network = ganglion.Network(INT8)
        xs, _ = steps(1, 12)
        failures = []

        def work():
            for _ in range(300):
                network.reset()
                if not np.all(np.isfinite(network.run(np.repeat(xs, 20, 0), 1))):
                    failures.append("a number is not finite")
                try:
                    network.step(xs[0], -1)
                except ganglion.TimeError:
                    continue
                failures.append("a negative ts was taken")

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])


class Refusals(unittest.TestCase):
    def test_what_cannot_be_stepped_is_refused_and_changes_nothing(self):
        network = ganglion.Network(INT8)
        x = np.zeros(12)
        network.step(x + 0.5, 1)
        digest = network.state_digest
        nan, huge = x.copy(), x.copy()
        nan[3], huge[5] = np.nan, 1e300
        for kind, pattern, call in (
            (ganglion.LengthError, r"\[11\], not \[12\]", lambda: network.step(x[:11], 1)),
            (ganglion.LengthError, r"\[1, 12\], not \[12\]", lambda: network.step(x[None], 1)),
            (ganglion.LengthError, r"\[12\], not \[steps, 12\]", lambda: network.run(x, 1)),
            (ganglion.LengthError, r"\[3\], not \[2\]", lambda: network.run(np.zeros((2, 12)), [1, 1, 1])),
            (ganglion.InputError, "input 3 is not a finite number", lambda: network.step(nan, 1)),
            (ganglion.InputError, "input 5 is not a finite number", lambda: network.step(huge, 1)),
            (ganglion.InputError, "row 1: input 3", lambda: network.run([x, nan], 1)),
            (ganglion.TimeError, "-1.0", lambda: network.step(x, -1)),
            (ganglion.TimeError, "inf", lambda: network.step(x, 1e39)),
            (ganglion.TimeError, "row 1", lambda: network.run([x, x], [1, np.nan])),
            (ganglion.LengthError, "38", lambda: setattr(network, "state", b"123")),
            (ganglion.TimeError, "-1", lambda: network.step_integers(np.zeros(12, int), -1)),
            (ValueError, "16 bits", lambda: network.step_integers(np.full(12, 40000), 1)),
            (ValueError, "32 bits", lambda: network.step_integers(np.zeros(12, int), 2**31)),
            (TypeError, "float64", lambda: network.step_integers(x, 1)),
            (TypeError, "complex", lambda: network.step(x * 1j, 1)),
            (TypeError, "copied", lambda: copy.copy(network)),
            (TypeError, "copied", lambda: copy.deepcopy(network)),
        ):
            with self.subTest(pattern):
                with self.assertRaisesRegex(kind, pattern):
                    call()
                self.assertEqual(network.state_digest, digest)

    def test_integers_of_a_floating_point_network_are_refused(self):
        network = ganglion.Network(FLOAT)
        with self.assertRaisesRegex(ganglion.FixedPointError, "float32"):
            network.input_integers(np.zeros(12), 1)
        with self.assertRaises(ganglion.FixedPointError):
            network.step_integers(np.zeros(12, int), 1)

    def test_a_closed_network_says_so(self):
        with ganglion.Network(INT8) as network:
            pass
        network.close()
        with self.assertRaises(ganglion.ClosedError):
            network.reset()
        with self.assertRaises(ganglion.ClosedError):
            network.step(np.zeros(12), 1)

    def test_files_that_hold_no_network_are_refused(self):
        tensors, metadata = model_file.read_tensors(FLOAT)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bad.safetensors"

            def written(changed, metadata=metadata):
                path.write_bytes(model_digest.sealed(changed, metadata))
                return path

            weight = tensors["cell0.ff1.weight"]
            empty = {name: value[:0] if value.shape[0] == 9 else value for name, value in tensors.items()}
            cases = {
                "not a number": dict(tensors, **{"cell0.ff1.weight": np.full_like(weight, np.nan)}),
                "missing": {name: value for name, value in tensors.items() if name != "cell0.ff1.weight"},
                "of another shape": dict(tensors, **{"cell0.ff1.weight": weight[:, :3]}),
                "of zero neurons": empty,
            }
            for name, changed in cases.items():
                with self.subTest(name), self.assertRaises(ganglion.ModelError):
                    ganglion.Network(written(changed))
            for units in ("0", "100000", "-1", "9e99"):
                text = metadata["ganglion.architecture"].replace('"units":9', f'"units":{units}')
                self.assertNotEqual(text, metadata["ganglion.architecture"])
                with self.subTest(units), self.assertRaises(ganglion.ModelError):
                    ganglion.Network(written(tensors, dict(metadata, **{"ganglion.architecture": text})))
            for content in (b"", b"123", b"\xff" * 100, FLOAT.read_bytes()[:-1]):
                with self.assertRaises(ganglion.ModelError):
                    ganglion.Network(content)
            for place in (folder, Path(folder) / "none", "", "a\0b"):
                with self.subTest(place), self.assertRaises(ganglion.ModelError):
                    ganglion.Network(place)
            with self.assertRaisesRegex(ganglion.KernelError, "abacus.*portable"):
                ganglion.Network(INT8, kernel="abacus")
            target = Path(folder) / "made"
            for arguments in (
                (INT8, target, np.zeros((5, 12)), 1), (FLOAT, target, np.zeros((0, 12)), 1),
                (FLOAT, target, np.zeros((5, 12)), 1, "int4"), (FLOAT, Path(folder) / "no/where", np.ones((5, 12)), 1),
            ):
                with self.assertRaises(ganglion.ModelError):
                    ganglion.quantize(*arguments)
            with self.assertRaises(ganglion.LengthError):
                ganglion.quantize(FLOAT, target, np.zeros((5, 11)), 1)
            self.assertFalse(target.exists())

    def test_a_library_that_is_not_there_is_named(self):
        environment = dict(os.environ, GANGLION_LIBRARY="/nowhere/libganglion.so")
        script = f"import ganglion; ganglion.Network({str(INT8)!r})"
        result = self.python(script, environment)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("LibraryError", result.stderr)
        self.assertIn("/nowhere/libganglion.so", result.stderr)

    def test_the_package_finds_a_library_beside_itself(self):
        from ganglion import library

        with tempfile.TemporaryDirectory() as folder:
            package = Path(folder) / "ganglion"
            shutil.copytree(Path(ganglion.__file__).parent, package)
            shutil.copy(library.load()._name, package / "libganglion.so")
            environment = dict(os.environ, PYTHONPATH=folder)
            environment.pop("GANGLION_LIBRARY", None)
            script = f"import ganglion; print(ganglion.__file__, ganglion.Network({str(INT8)!r}))"
            result = self.python(script, environment)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn(folder, result.stdout)

    def python(self, script: str, environment: dict) -> subprocess.CompletedProcess:
        environment.setdefault("PYTHONPATH", str(paths.ROOT / "scripts" / "python"))
        return subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
        )


if __name__ == "__main__":
    unittest.main()
