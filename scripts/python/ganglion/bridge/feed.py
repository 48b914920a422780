"""One subscription for all that a bridge serves, kept alive while vehicles come and go."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from typing import Protocol

from ..errors import GanglionError, VehicleGoneError
from ..layout import Layout
from ..telemetry import Record, Telemetry

log = logging.getLogger("ganglion.bridge")
#: Without a record for so long the vehicle is away, whatever its socket says.
SILENCE_S = 1.0
#: How long to wait before looking again for one that is away.
_AGAIN_S = 0.5
#: Records that wait for the event loop; further ones are dropped and counted.
_WAITING = 512


class Outlet(Protocol):
    """What is told of a vehicle, in the event loop's thread."""

    def begin(self, layout: Layout) -> None:
        """A vehicle is there, or another one, or the same one anew."""

    def take(self, record: Record, wall_ns: int) -> None:
        """A record, and the time on the wall's clock at which its tick began."""

    def end(self, why: str) -> None:
        """The vehicle has gone."""

    async def close(self) -> None:
        """The bridge ends."""


class WallClock:
    """Puts times since the start of a run on the wall's clock, evenly: the first record says how they lie, and so does one that is
    far from where it should be (a computer that slept, a run that began anew)."""

    def __init__(self):
        self._offset: int | None = None

    def at(self, time_ns: int) -> int:
        """The wall's time of a record that came just now."""
        now = time.time_ns()
        if self._offset is None or abs(now - time_ns - self._offset) > 1_000_000_000:
            self._offset = now - time_ns
        return time_ns + self._offset


class Feed:
    """Reads a vehicle's records in a thread of its own and hands them to outlets.

    Args:
        name: the vehicle's name or folder.
        every: a record of each n-th tick; None for all, or 1000 a second of a vehicle that has more.
    """

    def __init__(self, name: str, outlets: list[Outlet], every: int | None = None):
        self.name, self.outlets, self._every = name, outlets, every
        self.lost = self.dropped = 0
        self.refused: dict[str, int] = {}
        self.last_refusal = ""
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._said = ""
        self._thread = threading.Thread(target=self._read, name="telemetry", daemon=True)

    def start(self) -> None:
        """Begins to read."""
        self._thread.start()

    async def stop(self) -> None:
        """Ends the subscription."""
        self._stop.set()
        await asyncio.to_thread(self._thread.join, 3)

    def _read(self):
        while not self._stop.is_set():
            telemetry = None
            try:
                telemetry = self._subscribed()
                self._say("")
                self._follow(telemetry)
            except (GanglionError, OSError) as error:
                self._say(str(error))
            finally:
                if telemetry is not None:
                    telemetry.close()
            self._stop.wait(_AGAIN_S)

    def _subscribed(self) -> Telemetry:
        telemetry = Telemetry(self.name, self._every or 1)
        if self._every is None and (every := -(-int(telemetry.layout.rate_hz) // 1000)) > 1:
            telemetry.close()
            telemetry = Telemetry(self.name, every)
        return telemetry

    def _follow(self, telemetry: Telemetry):
        """Hands on records until the vehicle is gone."""
        clock, layout, time_ns, why = WallClock(), None, -1, "it ended"
        heard = time.monotonic()
        try:
            while not self._stop.is_set():
                record = telemetry.receive(0.25)
                if telemetry.refused != self.refused:
                    self._refusals(telemetry.refused)
                if record is None:
                    if time.monotonic() - heard > SILENCE_S and layout is not None:
                        why = f"no record for {SILENCE_S:g} s"
                        return
                    if layout is None and time.monotonic() - heard > 3:
                        raise VehicleGoneError(
                            f"{telemetry.path}: takes the subscription, but no record comes back to {telemetry._address.path}: the vehicle cannot "
                            "write there (run the bridge as its user, or as a service: docs/bridge.md), or four others watch already")
                    continue
                heard, self.lost = time.monotonic(), self.lost + record.lost
                if record.layout is not layout or record.time_ns < time_ns:
                    layout, clock = record.layout, WallClock()
                    self._hand("begin", layout)
                time_ns = record.time_ns
                self._hand("take", record, clock.at(record.time_ns))
                if record.is_last:
                    why = "the flight has ended"
                    return
        except VehicleGoneError as error:
            why = str(error)
            raise
        finally:
            if layout is not None:
                self._hand("end", why)

    def _refusals(self, refused: dict[str, int]):
        new = [reason for reason in refused if reason not in self.refused]
        self.refused = dict(refused)
        self.last_refusal = next(iter(new), self.last_refusal)
        for reason in new:
            log.warning("a datagram was refused: %s", reason)

    def _say(self, words: str):
        """Once for each change."""
        if words != self._said:
            self._said = words
            if words:
                log.warning("%s; waiting for it", words)

    def _hand(self, what: str, *values):
        with self._lock:
            if len(self._waiting) >= _WAITING and what == "take":
                self.dropped += 1
                return
            self._waiting.append((what, *values))
            if len(self._waiting) > 1:
                return
        with contextlib.suppress(RuntimeError):  # The loop has been closed.
            self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self):
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for what, *values in waiting:
            for outlet in self.outlets:
                try:
                    getattr(outlet, what)(*values)
                except Exception:
                    # One that fails must not take the others along; its own next record may do.
                    self._failed(outlet, what)

    def _failed(self, outlet: Outlet, what: str):
        name = type(outlet).__name__
        if self._said != (words := f"{name} could not {what}"):
            self._said = words
            log.exception("%s", words)
