"""Inputs, outputs and time of a model, from the sidecar or the options."""

from __future__ import annotations

import argparse
import json
import math
import sys

import numpy as np

from ganglion import safetensors

from .network import ExportError, Network

MEMBERS = ("name", "unit", "minimum", "maximum")


def describe(given: argparse.Namespace, network: Network) -> tuple[list[dict], list[dict], dict]:
    """Inputs, outputs and time."""
    sidecar = _sidecar(given.ports) if given.ports else {}
    for member, option in (("inputs", "input_range"), ("outputs", "output_range"), ("time", "time_unit"), ("time", "ts_range")):
        if member in sidecar and getattr(given, option) is not None:
            name = f"--{option.replace('_', '-')}"
            raise ExportError(f"{given.ports} has {member}, and {name} states it too: leave one of them out")
    provenance = sidecar.get("provenance", {})
    if not isinstance(provenance, dict):
        raise ExportError(f"{given.ports}: provenance is no object")
    network.provenance |= {key: str(value) for key, value in provenance.items()}
    time = _time(sidecar.get("time"), given)
    inputs = _ports("input", network.inputs, given.input_range, sidecar.get("inputs"), given)
    outputs = _ports("output", network.outputs, given.output_range, sidecar.get("outputs"), given)
    return inputs, outputs, time


def _sidecar(path) -> dict:
    try:
        found = json.loads(path.read_text(), object_pairs_hook=safetensors.unique_members)
    except OSError as error:
        raise ExportError(f"{path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise ExportError(f"{path}: {error}") from error
    if not isinstance(found, dict):
        raise ExportError(f"{path}: expected an object with inputs, outputs, time, provenance")
    unknown = set(found) - {"inputs", "outputs", "time", "provenance"}
    if unknown:
        raise ExportError(f"{path}: unknown {', '.join(sorted(unknown))}; expected inputs, outputs, time, provenance")
    return found


def _number(value, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ExportError(f"{what}: {value!r} is no finite number")
    return float(value)


def _ports(kind: str, count: int, span, found, given: argparse.Namespace) -> list[dict]:
    if found is None:
        if span is None:
            raise ExportError(
                f"state the {kind}s' names, units and ranges with --ports, or one range for all with --{kind}-range"
            )
        print(f"{kind}s are named {kind}_0 to {kind}_{count - 1}, unit 1, {span[0]} to {span[1]}", file=sys.stderr)
        found = [{"name": f"{kind}_{k}", "unit": "1", "minimum": span[0], "maximum": span[1]} for k in range(count)]
    if not isinstance(found, list) or not all(isinstance(port, dict) for port in found):
        raise ExportError(f"{given.ports}: {kind}s is no list of objects")
    if len(found) != count:
        raise ExportError(f"{given.ports}: {len(found)} {kind}s, but the network has {count}")
    made = []
    for k, port in enumerate(found):
        if set(port) != set(MEMBERS):
            raise ExportError(f"{kind} {k} needs name, unit, minimum, maximum; found {', '.join(sorted(port))}")
        if not all(isinstance(port[member], str) for member in ("name", "unit")):
            raise ExportError(f"{kind} {k}: name and unit are texts")
        minimum, maximum = (_number(port[member], f"{kind} {k}, {member}") for member in ("minimum", "maximum"))
        # Ganglion takes and gives 32-bit numbers: what is a range must still be one in them.
        with np.errstate(over="ignore"):
            least, most = np.float32(minimum), np.float32(maximum)
            width = most - least
        if not port["name"]:
            raise ExportError(f"{kind} {k} has no name")
        if not (minimum < maximum and least < most and np.isfinite([least, most, width]).all()):
            raise ExportError(f"{kind} {k}: {port['minimum']} to {port['maximum']} is not a range")
        made.append({"name": port["name"], "unit": port["unit"], "minimum": minimum, "maximum": maximum})
    if len({port["name"] for port in made}) != count:
        raise ExportError(f"two {kind}s have the same name")
    return made


def _time(time, given: argparse.Namespace) -> dict:
    if time is None:
        if given.time_unit is None:
            raise ExportError(
                "state with --time-unit how many seconds ts = 1 stood for in training: the step length, if it was "
                "trained without timespans, or 1 if the timespans were in seconds"
            )
        if given.ts_range is None:
            raise ExportError(
                "state with --ts-range between which values of ts, in time units, the network is to run: for instance "
                "0 3 to let it see steps up to three times as long, or 1 1 if it was trained without timespans"
            )
        time = {"unit_s": given.time_unit, "minimum": given.ts_range[0], "maximum": given.ts_range[1]}
    if not isinstance(time, dict) or set(time) != {"unit_s", "minimum", "maximum"}:
        raise ExportError("time needs unit_s, minimum, maximum")
    time = {key: _number(value, f"time, {key}") for key, value in time.items()}
    if not 1e-9 <= time["unit_s"] <= 86400:
        raise ExportError(f"time: unit_s is {time['unit_s']}, expected 1e-9 to 86400 seconds")
    if not (0 < time["unit_s"] and 0 <= time["minimum"] <= time["maximum"]):
        raise ExportError(f"time {time}: unit_s must be above 0, and 0 <= minimum <= maximum")
    return time
