#!/usr/bin/env python3
"""Exports a trained liquid network to a Ganglion model file.

    scripts/export_ncps.py policy.pt policy.safetensors --mode default --activation lecun_tanh \\
        --ports ports.json
    scripts/export_ncps.py chair4_fine-wiredcfccell.hdf5 chair.safetensors --params params.json \\
        --time-unit 0.0333 --input-range -8 8 --output-range -2 2

Reads state_dicts of ncps.torch (.pt, .pth, .ckpt need torch; .safetensors and .npz do not) and Keras weights of
the drone-flight code (.hdf5, .h5 need h5py). What a checkpoint does not tell is asked for, never guessed.

Needs numpy. docs/bring-your-own-network.md explains every choice.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from ncps_export import keras_source, model_file, torch_source
from ncps_export.network import ACTIVATIONS, MODES, ExportError, Network


def arguments(argv=None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path, help="what training wrote: .pt, .pth, .ckpt, .safetensors, .npz, .hdf5, .h5")
    parser.add_argument("output", type=Path, help="the model file to write, .safetensors")
    network = parser.add_argument_group("the network")
    network.add_argument("--mode", choices=MODES, help="the CfC's mode; only pure can be recognised")
    network.add_argument("--activation", choices=ACTIVATIONS, help="the backbone's activation, if it has a backbone")
    network.add_argument("--prefix", help="what stands before rnn_cell in the names, if there are several networks")
    network.add_argument("--head", metavar="NAME", help="a Linear layer after the network, to become the projection")
    network.add_argument("--only-cfc", action="store_true", help="leave other layers of the checkpoint out")
    network.add_argument("--params", type=Path, help="drone-flight code: the params.json beside the checkpoint")
    network.add_argument("--forget-bias", type=float, help="drone-flight code, mixedcfc: the LSTM's forget bias")
    network.add_argument("--wiring-seed", type=int, help="drone-flight code, wiredcfccell: the seed of the wiring")
    network.add_argument(
        "--uses-elapsed-time", action="store_true",
        help="drone-flight code, mixedcfc: it was trained with elapsed time as a second input (theirs were not)",
    )
    network.add_argument("--unfolds", type=int, help="ncps.torch, LTC: Euler steps of a step (LTC() uses 6)")
    network.add_argument(
        "--constraints", choices=("implicit", "explicit"),
        help="ncps.torch, LTC: whether conductances are kept positive by softplus (what LTC() does) or by clipping",
    )
    network.add_argument("--motors", type=int, help="ncps.torch, LTC without an output mapping: the number of motor neurons")
    ports = parser.add_argument_group("inputs, outputs and time")
    ports.add_argument("--ports", type=Path, metavar="JSON", help="inputs, outputs and time in one file, see the docs")
    ports.add_argument("--input-range", type=float, nargs=2, metavar=("MIN", "MAX"), help="range of every input, if there is no --ports")
    ports.add_argument("--output-range", type=float, nargs=2, metavar=("MIN", "MAX"), help="range of every output, if there is no --ports")
    ports.add_argument("--time-unit", type=float, metavar="SECONDS", help="how many seconds ts = 1 stood for in training")
    ports.add_argument("--ts-range", type=float, nargs=2, metavar=("MIN", "MAX"), help="range of ts to be run with, in time units")
    parser.add_argument("--note", action="append", default=[], metavar="KEY=TEXT", help="something to remember in the file's provenance")
    return parser.parse_args(argv)


def read(options: argparse.Namespace) -> Network:
    """The canonical network of the checkpoint."""
    path = options.checkpoint
    if path.suffix in (".hdf5", ".h5"):
        for name in ("prefix", "head", "unfolds", "constraints", "motors"):
            if getattr(options, name):
                raise ExportError(f"--{name} is for ncps.torch checkpoints")
        weights, dense = keras_source.load(path)
        known = keras_source.settings(options.params, keras_source.network_type(weights)) if options.params else {}
        stated = known.get("backbone_activation")
        if stated is not None and stated not in keras_source.ACTIVATION_NAMES:
            raise ExportError(f"{options.params}: the backbone's activation {stated} is not supported")
        if known.get("minimal"):
            raise ExportError(f"{options.params}: the minimal variant is not supported")
        from_params = {
            "mode": ("no_gate" if known.get("no_gate") else "default") if known else None,
            "activation": keras_source.ACTIVATION_NAMES.get(stated),
            "forget_bias": known.get("forget_bias"),
            "wiring_seed": known.get("wiring_seed"),
        }
        chosen = {}
        for name, value in from_params.items():
            asked = getattr(options, name)
            # The activation in params.json is that of a backbone; a wired CfC has none.
            if asked is not None and value is not None and asked != value:
                raise ExportError(f"--{name.replace('_', '-')} {asked}, but {options.params} says {value}")
            chosen[name] = value if asked is None else asked
        return keras_source.canonical(weights, dense, uses_elapsed_time=options.uses_elapsed_time, **chosen)
    for name in ("params", "forget_bias", "wiring_seed", "uses_elapsed_time"):
        if getattr(options, name):
            raise ExportError(f"--{name.replace('_', '-')} is for checkpoints of the drone-flight code")
    return torch_source.canonical(
        torch_source.load(path), mode=options.mode, activation=options.activation, prefix=options.prefix,
        head=options.head, only_cfc=options.only_cfc, unfolds=options.unfolds, constraints=options.constraints,
        motors=options.motors,
    )


def describe(options: argparse.Namespace, network: Network) -> tuple[list[dict], list[dict], dict]:
    """Inputs, outputs and time, from the sidecar or the options."""
    if options.ports:
        try:
            sidecar = json.loads(options.ports.read_text())
        except (OSError, ValueError) as error:
            raise ExportError(f"{options.ports}: {error}") from error
        unknown = set(sidecar) - {"inputs", "outputs", "time", "provenance"}
        if unknown:
            raise ExportError(f"{options.ports}: unknown {', '.join(sorted(unknown))}; expected inputs, outputs, time, provenance")
        network.provenance |= {key: str(value) for key, value in sidecar.get("provenance", {}).items()}
    else:
        sidecar = {}

    def ports(kind, count, span):
        found = sidecar.get(f"{kind}s")
        if found is None:
            if span is None:
                raise ExportError(f"state the {kind}s' names, units and ranges with --ports, or one range for all with --{kind}-range")
            print(f"{kind}s are named {kind}_0 to {kind}_{count - 1}, unit 1, {span[0]} to {span[1]}", file=sys.stderr)
            found = [{"name": f"{kind}_{k}", "unit": "1", "minimum": span[0], "maximum": span[1]} for k in range(count)]
        if len(found) != count:
            raise ExportError(f"{options.ports}: {len(found)} {kind}s, but the network has {count}")
        for k, port in enumerate(found):
            if set(port) != {"name", "unit", "minimum", "maximum"}:
                raise ExportError(f"{kind} {k} needs name, unit, minimum, maximum; found {', '.join(sorted(port))}")
            if not (math.isfinite(port["minimum"]) and math.isfinite(port["maximum"]) and port["minimum"] < port["maximum"]):
                raise ExportError(f"{kind} {k}: {port['minimum']} to {port['maximum']} is not a range")
        if len({port["name"] for port in found}) != count:
            raise ExportError(f"two {kind}s have the same name")
        return [{**port, "minimum": float(port["minimum"]), "maximum": float(port["maximum"])} for port in found]

    time = sidecar.get("time")
    if time is None:
        if options.time_unit is None:
            raise ExportError(
                "state with --time-unit how many seconds ts = 1 stood for in training: the step length, if it was "
                "trained without timespans, or 1 if the timespans were in seconds"
            )
        if options.ts_range is None:
            raise ExportError(
                "state with --ts-range between which values of ts, in time units, the network is to run: for instance "
                "0 3 to let it see steps up to three times as long, or 1 1 if it was trained without timespans"
            )
        time = {"unit_s": options.time_unit, "minimum": options.ts_range[0], "maximum": options.ts_range[1]}
    if set(time) != {"unit_s", "minimum", "maximum"}:
        raise ExportError("time needs unit_s, minimum, maximum")
    if not (0 < time["unit_s"] < math.inf and 0 <= time["minimum"] <= time["maximum"] < math.inf):
        raise ExportError(f"time {time}: unit_s must be above 0, and 0 <= minimum <= maximum")
    inputs = ports("input", network.inputs, options.input_range)
    return inputs, ports("output", network.outputs, options.output_range), {key: float(value) for key, value in time.items()}


def main(argv=None) -> int:
    options = arguments(argv)
    try:
        if not options.checkpoint.is_file():
            raise ExportError(f"{options.checkpoint}: no such file")
        network = read(options)
        inputs, outputs, time = describe(options, network)
        network.provenance |= {
            "source": options.checkpoint.name,
            "source_sha256": hashlib.sha256(options.checkpoint.read_bytes()).hexdigest(),
            "exporter": "scripts/export_ncps.py",
        }
        for note in options.note:
            key, mark, value = note.partition("=")
            if not mark or not key:
                raise ExportError(f"--note {note}: expected KEY=TEXT")
            network.provenance[key] = value
        model_file.write_model(options.output, network, inputs, outputs, time)
    except ExportError as error:
        print(f"export_ncps.py: {error}", file=sys.stderr)
        return 2
    count = sum(value.size for value in network.tensors.values())
    shape = "-".join(str(cell["units"]) for cell in network.cells)
    print(
        f"{options.output}: {network.flavour}, {network.neurons} neurons ({shape}), {network.inputs} inputs, "
        f"{network.outputs} outputs, {count} weights"
    )
    for key in sorted(network.provenance):
        print(f"  {key}: {network.provenance[key]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
