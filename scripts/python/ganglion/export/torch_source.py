"""ncps.torch state_dicts: CfC, wired CfC, mixed memory, proj_size, in all modes; LTC on any wiring; alone, inside other
modules, or as bare cells."""

from __future__ import annotations

import numpy as np

from . import ltc, wirings
from .account import Account
from .chain import Chain
from .network import ACTIVATIONS, ExportError, Network
from .options import Options
from .states import Found, State

FLAVOUR = "ncps.torch"


def canonical(content, name: str, options: Options, account: Account) -> Network:
    """The canonical network in what a file of PyTorch, safetensors or NumPy holds.

    Mode and activation are not in a state_dict: pure is recognised by its tensors, everything else is asked for, and so
    are an LTC's unfolds and constraints.
    """
    state = State(content, name, account)
    others = state.networks()
    parts = [state.choose(asked) for asked in options.stack] if options.stack else [state.choose(options.prefix)]
    if len({part.cell for part in parts}) < len(parts):
        raise ExportError("--stack names a network twice")
    chain = None
    for part in parts:
        chain = _network(chain, state, part, options, account)
    if options.wiring and (not state.wired or len(options.wiring) not in (1, state.wired)):
        raise ExportError(
            f"--wiring is for each wired CfC that is without its sparsity_mask; it is given {len(options.wiring)} times, and {state.wired} are"
        )
    if options.head is not None:
        head = state.layer(options.head, parts[-1].prefix)
        weight = state.take(f"{head}.weight", "projection")
        bias = state.take(f"{head}.bias", "projection") if f"{head}.bias" in state else None
        if weight.ndim == 2 and weight.shape[1] != chain.width:
            raise ExportError(
                f"--head {options.head}: it reads {weight.shape[1]} values, but the network in front of it has {chain.width}: "
                "its width does not fit behind the network; name the Linear layer that reads the network's outputs"
            )
        chain.affine(weight, bias, f"--head {options.head}")
    _leave_rest(state, parts, others, options)
    return chain.network(FLAVOUR)


def _network(chain: Chain | None, state: State, part: Found, options: Options, account: Account) -> Chain:
    """Puts a CfC or LTC behind what there is."""
    state.refuse_parametrised(part)
    if part.kind == "ltc":
        for option, given in (("mode", options.mode), ("activation", options.activation)):
            if given is not None and not options.stack:
                raise ExportError(f"--{option} is for CfC networks; this checkpoint holds an LTC")
        return _ltc(chain, state, part, options, account)
    for option, given in (
        ("unfolds", options.unfolds),
        ("constraints", options.constraints),
        ("motors", options.motors),
        ("epsilon", options.epsilon),
    ):
        if given is not None and not options.stack:
            raise ExportError(f"--{option} is for LTC networks; this checkpoint holds a CfC")
    return _cfc(chain, state, part, options, account)


def _mode(state: State, source: str, asked: str | None, account: Account) -> str:
    pure = f"{source}w_tau" in state
    if pure and asked not in (None, "pure"):
        raise ExportError(f"--mode {asked}, but the checkpoint has w_tau and A: it was trained with mode pure")
    if not pure and asked == "pure":
        raise ExportError("--mode pure, but the checkpoint has no w_tau: it was trained with default or no_gate")
    if not pure and asked is None:
        raise ExportError(
            "the checkpoint does not say whether it was trained with mode default or no_gate, and both have the "
            "same tensors: state it with --mode default (what CfC() does unless told otherwise) or --mode no_gate"
        )
    account.set("mode", "pure" if pure else asked, "its tensors w_tau and A" if pure else "--mode")
    return "pure" if pure else asked


