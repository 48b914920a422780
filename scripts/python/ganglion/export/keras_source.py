"""Models of ncps.keras: which layers of a file are the network, and the network they are.

A file with a configuration tells the order of its layers, and what the network reads and writes follows from it. Without one
the order is that of the names, and what stands beside the network is asked for, as for a state_dict.
"""

from __future__ import annotations

from . import drone_source, keras_cells, keras_layers
from .account import Account
from .chain import Chain
from .keras_file import KerasFile, Layer, load
from .keras_settings import told
from .network import ExportError, Network
from .opening import Opened
from .options import Options

FLAVOUR = "ncps.keras"


def canonical(opened: Opened, name: str, options: Options, account: Account) -> Network:
    """The canonical network of a Keras file."""
    file = load(opened, name)
    recurrent = {layer.name: found for layer in file.layers if (found := keras_cells.cells(layer))}
    if drone_source.is_ours(file, recurrent, options):
        return drone_source.canonical(file, name, options, account)
    options.refuse("is for checkpoints of the drone-flight code", "params", "uses_elapsed_time")
    if not recurrent:
        _explain_none(file, name)
    model = _Model(file, recurrent, options, account)
    for title, values in file.left.items():
        account.leave(title, values.shape, "belongs to training")
    configured = any(layer.config is not None for layer in file.layers)
    chain = model.configured() if configured else model.bare()
    model.leave_rest(configured)
    kinds = {cell.kind for name in model.done for cell in recurrent.get(name, [])}
    if "ltc" not in kinds:
        options.refuse(
            "is for LTC networks; this one is a CfC",
            "unfolds",
            "constraints",
            "epsilon",
            "motors",
            "input_mapping",
            "output_mapping",
        )
    if kinds == {"ltc"}:
        options.refuse("is for CfC networks; this one is an LTC", "mode", "activation", "forget_bias")
    if len(options.wiring) > 1 and len(options.wiring) != model.wired:
        raise ExportError(f"--wiring is given {len(options.wiring)} times, but the network has {model.wired} wired CfC layers")
    if "wired" not in kinds:
        options.refuse("is for a wired CfC; the weights of others tell theirs", "wiring", "wiring_seed")
    return chain.network(FLAVOUR)


def _explain_none(file: KerasFile, name: str):
    kinds = [f"{layer.name} ({layer.type})" if layer.type else layer.name for layer in file.layers if layer.variables]
    raise ExportError(
        f"{name} has no CfC or LTC: no layer has the weights of one; it has {', '.join(kinds[:8]) or 'no weights'}"
    )


