"""`ganglion-train`: trains the network of a vehicle's configuration."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..export.network import ExportError
from .errors import TrainingError

DESCRIPTION = """Trains the network of a configuration to do what the controller beside it does.

    ganglion-train imitate firmware-configs/quadrotor-hold.json5
    ganglion-train imitate rover.json5 --output out/rover --network ncp19

The controller drives first; from then on the network does, the controller says at every tick what it would have done there,
and the network is fitted to all flights so far. Ports, teacher and what is drawn at random come from the configuration and its
section `training` (`ganglion check --training CONFIG` shows them). The folder then holds the model in float32, int16 and int8,
and record.json: what was trained on, how it went, and how many of 200 unseen episodes each model holds.
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    whole = argparse.ArgumentParser(
        prog="ganglion-train", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="imitate")
    imitate = commands.add_parser(
        "imitate", help="imitate the vehicle's own controller", description=DESCRIPTION, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = imitate.add_argument
    add("configuration", type=Path, metavar="CONFIG", help="the vehicle's configuration")
    add("--output", "-o", type=Path, help="folder of the training (default out/train/NAME-NETWORK)")
    add("--resume", action="store_true", help="go on with the training in the folder, to the same end as without the break")
    add("--network", default="ncp19", help="ncpN, wired, or cfcN, dense, of N neurons (default ncp19)")
    add("--seed", type=_from(1), default=7, help="of everything random (default 7)")
    add("--iterations", type=_from(0), default=6, help="of flights by the network (default 6)")
    add("--episodes", type=_from(1), default=40, help="in each iteration (default 40)")
    add("--first-episodes", type=_from(1), default=40, help="flown by the teacher (default 40)")
    add("--epochs", type=_from(1), default=16, help="in each iteration (default 16)")
    add("--last-epochs", type=_from(1), default=40, help="after the last flight (default 40)")
    add("--measured", type=_from(0), default=200, help="unseen episodes to measure each model in (default 200)")
    add("--learning-rate", type=float, default=4e-3, help="of the first epoch after each flight (default 0.004)")
    add("--start", type=Path, help="checkpoint (iteration-N.pt) or float32 model to go on from; new weights otherwise")
    add("--ganglion", type=Path, help="the program (default: GANGLION, the PATH, or this checkout's release build)")
    add("--threads", type=_from(1), default=1, help="of PyTorch; more wait for each other more than they help (default 1)")
    return whole


def _from(least: int):
    def number(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"found {value}, expected at least {least}")
        return value

    return number


def main(arguments=None) -> int:
    """Runs the command; its exit status."""
    options = parser().parse_args(arguments)
    try:
        return imitate(options)
    except (TrainingError, ExportError, OSError) as error:
        print(f"ganglion-train: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nganglion-train: stopped; --resume goes on behind the last whole iteration", file=sys.stderr)
        return 130


def imitate(options) -> int:
    """`ganglion-train imitate`."""
    try:
        import torch

        from .dagger import Training
    except ModuleNotFoundError as error:
        if error.name not in ("torch", "ncps"):
            raise
        raise TrainingError(f"training needs {error.name}: pip install 'ganglion[train]'") from error
    from .vehicle import Vehicle, find_program

    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)
    if not options.configuration.is_file():
        raise TrainingError(f"{options.configuration}: there is no such configuration")
    vehicle = Vehicle(options.configuration, find_program(options.ganglion))
    if options.output is None:
        options.output = Path("out/train") / f"{options.configuration.stem}-{options.network}"
    training = Training(vehicle, options)
    training.run()
    training.finish()
    return 0
