"""Training with the vehicle's integers: what is refused."""

import json
import unittest

import numpy as np

import paths

import ganglion
from ganglion import model_digest, safetensors
from qat import FLOAT, INT16, INT8, Folder, needs_torch

if paths.have("torch"):
    import torch

    from ganglion.torch import QuantisedNetwork, State
    from ganglion.torch.network import architecture_of


@needs_torch
class Refusals(Folder):
    def test_what_cannot_be_stepped_is_refused(self):
        module = QuantisedNetwork(INT8)
        x, nan = torch.zeros(2, 12), torch.zeros(2, 12)
        nan[1, 3] = torch.nan
        _, state = module(x, 1)
        _, states = module(torch.zeros(3, 2, 12), 1)
        _, other = QuantisedNetwork(self.models("mixed-19", "int8")[1])(torch.zeros(1, 10), 1)
        cells = state.cells
        for kind, pattern, arguments in (
            (ganglion.LengthError, r"\[2, 11\], not \[steps, 12\]", (x[:, :11], 1)),
            (ganglion.LengthError, r"\[12\], not \[steps, 12\]", (x[0], 1)),
            (ganglion.LengthError, r"\[1, 1, 2, 12\]", (x[None, None], 1)),
            (ganglion.LengthError, r"ts has shape \[3\]", (x, torch.ones(3))),
            (ganglion.LengthError, r"ts has shape \[1, 2\]", (x, torch.ones(1, 2))),
            (ganglion.LengthError, r"ts has shape \[2, 2\]", (torch.zeros(3, 2, 12), torch.ones(2, 2))),
            (ganglion.InputError, "row 1: input 3 is not a finite number", (nan, 1)),
            (ganglion.InputError, "sequence 1, row 1: input 3", (torch.stack((x, nan)), 1)),
            (ganglion.InputError, "row 0: input 0", (np.full((2, 12), 1e39), 1)),
            (ganglion.TimeError, "row 0: ts is -1.0", (x, -1)),
            (ganglion.TimeError, "row 1: ts is nan", (x, [1, float("nan")])),
            (ganglion.TimeError, "row 0: ts is inf", (x, 1e39)),
            (ganglion.LengthError, r"state of cell 0 has shape \[9\], not \[1, 9\]", (x[None], 1, state)),
            (ganglion.LengthError, r"state of cell 0 has shape \[3, 9\], not \[9\]", (x, 1, states)),
            (ganglion.LengthError, "another network", (x, 1, other)),
            (ganglion.LengthError, "another network", (x, 1, State(cells[:2]))),
            (ganglion.InputError, "state of cell 0.*integers", (x, 1, State((cells[0] + 0.5, *cells[1:])))),
            (ganglion.InputError, "state of cell 1", (x, 1, State((cells[0], cells[1] * torch.nan, cells[2])))),
            (ganglion.InputError, "state of cell 2", (x, 1, State((*cells[:2], cells[2] + 40000)))),
            (ganglion.InputError, "float32", (x, 1, State(tuple(cell.float() for cell in cells)))),
            (TypeError, "bytes", (x, 1, state.to_bytes())),
            (TypeError, "complex", (x * 1j, 1)),
            (TypeError, "str|object", ([["a"] * 12], 1)),
        ):
            with self.subTest(pattern), self.assertRaisesRegex(kind, pattern):
                module(*arguments)
        with self.assertRaisesRegex(ganglion.LengthError, "batch"):
            states.to_bytes()
        with self.assertRaisesRegex(ganglion.LengthError, "batch"):
            state[0]

    def test_files_that_cannot_be_trained_are_refused(self):
        _, other = self.models("dense-19", "int8")
        with self.assertRaisesRegex(ganglion.FixedPointError, "float32"):
            QuantisedNetwork(FLOAT)
        with self.assertRaisesRegex(ganglion.ModelError, "is int16"):
            QuantisedNetwork(INT8, INT16)
        with self.assertRaisesRegex(ganglion.ModelError, "another architecture"):
            QuantisedNetwork(other, FLOAT)
        for content in (b"", b"\xff" * 100, INT8.read_bytes()[:-1], self.folder, self.folder / "none", "a\0b"):
            with self.subTest(content), self.assertRaises(ganglion.ModelError):
                QuantisedNetwork(content)
        tensors, metadata = safetensors.decode(INT8.read_bytes())
        for name, value in (
            ("cell0.heads.multiplier", 0), ("cell0.heads.format", 31), ("time.format", -1),
            ("cell0.heads.bias", 2**31 - 1),
        ):
            changed = dict(tensors, **{name: np.full_like(tensors[name], value)})
            content = model_digest.sealed(changed, metadata)
            with self.subTest(name), self.assertRaises(ganglion.ModelError):
                QuantisedNetwork(content)

    def test_cells_of_another_kind_are_refused(self):
        cells = [{"mode": "ltc", "units": 3, "unfolds": 6}]
        with self.assertRaisesRegex(ganglion.ModelError, "cell 0: a cell of mode ltc cannot be trained"):
            architecture_of({"ganglion.architecture": json.dumps({"cells": cells})})

    def test_a_trained_model_that_was_not_quantised_is_refused(self):
        weights, metadata = safetensors.decode(FLOAT.read_bytes())
        changed = dict(weights, **{"cell0.time_a.weight": np.zeros_like(weights["cell0.time_a.weight"])})
        content = model_digest.sealed(changed, metadata)
        with self.assertRaisesRegex(ganglion.ModelError, "cell0.heads: a synapse that is zero in the trained model"):
            QuantisedNetwork(INT8, content)

    def test_weights_that_diverged_are_refused_and_not_written(self):
        for name, pattern in (("dense-19", "cell0.heads: a weight"), ("dense-19-pure", "cell0: w_tau or a")):
            module = QuantisedNetwork(self.models(name, "int8")[1])
            cell = module.cells[0]
            with torch.no_grad():
                (cell.w_tau if cell.mode == "pure" else cell.heads.weight).view(-1)[0] = torch.nan
            with self.assertRaisesRegex(ganglion.ModelError, pattern):
                module(torch.zeros(1, 10), 1)
            with self.assertRaisesRegex(ganglion.ModelError, pattern):
                module.save(self.folder / "diverged.safetensors")
        with self.assertRaisesRegex(ganglion.ModelError, "No such file"):
            QuantisedNetwork(INT8).save(self.folder / "no" / "where.safetensors")
        self.assertFalse(list(self.folder.glob("diverged*")))


if __name__ == "__main__":
    unittest.main()
