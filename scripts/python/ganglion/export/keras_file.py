"""Files of Keras, read without Keras: .keras archives and .weights.h5 of Keras 3, and HDF5 files with names for weights.

All become a list of layers with named variables. A .keras archive and a whole model in .h5 bring their configuration; a
.weights.h5 has numbers for names and knows neither the order of its layers nor any setting. Nothing in a configuration is run.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, field

import numpy as np

from ganglion.safetensors import bfloat16

from . import apart, keras_names
from .network import ExportError
from .opening import Opened

DEPTH = 24
MODELS = ("Sequential", "Functional", "Model")
MOST_ELEMENTS = 1 << 28
# Variables of cells in the order in which Keras 3 numbers them.
NUMBERED = {
    "ltc": ("gleak", "vleak", "cm", "sigma", "mu", "w", "erev", "sensory_sigma", "sensory_mu", "sensory_w", "sensory_erev"),
    "memory": ("input_kernel", "recurrent_kernel", "bias"),
    "pure": ("ff1_weight", "ff1_bias", "w_tau", "A"),
    "cfc": ("ff1_weight", "ff1_bias", "ff2_weight", "ff2_bias"),
}


@dataclass
class Layer:
    """A layer: its variables by their path within it, and what the file tells of it."""

    name: str
    variables: dict[str, np.ndarray]
    type: str | None = None
    config: dict | None = None
    # The names of the layers that it reads; None where the file does not tell.
    sources: list[str] | None = None


@dataclass
class KerasFile:
    """The layers of a file in the order of the model, if `ordered`."""

    layers: list[Layer]
    ordered: bool
    outputs: list[str] = field(default_factory=list)
    left: dict[str, np.ndarray] = field(default_factory=dict)


def load(opened: Opened, name: str) -> KerasFile:
    """The layers of a file."""
    try:
        import h5py  # noqa: F401, loaded before the process that reads with it
    except ImportError as error:
        raise ExportError(
            "Keras checkpoints need h5py to be read: pip install h5py (or ./scripts/python[keras])"
        ) from error

    def work() -> apart.Found:
        file = _load(opened, name)
        arrays = [value for layer in file.layers for value in layer.variables.values()] + list(file.left.values())
        layers = [[layer.name, list(layer.variables), layer.type, layer.config, layer.sources] for layer in file.layers]
        return {"layers": layers, "ordered": file.ordered, "outputs": file.outputs, "left": list(file.left)}, arrays

    found, arrays = apart.read(work, name)
    values = iter(arrays)
    layers = [
        Layer(title, {variable: next(values) for variable in variables}, kind, config, sources)
        for title, variables, kind, config, sources in found["layers"]
    ]
    return KerasFile(layers, found["ordered"], found["outputs"], {title: next(values) for title in found["left"]})


def _load(opened: Opened, name: str) -> KerasFile:
    import h5py

    config = None
    try:
        if opened.kind == "keras":
            config = json.loads(opened.content.read("config.json"))
            member = next(m for m in opened.content.namelist() if m.endswith(".weights.h5"))
            content = opened.content.read(member)
        else:
            content = opened.content
        with h5py.File(io.BytesIO(content), "r") as file:
            if "layer_names" in file.attrs or "model_weights" in file:
                return _named(file, name)
            return _numbered(file, config, name)
    except ExportError:
        raise
    except Exception as error:  # h5py, zipfile and json raise many kinds for a damaged file
        raise ExportError(
            f"{name} is not a Keras weights file: {type(error).__name__}, {str(error)[:200]}; copy it again"
        ) from error


def _text(value) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _array(dataset) -> np.ndarray:
    """A variable; whole numbers as they are, all others as float32 or float64."""
    if dataset.dtype.hasobject or dataset.dtype.kind not in "fiubV":
        raise ExportError(f"{dataset.name} is of type {dataset.dtype}, which no weights have")
    if dataset.size > MOST_ELEMENTS:
        raise ExportError(f"{dataset.name} has {dataset.size} elements: more than the weights of a liquid network")
    value = np.asarray(dataset)
    if value.dtype.kind == "V" or _text(dataset.attrs.get("dtype", "")) == "bfloat16":
        if value.dtype.itemsize != 2:
            raise ExportError(f"{dataset.name} is of type {dataset.dtype}: save the model in float32")
        return bfloat16(value.view(np.uint16))
    return value.astype(np.float32) if value.dtype.kind == "f" and value.dtype.itemsize < 4 else value


# --- Files with names ---


def _named(file, name: str) -> KerasFile:
    """A file whose attributes name layers and weights: Keras 2, and .h5 of Keras 3."""
    group = file["model_weights"] if "model_weights" in file else file
    names = [_text(layer) for layer in group.attrs["layer_names"]]
    told = {}
    outputs: list[str] = []
    if "model_config" in file.attrs:
        order, outputs = _model(json.loads(_text(file.attrs["model_config"])))
        told = {layer.name: layer for layer in order}
        names = [layer.name for layer in order] + [layer for layer in names if layer not in told]
    layers = []
    for layer in names:
        variables = {}
        if layer in group:
            variables = {
                _text(w).removesuffix(":0"): _array(group[layer][_text(w)]) for w in group[layer].attrs["weight_names"]
            }
        known = told.get(layer, Layer(layer, {}))
        layers.append(Layer(layer, variables, known.type, known.config, known.sources))
    left = {}
    if "optimizer_weights" in file:
        left = {
            f"optimizer/{_text(w)}": _array(file["optimizer_weights"][_text(w)])
            for w in file["optimizer_weights"].attrs["weight_names"]
        }
    return _flat(KerasFile(layers, True, outputs, left), name)


# --- Files with numbers ---


def _numbered(file, config: dict | None, name: str) -> KerasFile:
    """Keras 3's own weights: groups by attribute and class, variables by number."""
    import h5py

    groups: dict[str, dict[str, np.ndarray]] = {}
    titles: dict[str, str] = {}
    owners: set[str] = set()

    def walk(group, path: tuple[str, ...]):
        if len(path) > DEPTH:
            raise ExportError(f"{name} is nested deeper than {DEPTH} levels at {'/'.join(path)[:80]}")
        for key in group:
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                raise ExportError(f"{name}: {'/'.join((*path, key))} points into another file: save the model whole")
            member = group[key]
            if isinstance(member, h5py.Group):
                if key == "vars":
                    owners.add("/".join(path))
                    if "name" in member.attrs:
                        titles["/".join(path)] = _text(member.attrs["name"])
                walk(member, (*path, key))
            elif len(path) and path[-1] == "vars":
                groups.setdefault("/".join(path[:-1]), {})[key] = _array(member)

    walk(file, ())
    optimizer = {place: found for place, found in groups.items() if place.split("/")[0] == "optimizer"}
    groups = {place: found for place, found in groups.items() if place not in optimizer}
    if not groups:
        raise ExportError(f"{name} holds no weights of Keras: it has {', '.join(list(file)[:6]) or 'nothing'}")
    left = {f"{place}/{key}": value for place, found in optimizer.items() for key, value in found.items()}
    roots = keras_names.roots(groups)
    if config is not None:
        order, outputs = _model(config)
        if order:
            return _flat(KerasFile(_matched(order, roots, groups, titles, name), True, outputs, left), name)
    roots = sorted({keras_names.root(place, owners, groups) for place in groups}, key=keras_names.number)
    layers = [Layer(re.sub(r"(^|/)layers/", r"\1", root), _variables(root, groups)) for root in roots]
    return KerasFile(layers, False, [], left)


