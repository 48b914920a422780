"""What the configuration of a Keras layer tells of the cell in it, and how that and the command line become one."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .account import Account
from .keras_file import Layer
from .network import ACTIVATIONS, MODES, ExportError
from .options import Options

ACTIVATION_NAMES = {name: name for name in (*ACTIVATIONS, "linear")} | {"swish": "silu"}
OPTION = {"forget_bias": "--forget-bias", "input_mapping": "--input-mapping", "output_mapping": "--output-mapping"}


@dataclass
class Told:
    """Settings that a file tells; a name that is missing is not told."""

    settings: dict = field(default_factory=dict)
    wiring: dict | None = None
    mask: np.ndarray | None = None
    # What the command line says of this layer's wiring.
    asked: str | None = None

    def choose(self, name: str, asked, layer: Layer, account: Account):
        """A setting from the file or the command line; None if neither tells it. Refuses two that differ."""
        known, option = self.settings.get(name), OPTION.get(name, f"--{name}")
        if known is not None and asked is not None and asked != known:
            raise ExportError(f"{option} {asked}, but the file says {known}")
        if known is not None:
            account.set(name, known, f"the configuration of layer {layer.name}")
        elif asked is not None:
            account.set(name, asked, option)
        return known if known is not None else asked


def told(layer: Layer, options: Options) -> Told:
    """What the file tells of a recurrent layer."""
    if layer.config is None:
        return Told()
    config = dict(layer.config)
    if config.get("go_backwards"):
        raise ExportError(f"layer {layer.name} reads its sequence backwards, which no controller can")
    if layer.type == "Bidirectional":
        raise ExportError(f"layer {layer.name} is Bidirectional: it reads the future, which no controller can")
    cell = config.get("cell")
    inner = cell.get("config") if isinstance(cell, dict) else None
    kind = str(cell.get("class_name", "")).rpartition(">")[2] if isinstance(cell, dict) else ""
    found = Told()
    if isinstance(inner, dict):
        if kind == "StackedRNNCells":
            raise ExportError(
                f"layer {layer.name} holds several cells (StackedRNNCells): build a CfC for each, one after the other"
            )
        if isinstance(inner.get("forget_gate_bias"), (int, float)):
            found.settings["forget_bias"] = float(inner["forget_gate_bias"])
        if isinstance(inner.get("rnn_cell"), dict):
            memory = inner["rnn_cell"]
            inner = memory.get("config") if isinstance(memory.get("config"), dict) else memory
        config = {**inner, **{name: value for name, value in config.items() if name not in ("cell", "name")}}
    _cfc(found, config, layer)
    _ltc(found, config, layer)
    wiring = config.get("wiring")
    # Beside an LTC's cell its wiring has no class; the layer has it as units.
    for candidate in (config.get("units"), wiring):
        if isinstance(candidate, dict) and "class_name" in candidate:
            found.wiring = candidate
            break
    if found.wiring is not None:
        found.settings["motors"] = _motors(found.wiring)
    return found


def _cfc(found: Told, config: dict, layer: Layer):
    mode = config.get("mode")
    if mode is not None:
        if mode not in MODES:
            raise ExportError(f"layer {layer.name}: mode {mode!r} is none of ncps")
        found.settings["mode"] = mode
    if config.get("fully_recurrent") is False:
        raise ExportError(f"layer {layer.name}: fully_recurrent=False is not supported: ncps builds no such cell")
    if "activation" in config and "mode" in config:
        found.settings["activation"] = activation(config["activation"], layer)
    mask = config.get("sparsity_mask")
    if mask is not None:
        value = (
            mask.get("config", {}).get("value") if isinstance(mask, dict) and isinstance(mask.get("config"), dict) else None
        )
        try:
            found.mask = np.array(value, np.float32)
        except (ValueError, TypeError) as error:
            raise ExportError(f"layer {layer.name}: its sparsity_mask is not told as numbers") from error
        if found.mask.ndim != 2:
            raise ExportError(f"layer {layer.name}: its sparsity_mask is not told as a matrix")


def activation(value, layer: Layer) -> str | None:
    """The name of an activation in a configuration. Its support is judged only where there is a backbone."""
    if value is None:
        return "linear"
    if isinstance(value, dict):
        value = value.get("config") if isinstance(value.get("config"), str) else value.get("class_name")
    if not isinstance(value, str):
        raise ExportError(f"layer {layer.name}: its activation is not told by name")
    name = value.rpartition(">")[2]
    return ACTIVATION_NAMES.get(name, name)


def _ltc(found: Told, config: dict, layer: Layer):
    if "ode_unfolds" not in config:
        return
    unfolds, epsilon = config.get("ode_unfolds"), config.get("epsilon")
    if type(unfolds) is not int or not 1 <= unfolds <= 64:
        raise ExportError(f"layer {layer.name}: {unfolds!r} unfolds; an LTC makes 1 to 64 Euler steps in a step")
    found.settings["unfolds"] = unfolds
    if isinstance(epsilon, (int, float)):
        found.settings["epsilon"] = float(epsilon)
    # All LTC cells of ncps for Keras clip.
    found.settings["constraints"] = "explicit"
    for side in ("input", "output"):
        mapping = config.get(f"{side}_mapping", "missing")
        if mapping in (None, "linear", "affine"):
            found.settings[f"{side}_mapping"] = mapping or "none"
        elif mapping != "missing":
            raise ExportError(f"layer {layer.name}: {side}_mapping {mapping!r} is none of ncps")


def _motors(wiring: dict) -> int | None:
    """How many motor neurons a wiring's configuration has."""
    config = wiring.get("config")
    if not isinstance(config, dict):
        return None
    for name in ("output_size", "output_dim", "motor_neurons"):
        value = config.get(name)
        if isinstance(value, list):
            return len(value)
        if type(value) is int and value > 0:
            return value
    return config.get("units") if type(config.get("units")) is int else None
