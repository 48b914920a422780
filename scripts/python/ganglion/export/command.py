"""`ganglion-export`: from a checkpoint to a model file, and an account of what became of everything in it."""

from __future__ import annotations

import hashlib
import json
import os
import sys

from . import keras_source, model_file, torch_source
from .account import Account
from .network import ExportError, Network
from .opening import open_checkpoint
from .options import Options, options, parser
from .ports import describe


def shown(text: str) -> str:
    """A text that a file may have made up, without what would move a terminal's cursor."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)


# Only for Keras files, and only for those of PyTorch.
OF_KERAS = ("params", "forget_bias", "wiring_seed", "uses_elapsed_time", "input_mapping", "output_mapping")


def read(path, chosen: Options, account: Account) -> Network:
    """The canonical network of a checkpoint."""
    opened = open_checkpoint(path)
    account.set("format", opened.format, "its content")
    if opened.kind == "tensors":
        chosen.refuse("is for Keras checkpoints, or for those of the drone-flight code", *OF_KERAS)
        network = torch_source.canonical(opened.content, path.name, chosen, account)
    else:
        network = keras_source.canonical(opened, path.name, chosen, account)
    network.check()
    return network


def export(given) -> tuple[Network, Account]:
    """Reads the checkpoint and writes the model. Raises `ExportError`, and then has written nothing."""
    account = Account()
    network = read(given.checkpoint, options(given), account)
    inputs, outputs, time = describe(given, network)
    network.provenance |= {
        "source": shown(given.checkpoint.name),
        "source_sha256": hashlib.sha256(given.checkpoint.read_bytes()).hexdigest(),
        "exporter": "ganglion-export",
    }
    if account.left_out:
        network.provenance["left_out"] = f"{len(account.left_out)} of {len(account.left_out) + len(account.used)} tensors"
    for note in given.note:
        key, mark, value = note.partition("=")
        if not mark or not key:
            raise ExportError(f"--note {note}: expected KEY=TEXT")
        if key in network.provenance:
            raise ExportError(f"--note {note}: {key} is what the exporter says itself; name the note otherwise")
        if not (key + value).isprintable():
            raise ExportError(f"--note {key}: a note is one line of text, without control characters")
        network.provenance[key] = value
    if given.output.is_dir():
        raise ExportError(f"{given.output} is a folder: name a file for the model")
    for read_from in (given.checkpoint, given.ports, given.params):
        if read_from is not None and given.output.exists() and os.path.samefile(given.output, read_from):
            raise ExportError(
                f"{given.output} is the checkpoint itself or what was read beside it: name another file for the model"
            )
    try:
        model_file.write_model(given.output, network, inputs, outputs, time)
    except OSError as error:
        raise ExportError(f"{given.output}: {error.strerror or error}") from error
    return network, account


def main(arguments=None) -> int:
    """Runs the command; its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    given = parser(json_errors="--json" in arguments).parse_args(arguments)
    try:
        network, account = export(given)
    except (ExportError, OSError) as error:
        text = shown(f"{error}")
        if given.json:
            print(json.dumps({"error": text}))
        print(f"ganglion-export: {text}", file=sys.stderr)
        return 2
    try:
        show(network, account, given)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read it has seen enough; the model is written. What is left must not be flushed into the pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def show(network: Network, account: Account, given):
    """Says what was written and what became of everything."""
    count = sum(value.size for value in network.tensors.values())
    if given.json:
        result = {
            "output": str(given.output),
            "flavour": network.flavour,
            "neurons": network.neurons,
            "cells": [cell["units"] for cell in network.cells],
            "inputs": network.inputs,
            "outputs": network.outputs,
            "weights": count,
            "provenance": network.provenance,
            "account": account.json,
        }
        print(json.dumps(result, indent=2))
        return
    shape = "-".join(str(cell["units"]) for cell in network.cells)
    print(
        f"{given.output}: {network.flavour}, {network.neurons} neurons ({shape}), {network.inputs} inputs, "
        f"{network.outputs} outputs, {count} weights"
    )
    for key in sorted(network.provenance):
        print(f"  {key}: {shown(network.provenance[key])}")
    print(f"{len(account.used)} tensors used, {len(account.left_out)} left out")
    for line in account.lines():
        print(shown(line))


if __name__ == "__main__":
    sys.exit(main())
