"""The cells of ncps.keras (and of ncps.tf and keras-ncp, which compute alike) in a layer's variables, and into a chain.

ff1 and ff2 without activation, gate sigmoid(-a t + b), of a wired CfC ff1 and ff2 times the signed adjacency;
mixed memory: the LSTM's output is the cell's input; LTC as in ncps.torch, conductances clipped at 0
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from . import keras_wiring, ltc
from .account import Account
from .chain import Chain
from .keras_file import NUMBERED, Layer
from .keras_settings import Told
from .network import ACTIVATIONS, ExportError
from .options import Options


@dataclass
class Cell:
    """A cell's variables by the names that ncps gives them; of a wired one those of each layer."""

    kind: str  # "cfc", "wired", "ltc"
    parts: list[dict[str, np.ndarray]]
    memory: dict[str, np.ndarray] | None = None
    # Of a numbered LTC the variables behind the eleventh: mappings, which only sizes tell.
    rest: tuple[np.ndarray, ...] = ()
    # The names of the variables that it takes.
    names: set[str] = field(default_factory=set)


def spare(layer: Layer, found: list[Cell]) -> list[str]:
    """The variables of a layer that are none of its cells', such as those of another layer within it; without generators' states."""
    taken = set().union(*(cell.names for cell in found))
    return [name for name in layer.variables if name not in taken and "seed_generator" not in name]


def cells(layer: Layer) -> list[Cell]:
    """The cells in a layer, in order; none in a layer that is not recurrent."""
    names = list(layer.variables)
    if any(name.rpartition("/")[2].isdecimal() for name in names):
        return _numbered(layer)
    return _named(layer)


def _named(layer: Layer) -> list[Cell]:
    last = {name: name.rpartition("/")[2] for name in layer.variables}
    memory = None
    if "input_kernel" in last.values():
        # Dense layers have a bias too; the memory's stands beside its kernels.
        place = next(name for name, part in last.items() if part == "input_kernel").rpartition("/")[0]
        memory = {
            part: layer.variables[f"{place}/{part}"] for part in NUMBERED["memory"] if f"{place}/{part}" in layer.variables
        }
    taken = {f"{place}/{part}" for part in memory} if memory else set()
    if "gleak" in last.values():
        own = {name: part for name, part in last.items() if part in ltc.PARAMETERS + ltc.MAPPINGS}
        return [Cell("ltc", [{part: layer.variables[name] for name, part in own.items()}], memory, names=taken | own.keys())]
    places = [name.rpartition("/")[0] for name, part in last.items() if part == "ff1_weight"]
    if not places:
        return []
    parts = []
    for place in places:
        inside = {name[len(place) + 1 :]: value for name, value in layer.variables.items() if name.startswith(place + "/")}
        parts.append({name: value for name, value in inside.items() if not name.startswith("sequential")})
        taken |= {f"{place}/{name}" for name in parts[-1]}
    for name, value in layer.variables.items():
        match = re.search(r"(?:^|/)(backbone\d+/(?:kernel|bias))$", name)
        if match and len(parts) == 1:
            parts[0][match.group(1)] = value
            taken.add(name)
    wired = len(parts) > 1 or "wired_cf" in places[0]
    return [Cell("wired" if wired else "cfc", parts, memory, names=taken)]


