"""The wiring of a wired CfC of Keras: from the file, from the command line, or from what the weights prove."""

from __future__ import annotations

import numpy as np

from . import wirings
from .account import Account
from .keras_file import Layer
from .keras_settings import Told
from .network import ExportError
from .options import Options

# What NCP() takes unless told otherwise; ncps does not write it into files.
USUAL_SEED = 22222


def masks(
    parts: list[dict[str, np.ndarray]],
    inputs: int,
    sizes: list[int],
    layer: Layer,
    told: Told,
    options: Options,
    account: Account,
) -> tuple[int, list[np.ndarray], str]:
    """The number of outputs, the mask of each layer of the cell, [source + own state, destination], and what the model file is to
    remember of the wiring."""
    kernels = [[part[name] for name in ("ff1_weight", "ff2_weight") if name in part] for part in parts]
    wiring, note = _stated(layer, told, options), ""
    if wiring is None and told.wiring is not None:
        wiring = wirings.from_config(told.wiring, None, f"layer {layer.name}")
        note = "told by the file"
        if wiring is None:
            wiring, note = (
                wirings.from_config(told.wiring, USUAL_SEED, f"layer {layer.name}"),
                "the seed told by the weights",
            )
            if not wirings.proven(wiring, inputs, kernels):
                raise ExportError(
                    f"the file does not tell the seed of the wiring of {layer.name} (ncps does not write that of NCP), and its weights do "
                    f"not prove one: state it with --wiring-seed (NCP() uses {USUAL_SEED} unless told otherwise)"
                )
    if wiring is None:
        raise ExportError(
            f"the wiring of {layer.name} is not among its weights: state it with --wiring as training made it, for instance "
            "--wiring 'AutoNCP(19, 4, sparsity_level=0.5, seed=22222)', or export a .keras file, which tells it"
        )
    made, remembered = wirings.masks(wiring, kernels, f"layer {layer.name}", account, note)
    return min(wiring.outputs, sizes[-1]), made, remembered


def _stated(layer: Layer, told: Told, options: Options) -> wirings.Wiring | None:
    """The wiring that the command line states, unless the file says another."""
    if told.asked is None and options.wiring_seed is None:
        return None
    if told.asked is not None and options.wiring_seed is not None:
        raise ExportError("--wiring tells the seed too: give it there, and not with --wiring-seed")
    if told.wiring is None and told.asked is None:
        raise ExportError(f"--wiring-seed alone does not tell the wiring of {layer.name}: state all of it with --wiring")
    known = (
        wirings.from_config(told.wiring, options.wiring_seed, f"layer {layer.name}") if told.wiring is not None else None
    )
    if told.asked is None:
        return known
    stated = wirings.from_call(told.asked)
    if known is not None and (known.kind, known.arguments) != (stated.kind, stated.arguments):
        raise ExportError(f"--wiring {stated}, but the file says {known}")
    return stated