def _cfc(chain: Chain | None, state: State, part: Found, options: Options, account: Account) -> Chain:
    sources = [part.cell]
    if part.kind == "wired":
        sources = []
        while f"{part.cell}layer_{len(sources)}.ff1.weight" in state:
            sources.append(f"{part.cell}layer_{len(sources)}.")
        if not sources:
            raise ExportError(f"{part.cell}layer_0.ff1.weight is missing from the checkpoint")
    mode = _mode(state, sources[0], options.mode, account)
    masks = _masks(state, part, sources, options, account)
    first = len(chain.cells) if chain else 0
    for k, source in enumerate(sources, first):
        # Dropout and activations take indices too, so the indices have gaps.
        start = f"{source}backbone."
        numbers = [
            name[len(start) :].removesuffix(".weight")
            for name in state.names
            if name.startswith(start) and name.endswith(".weight")
        ]
        indices = sorted(int(number) for number in numbers if number.isdecimal())
        if indices and options.activation is None:
            raise ExportError(
                "the checkpoint does not say the backbone's activation: state it with --activation, one of "
                f"{', '.join(ACTIVATIONS)} (CfC() uses lecun_tanh unless told otherwise)"
            )
        mask = masks[k - first]

        def affine(name, target, mask=None):
            weight, bias = state.take(f"{source}{name}.weight", target), state.take(f"{source}{name}.bias", target)
            if weight.ndim != 2 or bias.shape != weight.shape[:1] or mask is not None and mask.shape != weight.shape:
                shapes = [list(value.shape) for value in (weight, bias, *([] if mask is None else [mask]))]
                raise ExportError(
                    f"cell{k}.{name}.weight, its bias and mask have the shapes {shapes}, which do not fit together"
                )
            return weight if mask is None else weight * mask, bias

        backbone = [affine(f"backbone.{index}", f"cell{k}.backbone{j}") for j, index in enumerate(indices)]
        names = ("ff1",) if mode == "pure" else ("ff1", "ff2", "time_a", "time_b")
        heads = {name: affine(name, f"cell{k}.{name}", mask if name.startswith("ff") else None) for name in names}
        columns, units = (backbone[0] if backbone else heads["ff1"])[0].shape[1], heads["ff1"][0].shape[0]
        _check(k, backbone, heads, units)
        tau = [
            state.take(f"{source}{name}", f"cell{k}.{target}")
            for name, target in (("w_tau", "w_tau"), ("A", "a"))
            if mode == "pure"
        ]
        chain = chain or Chain(columns - units)
        if k == first:
            _memory(chain, state, part, units)
        chain.reads(columns - units, f"{source}ff1" if not backbone else f"{source}backbone")
        chain.cfc(mode, backbone, heads, options.activation, "tanh", *tau)
    if options.activation:
        account.set("activation", options.activation, "--activation")
    chain.provenance |= {"mode": mode, **({"activation": options.activation} if options.activation else {})}
    if part.cell != part.prefix and f"{part.prefix}fc.weight" in state:
        chain.affine(
            state.take(f"{part.prefix}fc.weight", "projection"),
            state.take(f"{part.prefix}fc.bias", "projection"),
            f"{part.prefix}fc",
        )
    return chain


def _masks(state: State, part: Found, sources: list[str], options: Options, account: Account) -> list[np.ndarray | None]:
    """What ff1 and ff2 of each cell are multiplied by; None for cells that are not wired, and where it was done already.

    Training loops that keep only what is trained (moving averages, named_parameters() with requires_grad) lose the masks, and the
    weights off the wiring are then numbers that the network never used.
    """
    found = [
        state.take(f"{source}sparsity_mask", "zeros of ff1 and ff2") if f"{source}sparsity_mask" in state else None
        for source in sources
    ]
    missing = [k for k, mask in enumerate(found) if mask is None]
    # A wired cell has no backbone; with one these are cells of the trainer's own, one behind the other.
    own = any(f"{source}backbone." in name for source in sources for name in state.names)
    if part.kind != "wired" or not missing or own:
        return found
    kernels = [
        [state.array(f"{source}{name}.weight").T for name in ("ff1", "ff2") if f"{source}{name}.weight" in state]
        for source in sources
    ]
    if any(kernel.ndim != 2 or kernel.shape != pair[0].shape for pair in kernels for kernel in pair):
        raise ExportError(f"{part.cell}layer_0 and what follows: ff1 and ff2 have shapes that do not fit together")
    asked = options.wiring_of(state.wired) if len(missing) == len(sources) else None
    if asked is not None:
        state.wired += 1
        made, _ = wirings.masks(wirings.from_call(asked), kernels, part.cell or "the cell", account)
        return [np.abs(mask.T) for mask in made]
    zeros = [np.logical_and.reduce([kernel == 0 for kernel in pair]) for pair in kernels]
    if any(zeros[k].any() for k in missing) and all((kernel != 0)[~zeros[k]].all() for k in missing for kernel in kernels[k]):
        account.choose("weights without their sparsity_mask, whose zeros ff1 and ff2 share: the wiring is in them")
        return found
    raise ExportError(
        f"{sources[missing[0]]}sparsity_mask is missing: the checkpoint has only what was trained (a moving average, or named_parameters() "
        "with requires_grad), and weights off the wiring are among it; load it into the model and save model.state_dict(), or state the "
        "wiring as training made it, for instance --wiring 'AutoNCP(19, 4, sparsity_level=0.5, seed=22222)'"
    )


def _check(k: int, backbone: list, heads: dict, units: int):
    """Refuses maps that do not fit through a cell."""
    columns = None
    for j, (weight, _) in enumerate(backbone):
        if columns not in (None, weight.shape[1]):
            raise ExportError(
                f"cell{k}.backbone{j}.weight has the shape {list(weight.shape)}, but the layer before writes {columns}"
            )
        columns = weight.shape[0]
    for name, (weight, _) in heads.items():
        wanted = (units, columns or heads["ff1"][0].shape[1])
        if weight.shape != wanted:
            raise ExportError(
                f"cell{k}.{name}.weight has the shape {list(weight.shape)}, but the rest of the network needs {list(wanted)}"
            )
    if not backbone and heads["ff1"][0].shape[1] <= units:
        raise ExportError(f"cell{k}.ff1.weight has the shape {list(heads['ff1'][0].shape)}: it reads no inputs")


