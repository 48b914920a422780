"""Layers of Keras that are no cells: those that do nothing when a network runs, and those that are affine maps."""

from __future__ import annotations

import numpy as np

from .chain import Affine
from .keras_file import Layer
from .keras_settings import activation
from .network import ExportError

# What passes values on as they are when a network runs, step by step.
PASSING = (
    "InputLayer",
    "Dropout",
    "SpatialDropout1D",
    "GaussianNoise",
    "GaussianDropout",
    "AlphaDropout",
    "ActivityRegularization",
    "Identity",
    "Masking",
)
EPSILON = 1e-7  # Keras' own, below which Normalization keeps the square root of a variance


def _is_last(axis, dimensions: int) -> bool:
    """Whether an axis in a configuration is that of a step's values."""
    axis = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
    return axis in (-1, dimensions - 1)


def passes(layer: Layer) -> bool:
    """Whether a layer does nothing when the network runs."""
    if layer.type == "Activation":
        return activation((layer.config or {}).get("activation"), layer) == "linear"
    if layer.type == "TimeDistributed":
        return passes(_inner(layer))
    return layer.type in PASSING


def affine(layer: Layer, width: int | None, dimensions: int = 3) -> Affine | None:
    """The map [rows written, columns read] that a layer is, and None for a layer that is none.

    width: how many values it reads, where that is known. dimensions: of what it reads, batch and steps among them.
    """
    if layer.type == "TimeDistributed":
        return affine(_inner(layer), width, dimensions - 1)
    config, values = layer.config or {}, list(layer.variables.values())
    if layer.type == "Dense":
        if activation(config.get("activation"), layer) != "linear" or len(values) not in (1, 2) or values[0].ndim != 2:
            return None
        return values[0].T, (values[1] if len(values) == 2 else np.zeros(values[0].shape[1], np.float32))
    if layer.type == "Rescaling":
        return _diagonal(config.get("scale", 1.0), config.get("offset", 0.0), width, layer)
    if layer.type == "Normalization":
        # Without an axis one mean and one variance are for all values.
        axis = config.get("axis", -1)
        if axis not in (None, []) and not _is_last(axis, dimensions):
            return None
        mean, variance = (values[0], values[1]) if len(values) >= 2 else (config.get("mean"), config.get("variance"))
        if mean is None or variance is None or config.get("invert"):
            return None
        deviation = np.maximum(np.sqrt(_numbers(variance, layer)), EPSILON)
        return _diagonal(1.0 / deviation, -_numbers(mean, layer) / deviation, width, layer)
    if layer.type == "BatchNormalization" and _is_last(config.get("axis", -1), dimensions):
        return _batch(config, values, width, layer)
    return None


def why_not(layer: Layer) -> str:
    """Why a layer cannot be part of a model."""
    inner = _inner(layer) if layer.type == "TimeDistributed" else layer
    if inner.type == "Dense":
        named = activation((inner.config or {}).get("activation"), layer)
        what = f"the activation {named}" if named != "linear" else "weights that are quantised or in parts, as LoRA has them"
        return f"{layer.name} (Dense with {what})"
    if inner.type in ("Normalization", "BatchNormalization"):
        return f"{layer.name} ({inner.type} of an axis other than the last, or inverted)"
    return f"{layer.name} ({layer.type or 'of a class that the file does not tell'})"


def _inner(layer: Layer) -> Layer:
    inner = (layer.config or {}).get("layer")
    inner = inner if isinstance(inner, dict) else {}
    config = inner.get("config") if isinstance(inner.get("config"), dict) else {}
    return Layer(layer.name, layer.variables, str(inner.get("class_name", "?")).rpartition(">")[2], config)


def _numbers(value, layer: Layer) -> np.ndarray:
    try:
        return np.array(value, np.float64).reshape(-1)
    except (ValueError, TypeError) as error:
        raise ExportError(f"layer {layer.name}: its settings are no numbers") from error


def _diagonal(scale, offset, width: int | None, layer: Layer) -> Affine | None:
    scale, offset = _numbers(scale, layer), _numbers(offset, layer)
    size = max(scale.size, offset.size) if width is None else width
    if any(value.size not in (1, size) for value in (scale, offset)):
        raise ExportError(f"layer {layer.name}: {scale.size} scales and {offset.size} offsets for {size} values")
    return np.diag(np.broadcast_to(scale, size)), np.array(np.broadcast_to(offset, size))


def _batch(config: dict, values: list[np.ndarray], width, layer: Layer) -> Affine | None:
    names = [name for name, there in (("gamma", "scale"), ("beta", "center")) if config.get(there, True)] + [
        "mean",
        "variance",
    ]
    if len(values) != len(names) or len({value.shape for value in values}) != 1 or values[0].ndim != 1:
        return None
    found = dict(zip(names, (value.astype(np.float64) for value in values)))
    scale = found.get("gamma", 1.0) / np.sqrt(found["variance"] + config.get("epsilon", 1e-3))
    return _diagonal(scale, found.get("beta", 0.0) - found["mean"] * scale, width, layer)
