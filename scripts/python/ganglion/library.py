"""Finds libganglion.so and says what the functions of ganglion.h take and give."""

from __future__ import annotations

import ctypes
import functools
import os
from ctypes import POINTER, c_char_p, c_double, c_float, c_int32, c_size_t, c_uint32, c_uint64, c_void_p
from pathlib import Path

from .errors import LibraryError


class Port(ctypes.Structure):
    """ganglion_port."""

    _fields_ = [("name", c_char_p), ("unit", c_char_p), ("minimum", c_double), ("maximum", c_double)]


class Description(ctypes.Structure):
    """ganglion_description."""

    _fields_ = [
        ("input_count", c_size_t), ("output_count", c_size_t), ("inputs", POINTER(Port)), ("outputs", POINTER(Port)),
        ("neuron_count", c_size_t), ("state_size", c_size_t), ("parameter_size", c_size_t),
        ("workspace_size", c_size_t), ("arithmetic", c_char_p), ("kernel", c_char_p), ("flavour", c_char_p),
        ("time_unit", c_double), ("minimum_ts", c_double), ("maximum_ts", c_double),
        ("input_scales", POINTER(c_float)), ("output_scales", POINTER(c_float)), ("elapsed_scale", c_double),
        ("elapsed_limit", c_int32), ("input_limit", c_int32),
    ]


class Saturation(ctypes.Structure):
    """ganglion_saturation."""

    _fields_ = [
        ("inputs", c_uint64), ("states", c_uint64), ("elapsed", c_uint64), ("last_inputs", c_uint32),
        ("last_states", c_uint32), ("last_elapsed", c_uint32),
    ]


# Arrays go as addresses: their types and lengths are checked where they are made.
_FUNCTIONS = {
    "status_text": (c_char_p, [c_int32]),
    "open_file": (c_int32, [c_char_p, c_char_p, POINTER(c_void_p), c_void_p, c_size_t]),
    "open_memory": (c_int32, [c_char_p, c_size_t, c_char_p, POINTER(c_void_p), c_void_p, c_size_t]),
    "close": (None, [c_void_p]),
    "error_text": (c_char_p, [c_void_p]),
    "describe": (c_int32, [c_void_p, POINTER(Description), c_size_t]),
    "step": (c_int32, [c_void_p, c_void_p, c_size_t, c_float, c_void_p, c_size_t]),
    "run": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_void_p, c_size_t]),
    "get_saturation": (c_int32, [c_void_p, POINTER(Saturation), c_size_t]),
    "reset": (c_int32, [c_void_p]),
    "get_state": (c_int32, [c_void_p, c_void_p, c_size_t]),
    "set_state": (c_int32, [c_void_p, c_char_p, c_size_t]),
    "state_digest": (c_int32, [c_void_p, POINTER(c_uint64)]),
    "input_integers": (c_int32, [c_void_p, c_void_p, c_size_t, c_float, c_void_p, c_size_t, POINTER(c_int32)]),
    "step_integers": (c_int32, [c_void_p, c_void_p, c_size_t, c_int32, c_void_p, c_size_t]),
    "quantize": (
        c_int32, [c_char_p, c_char_p, c_size_t, c_void_p, c_size_t, c_void_p, c_char_p, c_void_p, c_size_t],
    ),
}


def candidates() -> list[Path | str]:
    """Where the library is looked for, in order: GANGLION_LIBRARY alone if it is set; beside this file; in the build
    folders of the checkout that this file is in, the newest first; where the system's loader looks."""
    if named := os.environ.get("GANGLION_LIBRARY"):
        return [Path(named)]
    places: list[Path | str] = [Path(__file__).with_name("libganglion.so")]
    root = Path(__file__).resolve().parents[3]
    if (root / "Package.swift").exists():
        built = [*root.glob(".build/release/libGanglionC.so"), *root.glob(".build/*/release/libGanglionC.so")]
        places += sorted({path.resolve() for path in built}, key=lambda path: -path.stat().st_mtime)
    return [*places, "libganglion.so.0", "libganglion.so"]


@functools.cache
def load() -> ctypes.CDLL:
    """The library."""
    tried = []
    for place in candidates():
        if isinstance(place, Path) and not place.is_file():
            tried.append(f"{place} (no such file)")
            continue
        try:
            library = ctypes.CDLL(str(place))
            for name, (result, arguments) in _FUNCTIONS.items():
                function = getattr(library, f"ganglion_{name}")
                function.restype, function.argtypes = result, arguments
            return library
        except (OSError, AttributeError) as error:
            tried.append(f"{place} ({error})")
    raise LibraryError(
        "libganglion.so was not found; build it with scripts/install-c PREFIX or `swift build -c release --product "
        f"GanglionC`, or name it in GANGLION_LIBRARY. Looked for: {'; '.join(tried)}"
    )
