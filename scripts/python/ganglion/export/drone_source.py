"""Keras HDF5 checkpoints of the drone-flight code: cfc, mixedcfc, wiredcfccell, ncp and ltc, read without TensorFlow.

Only the recurrent part and the dense layer after it: the network's inputs are the 128 features that the
convolutional part in front makes of an image.
"""

from __future__ import annotations

import numpy as np

from . import drone_params, keras_cells, ltc, ncp_wiring
from .account import Account
from .chain import Chain
from .keras_file import KerasFile, Layer
from .network import ACTIVATIONS, ExportError, Network
from .options import Options

FLAVOUR = "drone_causality"
# What makramchahine/drone_causality's keras_models.py builds for "wiredcfccell" and for "ncp".
FANOUTS = {"sensory_fanout": 6, "inter_fanout": 4, "recurrent": 4, "motor_fanin": 6}
# Other seeds that must not fit: those the authors searched, and some more.
OTHER_SEEDS = [*range(22221, 22230), 55555, *range(1, 21)]
# Euler steps of keras-ncp's LTCCell (ncp) and of the LTCCell in the code's tf_cfc.py (ltc), unless told otherwise, and the code
# does not tell.
UNFOLDS = {"ncp": 6, "ltc": 3}
# tf_cfc.py's LTCCell adds 0.001 to the elapsed time, and the code never gives it any: it is 1.
LTC_TIME = 1.001
ACTIVATION_NAMES = {"silu": "silu", "relu": "relu", "tanh": "tanh", "lecun": "lecun_tanh"}


def is_ours(file: KerasFile, recurrent: dict, options: Options) -> bool:
    """Whether a file is of the drone-flight code: by the names of its cells, or by what was said of an LTC."""
    if any(layer.config is not None for layer in file.layers):
        return False
    names = " ".join(name for layer in file.layers for name in layer.variables)
    if "mixed_cfc_cell" in names or "cfc_cell/dense" in names:
        return True
    if "wired_cfc_cell" in names:
        return not options.wiring
    return "ltc_cell" in names and len(recurrent) == 1 and (options.params is not None or options.wiring_seed is not None)


def network_type(weights: dict[str, np.ndarray]) -> str:
    """Which of the drone-flight code's cells the names belong to."""
    names = " ".join(weights)
    if "wired_cfc_cell" in names:
        return "wiredcfccell"
    if "mixed_cfc_cell" in names:
        return "mixedcfc"
    if "cfc_cell/dense" in names:
        return "cfc"
    if "ltc_cell" in names:
        sizes = {name.rpartition("/")[2]: value.size for name, value in weights.items()}
        # The wired cell's outputs are its motor neurons, the dense one's all of them.
        return "ltc" if sizes.get("output_w") == sizes.get("gleak") else "ncp"
    raise ExportError(f"no cell of the drone-flight code: {list(weights)[:6]}")


def canonical(file: KerasFile, name: str, options: Options, account: Account) -> Network:
    """The canonical network of a checkpoint's recurrent layer and the dense layer after it."""
    options.refuse(
        "is not for checkpoints of the drone-flight code, which have one network",
        "prefix",
        "stack",
        "head",
        "motors",
        "wiring",
        "input_mapping",
        "output_mapping",
    )
    layer, dense = _parts(file, name, account)
    kind = network_type(layer.variables)
    known = drone_params.settings(options.params, kind, name, account) if options.params else {}
    chosen = _settings(kind, known, options, account)
    weights = layer.variables
    if kind in ("ncp", "ltc"):
        options.refuse(f"is not for an LTC ({kind})", "mode", "activation", "forget_bias", "uses_elapsed_time")
        if kind == "ltc":
            options.refuse("is not for an LTC whose neurons are all joined: it has no wiring", "wiring_seed")
        chain = _ltc(weights, kind, chosen, options, account)
    else:
        options.refuse(f"is for LTC networks; this checkpoint holds a CfC ({kind})", "unfolds", "constraints", "epsilon")
        if kind == "wiredcfccell":
            chain = _wired(weights, chosen["mode"] or "default", chosen["wiring_seed"])
        else:
            chain = _dense(weights, kind, chosen, options.uses_elapsed_time)
    if (
        known.get("sizes")
        and kind not in ("ncp", "wiredcfccell")
        and known["sizes"] != [shape["units"] for shape in chain.cells]
    ):
        raise ExportError(
            f"{options.params} says {known['sizes']} neurons, but the file has {[s['units'] for s in chain.cells]}"
        )
    offsets = keras_cells.offsets(weights)
    for part, value in weights.items():
        account.use(f"{layer.name}/{part}", value.shape, f"cell{offsets[part]}")
    chain.provenance["network_type"] = kind
    if dense is not None:
        kernel, *bias = dense.variables.values()
        chain.affine(kernel.T, bias[0] if bias else None, f"layer {dense.name}")
        for part, value in dense.variables.items():
            account.use(f"{dense.name}/{part}", value.shape, "projection")
    return chain.network(FLAVOUR)


