"""Writes and reads safetensors, and writes Ganglion's metadata into it (docs/model-format.md)."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from pathlib import Path

import numpy as np

from .network import ExportError, Network

# 2 for a network with liquid time-constant cells, which readers of format 1 do not know.
FORMATS = ("1", "2")
_NAMES = {"float64": "F64", "float32": "F32", "float16": "F16", "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8", "uint8": "U8"}
_TYPES = {name: np.dtype(kind).newbyteorder("<") for kind, name in _NAMES.items()}


def write_tensors(path: Path, tensors: dict[str, np.ndarray], metadata: dict[str, str]):
    """A safetensors file: larger elements first, then by name, so that equal contents give equal bytes."""
    order = sorted(tensors, key=lambda name: (-tensors[name].dtype.itemsize, name))
    header: dict = {"__metadata__": metadata} if metadata else {}
    data = []
    position = 0
    for name in order:
        value = tensors[name]
        content = np.ascontiguousarray(value, value.dtype.newbyteorder("<")).tobytes()
        header[name] = {
            "dtype": _NAMES[value.dtype.name], "shape": list(value.shape),
            "data_offsets": [position, position + len(content)],
        }
        data.append(content)
        position += len(content)
    text = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    partial = Path(f"{path}.partial")
    partial.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data))
    os.replace(partial, path)


def read_tensors(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The tensors and the metadata of a safetensors file."""
    content = Path(path).read_bytes()
    try:
        (length,) = struct.unpack_from("<Q", content)
        header = json.loads(content[8 : 8 + length])
        metadata = header.pop("__metadata__", {})
        tensors = {}
        for name, entry in header.items():
            start, end = entry["data_offsets"]
            kind = _TYPES.get(entry["dtype"])
            if kind is None:
                raise ExportError(f"{path}: {name} has the type {entry['dtype']}; save the checkpoint as float32")
            tensors[name] = np.frombuffer(content[8 + length + start : 8 + length + end], kind).reshape(entry["shape"])
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise ExportError(f"{path}: not a safetensors file ({error})") from error
    return tensors, metadata


def digest(tensors: dict[str, np.ndarray]) -> str:
    """SHA-256 over the tensor data as write_tensors lays it out."""
    order = sorted(tensors, key=lambda name: (-tensors[name].dtype.itemsize, name))
    return hashlib.sha256(
        b"".join(np.ascontiguousarray(tensors[n], tensors[n].dtype.newbyteorder("<")).tobytes() for n in order)
    ).hexdigest()


def write_model(path: Path, network: Network, inputs: list[dict], outputs: list[dict], time: dict):
    """The model file of a float32 network."""
    network.check()
    tensors = {name: np.ascontiguousarray(value, np.float32) for name, value in network.tensors.items()}

    def compact(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    write_tensors(path, tensors, {
        "ganglion.format": FORMATS[any(cell["mode"] == "ltc" for cell in network.cells)],
        "ganglion.architecture": compact(network.architecture),
        "ganglion.flavour": network.flavour,
        "ganglion.inputs": compact(inputs),
        "ganglion.outputs": compact(outputs),
        "ganglion.time": compact(time),
        "ganglion.arithmetic": "float32",
        "ganglion.provenance": compact(network.provenance),
        "ganglion.sha256": digest(tensors),
    })
