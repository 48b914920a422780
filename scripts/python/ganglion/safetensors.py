"""Safetensors files: named arrays and a map of strings, as model files hold them (docs/model-format.md)."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import stat
import struct
from pathlib import Path

import numpy as np

_NAMES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8",
    "uint8": "U8",
}
_TYPES = {name: np.dtype(kind).newbyteorder("<") for kind, name in _NAMES.items()} | {"BOOL": np.dtype("?")}
# Halves of float32, which NumPy does not have.
_BFLOAT16 = np.dtype("<u2")


def encode(tensors: dict[str, np.ndarray], metadata: dict[str, str]) -> bytes:
    """A safetensors file: larger elements first, then by name, so that equal contents give equal bytes."""
    header: dict = {"__metadata__": metadata} if metadata else {}
    data = []
    position = 0
    for name in _ordered(tensors):
        content = element_bytes(tensors[name])
        header[name] = {
            "dtype": type_name(tensors[name]), "shape": list(tensors[name].shape),
            "data_offsets": [position, position + len(content)],
        }
        data.append(content)
        position += len(content)
    text = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(data)


def decode(content: bytes) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The tensors and the metadata of a file; BF16 as float32. Raises ValueError for what is not one, and for types that
    NumPy does not know."""
    try:
        (length,) = struct.unpack_from("<Q", content)
        header = json.loads(content[8 : 8 + length], object_pairs_hook=unique_members)
        metadata = header.pop("__metadata__", {})
        data = memoryview(content)[8 + length :]
        tensors = {name: _tensor(data, entry) for name, entry in header.items()}
    except (struct.error, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"not a safetensors file ({error})") from error
    for name, value in tensors.items():
        if value is None:
            raise ValueError(f"{name} has the type {header[name]['dtype']}; save the checkpoint as float32")
    return tensors, metadata


def unique_members(pairs: list) -> dict:
    """A JSON object whose names are each there once: of two values of one name nobody knows which is meant."""
    members: dict = {}
    for name, value in pairs:
        if name in members:
            raise ValueError(f"{str(name)[:80]!r} is there twice")
        members[name] = value
    return members


def _tensor(data: memoryview, entry: dict) -> np.ndarray | None:
    """The tensor that a member of the header describes; None for a type that is not known."""
    start, end = entry["data_offsets"]
    if not all(type(number) is int and number >= 0 for number in (start, end, *entry["shape"])) or not start <= end <= len(data):
        raise ValueError(f"a tensor from {start} to {end} of {len(data)} bytes")
    if entry["dtype"] == "BF16":
        return bfloat16(np.frombuffer(data[start:end], _BFLOAT16).reshape(entry["shape"]))
    kind = _TYPES.get(entry["dtype"])
    return None if kind is None else np.frombuffer(data[start:end], kind).reshape(entry["shape"])


def bfloat16(halves: np.ndarray) -> np.ndarray:
    """Numbers of type bfloat16, given as their 16 bits each, as float32."""
    return np.left_shift(halves, 16, dtype=np.uint32, out=np.empty(halves.shape, np.uint32)).view(np.float32)


def digest(tensors: dict[str, np.ndarray]) -> str:
    """SHA-256 over the tensor data as `encode` lays it out."""
    return hashlib.sha256(b"".join(element_bytes(tensors[name]) for name in _ordered(tensors))).hexdigest()


def write(path: str | os.PathLike, content: bytes):
    """Puts `content` at `path`, all of it or nothing: a file there is replaced when the new one is on the disk."""
    # Where a link leads, and beside it, under a name that nothing has.
    place = Path(os.path.realpath(path))
    mode = place.stat().st_mode if place.exists() else None
    if mode is not None and not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "is no regular file, which could be replaced", os.fspath(path))
    partial = place.with_name(f".ganglion-{secrets.token_hex(8)}.tmp")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            os.chmod(partial, stat.S_IMODE(mode))
        os.replace(partial, place)
    except BaseException:
        os.unlink(partial)
        raise


def _ordered(tensors: dict[str, np.ndarray]) -> list[str]:
    return sorted(tensors, key=lambda name: (-tensors[name].dtype.itemsize, name))


def type_name(value: np.ndarray) -> str:
    """How a file spells the type of the elements."""
    name = _NAMES.get(value.dtype.name)
    if name is None:
        raise ValueError(f"elements of type {value.dtype} cannot be written")
    return name


def element_bytes(value: np.ndarray) -> bytes:
    """The elements as a file holds them: little-endian, row-major."""
    return np.ascontiguousarray(value, value.dtype.newbyteorder("<")).tobytes()
