"""The reference of the parity cases is the mathematics of ncps.torch, and the committed cases are its answers."""

import unittest

import numpy as np

import paths

import generator
import make_fixtures
from cases import CASES


@unittest.skipUnless(paths.have("torch", "ncps"), "torch and ncps are not installed")
class ReferenceAgainstNcpsTorch(unittest.TestCase):
    """Every case that ncps.torch can express, cell by cell, in float64."""

    def cell(self, shape, made, inputs):
        import torch
        from ncps.torch import CfCCell

        if shape["mode"] == "ltc":
            return self.ltc(shape, made, inputs)
        widths = shape["backbone"]
        cell = CfCCell(
            inputs, shape["units"], shape["mode"], shape["backbone_activation"], widths[0] if widths else 0, len(widths)
        ).double()
        linears = [module for module in (cell.backbone or []) if isinstance(module, torch.nn.Linear)]
        pairs = list(zip(linears, made.backbone)) + [(cell.ff1, made.ff1)]
        if shape["mode"] != "pure":
            pairs += [(cell.ff2, made.ff2), (cell.time_a, made.time_a), (cell.time_b, made.time_b)]
        with torch.no_grad():
            for linear, affine in pairs:
                linear.weight.copy_(torch.from_numpy(affine.weight))
                linear.bias.copy_(torch.from_numpy(affine.bias))
            if shape["mode"] == "pure":
                cell.w_tau.copy_(torch.from_numpy(made.w_tau)[None])
                cell.A.copy_(torch.from_numpy(made.a)[None])
        return cell

    def ltc(self, shape, made, inputs):
        import torch
        from ncps.torch import LTCCell
        from ncps.wirings import FullyConnected

        cell = LTCCell(
            FullyConnected(shape["units"]), inputs, input_mapping=None, output_mapping=None, ode_unfolds=shape["unfolds"]
        ).double()
        with torch.no_grad():
            for prefix, part in (("sensory_", np.s_[:, :inputs]), ("", np.s_[:, inputs:])):
                slope, offset = (np.float64(value[part]) for value in (made.slope, made.offset))
                for name, value in (
                    ("w", made.weight[part]), ("erev", made.reversal[part]), ("sigma", slope), ("mu", -offset / slope)
                ):
                    getattr(cell, prefix + name).copy_(torch.from_numpy(np.float64(value.T)))
            for name, value in (("cm", made.capacitance), ("gleak", made.leak), ("vleak", made.leak_reversal)):
                getattr(cell, name).copy_(torch.from_numpy(value))
        return cell

    def memory(self, made, inputs, units):
        import torch
        from ncps.torch.lstm import LSTMCell

        lstm = LSTMCell(inputs, units).double()
        weight, bias = made.memory_gates.weight, made.memory_gates.bias.astype(np.float64)
        bias[2 * units : 3 * units] -= 1.0
        with torch.no_grad():
            lstm.input_map.weight.copy_(torch.from_numpy(weight[:, :inputs]))
            lstm.input_map.bias.copy_(torch.from_numpy(bias))
            lstm.recurrent_map.weight.copy_(torch.from_numpy(weight[:, inputs:]))
        return lstm

    def test_every_case_that_ncps_torch_can_express(self):
        import torch

        compared = 0
        for case in CASES:
            heads = {shape["head_activation"] for shape in case["cells"] if shape["mode"] not in ("pure", "ltc")}
            if heads - {"tanh"} or case["memory"] == "feeds_input":
                continue
            with self.subTest(case["name"]), torch.no_grad():
                made = generator.model(case)
                xs, ts = generator.inputs(case)
                expected = made.run(xs, ts)
                cells, read = [], case["inputs"]
                for shape, part in zip(case["cells"], made.cells):
                    cells.append(self.cell(shape, part, read))
                    read = shape["units"]
                lstm = self.memory(made, case["inputs"], read) if case["memory"] else None
                states = [torch.zeros(1, shape["units"], dtype=torch.float64) for shape in case["cells"]]
                memory = torch.zeros_like(states[0])
                found = []
                for x, t in zip(torch.from_numpy(xs).double(), torch.from_numpy(ts).double()):
                    value = x[None]
                    if lstm is not None:
                        states[0], memory = lstm(value, (states[0], memory))
                    for k, cell in enumerate(cells):
                        value, states[k] = cell(value, states[k], t)
                    found.append(value[0].numpy())
                found = np.stack(found)
                if case["projection"]:
                    found = found @ made.projection.weight.T.astype(np.float64) + made.projection.bias
                self.assertLess(np.abs(found[:, : case["outputs"]] - expected).max(), 1e-10)
                compared += 1
        self.assertGreaterEqual(compared, 35)


class CommittedFixtures(unittest.TestCase):
    def test_are_what_the_script_makes(self):
        self.assertEqual(make_fixtures.differences(make_fixtures.make()), [])


if __name__ == "__main__":
    unittest.main()
