"""How Keras 3 names the groups of a file of weights, by attribute and class, and which layer each belongs to."""

from __future__ import annotations

import re

# What layers call what they are made of.
PARTS = ("cell", "layer", "forward_layer", "backward_layer", "_cfc_layers")


def number(root: str) -> tuple[str, int]:
    """Orders names as Keras numbers them."""
    match = re.fullmatch(r"(.*?)_(\d+)", root)
    return (match.group(1), int(match.group(2))) if match else (root, 0)


def root(place: str, owners: set[str], own) -> str:
    """The layer that the variables at `place` belong to: the first group on the way that is a layer and neither holds layers only, as
    lists and models do, nor is part of one: a recurrent layer has a `cell`, a wrapper a `layer`."""
    parts = place.split("/")
    for count in range(1, len(parts)):
        here = "/".join(parts[:count])
        if here in owners and (here in own or parts[count] in PARTS):
            return here
    return place


def roots(groups: dict) -> list[str]:
    """Where layers begin: `layers/NAME` of Sequential and functional models, `NAME` of others."""
    found = []
    for place in groups:
        parts = place.split("/")
        root = "/".join(parts[:2]) if parts[0] == "layers" and len(parts) > 1 else parts[0]
        if root not in found:
            found.append(root)
    return sorted(found, key=number)


def snake(name: str) -> str:
    """As Keras makes the name of a group from that of a class."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
