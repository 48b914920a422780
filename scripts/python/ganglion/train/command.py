#!/usr/bin/env python3
"""Trains the shipped networks: imitation of the classical controller with dataset aggregation (DAgger).

    python scripts/train/train.py                     # the quadrotor's networks, then their int16 and int8 versions
    python scripts/train/train.py --vehicle balancer
    python scripts/train/train.py --network ncp19 --output /tmp/try

The classical controller drives first; from then on the network does, the classical controller says at every
tick what it would have done there, and the network is fitted to all episodes so far.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from episodes import Aggregate
from imitation import Recipe, Trainer, channel_scales
from networks import build, check_against_ncps
from simulator import INPUT_RANGE, ROOT, Simulator

HERE = Path(__file__).resolve().parent
CONFIGURATIONS = ROOT / "firmware-configs"
LARGEST_FILE = 200_000  # bytes
CALIBRATION_FLIGHTS = 12
LARGEST_DIFFERENCE = 1e-4  # between the network in flight and in training


@dataclass(frozen=True)
class Vehicle:
    """What a vehicle's networks are trained and measured in, and which networks it has."""

    training: Path
    measuring: Path
    networks: tuple[str, ...]


VEHICLES = {
    "quadrotor": Vehicle(
        HERE / "quadrotor-train.json5", CONFIGURATIONS / "quadrotor-hold.json5", ("ncp19", "cfc64")
    ),
    "balancer": Vehicle(HERE / "balancer-train.json5", CONFIGURATIONS / "balancer-hold.json5", ("ncp19",)),
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vehicle", choices=VEHICLES, default="quadrotor", help="whose networks (default quadrotor)")
    parser.add_argument("--network", choices=["ncp19", "cfc64"], help="only this one; all of the vehicle's otherwise")
    parser.add_argument("--output", type=Path, default=ROOT / "out/train", help="folder for models, logs and records")
    parser.add_argument("--ganglion", type=Path, help="the program; built from this checkout otherwise")
    parser.add_argument("--seed", type=int, default=7, help="of everything random (default 7)")
    parser.add_argument("--iterations", type=int, default=6, help="flights by the network (default 6)")
    parser.add_argument("--episodes", type=int, default=40, help="in each iteration (default 40)")
    parser.add_argument("--first-episodes", type=int, default=40, help="flown by the classical controller (default 40)")
    parser.add_argument("--epochs", type=int, default=16, help="in each iteration (default 16)")
    parser.add_argument("--last-epochs", type=int, default=40, help="after the last flight (default 40)")
    parser.add_argument("--start", type=Path, help="checkpoint (iteration-N.pt) of an earlier training to go on from; new weights otherwise")
    parser.add_argument("--threads", type=int, default=1, help="of PyTorch; more wait for each other more than they help (default 1)")
    return parser.parse_args()


def train(kind: str, options: argparse.Namespace, simulator: Simulator) -> Path:
    """Trains one network; the path of the float model."""
    folder = _folder(kind, options)
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    network = build(kind, len(simulator.inputs), len(simulator.outputs), options.seed)
    if options.start:
        network.load_state_dict(torch.load(options.start, weights_only=True))
    difference = check_against_ncps(network, len(simulator.inputs))
    if difference > LARGEST_DIFFERENCE:
        raise RuntimeError(f"the fast runner differs from ncps by {difference}")
    recipe = Recipe()
    trainer = Trainer(network, recipe, options.seed)
    data = Aggregate(len(simulator.inputs), len(simulator.outputs), INPUT_RANGE)
    record = {"network": kind, "recipe": vars(recipe), "options": {k: str(v) for k, v in vars(options).items()}}
    record["iterations"] = []
    digest = hashlib.sha256()
    model = folder / "untrained.safetensors"
    simulator.export(network, model, {"state": "untrained"})
    origin = {"start_sha256": hashlib.sha256(options.start.read_bytes()).hexdigest()} if options.start else {}

    for iteration in range(options.iterations + 1):
        expert = iteration == 0
        # Seeds of training stay far from those of any evaluation (1000 to 1999).
        seed = 1_000_000 * options.seed + 10_000 * iteration
        episodes, summary = simulator.fly(
            model, "classical" if expert else "network",
            options.first_episodes if expert else options.episodes, seed, folder / f"logs-{iteration}",
        )  # fmt: skip
        # Flown and trained must be one network, whose state begins at rest with the flight.
        difference = 0.0 if expert else max(trainer.difference_in_flight(episode) for episode in episodes[:4])
        if difference > LARGEST_DIFFERENCE:
            raise RuntimeError(f"in flight the network said something else than here: off by {difference}")
        for episode in episodes:
            digest.update(episode.inputs.tobytes() + episode.labels.tobytes())
        data.add(episodes)
        if expert:
            recipe.channel_scales = channel_scales(data)
        last = iteration == options.iterations
        notes = []
        loss = trainer.fit(
            data, options.last_epochs if last else options.epochs, recipe.learning_rate,
            recipe.final_learning_rate if last else recipe.learning_rate / 8, notes.append,
        )  # fmt: skip
        model = folder / f"iteration-{iteration}.safetensors"
        simulator.export(
            network, model,
            {
                "trainer": "scripts/train/train.py", "method": "imitation of the classical controller, DAgger",
                "vehicle": options.vehicle, "network": kind, "seed": options.seed, "iterations": iteration, "episodes": len(data.ts),
                "ticks": data.tick_count, "data_sha256": digest.hexdigest(), "commit": _commit(),
            } | origin,
        )  # fmt: skip
        record["iterations"].append({
            "seed": seed, "flown_by": "classical" if expert else "network", "held_share": summary["held_share"],
            "ticks": data.tick_count, "difference_in_flight": difference, "epochs": notes, "rms_errors": trainer.errors(data),
            "minutes": (time.monotonic() - begun) / 60,
        })  # fmt: skip
        (folder / "record.json").write_text(json.dumps(record, indent=1))
        print(
            f"{kind} iteration {iteration}: flown by the {'classical controller' if expert else 'network'}, "
            f"held {summary['held_share']:.3f}, {data.tick_count} ticks, loss {loss:.5f}, "
            f"{(time.monotonic() - begun) / 60:.1f} min",
            flush=True,
        )
    return model


def finish(kind: str, model: Path, options: argparse.Namespace, simulator: Simulator) -> None:
    """Quantises the trained model and measures how each version does in conditions that it never trained in."""
    folder = _folder(kind, options)
    calibration = sorted((folder / f"logs-{options.iterations}").glob("*.mcap"))[:CALIBRATION_FLIGHTS]
    base = options.output / f"{options.vehicle}-{kind}"
    versions = {"float32": base.with_name(f"{base.name}.safetensors")}
    shutil.copyfile(model, versions["float32"])
    record = json.loads((folder / "record.json").read_text())
    record["quantised"], record["measured"] = {}, {}
    for arithmetic in ("int16", "int8"):
        versions[arithmetic] = base.with_name(f"{base.name}-{arithmetic}.safetensors")
        record["quantised"][arithmetic] = simulator.quantize(model, arithmetic, calibration, versions[arithmetic])
    for arithmetic, file in versions.items():
        if file.stat().st_size >= LARGEST_FILE:
            raise RuntimeError(f"{file} has {file.stat().st_size} bytes, more than {LARGEST_FILE}")
        summary = simulator.measure(VEHICLES[options.vehicle].measuring, file, "network", episodes=200, seed=1000)
        record["measured"][arithmetic] = summary
        print(f"{file}: held {summary['held_share']:.3f} of 200 episodes", flush=True)
    (folder / "record.json").write_text(json.dumps(record, indent=1))


def _folder(kind: str, options: argparse.Namespace) -> Path:
    return options.output / options.vehicle / kind


def _commit() -> str:
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def main() -> None:
    options = arguments()
    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)
    vehicle = VEHICLES[options.vehicle]
    if options.network and options.network not in vehicle.networks:
        raise SystemExit(f"the {options.vehicle} has {', '.join(vehicle.networks)}, no {options.network}")
    simulator = Simulator(vehicle.training, options.ganglion)
    for kind in [options.network] if options.network else vehicle.networks:
        finish(kind, train(kind, options, simulator), options, simulator)


if __name__ == "__main__":
    main()
