"""What a vehicle that runs on this machine sees and does, tick by tick, from its telemetry socket (docs/telemetry.md)."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import socket
import struct
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from .errors import TelemetryError, VehicleGoneError
from .layout import LONGEST, Layout

MAGIC, VERSION = 0x54474E47, 1
REQUEST = struct.Struct("<IHHII")
HEADER = struct.Struct("<IHHIIQQ")
#: The flight has ended; no record follows.
ENDED = 1
_numbers = itertools.count()
_CREDENTIALS = struct.Struct("3i")


@dataclass(frozen=True, slots=True)
class Record:
    """What was known and decided in a tick; `record["imu.rate_x"]` is a signal's value, a tuple for a vector."""

    layout: Layout
    body: bytes
    tick: int
    #: Since the start of the run.
    time_ns: int
    #: Records sent to this subscriber so far, and how many of them were lost just before this one.
    count: int
    lost: int
    is_last: bool

    def __getitem__(self, name: str):
        return self.layout.read(self.body, name)

    def get(self, name: str, otherwise=None):
        """A signal's value, or another where the vehicle has no such signal."""
        return self.layout.read(self.body, name) if name in self.layout else otherwise

    @property
    def time_s(self) -> float:
        """Seconds since the start of the run."""
        return self.time_ns * 1e-9


def folder_of(name: str) -> Path:
    """The folder of a vehicle's sockets: a name's below /run/ganglion, or the folder itself."""
    return Path(name) if "/" in name else Path("/run/ganglion") / name


def _sweep(place: Path, purpose: str):
    """Takes away what programs that were killed have left: sockets of this kind that nobody is at."""
    for path in place.glob(f"{purpose}-*"):
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(str(path))
            except ConnectionRefusedError:
                if path.is_socket():
                    path.unlink()


class Address:
    """A socket of our own that a vehicle can answer to, in a folder that it can reach."""

    def __init__(self, folder: Path, purpose: str):
        self._own = None
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            # What another user sends in the vehicle's name is told by its sender.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            self.path = self._place(folder, purpose)
            try:
                self.socket.bind(str(self.path))
            except OSError as error:
                raise TelemetryError(f"{self.path}: no socket can be made there ({error}); set RUNTIME_DIRECTORY to a folder with a shorter path") from error
            self._open_to(folder)
        except BaseException:
            self.close()
            raise

    def _place(self, folder: Path, purpose: str) -> Path:
        """In the service manager's folder, or the vehicle's, or one for this program alone."""
        given = os.environ.get("RUNTIME_DIRECTORY", "").split(":")[0]
        for place in (Path(given) if given else None, folder):
            if place is not None and os.access(place, os.W_OK | os.X_OK):
                _sweep(place, purpose)
                return place / f"{purpose}-{os.getpid()}-{next(_numbers)}"
        self._own = Path(tempfile.mkdtemp(prefix="ganglion-"))
        return self._own / purpose

    def _open_to(self, folder: Path):
        """Lets the vehicle's group write to the socket, where that is ours to give."""
        os.chmod(self.path, 0o660)
        try:
            group = folder.stat().st_gid
            os.chown(self.path, -1, group)
            if self._own is not None:
                os.chown(self._own, -1, group)
                os.chmod(self._own, 0o750)
        except OSError:
            pass  # Then the vehicle must be of the same user.

    def receive(self, longest: int) -> tuple[bytes, int | None]:
        """A datagram and its sender's user. Raises what a socket's timeout raises."""
        data, notes, _, _ = self.socket.recvmsg(longest, socket.CMSG_SPACE(_CREDENTIALS.size))
        for level, kind, content in notes:
            if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
                return data, _CREDENTIALS.unpack(content[: _CREDENTIALS.size])[1]
        return data, None

    def close(self):
        """Closes the socket and takes its file away."""
        self.socket.close()
        if hasattr(self, "path"):
            self.path.unlink(missing_ok=True)
        if self._own is not None:
            shutil.rmtree(self._own, ignore_errors=True)


