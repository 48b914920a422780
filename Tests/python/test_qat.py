"""Training in PyTorch with the vehicle's integers: the same bits forward."""

import re
import subprocess
import sys
import unittest
from pathlib import Path

import numpy as np

import paths

import ganglion
import parity_model
from qat import MODELS, NARROW, Folder, hostile, needs_torch, same_bits, same_integers

if paths.have("torch"):
    import torch

    from ganglion.torch import QuantisedNetwork, exact, tables


class WithoutTorch(unittest.TestCase):
    def python(self, script: str) -> subprocess.CompletedProcess:
        environment = {"PYTHONPATH": str(paths.ROOT / "scripts" / "python"), "PATH": "/usr/bin"}
        return subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
        )

    def test_the_package_does_not_import_torch(self):
        result = self.python("import sys, ganglion; print('torch' in sys.modules, 'ganglion.torch' in sys.modules)")
        self.assertEqual(result.stdout.split(), ["False", "False"], result.stderr)

    def test_the_module_says_what_to_install(self):
        result = self.python("import sys; sys.modules['torch'] = None; import ganglion.torch")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("pip install torch", result.stderr)


@needs_torch
class SameBits(Folder):
    def compare(self, model: Path, xs, ts, batch: int = 1):
        """The module's outputs and states, and the library's, on `batch` sequences."""
        inputs = torch.from_numpy(xs.reshape(batch, -1, xs.shape[1]))
        times = torch.from_numpy(ts.reshape(batch, -1))
        module = QuantisedNetwork(model)
        self.assertTrue(same_integers(module, model), f"{model.name}: the integers are not those of the file")
        with torch.no_grad():
            outputs, state = module(inputs, times)
        with ganglion.Network(model) as network:
            for row in range(batch):
                network.reset()
                expected = network.run(inputs[row], times[row])
                self.assertTrue(same_bits(outputs[row], expected), f"{model.name}, row {row}")
                self.assertEqual(state[row].to_bytes(), network.state)

    def test_networks_of_every_mode(self):
        for name, case in parity_model.BY_NAME.items():
            if sum(cell["units"] for cell in case["cells"]) > 64:
                continue
            for arithmetic in ("int8", "int16"):
                with self.subTest(name, arithmetic=arithmetic):
                    self.compare(self.models(name, arithmetic)[1], *hostile(case, 3200), batch=16)

    def test_large_networks_with_several_blocks_of_columns(self):
        for name in ("dense-302-backbone-1", "wired-302-default"):
            for arithmetic in ("int8", "int16"):
                with self.subTest(name, arithmetic=arithmetic):
                    model = self.models(name, arithmetic, calibration=20)[1]
                    self.compare(model, *hostile(parity_model.BY_NAME[name], 800), batch=8)

    def test_inputs_that_leave_bits_to_the_weights(self):
        for name in NARROW:
            with self.subTest(name=name):
                trained, model = self.wandering(name)
                self.assertLess(ganglion.Network(model).input_limit, 32767)
                self.compare(model, *hostile(parity_model.BY_NAME[name], 200))
                self.assertTrue(same_integers(QuantisedNetwork(model, trained), model))

    def test_the_shipped_models_over_thousands_of_steps(self):
        for name in ("ncp19-int8", "ncp19-int16", "cfc64-int8", "cfc64-int16"):
            xs, ts = hostile({"inputs": 12, "seed": 3}, 4000)
            with self.subTest(name):
                self.compare(MODELS / f"quadrotor-{name}.safetensors", 4 * xs, 2 * ts)

    def test_gradients_leave_the_bits_alone(self):
        xs, ts = hostile(parity_model.BY_NAME["mixed-19-keras"], 300)
        _, model = self.models("mixed-19-keras", "int8")
        given = (torch.from_numpy(values).requires_grad_() for values in (xs, ts))
        outputs, state = QuantisedNetwork(model)(*given)
        network = ganglion.Network(model)
        self.assertTrue(same_bits(outputs.detach(), network.run(xs, ts)))
        self.assertEqual(state.to_bytes(), network.state)

    def test_parts_of_a_sequence_and_rows_of_a_batch_are_the_whole(self):
        case = parity_model.BY_NAME["mixed-64-projection"]
        xs, ts = (torch.from_numpy(values) for values in hostile(case, 60))
        module = QuantisedNetwork(self.models(case["name"], "int8")[1])
        with torch.no_grad():
            whole, end = module(xs, ts)
            first, state = module(xs[:25], ts[:25])
            none, state = module(xs[25:25], ts[25:25], state)
            rest, state = module(xs[25:], ts[25:], state)
            both, states = module(torch.stack((xs, xs.flip(0))), ts)
            alone, _ = module(xs.flip(0), ts)
            steady, _ = module(xs, 1.5)
            same, _ = module(xs.numpy().astype(np.float64), np.full(60, 1.5))
        self.assertEqual(tuple(none.shape), (0, 4))
        self.assertTrue(torch.equal(torch.cat((first, rest)), whole))
        self.assertEqual(state.to_bytes(), end.to_bytes())
        self.assertTrue(torch.equal(both[0], whole) and torch.equal(both[1], alone))
        self.assertEqual(states[0].to_bytes(), end.to_bytes())
        self.assertTrue(torch.equal(steady, same))
        self.assertEqual((whole.dtype, tuple(whole.shape)), (torch.float32, (60, 4)))

    def test_the_tables_are_those_of_the_core(self):
        text = (paths.ROOT / "Sources" / "LiquidCore" / "ActivationTables.swift").read_text()
        found = dict(re.findall(r"let (\w+): InlineArray<\d+, \w+> = \[([^\]]*)\]", text))
        for name, numbers in (("tanhTable", tables.TANH), ("normalTable", tables.NORMAL), ("powerTable", tables.POWER)):
            self.assertEqual([int(number) for number in found[name].replace(",", " ").split()], list(numbers))

    def test_functions_of_integers_are_near_their_definition(self):
        x = torch.arange(-(1 << 20), 1 << 20, 3)
        for fraction in (7, 12, 17, 20):
            real = x.double() * 2.0**-fraction
            for function, wanted, bits in (
                (exact.tanh, torch.tanh(real), 30), (exact.sigmoid, torch.sigmoid(real), 31),
                (exact.normal, torch.special.ndtr(real), 31),
            ):
                error = (function(x, fraction).double() * 2.0**-bits - wanted).abs().max().item()
                self.assertLess(error, 1.5 * 2.0**-15, f"{function.__name__}, {fraction}")
        x = torch.arange(0, 1 << 25, 1001)
        error = (exact.decay(x).double() * 2.0**-30 - torch.exp(-x.double() * 2.0**-20)).abs().max().item()
        self.assertLess(error, 1e-6)


if __name__ == "__main__":
    unittest.main()
