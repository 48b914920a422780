"""Writes the closed-form networks of the parity cases (scripts/fixtures/cases.py) as model files."""

from pathlib import Path

import paths  # noqa: F401, finds the scripts

import generator
import reference
from cases import CASES
from ganglion.export import model_file
from ganglion.export.network import MODES, Network

BY_NAME = {case["name"]: case for case in CASES if all(cell["mode"] in MODES for cell in case["cells"])}


def write(case: dict, path: Path) -> Path:
    """The float32 model of a case."""
    made = generator.model(case)
    network = Network(
        flavour=case["flavour"], inputs=made.inputs, outputs=made.outputs, tensors=reference.tensors(made),
        **reference.architecture(made),
    )
    model_file.write_model(
        path, network, _ports("input", made.inputs), _ports("output", made.outputs),
        {"unit_s": 0.01, "minimum": 0.0, "maximum": 3.0},
    )
    return path


def _ports(kind: str, count: int) -> list[dict]:
    return [{"name": f"{kind}_{k}", "unit": "1", "minimum": -1.0, "maximum": 1.0} for k in range(count)]
