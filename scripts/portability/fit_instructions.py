#!/usr/bin/env python3
"""Fits what each part of a step costs in instructions; scripts/measure-cycles calls it.

    fit_instructions.py FOLDER [--write]

FOLDER/models/NAME.json: what `ganglion inspect --json` says of each network, its `work`. FOLDER/TARGET/counts: lines of
name and instructions per step. The fit is the linear one of smallest relative squares whose coefficients are not negative.
With --write, it and the counts go into the repository; without, the counts are compared with those there.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "Sources/ganglion/Cycles/InstructionTable.swift"
FIXTURE = ROOT / "Tests/Fixtures/cycles/instructions.json"
# target -> the property of InstructionTable
TARGETS = {"cortex-m4": "cortexM4", "cortex-a53": "cortexA53", "cortex-a76": "cortexA76"}
# The fields of StepWork that the benchmark networks tell apart; all have the same number of inputs and outputs, which
# are therefore part of `step`.
PARTS = ["step", "cells", "runs", "panels", "groups8", "pairs16", "blocks16", "activations", "neurons"]


def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """A linear system, by elimination."""
    rows = [row + [value] for row, value in zip(matrix, right)]
    for k in range(len(rows)):
        pivot = max(range(k, len(rows)), key=lambda i: abs(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        for i in range(len(rows)):
            if i != k:
                factor = rows[i][k] / rows[k][k]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k])]
    return [row[-1] / row[k] for k, row in enumerate(rows)]


def least_squares(features: list[list[float]], parts: list[int]) -> dict[int, float]:
    """Coefficients of these parts for which features give one, with a whiff of ridge against what cannot be told apart."""
    chosen = [[row[p] for p in parts] for row in features]
    scale = [max(abs(row[k]) for row in chosen) or 1 for k in range(len(parts))]
    chosen = [[value / s for value, s in zip(row, scale)] for row in chosen]
    normal = [[sum(r[i] * r[j] for r in chosen) + (1e-9 if i == j else 0) for j in range(len(parts))] for i in range(len(parts))]
    found = solve(normal, [sum(r[i] for r in chosen) for i in range(len(parts))])
    return {part: value / s for part, value, s in zip(parts, found, scale)}


def fit(works: list[dict], counts: list[int]) -> dict[str, float]:
    features = [[work.get(part, 1) / count for part in PARTS] for work, count in zip(works, counts)]
    parts = list(range(len(PARTS)))
    while True:
        found = least_squares(features, parts)
        worst = min(found, key=found.get)
        if found[worst] >= 0:
            return {PARTS[part]: round(found.get(part, 0.0), 3) for part in range(len(PARTS))}
        parts.remove(worst)


def swift(fits: dict[str, dict[str, float]]) -> str:
    lines = [
        "// Written by scripts/measure-cycles --write; do not edit.",
        "",
        "extension StepInstructions {",
    ]
    for target, name in TARGETS.items():
        lines += ["", f"  /// Instructions on a {target.title()}, counted by qemu.", f"  static let {name} = StepInstructions("]
        numbers = [f"{part}: {fits[target][part]}" for part in PARTS]
        lines += ["    " + ", ".join(numbers[:5]) + ",", "    " + ", ".join(numbers[5:]) + ")"]
    return "\n".join(lines[:3] + lines[4:] + ["}", ""])


def main(folder: Path, write: bool) -> int:
    counts = {}
    for target in TARGETS:
        lines = (line.split() for line in (folder / target / "counts").read_text().splitlines())
        counts[target] = {name: int(number) for name, number in lines}
    names = list(next(iter(counts.values())))
    works = {name: json.loads((folder / "models" / f"{name}.json").read_text())["work"] for name in names}
    fits, failed = {}, False
    print(f"{'network':14} " + " ".join(f"{target:>22}" for target in TARGETS))
    for target in TARGETS:
        fits[target] = fit([works[name] for name in names], [counts[target][name] for name in names])
    worst = dict.fromkeys(TARGETS, 0.0)
    for name in names:
        cells = []
        for target in TARGETS:
            estimate = sum(fits[target][part] * works[name].get(part, 1) for part in PARTS)
            error = estimate / counts[target][name] - 1
            worst[target] = max(worst[target], abs(error))
            cells.append(f"{counts[target][name]:12} {100 * error:+6.1f} % ")
        print(f"{name:14} " + " ".join(f"{cell:>22}" for cell in cells))
    print("worst error of the fit: " + ", ".join(f"{target} {100 * error:.1f} %" for target, error in worst.items()))
    fixture = json.dumps({name: {"work": works[name]} | {t: counts[t][name] for t in TARGETS} for name in names}, indent=2) + "\n"
    if write:
        TABLE.write_text(swift(fits))
        FIXTURE.parent.mkdir(exist_ok=True)
        FIXTURE.write_text(fixture)
        print(f"wrote {TABLE.relative_to(ROOT)} and {FIXTURE.relative_to(ROOT)}")
        return 0
    committed = json.loads(FIXTURE.read_text())
    for name in names:
        for target in TARGETS:
            known = committed.get(name, {}).get(target, 0)
            if abs(counts[target][name] - known) > 0.05 * known:
                print(f"{name} on {target}: {counts[target][name]} instructions, {known} are committed", file=sys.stderr)
                failed = True
    if failed:
        print("scripts/measure-cycles: if the step was meant to change, run scripts/measure-cycles --write", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--write"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    sys.exit(main(Path(arguments[0]), "--write" in sys.argv))