def _memory(chain: Chain, state: State, part: Found, units: int):
    """The LSTM of mixed memory, if there is one."""
    start = f"{part.prefix}lstm."
    if part.cell == part.prefix or f"{start}input_map.weight" not in state:
        return
    if part.kind == "wired":
        raise ExportError("mixed memory with a wired CfC is not supported: train without mixed_memory or without a wiring")
    into = state.take(f"{start}input_map.weight", "memory.gates")
    recurrent = state.take(f"{start}recurrent_map.weight", "memory.gates")
    bias = state.take(f"{start}input_map.bias", "memory.gates").copy()
    # The forget gate is sigmoid(fg + 1); the order i, ig, fg, og is ours already.
    bias[2 * units : 3 * units] += np.float32(1.0)
    chain.lstm("replaces_state", into, recurrent, bias, "mixed memory")


def _ltc(chain: Chain | None, state: State, part: Found, options: Options, account: Account) -> Chain:
    """An LTC of any wiring."""
    if part.cell != part.prefix and f"{part.prefix}lstm.input_map.weight" in state:
        raise ExportError("mixed memory with an LTC is not supported: train without mixed_memory")
    unfolds, softplus, epsilon = options.ltc_settings("the checkpoint", account)
    k = len(chain.cells) if chain else 0
    found = {name: state.take(f"{part.cell}{name}", f"cell{k}") for name in ltc.PARAMETERS}
    masks = [
        _synapses(state, part.cell, mask, found[potential], k, account)
        for mask, potential in (("sparsity_mask", "erev"), ("sensory_sparsity_mask", "sensory_erev"))
    ]
    found |= {name: state.take(f"{part.cell}{name}", f"cell{k}") for name in ltc.MAPPINGS if f"{part.cell}{name}" in state}
    account.set("mapping", ", ".join(n for n in ltc.MAPPINGS if n in found) or "none", "its tensors")
    motors = options.motors
    if "output_w" in found:
        known = found["output_w"].size
        if motors is not None and motors != known:
            raise ExportError(f"--motors {motors}, but the checkpoint has output_w of {known}")
        motors = known
    elif motors is None:
        raise ExportError(
            "without an output mapping the checkpoint does not say the number of motor neurons: state --motors"
        )
    if found["sensory_w"].ndim != 2:
        raise ExportError(f"sensory_w has the shape {list(found['sensory_w'].shape)}, which is none of synapses")
    chain = chain or Chain(found["sensory_w"].shape[0])
    chain.ltc(found, masks, ltc.Settings(unfolds, softplus, motors, epsilon), f"{part.cell}sensory_w")
    return chain


def _synapses(state: State, cell: str, mask: str, potentials: np.ndarray, k: int, account: Account) -> np.ndarray:
    """Which synapses there are: by their mask, or without one by their reversal potentials. Those of synapses that there are not begin at
    0, and no gradient moves them."""
    if f"{cell}{mask}" in state:
        return state.take(f"{cell}{mask}", f"zeros of cell{k}")
    account.choose(f"{int((potentials != 0).sum())} synapses by their reversal potentials, for want of {cell}{mask}")
    return potentials != 0


def _branch(other: Found, chosen: Found) -> str:
    """Below which name everything belongs with `other` and not with `chosen`: where their names part."""
    theirs, ours = other.prefix.split(".")[:-1], chosen.prefix.split(".")[:-1]
    for k, part in enumerate(theirs):
        if k >= len(ours) or part != ours[k]:
            return ".".join(theirs[: k + 1]) + "."
    return other.cell


def _leave_rest(state: State, parts: list[Found], others: list[Found], options: Options):
    """Says of every tensor that was not used why, and refuses those that may be layers of the network."""
    lost = [name for part in parts for name in state.own(part) if part.cell and not state.is_count(name)]
    if lost:
        raise ExportError(
            f"tensors of the network itself that are not read: {', '.join(sorted(lost)[:8])}{' ...' if len(lost) > 8 else ''}; without them it "
            "would be another: save the state_dict of the network as ncps.torch builds it"
        )
    branches = [(_branch(other, parts[0]), other) for other in others if other not in parts]
    refused = []
    for name in state.names:
        owner = next((other for branch, other in branches if branch and name.startswith(branch)), None)
        if state.is_of_training(name):
            state.leave(name, "belongs to training")
        elif owner is not None:
            state.leave(name, f"belongs to the network under {owner.prefix!r}, which was not chosen")
        elif state.is_count(name):
            state.leave(name, "whole numbers, which count something and are no weights")
        elif state.is_number_beside(name, parts[0]):
            state.leave(name, "a single number beside the network's weights, and no layer")
        elif options.only_cfc:
            state.leave(name, "another layer, by --only-cfc")
        else:
            refused.append(name)
    if refused:
        raise ExportError(
            f"tensors that belong to no part of the network: {', '.join(sorted(refused)[:8])}{' ...' if len(refused) > 8 else ''}. "
            "Name a Linear layer after it with --head; if the others are layers that run elsewhere (for "
            "instance a vision head in front), say --only-cfc"
        )
