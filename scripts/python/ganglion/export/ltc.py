"""The canonical liquid time-constant (LTC) cell, and how the parameters of ncps and keras-ncp become one.

Both keep synapses as [source, destination] and compute w * sigmoid(sigma * (p - mu)), with the inputs mapped to
p = x * input_w + input_b first and the motor neurons to v * output_w + output_b behind. Mapping and sigmoid become
slope * x + offset, and what is behind becomes the projection.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .network import ExportError

# Neurons whose trained capacitance is 0 follow their synapses at once. So they do with one as small as the epsilon that
# ncps adds to the denominator, and the step of length 0 keeps a meaning.
LEAST_CAPACITANCE = 1e-8
# What the canonical step adds to the denominator, and ncps unless told otherwise.
EPSILON = 1e-8
PARAMETERS = (
    "gleak",
    "vleak",
    "cm",
    "sigma",
    "mu",
    "w",
    "erev",
    "sensory_sigma",
    "sensory_mu",
    "sensory_w",
    "sensory_erev",
)
MAPPINGS = ("input_w", "input_b", "output_w", "output_b")
POSITIVE = ("gleak", "cm", "w", "sensory_w")
SYNAPSE = ("weight", "reversal", "slope", "offset")
NEURON = ("capacitance", "leak", "leak_reversal")


@dataclass
class Settings:
    """What no tensor tells of an LTC."""

    unfolds: int
    softplus: bool
    motors: int
    epsilon: float = EPSILON
    # ts = 1 counts as so much: the cell of the drone-flight code's ctrnn_ltc adds 0.001 to it.
    time_scale: float = 1.0


def check_settings(unfolds: int | None, epsilon: float | None, motors: int | None):
    """Refuses numbers that no LTC has, given as options or in a file."""
    if unfolds is not None and not 1 <= unfolds <= 64:
        raise ExportError(f"--unfolds {unfolds}: an LTC makes 1 to 64 Euler steps in a step")
    if epsilon is not None and not (math.isfinite(epsilon) and 0 <= epsilon <= 1):
        raise ExportError(f"--epsilon {epsilon}: it is a small number from 0 on")
    if motors is not None and motors < 1:
        raise ExportError(f"--motors {motors}: there is at least one")


def convert(
    found: dict[str, np.ndarray], mask: np.ndarray, sensory_mask: np.ndarray, settings: Settings
) -> dict[str, np.ndarray]:
    """The canonical arrays of an LTC cell's parameters by the names that ncps gives them, float64; of synapses [source,
    destination] with the inputs first. Masks are [source, destination]."""
    value = {name: np.asarray(array, np.float64) for name, array in found.items()}
    sensory, units = value["sensory_w"].shape if value["sensory_w"].ndim == 2 else (0, 0)
    shapes = {name: (units,) for name in ("gleak", "vleak", "cm")}
    shapes |= {name: (units, units) for name in ("sigma", "mu", "w", "erev")}
    shapes |= {f"sensory_{name}": (sensory, units) for name in ("sigma", "mu", "w", "erev")}
    shapes |= {name: (sensory,) for name in ("input_w", "input_b") if name in value}
    shapes |= {name: (settings.motors,) for name in ("output_w", "output_b") if name in value}
    for name, shape in shapes.items():
        if value[name].shape != shape:
            raise ExportError(
                f"{name} has the shape {list(value[name].shape)}, but the rest of the cell needs {list(shape)}"
            )
    for name, array in value.items():
        if not np.isfinite(array).all():
            raise ExportError(f"{name} has weights that are not finite: export an earlier checkpoint")
    if mask.shape != (units, units) or sensory_mask.shape != (sensory, units):
        raise ExportError("the masks of the wiring do not fit the cell's synapses")
    if settings.motors > units:
        raise ExportError(f"{settings.motors} motor neurons of {units}")
    for name in POSITIVE:
        if settings.softplus:
            value[name] = np.logaddexp(0.0, value[name])
        elif (value[name] < 0).any():
            raise ExportError(
                f"{name} has negative elements, which explicit constraints would have clipped: say --constraints implicit, "
                "or call apply_weight_constraints() before saving"
            )
    input_w = value.get("input_w", np.ones(sensory))[:, None]
    input_b = value.get("input_b", np.zeros(sensory))[:, None]
    sigma, sensory_sigma = value["sigma"], value["sensory_sigma"]
    made = {
        "weight": (value["sensory_w"] * (sensory_mask != 0), value["w"] * (mask != 0)),
        "reversal": (value["sensory_erev"], value["erev"]),
        "slope": (sensory_sigma * input_w, sigma),
        "offset": (sensory_sigma * (input_b - value["sensory_mu"]), -sigma * value["mu"]),
    }
    exists = np.concatenate(made["weight"]) != 0
    # What a synapse that there is not would have as reversal potential, slope and offset is of no interest.
    made = {name: np.where(exists, np.concatenate(pair), 0.0) for name, pair in made.items()}
    made["capacitance"] = np.maximum(value["cm"] / settings.time_scale, LEAST_CAPACITANCE)
    # Another epsilon is a leak with no potential of its own.
    made["leak"] = np.maximum(np.abs(value["gleak"]) + (settings.epsilon - EPSILON), 0.0)
    current = np.abs(value["gleak"]) * value["vleak"]
    made["leak_reversal"] = value["vleak"]
    if settings.epsilon != EPSILON:
        made["leak_reversal"] = np.divide(current, made["leak"], out=np.zeros(units), where=made["leak"] > 0)
    return made


def provenance(made: dict[str, np.ndarray], settings: Settings) -> dict[str, str]:
    """What the model file remembers of the settings."""
    found = {
        "mode": "ltc",
        "unfolds": str(settings.unfolds),
        "constraints": "implicit" if settings.softplus else "explicit",
    }
    if settings.epsilon != EPSILON:
        found["epsilon"] = repr(float(settings.epsilon))
    instant = int((made["capacitance"] <= LEAST_CAPACITANCE).sum())
    if instant:
        found["capacitance"] = f"{instant} neurons have none; {LEAST_CAPACITANCE} stands for it"
    return found
