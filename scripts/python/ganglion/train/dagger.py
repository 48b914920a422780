"""Dataset aggregation: the network flies, its teacher says at every tick what it would have done there, and the network is fitted to
all flights so far (Ross, Gordon and Bagnell, "A reduction of imitation learning and structured prediction to no-regret online
learning", AISTATS 2011)."""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
import torch

from . import vehicle as flown
from .episodes import Aggregate, Episode
from .errors import TrainingError
from .imitation import Recipe, Trainer, channel_scales
from .networks import build, check_against_ncps, start_from
from .progress import Progress, duration
from .vehicle import Vehicle

LARGEST_DIFFERENCE = 1e-4  # between the network in flight and in training
CALIBRATION_FLIGHTS = 12
# What an earlier training must have in common with one that goes on from it.
SAME = ("network", "seed", "iterations", "episodes", "first_episodes", "epochs", "last_epochs", "learning_rate", "start", "plan_sha256")


class Training:
    """One training in its folder, which keeps all that is needed to go on after a break: data, weights and random state of each
    iteration."""

    def __init__(self, vehicle: Vehicle, options, say=print, progress: Progress | None = None):
        self.vehicle, self.options, self.say = vehicle, options, say
        self.progress = progress or Progress()
        self.folder: Path = options.output
        plan = vehicle.plan
        self.network = build(options.network, len(plan.ports["inputs"]), len(plan.outputs), options.seed)
        self.data = Aggregate(len(plan.ports["inputs"]), len(plan.outputs), plan.input_range)
        self.digest = hashlib.sha256()
        self.recipe = Recipe(learning_rate=options.learning_rate)
        settings = {name: getattr(options, name, None) for name in SAME} | {"plan_sha256": plan.digest}
        if options.start:
            start_from(self.network, options.start)
            settings["start"] = hashlib.sha256(options.start.read_bytes()).hexdigest()
        self.record = {"vehicle": plan.name, "settings": settings, "recipe": vars(self.recipe), "versions": _versions(), "iterations": []}
        difference = check_against_ncps(self.network, len(plan.ports["inputs"]))
        if difference > LARGEST_DIFFERENCE:
            raise TrainingError(f"the fast runner differs from ncps by {difference}")
        self.trainer = Trainer(self.network, self.recipe, options.seed)
        self._open()

    # Files.

    @property
    def _record_file(self) -> Path:
        return self.folder / "record.json"

    def _kept(self, iteration: int, ending: str) -> Path:
        return self.folder / f"iteration-{iteration}{ending}"

    def _open(self) -> None:
        """Makes the folder, or takes up the training in it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self._record_file.exists():
            if self.options.resume:
                raise TrainingError(f"{self.folder}: there is no training to resume; leave out --resume")
            return
        if not self.options.resume:
            raise TrainingError(f"{self.folder}: has a training already; go on with --resume, or name another folder with --output")
        old = json.loads(self._record_file.read_text())
        changed = [name for name in SAME if old["settings"].get(name) != self.record["settings"][name]]
        if changed:
            words = "the configuration" if changed == ["plan_sha256"] else ", ".join(changed)
            raise TrainingError(f"{self.folder}: was trained otherwise ({words} changed); name another folder with --output")
        self.record = old
        self.recipe.channel_scales = old["recipe"]["channel_scales"]
        self.record["recipe"] = vars(self.recipe)
        for iteration in range(len(old["iterations"])):
            self._take(flown.restored(self._kept(iteration, ".npz")))
        if old["iterations"]:
            last = len(old["iterations"]) - 1
            self.network.load_state_dict(torch.load(self._kept(last, ".pt"), weights_only=True))
            self.trainer.random.bit_generator.state = old["iterations"][last]["random_state"]
            self.say(f"resumed behind iteration {last}: {self.data.tick_count} ticks")

    def _write_record(self) -> None:
        whole = self._record_file.with_suffix(".part")
        whole.write_text(json.dumps(self.record, indent=1))
        os.replace(whole, self._record_file)

    def _take(self, episodes: list[Episode]) -> None:
        for episode in episodes:
            self.digest.update(episode.inputs.tobytes() + episode.labels.tobytes())
        self.data.add(episodes)

    # The iterations.

    def run(self) -> Path:
        """All iterations that are missing; the checkpoint of the last."""
        for iteration in range(len(self.record["iterations"]), self.options.iterations + 1):
            self._iterate(iteration)
        return self._kept(self.options.iterations, ".pt")

    def _iterate(self, iteration: int) -> None:
        options, begun = self.options, time.monotonic()
        by_teacher = iteration == 0 and self.vehicle.plan.has_choice
        count = options.first_episodes if iteration == 0 else options.episodes
        model = self.folder / "flown.safetensors"
        self._export(self.network, self.folder / "flown.pt", model, {"state": "in training"})
        # Seeds of training stay far from those of any evaluation (1000 to 1999).
        seed = 1_000_000 * options.seed + 10_000 * iteration
        self._expect(iteration, count)

        def note(flights: int) -> None:
            self.progress.show(f"iteration {iteration} of {options.iterations}: flight {flights} of {count}")

        episodes, summary, logs = self.vehicle.fly(self.folder, model, by_teacher, count, seed, note)
        self.progress.add("flights", count, time.monotonic() - begun)
        if not any(len(episode.ts) for episode in episodes):
            raise TrainingError(f"in none of {count} flights was {self.vehicle.plan.counts_while} set: there is nothing to learn from")
        # Flown and trained must be one network, whose state begins at rest with the flight.
        difference = 0.0 if iteration == 0 else max(self.trainer.difference_in_flight(e) for e in episodes[:4] if len(e.ts))
        if difference > LARGEST_DIFFERENCE:
            raise TrainingError(
                f"in flight the network said something else than here: off by {difference}. Its state must be at rest where "
                f"{self.vehicle.plan.counts_while} begins: give its block `reset`"
            )
        self._take(episodes)
        if iteration == 0:
            self.recipe.channel_scales = channel_scales(self.data)
        for words in advice(self.vehicle.plan, episodes):
            self.say(f"note: {words}")
        loss, notes = self._fit(iteration)
        torch.save(self.network.state_dict(), self._kept(iteration, ".pt"))
        flown.store(self._kept(iteration, ".npz"), episodes)
        self._keep_logs(logs, is_last=iteration == options.iterations)
        share = summary.get("held_share")
        self.record["iterations"].append({
            "seed": seed, "flown_by": "teacher" if by_teacher else "network", "held_share": share,
            "ticks": self.data.tick_count, "difference_in_flight": difference, "epochs": notes,
            "rms_errors": self.trainer.errors(self.data), "minutes": (time.monotonic() - begun) / 60,
            "data_sha256": self.digest.hexdigest(), "random_state": self.trainer.random.bit_generator.state,
        })  # fmt: skip
        self._write_record()
        self.progress.clear()
        held = "not judged" if share is None else f"held {share:.3f}"
        left = self.progress.remaining()
        self.say(
            f"iteration {iteration} of {options.iterations}: flown by the {'teacher' if by_teacher else 'network'}, {held}, "
            f"{self.data.tick_count} ticks, loss {loss:.5f}, {duration(time.monotonic() - begun)}"
            + (f", {duration(left)} left" if left else "")
        )

    def _fit(self, iteration: int) -> tuple[float, list[dict]]:
        options, notes = self.options, []
        last = iteration == options.iterations
        epochs = options.last_epochs if last else options.epochs

        def note(epoch: dict) -> None:
            notes.append(epoch)
            self.progress.add("ticks", self.data.tick_count, epoch["seconds"])
            rate = self.data.tick_count / max(epoch["seconds"], 1e-9)
            self.progress.show(
                f"iteration {iteration} of {options.iterations}: epoch {epoch['epoch'] + 1} of {epochs}, loss {epoch['loss']:.5f}, {rate:,.0f} ticks/s"
            )

        loss = self.trainer.fit(
            self.data, epochs, self.recipe.learning_rate,
            self.recipe.final_learning_rate if last else self.recipe.learning_rate / 8, note,
        )  # fmt: skip
        if not math.isfinite(loss):
            raise TrainingError("the loss is no number: do the inputs and the teacher's signals have numbers that are none?")
        return loss, notes

    def _expect(self, iteration: int, count: int) -> None:
        """Tells the progress what is left, going by the ticks that flights had so far."""
        options = self.options
        each = self.data.tick_count / max(len(self.data.ts), 1) or 20 * self.vehicle.plan.rate_hz
        ticks, total = 0.0, float(self.data.tick_count)
        for later in range(iteration, options.iterations + 1):
            total += each * (options.first_episodes if later == 0 else options.episodes)
            ticks += total * (options.last_epochs if later == options.iterations else options.epochs)
        self.progress.expect(count + (options.iterations - iteration) * options.episodes, ticks)

    def _keep_logs(self, logs: list[Path], is_last: bool) -> None:
        """Logs are large: only those of the last flights stay, to calibrate on."""
        if is_last:
            kept = self.folder / "calibration"
            shutil.rmtree(kept, ignore_errors=True)
            kept.mkdir()
            for log in logs[:CALIBRATION_FLIGHTS]:
                shutil.move(log, kept / log.name)
        shutil.rmtree(logs[0].parent)

    def _export(self, network, checkpoint: Path, file: Path, provenance: dict) -> None:
        torch.save(network.state_dict(), checkpoint)
        self.vehicle.export(checkpoint, file, provenance)

    # What comes of it.

    def finish(self) -> dict[str, Path]:
        """Writes the float model, its int16 and int8 versions, and how each does in conditions that it never trained in."""
        options, last = self.options, self.record["iterations"][-1]
        stem = self.folder / f"{_file_name(self.vehicle.plan.name)}-{options.network}"
        provenance = {
            "trainer": "ganglion-train imitate", "method": "imitation of the vehicle's own controller, DAgger",
            "vehicle": self.vehicle.plan.name, "plan_sha256": self.vehicle.plan.digest, "network": options.network,
            "seed": options.seed, "iterations": options.iterations, "episodes": len(self.data.ts),
            "ticks": self.data.tick_count, "data_sha256": last["data_sha256"], "commit": _commit(self.vehicle.configuration),
        }  # fmt: skip
        if options.start:
            provenance["start_sha256"] = self.record["settings"]["start"]
        models = {"float32": Path(f"{stem}.safetensors")}
        self._export(self.network, self.folder / "last.pt", models["float32"], provenance)
        logs = sorted((self.folder / "calibration").glob("*.mcap"))
        self.record["quantised"], self.record["measured"] = {}, {}
        for arithmetic in ("int16", "int8"):
            models[arithmetic] = Path(f"{stem}-{arithmetic}.safetensors")
            self.record["quantised"][arithmetic] = self.vehicle.quantize(models["float32"], arithmetic, logs, models[arithmetic])
        rows = ([("teacher", models["float32"])] if self.vehicle.plan.has_choice else []) + list(models.items())
        for name, model in rows if options.measured > 0 else []:
            summary = self.vehicle.measure(model, name == "teacher", options.measured, seed=1000)
            self.record["measured"][name] = summary
            share = summary.get("held_share")
            held = "not judged: the configuration has no `evaluation`" if share is None else f"held {share:.3f}"
            self.say(f"{name}: {held}, {options.measured} unseen episodes" + ("" if name == "teacher" else f": {model}"))
            self._write_record()
        self._write_record()
        return models


def advice(plan, episodes: list[Episode]) -> list[str]:
    """What the configuration's scales could do better, by what flights showed."""
    inputs = np.abs(np.concatenate([e.inputs for e in episodes]))
    labels = np.abs(np.concatenate([e.labels for e in episodes]))
    words = []
    for port, reach, beyond in zip(
        plan.ports["inputs"], np.quantile(inputs, 0.999, axis=0), (inputs > plan.input_range).mean(0)
    ):
        if beyond > 0.01:
            words.append(f"input {port['name']} leaves ±{plan.input_range:g} in {beyond:.1%} of ticks, where it saturates: a smaller scale")
        elif reach < 0.05:
            words.append(f"input {port['name']} stays within ±{reach:.2g}: a larger scale, of which it sees about 1")
    for port, reach, beyond in zip(plan.outputs, np.quantile(labels, 0.999, axis=0), (labels > 1).mean(0)):
        if beyond > 0.01:
            words.append(f"output {port.name} cannot follow {port.teacher} in {beyond:.1%} of ticks: a larger scale, or another offset")
        elif reach < 0.05:
            words.append(f"output {port.name} needs no more than ±{reach:.2g} of its range: a smaller scale")
    return words


def _versions() -> dict[str, str]:
    import ncps

    own = {"python": platform.python_version(), "numpy": np.__version__, "torch": torch.__version__}
    return own | {"ncps": getattr(ncps, "__version__", "?"), "threads": str(torch.get_num_threads())}


def _file_name(name: str) -> str:
    """A vehicle's name, which is free text, as part of a file's."""
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in name)


def _commit(configuration: Path) -> str:
    """Which version of its repository the configuration is of, if it is in one."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=configuration.resolve().parent, capture_output=True, text=True
        )
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"
