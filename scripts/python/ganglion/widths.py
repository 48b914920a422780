"""The weights of a map in a quantised file: rows of 8 bits and rows of 16, in panels of eight."""

from __future__ import annotations

import numpy as np

PANEL_ROWS = 8


def joined(tensors: dict[str, np.ndarray], name: str) -> tuple[np.ndarray, np.ndarray]:
    """The integer weights [rows, columns] of a map, and whether a row's have 8 bits [rows]."""
    narrow = tensors[f"{name}.weight"]
    if f"{name}.width" not in tensors:
        return narrow.astype(np.int16), np.full(narrow.shape[0], narrow.dtype.itemsize == 1)
    wide = tensors[f"{name}.wide_weight"]
    is_narrow = np.repeat(tensors[f"{name}.width"] == 8, PANEL_ROWS)[: narrow.shape[0] + wide.shape[0]]
    weights = np.empty((is_narrow.size, narrow.shape[1]), np.int16)
    weights[is_narrow], weights[~is_narrow] = narrow, wide
    return weights, is_narrow


def split(name: str, weights: np.ndarray, is_narrow: np.ndarray) -> dict[str, np.ndarray]:
    """The tensors that hold the weights; `width` stays as it is."""
    narrow, wide = weights[is_narrow].astype(np.int8), weights[~is_narrow].astype(np.int16)
    if narrow.size == 0 or wide.size == 0:
        return {f"{name}.weight": narrow if wide.size == 0 else wide}
    return {f"{name}.weight": narrow, f"{name}.wide_weight": wide}
