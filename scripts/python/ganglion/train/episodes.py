"""Flights as the trainer sees them, and the growing set of all flights so far."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flight_log import read_columns

TOPIC = "/ganglion/tick"
COMMANDS = {
    "thrust": "classical_thrust", "roll_torque": "classical_roll", "pitch_torque": "classical_pitch",
    "yaw_torque": "classical_yaw", "drive": "classical_drive", "turn": "classical_turn",
}  # fmt: skip


@dataclass
class Episode:
    """One flight, from the tick in which controllers begin to act, and the network at rest, to its end."""

    inputs: np.ndarray  # [ticks, inputs], scaled as the network gets them
    ts: np.ndarray  # [ticks], elapsed time in the network's unit
    labels: np.ndarray  # [ticks, outputs], what the classical controller would have the network say
    outputs: np.ndarray  # [ticks, outputs], what the network said


def read_episode(path: Path, outputs: list[dict]) -> Episode:
    """The episode in one log; `outputs` is `network.outputs` of the configuration."""
    columns = [COMMANDS[output["command"]] for output in outputs]
    ticks = read_columns(path, TOPIC, ["network_ts", "network_input", "network_output", *columns])
    # Unless the controllers act, the classical controller asks for exactly nothing.
    flies = np.any([ticks[column] != 0 for column in columns], axis=0)
    first = int(np.argmax(flies)) if flies.any() else len(flies)
    standing = np.flatnonzero(~flies[first:])
    flight = slice(first, first + int(standing[0]) if len(standing) else len(flies))
    # The inverse of what the loop does: command = output * scale + offset.
    labels = [
        (ticks[column][flight] - output.get("offset", 0.0)) / output["scale"]
        for column, output in zip(columns, outputs)
    ]
    return Episode(
        inputs=ticks["network_input"][flight],
        ts=ticks["network_ts"][flight],
        labels=np.stack(labels, axis=1).astype(np.float32),
        outputs=ticks["network_output"][flight],
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
