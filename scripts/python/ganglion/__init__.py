"""Liquid neural networks as they fly: what Ganglion computes on the vehicle, with NumPy arrays in and out.

    from ganglion import Network

    network = Network("quadrotor-ncp19-int8.safetensors")
    outputs = network.run(inputs, ts)          # [steps, inputs] -> [steps, outputs], the very bits of the vehicle

`ganglion.torch` (needs PyTorch) trains with these integers in the forward pass. See docs/python.md and
docs/quantisation-aware-training.md.
"""

from .errors import (
    CalibrationWarning,
    ClosedError,
    FixedPointError,
    GanglionError,
    InputError,
    KernelError,
    LengthError,
    LibraryError,
    ModelError,
    ResultError,
    TimeError,
    UnprotectedWarning,
)
from .network import Network, Port, Saturation, quantize

__all__ = [
    "CalibrationWarning", "ClosedError", "FixedPointError", "GanglionError", "InputError", "KernelError", "LengthError", "LibraryError",
    "ModelError", "Network", "Port", "ResultError", "Saturation", "TimeError", "UnprotectedWarning",
    "quantize",
]
