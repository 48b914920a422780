"""How the tests of the exporter run it: as its command, with what it says; and how files are damaged for it."""

import contextlib
import io
import unittest
from pathlib import Path

import numpy as np

import paths  # noqa: F401, finds the scripts

from ganglion.export import command

DESCRIBED = ["--time-unit", "0.004", "--ts-range", "0", "3", "--input-range", "-1", "1", "--output-range", "-2", "2"]


def run(*arguments):
    """Status, standard output and standard error of the exporter."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = command.main([str(part) for part in arguments])
    return status, out.getvalue(), err.getvalue()


def damage(case: unittest.TestCase, path: Path, content: bytes, random, count: int):
    """Exports damaged copies of a file: each is exported or refused, and some are refused."""
    refused = 0
    for k in range(count):
        damaged = bytearray(content)
        if k % 4 == 0:
            damaged = damaged[: int(random.integers(len(content)))]
        else:
            # Where the structure is, at both ends, more often than in the weights.
            places = random.integers(len(content), size=int(random.integers(1, 8)))
            if k % 4 != 1:
                places = np.minimum(places, 2000) if k % 4 == 2 else len(content) - 1 - np.minimum(places, 2000)
            for place in places:
                damaged[int(place) % len(damaged)] = int(random.integers(256))
        path.write_bytes(damaged)
        status, _, err = run(path, path.with_name("o.safetensors"), "--mode", "default", *DESCRIBED)
        case.assertIn(status, (0, 2))
        case.assertNotIn("Traceback", err)
        refused += status == 2
    case.assertGreater(refused, count // 4)