def _numbered(layer: Layer) -> list[Cell]:
    groups: dict[str, list[np.ndarray]] = {}
    for name, value in layer.variables.items():
        groups.setdefault(name.rpartition("/")[0], []).append(value)
    found: dict[str, Cell] = {}
    for place, values in groups.items():
        kind = _kind(place, values, groups)
        if kind is None:
            continue
        part = dict(zip(NUMBERED[kind], values))
        owner, memory, places = place, None, {place}
        if kind == "ltc":
            cell = Cell("ltc", [part], rest=tuple(values[11:]))
        else:
            part |= _dense(place, "time_a", "time_a", groups) | _dense(place, "time_b", "time_b", groups)
            backbone = sorted(
                (other for other in groups if other.startswith(f"{place}/backbone_fn/layers/dense")),
                key=lambda name: (len(name), name),
            )
            places |= {*backbone, f"{place}/time_a", f"{place}/time_b"}
            for j, other in enumerate(backbone):
                part |= dict(zip((f"backbone{j}/kernel", f"backbone{j}/bias"), groups[other]))
            cell = Cell("cfc", [part])
            if "/_cfc_layers/" in f"/{place}":
                owner, cell.kind = f"/{place}".partition("/_cfc_layers/")[0].lstrip("/"), "wired"
        if owner.endswith("/rnn_cell"):
            owner = owner.removesuffix("/rnn_cell")
            memory = dict(zip(NUMBERED["memory"], groups.get(owner, [])))
            places.add(owner)
        cell.names = {name for name in layer.variables if name.rpartition("/")[0] in places}
        if owner in found and cell.kind == "wired":
            found[owner].parts.append(part)
            found[owner].names |= cell.names
            continue
        cell.memory = memory
        found[owner] = cell
    return [found[place] for place in sorted(found, key=lambda name: (len(name), name))]


def _kind(place: str, values: list[np.ndarray], groups: dict) -> str | None:
    """Which cell's variables these are, by their shapes and what stands beside them."""
    shapes = [value.shape for value in values]
    units = shapes[0][-1] if shapes[0] else 0
    if 11 <= len(shapes) <= 15 and shapes[:3] == [(units,)] * 3 and shapes[3:7] == [(units, units)] * 4:
        return "ltc"
    if len(shapes) == 4 and len(shapes[0]) == 2 and shapes[1] == (units,):
        if shapes[2:] == [(1, units)] * 2:
            return "pure"
        if shapes[2:] == [shapes[0], shapes[1]] and f"{place}/time_a" in groups:
            return "cfc"
    return None


def _dense(place: str, name: str, title: str, groups: dict) -> dict[str, np.ndarray]:
    return dict(zip((f"{title}/kernel", f"{title}/bias"), groups.get(f"{place}/{name}", [])))


def offsets(names) -> dict[str, int]:
    """Of each variable of a layer which of the layer's cells it belongs to: a wired CfC has several."""
    places: list[str] = []
    found = {}
    for name in names:
        inside = re.findall(r"(?<=/)cf_?c_cell(?:_\d+)?(?=/)", f"/{name}")
        if inside and inside[-1] not in places:
            places.append(inside[-1])
        found[name] = places.index(inside[-1]) if inside else 0
    return found


def add(chain: Chain | None, cell: Cell, layer: Layer, told: Told, options: Options, account: Account) -> Chain:
    """Puts a cell behind what there is."""
    if cell.kind == "ltc":
        return _add_ltc(chain, cell, layer, told, options, account)
    return _add_cfc(chain, cell, layer, told, options, account)


