"""What can be said on the command line about a checkpoint, and what must be where the file does not tell."""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass, field
from pathlib import Path

from . import ltc
from .account import Account
from .network import ACTIVATIONS, MODES, ExportError

DESCRIPTION = """Exports a trained liquid network to a Ganglion model file.

    ganglion-export policy.pt policy.safetensors --mode default --activation lecun_tanh --ports ports.json
    ganglion-export policy.keras policy.safetensors --ports ports.json
    ganglion-export chair4_fine-wiredcfccell.hdf5 chair.safetensors --params params.json \\
        --time-unit 0.0333 --ts-range 1 1 --input-range -8 8 --output-range -2 2

Reads what ncps.torch networks are saved as (.pt, .pth, .ckpt, .safetensors, .npz; without PyTorch), what ncps.keras writes
(.keras, .weights.h5, .h5), and the checkpoints of the drone-flight code (.hdf5); the last two need h5py. What a checkpoint does
not tell is asked for, never guessed; at the end stands what became of each tensor.

docs/export.md explains every choice.
"""


@dataclass
class Options:
    """What was said about the network."""

    mode: str | None = None
    activation: str | None = None
    prefix: str | None = None
    stack: list[str] = field(default_factory=list)
    head: str | None = None
    only_cfc: bool = False
    unfolds: int | None = None
    epsilon: float | None = None
    constraints: str | None = None
    motors: int | None = None
    input_mapping: str | None = None
    output_mapping: str | None = None
    forget_bias: float | None = None
    wiring: list[str] = field(default_factory=list)
    wiring_seed: int | None = None
    params: Path | None = None
    uses_elapsed_time: bool = False

    def check(self):
        """Refuses numbers that nothing has."""
        ltc.check_settings(self.unfolds, self.epsilon, self.motors)
        if self.forget_bias is not None and not math.isfinite(self.forget_bias):
            raise ExportError(f"--forget-bias {self.forget_bias}: it is a finite number")
        if self.wiring_seed is not None and not 0 <= self.wiring_seed < 1 << 32:
            raise ExportError(f"--wiring-seed {self.wiring_seed}: a seed is a number from 0 to {(1 << 32) - 1}")
        if self.stack and self.prefix is not None:
            raise ExportError("--stack names several networks in order and --prefix one: give one of them")
        if any(not name for name in self.stack) and len(self.stack) > 1:
            raise ExportError("--stack has an empty name")

    def wiring_of(self, wired: int) -> str | None:
        """The wiring that is stated for a wired CfC, of which so many stand in front; one alone is for all of them."""
        if len(self.wiring) > 1:
            return self.wiring[wired] if wired < len(self.wiring) else None
        return self.wiring[0] if self.wiring else None

    def refuse(self, why: str, *names: str):
        """Refuses options that mean nothing for this checkpoint."""
        for name in names:
            if getattr(self, name) not in (None, False, []):
                raise ExportError(f"--{name.replace('_', '-')} {why}")

    def ltc_settings(self, what: str, account: Account) -> tuple[int, bool, float]:
        """Unfolds, whether by softplus, and epsilon of an LTC whose file does not tell them."""
        if self.unfolds is None:
            raise ExportError(
                f"{what} does not say the number of Euler steps: state it with --unfolds (LTC() uses 6 unless told otherwise)"
            )
        if self.constraints is None:
            raise ExportError(
                f"{what} does not say how its conductances are kept positive: state --constraints implicit (softplus, what "
                "ncps.torch's LTC() does unless told otherwise) or --constraints explicit (clipping, what LTCCell() and ncps.keras do)"
            )
        account.set("unfolds", self.unfolds, "--unfolds")
        account.set("constraints", self.constraints, "--constraints")
        return self.unfolds, self.constraints == "implicit", self.known_epsilon(account)

    def known_epsilon(self, account: Account) -> float:
        """Epsilon of an LTC whose file does not tell it: the one setting that is taken as ncps takes it, and said so."""
        if self.epsilon is None:
            account.set(
                "epsilon",
                ltc.EPSILON,
                "assumed: no weights tell it, and ncps takes it unless told otherwise; --epsilon says another",
            )
            return ltc.EPSILON
        account.set("epsilon", self.epsilon, "--epsilon")
        return self.epsilon


