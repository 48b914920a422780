"""Training with the vehicle's integers: what it comes to, and what is kept of it."""

import copy
import json
import unittest

import numpy as np

import paths

import ganglion
import generator
import parity_model
from ganglion import safetensors
from qat import INT16, INT8, Folder, hostile, needs_torch, same_bits, same_integers

if paths.have("torch"):
    import torch

    from ganglion.torch import QuantisedNetwork
    from ganglion.widths import joined


@needs_torch
class FineTuning(Folder):
    def train(self, module, xs, ts, wanted, steps: int, rate: float, span: int = 25):
        """Truncated backpropagation through time on [batch, steps, ...], towards `wanted`."""
        optimiser = torch.optim.Adam(module.parameters(), lr=rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
        start = xs.shape[1]
        for _ in range(steps):
            if start + span > xs.shape[1]:
                start, state = 0, None
            part = slice(start, start + span)
            outputs, state = module(xs[:, part], ts[:, part], state)
            state, start = state.detach(), start + span
            optimiser.zero_grad()
            torch.nn.functional.mse_loss(outputs, wanted[:, part]).backward()
            optimiser.step()
            schedule.step()

    def test_fine_tuning_lowers_the_error_of_quantisation(self):
        case = parity_model.BY_NAME["dense-34-linear"]
        trained, _ = self.models(case["name"], "int8")
        xs, ts = (values.reshape(20, 200, *values.shape[1:]) for values in generator.inputs(dict(case, steps=4000)))
        fresh = generator.inputs(dict(case, steps=2000, seed=7))
        wanted = np.stack([ganglion.Network(trained).run(*sequence) for sequence in zip(xs, ts)])
        expected = ganglion.Network(trained).run(*fresh)
        module = QuantisedNetwork.quantising(trained, xs[:5].reshape(1000, -1), ts[:5].reshape(1000), "int8")

        def error():
            return np.sqrt(np.square(module.network().run(*fresh) - expected).mean())

        before = error()
        self.train(module, *(torch.from_numpy(values) for values in (xs, ts, wanted)), steps=200, rate=3e-4)
        self.assertLess(error() / before, 0.7)

    def test_what_is_saved_computes_what_was_trained(self):
        for name in ("wired-19-default", "dense-34-relu", "mixed-19-keras", "dense-19-pure", "mixed-64-projection"):
            with self.subTest(name):
                trained, model = self.models(name, "int8")
                module = QuantisedNetwork(model, trained)
                xs, ts = (torch.from_numpy(values) for values in hostile(parity_model.BY_NAME[name], 200))
                wanted = torch.zeros(1, 200, len(module.outputs))
                self.train(module, xs[None], ts[None], wanted, steps=8, rate=1e-2)
                path = module.save(self.folder / "tuned.safetensors", {"epochs": "8"})
                self.assertFalse(same_integers(module, model))
                with torch.no_grad():
                    outputs, state = module(xs, ts)
                network = ganglion.Network(path)
                self.assertTrue(same_bits(outputs, network.run(xs, ts)))
                self.assertEqual(state.to_bytes(), network.state)
                again = QuantisedNetwork(path, trained)
                self.assertTrue(torch.equal(again(xs, ts)[0], outputs))
                provenance = json.loads(safetensors.decode(path.read_bytes())[1]["ganglion.provenance"])
                self.assertEqual((provenance["epochs"], provenance["fine_tuned"]), ("8", "ganglion.torch"))

    def test_masked_synapses_stay_zero(self):
        trained, model = self.models("wired-19-default", "int8")
        weights = safetensors.decode(trained.read_bytes())[0]
        before = safetensors.decode(model.read_bytes())[0]
        recorded = generator.inputs(dict(parity_model.BY_NAME["wired-19-default"], steps=50))
        xs, ts = (torch.from_numpy(values) for values in recorded)
        for named in (trained, None):
            module = QuantisedNetwork(model, named)
            self.train(module, xs[None], ts[None], torch.ones(1, 50, 1), steps=10, rate=0.05)
            after = safetensors.decode(module.encoded())[0]
            revived = hidden = 0
            for k in range(3):
                name = f"cell{k}.heads"
                heads = [weights[f"cell{k}.{head}.weight"] for head in ("ff1", "ff2", "time_a", "time_b")]
                masked = np.concatenate(heads) == 0
                hidden += masked.sum()
                (old, _), (new, _) = joined(before, name), joined(after, name)
                self.assertFalse(new[masked].any())
                self.assertGreater((new != old).sum(), 0)
                revived += ((old == 0) & (new != 0)).sum()
            self.assertGreater(hidden, 0)
            # Weights that quantising rounded to zero live on where the trained model tells them from masked ones.
            self.assertEqual(revived > 0, named is not None)

    def test_weights_of_any_size_stay_proven(self):
        # In the first the result of a row reaches its bound first, in the second the sum of 528 columns of 8 bits.
        for name in ("dense-34-linear", "dense-512-projection", "mixed-19-pure"):
            with self.subTest(name):
                _, model = self.models(name, "int8", calibration=20)
                module = QuantisedNetwork(model)
                torch.manual_seed(1)
                with torch.no_grad():
                    for parameter in module.parameters():
                        parameter *= 1e4 * torch.rand_like(parameter)
                xs, ts = hostile(parity_model.BY_NAME[name], 100)
                network = module.network()
                heads = module.cells[0].heads
                weight = (heads.weight / heads.weight_unit).round().clamp(-heads.limit, heads.limit)
                self.assertFalse(torch.equal(weight, heads.integers().weight), "no row had to be made smaller")
                with torch.no_grad():
                    outputs, state = module(torch.from_numpy(xs), torch.from_numpy(ts))
                self.assertTrue(same_bits(outputs, network.run(xs, ts)))
                self.assertEqual(state.to_bytes(), network.state)

    def test_a_module_is_copied_and_its_weights_are_kept(self):
        module = QuantisedNetwork(INT8)
        xs = torch.ones(3, 12)
        with torch.no_grad():
            module.cells[0].heads.bias += 0.1
        expected = module(xs, 1.0)[0]
        self.assertTrue(torch.equal(copy.deepcopy(module)(xs, 1.0)[0], expected))
        torch.save(module.state_dict(), self.folder / "weights.pt")
        again = QuantisedNetwork(INT8)
        self.assertFalse(torch.equal(again(xs, 1.0)[0], expected))
        again.load_state_dict(torch.load(self.folder / "weights.pt", weights_only=True))
        self.assertTrue(torch.equal(again(xs, 1.0)[0], expected))
        with self.assertRaisesRegex(ganglion.ModelError, "other formats"):
            QuantisedNetwork(INT16).load_state_dict(module.state_dict())


    def test_parameters_of_another_precision_are_computed_as_they_are(self):
        for name in ("mixed-64-drone", "dense-19-pure"):
            case = parity_model.BY_NAME[name]
            xs, ts = hostile(case, 50)
            _, model = self.models(name, "int8")
            kind = torch.nn.Module
            for convert in (kind.float, kind.half, kind.bfloat16, kind.double):
                with self.subTest(name, convert=convert.__name__):
                    module = convert(QuantisedNetwork(model))
                    outputs, _ = module(torch.from_numpy(xs), torch.from_numpy(ts))
                    self.assertTrue(same_bits(outputs.detach(), module.network().run(xs, ts)))
                    outputs.sum().backward()
                    self.assertTrue(same_integers(module, model) or convert is not kind.double)


if __name__ == "__main__":
    unittest.main()
