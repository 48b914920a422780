"""Measures the benchmark networks in other people's runtimes, beside Ganglion and the plain C program.

Run by scripts/bench-peers. Each round takes, for every network and peer, a batch of the C program and one of the peer's
steps; Ganglion's own `bench core` runs before, between and after, beside the same C program. A peer that cannot be
imported or built is listed with the reason.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np

from network import COLUMNS, Network
from yardstick import COMMAND, Yardstick

NETWORKS = ["ncp19", "ncp64", "cfc64", "cfc128", "cfc302"]
# Rows that are stepped through again and again, steps over which errors are taken, and of calibration: as in `bench core`.
ROWS, ERROR_STEPS, CALIBRATION_STEPS = 256, 1000, 4000
BATCH_NANOSECONDS = 3_000_000


def main():
    parser = argparse.ArgumentParser(description=__doc__, prog="scripts/bench-peers")
    parser.add_argument("--ganglion", required=True, type=Path, help="the built command line")
    parser.add_argument("--graphs", required=True, type=Path, help="folder for converted graphs, kept between runs")
    parser.add_argument("--network", default=",".join(NETWORKS), help="only these, separated by commas")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="the result as one JSON object")
    arguments = parser.parse_args()
    names = arguments.network.split(",")
    # One processor for all: the C program and Ganglion inherit it.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        bench = [str(arguments.ganglion), "bench", "core", "--network", ",".join(names)]

        def write(file, steps, seed):
            subprocess.run(
                [*bench, "--write-inputs", str(folder / file), "--steps", str(steps), "--seed", str(seed)],
                check=True, stdout=subprocess.DEVNULL,
            )
            return np.fromfile(folder / file, "<f4").reshape(-1, COLUMNS)

        rows = write("rows.f32", ROWS, 2)
        steps = write("steps.f32", ERROR_STEPS, 2)
        write("calibration.f32", CALIBRATION_STEPS, 1)
        subprocess.run(
            [*bench, "--arithmetic", "float32", "--write-models", str(folder)], check=True, stdout=subprocess.DEVNULL
        )
        networks = [Network(name, folder, steps) for name in names]
        kinds, missing = peers(arguments.graphs, folder)
        entrants, failures = enter(networks, rows, kinds)
        missing += failures

        yardstick = Yardstick(names, folder, folder / "rows.f32", folder / "yardstick")
        sittings = [ganglion(bench)]
        for part in (arguments.rounds // 2, arguments.rounds - arguments.rounds // 2):
            for _ in range(part):
                for entrant in entrants:
                    entrant.measure(yardstick)
            sittings.append(ganglion(bench))
        yardstick.close()

    found = [row for name in names for row in ours(name, sittings) + [e.row() for e in entrants if e.name == name]]
    result = {"rows": found, "missing": missing, "rounds": arguments.rounds, "yardstick": " ".join(COMMAND),
              "versions": versions()}
    print(json.dumps(result) if arguments.json else table(result))


def peers(graphs: Path, folder: Path):
    """What can be imported here: name -> how to make it of a network; and what cannot, with the reason."""
    kinds, missing = {}, []
    for module, title in (("onnxruntime_peer", "ONNX Runtime"), ("litert_peer", "LiteRT"), ("torch_peer", "torch")):
        peer = importlib.import_module(module)
        absent = [package for package in peer.PACKAGES if not installed(package)]
        if absent:
            missing.append({"peer": title, "reason": f"not installed: {', '.join(absent)}"})
        elif module == "litert_peer":
            for kind in peer.KINDS:
                kinds[f"LiteRT {kind}"] = partial(
                    peer.LiteRT, kind=kind, graphs=graphs, models=folder, calibration=folder / "calibration.f32"
                )
        else:
            kinds |= peer.PEERS
    return kinds, missing


def installed(package: str) -> bool:
    try:
        importlib.metadata.version(package)
        return True
    except importlib.metadata.PackageNotFoundError:
        return False


def versions() -> dict[str, str]:
    packages = ("onnxruntime", "ai-edge-litert", "tensorflow-cpu", "torch", "ncps", "numpy")
    return {package: importlib.metadata.version(package) for package in packages if installed(package)}


class Entrant:
    """A peer with a network, its times, and the C program's beside them."""

    def __init__(self, network: Network, rows: np.ndarray, kind: str, make):
        self.name, self.kind = network.name, kind
        peer = make(network)
        self.error = network.error(peer.outputs(network))
        self.peer, self.rows, self.next = peer, len(rows), 0
        peer.reset()
        self.steps = 4
        while self.time() < BATCH_NANOSECONDS:
            self.steps *= 2
        self.times, self.plain, self.split = [], [], []

    def time(self) -> int:
        """Nanoseconds of processor time, of all threads, for a batch of steps."""
        step, rows, row = self.peer.step, self.rows, self.next
        begin = time.process_time_ns()
        for _ in range(self.steps):
            step(row)
            row = row + 1 if row + 1 < rows else 0
        self.next = row
        return time.process_time_ns() - begin

    def measure(self, yardstick: Yardstick):
        batch = {"ncp19": 800, "ncp64": 250, "cfc64": 120, "cfc128": 60}.get(self.name, 30)
        self.split.append(yardstick.microseconds("split", self.name, batch))
        self.plain.append(yardstick.microseconds("plain", self.name, batch))
        self.time()
        self.times.append(self.time() / self.steps * 1e-3)

    def row(self) -> dict:
        times = np.array(self.times)
        return {
            "network": self.name, "peer": self.kind, "median_us": float(np.median(times)), "best_us": float(times.min()),
            "ratio": float(np.median(times / self.plain)), "ratio_to_split": float(np.median(times / self.split)),
            "largest_error": self.error,
        }


