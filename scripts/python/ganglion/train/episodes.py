"""Flights as the trainer sees them, and the growing set of all flights so far."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .log_columns import read_columns

TOPIC = "/ganglion/tick"


@dataclass(frozen=True)
class Port:
    """An output of the network: what is asked for is output * scale + offset, and `teacher` is the signal to imitate."""

    name: str
    scale: float
    offset: float
    teacher: str


@dataclass
class Episode:
    """One flight, from the tick in which controllers begin to act, and the network at rest, to its end."""

    inputs: np.ndarray  # [ticks, inputs], scaled as the network gets them
    ts: np.ndarray  # [ticks], elapsed time in the network's unit
    labels: np.ndarray  # [ticks, outputs], what the teacher would have the network say
    outputs: np.ndarray  # [ticks, outputs], what the network said


def field(signal: str) -> str:
    """The column of a signal in a log."""
    return signal.replace(".", "_")


def read_episode(path: Path, plan) -> Episode:
    """The episode in one log: the first stretch of ticks in which `plan.counts_while` is set."""
    own = {part: f"{field(plan.network)}_{part}" for part in ("input", "output", "ts")}
    teachers, counts = [field(port.teacher) for port in plan.outputs], field(plan.counts_while)
    digest = f"{field(plan.network)}_digest"
    ticks = read_columns(path, TOPIC, [*own.values(), *teachers, counts, digest])
    if plan.every > 1:
        # Its own ticks: in the others its state, and all that it wrote, stands still.
        steps = np.concatenate([[True], ticks[digest][1:] != ticks[digest][:-1]])
        ticks = {name: column[steps] for name, column in ticks.items()}
    flies = ticks[counts] != 0
    first = int(np.argmax(flies)) if flies.any() else len(flies)
    standing = np.flatnonzero(~flies[first:])
    flight = slice(first, first + int(standing[0]) if len(standing) else len(flies))
    # The inverse of what the loop does: command = output * scale + offset.
    labels = [(ticks[column][flight] - port.offset) / port.scale for column, port in zip(teachers, plan.outputs)]

    def vector(part: str) -> np.ndarray:
        # One number is a column of its own.
        values = ticks[own[part]][flight]
        return values[:, None] if values.ndim == 1 else values

    return Episode(
        inputs=vector("input"),
        ts=ticks[own["ts"]][flight],
        labels=np.stack(labels, axis=1).astype(np.float32),
        outputs=vector("output"),
    )


class Aggregate:
    """All episodes so far as arrays [episodes, ticks, ...], padded at the end with ticks of no weight.

    Inputs are kept within ±`input_range`.
    """

    def __init__(self, inputs: int, outputs: int, input_range: float):
        self.input_range = input_range
        self.inputs = np.zeros((0, 0, inputs), np.float32)
        self.ts = np.zeros((0, 0), np.float32)
        self.labels = np.zeros((0, 0, outputs), np.float32)
        self.weights = np.zeros((0, 0), np.float32)

    def add(self, episodes: list[Episode]) -> None:
        """Adds episodes; inputs saturate at the range, as in the fixed-point network."""
        ticks = max(self.ts.shape[1], *(len(episode.ts) for episode in episodes))

        def grown(old: np.ndarray, new: list[np.ndarray], fill: float) -> np.ndarray:
            shape = (old.shape[0] + len(new), ticks, *old.shape[2:])
            whole = np.full(shape, fill, np.float32)
            whole[: old.shape[0], : old.shape[1]] = old
            for row, values in enumerate(new, start=old.shape[0]):
                whole[row, : len(values)] = values
            return whole

        limited = [np.clip(e.inputs, -self.input_range, self.input_range) for e in episodes]
        self.inputs = grown(self.inputs, limited, 0.0)
        self.ts = grown(self.ts, [e.ts for e in episodes], 1.0)
        self.labels = grown(self.labels, [np.clip(e.labels, -1, 1) for e in episodes], 0.0)
        self.weights = grown(self.weights, [np.ones(len(e.ts)) for e in episodes], 0.0)

    @property
    def tick_count(self) -> int:
        """Ticks that count."""
        return int(self.weights.sum())
