"""Commands for a vehicle that runs on this machine, at its socket (docs/commands.md)."""

import json
import socket
import struct
import time
from pathlib import Path

from .errors import GanglionError

_HEADER = struct.Struct("<IHHIIIIQ")
_MAGIC = 0x4C474E47


class Vehicle:
    """A running vehicle: what it is asked for stays until it is asked for something else, and is sent by `send`.

    A vehicle that is not sent anything for the age that its file says has lost this source: call `send` ten times a second or more.

    Args:
        name: the vehicle's name, or a folder that has its sockets.
        source: which of its sources to be; None for the only one.

    Raises:
        GanglionError: there is no such vehicle, or no such source.
    """

    def __init__(self, name: str, source: str | None = None):
        folder = Path(name) if "/" in name else Path("/run/ganglion") / name
        try:
            sources = json.loads((folder / "commands.json").read_text())["sources"]
        except (OSError, ValueError, KeyError) as error:
            raise GanglionError(f"{folder}: no vehicle that can be commanded runs there ({error})") from error
        found = [one for one in sources if source in (None, one["source"])]
        if len(found) != 1:
            raise GanglionError(f"{folder}: say which source: {', '.join(one['source'] for one in sources)}")
        self.limits = {one["name"]: (one["minimum"], one["maximum"]) for one in found[0]["numbers"]}
        self.numbers = {one["name"]: float(one["standard"]) for one in found[0]["numbers"]}
        self.flags = dict.fromkeys(found[0]["flags"], False)
        self.armed, self.takes = False, True
        self._path, self._digest, self._sequence = found[0]["socket"], found[0]["digest"], 0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def __enter__(self) -> "Vehicle":
        return self

    def __exit__(self, *_) -> None:
        self._socket.close()

    def send(self, **wishes: float | bool) -> bool:
        """Asks for numbers and flags by their names, the rest as before. False when the vehicle is behind and this one was dropped.

        Raises:
            GanglionError: a name that cannot be asked for, a number beyond its limits, or a vehicle that is gone.
        """
        for name, value in wishes.items():
            if name in self.flags:
                self.flags[name] = bool(value)
            elif name not in self.numbers:
                raise GanglionError(f"{name} cannot be asked for; there are {', '.join([*self.numbers, *self.flags])}")
            elif not self.limits[name][0] <= value <= self.limits[name][1]:
                raise GanglionError(f"{name} is {value}, expected {self.limits[name][0]} to {self.limits[name][1]}")
            else:
                self.numbers[name] = float(value)
        self._sequence = (self._sequence + 1) % 2**32
        bits = sum(1 << place for place, flag in enumerate(self.flags.values()) if flag)
        record = _HEADER.pack(
            _MAGIC, 1, self.armed | self.takes << 1, self._sequence, self._digest, bits, len(self.numbers),
            time.monotonic_ns(),
        )  # fmt: skip
        record += struct.pack(f"<{len(self.numbers)}f", *self.numbers.values())
        try:
            self._socket.sendto(record, self._path)
        except BlockingIOError:
            return False
        except OSError as error:
            raise GanglionError(f"{self._path}: the vehicle is gone ({error})") from error
        return True

    def arm(self, seconds: float = 0.5) -> None:
        """Asks to arm, after half a second in which it asks for nothing: arming takes a change."""
        self.armed = False
        for _ in range(max(int(seconds / 0.05), 4)):
            self.send()
            time.sleep(0.05)
        self.armed = True
        self.send()

    def disarm(self) -> None:
        """Asks to disarm."""
        self.armed = False
        self.send()
