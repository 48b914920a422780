"""What the program says of a log: its replay, in words."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .texts import shorter


@dataclass
class Verdict:
    """Whether a log was reproduced bit for bit, and the words for it."""

    is_identical: bool | None
    text: str


def program() -> str | None:
    """The program `ganglion`: what GANGLION names, else the one on PATH, else the newest of this checkout's builds."""
    if named := os.environ.get("GANGLION"):
        return named
    if found := shutil.which("ganglion"):
        return found
    root = Path(__file__).resolve().parents[4]
    if not (root / "Package.swift").exists():
        return None
    built = [path for pattern in (".build/release/ganglion", ".build/*/release/ganglion") for path in root.glob(pattern)]
    return str(max(built, key=lambda path: path.stat().st_mtime)) if built else None


def replay(path: Path) -> Verdict:
    """Replays a log with the program."""
    found = program()
    if found is None:
        return Verdict(None, "not replayed: the program ganglion is not here; name it in GANGLION")
    try:
        run = subprocess.run([found, "replay", str(path), "--json"], capture_output=True, text=True, timeout=600)
        told = json.loads(run.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return Verdict(None, f"not replayed: {shorter(str(error))}")
    if "error" in told:
        return Verdict(None, f"not replayed: {shorter(str(told['error'].get('message', told['error'])))}")
    if told.get("identical"):
        return Verdict(True, f"replayed {told['ticks']} ticks: identical")
    differs = told.get("difference") or {key: value for key, value in told.items() if key not in ("seconds", "ticks_per_second")}
    return Verdict(False, "replay differs: " + shorter(json.dumps(differs, ensure_ascii=False)))