class _Model:
    """A file's layers on their way into a chain."""

    def __init__(self, file: KerasFile, recurrent: dict[str, list], options: Options, account: Account):
        self.file, self.recurrent, self.options, self.account = file, recurrent, options, account
        self.layers = {layer.name: layer for layer in file.layers}
        self.chain: Chain | None = None
        self.done: set[str] = set()
        self.wirings: set = set()
        # How many of the network's layers are wired CfCs.
        self.wired = 0
        # Why layers that are known not to belong to the network are left out.
        self.why: dict[str, str] = {}

    # --- One layer ---

    def _use(self, layer: Layer, target: str | int):
        """Says what a layer became: a target, or cells from a number on."""
        offsets = keras_cells.offsets(layer.variables) if isinstance(target, int) else {}
        for name, value in layer.variables.items():
            self.account.use(f"{layer.name}/{name}", value.shape, f"cell{target + offsets[name]}" if offsets else target)
        self.done.add(layer.name)

    def _add_cell(self, layer: Layer):
        found = self.recurrent[layer.name]
        if len(found) != 1:
            raise ExportError(
                f"layer {layer.name} holds {len(found)} cells (StackedRNNCells or Bidirectional): build a CfC for each, "
                "one after the other"
            )
        if spare := keras_cells.spare(layer, found):
            raise ExportError(
                f"layer {layer.name} holds more than its cell: {', '.join(spare[:4])}{' ...' if len(spare) > 4 else ''}, which would be lost; "
                "save the model with model.save('policy.keras'), built of layers one after the other"
            )
        if layer.type not in (None, "CfC", "LTC", "RNN"):
            self.account.choose(
                f"layer {layer.name} as the cell in it: what the class {layer.type} does besides, no file tells"
            )
        first, known = len(self.chain.cells) if self.chain else 0, told(layer, self.options)
        shared = (known.wiring or {}).get("shared_object_id")
        if found[0].kind == "wired" and shared is not None and shared in self.wirings:
            raise ExportError(
                f"layer {layer.name} shares its wiring with another layer: ncps adds synapses to it each time it is built, and no file "
                "tells which; train with a wiring for each layer"
            )
        self.wirings.add(shared)
        if found[0].kind == "wired":
            known.asked = self.options.wiring_of(self.wired)
            self.wired += 1
        self.chain = keras_cells.add(self.chain, found[0], layer, known, self.options, self.account)
        self._use(layer, first)

    def _add_affine(self, layer: Layer, target: str) -> bool:
        """Puts a layer that passes values on, or maps them, behind what there is; False for any other."""
        if keras_layers.passes(layer):
            self._use(layer, "nothing to do when the network runs")
            return True
        pair = keras_layers.affine(layer, self.chain.width if self.chain else None)
        if pair is None:
            return False
        self.chain = self.chain or Chain(pair[0].shape[1])
        self.chain.affine(*pair, f"layer {layer.name}")
        self._use(layer, target)
        return True

    # --- Files that tell the order ---

    def configured(self) -> Chain:
        """Follows the model from its input, or from the chosen layer, to its output."""
        options = self.options
        if options.head or options.stack:
            raise ExportError("--head and --stack are for files that do not tell the order of their layers; this one does")
        start = self._start()
        front = self._front(start)
        if not self._map_front(front):
            self.chain = None
        self._add_cell(start)
        layer = start
        while (after := self._after(layer)) is not None:
            if after.name in self.recurrent:
                if options.prefix is not None:
                    break
                self._add_cell(after)
            elif not self._add_affine(after, "projection"):
                if not options.only_cfc:
                    raise ExportError(
                        f"behind the network stands {keras_layers.why_not(after)}, which is no linear layer: the model file "
                        "has a linear projection only; end the network before it with --only-cfc, or train with a linear layer"
                    )
                break
            layer = after
        return self.chain

    def _start(self) -> Layer:
        names = [layer.name for layer in self.file.layers if layer.name in self.recurrent]
        if self.options.prefix is not None:
            if self.options.prefix not in names:
                raise ExportError(f"no CfC or LTC called {self.options.prefix!r}; there are {', '.join(names)}")
            self.account.choose(f"layer {self.options.prefix} by --prefix, of {', '.join(names)}")
            return self.layers[self.options.prefix]
        first = self.layers[names[0]]
        reached, layer = {first.name}, first
        while (after := self._after(layer)) is not None and after.name not in reached:
            reached.add(after.name)
            layer = after
        beside = [name for name in names if name not in reached]
        if beside:
            raise ExportError(
                f"several networks in this model that do not follow each other: choose one with --prefix, of {', '.join(names)}"
            )
        if len(names) > 1:
            self.account.choose(f"layers {', '.join(names)}, which follow each other, as one network")
        return first

    def _after(self, layer: Layer) -> Layer | None:
        """The layer that reads this one's values."""
        readers = [other for other in self.file.layers if layer.name in (other.sources or [])]
        if not readers:
            return None
        if len(readers) > 1 or layer.name in self.file.outputs:
            if self.options.only_cfc or self.options.prefix is not None:
                return None
            by = [other.name for other in readers] + ["the model's output"] * (layer.name in self.file.outputs)
            raise ExportError(
                f"{layer.name} is read by {', '.join(by)}: the network branches; end it there with --only-cfc"
            )
        if len(set(readers[0].sources or [])) > 1 and readers[0].name not in self.recurrent:
            if self.options.only_cfc or self.options.prefix is not None:
                return None
            raise ExportError(
                f"{readers[0].name} reads {', '.join(readers[0].sources)}: the network comes together with another; "
                f"end it at {layer.name} with --only-cfc"
            )
        return readers[0]

    def _front(self, start: Layer) -> list[Layer]:
        """The layers in front of the network, first ones first; names where elapsed time comes from."""
        front, layer = [], start
        while layer.sources:
            if layer.name in self.recurrent and len(layer.sources) == 2:
                time = self.layers.get(layer.sources[1])
                if time is None or time.type != "InputLayer":
                    raise ExportError(
                        f"layer {layer.name}: its elapsed time comes from {layer.sources[1]}, not from an input of the model"
                    )
                self.account.set("elapsed time", f"the input {time.name}", "the configuration")
                self.done.add(time.name)
            elif len(layer.sources) > 1:
                front.insert(0, Layer(", ".join(layer.sources), {}, "several layers together", {}))
                break
            source = self.layers.get(layer.sources[0])
            if source is None or source in front or source is start:
                break
            front.insert(0, source)
            layer = source
        return front

    def _map_front(self, front: list[Layer]) -> bool:
        """Takes the layers in front into the network; False when it begins behind them, by --only-cfc or --prefix."""
        maps = [layer for layer in front if not keras_layers.passes(layer)]
        other = [layer for layer in maps if layer.name in self.recurrent or keras_layers.affine(layer, None) is None]
        if not other and not self.options.only_cfc:
            width = _input_width(front)
            self.chain = Chain(width) if width else None
            for layer in front:
                self._add_affine(layer, "the first cell's own maps")
            return True
        if not self.options.only_cfc and self.options.prefix is None:
            raise ExportError(
                f"in front of the network stands {keras_layers.why_not(other[0])}, which is no linear layer; if it runs "
                "elsewhere (for instance a vision head), say --only-cfc: the network's inputs are then what it reads"
            )
        for layer in front:
            self.why[layer.name] = "stands in front of the network"
        return False

    # --- Files that do not ---

    def bare(self) -> Chain:
        """The network that --prefix or --stack names, or the only one, and the layer that --head names."""
        options, names = self.options, list(self.recurrent)
        wanted = options.stack or ([options.prefix] if options.prefix is not None else names)
        for name in wanted:
            if name not in self.recurrent:
                raise ExportError(f"no CfC or LTC called {name!r}; there are {', '.join(names)}")
        if len(set(wanted)) < len(wanted):
            raise ExportError("--stack names a network twice")
        if len(wanted) > 1 and not options.stack:
            raise ExportError(
                f"several networks, and the file does not tell their order: choose one with --prefix, of {', '.join(names)}, or say with "
                f"--stack {','.join(names)} in which order they follow each other"
            )
        if len(names) > len(wanted):
            self.account.choose(
                f"{', '.join(wanted)} by {'--stack' if options.stack else '--prefix'}, of {', '.join(names)}"
            )
        for name in wanted:
            self._add_cell(self.layers[name])
        if options.head is not None:
            layer = self.layers.get(options.head)
            values = list(layer.variables.values()) if layer else []
            if layer is None or len(values) not in (1, 2) or values[0].ndim != 2 or layer.name in self.recurrent:
                others = [other.name for other in self.file.layers if other.variables and other.name not in self.recurrent]
                raise ExportError(
                    f"--head {options.head}: no Dense layer of floating-point weights is called so; there are {', '.join(others) or 'none'}"
                )
            if values[0].shape[0] != self.chain.width:
                raise ExportError(
                    f"--head {options.head}: it reads {values[0].shape[0]} values, but the network in front of it has "
                    f"{self.chain.width}: its width does not fit behind the network"
                )
            self.chain.affine(values[0].T, values[1] if len(values) == 2 else None, f"--head {options.head}")
            self._use(layer, "projection")
        if self.file.ordered:
            for layer in self.file.layers[: self.file.layers.index(self.layers[wanted[0]])]:
                self.why[layer.name] = "stands in front of the network"
        return self.chain

    # --- The rest ---

    def leave_rest(self, configured: bool):
        """Says of every variable that was not used why, and refuses layers that may belong to the network."""
        refused = []
        for layer in self.file.layers:
            if layer.name in self.done or not layer.variables:
                continue
            why = self.why.get(layer.name)
            if why is None and layer.name in self.recurrent and (self.options.prefix is not None or self.options.stack):
                why = "another network, which was not chosen"
            if why is None and self.options.only_cfc:
                why = "another layer, by --only-cfc"
            if why is None and configured and self.options.prefix is not None:
                why = "does not belong to the layer chosen by --prefix"
            if why is None:
                refused.append(layer.name or "weights of the model's own")
            for name, value in layer.variables.items():
                self.account.leave(f"{layer.name}/{name}", value.shape, why or "?")
        if refused:
            raise ExportError(
                f"layers that belong to no part of the network: {', '.join(refused[:8])}{' ...' if len(refused) > 8 else ''}. "
                "Name a linear Dense layer after it with --head; if the others run elsewhere (for instance a vision head in front), say --only-cfc"
            )


def _input_width(front: list[Layer]) -> int | None:
    """How many values the model's input has, where its layer tells."""
    for layer in front:
        if layer.type == "InputLayer" and layer.config:
            shape = layer.config.get("batch_shape", layer.config.get("batch_input_shape"))
            if isinstance(shape, list) and shape and type(shape[-1]) is int and shape[-1] > 0:
                return shape[-1]
    return None
