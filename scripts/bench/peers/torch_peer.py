"""PyTorch: ncps's own CfC with the network's weights, as its README uses it, and its cell as frozen TorchScript."""

from __future__ import annotations

import numpy as np

from network import INPUTS, OUTPUTS, Network, Peer


def ncps_model(network: Network):
    import torch
    from ncps.torch import CfC
    from ncps.wirings import AutoNCP

    torch.set_num_threads(1)
    wired = len(network.cells) > 1
    if wired:
        model = CfC(INPUTS, AutoNCP(sum(network.units), OUTPUTS))
    else:
        model = CfC(INPUTS, network.units[0], backbone_units=128, backbone_layers=1, activation="lecun_tanh")
    weights = model.state_dict()
    for name in weights:
        if name.endswith("sparsity_mask"):
            # The zeros are in the weights.
            weights[name] = torch.ones_like(weights[name])
            continue
        _, *place, part, kind = name.split(".")
        cell = int(place[0].removeprefix("layer_")) if wired else 0
        part = "backbone0" if place[:1] == ["backbone"] or part == "0" else part
        weights[name] = torch.tensor(network.tensors[f"cell{cell}.{part}.{kind}"])
    model.load_state_dict(weights)
    return model.eval().requires_grad_(False)


class Eager(Peer):
    """One call of CfC for a sequence of one step."""

    def __init__(self, network: Network):
        import torch

        self.torch, self.model = torch, ncps_model(network)
        rows = torch.tensor(np.ascontiguousarray(network.rows))
        self.rows = [(row[None, None, :INPUTS], row[None, None, INPUTS]) for row in rows]
        self.neurons = sum(network.units)
        self.reset()

    def reset(self):
        self.state = self.torch.zeros(1, self.neurons)

    def step(self, row):
        x, ts = self.rows[row]
        with self.torch.inference_mode():
            _, self.state = self.model(x, self.state, ts)
        return self.state


class Script(Peer):
    """The cell traced for one step and frozen."""

    def __init__(self, network: Network):
        import torch

        self.torch = torch
        rows = torch.tensor(np.ascontiguousarray(network.rows))
        self.rows = [(row[None, :INPUTS], row[None, INPUTS:]) for row in rows]
        self.neurons = sum(network.units)
        self.reset()
        x, ts = self.rows[0]
        with torch.inference_mode():
            traced = torch.jit.trace(ncps_model(network).rnn_cell, (x, self.state, ts), check_trace=False)
            self.cell = torch.jit.freeze(traced.eval())

    def reset(self):
        self.state = self.torch.zeros(1, self.neurons)

    def step(self, row):
        x, ts = self.rows[row]
        with self.torch.inference_mode():
            _, self.state = self.cell(x, self.state, ts)
        return self.state


PEERS = {"torch, ncps CfC": Eager, "torch, TorchScript": Script}
PACKAGES = ["torch", "ncps"]
