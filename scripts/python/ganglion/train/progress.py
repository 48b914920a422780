"""How far a training is, on a terminal: what is done, how fast, and how long the rest will take."""

from __future__ import annotations

import sys
import time


class Progress:
    """The work of a training in two kinds: flights, and passes of ticks through the network.

    How long each takes is measured as it goes, so the time that remains is known from the first fit on.
    """

    def __init__(self, stream=None, clock=time.monotonic):
        self.stream = stream if stream is not None else sys.stderr
        self.clock = clock
        self.left = {"flights": 0.0, "ticks": 0.0}
        self.done = {"flights": 0.0, "ticks": 0.0}
        self.seconds = {"flights": 0.0, "ticks": 0.0}
        self._last = -1.0
        self._width = 0

    def expect(self, flights: float, ticks: float) -> None:
        """What is still to be done from here on."""
        self.left = {"flights": flights, "ticks": ticks}

    def add(self, kind: str, amount: float, seconds: float) -> None:
        """Some of it was done, in this time."""
        self.done[kind] += amount
        self.seconds[kind] += seconds
        self.left[kind] = max(self.left[kind] - amount, 0.0)

    def remaining(self) -> float | None:
        """Seconds that the rest will take; None before there is anything to go by."""
        total = 0.0
        for kind, left in self.left.items():
            if left > 0 and not self.done[kind]:
                return None
            total += left * self.seconds[kind] / self.done[kind] if left else 0.0
        return total

    def show(self, words: str) -> None:
        """Writes the live line, on a terminal and at most ten times a second."""
        now = self.clock()
        if not self.stream.isatty() or now - self._last < 0.1:
            return
        self._last = now
        left = self.remaining()
        line = words + (f", {duration(left)} left" if left is not None else "")
        self.stream.write("\r" + line[:118].ljust(self._width))
        self._width = min(len(line), 118)
        self.stream.flush()

    def clear(self) -> None:
        """Takes the live line away."""
        if self._width:
            self.stream.write("\r" + " " * self._width + "\r")
            self.stream.flush()
            self._width = 0


def duration(seconds: float) -> str:
    """A time for people: "40 s", "12 min", "1 h 5 min"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
