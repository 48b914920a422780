"""A number computed in integers, with the gradient of the smooth function that it rounds.

Bengio, Léonard and Courville, "Estimating or propagating gradients through stochastic neurons for conditional
computation" (2013), where this is the straight-through estimator.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


class _StraightThrough(torch.autograd.Function):
    @staticmethod
    def forward(smooth: Tensor, exact: Tensor) -> Tensor:
        return exact

    @staticmethod
    def setup_context(ctx, inputs, output):
        pass

    @staticmethod
    def backward(ctx, gradient: Tensor):
        return gradient, None


def replaced(smooth: Tensor, exact: Tensor) -> Tensor:
    """`exact`, with the gradient of `smooth`."""
    return _StraightThrough.apply(smooth, exact) if smooth.requires_grad else exact


def straight_through(exact: Callable, smooth: Callable, *arguments: Tensor, **formats):
    """`exact` of the arguments as float64, and the gradient of `smooth`, which is computed only where there is one.

    Both take the same arguments and give a tensor, or a tuple of as many; arguments in float64 are integers, and
    `exact` gets them as such.
    """
    with torch.no_grad():
        integers = (a.to(torch.int64) if a.dtype == torch.float64 else a for a in arguments)
        found = exact(*integers, **formats)
    single = isinstance(found, Tensor)
    values = [value.to(torch.float64) for value in ((found,) if single else found)]
    if torch.is_grad_enabled() and any(argument.requires_grad for argument in arguments):
        near = smooth(*arguments, **formats)
        values = [replaced(s, value) for s, value in zip((near,) if single else near, values)]
    return values[0] if single else tuple(values)