def enter(networks, rows, kinds):
    entrants, failures = [], []
    for network in networks:
        for kind, make in kinds.items():
            print(f"{network.name}: {kind}", file=sys.stderr)
            try:
                entrants.append(Entrant(network, rows, kind, make))
            except Exception as error:  # noqa: BLE001 - a peer's trouble, whatever it is, is its own row
                failures.append({"peer": f"{kind}, {network.name}", "reason": f"{error}".strip().splitlines()[0]})
    return entrants, failures


def ganglion(bench) -> list[dict]:
    """A sitting of Ganglion's own benchmark, in the fastest kernel."""
    print("Ganglion", file=sys.stderr)
    done = subprocess.run(
        [*bench, "--kernel", "best", "--rounds", "21", "--json"], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout)["rows"]


def ours(name: str, sittings: list[list[dict]]) -> list[dict]:
    """Ganglion's rows for a network: medians over the sittings."""
    rows = []
    for arithmetic in ("int8", "int16", "float16", "float32"):
        same = [r for rows in sittings for r in rows if r["network"] == name and r["arithmetic"] == arithmetic]
        row = {"network": name, "peer": f"Ganglion {arithmetic}, {same[0]['kernel']}"}
        for key in ("median_us", "ratio", "ratio_to_split", "largest_error"):
            row[key] = float(np.median([r[key] for r in same]))
        rows.append(row | {"best_us": min(r["best_us"] for r in same)})
    return rows


def table(result: dict) -> str:
    lines = [f"{'network':8} {'peer':30} {'median µs':>10} {'best µs':>9} {'ratio':>8} {'to split':>9} {'largest error':>14}"]
    for row in result["rows"]:
        lines.append(
            f"{row['network']:8} {row['peer']:30} {row['median_us']:10.2f} {row['best_us']:9.2f} {row['ratio']:8.2f} "
            f"{row['ratio_to_split']:9.2f} {row['largest_error']:14.1e}"
        )
    lines += [f"{entry['peer']}: {entry['reason']}" for entry in result["missing"]]
    lines.append(
        f"{result['rounds']} rounds; ratio: median over the rounds of a step's time over the C program's; largest error: of "
        f"an output against Float64 over {ERROR_STEPS} steps, in units of the outputs' range"
    )
    lines.append(", ".join(f"{name} {version}" for name, version in result["versions"].items()))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
