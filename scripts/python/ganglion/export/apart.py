"""Reads a file in a process of its own, because the HDF5 library crashes on some damaged files, and what it reads is foreign.

What is found comes back as JSON and safetensors through a pipe; a crash is an error like any other.
"""

from __future__ import annotations

import json
import os
import signal
import struct
from collections.abc import Callable

import numpy as np

from ganglion import safetensors

from .network import ExportError

# Longer than any checkpoint takes; a damaged file may send the library in circles.
MOST_SECONDS = 120

Found = tuple[dict, list[np.ndarray]]


def read(work: Callable[[], Found], name: str) -> Found:
    """What `work` returns, JSON and arrays, or the `ExportError` that it raises. `name` is the file's."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(out)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(MOST_SECONDS)
            with os.fdopen(into, "wb") as stream:
                stream.write(_answer(work))
            status = 0
        finally:
            os._exit(status)
    os.close(into)
    try:
        with os.fdopen(out, "rb") as stream:
            content = stream.read()
    finally:
        _, status = os.waitpid(child, 0)
    if status != 0 or not content:
        raise ExportError(f"{name} is damaged: the HDF5 library cannot read it; copy it again")
    if content[:1] == b"E":
        raise ExportError(content[1:].decode("utf-8", "replace"))
    try:
        (length,) = struct.unpack_from("<Q", content, 1)
        tensors, _ = safetensors.decode(content[9 + length :])
        return json.loads(content[9 : 9 + length]), [tensors[str(k)] for k in range(len(tensors))]
    except (struct.error, ValueError, KeyError) as error:
        raise ExportError(f"{name} is damaged: {error}; copy it again") from error


def _answer(work: Callable[[], Found]) -> bytes:
    try:
        found, arrays = work()
        text = json.dumps(found).encode()
        # Whole numbers only count something; one type of them is enough.
        kept = [value if value.dtype in (np.float32, np.float64) else value.astype(np.int64) for value in arrays]
        return (
            b"K"
            + struct.pack("<Q", len(text))
            + text
            + safetensors.encode({str(k): value for k, value in enumerate(kept)}, {})
        )
    except Exception as error:  # the library's, the file's, and what they lead to
        return b"E" + str(error).encode("utf-8", "replace")
