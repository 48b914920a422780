"""The params.json that the drone-flight code writes beside its checkpoints: for each file the call that built its network."""

from __future__ import annotations

import ast
import json
import math
from pathlib import Path

from ganglion import safetensors

from .account import Account
from .network import ExportError

# What its settings are, by the names in a configuration.
TYPES = {"backbone_activation": str, "no_gate": bool, "minimal": bool, "forget_bias": float}


def settings(path: Path, kind: str, checkpoint: str, account: Account) -> dict:
    """The settings of the network of that kind, that of the checkpoint's own name if there is one.

    Raises `ExportError` for anything but a params.json that tells them.
    """
    entries = _entries(path)
    fitting = {name: entry for name, entry in entries.items() if entry["kind"] == kind}
    own = entries.get(checkpoint)
    if own is not None and own["kind"] != kind:
        raise ExportError(
            f"{path} says that {checkpoint} is of the kind {own['kind']}, but its weights are those of {kind}"
        )
    if own is not None:
        account.choose(f"the settings of {checkpoint} in {path.name}, by its name")
        return own
    if not fitting:
        raise ExportError(
            f"{path}: 0 networks of type {kind}, of {', '.join(sorted({entry['kind'] for entry in entries.values()})) or 'none'}; "
            "state its settings by options instead"
        )
    found = list(fitting.values())
    if any(entry != found[0] for entry in found):
        raise ExportError(f"{path}: {len(found)} networks of type {kind}; state its settings by options instead")
    account.choose(f"the settings of the only network of the kind {kind} in {path.name}")
    return found[0]


def _entries(path: Path) -> dict[str, dict]:
    """The calls by the files' names, each with its kind and checked settings."""
    wrong = f"{path}: not a params.json of the drone-flight code"
    try:
        texts = json.loads(Path(path).read_text(), object_pairs_hook=safetensors.unique_members)
        if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
            raise ValueError("it is no object of texts")
        calls = {name: ast.parse(text, mode="eval").body for name, text in texts.items()}
        return {name: _entry(call) for name, call in calls.items()}
    except (OSError, ValueError, SyntaxError, AttributeError, TypeError, RecursionError, MemoryError) as error:
        raise ExportError(f"{wrong} ({str(error)[:200]})") from error


def _entry(call) -> dict:
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise ValueError("an entry is no call")
    given = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg is not None}
    if call.func.id == "NCPParams":
        kind = "ncp"
    else:
        kind = given.get("ct_network_type", call.func.id)
        if not isinstance(kind, str):
            raise ValueError("a ct_network_type is no text")
    config = given.get("config") or {}
    if not isinstance(config, dict):
        raise ValueError("a config is no dictionary")
    found = {"kind": kind}
    for name, wanted in TYPES.items():
        value = config.get(name)
        if value is None:
            continue
        value = float(value) if wanted is float and type(value) is int else value
        if type(value) is not wanted or wanted is float and not math.isfinite(value):
            raise ValueError(f"{name} is {value!r}")
        found[name] = value
    seed = given.get("seed" if kind == "ncp" else "wiredcfc_seed")
    if seed is not None:
        if type(seed) is not int or not 0 <= seed < 1 << 32:
            raise ValueError(f"a seed is {seed!r}")
        found["wiring_seed"] = seed
    sizes = given.get("rnn_sizes")
    if sizes is not None:
        if not isinstance(sizes, list) or not all(type(size) is int for size in sizes):
            raise ValueError(f"rnn_sizes is {sizes!r}")
        found["sizes"] = sizes
    return found
