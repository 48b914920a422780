"""Fits a network to what its teacher would have done in the states of an `Aggregate`."""

import math
import time
from dataclasses import dataclass, field

import numpy as np
import torch
from ncps.torch import CfC

from .episodes import Aggregate, Episode
from .networks import Runner


@dataclass
class Recipe:
    """How to fit; the defaults are those that the shipped models were made with."""

    window: int = 64  # ticks of back-propagation through time
    batch: int = 256  # windows in a step of the optimiser
    learning_rate: float = 4e-3
    final_learning_rate: float = 2e-4
    huber: float = 0.05  # error, relative to a channel's scale, from which on the loss grows linearly only
    channel_scales: list[float] = field(default_factory=list)  # filled from the first flights when empty
    weight_decay: float = 0.0


def channel_scales(data: Aggregate) -> list[float]:
    """How much each label moves in ordinary flight: half the range between its 5th and 95th percentile."""
    low, high = np.quantile(data.labels[data.weights > 0], [0.05, 0.95], axis=0)
    return [max(float(s), 0.02) for s in (high - low) / 2]


class Trainer:
    """A network, its optimiser and the data; `fit` may be called again after the data has grown."""

    def __init__(self, network: CfC, recipe: Recipe, seed: int):
        self.network, self.recipe = network, recipe
        self.runner = Runner(network)
        self.parameters = [p for p in network.parameters() if p.requires_grad]
        self.random = np.random.default_rng(seed)

    def fit(self, data: Aggregate, epochs: int, learning_rate: float, final_learning_rate: float, note) -> float:
        """Trains over all windows `epochs` times, the rate falling along a cosine; returns the last loss."""
        arrays = [torch.from_numpy(a) for a in (data.inputs, data.ts, data.labels, data.weights)]
        scales = torch.tensor(self.recipe.channel_scales)
        optimiser = torch.optim.AdamW(self.parameters, lr=learning_rate, weight_decay=self.recipe.weight_decay)
        loss = math.nan
        for epoch in range(epochs):
            begun = time.monotonic()
            progress = epoch / max(epochs - 1, 1)
            rate = final_learning_rate + (learning_rate - final_learning_rate) * (1 + math.cos(math.pi * progress)) / 2
            for group in optimiser.param_groups:
                group["lr"] = rate
            loss = self._epoch(arrays, scales, optimiser)
            note({"epoch": epoch, "rate": rate, "loss": loss, "seconds": time.monotonic() - begun})
        return loss

    def _epoch(self, arrays: list[torch.Tensor], scales: torch.Tensor, optimiser) -> float:
        x, ts, labels, weights = arrays
        length = self.recipe.window
        # Windows begin at another tick in each epoch, and each begins with the state that the network,
        # as it is now, has there: states are as long-lived in training as in flight.
        shift = int(self.random.integers(length))
        starts = range(shift, x.shape[1] - length + 1, length)
        states = self._sweep(x, ts, starts)
        index = [
            (episode, k)
            for k, start in enumerate(starts)
            for episode in torch.nonzero(weights[:, start : start + length].sum(1))[:, 0].tolist()
        ]
        order = self.random.permutation(len(index))
        total, counted = 0.0, 0.0
        for begin in range(0, len(order), self.recipe.batch):
            chosen = [index[i] for i in order[begin : begin + self.recipe.batch]]
            rows = torch.tensor([e for e, _ in chosen])
            which = torch.tensor([k for _, k in chosen])
            ticks = (which * length + shift)[:, None] + torch.arange(length)
            xb, tb, yb, wb = (a[rows[:, None], ticks] for a in arrays)
            outputs, _ = self.runner(xb, tb, states[which, rows])
            error = (outputs - yb) / scales
            loss_each = torch.nn.functional.huber_loss(
                error, torch.zeros_like(error), reduction="none", delta=self.recipe.huber
            ).mean(2)
            loss = (loss_each * wb).sum() / wb.sum()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
            optimiser.step()
            total += float(loss.detach()) * float(wb.sum())
            counted += float(wb.sum())
        return total / max(counted, 1.0)

    @torch.no_grad()
    def _sweep(self, x: torch.Tensor, ts: torch.Tensor, starts: range) -> torch.Tensor:
        """States [windows, episodes, neurons] that the network has at the starts of the windows."""
        state = torch.zeros(x.shape[0], self.runner.state_size)
        states, at = [], 0
        for start in starts:
            if start > at:
                _, state = self.runner(x[:, at:start], ts[:, at:start], state)
                at = start
            states.append(state)
        return torch.stack(states)

    @torch.no_grad()
    def errors(self, data: Aggregate) -> list[float]:
        """Root-mean-square error of each output over all ticks, in the network's units."""
        x, ts, labels, weights = (torch.from_numpy(a) for a in (data.inputs, data.ts, data.labels, data.weights))
        outputs, _ = self.runner(x, ts, torch.zeros(x.shape[0], self.runner.state_size))
        squares = ((outputs - labels) ** 2 * weights[:, :, None]).sum((0, 1)) / weights.sum()
        return squares.sqrt().tolist()

    @torch.no_grad()
    def difference_in_flight(self, episode: Episode) -> float:
        """Largest difference between what the network said in flight and what it says here, on the same input."""
        x, ts = (torch.from_numpy(a)[None] for a in (episode.inputs, episode.ts))
        outputs, _ = self.runner(x, ts, torch.zeros(1, self.runner.state_size))
        return float((outputs[0] - torch.from_numpy(episode.outputs)).abs().max())
