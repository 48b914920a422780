"""Training in PyTorch with the vehicle's integers: the same bits forward, the smooth network's gradients backward."""

import copy
import json
import re
import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

import numpy as np

import paths

import ganglion
import generator
import parity_model
from ganglion import model_digest, safetensors

HAVE_TORCH = paths.have("torch")
if HAVE_TORCH:
    import torch

    from ganglion.torch import QuantisedNetwork, State, exact, tables
    from ganglion.torch.network import architecture_of
    from ganglion.widths import joined

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
