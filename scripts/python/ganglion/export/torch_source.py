"""ncps.torch state_dicts: CfC, wired CfC, mixed memory, proj_size, in all modes; LTC on any wiring."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from . import ltc
from .model_file import read_tensors
from .network import ACTIVATIONS, ExportError, Network, cell

FLAVOUR = "ncps.torch"


def load(path: Path) -> dict[str, np.ndarray]:
    """The state_dict in a .pt, .pth, .ckpt (needs torch), .safetensors or .npz file."""
    if path.suffix == ".safetensors":
        return read_tensors(path)[0]
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    try:
        import torch
    except ImportError as error:
        raise ExportError(
            f"{path.name} needs PyTorch to be read: pip install torch, or save the state_dict as .safetensors"
        ) from error
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a file that is not plain tensors
        raise ExportError(
            f"{path.name} is not a plain state_dict: save it with torch.save(model.state_dict(), ...) ({error})"
        ) from error
    if isinstance(content, dict) and isinstance(content.get("state_dict"), dict):
        content = content["state_dict"]
    if not isinstance(content, dict) or not all(hasattr(value, "detach") for value in content.values()):
        raise ExportError(f"{path.name} is not a state_dict: save it with torch.save(model.state_dict(), ...)")
    return {name: value.detach().float().numpy() for name, value in content.items()}


def _prefix(names, asked: str | None) -> str:
    """What stands before rnn_cell in the names of the one CfC or LTC."""
    found = set()
    for name in names:
        for mark in ("rnn_cell.ff1.weight", "rnn_cell.layer_0.ff1.weight", "rnn_cell.gleak"):
            if name == mark or name.endswith("." + mark):
                found.add(name[: -len(mark)])
    if asked is not None:
        asked = asked if not asked or asked.endswith(".") else asked + "."
        if asked not in found:
            raise ExportError(f"no CfC or LTC under --prefix {asked!r}; there is one under: {sorted(found)}")
        return asked
    if not found:
        raise ExportError(
            "no ncps.torch CfC or LTC in this checkpoint: no tensor is named ...rnn_cell.ff1.weight or ...rnn_cell.gleak"
        )
    if len(found) > 1:
        raise ExportError(f"several networks in this checkpoint: choose one with --prefix, of {sorted(found)}")
    return found.pop()


def canonical(
    state: dict[str, np.ndarray], *, mode: str | None, activation: str | None, prefix: str | None = None,
    head: str | None = None, only_cfc: bool = False, unfolds: int | None = None, constraints: str | None = None,
    motors: int | None = None,
) -> Network:
    """The canonical network of a state_dict.

    mode and activation are not in a state_dict: pure is recognised by its tensors, everything else is asked
    for, and so are an LTC's unfolds and constraints. head names a Linear layer after the network that becomes the
    projection.
    """
    prefix = _prefix(state, prefix)
    rest = {name[len(prefix) :]: np.asarray(value, np.float32) for name, value in state.items() if name.startswith(prefix)}
    outside = [name for name in state if not name.startswith(prefix)]
    tensors: dict[str, np.ndarray] = {}

    def take(name):
        if name not in rest:
            raise ExportError(f"{prefix}{name} is missing from the checkpoint")
        return rest.pop(name)

    def affine(target, source, mask=None):
        weight = take(f"{source}.weight")
        tensors[f"{target}.weight"] = weight if mask is None else weight * mask
        tensors[f"{target}.bias"] = take(f"{source}.bias")
        return weight

    if "rnn_cell.gleak" in rest:
        if mode is not None or activation is not None:
            raise ExportError("--mode and --activation are for CfC networks; this checkpoint holds an LTC")
        network = _ltc(rest, unfolds, constraints, motors)
        _add_head(network, state, prefix, rest, outside, head, only_cfc)
        return network
    for name, given in (("unfolds", unfolds), ("constraints", constraints), ("motors", motors)):
        if given is not None:
            raise ExportError(f"--{name} is for LTC networks; this checkpoint holds a CfC")
    wired = "rnn_cell.layer_0.ff1.weight" in rest
    layers = 0
    while f"rnn_cell.layer_{layers}.ff1.weight" in rest:
        layers += 1
    sources = [f"rnn_cell.layer_{k}" for k in range(layers)] if wired else ["rnn_cell"]

    pure = f"{sources[0]}.w_tau" in rest
    if pure and mode not in (None, "pure"):
        raise ExportError(f"--mode {mode}, but the checkpoint has w_tau and A: it was trained with mode pure")
    if not pure and mode == "pure":
        raise ExportError("--mode pure, but the checkpoint has no w_tau: it was trained with default or no_gate")
    mode = "pure" if pure else mode
    if mode is None:
        raise ExportError(
            "the checkpoint does not say whether it was trained with mode default or no_gate, and both have the "
            "same tensors: state it with --mode default (what CfC() does unless told otherwise) or --mode no_gate"
        )

    cells = []
    inputs = read = None
    for k, source in enumerate(sources):
        # Dropout and activations take indices too, so the indices have gaps.
        indices = sorted(
            int(name.split(".")[2]) for name in rest if name.startswith(f"{source}.backbone.") and name.endswith(".weight")
        )
        if indices and activation is None:
            raise ExportError(
                "the checkpoint does not say the backbone's activation: state it with --activation, one of "
                f"{', '.join(ACTIVATIONS)} (CfC() uses lecun_tanh unless told otherwise)"
            )
        mask = rest.pop(f"{source}.sparsity_mask", None)
        backbone = [affine(f"cell{k}.backbone{j}", f"{source}.backbone.{index}").shape[0] for j, index in enumerate(indices)]
        ff1 = affine(f"cell{k}.ff1", f"{source}.ff1", mask)
        units = ff1.shape[0]
        if pure:
            tensors[f"cell{k}.w_tau"] = take(f"{source}.w_tau").reshape(-1)
            tensors[f"cell{k}.a"] = take(f"{source}.A").reshape(-1)
        else:
            affine(f"cell{k}.ff2", f"{source}.ff2", mask)
            affine(f"cell{k}.time_a", f"{source}.time_a")
            affine(f"cell{k}.time_b", f"{source}.time_b")
        columns = (tensors[f"cell{k}.backbone0.weight"] if backbone else ff1).shape[1]
        inputs = columns - units if inputs is None else inputs
        cells.append(cell(mode, units, backbone, activation or "lecun_tanh", "tanh"))
        read = units

    memory = None
    if "lstm.input_map.weight" in rest:
        if wired:
            raise ExportError("mixed memory with a wired CfC is not supported: train without mixed_memory or without a wiring")
        memory = {"role": "replaces_state", "units": int(read)}
        into, recurrent = take("lstm.input_map.weight"), take("lstm.recurrent_map.weight")
        bias = take("lstm.input_map.bias").copy()
        # The forget gate is sigmoid(fg + 1); the order i, ig, fg, og is ours already.
        bias[2 * read : 3 * read] += np.float32(1.0)
        tensors["memory.gates.weight"] = np.concatenate([into, recurrent], axis=1)
        tensors["memory.gates.bias"] = bias

    outputs = read
    projection = "fc.weight" in rest
    if projection:
        outputs = affine("projection", "fc").shape[0]
    network = Network(
        flavour=FLAVOUR, inputs=int(inputs), outputs=int(outputs), cells=cells, tensors=tensors, memory=memory,
        projection=projection, provenance={"mode": mode, **({"activation": activation} if activation else {})},
    )
    _add_head(network, state, prefix, rest, outside, head, only_cfc)
    return network


def _ltc(rest, unfolds: int | None, constraints: str | None, motors: int | None) -> Network:
    """An LTC of any wiring; takes its tensors out of `rest`."""
    if "lstm.input_map.weight" in rest:
        raise ExportError("mixed memory with an LTC is not supported: train without mixed_memory")
    if unfolds is None:
        raise ExportError(
            "the checkpoint does not say the number of Euler steps: state it with --unfolds (LTC() uses 6 unless told otherwise)"
        )
    if constraints is None:
        raise ExportError(
            "the checkpoint does not say how its conductances are kept positive: state --constraints implicit (softplus, what "
            "LTC() does unless told otherwise) or --constraints explicit (clipping, what LTCCell() does)"
        )
    found = {}
    for name in ltc.PARAMETERS + ("sparsity_mask", "sensory_sparsity_mask"):
        if f"rnn_cell.{name}" not in rest:
            raise ExportError(f"rnn_cell.{name} is missing from the checkpoint")
        found[name] = rest.pop(f"rnn_cell.{name}")
    found |= {name: rest.pop(f"rnn_cell.{name}") for name in ltc.MAPPINGS if f"rnn_cell.{name}" in rest}
    masks = found.pop("sparsity_mask"), found.pop("sensory_sparsity_mask")
    network = ltc.canonical(found, *masks, unfolds=unfolds, softplus=constraints == "implicit", flavour=FLAVOUR)
    if "output_w" in found:
        known = found["output_w"].size
        if motors is not None and motors != known:
            raise ExportError(f"--motors {motors}, but the checkpoint has output_w of {known}")
        motors = known
    elif motors is None:
        raise ExportError("without an output mapping the checkpoint does not say the number of motor neurons: state --motors")
    if not 1 <= motors <= network.outputs:
        raise ExportError(f"{motors} motor neurons of {network.outputs}")
    ltc.map_outputs(network, found, motors)
    return network


def _add_head(network: Network, state, prefix: str, rest, outside, head: str | None, only_cfc: bool):
    """Makes the Linear layer `head` the projection, and refuses tensors that belong to nothing."""
    tensors = network.tensors
    if head is not None:
        if f"{head}.weight" not in state or f"{head}.bias" not in state:
            raise ExportError(f"--head {head}: the checkpoint has no {head}.weight and {head}.bias")
        weight, bias = (np.asarray(state[f"{head}.{part}"], np.float32) for part in ("weight", "bias"))
        outside = [name for name in outside if not name.startswith(head + ".")]
        for part in ("weight", "bias"):
            if head.startswith(prefix):
                rest.pop(f"{head[len(prefix):]}.{part}", None)
        if network.projection:
            # Two affine maps in a row are one.
            first, offset = tensors["projection.weight"].astype(np.float64), tensors["projection.bias"]
            bias = (weight.astype(np.float64) @ offset + bias).astype(np.float32)
            weight = (weight.astype(np.float64) @ first).astype(np.float32)
        # The outputs may be the first of more neurons.
        weight = np.pad(weight, ((0, 0), (0, max(0, network.cells[-1]["units"] - weight.shape[1]))))
        tensors["projection.weight"], tensors["projection.bias"] = weight, bias
        network.outputs, network.projection = weight.shape[0], True
    left = [prefix + name for name in rest] + outside
    if left and not only_cfc:
        raise ExportError(
            f"tensors that belong to no part of the network: {', '.join(sorted(left)[:8])}{' ...' if len(left) > 8 else ''}. "
            "Name a Linear layer after it with --head; if the others are layers that run elsewhere (for "
            "instance a vision head in front), say --only-cfc"
        )
