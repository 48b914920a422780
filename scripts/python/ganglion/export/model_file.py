"""Writes and reads model files: safetensors with Ganglion's metadata (docs/model-format.md)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from ganglion import model_digest, safetensors

from .network import ExportError, Network


def read_tensors(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The tensors and the metadata of a safetensors file."""
    try:
        return safetensors.decode(Path(path).read_bytes())
    except ValueError as error:
        raise ExportError(f"{path}: {error}") from error


def write_model(path: Path, network: Network, inputs: list[dict], outputs: list[dict], time: dict):
    """The model file of a float32 network."""
    network.check()
    tensors = {name: np.ascontiguousarray(value, np.float32) for name, value in network.tensors.items()}

    def compact(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    safetensors.write(path, model_digest.sealed(tensors, {
        "ganglion.architecture": compact(network.architecture),
        "ganglion.flavour": network.flavour,
        "ganglion.inputs": compact(inputs),
        "ganglion.outputs": compact(outputs),
        "ganglion.time": compact(time),
        "ganglion.arithmetic": "float32",
        "ganglion.provenance": compact(network.provenance),
    }))
