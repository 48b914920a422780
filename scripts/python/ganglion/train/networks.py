"""The networks that are trained, as ncps builds them, and a fast way to run them over many sequences.

ncps steps one module at a time and cannot take a different elapsed time for each sequence of a batch (its
`timespans` are only right for one sequence, or repeated for every unit). `Runner` reads the very same
parameters and computes the same function for a batch; `check_against_ncps` shows that it does.
"""

import re
from pathlib import Path

import numpy as np
import torch
from ncps.torch import CfC, WiredCfCCell
from ncps.wirings import AutoNCP
from torch import nn

from ..export.model_file import read_tensors
from .errors import TrainingError

LECUN_GAIN, LECUN_SLOPE = 1.7159, 0.666


def parsed(kind: str) -> tuple[str, int]:
    """Kind and number of neurons of a network's name: "ncp19" (wired) or "cfc64" (dense, with a projection)."""
    found = re.fullmatch(r"(ncp|cfc)([1-9]\d{0,2})", kind)
    if not found:
        raise TrainingError(f'unknown network "{kind}": give ncp or cfc and a number of neurons, for example ncp19 or cfc64')
    return found[1], int(found[2])


def build(kind: str, inputs: int, outputs: int, seed: int) -> CfC:
    """An untrained network: "ncp19" (wired, 19 neurons), "cfc64" (dense, 64 neurons, projection), or of other sizes."""
    family, neurons = parsed(kind)
    torch.manual_seed(seed)
    if family == "cfc":
        return CfC(inputs, neurons, proj_size=outputs, backbone_units=neurons, backbone_layers=1, batch_first=True)
    if neurons < outputs + 3:
        raise TrainingError(f"{kind}: a wired network of {outputs} outputs needs at least {outputs + 3} neurons")
    # AutoNCP draws its synapses from its own generator; its default seed is part of the recipe.
    return CfC(inputs, AutoNCP(neurons, outputs, sparsity_level=0.5), batch_first=True)


def start_from(network: CfC, file: Path) -> None:
    """Gives a network the weights of a checkpoint (.pt) of an earlier training, or of a float32 model (.safetensors)."""
    if file.suffix != ".safetensors":
        network.load_state_dict(torch.load(file, weights_only=True))
        return
    tensors, metadata = read_tensors(file)
    if metadata.get("ganglion.arithmetic") != "float32":
        raise TrainingError(f"{file}: is no float32 model of Ganglion, from which alone a training can go on")
    wanted = {}
    for number, cell in enumerate(Runner(network).cells):
        wanted |= {f"cell{number}.{head}": getattr(cell, head) for head in ("ff1", "ff2", "time_a", "time_b")}
        if cell.backbone is not None:
            wanted[f"cell{number}.backbone0"] = cell.backbone[0]
    if isinstance(network.fc, nn.Linear):
        wanted["projection"] = network.fc
    names = {f"{name}.{part}" for name in wanted for part in ("weight", "bias")}
    shapes = {f"{name}.{part}": tuple(getattr(layer, part).shape) for name, layer in wanted.items() for part in ("weight", "bias")}
    if names != set(tensors) or any(tensors[name].shape != shape for name, shape in shapes.items()):
        raise TrainingError(f"{file}: has another network than the one to be trained: other sizes, inputs or outputs")
    with torch.no_grad():
        for name, layer in wanted.items():
            layer.weight.copy_(torch.from_numpy(tensors[f"{name}.weight"].copy()))
            layer.bias.copy_(torch.from_numpy(tensors[f"{name}.bias"].copy()))


def _heads(cell: nn.Module) -> tuple[torch.Tensor, torch.Tensor]:
    """Weights and biases of the four heads in one matrix: ff1, ff2, time_a, time_b; masks applied."""
    mask = cell.sparsity_mask if cell.sparsity_mask is not None else 1.0
    weight = torch.cat([cell.ff1.weight * mask, cell.ff2.weight * mask, cell.time_a.weight, cell.time_b.weight])
    bias = torch.cat([cell.ff1.bias, cell.ff2.bias, cell.time_a.bias, cell.time_b.bias])
    return weight, bias


def _renew(z: torch.Tensor, units: int, ts: torch.Tensor) -> torch.Tensor:
    """The new state from the heads' sums `z` [batch, 4 units] and the elapsed time `ts` [batch, 1]."""
    heads = torch.tanh(z[:, : 2 * units])
    gate = torch.sigmoid(torch.addcmul(z[:, 3 * units :], z[:, 2 * units : 3 * units], ts))
    return torch.lerp(heads[:, :units], heads[:, units:], gate)


class Runner:
    """Runs an ncps CfC (mode default) over a batch of sequences with an elapsed time for each step of each."""

    def __init__(self, network: CfC):
        self.network = network
        self.cells = list(cell._layers) if isinstance(cell := network.rnn_cell, WiredCfCCell) else [cell]
        self.units = [cell.hidden_size for cell in self.cells]

    @property
    def state_size(self) -> int:
        """Length of the state: inter, command and motor neurons, or the neurons of the dense cell."""
        return sum(self.units)

    def __call__(self, x: torch.Tensor, ts: torch.Tensor, state: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Outputs [batch, steps, outputs] and last state, for x [batch, steps, inputs], ts [batch, steps]."""
        states = list(torch.split(state, self.units, dim=1))
        layers = [self._prepared(cell) for cell in self.cells]
        # What the first cell makes of its input does not depend on the state: all steps at once.
        first_weight, first_bias, _ = layers[0]
        width = x.shape[2]
        driven = torch.addmm(first_bias, x.transpose(0, 1).reshape(-1, width), first_weight[:, :width].T)
        driven = driven.view(x.shape[1], x.shape[0], -1).unbind(0)
        recurrent = first_weight[:, width:].T
        times = ts.T.unsqueeze(2).unbind(0)
        collected = []
        for z0, elapsed in zip(driven, times):
            z = torch.addmm(z0, states[0], recurrent)
            if layers[0][2] is not None:
                weight, bias = layers[0][2]
                z = torch.addmm(bias, LECUN_GAIN * torch.tanh(LECUN_SLOPE * z), weight.T)
            states[0] = _renew(z, self.units[0], elapsed)
            for index in range(1, len(states)):
                weight, bias, _ = layers[index]
                z = torch.addmm(bias, torch.cat([states[index - 1], states[index]], 1), weight.T)
                states[index] = _renew(z, self.units[index], elapsed)
            collected.append(states[-1])
        outputs = self.network.fc(torch.stack(collected, 1))
        return outputs, torch.cat(states, 1)

    @staticmethod
    def _prepared(cell: nn.Module):
        """First affine map of a cell, and the one after the backbone when there is one."""
        if cell.backbone is None:
            return *_heads(cell), None
        first = cell.backbone[0]
        return first.weight, first.bias, _heads(cell)


def check_against_ncps(network: CfC, inputs: int, seed: int = 1) -> float:
    """Largest difference between `Runner` and ncps itself over 200 steps of random input and elapsed time."""
    generator = np.random.default_rng(seed)
    x = torch.tensor(generator.normal(size=(3, 200, inputs)), dtype=torch.float32)
    ts = torch.tensor(generator.uniform(0.1, 8, size=(3, 200)), dtype=torch.float32)
    runner = Runner(network)
    with torch.no_grad():
        ours, _ = runner(x, ts, torch.zeros(3, runner.state_size))
        # ncps is right for one sequence at a time.
        theirs = torch.cat([network(x[i : i + 1], timespans=ts[i : i + 1])[0] for i in range(3)])
    return float((ours - theirs).abs().max())