def _variables(root: str, groups: dict[str, dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """All variables of a layer by path and number."""
    found = {}
    for place in sorted(groups):
        if place == root or place.startswith(root + "/"):
            for key in sorted(groups[place], key=lambda key: (len(key), key)):
                found[f"{place[len(root) + 1 :]}/{key}".lstrip("/")] = groups[place][key]
    return found


def _matched(order: list[Layer], roots: list[str], groups, titles: dict[str, str], name: str) -> list[Layer]:
    """The layers of the configuration with the variables of the groups that belong to them."""
    counts: dict[str, int] = {}
    free = list(roots)
    for layer in order:
        base = keras_names.snake(layer.type or "")
        count = counts.get(base, 0)
        counts[base] = count + 1
        root = f"layers/{base}" + (f"_{count}" if count else "")
        named = [place for place in roots if titles.get(place) == layer.name]
        if len(named) == 1:
            root = named[0]
        if root in free:
            free.remove(root)
            layer.variables = _variables(root, groups)
    if free:
        raise ExportError(
            f"{name}: its weights {', '.join(free[:4])} belong to no layer of its configuration; save it again"
        )
    return order


# --- Configurations ---


def _model(config) -> tuple[list[Layer], list[str]]:
    """The layers of a model's configuration in the order in which they compute, and those whose values are its outputs; none for
    a model of a class of its own."""
    kind, settings = _class(config), _settings(config)
    layers = settings.get("layers")
    if kind not in MODELS or not isinstance(layers, list):
        return [], []
    found = []
    for entry in layers:
        inner = _settings(entry)
        title = inner.get("name", entry.get("name") if isinstance(entry, dict) else None)
        if not isinstance(title, str):
            # A layer of a class of one's own may tell none; Keras has named it by its class.
            base, taken = keras_names.snake(_class(entry)), {layer.name for layer in found}
            title = next(t for k in range(len(layers) + 1) if (t := f"{base}_{k}" if k else base) not in taken)
        sources = None
        if kind != "Sequential":
            sources = [source for source in _histories(entry.get("inbound_nodes", []), 0)]
        elif found:
            sources = [found[-1].name]
        found.append(Layer(title, {}, _class(entry), inner, sources or []))
    outputs = [found[-1].name] if kind == "Sequential" and found else _outputs(settings.get("output_layers"))
    return found, outputs


def _flat(file: KerasFile, name: str, depth: int = 0) -> KerasFile:
    """The layers of models within the model in their place."""
    if depth > DEPTH or not any(layer.type in MODELS for layer in file.layers):
        return file
    layers: list[Layer] = []
    behind: dict[str, str] = {}  # what a reader of a model within the model reads
    for layer in file.layers:
        inner, outputs = (
            _model({"class_name": layer.type, "config": layer.config}) if layer.type in MODELS else ([], [])
        )
        if not inner or len(outputs) != 1:
            layers.append(layer)
            continue
        counts: dict[str, int] = {}
        for part in inner:
            base = keras_names.snake(part.type or "")
            count = counts.get(base, 0)
            counts[base] = count + 1
            root = f"layers/{base}" + (f"_{count}" if count else "") + "/"
            own = {key[len(root) :]: value for key, value in layer.variables.items() if key.startswith(root)}
            part.variables = own or {key: value for key, value in layer.variables.items() if f"/{part.name}/" in f"/{key}"}
            sources = (
                layer.sources if part.type == "InputLayer" else [f"{layer.name}/{source}" for source in part.sources or []]
            )
            layers.append(Layer(f"{layer.name}/{part.name}", part.variables, part.type, part.config, sources))
        if inner[0].type != "InputLayer":
            layers[-len(inner)].sources = layer.sources
        behind[layer.name] = f"{layer.name}/{outputs[0]}"
    for layer in layers:
        layer.sources = [behind.get(source, source) for source in layer.sources or []]
    outputs = [behind.get(output, output) for output in file.outputs]
    found = KerasFile(layers, file.ordered, outputs, file.left)
    return _flat(found, name, depth + 1) if behind else found


def _class(config) -> str:
    """The class's name without its package."""
    kind = config.get("class_name") if isinstance(config, dict) else None
    return kind.rpartition(">")[2] if isinstance(kind, str) else "?"


def _settings(config) -> dict:
    inner = config.get("config") if isinstance(config, dict) else None
    return inner if isinstance(inner, dict) else {}


def _histories(value, depth: int) -> list[str]:
    """The layers whose values a node reads, in order."""
    if depth > DEPTH:
        return []
    if isinstance(value, dict):
        history = value.get("config", {}).get("keras_history") if isinstance(value.get("config"), dict) else None
        if isinstance(history, list) and history and isinstance(history[0], str):
            return [history[0]]
        return [found for member in value.values() for found in _histories(member, depth + 1)]
    if isinstance(value, list):
        # Keras 2 writes [layer, node, tensor, {...}].
        if len(value) >= 3 and isinstance(value[0], str) and all(type(number) is int for number in value[1:3]):
            return [value[0]]
        return [found for member in value for found in _histories(member, depth + 1)]
    return []


def _outputs(value) -> list[str]:
    if isinstance(value, list) and value and isinstance(value[0], str):
        return [value[0]]
    return [name for member in value for name in _outputs(member)] if isinstance(value, list) else []
