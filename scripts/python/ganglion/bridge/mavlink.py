"""Carries MAVLink between a vehicle's socket and UDP. It decodes nothing: it tells packets apart, and refuses what is no MAVLink 2
and, on any way but loopback, what is not signed with the key."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import socket
from collections import Counter
from pathlib import Path

from ..errors import BridgeError, TelemetryError
from ..layout import Layout
from ..telemetry import Address, Record, folder_of
from .addresses import addresses, endpoint, is_loopback, secret

log = logging.getLogger("ganglion.bridge")
PORT = 14550
_MAGIC, _HEAD, _CHECKSUM, _SIGNATURE = 0xFD, 10, 2, 13
_SIGNED = 0x01
#: SETUP_SIGNING carries the key itself: it is never let through.
_SETUP_SIGNING = 256
_LARGEST = 65507


def packets(data: bytes) -> list[bytes] | None:
    """The packets of MAVLink 2 that a datagram is made of; None when it is made of anything else."""
    found, at = [], 0
    while at < len(data):
        if data[at] != _MAGIC or len(data) - at < _HEAD + _CHECKSUM:
            return None
        size = _HEAD + data[at + 1] + _CHECKSUM + (_SIGNATURE if data[at + 2] & _SIGNED else 0)
        if data[at + 2] & ~_SIGNED or at + size > len(data):
            return None
        found.append(data[at : at + size])
        at += size
    return found


def is_signed(packet: bytes, key: bytes) -> bool:
    """Whether a packet has the signature that this key gives. Whether it is a repetition the vehicle judges, which keeps the times."""
    if not packet[2] & _SIGNED:
        return False
    wanted = hashlib.sha256(key + packet[:-6]).digest()[:6]
    return hmac.compare_digest(wanted, packet[-6:])


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def key_of(path: Path) -> bytes:
    """The 32 bytes of a key: as hexadecimal digits, or the SHA-256 of any other text, as ground stations do with a passphrase."""
    content = secret(path, 8)
    try:
        key = bytes.fromhex(content.decode())
        if len(key) == 32:
            return key
    except ValueError:
        pass
    return hashlib.sha256(content).digest()


class Mavlink:
    """Between a vehicle and ground stations or programs.

    Args:
        name: the vehicle's name or folder.
        targets: where datagrams go to, `udp:HOST:PORT` each, and the only places from which they are taken.
        key: a file with the key of signing, which any target but this machine needs.
    """

    def __init__(self, name: str, targets: list[str], key: Path | None = None):
        self.folder = folder_of(name)
        self.path = self.folder / "mavlink"
        self.refused: Counter[str] = Counter()
        self.carried: Counter[str] = Counter()
        self._loop = asyncio.get_running_loop()
        self._key = None
        #: By each target's address, whether what comes from and goes there must be signed.
        self._targets: dict[tuple, bool] = {}
        self._ways: dict[int, socket.socket] = {}
        for text in targets:
            self._add(text, key)
        for family, way in self._ways.items():
            # On loopback alone as long as no target of this family lies elsewhere.
            is_open = any(is_open for (host, _), is_open in self._targets.items() if _family(host) == family)
            own = ("::", "::1") if family == socket.AF_INET6 else ("0.0.0.0", "127.0.0.1")
            way.bind((own[not is_open], 0))
        self._address: Address | None = None
        self._user = -1
        self._task = self._loop.create_task(self._keep())

    def _add(self, text: str, key: Path | None):
        scheme, mark, rest = text.partition(":")
        if scheme != "udp" or not mark:
            raise BridgeError(f"{text!r} is no place for MAVLink; expected udp:HOST:PORT, for example udp:127.0.0.1:{PORT}")
        host, port = endpoint(rest, PORT)
        is_open = not is_loopback(host)
        if is_open and key is None:
            raise BridgeError(f"{text}: leaves this machine, so it must be signed; name the key with --mavlink-key FILE")
        if is_open:
            self._key = key_of(key)
        found = addresses(host)[0]
        family = _family(str(found))
        if family not in self._ways:
            way = socket.socket(family, socket.SOCK_DGRAM)
            way.setblocking(False)
            self._ways[family] = way
            self._loop.add_reader(way, self._from_network, way)
        self._targets[(str(found), port)] = is_open

    async def _keep(self):
        """Opens the vehicle's side when there is one, and lets it know where we are."""
        said = ""
        while True:
            try:
                if self._address is None:
                    self._address = Address(self.folder, "mavlink-bridge")
                    self._address.socket.setblocking(False)
                    self._loop.add_reader(self._address.socket, self._from_vehicle)
                self._user = self.path.stat().st_uid
                # An empty run of bytes: it says only where answers go.
                self._address.socket.sendto(b"", str(self.path))
                said = ""
            except BlockingIOError:
                pass
            except (OSError, TelemetryError) as error:
                self._drop()
                if str(error) != said:
                    said = str(error)
                    log.warning("MAVLink: %s; waiting for the vehicle", error)
            await asyncio.sleep(1.0)

    def _drop(self):
        if self._address is not None:
            self._loop.remove_reader(self._address.socket)
            self._address.close()
            self._address = None

    def _from_vehicle(self):
        for _ in range(64):
            try:
                data, user = self._address.receive(_LARGEST + 1)
            except OSError:
                return
            if user not in (self._user, 0):
                self._refuse("vehicle", "from another user")
                continue
            if (found := packets(data)) is None or len(data) > _LARGEST:
                self._refuse("vehicle", "no MAVLink 2")
                continue
            for (host, port), is_open in self._targets.items():
                kept = [one for one in found if not is_open or self._may_leave(one)]
                if kept:
                    self._to_network(b"".join(kept), host, port)

    def _may_leave(self, packet: bytes) -> bool:
        if is_signed(packet, self._key):
            return True
        self._refuse("vehicle", "not signed with the key of --mavlink-key, and would leave this machine")
        return False

    def _to_network(self, data: bytes, host: str, port: int):
        way = self._ways[_family(host)]
        try:
            way.sendto(data, (host, port))
            self.carried["out"] += 1
        except OSError:
            self.carried["lost"] += 1  # A full buffer, or nobody there: datagrams get lost.

    def _from_network(self, way: socket.socket):
        for _ in range(64):
            try:
                data, sender = way.recvfrom(_LARGEST)
            except BlockingIOError:
                return
            except OSError:
                continue  # The last one that was sent found nobody.
            is_open = self._targets.get((sender[0].partition("%")[0], sender[1]))
            if is_open is None:
                self._refuse("network", "from an address that is no target")
            elif (found := packets(data)) is None:
                self._refuse("network", "no MAVLink 2")
            else:
                self._to_vehicle(found, is_open)

    def _to_vehicle(self, found: list[bytes], is_open: bool):
        kept = []
        for packet in found:
            if int.from_bytes(packet[7:10], "little") == _SETUP_SIGNING:
                self._refuse("network", "SETUP_SIGNING, which would carry a key")
            elif is_open and not is_signed(packet, self._key):
                self._refuse("network", "not signed with the key of --mavlink-key")
            else:
                kept.append(packet)
        if not kept or self._address is None:
            return
        try:
            self._address.socket.sendto(b"".join(kept), str(self.path))
            self.carried["in"] += 1
        except OSError:
            self.carried["lost"] += 1

    def _refuse(self, side: str, reason: str):
        words = f"{side}: {reason}"
        self.refused[words] += 1
        if self.refused[words] == 1:
            log.warning("MAVLink from the %s", f"{side} is refused: {reason}")

    # It needs no records; a vehicle that has gone takes its socket along.

    def begin(self, layout: Layout) -> None:
        """Nothing to do."""

    def take(self, record: Record, wall_ns: int) -> None:
        """Nothing to do."""

    def end(self, why: str) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Closes both sides."""
        self._task.cancel()
        self._drop()
        for way in self._ways.values():
            self._loop.remove_reader(way)
            way.close()
