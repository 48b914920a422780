"""From what a file of PyTorch holds to named tensors, and where in them the networks are.

Training code wraps a state_dict in many ways: beside optimizers and settings, under the names of modules, of
DataParallel (`module.`), of torch.compile (`_orig_mod.`), twice for a moving average. All tensors get full names, and a
network is told by the tensors of its cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from .account import Account
from .network import ExportError
from .pickles import Foreign
from .torch_file import REMEDY, Tensor

# Segments that wrappers put into names; no module of a user is called so.
WRAPPERS = ("_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_forward_module")
# Members of a checkpoint that belong to training and are no part of a network.
TRAINING = re.compile(
    r"(optim\w*|\w*optimizer\w*|opt|\w*scheduler\w*|scaler|grad_scaler|amp|loops|callbacks|\w*rng_state\w*|metrics|history|"
    r"hyper_parameters|hparams\w*|train_state|shadow_params|collected_params)",
    re.IGNORECASE,
)
# Wiring, which is whole numbers by nature.
WIRING = re.compile(r"mask|sparsity|adjacency|polarity|erev", re.IGNORECASE)
# Weights that are made of others when a network runs.
MADE = re.compile(r"(parametrizations\.|_[gv]$|_orig$|_packed_params)")
# What a cell that stands at the root calls its own.
CELL = re.compile(r"((backbone|ff1|ff2|time_a|time_b|layer_\d+|parametrizations)\.|\w+$)")
DEPTH = 32
# Members of all containers; one that is met on several ways counts on each.
MOST_MEMBERS = 1_000_000
# The functions with which PyTorch makes tensors that are none of plain numbers: sparse, quantised, nested, without data.
TENSOR = re.compile(r"^torch(\._\w+)?\._rebuild_\w+$")
# Members of the dictionary that every optimizer of PyTorch saves, under whatever name.
OPTIMIZER = {"state", "param_groups"}


@dataclass
class Found:
    """A network in a state: its names begin with `prefix`, those of its cell with `cell`."""

    prefix: str
    cell: str
    kind: str  # "cfc", "wired", "ltc"


class State:
    """Named tensors of a file, of which a network takes its own."""

    def __init__(self, content, name: str, account: Account):
        self.account = account
        # How many wired CfCs had to be told their wiring.
        self.wired = 0
        self._tensors: dict[str, object] = {}
        self._original: dict[str, str] = {}
        # The keys on the way to a tensor, which a dot within a key does not divide.
        self._keys: dict[str, tuple[str, ...]] = {}
        self._foreign: list[str] = []
        self._members = 0
        self._unread: list[tuple[tuple[str, ...], str]] = []
        self._optimizers: set[tuple[str, ...]] = set()
        self._collect(content, (), 0)
        self._refuse_unread()
        if not self._tensors:
            if self._foreign:
                raise ExportError(
                    f"{name} holds objects of classes ({', '.join(sorted(set(self._foreign))[:3])}), which are not run here, and no "
                    f"state_dict; {REMEDY}"
                )
            raise ExportError(f"{name} holds no tensors; {REMEDY}")
        self._prune()

    def _collect(self, value, path: tuple[str, ...], depth: int):
        if depth > DEPTH:
            raise ExportError(f"the checkpoint is nested deeper than {DEPTH} levels at {'.'.join(path)[:80]}; {REMEDY}")
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise ExportError(f"the checkpoint has more than {MOST_MEMBERS} members; {REMEDY}")
        if isinstance(value, (Tensor, np.ndarray)):
            original = ".".join(path)
            name = ".".join(part for part in original.split(".") if part not in WRAPPERS)
            if name in self._tensors:
                raise ExportError(f"{original} and {self._original[name]} are the same but for wrappers; {REMEDY}")
            self._tensors[name], self._original[name], self._keys[name] = value, original, path
        elif isinstance(value, dict):
            if value.keys() == OPTIMIZER:
                self._optimizers.add(path)
            for key, member in value.items():
                if isinstance(key, (str, int)):
                    self._collect(member, (*path, str(key)), depth + 1)
        elif isinstance(value, (list, tuple)):
            for k, member in enumerate(value):
                self._collect(member, (*path, str(k)), depth + 1)
        elif isinstance(value, Foreign):
            if "_modules" in value.attributes or "_parameters" in value.attributes:
                self._foreign.append(value.origin)
            elif TENSOR.search(value.origin):
                self._unread.append((path, value.origin.rpartition(".")[2]))
            else:
                # A dictionary of a class of its own.
                self._collect(value.items, path, depth + 1)

    def _refuse_unread(self):
        """Refuses tensors whose numbers are not read here: without them the network would be another."""
        for path, origin in self._unread:
            if not self._is_of_training(path):
                raise ExportError(
                    f"{'.'.join(path) or 'the checkpoint'} is a tensor that is not read ({origin.removeprefix('_rebuild_')}): make it dense "
                    "and of floating point before saving, for instance with .to_dense() or .dequantize()"
                )

    def _prune(self):
        """Weights beside a mask of torch.nn.utils.prune are their product."""
        for name in [name for name in self._tensors if name.endswith("_orig")]:
            base = name.removesuffix("_orig")
            if f"{base}_mask" in self._tensors and base not in self._tensors:
                self._tensors[base] = self.array(name) * self.array(f"{base}_mask")
                self._original[base] = f"{self._original[name]} × {self._original[f'{base}_mask']}"
                self._keys[base] = self._keys[name]
                del self._tensors[name], self._tensors[f"{base}_mask"]

    @property
    def foreign(self) -> list[str]:
        """Classes of modules that were pickled whole."""
        return self._foreign

    def __contains__(self, name: str) -> bool:
        return name in self._tensors

    @property
    def names(self) -> list[str]:
        """All that has not been taken."""
        return list(self._tensors)

    def array(self, name: str) -> np.ndarray:
        """A tensor's numbers."""
        value = self._tensors[name]
        try:
            found = value.array() if isinstance(value, Tensor) else value
        except ExportError as error:
            raise ExportError(f"{self._original[name]}: {error}") from error
        if found.dtype.kind not in "fiub":
            raise ExportError(f"{self._original[name]} is of type {found.dtype}: convert it with .float() before saving")
        return found if found.dtype.kind == "f" and found.dtype.itemsize >= 4 else found.astype(np.float32)

    def take(self, name: str, target: str) -> np.ndarray:
        """A tensor's numbers; it has become `target`."""
        if name not in self._tensors:
            raise ExportError(f"{name} is missing from the checkpoint")
        value = self._tensors[name]
        kind = value.kind if isinstance(value, Tensor) else value.dtype.name
        if self.is_count(name) and not WIRING.search(name):
            raise ExportError(
                f"{self._original[name]} is of type {kind}: whole numbers are quantised, and no weights; "
                "export the checkpoint that the network was trained in"
            )
        found = self.array(name)
        self.account.use(self._original[name], found.shape, target)
        del self._tensors[name]
        return found

    def leave(self, name: str, why: str):
        """A tensor is not wanted."""
        value = self._tensors.pop(name)
        self.account.leave(self._original[name], value.shape, why)

    def is_count(self, name: str) -> bool:
        """Whether a tensor counts something: no weight, but the steps of an average or a generator's state."""
        value = self._tensors[name]
        return value.whole if isinstance(value, Tensor) else value.dtype.kind in "iub"

    def is_of_training(self, name: str) -> bool:
        """Whether a tensor belongs to an optimizer or the like."""
        return self._is_of_training(self._keys[name])

    def _is_of_training(self, path: tuple[str, ...]) -> bool:
        return any(TRAINING.fullmatch(key) for key in path[:-1]) or any(
            path[: len(place)] == place for place in self._optimizers
        )

    def is_number_beside(self, name: str, network: Found) -> bool:
        """Whether a tensor is a single number outside of the dictionary that holds the network: a loss, a rate, a scale of
        training. Within that dictionary it may be a part of the model."""
        own = {keys[:-1] for other, keys in self._keys.items() if other.startswith(network.cell)}
        return not self._tensors[name].shape and self._keys[name][:-1] not in own

    def networks(self) -> list[Found]:
        """The networks, told by the tensors of their cells."""
        cells: dict[str, str] = {}
        for name in self._tensors:
            if self.is_of_training(name):
                continue
            for mark, kind in (("ff1.weight", "cfc"), ("gleak", "ltc")):
                if name == mark or name.endswith("." + mark):
                    cells[name.removesuffix(mark)] = kind
        found = {}
        for cell, kind in cells.items():
            layer = re.fullmatch(r"(.*\.)?layer_\d+\.", cell)
            if kind == "cfc" and layer:
                cell, kind = layer.group(1) or "", "wired"
            inside = cell == "rnn_cell." or cell.endswith(".rnn_cell.")
            first = f"{cell}layer_0." if kind == "wired" else cell
            siblings = ("ff2.weight", "time_a.weight", "w_tau") if kind != "ltc" else ("erev", "w", "sensory_w")
            if inside or any(first + other in self._tensors for other in siblings):
                found[cell] = Found(cell.removesuffix("rnn_cell.") if inside else cell, cell, kind)
        return list(found.values())

    def choose(self, asked: str | None) -> Found:
        """The network that `--prefix` names, or the only one there is."""
        networks = self.networks()
        if not networks:
            self._explain_none()
        shown = sorted(network.prefix for network in networks)
        if asked is None:
            if len(networks) > 1:
                raise ExportError(f"several networks in this checkpoint: choose one with --prefix, of {shown}")
            if networks[0].prefix:
                self.account.choose(f"the network under {networks[0].prefix!r}, the only one in the checkpoint")
            return networks[0]
        wanted = ".".join(part for part in asked.rstrip(".").split(".") if part not in WRAPPERS)
        wanted = f"{wanted}." if wanted else ""
        fitting = [network for network in networks if wanted in (network.prefix, network.cell)]
        if not fitting and wanted:
            fitting = [n for n in networks if n.prefix.endswith("." + wanted) or n.cell.endswith("." + wanted)]
        if len(fitting) != 1:
            several = (
                f"several under it: {sorted(network.prefix for network in fitting)}"
                if fitting
                else f"there is one under: {shown}"
            )
            raise ExportError(
                f"no CfC or LTC under --prefix {wanted!r}; {several}" if not fitting else f"--prefix {asked!r}: {several}"
            )
        if len(networks) > 1:
            self.account.choose(f"the network under {fitting[0].prefix!r} by --prefix, of {shown}")
        return fitting[0]

    def _explain_none(self):
        if self._foreign:
            raise ExportError(
                f"the checkpoint holds a module whole ({self._foreign[0]}), whose class is not run here, and no state_dict; {REMEDY}"
            )
        self._refuse_parametrised(list(self._tensors))
        names = ", ".join(name or "a tensor without a name" for name in list(self._tensors)[:4])
        raise ExportError(
            "no ncps.torch CfC or LTC in this checkpoint: no tensor is named ...ff1.weight beside time_a or w_tau, or ...gleak "
            f"beside erev; it has {names}{' ...' if len(self._tensors) > 4 else ''}"
        )

    def own(self, network: Found) -> list[str]:
        """What has not been taken of a network's own tensors: below its cell, and its projection and memory beside it."""
        if network.cell:
            beside = (f"{network.prefix}fc.", f"{network.prefix}lstm.") if network.cell != network.prefix else ()
            return [name for name in self._tensors if name.startswith((network.cell, *beside))]
        return [name for name in self._tensors if CELL.match(name)]

    def refuse_parametrised(self, network: Found):
        """Refuses a network whose weights are made of others when it runs: they would be taken for something else."""
        self._refuse_parametrised(self.own(network))

    def _refuse_parametrised(self, names: list[str]):
        for name in names:
            if MADE.search(name):
                raise ExportError(
                    f"{self._original[name]}: its weights are parametrised or packed; remove that before saving the state_dict (for instance "
                    "torch.nn.utils.parametrize.remove_parametrizations)"
                )

    def layer(self, asked: str, beside: str) -> str:
        """The full name of a layer: as it is, or relative to where the network `beside` stands."""
        wanted = ".".join(part for part in asked.split(".") if part not in WRAPPERS)
        parts = beside.rstrip(".").split(".") if beside else []
        places = [".".join([*parts[:k], wanted]) for k in range(len(parts), -1, -1)]
        if f"{wanted}.weight" in self._tensors:
            return wanted
        fitting = [place for place in places if f"{place}.weight" in self._tensors]
        if not fitting:
            layers = [
                n.removesuffix(".weight") for n in self._tensors if n.endswith(".weight") and not self.is_of_training(n)
            ]
            raise ExportError(
                f"--head {asked}: the checkpoint has no {asked}.weight; there are {', '.join(layers[:8]) or 'no layers'}"
            )
        if len(fitting) > 1:
            self.account.choose(f"{fitting[0]} as --head {asked}, the nearest to the network")
        return fitting[0]
