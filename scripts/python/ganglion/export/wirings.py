"""The wirings of ncps by what makes them: its constructors' arguments, from a configuration or from the command line.

A wired CfC of ncps.keras multiplies its weights by the wiring's polarities, which no file of weights holds. NCP and AutoNCP are
drawn by ncp_wiring.py; FullyConnected and Random from NumPy's default_rng, in the order in which ncps asks it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

import numpy as np

from . import ncp_wiring
from .account import Account
from .network import ExportError

# The arguments of each constructor in order, with what it takes unless told otherwise.
SIGNATURES: dict[str, dict] = {
    "NCP": {
        "inter_neurons": None,
        "command_neurons": None,
        "motor_neurons": None,
        "sensory_fanout": None,
        "inter_fanout": None,
        "recurrent_command_synapses": None,
        "motor_fanin": None,
        "seed": 22222,
    },
    "AutoNCP": {"units": None, "output_size": None, "sparsity_level": 0.5, "seed": 22222},
    "FullyConnected": {"units": None, "output_dim": "units", "erev_init_seed": 1111, "self_connections": True},
    "Random": {"units": None, "output_dim": "units", "sparsity_level": 0.0, "random_seed": 1111},
}
POLARITIES = [-1, 1, 1]
# Seeds that people take, tried beside the one that was stated.
OTHER_SEEDS = (*range(22218, 22230), 1111, 55555, *range(21), 42)
# So many weights beyond the initialiser's range are no accident: that another seed has none of them then means something.
MANY = 12


@dataclass
class Wiring:
    """What a wiring is made of; drawn for a number of inputs by `layers`."""

    kind: str
    arguments: dict

    def __str__(self):
        if self.kind == "Wiring":
            return f"Wiring of {len(self.arguments['adjacency_matrix'])} units"
        return f"{self.kind}({', '.join(f'{name}={value}' for name, value in self.arguments.items())})"

    @property
    def outputs(self) -> int:
        """How many motor neurons it has."""
        return int(self.arguments[{"NCP": "motor_neurons", "AutoNCP": "output_size"}.get(self.kind, "output_dim")])

    def layers(self, inputs: int) -> list[np.ndarray]:
        """The signed adjacency into each layer of neurons, [source, destination]: inputs or the layer before."""
        if self.kind == "Wiring":
            found = np.array(self.arguments["sensory_adjacency_matrix"])
            if found.ndim != 2 or found.shape[0] != inputs:
                raise ExportError(f"the wiring in the file is for other than {inputs} inputs: {list(found.shape)}")
            return [found]
        if self.kind in ("NCP", "AutoNCP"):
            return ncp_wiring.draw(**self._ncp(inputs))
        units = self.arguments["units"]
        return [self._dense(inputs, units) if self.kind == "FullyConnected" else self._random(inputs, units)]

    def _ncp(self, inputs: int) -> dict:
        a = self.arguments
        if self.kind == "NCP":
            return {
                "seed": a["seed"],
                "sensory": inputs,
                "inter": a["inter_neurons"],
                "command": a["command_neurons"],
                "motor": a["motor_neurons"],
                "sensory_fanout": a["sensory_fanout"],
                "inter_fanout": a["inter_fanout"],
                "recurrent": a["recurrent_command_synapses"],
                "motor_fanin": a["motor_fanin"],
            }
        density, inner = 1.0 - a["sparsity_level"], a["units"] - a["output_size"]
        command = max(int(0.4 * inner), 1)
        inter = inner - command
        return {
            "seed": a["seed"],
            "sensory": inputs,
            "inter": inter,
            "command": command,
            "motor": a["output_size"],
            "sensory_fanout": max(int(inter * density), 1),
            "inter_fanout": max(int(command * density), 1),
            "recurrent": max(int(command * density * 2), 1),
            "motor_fanin": max(int(command * density), 1),
        }

    def _dense(self, inputs: int, units: int) -> np.ndarray:
        random = np.random.default_rng(self.arguments["erev_init_seed"])
        own = units * units - (0 if self.arguments["self_connections"] else units)
        for _ in range(own):
            random.choice(POLARITIES)
        return np.array([random.choice(POLARITIES) for _ in range(inputs * units)], np.int32).reshape(inputs, units)

    def _random(self, inputs: int, units: int) -> np.ndarray:
        random, density = np.random.default_rng(self.arguments["random_seed"]), 1 - self.arguments["sparsity_level"]

        def drawn(sources: int) -> np.ndarray:
            return random.choice(
                [(source, to) for source in range(sources) for to in range(units)],
                size=int(np.round(sources * units * density)),
                replace=False,
            )

        for _ in drawn(units):
            random.choice(POLARITIES)
        found = np.zeros((inputs, units), np.int32)
        for source, to in drawn(inputs):
            random.choice(POLARITIES)  # ncps draws twice and keeps the second
            found[source, to] = random.choice(POLARITIES)
        return found


def from_call(text: str) -> Wiring:
    """A wiring as Python code makes it, e.g. `AutoNCP(19, 4, seed=7)`."""
    expected = f"--wiring {text}: expected a call of {', '.join(SIGNATURES)} with numbers, as training made it"
    try:
        call = ast.parse(text, mode="eval").body
        kind = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id
        given = [ast.literal_eval(value) for value in call.args]
        named = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    except (ValueError, SyntaxError, AttributeError, RecursionError, MemoryError, TypeError) as error:
        raise ExportError(expected) from error
    if kind not in SIGNATURES or len(given) > len(SIGNATURES[kind]) or not all(isinstance(name, str) for name in named):
        raise ExportError(expected)
    return from_arguments(kind, dict(zip(SIGNATURES[kind], given)) | named, f"--wiring {text}")


def from_config(config, seed: int | None, place: str) -> Wiring | None:
    """The wiring in a layer's configuration; None for one whose seed is not told."""
    if (
        not isinstance(config, dict)
        or not isinstance(config.get("class_name"), str)
        or not isinstance(config.get("config"), dict)
    ):
        raise ExportError(f"{place}: the file does not tell its wiring: state it with --wiring")
    kind, arguments = config["class_name"], dict(config["config"])
    if kind == "Wiring":
        return Wiring("Wiring", _matrices(arguments, place))
    if kind not in SIGNATURES:
        raise ExportError(
            f"{place}: the wiring {kind} is not known: state what it draws with --wiring, one of {', '.join(SIGNATURES)}"
        )
    if kind == "NCP":
        # ncps writes the numbers of the neurons instead of how many they are, and no seed.
        for name in ("inter_neurons", "command_neurons", "motor_neurons"):
            if isinstance(arguments.get(name), list):
                arguments[name] = len(arguments[name])
        if arguments.get("seed") is None and seed is None:
            return None
    if seed is not None:
        word = {"FullyConnected": "erev_init_seed", "Random": "random_seed"}.get(kind, "seed")
        if arguments.get(word) not in (None, seed):
            raise ExportError(f"--wiring-seed {seed}, but the file says {arguments[word]}")
        arguments[word] = seed
    return from_arguments(kind, arguments, place)


