"""How a vehicle is, told to a broker of MQTT once a second. Nothing is taken from there: no setpoints, no commands."""

from __future__ import annotations

import json
import logging
import re
import time
from pathlib import Path

import paho.mqtt.client as paho

from ..errors import BridgeError
from ..layout import Layout
from ..telemetry import Record
from . import meaning
from .addresses import endpoint, is_loopback, secret
from .ros_messages import topic_name
from .status import status

log = logging.getLogger("ganglion.bridge")
PORT, SAFE_PORT = 1883, 8883
#: Seconds between two words, and how long the broker waits for a bridge that says nothing.
EVERY_S, KEEP_ALIVE_S = 1.0, 5


class Mqtt:
    """Publishes `ganglion/NAME/status`, retained; the last will says `offline` there.

    Args:
        name: the vehicle's name.
        address: HOST[:PORT] of the broker. Any but this machine needs `key`, and is spoken to by TLS.
        key: a file with `user:password`.
        authority: a file with the certificates that the broker's is judged by; None for the system's.
        topic: another topic, where several boards speak to one broker.
    """

    def __init__(self, name: str, address: str, key: Path | None = None, authority: Path | None = None, topic: str | None = None):
        host, port = endpoint(address, PORT)
        is_own = is_loopback(host)
        if not is_own and key is None:
            raise BridgeError(f"{address}: a broker on another machine needs --mqtt-key FILE with user:password, so that nobody else speaks for the vehicle")
        if not is_own and ":" not in address:
            port = SAFE_PORT
        self.topic = topic or f"ganglion{topic_name(name)}/status"
        if re.search(r"[+#\0]|^\$", self.topic) or len(self.topic.encode()) > 1000:
            raise BridgeError(f"--mqtt-topic {self.topic!r}: no topic that can be published to; expected for example boards/7/status")
        self._meaning: meaning.Meaning | None = None
        self._next = 0.0
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="", protocol=paho.MQTTv311)
        if key is not None:
            user, mark, password = secret(key, 3).decode(errors="replace").partition(":")
            if not mark:
                raise BridgeError(f"{key}: expected user:password")
            self._client.username_pw_set(user, password)
        if not is_own:
            try:
                self._client.tls_set(ca_certs=str(authority) if authority else None)
            except (OSError, ValueError) as error:
                raise BridgeError(f"{authority}: no certificates can be read there ({error})") from error
        self._offline = json.dumps({"vehicle": name, "state": "offline"})
        self._client.will_set(self.topic, self._offline, qos=1, retain=True)
        self._client.reconnect_delay_set(1, 15)
        self._client.max_queued_messages_set(10)
        self._client.on_connect = self._connected
        self._client.on_connect_fail = lambda *_: self._say(f"no broker at {address}; tried again")
        self._client.on_disconnect = lambda _c, _d, _f, reason, _p: self._say(f"the broker at {address} is gone ({reason})")
        self._said, self._where, self._is_away = "", address, True
        self._client.connect_async(host, port, KEEP_ALIVE_S)
        self._client.loop_start()

    def _connected(self, _client, _data, _flags, reason, _properties):
        if reason.is_failure:
            self._say(f"the broker at {self._where} refuses: {reason}")
            return
        self._say("")
        self._next = 0.0
        if self._is_away:
            self._publish(self._offline)

    def _say(self, words: str):
        if words != self._said:
            self._said = words
            if words:
                log.warning("MQTT: %s", words)

    def _publish(self, text: str):
        # What is told to a broker that is away is old when it comes back.
        if self._client.is_connected():
            self._client.publish(self.topic, text, qos=1, retain=True)

    def begin(self, layout: Layout) -> None:
        """A vehicle is there."""
        self._meaning, self._next, self._is_away = meaning.of(layout), 0.0, False

    def take(self, record: Record, wall_ns: int) -> None:
        """Tells how it is, once a second."""
        if (now := time.monotonic()) < self._next:
            return
        self._next = now + EVERY_S
        self._publish(json.dumps(status(self._meaning, record) | {"at_ns": wall_ns}))

    def end(self, why: str) -> None:
        """It has gone."""
        self._is_away = True
        self._publish(json.dumps(json.loads(self._offline) | {"why": why}))

    async def close(self) -> None:
        """Takes leave: the broker publishes no will of one that does, so it is said here."""
        if self._client.is_connected():
            self._client.publish(self.topic, self._offline, qos=1, retain=True).wait_for_publish(1)
        self._client.on_disconnect = None
        self._client.disconnect()
        self._client.loop_stop()