class Parser(argparse.ArgumentParser):
    """One whose errors are JSON, too, where that is asked for."""

    json_errors = False

    def error(self, message):
        if self.json_errors:
            print(json.dumps({"error": message}))
        super().error(message)


def parser(json_errors: bool = False) -> argparse.ArgumentParser:
    """The command line."""
    found = Parser(
        prog="ganglion-export",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    found.json_errors = json_errors
    found.add_argument("checkpoint", type=Path, help="what training wrote; its kind is told by its content")
    found.add_argument("output", type=Path, help="the model file to write, .safetensors")
    found.add_argument("--json", action="store_true", help="the result, the account and any error as one JSON object")
    network = found.add_argument_group("the network")
    network.add_argument("--mode", choices=MODES, help="the CfC's mode, where the file does not tell it")
    network.add_argument("--activation", choices=ACTIVATIONS, help="the backbone's activation, if it has a backbone")
    network.add_argument(
        "--prefix", help="which network, if there are several: what stands before rnn_cell in the names, or a Keras layer"
    )
    network.add_argument(
        "--stack",
        type=_names,
        default=[],
        metavar="NAMES",
        help="networks that follow each other, in order, separated by commas",
    )
    network.add_argument("--head", metavar="NAME", help="a Linear layer after the network, to become the projection")
    network.add_argument("--only-cfc", action="store_true", help="leave other layers of the checkpoint out")
    cells = found.add_argument_group("settings that weights do not tell")
    cells.add_argument("--unfolds", type=int, help="LTC: Euler steps of a step (LTC() uses 6)")
    cells.add_argument(
        "--constraints",
        choices=("implicit", "explicit"),
        help="LTC: whether conductances are kept positive by softplus (what ncps.torch's LTC() does) or by clipping",
    )
    cells.add_argument("--epsilon", type=float, help="LTC: what it adds to the denominator (1e-8 unless told otherwise)")
    cells.add_argument("--motors", type=int, help="LTC without an output mapping: the number of motor neurons")
    for what in ("input", "output"):
        cells.add_argument(
            f"--{what}-mapping",
            choices=("affine", "linear", "none"),
            help=f"Keras weights of an LTC: its mapping of {what}s, where sizes do not tell",
        )
    cells.add_argument("--forget-bias", type=float, help="Keras, mixed memory: the LSTM's forget bias (ncps uses 1)")
    cells.add_argument(
        "--wiring",
        metavar="CALL",
        action="append",
        default=[],
        help="a wired CfC of Keras, or of PyTorch without its masks: the wiring as training made it, e.g. 'AutoNCP(19, 4, "
        "sparsity_level=0.5, seed=22222)'; once for all wired layers, or once for each in order",
    )
    cells.add_argument(
        "--wiring-seed", type=int, help="Keras, wired CfC: the seed of the wiring, where all else of it is told"
    )
    cells.add_argument("--params", type=Path, help="drone-flight code: the params.json beside the checkpoint")
    cells.add_argument(
        "--uses-elapsed-time",
        action="store_true",
        help="drone-flight code, mixedcfc: it was trained with elapsed time as a second input (theirs were not)",
    )
    ports = found.add_argument_group("inputs, outputs and time")
    ports.add_argument("--ports", type=Path, metavar="JSON", help="inputs, outputs and time in one file, see the docs")
    ports.add_argument(
        "--input-range", type=float, nargs=2, metavar=("MIN", "MAX"), help="range of every input, if there is no --ports"
    )
    ports.add_argument(
        "--output-range", type=float, nargs=2, metavar=("MIN", "MAX"), help="range of every output, if there is no --ports"
    )
    ports.add_argument("--time-unit", type=float, metavar="SECONDS", help="how many seconds ts = 1 stood for in training")
    ports.add_argument(
        "--ts-range", type=float, nargs=2, metavar=("MIN", "MAX"), help="range of ts to be run with, in time units"
    )
    ports.add_argument(
        "--note", action="append", default=[], metavar="KEY=TEXT", help="something to remember in the file's provenance"
    )
    return found


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def options(given: argparse.Namespace) -> Options:
    """What the command line says about the network."""
    found = Options(**{name: getattr(given, name) for name in Options.__dataclass_fields__})
    found.check()
    return found
