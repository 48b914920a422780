"""Ganglion as the trainer uses it: fly episodes, export, quantise, measure."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import json5
import torch
from ncps.torch import CfC

from episodes import Episode, read_episode

ROOT = Path(__file__).resolve().parents[2]
INPUT_RANGE = 4.0  # of every input after scaling; fixed point saturates there, and so does training
OUTPUT_RANGE = 1.0
TS_RANGE = (0.0, 16.0)  # in time units, which are the nominal period


class Simulator:
    """The program `ganglion` with one training configuration."""

    def __init__(self, configuration: Path, ganglion: Path | None):
        self.configuration = configuration
        self.settings = json5.loads(configuration.read_text())
        self.inputs = self.settings["network"]["inputs"]
        self.outputs = self.settings["network"]["outputs"]
        self.time_unit = 1 / self.settings["loop"]["rate_hz"]
        self.ganglion = ganglion or _built()

    def fly(self, model: Path, controller: str, episodes: int, seed: int, logs: Path) -> tuple[list[Episode], dict]:
        """Flies episodes with seeds from `seed` on; what was logged, and the summary of `ganglion run`."""
        shutil.rmtree(logs, ignore_errors=True)
        logs.mkdir(parents=True)
        summary = self._run(
            "run", self.configuration, "--episodes", episodes, "--minimum-held", 0, "--seed", seed, "--logs", logs,
            "--controller", controller, "--model", model,
        )  # fmt: skip
        files = sorted(logs.glob("*.mcap"))
        if len(files) != episodes:
            raise RuntimeError(f"{logs}: {len(files)} logs after {episodes} episodes")
        return [read_episode(file, self.outputs) for file in files], summary

    def export(self, network: CfC, file: Path, provenance: dict) -> None:
        """Writes the network as a Ganglion model."""
        checkpoint, ports = file.with_suffix(".pt"), file.with_suffix(".ports.json")
        torch.save(network.state_dict(), checkpoint)
        sidecar = {
            "inputs": [_port(i["signal"], i["unit"], INPUT_RANGE) for i in self.inputs],
            "outputs": [_port(o["command"], "1", OUTPUT_RANGE) for o in self.outputs],
            "time": {"unit_s": self.time_unit, "minimum": TS_RANGE[0], "maximum": TS_RANGE[1]},
            "provenance": {key: str(value) for key, value in provenance.items()},
        }
        ports.write_text(json.dumps(sidecar))
        _finished(
            sys.executable, ROOT / "scripts/export_ncps.py", checkpoint, file, "--ports", ports,
            "--mode", "default", "--activation", "lecun_tanh",
        )  # fmt: skip

    def quantize(self, model: Path, arithmetic: str, logs: list[Path], output: Path) -> dict:
        """Writes the int16 or int8 version of a model, calibrated on flights; how far off its outputs are."""
        return self._run(
            "quantize", model, "--calibrate", ",".join(map(str, logs)), "--to", arithmetic, "--replace", "--output", output
        )

    def measure(self, configuration: Path, model: Path, controller: str, episodes: int, seed: int) -> dict:
        """The summary of `ganglion run` under another configuration."""
        return self._run(
            "run", configuration, "--episodes", episodes, "--minimum-held", 0, "--seed", seed,
            "--controller", controller, "--model", model,
        )  # fmt: skip

    def _run(self, *arguments) -> dict:
        return json.loads(_finished(self.ganglion, *arguments, "--json"))


def _port(name: str, unit: str, limit: float) -> dict:
    return {"name": name, "unit": unit, "minimum": -limit, "maximum": limit}


def _finished(*command) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def _built() -> Path:
    """The release build of ganglion, built when needed."""
    subprocess.run(["swift", "build", "-c", "release", "--product", "ganglion"], cwd=ROOT, check=True)
    place = _finished("swift", "build", "-c", "release", "--package-path", ROOT, "--show-bin-path")
    return Path(place.strip()) / "ganglion"
