"""The digest of a model file, over everything in it (docs/model-format.md, "The digest")."""

from __future__ import annotations

import hashlib
import struct

import numpy as np

from . import safetensors

#: The format whose digest covers everything; files of formats 1 and 2 have one over the tensors' bytes alone.
FORMAT = "3"
KEY, OLD_KEY = "ganglion.digest", "ganglion.sha256"


def digest(tensors: dict[str, np.ndarray], metadata: dict[str, str]) -> str:
    """SHA-256 over all strings of the metadata but the digest itself, and over each tensor's name, type, shape and
    bytes."""
    found = hashlib.sha256()

    def number(value: int):
        found.update(struct.pack("<Q", value))

    def block(value: bytes):
        number(len(value))
        found.update(value)

    # Sorted by their bytes in UTF-8, which is the order of their code points.
    strings = sorted((key, value) for key, value in metadata.items() if key != KEY)
    number(len(strings))
    for key, value in strings:
        block(key.encode())
        block(value.encode())
    number(len(tensors))
    for name in sorted(tensors):
        block(name.encode())
        block(safetensors.type_name(tensors[name]).encode())
        number(tensors[name].ndim)
        for length in tensors[name].shape:
            number(length)
        block(safetensors.element_bytes(tensors[name]))
    return found.hexdigest()


def sealed(tensors: dict[str, np.ndarray], metadata: dict[str, str]) -> bytes:
    """A model file with these tensors and this metadata, whose format and digest are written here."""
    metadata = {key: value for key, value in metadata.items() if key != OLD_KEY} | {"ganglion.format": FORMAT}
    return safetensors.encode(tensors, metadata | {KEY: digest(tensors, metadata)})


def covers_everything(tensors: dict[str, np.ndarray], metadata: dict[str, str]) -> bool:
    """Whether the digest in a model file covers everything, or the tensors' bytes alone.

    Raises ValueError for a digest that is missing or does not match.
    """
    protected = metadata.get("ganglion.format") not in ("1", "2")
    stated = metadata.get(KEY if protected else OLD_KEY)
    if stated is None:
        raise ValueError("not a model file with a digest")
    if stated != (digest(tensors, metadata) if protected else safetensors.digest(tensors)):
        raise ValueError("the digest does not match: the file was altered or damaged after it was written")
    return protected
