"""Modules whose formats nothing rounds."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

_BITS = {torch.float32: torch.int32, torch.float64: torch.int64}


class WithConstants(nn.Module):
    """A module whose buffers move between devices, but keep every bit when `float()`, `half()` and the like make
    the parameters shorter."""

    def keep(self, name: str, value: np.ndarray):
        """Makes a copy of `value` a buffer."""
        self.register_buffer(name, torch.from_numpy(np.array(value)), persistent=False)

    def _apply(self, fn, recurse=True):
        kinds = {name: value.dtype for name, value in self._buffers.items() if value.dtype in _BITS}
        for name, kind in kinds.items():
            self._buffers[name] = self._buffers[name].view(_BITS[kind])
        super()._apply(fn, recurse)
        for name, kind in kinds.items():
            self._buffers[name] = self._buffers[name].view(kind)
        return self
