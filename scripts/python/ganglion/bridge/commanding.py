"""What a bridge asks of a vehicle, at its command socket: to land, to disarm, and numbers of a Twist. Never to arm."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from dataclasses import dataclass

from ..client import Vehicle
from ..errors import GanglionError
from ..layout import Layout
from ..telemetry import Record
from . import meaning

log = logging.getLogger("ganglion.bridge")
RATE_HZ = 20.0
#: What people can ask for, and how long it is asked for at most: until the vehicle has done it.
LASTING_S = {"land": 120.0, "disarm": 3.0}
#: The parts of a Twist, the numbers that they may be, and the factor to them: ROS turns to the left and climbs upwards.
TWIST = {
    "linear.x": (("speed", 1.0), ("velocity_x", 1.0)),
    "linear.y": (("velocity_y", -1.0),),
    "linear.z": (("climb_rate", 1.0), ("velocity_z", -1.0)),
    "angular.z": (("yaw_rate", -1.0), ("turn_rate", -1.0), ("turn", -1.0)),
}


@dataclass
class Wish:
    """Something that a person has asked for."""

    what: str
    since: float


class Commander:
    """The only one of a bridge that sends at the vehicle's command socket. It never asks to arm.

    Args:
        name: the vehicle's name or folder.
        source: which of its sources to be; None for the only one.
        twist: parts of a Twist and the numbers that they are, for names that are not known.
        twist_age_s: a Twist that is older is not sent any more.
    """

    def __init__(self, name: str, source: str | None = None, twist: dict[str, tuple[str, float]] | None = None, twist_age_s: float = 0.5):
        self.name, self.source, self.twist_age = name, source, twist_age_s
        self.wish: Wish | None = None
        self.trouble = ""
        self.refused = 0
        self._mapping = twist
        self._numbers: dict[str, float] = {}
        self._standard: dict[str, float] = {}
        self._twist_at = -math.inf
        self._look_again = 0.0
        self._vehicle: Vehicle | None = None
        self._armed: bool | None = None
        self._meaning: meaning.Meaning | None = None
        self._task: asyncio.Task | None = None

    # What the vehicle says.

    def begin(self, layout: Layout) -> None:
        """A vehicle is there; its command socket may be another."""
        self._meaning, self._armed = meaning.of(layout), None
        self._close()
        self._look_again = 0.0
        self._open()

    def take(self, record: Record, wall_ns: int) -> None:
        """Whether it is armed decides when a wish has been met."""
        self._armed = self._meaning.is_armed(record)

    def end(self, why: str) -> None:
        """Nobody is there any more to do what was asked for."""
        self.wish, self._armed = None, None
        self._close()

    def _open(self) -> Vehicle | None:
        if self._vehicle is None and (now := time.monotonic()) >= self._look_again:
            self._look_again = now + 1.0
            try:
                self._vehicle, self.trouble = Vehicle(self.name, self.source), ""
                self._standard = dict(self._vehicle.numbers)
            except GanglionError as error:
                self.trouble = str(error)
        return self._vehicle

    def _close(self):
        if self._vehicle is not None:
            self._vehicle.__exit__()
            self._vehicle = None

    # What people and programs say.

    def offers(self) -> dict[str, str]:
        """What can be asked for, with the reason why not for what cannot; empty where it can."""
        vehicle = self._open()
        if vehicle is None:
            return dict.fromkeys(LASTING_S, self.trouble)
        # Only who armed disarms by taking back the wish, and a bridge never arms; so both are flags that the vehicle's file has rules for.
        return {
            what: "" if what in vehicle.flags else f'the vehicle\'s file has no flag "{what}" at its command socket (docs/bridge.md)' for what in LASTING_S
        }

    def ask(self, what: str | None) -> None:
        """Asks for "land" or "disarm", or (None) for nothing any more. Raises `GanglionError` for what cannot be asked for."""
        if what is None:
            self.wish = None
        elif reason := self.offers().get(what, f"nothing is known of {what!r}"):
            raise GanglionError(reason)
        else:
            log.warning("asked to %s", what)
            self.wish = Wish(what, time.monotonic())
            self._ensure()

    def twist(self, linear: tuple[float, float, float], angular: tuple[float, float, float]) -> bool:
        """Takes a Twist, within the limits of the vehicle's file. False for one that is refused."""
        vehicle = self._open()
        values = dict(zip(("linear.x", "linear.y", "linear.z", "angular.x", "angular.y", "angular.z"), (*linear, *angular)))
        if vehicle is None or not all(map(math.isfinite, values.values())):
            self.refused += 1
            return False
        numbers = {}
        for part, (name, factor) in self.mapping(vehicle).items():
            low, high = vehicle.limits[name]
            numbers[name] = min(max(values.pop(part) * factor, low), high)
        if any(values.values()):
            # A vehicle that cannot do all of it does not do half of it.
            self.refused += 1
            return False
        self._numbers, self._twist_at = numbers, time.monotonic()
        self._ensure()
        return True

    def mapping(self, vehicle: Vehicle) -> dict[str, tuple[str, float]]:
        """The parts of a Twist that the vehicle takes."""
        if self._mapping is not None:
            return {part: (name, factor) for part, (name, factor) in self._mapping.items() if name in vehicle.numbers}
        found = {}
        for part, names in TWIST.items():
            if known := next((one for one in names if one[0] in vehicle.numbers), None):
                found[part] = known
        return found

    # Sending.

    def _ensure(self):
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._send())

    async def _send(self):
        """Sends until nothing is asked for any more. Silence afterwards is what the vehicle takes for a lost source."""
        while self._is_wanted():
            vehicle = self._open()
            if vehicle is not None:
                try:
                    self._step(vehicle)
                except GanglionError as error:
                    self.trouble = str(error)
                    self._close()
            await asyncio.sleep(1 / RATE_HZ)
        if self._vehicle is not None:
            # Says at once that it has nothing to say, instead of letting the vehicle find out.
            self._vehicle.takes = False
            with contextlib.suppress(GanglionError):
                self._rest(self._vehicle)
                self._vehicle.send()

    def _is_wanted(self) -> bool:
        wish, now = self.wish, time.monotonic()
        if wish is not None:
            is_done = self._armed is False and now - wish.since > 0.5
            if is_done or now - wish.since > LASTING_S[wish.what]:
                self.wish = None
        return self.wish is not None or now - self._twist_at <= self.twist_age

    def _rest(self, vehicle: Vehicle):
        """As if nothing had been asked for."""
        vehicle.flags = dict.fromkeys(vehicle.flags, False)
        vehicle.numbers = dict(self._standard)

    def _step(self, vehicle: Vehicle):
        vehicle.armed, vehicle.takes = False, True
        self._rest(vehicle)
        wishes: dict[str, float | bool] = {}
        if self.wish is None:
            wishes |= self._numbers
        elif self.wish.what in vehicle.flags:
            wishes[self.wish.what] = True
        vehicle.send(**wishes)

    async def close(self) -> None:
        """Ends all asking."""
        self.wish, self._twist_at = None, -math.inf
        if self._task is not None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._task, 1)
        self._close()
