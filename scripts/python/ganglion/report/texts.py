"""Texts of a page: numbers as people read them, and what files say without characters that mislead."""

from __future__ import annotations

import re

import numpy as np


def number(value: float, digits: int = 4) -> str:
    """A number as people read it."""
    if not np.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def shorter(text: str) -> str:
    """A text of a file without characters that cannot be seen or that turn its direction, by their numbers instead."""
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):X}}}" for c in re.sub(r"\s+", " ", text))


def plain(text: str) -> str:
    """A text as a name of files and of elements of a page."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in text)
