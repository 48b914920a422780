"""Addresses that a bridge may use, and the keys that any but the machine's own need."""

from __future__ import annotations

import ipaddress
import re
import socket
import stat
from pathlib import Path

from ..errors import BridgeError


def endpoint(text: str, port: int) -> tuple[str, int]:
    """HOST[:PORT], with brackets around an address of IPv6."""
    match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:/\s]+))(?::(\d{1,5}))?", text)
    if match is None or not 1 <= int(match[3] or port) <= 65535:
        raise BridgeError(f"{text!r} is no address; expected HOST:PORT, for example 127.0.0.1:{port}")
    return match[1] or match[2], int(match[3] or port)


def addresses(host: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """The addresses of a host's name."""
    try:
        return [ipaddress.ip_address(info[4][0].partition("%")[0]) for info in socket.getaddrinfo(host, None)]
    except (OSError, ValueError, UnicodeError) as error:
        raise BridgeError(f"{host}: no such address ({error})") from error


def is_loopback(host: str) -> bool:
    """Whether all that a host's name stands for is this machine alone."""
    return all(one.is_loopback for one in addresses(host))


def secret(path: Path, shortest: int = 16) -> bytes:
    """The key in a file that nobody else may read: its content without white space at its end.

    Raises `BridgeError` for one that is missing, open to others, or too short to keep anybody out."""
    try:
        mode, content = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise BridgeError(f"{path}: no key can be read there ({error.strerror}); make one with `openssl rand -hex 32 >FILE; chmod 600 FILE`") from error
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise BridgeError(f"{path}: others may read or change this key; `chmod 600 {path}`")
    if len(content := content.strip()) < shortest or len(content) > 4096:
        raise BridgeError(f"{path}: a key of {len(content)} bytes, expected {shortest} to 4096; make one with `openssl rand -hex 32`")
    return content
