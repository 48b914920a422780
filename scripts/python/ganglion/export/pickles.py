"""Pickles read as data: nothing that they name is imported or called.

A pickle is a program. Of what it can ask for, only what makes containers, numbers and tensors is done here; every other
object becomes a `Foreign`, which remembers its name and what was put into it, and does nothing.
"""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from .network import ExportError


class Foreign:
    """Stands for an object of a class or the result of a function that is not called."""

    origin = "?"

    def __new__(cls, *arguments, **_):
        made = super().__new__(cls)
        made.state, made.items, made.elements = None, {}, []
        return made

    def __init__(self, *arguments, **_):
        pass

    def __setstate__(self, state):
        self.state = state

    def __setitem__(self, key, value):
        self.items[key] = value

    def append(self, value):
        self.elements.append(value)

    def extend(self, values):
        self.elements.extend(values)

    def add(self, value):
        self.elements.append(value)

    @property
    def attributes(self) -> dict:
        """What a plain class would have in its __dict__."""
        state = self.state[0] if isinstance(self.state, tuple) and self.state else self.state
        return state if isinstance(state, dict) else {}


def _mapping(*_):
    return {}


# Containers and numbers that training code keeps beside its weights.
PLAIN: dict[tuple[str, str], Callable] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("collections", "defaultdict"): _mapping,
    ("builtins", "set"): set,
    ("builtins", "frozenset"): frozenset,
    ("builtins", "dict"): dict,
    ("builtins", "list"): list,
    ("builtins", "tuple"): tuple,
    ("builtins", "int"): int,
    ("builtins", "float"): float,
    ("builtins", "bool"): bool,
    ("torch", "Size"): tuple,
}
# As Python 2 named its built-in functions.
PLAIN |= {("__builtin__", name): made for (module, name), made in PLAIN.items() if module == "builtins"}


class Reader(pickle.Unpickler):
    """Reads one pickle; `known` are the functions that make tensors, by module and name."""

    def __init__(self, file, known: dict[tuple[str, str], Any], persistent: Callable[[Any], Any] | None = None):
        super().__init__(file, encoding="latin1")
        self._known, self._persistent, self._foreign = known, persistent, {}

    def find_class(self, module: str, name: str):
        made = self._known.get((module, name)) or PLAIN.get((module, name))
        if made is None:
            origin = f"{module}.{name}"
            made = self._foreign.setdefault(origin, type("Foreign", (Foreign,), {"origin": origin}))
        return made

    def persistent_load(self, reference):
        if self._persistent is None:
            raise pickle.UnpicklingError("it refers to something outside itself")
        return self._persistent(reference)


def read(content: bytes | io.BufferedIOBase, known=None, persistent=None, name: str = "the pickle"):
    """What a pickle holds. Raises `ExportError` for what is none, or is damaged."""
    file = io.BytesIO(content) if isinstance(content, (bytes, bytearray)) else content
    try:
        return Reader(file, known or {}, persistent).load()
    except ExportError:
        raise
    except Exception as error:  # damaged pickles raise nearly every kind
        raise ExportError(f"{name} is damaged: {type(error).__name__}, {str(error)[:200]}") from error
