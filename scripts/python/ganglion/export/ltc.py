"""The canonical liquid time-constant (LTC) cell, and how the parameters of ncps and keras-ncp become one.

Both keep synapses as [source, destination] and compute w * sigmoid(sigma * (p - mu)), with the inputs mapped to
p = x * input_w + input_b first and the motor neurons to v * output_w + output_b behind. Mapping and sigmoid become
slope * x + offset, and what is behind becomes the projection.
"""

from __future__ import annotations

import numpy as np

from .network import ExportError, Network

# Neurons whose trained capacitance is 0 follow their synapses at once. So they do with one as small as the epsilon that
# ncps adds to the denominator, and the step of length 0 keeps a meaning.
LEAST_CAPACITANCE = 1e-8
PARAMETERS = (
    "gleak", "vleak", "cm", "sigma", "mu", "w", "erev", "sensory_sigma", "sensory_mu", "sensory_w", "sensory_erev",
)
MAPPINGS = ("input_w", "input_b", "output_w", "output_b")
POSITIVE = ("gleak", "cm", "w", "sensory_w")


def canonical(
    found: dict[str, np.ndarray], mask: np.ndarray, sensory_mask: np.ndarray, *, unfolds: int, softplus: bool, flavour: str
) -> Network:
    """The network of an LTC cell's parameters by the names that ncps gives them; masks are [source, destination]."""
    value = {name: np.asarray(array, np.float64) for name, array in found.items()}
    sensory, units = value["sensory_w"].shape if value["sensory_w"].ndim == 2 else (0, 0)
    shapes = {name: (units,) for name in ("gleak", "vleak", "cm")}
    shapes |= {name: (units, units) for name in ("sigma", "mu", "w", "erev")}
    shapes |= {f"sensory_{name}": (sensory, units) for name in ("sigma", "mu", "w", "erev")}
    shapes |= {name: (sensory,) for name in ("input_w", "input_b") if name in value}
    for name, shape in shapes.items():
        if value[name].shape != shape:
            raise ExportError(f"{name} has the shape {list(value[name].shape)}, but the rest of the cell needs {list(shape)}")
    for name, array in value.items():
        if not np.isfinite(array).all():
            raise ExportError(f"{name} has weights that are not finite: export an earlier checkpoint")
    if mask.shape != (units, units) or sensory_mask.shape != (sensory, units):
        raise ExportError("the masks of the wiring do not fit the cell's synapses")
    for name in POSITIVE:
        if softplus:
            value[name] = np.logaddexp(0.0, value[name])
        elif (value[name] < 0).any():
            raise ExportError(
                f"{name} has negative elements, which explicit constraints would have clipped: say --constraints implicit, "
                "or call apply_weight_constraints() before saving"
            )
    input_w = value.get("input_w", np.ones(sensory))[:, None]
    input_b = value.get("input_b", np.zeros(sensory))[:, None]
    sigma, sensory_sigma = value["sigma"], value["sensory_sigma"]
    arrays = {
        "weight": (value["sensory_w"] * (sensory_mask != 0), value["w"] * (mask != 0)),
        "reversal": (value["sensory_erev"], value["erev"]),
        "slope": (sensory_sigma * input_w, sigma),
        "offset": (sensory_sigma * (input_b - value["sensory_mu"]), -sigma * value["mu"]),
    }
    exists = np.concatenate(arrays["weight"]).T != 0
    # What a synapse that there is not would have as reversal potential, slope and offset is of no interest.
    tensors = {f"cell0.synapse.{name}": np.where(exists, np.concatenate(pair).T, 0.0) for name, pair in arrays.items()}
    tensors["cell0.capacitance"] = np.maximum(value["cm"], LEAST_CAPACITANCE)
    tensors["cell0.leak"], tensors["cell0.leak_reversal"] = np.abs(value["gleak"]), value["vleak"]
    network = Network(
        flavour=flavour, inputs=sensory, outputs=units, cells=[{"mode": "ltc", "units": units, "unfolds": int(unfolds)}],
        tensors={name: np.float32(array) for name, array in tensors.items()},
        provenance={"mode": "ltc", "unfolds": str(unfolds), "constraints": "implicit" if softplus else "explicit"},
    )
    instant = int((value["cm"] < LEAST_CAPACITANCE).sum())
    if instant:
        network.provenance["capacitance"] = f"{instant} neurons have none; {LEAST_CAPACITANCE} stands for it"
    return network


def map_outputs(network: Network, found: dict[str, np.ndarray], motors: int):
    """The motor neurons, the first ones of the wiring, times output_w plus output_b as the projection."""
    units = network.outputs
    network.outputs = motors
    if "output_w" not in found:
        return
    weight = np.zeros((motors, units), np.float32)
    np.fill_diagonal(weight, found["output_w"])
    network.tensors["projection.weight"] = weight
    network.tensors["projection.bias"] = np.float32(found.get("output_b", np.zeros(motors)))
    network.projection = True
