"""The benchmark networks as `ganglion bench core --write-models` writes them, in Float64 and for the peers."""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "fixtures"))
import reference  # noqa: E402

INPUTS, OUTPUTS, COLUMNS = 16, 4, 17


class Network:
    """A network of the benchmark: its float32 weights, and its outputs in Float64 over some rows of input."""

    def __init__(self, name: str, folder: Path, rows: np.ndarray):
        self.name = name
        data = (folder / f"{name}-float32.safetensors").read_bytes()
        (length,) = struct.unpack("<Q", data[:8])
        header = json.loads(data[8 : 8 + length])
        metadata = header.pop("__metadata__")
        self.digest = metadata["ganglion.digest"]
        self.tensors = {
            key: np.frombuffer(data, "<f4", int(np.prod(value["shape"])), 8 + length + value["data_offsets"][0])
            .reshape(value["shape"])
            for key, value in header.items()
        }
        self.cells = json.loads(metadata["ganglion.architecture"])["cells"]
        self.units = [cell["units"] for cell in self.cells]
        self.rows = rows
        model = reference.from_tensors(json.loads(metadata["ganglion.architecture"]), INPUTS, OUTPUTS, self.tensors)
        self.expected = model.run(rows[:, :INPUTS], rows[:, INPUTS])

    def affine(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Weights [columns, rows] and biases, as a product of a row vector wants them."""
        return np.ascontiguousarray(self.tensors[f"{name}.weight"].T), self.tensors[f"{name}.bias"]

    def heads(self, cell: int) -> tuple[np.ndarray, np.ndarray]:
        """ff1, ff2, time_a and time_b as one affine map."""
        parts = [self.affine(f"cell{cell}.{head}") for head in ("ff1", "ff2", "time_a", "time_b")]
        return np.concatenate([w for w, _ in parts], 1), np.concatenate([b for _, b in parts])

    def error(self, outputs: np.ndarray) -> float:
        """The largest error of `outputs` against Float64, in units of the range of the outputs."""
        return float(np.abs(outputs - self.expected).max() / np.ptp(self.expected))


class Peer:
    """A network in somebody else's runtime: `step` carries the state on, `reset` clears it."""

    def reset(self) -> None:
        raise NotImplementedError

    def step(self, row: int) -> np.ndarray:
        """One step with the inputs and ts of a row; the whole new state."""
        raise NotImplementedError

    def outputs(self, network: Network) -> np.ndarray:
        """The outputs over all rows, from rest: the last cell's first neurons."""
        self.reset()
        first = sum(network.units[:-1])
        found = [np.array(self.step(row)).reshape(-1)[first : first + OUTPUTS] for row in range(len(network.rows))]
        return np.stack(found).astype(np.float64)
