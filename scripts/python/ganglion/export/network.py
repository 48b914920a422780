"""A canonical network on its way into a model file, and why an export is refused."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

MODES = ("default", "no_gate", "pure")
ACTIVATIONS = ("silu", "relu", "tanh", "gelu", "lecun_tanh")


class ExportError(Exception):
    """What is wrong or undecided, and what to do; the text is for people."""


@dataclass
class Network:
    """Architecture and tensors as docs/model-format.md defines them."""

    flavour: str
    inputs: int
    outputs: int
    cells: list[dict]
    tensors: dict[str, np.ndarray]
    memory: dict | None = None
    projection: bool = False
    provenance: dict[str, str] = field(default_factory=dict)

    @property
    def architecture(self) -> dict:
        return {"memory": self.memory, "cells": self.cells, "projection": self.projection}

    @property
    def neurons(self) -> int:
        return sum(cell["units"] for cell in self.cells)

    def check(self):
        """Refuses shapes that do not fit through the chain, and weights that are not finite."""
        expected = {}

        def affine(name, rows, columns):
            expected[f"{name}.weight"], expected[f"{name}.bias"] = (rows, columns), (rows,)

        read = self.inputs
        if self.memory:
            units = self.memory["units"]
            affine("memory.gates", 4 * units, self.inputs + units)
            if self.memory["role"] == "feeds_input":
                read = units
        for k, cell in enumerate(self.cells):
            if cell["mode"] == "ltc":
                units = cell["units"]
                for name in ("weight", "reversal", "slope", "offset"):
                    expected[f"cell{k}.synapse.{name}"] = (units, read + units)
                for name in ("capacitance", "leak", "leak_reversal"):
                    expected[f"cell{k}.{name}"] = (units,)
                read = units
                continue
            columns = read + cell["units"]
            for j, width in enumerate(cell["backbone"]):
                affine(f"cell{k}.backbone{j}", width, columns)
                columns = width
            for head in ("ff1",) if cell["mode"] == "pure" else ("ff1", "ff2", "time_a", "time_b"):
                affine(f"cell{k}.{head}", cell["units"], columns)
            if cell["mode"] == "pure":
                expected[f"cell{k}.w_tau"] = expected[f"cell{k}.a"] = (cell["units"],)
            read = cell["units"]
        if self.projection:
            affine("projection", self.outputs, read)
        for name in sorted(expected.keys() | self.tensors.keys()):
            if name not in self.tensors:
                raise ExportError(f"{name} is missing from the checkpoint")
            value = self.tensors[name]
            if name not in expected or value.shape != expected[name]:
                raise ExportError(
                    f"{name} has the shape {list(value.shape)}, "
                    f"but the rest of the network needs {list(expected[name]) if name in expected else 'none'}"
                )
            if not np.isfinite(value).all():
                raise ExportError(f"{name} has weights that are not finite: export an earlier checkpoint")


def cell(mode: str, units: int, backbone: list[int], activation: str, head: str) -> dict:
    """A cell's entry in the architecture."""
    return {
        "mode": mode, "units": int(units), "backbone": [int(width) for width in backbone],
        "backbone_activation": activation, "head_activation": "linear" if mode == "pure" else head,
    }
