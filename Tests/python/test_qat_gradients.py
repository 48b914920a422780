"""Training with the vehicle's integers: the smooth network's gradients backward."""

import json
import unittest

import paths

import generator
import parity_model
from ganglion import safetensors
from qat import INT8, Folder, needs_torch

if paths.have("torch"):
    import torch

    from ganglion.torch import QuantisedNetwork


def smooth_network(module, xs, ts):
    """The outputs of the float network with the module's master weights, by docs/model-format.md."""
    lecun = lambda x: 1.7159 * torch.tanh(0.666 * x)
    activations = {
        "lecun_tanh": lecun, "tanh": torch.tanh, "relu": torch.relu, "silu": torch.nn.functional.silu,
        "gelu": torch.nn.functional.gelu,
    }
    architecture = json.loads(safetensors.decode(module.encoded())[1]["ganglion.architecture"])
    affine = lambda map, x: torch.nn.functional.linear(x, map.weight, map.bias)
    states = [torch.zeros(cell.units, dtype=torch.float64) for cell in module.cells]
    c = torch.zeros_like(states[0])
    outputs = []
    for x, t in zip(xs, ts):
        if module.memory is not None:
            i, w, f, o = affine(module.memory.gates, torch.cat((x, states[0]))).chunk(4)
            c = c * torch.sigmoid(f) + torch.tanh(i) * torch.sigmoid(w)
            m = torch.tanh(c) * torch.sigmoid(o)
            if module.memory.role == "feeds_input":
                x = m
            else:
                states[0] = m
        for k, (cell, shape) in enumerate(zip(module.cells, architecture["cells"])):
            x = torch.cat((x, states[k]))
            for layer in cell.backbone:
                x = activations[shape["backbone_activation"]](affine(layer, x))
            heads = affine(cell.heads, x)
            if shape["mode"] == "pure":
                x = cell.a - cell.a * torch.exp(-t * (cell.w_tau.abs() + heads.abs())) * heads
            else:
                g, h, slope, offset = heads.chunk(4)
                head = {"tanh": torch.tanh, "linear": lambda x: x, "lecun_tanh": lecun}[shape["head_activation"]]
                s = torch.sigmoid(slope * t + offset)
                x = head(g) + s * (head(h) - (head(g) if shape["mode"] == "default" else 0))
            states[k] = x
        outputs.append(x[: len(module.outputs)] if module.projection is None else affine(module.projection, x))
    return torch.stack(outputs)


@needs_torch
class Gradients(Folder):
    def compare(self, name: str, with_trained: bool):
        """The distance of each gradient from the smooth network's, over the length of that."""
        case = parity_model.BY_NAME[name]
        trained, model = self.models(name, "int16")
        module = QuantisedNetwork(model, trained if with_trained else None)
        recorded = generator.inputs(dict(case, steps=40))
        xs, ts = (torch.from_numpy(values).clamp(-0.9, 2.9).requires_grad_() for values in recorded)
        wanted = torch.linspace(-1, 1, case["outputs"])
        parameters = {**dict(module.named_parameters()), "inputs": xs, "ts": ts}
        buffers = dict(module.named_buffers())
        masks = {key.replace("masked", "weight"): buffers[key] for key in buffers if key.endswith("masked")}

        def gradients(outputs):
            found = torch.autograd.grad((outputs - wanted).square().mean(), list(parameters.values()))
            # A masked synapse has no gradient, whatever the smooth network says.
            return {
                key: value.double().masked_fill(masks[key], 0) if key in masks else value.double()
                for key, value in zip(parameters, found)
            }

        found, expected = gradients(module(xs, ts)[0]), gradients(smooth_network(module, xs.double(), ts.double()))
        return {key: ((found[key] - value).norm() / value.norm()).item() for key, value in expected.items()}

    def test_gradients_are_those_of_the_smooth_network(self):
        for name in (
            "wired-19-default", "wired-19-no_gate", "wired-19-pure", "wired-19-linear", "wired-19-projection",
            "dense-34-silu", "dense-34-relu", "dense-34-tanh", "dense-34-gelu", "dense-34-lecun-heads",
            "dense-34-linear-no_gate", "dense-34-pure-backbone-1", "mixed-19", "mixed-19-keras",
            "mixed-34-keras-no_gate", "mixed-19-keras-pure",
        ):
            for with_trained in (True, False):
                with self.subTest(name, with_trained=with_trained):
                    for key, distance in self.compare(name, with_trained).items():
                        self.assertLess(distance, 1e-3, key)

    def test_what_is_cut_off_has_no_gradient(self):
        module = QuantisedNetwork(INT8)
        xs = torch.zeros(4, 12)
        xs[1, 2], xs[2, 3] = 1e6, -1e6
        ts = torch.tensor([1.0, 1.0, 1.0, 1e6])
        xs, ts = xs.requires_grad_(), ts.requires_grad_()
        outputs, _ = module(xs, ts)
        outputs.sum().backward()
        self.assertEqual((xs.grad[1, 2], xs.grad[2, 3], ts.grad[3]), (0, 0, 0))
        self.assertTrue(xs.grad[1, 3] != 0 and ts.grad[2] != 0)
        heads = module.cells[2].heads
        with torch.no_grad():
            heads.weight[0, 0] = 1e9 * heads.weight_unit[0, 0]
        module.zero_grad()
        module(xs, ts)[0].sum().backward()
        self.assertEqual(heads.weight.grad[0, 0], 0)
        self.assertNotEqual(heads.weight.grad[0, 1], 0)

    def test_the_largest_weight_of_a_row_has_a_gradient(self):
        # It lies at the end of what its bits hold, but for the last bit of a float.
        _, model = self.models("wired-19-projection", "int16")
        module = QuantisedNetwork(model)
        self.assertEqual(module.projection.integers().weight.abs().max(), 32767)
        module(torch.ones(5, 10), 1.0)[0].sum().backward()
        self.assertTrue((module.projection.weight.grad != 0).all())

    def test_detached_states_end_a_history(self):
        module = QuantisedNetwork(INT8)
        xs = torch.ones(3, 12, requires_grad=True)
        for is_detached in (False, True):
            _, state = module(xs, 1.0)
            outputs, _ = module(torch.zeros(2, 12), 1.0, state.detach() if is_detached else state)
            xs.grad = None
            outputs.sum().backward()
            self.assertEqual(xs.grad is None, is_detached)


if __name__ == "__main__":
    unittest.main()
