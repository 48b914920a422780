"""Keras HDF5 checkpoints of the drone-flight code: cfc, mixedcfc, wiredcfccell and ncp, read without TensorFlow.

Only the recurrent part and the dense layer after it: the network's inputs are the 128 features that the
convolutional part in front makes of an image.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np

from . import ltc, ncp_wiring
from .network import ExportError, Network, cell

FLAVOUR = "drone_causality"
# What makramchahine/drone_causality's keras_models.py builds for "wiredcfccell".
FANOUTS = {"sensory_fanout": 6, "inter_fanout": 4, "recurrent": 4, "motor_fanin": 6}
# Other seeds that must not fit: those the authors searched, and some more.
OTHER_SEEDS = [*range(22221, 22230), 55555, *range(1, 21)]
# keras-ncp's LTCCell, unless told otherwise, and the drone-flight code does not tell.
UNFOLDS = 6
ACTIVATION_NAMES = {"silu": "silu", "relu": "relu", "tanh": "tanh", "lecun": "lecun_tanh"}


def load(path: Path) -> tuple[dict[str, np.ndarray], tuple[np.ndarray, np.ndarray] | None]:
    """The recurrent layer's weights in order, and the kernel and bias of the dense layer after it, if any."""
    try:
        import h5py
    except ImportError as error:
        raise ExportError("Keras checkpoints need h5py to be read: pip install h5py") from error

    def text(value):
        return value.decode() if isinstance(value, bytes) else str(value)

    try:
        with h5py.File(path) as file:
            names = [text(name) for name in file.attrs["layer_names"]]
            layers = {
                name: {text(w): np.asarray(file[name][text(w)], np.float32) for w in file[name].attrs["weight_names"]}
                for name in names
            }
    except (OSError, KeyError) as error:
        raise ExportError(f"{path.name} is not a Keras weights file: {error}") from error
    recurrent = [k for k, name in enumerate(names) if any("_cell" in weight for weight in layers[name])]
    if len(recurrent) != 1:
        raise ExportError(f"{path.name} has {len(recurrent)} recurrent layers, of {names}; expected one")
    after = [name for name in names[recurrent[0] + 1 :] if layers[name]]
    dense = None
    if after:
        values = list(layers[after[0]].values())
        if len(after) > 1 or len(values) != 2 or values[0].ndim != 2:
            raise ExportError(f"{path.name}: after the recurrent layer one dense layer is expected, found {after}")
        dense = (values[0], values[1])
    return layers[names[recurrent[0]]], dense


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
        return "ncp"
    raise ExportError(f"no cell of the drone-flight code: {list(weights)[:6]}")


def settings(path: Path, kind: str) -> dict:
    """The settings that params.json has for the one network of that kind."""
    try:
        entries = json.loads(Path(path).read_text())
        calls = [ast.parse(text, mode="eval").body for text in entries.values()]
        found = [{"class": call.func.id} | {k.arg: ast.literal_eval(k.value) for k in call.keywords} for call in calls]
    except (OSError, ValueError, SyntaxError, AttributeError) as error:
        raise ExportError(f"{path}: not a params.json of the drone-flight code ({error})") from error
    if kind == "ncp":
        found = [entry for entry in found if entry["class"] == "NCPParams"]
    else:
        found = [entry for entry in found if entry.get("ct_network_type") == kind]
    if len(found) != 1:
        raise ExportError(f"{path}: {len(found)} networks of type {kind}; state its settings by options instead")
    return {"wiring_seed": found[0].get("seed" if kind == "ncp" else "wiredcfc_seed"), **found[0].get("config", {})}


def canonical(
    weights: dict[str, np.ndarray], dense: tuple[np.ndarray, np.ndarray] | None, *, mode: str | None,
    activation: str | None, forget_bias: float | None, wiring_seed: int | None, uses_elapsed_time: bool,
) -> Network:
    """The canonical network of a recurrent layer's weights and the dense layer after it."""
    kind = network_type(weights)
    if kind == "ncp":
        network = _ltc(weights, wiring_seed)
    elif kind == "wiredcfccell":
        network = _wired(weights, mode or "default", wiring_seed)
    else:
        network = _dense(weights, kind, mode, activation, forget_bias, uses_elapsed_time)
    network.provenance["network_type"] = kind
    if dense is not None and network.projection:
        raise ExportError("a dense layer after an LTC, which has an output mapping: not what the drone-flight code builds")
    if dense is not None:
        kernel, bias = dense
        network.tensors["projection.weight"], network.tensors["projection.bias"] = kernel.T, bias
        network.projection, network.outputs = True, kernel.shape[1]
    return network


def _affine(tensors, name, kernel, bias, sign=1):
    tensors[f"{name}.weight"], tensors[f"{name}.bias"] = np.float32(sign) * kernel.T, np.float32(sign) * bias


