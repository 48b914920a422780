"""What became of everything in a checkpoint: which tensors were used as what, which were left out and why, which network was
meant, and where each setting comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

# So many names are spelled out for one reason; the rest are counted. `--json` has them all.
SHOWN = 12


@dataclass
class Account:
    """Filled while a checkpoint is read, shown at the end of an export."""

    used: list[tuple[str, list[int], str]] = field(default_factory=list)
    left_out: list[tuple[str, list[int], str]] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    settings: list[tuple[str, str, str]] = field(default_factory=list)

    def use(self, name: str, shape, target: str):
        """The tensor `name` became `target`."""
        self.used.append((name, [int(size) for size in shape], target))

    def leave(self, name: str, shape, why: str):
        """The tensor `name` is not in the model."""
        self.left_out.append((name, [int(size) for size in shape], why))

    def choose(self, text: str):
        """Something could have been meant in several ways, and this is how it was taken."""
        self.chosen.append(text)

    def set(self, name: str, value, source: str):
        """A setting that is no tensor, and who told it."""
        self.settings.append((name, str(value), source))

    def lines(self) -> list[str]:
        """For people."""
        found = [f"  chosen: {text}" for text in self.chosen]
        found += [f"  setting: {name} {value} ({source})" for name, value, source in self.settings]
        found += [f"  used: {name} {shape} as {target}" for name, shape, target in self.used]
        reasons: dict[str, list[str]] = {}
        for name, shape, why in self.left_out:
            reasons.setdefault(why, []).append(f"{name} {shape}")
        for why, names in reasons.items():
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            found.append(f"  left out: {', '.join(names[:SHOWN])}{more}: {why}")
        return found

    @property
    def json(self) -> dict:
        """For programs."""
        return {
            "chosen": self.chosen,
            "settings": [{"name": name, "value": value, "from": source} for name, value, source in self.settings],
            "used": [{"tensor": name, "shape": shape, "as": target} for name, shape, target in self.used],
            "left_out": [{"tensor": name, "shape": shape, "why": why} for name, shape, why in self.left_out],
        }