class Telemetry:
    """A subscription to a running vehicle.

        with Telemetry("rover", every=10) as telemetry:
            for record in telemetry:
                print(record.time_s, record["attitude.pitch"])

    A slow reader loses records (`Record.lost`), and never costs the vehicle time.

    Args:
        name: the vehicle's name, or a folder that has its sockets.
        every: a record of each n-th tick.
        lease_s: how long the vehicle sends without hearing again from here; renewed by `receive`.

    Raises:
        VehicleGoneError: no such vehicle runs.
        TelemetryError: what it says of itself cannot be read.
    """

    def __init__(self, name: str, every: int = 1, lease_s: float = 2.0):
        if not 1 <= every < 2**32 or not 0.1 <= lease_s <= 60:
            raise TelemetryError(f"every {every} or lease {lease_s} s is beyond 1 to 2³² − 1 ticks, or 0.1 to 60 s")
        self.folder = folder_of(name)
        self.path = self.folder / "telemetry"
        #: Datagrams that were no records of this vehicle, by what was wrong.
        self.refused: dict[str, int] = {}
        self.lost = 0
        self._every, self._lease, self._renewed = every, lease_s, 0.0
        self._count: int | None = None
        self.layout = self._described()
        self._address = Address(self.folder, "subscriber")
        try:
            self._user = self.path.stat().st_uid
            self.renew()
        except BaseException as error:
            self.close()
            if isinstance(error, OSError):
                raise VehicleGoneError(f"{self.path}: no vehicle runs there ({error})") from error
            raise

    def __enter__(self) -> Telemetry:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def __iter__(self):
        """The records until the flight has ended. Raises `VehicleGoneError` when the vehicle went without a word."""
        while True:
            record = self.receive(self._lease)
            if record is None:
                raise VehicleGoneError(f"{self.path}: no record for {self._lease:g} s; {self._silence()}")
            yield record
            if record.is_last:
                return

    def _silence(self) -> str:
        return "the vehicle hangs or is gone" if self._count is not None else f"it cannot write to {self._address.path}, or four others watch already"

    def _described(self) -> Layout:
        path = self.folder / "telemetry.json"
        if not path.exists():
            raise VehicleGoneError(f"{path}: no vehicle that tells anything runs there")
        return Layout.open(path)

    def fileno(self) -> int:
        """For select and event loops."""
        return self._address.socket.fileno()

    def renew(self) -> None:
        """Asks for records for another lease. Raises `VehicleGoneError`."""
        request = REQUEST.pack(MAGIC, VERSION, 0, self._every, round(self._lease * 1000))
        try:
            self._address.socket.sendto(request, socket.MSG_DONTWAIT, str(self.path))
        except BlockingIOError:
            pass  # It is behind; the next one will do.
        except OSError as error:
            raise VehicleGoneError(f"{self.path}: the vehicle is gone ({error})") from error
        self._renewed = time.monotonic()

    def receive(self, timeout: float | None = None) -> Record | None:
        """The next record; None when there is none for `timeout` seconds (None waits until the vehicle is gone).

        Raises:
            VehicleGoneError: nobody is at the vehicle's socket any more.
            TelemetryError: the vehicle is another than when this began, and what it says cannot be read.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            now = time.monotonic()
            if now - self._renewed >= self._lease / 3:
                self.renew()
            wait = self._lease / 3 - (time.monotonic() - self._renewed)
            if end is not None:
                wait = min(wait, end - now)
            try:
                # 0 would mean not to wait, and an event loop that was called asks for just that.
                self._address.socket.settimeout(max(wait, 0.0))
                data, user = self._address.receive(HEADER.size + LONGEST + 1)
            except (TimeoutError, BlockingIOError):
                if end is not None and time.monotonic() >= end:
                    return None
                continue
            if (record := self._record(data, user)) is not None:
                return record

    def _record(self, data: bytes, user: int | None) -> Record | None:
        """The record in a datagram; None for one that is refused, which is counted."""
        if user not in (self._user, 0):
            return self._refuse("from another user")
        if len(data) < HEADER.size:
            return self._refuse("cut short")
        magic, version, flags, digest, count, tick, time_ns = HEADER.unpack_from(data)
        if magic != MAGIC:
            return self._refuse("no record")
        if version != VERSION:
            return self._refuse(f"of version {version}, where {VERSION} is known")
        if digest != self.layout.digest:
            self.layout = self._described()
            if digest != self.layout.digest:
                return self._refuse("of another layout than telemetry.json has")
        body = data[HEADER.size :]
        if len(body) != self.layout.length and not (flags & ENDED and not body):
            return self._refuse("of another length than telemetry.json has")
        # A count that is not ahead of the last is a vehicle, or a subscription, that began anew.
        lost = count - self._count - 1 if self._count is not None and count > self._count else 0
        self._count, self.lost = count, self.lost + lost
        return Record(self.layout, body or bytes(self.layout.length), tick, time_ns, count, lost, bool(flags & ENDED))

    def _refuse(self, reason: str) -> None:
        # Few reasons, whatever is sent: versions are the only ones with a number in them.
        if len(self.refused) < 100 or reason in self.refused:
            self.refused[reason] = self.refused.get(reason, 0) + 1

    def close(self) -> None:
        """Ends the subscription; the vehicle notices when the lease has passed."""
        self._address.close()
