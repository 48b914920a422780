"""Trains a quantised network with the vehicle's own integers in the forward pass.

    from ganglion.torch import QuantisedNetwork

    module = QuantisedNetwork.quantising("policy.safetensors", xs, ts, "int8")
    outputs, state = module(inputs, ts)        # [(batch,) steps, inputs] -> [(batch,) steps, outputs]
    loss(outputs, wanted).backward()           # straight through the rounding, to the master weights
    module.save("policy-int8.safetensors")

Needs PyTorch. See docs/quantisation-aware-training.md.
"""

try:
    import torch as _torch  # noqa: F401
except ImportError as error:
    raise ImportError("ganglion.torch needs PyTorch: pip install torch") from error

from .network import QuantisedNetwork
from .state import State

__all__ = ["QuantisedNetwork", "State"]
