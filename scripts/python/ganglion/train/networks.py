"""The two networks that are trained, as ncps builds them, and a fast way to run them over many sequences.

ncps steps one module at a time and cannot take a different elapsed time for each sequence of a batch (its
`timespans` are only right for one sequence, or repeated for every unit). `Runner` reads the very same
parameters and computes the same function for a batch; `check_against_ncps` shows that it does.
"""

import numpy as np
import torch
from ncps.torch import CfC, WiredCfCCell
from ncps.wirings import AutoNCP
from torch import nn

LECUN_GAIN, LECUN_SLOPE = 1.7159, 0.666


def build(kind: str, inputs: int, outputs: int, seed: int) -> CfC:
    """An untrained network: "ncp19" (wired, 19 neurons) or "cfc64" (dense, 64 neurons, projection)."""
    torch.manual_seed(seed)
    if kind == "ncp19":
        # AutoNCP draws its synapses from its own generator; its default seed is part of the recipe.
        return CfC(inputs, AutoNCP(19, outputs, sparsity_level=0.5), batch_first=True)
    if kind == "cfc64":
        return CfC(inputs, 64, proj_size=outputs, backbone_units=64, backbone_layers=1, batch_first=True)
    raise ValueError(f'unknown network "{kind}": give ncp19 or cfc64')


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