def from_arguments(kind: str, given: dict, place: str) -> Wiring:
    """A wiring of checked arguments."""
    signature = SIGNATURES[kind]
    if unknown := set(given) - set(signature):
        raise ExportError(f"{place}: {kind} has no {', '.join(sorted(map(str, unknown)))}")
    found = {name: given.get(name, default) for name, default in signature.items()}
    if found.get("output_dim") in ("units", None) and "output_dim" in found:
        found["output_dim"] = found["units"]
    for name, value in found.items():
        whole = name not in ("sparsity_level", "self_connections")
        most = 1 << 32 if "seed" in name else 4096 if name != "recurrent_command_synapses" else 1 << 20
        fine = (
            isinstance(value, bool)
            if name == "self_connections"
            else (
                isinstance(value, int) and not isinstance(value, bool) and 0 <= value < most
                if whole
                else isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1
            )
        )
        if not fine:
            raise ExportError(f"{place}: {name} of {kind} is {value!r}, which is none")
    made = Wiring(kind, found)
    if kind == "AutoNCP" and not 0 < found["output_size"] < found["units"] - 2:
        raise ExportError(f"{place}: AutoNCP needs more than {found['output_size']} + 2 units")
    if kind in ("FullyConnected", "Random") and not 0 < found["output_dim"] <= found["units"]:
        raise ExportError(f"{place}: {found['output_dim']} outputs of {found['units']} units")
    return made


