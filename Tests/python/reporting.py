"""What the tests of ganglion-report share: logs made by the program, logs and models made up here, the command itself."""

import contextlib
import functools
import io
import json
import os
import re
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

import numpy as np
import paths

from ganglion import model_digest

PROGRAM = os.environ.get("GANGLION")
needs_packages = unittest.skipUnless(paths.have("bokeh", "matplotlib", "mcap", "jinja2"), "bokeh, matplotlib or mcap is not installed")
needs_program = unittest.skipUnless(PROGRAM, "GANGLION does not name the program")


def needs_library(test):
    """Skips a test where libganglion.so is not here."""
    from ganglion.errors import LibraryError
    from ganglion.library import load

    try:
        load()
    except LibraryError:
        return unittest.skip("libganglion.so is not here")(test)
    return test


@functools.cache
def folder() -> Path:
    """A folder that goes when the tests end."""
    kept = tempfile.TemporaryDirectory()
    folder.kept = kept
    return Path(kept.name)


def program(*arguments) -> dict:
    """What the program says with --json."""
    run = subprocess.run([PROGRAM, *map(str, arguments), "--json"], capture_output=True, text=True)
    return json.loads(run.stdout)


@functools.cache
def flown(name: str = "quadrotor-hold", seed: int = 1) -> tuple[Path, dict]:
    """The log of a shipped vehicle, and what `ganglion run` said of it."""
    path = folder() / f"{name}-{seed}.mcap"
    return path, program("run", paths.ROOT / f"firmware-configs/{name}.json5", "--seed", seed, "--log", path)


def report(*arguments) -> tuple[int, dict]:
    """Exit status and answer of the command."""
    from ganglion.report.command import main

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
        status = main([*map(str, arguments), "--json"])
    return status, json.loads(said.getvalue())


def page(*arguments, name: str = "page.html") -> str:
    """The page of a command that succeeds."""
    output = folder() / name
    status, told = report(*arguments, "-o", output)
    assert status == 0, told
    return output.read_text()


def facts(text: str) -> dict[str, str]:
    """The tables of two columns of a page."""
    import html

    rows = re.findall(r"<tr><th>(.*?)</th><td>(.*?)</td></tr>", text)
    return {html.unescape(name): html.unescape(value) for name, value in rows}


def write_log(path: Path, ticks: int, signals: list[tuple[str, str, np.ndarray]], attachments: dict[str, bytes] | None = None, metadata: dict | None = None):
    """A log with these fields of its ticks: (type and name as in a schema, comment, values [ticks] or [ticks, width])."""
    from mcap.writer import CompressionType, Writer

    kinds = {"uint64": "<u8", "int64": "<i8", "uint32": "<u4", "float32": "<f4", "bool": "u1", "uint8": "u1"}
    schema = "".join(f"{declared}  # {comment}\n" for declared, comment, _ in signals)
    with open(path, "wb") as stream:
        writer = Writer(stream, compression=CompressionType.NONE, chunk_size=20_000)
        writer.start(profile="ros2", library="test")
        for name, content in (attachments or {}).items():
            writer.add_attachment(0, 0, name, "application/octet-stream", content)
        writer.add_metadata("ganglion", {"version": "0.1.0", "backend": "simulated", "seed": "1", "tick_rate_hz": "100.0", **(metadata or {})})
        kind = writer.register_schema("ganglion_msgs/msg/TickTEST", "ros2msg", schema.encode())
        channel = writer.register_channel("/ganglion/tick", "cdr", kind)
        for tick in range(ticks):
            body = b""
            for declared, _, values in signals:
                number = np.asarray(values[tick], kinds[declared.split()[0].split("[")[0]])
                body += bytes(-len(body) % number.dtype.itemsize) + number.tobytes()
            writer.add_message(channel, tick * 10_000_000, struct.pack("<I", 0x0100) + body, tick * 10_000_000)
        writer.finish()


def clock(ticks: int) -> list[tuple[str, str, np.ndarray]]:
    """The fields that every log has."""
    count = np.arange(ticks)
    return [
        ("uint64 tick_number", "number of the tick", count), ("int64 tick_time", "ns, when the tick began", 5 + count * 10_000_000),
        ("int64 tick_elapsed", "ns, since the previous tick", np.full(ticks, 10_000_000)),
    ]


def model(inputs: int, units: list[int], outputs: int, names: list[str] | None = None, seed: int = 1) -> bytes:
    """A float32 model file of CfC cells with random weights."""
    random, tensors, reads = np.random.default_rng(seed), {}, inputs
    for k, size in enumerate(units):
        for head in ("ff1", "ff2", "time_a", "time_b"):
            tensors[f"cell{k}.{head}.weight"] = random.normal(0, 1 / np.sqrt(reads + size), (size, reads + size)).astype(np.float32)
            tensors[f"cell{k}.{head}.bias"] = random.normal(0, 0.1, size).astype(np.float32)
        reads = size
    tensors["projection.weight"] = random.normal(0, 0.3, (outputs, reads)).astype(np.float32)
    tensors["projection.bias"] = np.zeros(outputs, np.float32)
    names = names or [f"input {k}" for k in range(inputs)]
    cells = [{"mode": "default", "units": size, "backbone": [], "backbone_activation": "lecun_tanh", "head_activation": "tanh"} for size in units]

    def text(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    return model_digest.sealed(tensors, {
        "ganglion.architecture": text({"memory": None, "cells": cells, "projection": True}), "ganglion.flavour": "test",
        "ganglion.inputs": text([{"name": name, "unit": "1", "minimum": -1.0, "maximum": 1.0} for name in names]),
        "ganglion.outputs": text([{"name": f"output {k}", "unit": "1", "minimum": -1.0, "maximum": 1.0} for k in range(outputs)]),
        "ganglion.time": text({"unit_s": 0.01, "minimum": 0.0, "maximum": 4.0}), "ganglion.arithmetic": "float32", "ganglion.provenance": "{}",
    })


def network_signals(name: str, content: bytes, ticks: int, seed: int = 2) -> list[tuple[str, str, np.ndarray]]:
    """What a log has of a network: inputs, outputs, ts and digests, computed by the library."""
    from ganglion import Network

    with Network(content) as network:
        random = np.random.default_rng(seed)
        inputs = np.clip(np.cumsum(random.normal(0, 0.05, (ticks, len(network.inputs))), 0), -1, 1).astype(np.float32)
        outputs, digests = np.zeros((ticks, len(network.outputs)), np.float32), []
        for tick in range(ticks):
            outputs[tick] = network.step(inputs[tick], 1.0)
            digests.append(network.state_digest)
    return [
        (f"uint64 {name}_digest", "digest of the network's whole state behind the step", np.array(digests, np.uint64)),
        (f"float32[{inputs.shape[1]}] {name}_input", "the inputs as the network gets them", inputs),
        (f"float32[{outputs.shape[1]}] {name}_output", "the outputs as the network gives them", outputs),
        (f"float32 {name}_ts", "elapsed time in the network's unit", np.ones(ticks, np.float32)),
    ]