def _pair(part: dict, kernel: str, bias: str, layer: Layer, sign: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """A map [destination, source] of a kernel [source, destination]."""
    for name in (kernel, bias):
        if name not in part:
            raise ExportError(f"layer {layer.name} has no {name}: it has {', '.join(part)}")
    if part[kernel].ndim != 2 or part[bias].shape != part[kernel].shape[1:]:
        raise ExportError(
            f"layer {layer.name}: {kernel} and {bias} have the shapes {part[kernel].shape}, {part[bias].shape}"
        )
    return np.float32(sign) * part[kernel].T, np.float32(sign) * part[bias]


def _add_cfc(chain, cell: Cell, layer: Layer, told: Told, options: Options, account: Account) -> Chain:
    pure = "w_tau" in cell.parts[0]
    mode = "pure" if pure else told.choose("mode", options.mode, layer, account)
    if pure and options.mode not in (None, "pure"):
        raise ExportError(f"--mode {options.mode}, but the checkpoint has w_tau and A: it was trained with mode pure")
    if mode is None:
        raise ExportError(
            f"the weights of {layer.name} do not say whether it was trained with mode default or no_gate: state it with --mode "
            "default (what CfC() does unless told otherwise) or --mode no_gate, or export a .keras file, which tells it"
        )
    if not pure and mode == "pure":
        raise ExportError("--mode pure, but the checkpoint has no w_tau: it was trained with default or no_gate")
    names = ["ff1"] if pure else ["ff1", "ff2"]
    shaped = [{name: _pair(part, f"{name}_weight", f"{name}_bias", layer) for name in names} for part in cell.parts]
    sizes = [heads["ff1"][0].shape[0] for heads in shaped]
    backbone = [
        [
            _pair(part, f"backbone{j}/kernel", f"backbone{j}/bias", layer)
            for j in range(sum(name.endswith("/kernel") and name.startswith("backbone") for name in part))
        ]
        for part in cell.parts
    ]
    columns = (backbone[0][0] if backbone[0] else shaped[0]["ff1"])[0].shape[1] - sizes[0]
    if columns < 1:
        raise ExportError(f"layer {layer.name} reads no inputs: its weights do not fit together")
    activation = None
    if any(backbone):
        activation = told.choose("activation", options.activation, layer, account)
        if activation is None:
            raise ExportError(
                f"the weights of {layer.name} do not say the backbone's activation: state it with --activation, one of "
                f"{', '.join(ACTIVATIONS)} (CfC() uses lecun_tanh unless told otherwise), or export a .keras file, which tells it"
            )
        if activation not in (*ACTIVATIONS, "linear"):
            raise ExportError(
                f"layer {layer.name}: the backbone's activation {activation} is not supported, only {', '.join(ACTIVATIONS)}, linear"
            )
    chain = _memory(chain, cell, columns, sizes[0], layer, told, options, account)
    outputs, masks = sizes[-1], [None] * len(sizes)
    if cell.kind == "wired":
        outputs, masks, chain.provenance["wiring"] = keras_wiring.masks(
            cell.parts, columns, sizes, layer, told, options, account
        )
    elif told.mask is not None:
        masks = [told.mask]
    for part, heads, layers, mask in zip(cell.parts, shaped, backbone, masks):
        if mask is not None:
            if mask.shape != heads["ff1"][0].T.shape:
                raise ExportError(f"layer {layer.name}: a wiring of {mask.shape} for weights of {heads['ff1'][0].T.shape}")
            heads = {name: (weight * np.float32(mask.T), bias) for name, (weight, bias) in heads.items()}
        if not pure:
            heads["time_a"] = _pair(part, "time_a/kernel", "time_a/bias", layer, sign=-1)
            heads["time_b"] = _pair(part, "time_b/kernel", "time_b/bias", layer)
        read = (layers[0] if layers else heads["ff1"])[0].shape[1] - heads["ff1"][0].shape[0]
        chain.reads(read, f"layer {layer.name}")
        chain.cfc(mode, layers, heads, activation, "linear", *((part["w_tau"], part["A"]) if pure else ()))
    if outputs != chain.width:
        chain.first(outputs)
    chain.provenance |= {"mode": mode, **({"activation": activation} if activation else {})}
    return chain


def _memory(
    chain, cell: Cell, columns: int, units: int, layer: Layer, told: Told, options: Options, account: Account
) -> Chain:
    """The LSTM of mixed memory in front, if there is one."""
    if cell.memory is None:
        return chain or Chain(columns)
    if cell.kind == "wired" and len(cell.parts) > 1:
        raise ExportError(
            f"layer {layer.name}: mixed memory with a wiring of several layers is not supported: train without one of them"
        )
    if cell.kind == "ltc":
        raise ExportError(f"layer {layer.name}: mixed memory with an LTC is not supported: train without mixed_memory")
    missing = [name for name in NUMBERED["memory"] if name not in cell.memory]
    if missing:
        raise ExportError(f"layer {layer.name}: its mixed memory has no {', '.join(missing)}")
    bias = told.choose("forget_bias", options.forget_bias, layer, account)
    if bias is None:
        raise ExportError(
            f"the LSTM's forget bias of {layer.name} is a setting, not a weight: state --forget-bias (CfC() uses 1)"
        )
    into, recurrent, gates = (cell.memory[name] for name in NUMBERED["memory"])
    gates = gates.copy()
    gates[2 * units : 3 * units] += np.float32(bias)
    chain = chain or Chain(into.shape[0])
    chain.lstm("feeds_input", into.T, recurrent.T, gates, f"layer {layer.name}")
    chain.provenance["forget_bias"] = repr(float(bias))
    return chain


def _add_ltc(chain, cell: Cell, layer: Layer, told: Told, options: Options, account: Account) -> Chain:
    if cell.memory is not None:
        _memory(None, cell, 1, 1, layer, told, options, account)
    found = dict(cell.parts[0])
    missing = [name for name in ltc.PARAMETERS if name not in found]
    if missing:
        raise ExportError(f"the LTC cell of {layer.name} has no {', '.join(missing)}; found {list(found)}")
    if found["sensory_w"].ndim != 2:
        raise ExportError(f"sensory_w has the shape {list(found['sensory_w'].shape)}, which is none of synapses")
    masks = found["erev"] != 0, found["sensory_erev"] != 0
    unfolds = told.choose("unfolds", options.unfolds, layer, account)
    constraints = told.choose("constraints", options.constraints, layer, account)
    if unfolds is None or constraints is None:
        options.ltc_settings(f"the file, for layer {layer.name},", account)
    epsilon = told.choose("epsilon", options.epsilon, layer, account)
    epsilon = options.known_epsilon(account) if epsilon is None else epsilon
    ltc.check_settings(unfolds, epsilon, None)
    if cell.rest:
        found |= _mappings(cell.rest, found, layer, told, options, account)
    account.set("mapping", ", ".join(name for name in ltc.MAPPINGS if name in found) or "none", "its variables")
    motors = found["output_w"].size if "output_w" in found else told.choose("motors", options.motors, layer, account)
    if motors is None:
        raise ExportError(
            f"without an output mapping the weights of {layer.name} do not say the number of motor neurons: state --motors"
        )
    if options.motors not in (None, motors):
        raise ExportError(f"--motors {options.motors}, but the checkpoint has {motors}")
    chain = chain or Chain(found["sensory_w"].shape[0])
    chain.ltc(found, masks, ltc.Settings(unfolds, constraints == "implicit", int(motors), epsilon), f"layer {layer.name}")
    synapses = int(masks[1].sum()), int(masks[0].sum())
    chain.provenance["wiring"] = (
        f"{synapses[0]} synapses from inputs and {synapses[1]} between neurons, by their reversal potentials"
    )
    return chain


def _mappings(rest, found, layer: Layer, told: Told, options: Options, account: Account) -> dict[str, np.ndarray]:
    """Which mappings the variables behind an LTC's own are."""
    sensory, units = found["sensory_w"].shape
    count = {"none": 0, "linear": 1, "affine": 2}
    wanted = [
        told.choose(f"{side}_mapping", getattr(options, f"{side}_mapping"), layer, account) for side in ("input", "output")
    ]
    fitting = []
    for into in count:
        for out in count:
            first, last = rest[: count[into]], rest[count[into] :]
            fits = len(last) == count[out] and all(value.shape == (sensory,) for value in first)
            fits = (
                fits
                and len({value.shape for value in last}) <= 1
                and all(value.ndim == 1 and 1 <= value.size <= units for value in last)
            )
            if fits and wanted[0] in (None, into) and wanted[1] in (None, out):
                fitting.append((into, out))
    if len(fitting) > 1:
        open_ = " or ".join(f"{a} of inputs and {b} of outputs" for a, b in fitting)
        raise ExportError(
            f"the weights of {layer.name} do not say which mappings its LTC has, {open_}: "
            "state --input-mapping and --output-mapping"
        )
    if not fitting:
        raise ExportError(
            f"layer {layer.name}: its LTC has {len(rest)} variables of mappings, of {[list(v.shape) for v in rest]}: that fits none"
        )
    into, out = fitting[0]
    names = ("input_w", "input_b")[: count[into]] + ("output_w", "output_b")[: count[out]]
    return dict(zip(names, rest))