def _dense(weights, kind, mode, activation, forget_bias, uses_elapsed_time) -> Network:
    """cfc and mixedcfc: heads lecun_tanh, gate sigmoid(-a t + b)."""
    if mode == "pure":
        raise ExportError("--mode pure: the drone-flight code's minimal variant is not among its published networks")
    if mode is None:
        raise ExportError("state --mode default or --mode no_gate, or give the network's params.json with --params")
    if activation is None:
        raise ExportError("state the backbone's --activation, or give the network's params.json with --params")
    tensors: dict[str, np.ndarray] = {}
    memory = None
    weights = dict(weights)
    if kind == "mixedcfc":
        if forget_bias is None:
            raise ExportError(
                "the LSTM's forget bias is a setting, not a weight: state --forget-bias, or give params.json with --params"
            )
        parts = {name.split("/")[-1]: weights.pop(name) for name in list(weights) if name.count("/") == 2}
        into, recurrent, bias = parts["input_kernel:0"], parts["recurrent_kernel:0"], parts["bias:0"].copy()
        units = recurrent.shape[0]
        bias[2 * units : 3 * units] += np.float32(forget_bias)
        tensors["memory.gates.weight"] = np.concatenate([into.T, recurrent.T], axis=1)
        tensors["memory.gates.bias"] = bias
        memory = {"role": "feeds_input", "units": units}
    values = list(weights.values())
    pairs = list(zip(values[0::2], values[1::2]))
    if len(pairs) < 4 or any(kernel.ndim != 2 or bias.shape != kernel.shape[1:] for kernel, bias in pairs):
        raise ExportError(f"unexpected weights in the recurrent layer: {list(weights)}")
    *backbone, ff1, ff2, time_a, time_b = pairs
    for j, (kernel, bias) in enumerate(backbone):
        _affine(tensors, f"cell0.backbone{j}", kernel, bias)
    _affine(tensors, "cell0.ff1", *ff1)
    _affine(tensors, "cell0.ff2", *ff2)
    _affine(tensors, "cell0.time_a", *time_a, sign=-1)
    _affine(tensors, "cell0.time_b", *time_b)
    provenance = {"mode": mode, "activation": activation}
    units = ff1[0].shape[1]
    inputs = pairs[0][0].shape[0] - units
    if kind == "mixedcfc":
        inputs = into.shape[0]
        provenance["forget_bias"] = repr(float(forget_bias))
        if not uses_elapsed_time:
            # Without elapsed time this cell was trained with t = 0: its gate is sigmoid(t_b), whatever ts is.
            for part in ("weight", "bias"):
                tensors[f"cell0.time_a.{part}"] = np.zeros_like(tensors[f"cell0.time_a.{part}"])
            provenance["elapsed_time"] = "not used: trained with t = 0, so time_a is zero"
    widths = [kernel.shape[1] for kernel, _ in backbone]
    return Network(
        flavour=FLAVOUR, inputs=inputs, outputs=units, memory=memory, tensors=tensors,
        cells=[cell(mode, units, widths, activation, "lecun_tanh")], provenance=provenance,
    )


def _ltc(weights, seed: int | None) -> Network:
    """ncp: keras-ncp's LTC, conductances clipped at 0, on the NCP wiring.

    The wiring shows in the file: a synapse that there is not has the reversal potential 0, from which no gradient moved
    it, and one that there is began at -1 or 1.
    """
    found = {name.split("/")[-1].removesuffix(":0"): value for name, value in weights.items()}
    missing = [name for name in ltc.PARAMETERS + ltc.MAPPINGS if name not in found]
    if missing:
        raise ExportError(f"the LTC cell has no {', '.join(missing)}; found {list(found)}")
    if seed is not None:
        _check_wiring(found, seed)
    network = ltc.canonical(
        found, found["erev"] != 0, found["sensory_erev"] != 0, unfolds=UNFOLDS, softplus=False, flavour=FLAVOUR
    )
    ltc.map_outputs(network, found, found["output_w"].size)
    synapses = int((found["sensory_erev"] != 0).sum()), int((found["erev"] != 0).sum())
    network.provenance["wiring"] = f"{synapses[0]} synapses from inputs and {synapses[1]} between neurons, by their reversal potentials"
    return network


def _check_wiring(found, seed: int):
    """Refuses an LTC whose synapses are not those that the seed draws."""
    exists, sensory = found["erev"] != 0, found["sensory_erev"] != 0
    # Neurons in order: motor, command, inter; only inter neurons have synapses from inputs.
    motor, inter = found["output_w"].size, int(sensory.any(axis=0).sum())
    command = exists.shape[0] - motor - inter
    first = motor + command
    here = [sensory[:, first:], exists[first:, motor:first], exists[motor:first, :motor]]
    drawn = ncp_wiring.draw(seed, sensory.shape[0], inter, command, motor, **FANOUTS)
    count = sum(int(((there != 0) != part).sum()) for there, part in zip(drawn, here))
    if count:
        raise ExportError(f"--wiring-seed {seed}: {count} synapses are not those of that wiring, so it is not this network's")


def _wired(weights, mode, seed) -> Network:
    """wiredcfccell: keras-ncp's cell, linear heads, gate sigmoid(-a t + b), ff1 and ff2 times the signed adjacency."""
    values = list(weights.values())
    names = [name.split("/", 2)[-1] for name in weights]
    if len(values) != 24 or not all(names[8 * k].endswith("ff1_weight:0") for k in range(3)):
        raise ExportError(f"expected three layers of ff1, ff2, time_a, time_b; found {names}")
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
    tensors: dict[str, np.ndarray] = {}
    for k, (layer, adjacency) in enumerate(zip(layers, adjacencies)):
        # Each layer is fully recurrent within itself.
        mask = np.concatenate([adjacency, np.ones((sizes[k], sizes[k]))]).astype(np.float32)
        ff1, ff1_bias, ff2, ff2_bias, a, a_bias, b, b_bias = layer
        _affine(tensors, f"cell{k}.ff1", ff1 * mask, ff1_bias)
        _affine(tensors, f"cell{k}.ff2", ff2 * mask, ff2_bias)
        _affine(tensors, f"cell{k}.time_a", a, a_bias, sign=-1)
        _affine(tensors, f"cell{k}.time_b", b, b_bias)
    return Network(
        flavour=FLAVOUR, inputs=inputs, outputs=sizes[-1], tensors=tensors,
        cells=[cell(mode, units, [], "lecun_tanh", "linear") for units in sizes],
        provenance={
            "mode": mode, "wiring": f"NCP {sizes[0]}-{sizes[1]}-{sizes[2]}, seed {seed}, checked against the weights",
        },
    )
