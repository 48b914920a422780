"""The plain C program of scripts/bench/yardstick.c, compiled and obeying over pipes."""

from __future__ import annotations

import subprocess
from pathlib import Path

COMMAND = ["gcc", "-O3", "-march=native", "-ffast-math"]


class Yardstick:
    def __init__(self, names: list[str], models: Path, inputs: Path, program: Path):
        source = Path(__file__).resolve().parents[1] / "yardstick.c"
        subprocess.run([*COMMAND, str(source), "-o", str(program), "-lm"], check=True)
        files = [str(models / f"{name}.yardstick") for name in names]
        self.names = names
        self.process = subprocess.Popen(
            [str(program), str(inputs), *files], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def microseconds(self, form: str, name: str, steps: int) -> float:
        """Of a step, over so many."""
        self.process.stdin.write(f"run {form} {self.names.index(name)} {steps}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the yardstick has ended")
        return int(answer) / steps * 1e-3

    def close(self):
        self.process.stdin.close()
        self.process.wait()
