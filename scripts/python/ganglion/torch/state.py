"""What a network carries from step to step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..errors import InputError, LengthError


@dataclass(frozen=True)
class State:
    """The network's own integers, as float64 so that gradients pass: of each cell its neurons, [units] or
    [batch, units], and c of the LSTM where there is one. To be handed on, not to be made by hand."""

    cells: tuple[Tensor, ...]
    c: Tensor | None = None

    def detach(self) -> State:
        """The same without its history, for truncated backpropagation through time."""
        return State(tuple(cell.detach() for cell in self.cells), None if self.c is None else self.c.detach())

    def to_bytes(self) -> bytes:
        """What `ganglion.Network.state` takes and gives, of a state without batch."""
        if self.cells[0].dim() != 1:
            raise LengthError("a state of a batch is not one of a network; take one of its rows")
        parts = [] if self.c is None else [self.c.detach().cpu().numpy().astype(np.int32)]
        parts += [cell.detach().cpu().numpy().astype(np.int16) for cell in self.cells]
        return b"".join(part.tobytes() for part in parts)

    def __getitem__(self, row: int) -> State:
        """The state of one sequence of a batch."""
        if self.cells[0].dim() != 2:
            raise LengthError("the state is that of one sequence, without a batch")
        return State(tuple(cell[row] for cell in self.cells), None if self.c is None else self.c[row])

    def batch_of_one(self) -> State:
        """With a dimension for the batch."""
        return State(tuple(cell[None] for cell in self.cells), None if self.c is None else self.c[None])

    def check(self, units: list[int], has_memory: bool, batch: int | None):
        """Raises `LengthError` for another network's state and `InputError` for one that no step has left."""
        if len(self.cells) != len(units) or (self.c is not None) != has_memory:
            raise LengthError("the state is that of another network")
        parts = [(f"state of cell {k}", cell, size, 32768) for k, (cell, size) in enumerate(zip(self.cells, units))]
        if self.c is not None:
            parts.append(("state of the memory", self.c, units[0], 1 << 31))
        for name, part, size, limit in parts:
            wanted = (size,) if batch is None else (batch, size)
            if tuple(part.shape) != wanted:
                raise LengthError(f"{name} has shape {list(part.shape)}, not {list(wanted)}")
            with torch.no_grad():
                if part.dtype != torch.float64 or not ((part == part.round()) & (part.abs() <= limit)).all():
                    raise InputError(f"{name}, {part.dtype}, holds other numbers than integers to ±{limit} in float64")
