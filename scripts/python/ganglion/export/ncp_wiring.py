"""The wiring of a neural circuit policy, drawn again from its seed.

Keras checkpoints hold no wiring. It follows from NumPy's RandomState(seed) by drawing, in this order: for each
sensory neuron its inter neurons and a polarity each; the same from inter to command; recurrent command
synapses as source, destination, polarity; for each motor neuron its command neurons. After each of the three
feed-forward stages, neurons that nothing reached (for motors: that reach nothing) get the average number of
synapses. (keras-ncp 2.0.5 and ncps 1.0.1 draw alike.)
"""

from __future__ import annotations

import numpy as np

from .network import ExportError

POLARITIES = [-1, 1]


def draw(
    seed: int, sensory: int, inter: int, command: int, motor: int, sensory_fanout: int, inter_fanout: int,
    recurrent: int, motor_fanin: int,
) -> list[np.ndarray]:
    """The signed adjacency (-1, 0, 1) into the inter, command and motor neurons, each [source, destination].

    Raises `ExportError` for sizes of which there is no wiring.
    """
    if min(sensory, inter, command, motor) < 1:
        raise ExportError(f"{inter} inter, {command} command and {motor} motor neurons for {sensory} inputs: that is no wiring")
    random = np.random.RandomState(seed)

    def pick(neurons, count):
        if not 0 < count <= neurons:
            raise ExportError(f"{count} synapses to {neurons} neurons: that is no wiring")
        # choice() on a range draws the same as on the list of neuron numbers that the originals use.
        return random.choice(neurons, size=count, replace=False)

    def stage(sources, destinations, fanout, most):
        adjacency = np.zeros((sources, destinations), np.int32)
        unreached = list(range(destinations))
        for source in range(sources):
            for destination in pick(destinations, fanout):
                if destination in unreached:
                    unreached.remove(destination)
                adjacency[source, destination] = random.choice(POLARITIES)
        fanin = int(np.clip(int(sources * fanout / destinations), 1, most))
        for destination in unreached:
            for source in pick(sources, fanin):
                adjacency[source, destination] = random.choice(POLARITIES)
        return adjacency

    into_inter = stage(sensory, inter, sensory_fanout, most=sensory)
    # The originals bound this stage by the command neurons, although it draws from the inter neurons.
    into_command = stage(inter, command, inter_fanout, most=command)
    for _ in range(recurrent):
        # Between command neurons; a wired CfC does not use these, but they move the generator on.
        random.choice(command)
        random.choice(command)
        random.choice(POLARITIES)
    into_motor = np.zeros((command, motor), np.int32)
    silent = list(range(command))
    for destination in range(motor):
        for source in pick(command, motor_fanin):
            if source in silent:
                silent.remove(source)
            into_motor[source, destination] = random.choice(POLARITIES)
    fanout = int(np.clip(int(motor * motor_fanin / command), 1, motor))
    for source in silent:
        for destination in pick(motor, fanout):
            into_motor[source, destination] = random.choice(POLARITIES)
    return [into_inter, into_command, into_motor]


def misfits(adjacencies: list[np.ndarray], kernels: list[list[np.ndarray]]) -> int:
    """How many weights off the wiring left the range that Glorot's initialiser draws from.

    A weight off the wiring never sees a gradient, so for the right seed the count is zero.

    kernels: for each layer its ff1 and ff2, [source + own state, destination].
    """
    count = 0
    for adjacency, layer in zip(adjacencies, kernels):
        for kernel in layer:
            limit = np.sqrt(6.0 / sum(kernel.shape)) * (1 + 1e-6)
            count += int((np.abs(kernel[: adjacency.shape[0]][adjacency == 0]) > limit).sum())
    return count
