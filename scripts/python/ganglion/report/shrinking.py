"""Matrices that are too large to be drawn weight by weight, and colours that a few large weights do not spoil."""

from __future__ import annotations

import numpy as np

#: Cells of a matrix that are drawn one by one; a larger one is shown in blocks.
CELLS = 24_000


def shrunk(values: np.ndarray, rows: list[str], columns: list[str], row_groups, column_groups):
    """A large matrix in blocks, each by its weight of the largest magnitude, with names and groups; None for one that is not large."""
    if values.size <= CELLS:
        return None
    by = int(np.ceil(np.sqrt(values.size / CELLS)))
    height, width = -(-values.shape[0] // by), -(-values.shape[1] // by)
    padded = np.full((height * by, width * by), np.nan)
    padded[: values.shape[0], : values.shape[1]] = values
    blocks = padded.reshape(height, by, width, by).transpose(0, 2, 1, 3).reshape(height, width, by * by)
    place = np.where(np.isfinite(blocks), np.abs(blocks), -1).argmax(2)
    found = np.take_along_axis(blocks, place[..., None], 2)[..., 0]

    def groups(given, total):
        ends = [round(end / by) for end in np.cumsum([count for _, count in given])]
        ends[-1] = total
        return [(name, end - start) for (name, _), start, end in zip(given, [0, *ends], ends)]

    return found, rows[::by], columns[::by], groups(row_groups, height), groups(column_groups, width), f"{by} × {by}"


def robust(values: np.ndarray) -> tuple[float, float] | None:
    """The ends of the colours of weights, so that a few large ones do not make all others pale."""
    finite = np.abs(values[np.isfinite(values)])
    if not finite.size:
        return None
    most = float(np.quantile(finite, 0.97)) or float(finite.max()) or 1.0
    return -most, most