def _parts(file: KerasFile, name: str, account: Account) -> tuple[Layer, Layer | None]:
    """The recurrent layer and the dense layer after it; says that what is in front is left out."""
    layers = file.layers
    recurrent = [k for k, layer in enumerate(layers) if any("_cell" in weight for weight in layer.variables)]
    if len(recurrent) != 1:
        raise ExportError(
            f"{name} has {len(recurrent)} recurrent layers, of {[layer.name for layer in layers]}; expected one"
        )
    for layer in layers[: recurrent[0]]:
        for part, value in layer.variables.items():
            account.leave(
                f"{layer.name}/{part}",
                value.shape,
                "stands in front of the network, whose inputs are the features it makes",
            )
    after = [layer for layer in layers[recurrent[0] + 1 :] if layer.variables]
    if after and (
        len(after) > 1 or len(after[0].variables) not in (1, 2) or next(iter(after[0].variables.values())).ndim != 2
    ):
        raise ExportError(
            f"{name}: after the recurrent layer one dense layer is expected, found {[layer.name for layer in after]}"
        )
    return layers[recurrent[0]], after[0] if after else None


def _settings(kind: str, known: dict, options: Options, account: Account) -> dict:
    """What params.json tells and what the options say, as one; refuses what differs."""
    stated = known.get("backbone_activation")
    if stated is not None and stated not in ACTIVATION_NAMES and kind in ("cfc", "mixedcfc"):
        raise ExportError(
            f"{options.params}: the backbone's activation {stated} is not supported, only {', '.join(ACTIVATIONS)}"
        )
    if known.get("minimal") and kind in ("cfc", "mixedcfc"):
        raise ExportError(f"{options.params}: the minimal variant is not supported")
    told = {"wiring_seed": known.get("wiring_seed") if kind != "ltc" else None}
    if kind in ("ncp", "ltc"):
        told |= {"unfolds": UNFOLDS[kind], "constraints": "explicit", "epsilon": ltc.EPSILON} if known else {}
    else:
        told |= {
            "mode": ("no_gate" if known.get("no_gate") else "default") if known else None,
            # The activation and the forget bias in params.json are those of a backbone and of an LSTM, whether there is one or not.
            "activation": ACTIVATION_NAMES.get(stated) if kind != "wiredcfccell" else None,
            "forget_bias": known.get("forget_bias") if kind == "mixedcfc" else None,
        }
    chosen = {}
    for name in ("mode", "activation", "forget_bias", "wiring_seed", "unfolds", "constraints", "epsilon"):
        value, asked = told.get(name), getattr(options, name)
        if asked is not None and value is not None and asked != value:
            raise ExportError(f"--{name.replace('_', '-')} {asked}, but {options.params} says {value}")
        chosen[name] = value if asked is None else asked
        if chosen[name] is not None:
            account.set(
                name,
                chosen[name],
                f"--{name.replace('_', '-')}" if value is None else f"the drone-flight code, by {options.params.name}",
            )
    return chosen


