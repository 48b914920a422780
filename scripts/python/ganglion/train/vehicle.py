"""A vehicle as its trainer sees it: the plan that its configuration makes, and `ganglion`, which flies, quantises and measures."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..export import command as export
from .episodes import Episode, Port, read_episode
from .errors import TrainingError

def find_program(named: Path | None) -> Path:
    """`ganglion`: as named, by GANGLION, on the PATH, or as this checkout was built."""
    checkout = Path(__file__).resolve().parents[4] / ".build/release/ganglion"
    for place in (named, os.environ.get("GANGLION"), shutil.which("ganglion"), checkout):
        if place and Path(place).is_file():
            return Path(place)
        if place and place in (named, os.environ.get("GANGLION")):
            raise TrainingError(f"{place}: there is no such program; name that of `swift build -c release`")
    raise TrainingError("no program `ganglion`: put it on the PATH, or name it with --ganglion or GANGLION")


@dataclass(frozen=True)
class Plan:
    """What `ganglion check --training` says: ports, teacher, and the configuration that is flown."""

    name: str
    rate_hz: int
    network: str  # name of its block
    every: int  # how many ticks it steps once
    ports: dict  # as ganglion-export takes them: inputs, outputs, time
    outputs: tuple[Port, ...]
    counts_while: str
    has_choice: bool
    configuration: str
    digest: str  # of all of it

    @staticmethod
    def of(text: str) -> "Plan":
        """The plan that the program printed."""
        read = json.loads(text)
        return Plan(
            name=read["name"], rate_hz=read["rate_hz"], network=read["network"], every=read["every"], ports=read["ports"],
            outputs=tuple(
                Port(port["name"], o["scale"], o["offset"], o["teacher"])
                for port, o in zip(read["ports"]["outputs"], read["outputs"])
            ),
            counts_while=read["counts_while"], has_choice=read["has_choice"], configuration=read["configuration"],
            digest=hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest(),
        )  # fmt: skip

    @property
    def input_range(self) -> float:
        """Where inputs saturate, after scaling: in fixed point, and so in training."""
        return max(port["maximum"] for port in self.ports["inputs"])


class Vehicle:
    """The program `ganglion` with one configuration."""

    def __init__(self, configuration: Path, program: Path):
        # From the root: what is flown lies in another folder.
        self.configuration, self.program = configuration.resolve(), program
        self.plan = Plan.of(self._finished("check", "--training", self.configuration))

    def fly(
        self, folder: Path, model: Path, by_teacher: bool, episodes: int, seed: int, note: Callable[[int], None]
    ) -> tuple[list[Episode], dict, list[Path]]:
        """Flies what is trained in, with seeds from `seed` on: what was logged, the summary of `ganglion run`, and the logs.

        `note` is told now and then how many flights have begun.
        """
        flown, logs = folder / "training.json5", folder / "logs"
        flown.write_text(self.plan.configuration)
        shutil.rmtree(logs, ignore_errors=True)
        logs.mkdir(parents=True)
        arguments = ["run", flown, "--episodes", episodes, "--minimum-held", 0, "--seed", seed, "--logs", logs, "--model", model]
        if self.plan.has_choice:
            arguments += ["--controller", "classical" if by_teacher else "network"]
        summary = json.loads(self._finished(*arguments, "--json", watch=lambda: note(len(list(logs.glob("*.mcap"))))))
        files = sorted(logs.glob("*.mcap"))
        if len(files) != episodes:
            raise TrainingError(f"{logs}: {len(files)} logs after {episodes} episodes")
        return [read_episode(file, self.plan) for file in files], summary, files

    def export(self, checkpoint: Path, file: Path, provenance: dict) -> None:
        """Writes a checkpoint as a model with the configuration's ports."""
        ports = file.with_suffix(".ports.json")
        ports.write_text(json.dumps(self.plan.ports | {"provenance": {key: str(value) for key, value in provenance.items()}}))
        arguments = [str(checkpoint), str(file), "--ports", str(ports), "--mode", "default", "--activation", "lecun_tanh"]
        export.export(export.parser().parse_args(arguments))

    def quantize(self, model: Path, arithmetic: str, logs: list[Path], output: Path) -> dict:
        """Writes the int16 or int8 version of a model, calibrated on flights; how far off its outputs are."""
        return self._json(
            "quantize", model, "--calibrate", ",".join(map(str, logs)), "--to", arithmetic, "--replace", "--output", output
        )

    def measure(self, model: Path, by_teacher: bool, episodes: int, seed: int) -> dict:
        """The summary of `ganglion run` under the configuration itself, in what it is measured in."""
        arguments = ["run", self.configuration, "--episodes", episodes, "--minimum-held", 0, "--seed", seed, "--model", model]
        if self.plan.has_choice:
            arguments += ["--controller", "classical" if by_teacher else "network"]
        return self._json(*arguments)

    def _json(self, *arguments) -> dict:
        return json.loads(self._finished(*arguments, "--json"))

    def _finished(self, *arguments, watch: Callable[[], None] | None = None) -> str:
        """Standard output of a command that must succeed."""
        command = [str(self.program), *map(str, arguments)]
        # In files, which never fill up as a pipe does while nobody reads it.
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as talk:
            with subprocess.Popen(command, stdout=out, stderr=talk, stdin=subprocess.DEVNULL) as process:
                try:
                    while process.poll() is None:
                        if watch:
                            watch()
                        time.sleep(0.5 if watch else 0.02)
                except BaseException:
                    process.terminate()
                    raise
            out.seek(0), talk.seek(0)
            if process.returncode != 0:
                said = talk.read().decode(errors="replace") or out.read().decode(errors="replace")
                raise TrainingError(f"`ganglion {' '.join(command[1:])}` ended with {process.returncode}:\n{said[-4000:].strip()}")
            return out.read().decode()


def store(file: Path, episodes: list[Episode]) -> None:
    """Keeps episodes for a training that goes on later; a file is there whole or not at all."""
    whole = file.with_suffix(".part.npz")
    lengths = np.array([len(e.ts) for e in episodes])
    np.savez(
        whole, lengths=lengths, **{name: np.concatenate([getattr(e, name) for e in episodes]) for name in Episode.__annotations__}
    )
    os.replace(whole, file)


def restored(file: Path) -> list[Episode]:
    """Episodes as `store` kept them."""
    with np.load(file) as kept:
        ends = np.cumsum(kept["lengths"])[:-1]
        columns = {name: np.split(kept[name], ends) for name in Episode.__annotations__}
    return [Episode(**{name: column[row] for name, column in columns.items()}) for row in range(len(ends) + 1)]