def _matrices(arguments: dict, place: str) -> dict:
    try:
        found = {name: np.array(arguments[name], np.int32) for name in ("adjacency_matrix", "sensory_adjacency_matrix")}
        outputs = int(arguments["output_dim"])
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        raise ExportError(f"{place}: the wiring in the file has no matrices: state it with --wiring") from error
    sensory = found["sensory_adjacency_matrix"]
    if sensory.ndim != 2 or not 0 < outputs <= sensory.shape[1] or not np.isin(sensory, (-1, 0, 1)).all():
        raise ExportError(f"{place}: the wiring in the file has matrices that are none of a wiring")
    return found | {"output_dim": outputs}


def _fitting(wiring: Wiring, inputs: int, kernels: list[list[np.ndarray]]) -> list[int]:
    """How many weights off the wiring were trained with each of the other seeds that people take."""
    word = {"FullyConnected": "erev_init_seed", "Random": "random_seed"}.get(wiring.kind, "seed")
    others = [
        Wiring(wiring.kind, wiring.arguments | {word: seed}) for seed in OTHER_SEEDS if seed != wiring.arguments[word]
    ]
    return [ncp_wiring.misfits(other.layers(inputs), kernels) for other in others]


def proven(wiring: Wiring, inputs: int, kernels: list[list[np.ndarray]]) -> bool:
    """Whether the weights fit this seed, and contradict every other that people take."""
    return ncp_wiring.misfits(wiring.layers(inputs), kernels) == 0 and min(_fitting(wiring, inputs, kernels)) >= MANY


def check(wiring: Wiring, inputs: int, kernels: list[list[np.ndarray]], account: Account, stated: bool) -> str:
    """What the weights say of a wiring: those off it are never trained, so they stay within what the initialiser draws.

    Refuses one that was stated, if many contradict it where another seed fits. Returns a note for the provenance.
    """
    layers = wiring.layers(inputs)
    if wiring.kind == "Wiring" or not any((layer == 0).any() for layer in layers):
        return ""
    count = ncp_wiring.misfits(layers, kernels)
    fitting = _fitting(wiring, inputs, kernels).count(0)
    if stated and count >= MANY and fitting:
        raise ExportError(
            f"{count} weights off the wiring {wiring} were trained, so it is not this network's: another seed fits them"
        )
    if count:
        account.choose(
            f"the wiring {wiring}, although {count} weights off it are beyond what the initialiser draws: check it"
        )
        return f"{count} weights off it are beyond what the initialiser draws"
    return "other seeds fit too, so the weights cannot prove it" if fitting else "checked against the weights"


def masks(
    wiring: Wiring, kernels: list[list[np.ndarray]], place: str, account: Account, note: str = ""
) -> tuple[list[np.ndarray], str]:
    """The signed mask of each layer of a wired CfC, [source + own state, destination], and what the model file is to remember of
    the wiring.

    kernels: for each layer its ff1 and ff2, [source + own state, destination]. note: who told the wiring; "" for the command line.
    """
    sizes = [pair[0].shape[1] for pair in kernels]
    inputs = kernels[0][0].shape[0] - sizes[0]
    if inputs < 1:
        raise ExportError(f"{place} reads no inputs: its weights do not fit together")
    adjacencies = wiring.layers(inputs)
    drawn = [adjacency.shape[1] for adjacency in adjacencies]
    if drawn != sizes:
        raise ExportError(f"{place} has layers of {sizes} neurons, but {wiring} has {drawn}")
    found = check(wiring, inputs, kernels, account, stated=not note)
    note = ", ".join(part for part in (note, found) if part)
    account.set("wiring", wiring, note or "--wiring")
    made = [np.concatenate([adjacency, np.ones((size, size))]) for adjacency, size in zip(adjacencies, sizes)]
    return made, f"{wiring}, {note}"