def _pair(kernel: np.ndarray, bias: np.ndarray, sign: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """A map [destination, source] of a kernel [source, destination]."""
    return np.float32(sign) * kernel.T, np.float32(sign) * bias


def _dense(weights, kind, chosen: dict, uses_elapsed_time: bool) -> Chain:
    """cfc and mixedcfc: heads lecun_tanh, gate sigmoid(-a t + b)."""
    mode, activation, forget_bias = chosen["mode"], chosen["activation"], chosen["forget_bias"]
    if mode == "pure":
        raise ExportError("--mode pure: the drone-flight code's minimal variant is not among its published networks")
    if mode is None:
        raise ExportError("state --mode default or --mode no_gate, or give the network's params.json with --params")
    if activation is None:
        raise ExportError("state the backbone's --activation, or give the network's params.json with --params")
    if kind == "mixedcfc" and forget_bias is None:
        raise ExportError(
            "the LSTM's forget bias is a setting, not a weight: state --forget-bias, or give params.json with --params"
        )
    memory = {name.split("/")[-1]: value for name, value in weights.items() if kind == "mixedcfc" and name.count("/") == 2}
    values = [value for name, value in weights.items() if name.split("/")[-1] not in memory or name.count("/") != 2]
    pairs = list(zip(values[0::2], values[1::2]))
    if (
        len(values) % 2
        or len(pairs) < 4
        or any(kernel.ndim != 2 or bias.shape != kernel.shape[1:] for kernel, bias in pairs)
    ):
        raise ExportError(f"unexpected weights in the recurrent layer: {list(weights)}")
    *backbone, ff1, ff2, time_a, time_b = pairs
    units = ff1[0].shape[1]
    provenance = {"mode": mode, "activation": activation}
    if kind == "mixedcfc":
        if missing := {"input_kernel", "recurrent_kernel", "bias"} - set(memory):
            raise ExportError(f"the recurrent layer has no {', '.join(sorted(missing))}: {list(weights)}")
        into, recurrent, gates = memory["input_kernel"], memory["recurrent_kernel"], memory["bias"].copy()
        gates[2 * units : 3 * units] += np.float32(forget_bias)
        chain = Chain(into.shape[0])
        chain.lstm("feeds_input", into.T, recurrent.T, gates, "the recurrent layer")
        provenance["forget_bias"] = repr(float(forget_bias))
        if not uses_elapsed_time:
            # Without elapsed time this cell was trained with t = 0: its gate is sigmoid(t_b), whatever ts is.
            time_a = tuple(np.zeros_like(part) for part in time_a)
            provenance["elapsed_time"] = "not used: trained with t = 0, so time_a is zero"
    else:
        chain = Chain(pairs[0][0].shape[0] - units)
    heads = {"ff1": _pair(*ff1), "ff2": _pair(*ff2), "time_a": _pair(*time_a, sign=-1), "time_b": _pair(*time_b)}
    chain.cfc(mode, [_pair(*pair) for pair in backbone], heads, activation, "lecun_tanh")
    chain.provenance |= provenance
    return chain


def _ltc(weights, kind: str, chosen: dict, options: Options, account: Account) -> Chain:
    """ncp: keras-ncp's LTC, conductances clipped at 0, on the NCP wiring. ltc: the code's own, all to all.

    The wiring shows in the file: a synapse that there is not has the reversal potential 0, from which no gradient moved
    it, and one that there is began at -1 or 1.
    """
    found = {name.split("/")[-1]: value for name, value in weights.items()}
    missing = [name for name in ltc.PARAMETERS + ltc.MAPPINGS if name not in found]
    if missing:
        raise ExportError(f"the LTC cell has no {', '.join(missing)}; found {list(found)}")
    if found["sensory_w"].ndim != 2 or found["erev"].ndim != 2:
        raise ExportError("the LTC cell's synapses are no matrices")
    masks = found["erev"] != 0, found["sensory_erev"] != 0
    if kind == "ltc":
        masks = tuple(np.ones_like(mask) for mask in masks)
    elif chosen["wiring_seed"] is not None:
        _check_wiring(found, chosen["wiring_seed"])
    if chosen["unfolds"] is None or chosen["constraints"] is None:
        options.ltc_settings("a Keras file without its params.json", account)
    epsilon = options.known_epsilon(account) if chosen["epsilon"] is None else chosen["epsilon"]
    ltc.check_settings(chosen["unfolds"], epsilon, None)
    # The code's own cell is told by params.json alone; elsewhere the same shape may be another cell.
    own = kind == "ltc" and options.params is not None
    settings = ltc.Settings(
        chosen["unfolds"], chosen["constraints"] == "implicit", found["output_w"].size, epsilon, LTC_TIME if own else 1.0
    )
    chain = Chain(found["sensory_w"].shape[0])
    chain.ltc(found, masks, settings, "the recurrent layer")
    if own:
        chain.provenance["elapsed_time"] = (
            "its cell adds 0.001 to ts and was trained with ts = 1 alone: the capacitance is divided by 1.001, exact at ts = 1"
        )
    synapses = int(masks[1].sum()), int(masks[0].sum())
    chain.provenance["wiring"] = f"{synapses[0]} synapses from inputs and {synapses[1]} between neurons, " + (
        "all that there can be" if kind == "ltc" else "by their reversal potentials"
    )
    return chain


def _check_wiring(found, seed: int):
    """Refuses an LTC whose synapses are not those that the seed draws."""
    exists, sensory = found["erev"] != 0, found["sensory_erev"] != 0
    # Neurons in order: motor, command, inter; only inter neurons have synapses from inputs.
    motor, inter = found["output_w"].size, int(sensory.any(axis=0).sum())
    command = exists.shape[0] - motor - inter
    first = motor + command
    if command < 1:
        raise ExportError(
            f"--wiring-seed {seed}: the network has {inter} neurons with synapses from inputs and {motor} motor neurons, of "
            f"{exists.shape[0]}: it is on no NCP wiring"
        )
    here = [sensory[:, first:], exists[first:, motor:first], exists[motor:first, :motor]]
    drawn = ncp_wiring.draw(seed, sensory.shape[0], inter, command, motor, **FANOUTS)
    count = sum(int(((there != 0) != part).sum()) for there, part in zip(drawn, here))
    if count:
        raise ExportError(
            f"--wiring-seed {seed}: {count} synapses are not those of that wiring, so it is not this network's"
        )


def _wired(weights, mode: str, seed: int | None) -> Chain:
    """wiredcfccell: keras-ncp's cell, linear heads, gate sigmoid(-a t + b), ff1 and ff2 times the signed adjacency."""
    values = list(weights.values())
    names = [name.split("/", 2)[-1] for name in weights]
    if (
        len(values) != 24
        or not all(names[8 * k].endswith("ff1_weight") for k in range(3))
        or any(value.ndim not in (1, 2) for value in values)
    ):
        raise ExportError(
            f"expected three layers of ff1, ff2, time_a, time_b; found {names}; for a wired CfC that is not the "
            "drone-flight code's state its --wiring"
        )
    if mode != "default":
        raise ExportError(f"--mode {mode}: the drone-flight code builds its wired CfC with mode default")
    if seed is None:
        raise ExportError(
            "the wiring is not in a Keras checkpoint, only its seed makes it: state --wiring-seed, or give params.json with --params"
        )
    layers = [values[8 * k : 8 * k + 8] for k in range(3)]
    sizes = [layer[0].shape[1] for layer in layers]
    inputs = layers[0][0].shape[0] - sizes[0]
    kernels = [[layer[0], layer[2]] for layer in layers]

    def wiring(seed):
        return ncp_wiring.draw(seed, inputs, *sizes, **FANOUTS)

    adjacencies = wiring(seed)
    count = ncp_wiring.misfits(adjacencies, kernels)
    if count:
        raise ExportError(
            f"--wiring-seed {seed}: {count} weights off that wiring were trained, so it is not this network's; "
            "look for wiredcfc_seed in its params.json"
        )
    fitting = [other for other in OTHER_SEEDS if other != seed and ncp_wiring.misfits(wiring(other), kernels) == 0]
    if fitting:
        raise ExportError(
            f"--wiring-seed {seed} fits the weights, but so do {fitting}: they were hardly trained, so the seed cannot be checked"
        )
    chain = Chain(inputs)
    for k, (layer, adjacency) in enumerate(zip(layers, adjacencies)):
        # Each layer is fully recurrent within itself.
        mask = np.concatenate([adjacency, np.ones((sizes[k], sizes[k]))]).astype(np.float32)
        ff1, ff1_bias, ff2, ff2_bias, a, a_bias, b, b_bias = layer
        heads = {
            "ff1": _pair(ff1 * mask, ff1_bias),
            "ff2": _pair(ff2 * mask, ff2_bias),
            "time_a": _pair(a, a_bias, sign=-1),
            "time_b": _pair(b, b_bias),
        }
        chain.reads(ff1.shape[0] - sizes[k], "the recurrent layer")
        chain.cfc(mode, [], heads, None, "linear")
    chain.provenance |= {
        "mode": mode,
        "wiring": f"NCP {sizes[0]}-{sizes[1]}-{sizes[2]}, seed {seed}, checked against the weights",
    }
    return chain
