"""`ganglion-bridge`: a vehicle that runs on this machine, to programs and people on this machine and beyond."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import re
import signal
import sys
from pathlib import Path

from ..errors import BridgeError, GanglionError
from ..telemetry import folder_of

log = logging.getLogger("ganglion.bridge")
_WAYS = ("mavlink", "foxglove", "mqtt", "ros2", "view")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ganglion-bridge", description="Takes a vehicle that runs on this machine to Foxglove, MQTT, ROS 2, MAVLink and a page, any of them together.",
        epilog="Example: ganglion-bridge quadrotor-hold --view --mavlink udp:127.0.0.1:14550", formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", metavar="NAME", help="the vehicle's name, or a folder that has its sockets")
    ways = parser.add_argument_group("where to")
    ways.add_argument("--mavlink", action="append", metavar="udp:HOST:PORT", help="carry MAVLink to and from there; may be given several times")
    ways.add_argument("--foxglove", nargs="?", type=_port, const=8765, metavar="PORT", help="Foxglove's WebSocket, on this machine (default port: 8765)")
    ways.add_argument("--mqtt", metavar="HOST[:PORT]", help="the vehicle's status to a broker once a second, retained; nothing is taken from there")
    ways.add_argument("--ros2", action="store_true", help="standard types of ROS 2 over DDS, on this machine, and /cmd_vel in")
    ways.add_argument("--view", nargs="?", type=_port, const=8080, metavar="PORT", help="a page to watch, with buttons to land and to disarm (default port: 8080)")
    keys = parser.add_argument_group("beyond this machine, which takes keys (files that nobody else may read)")
    keys.add_argument("--listen", default="127.0.0.1", metavar="ADDRESS", help="where the page is served; any but this machine needs --key")
    keys.add_argument("--key", type=Path, metavar="FILE", help="the page's token (without it one is made up at each start)")
    keys.add_argument("--certificate", type=Path, metavar="FILE", help="certificate and key (PEM) with which the page is served by https")
    keys.add_argument("--mavlink-key", type=Path, metavar="FILE", help="the key with which MAVLink that leaves or enters this machine must be signed")
    keys.add_argument("--mqtt-key", type=Path, metavar="FILE", help="user:password for the broker")
    keys.add_argument("--mqtt-authority", type=Path, metavar="FILE", help="certificates that the broker's is judged by (default: the system's)")
    more = parser.add_argument_group("more")
    more.add_argument("--source", metavar="NAME", help="which of the vehicle's command sources to be (default: the only one)")
    more.add_argument("--every", type=_every, metavar="N", help="a record of each Nth tick (default: all, up to 1000 a second)")
    more.add_argument("--mqtt-topic", metavar="TOPIC", help="where the status goes (default: ganglion/NAME/status)")
    more.add_argument("--namespace", default="", metavar="NAME", help="in front of ROS 2's topics, for several vehicles")
    more.add_argument("--twist", action="append", metavar="PART=NUMBER", help="which number a part of /cmd_vel is, for example linear.x=speed or angular.z=-turn")
    more.add_argument("--twist-age", type=float, default=0.5, metavar="S", help="a Twist that is older is sent no more (default: 0.5)")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port, which is 1 to 65535; the vehicle's name comes first")
    return int(text)


def _every(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} ticks, expected 1 to 1000000")
    return int(text)


def _twist(rows: list[str] | None) -> dict[str, tuple[str, float]] | None:
    """What --twist says: parts, numbers and their signs."""
    if not rows:
        return None
    found = {}
    for row in rows:
        match = re.fullmatch(r"((?:linear|angular)\.[xyz])=(-?)(\w+)", row)
        if match is None:
            raise BridgeError(f"--twist {row!r}: expected for example linear.x=speed or angular.z=-turn")
        found[match[1]] = (match[3], -1.0 if match[2] else 1.0)
    return found


async def _outlets(given, commander) -> list:
    """What was asked for, each opened. What is open already is closed again when another cannot be."""
    found = [commander]
    try:
        if given.mavlink:
            from .mavlink import Mavlink

            found.append(Mavlink(given.name, given.mavlink, given.mavlink_key))
        if given.foxglove is not None:
            from .foxglove_live import FoxgloveLive

            found.append(FoxgloveLive(folder_of(given.name).name, given.foxglove))
            log.info("Foxglove: open ws://127.0.0.1:%d", given.foxglove)
        if given.mqtt:
            from .mqtt import Mqtt

            found.append(Mqtt(folder_of(given.name).name, given.mqtt, given.mqtt_key, given.mqtt_authority, given.mqtt_topic))
        if given.ros2:
            from .ros2 import Ros2

            found.append(Ros2(commander, given.namespace))
        if given.view is not None:
            from .view import View

            view = View(commander, given.view, given.listen, given.key, given.certificate)
            await view.start()
            found.append(view)
            if view.is_open and view.certificate is None:
                log.warning("the page is served without https: whoever listens on the way learns the token; see --certificate")
            # Where others may read what a service says, a token of a file is not repeated.
            print(f"page: {view.url if given.key is None else view.url.partition('#')[0] + '#TOKEN'}", flush=True)
        return found
    except BaseException:
        await _close(found)
        raise


async def _close(outlets: list):
    for outlet in outlets:
        with contextlib.suppress(Exception):
            await outlet.close()


async def _run(given) -> None:
    from .commanding import Commander
    from .feed import Feed

    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, done.set)
    # The thread that reads the socket has few milliseconds: the kernel keeps ten datagrams.
    sys.setswitchinterval(0.001)
    commander = Commander(given.name, given.source, _twist(given.twist), given.twist_age)
    outlets = await _outlets(given, commander)
    feed = Feed(given.name, outlets, given.every)
    feed.start()
    log.info("runs: %s", ", ".join(way for way in _WAYS if getattr(given, way) not in (None, False, [])))
    try:
        await done.wait()
    finally:
        await feed.stop()
        await _close(outlets)


def main(arguments=None) -> int:
    """Runs until it is told to end; its exit status: 0, or 2 for what cannot be done as asked."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if all(getattr(given, way) in (None, False) for way in _WAYS):
        parser.error("say where to: " + ", ".join(f"--{way}" for way in _WAYS))
    logging.basicConfig(level=logging.INFO, format="ganglion-bridge: %(message)s", stream=sys.stderr)
    for noisy in ("asyncio", "aiohttp", "foxglove"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        asyncio.run(_run(given))
    except ImportError as error:
        return _refuse(f"{error}; pip install 'ganglion[bridge]'")
    except (GanglionError, OSError) as error:
        return _refuse(str(error))
    return 0


def _refuse(text: str) -> int:
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    print(f"ganglion-bridge: {text}", file=sys.stderr)
    return 2
