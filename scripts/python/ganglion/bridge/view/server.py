"""The page's server: on this machine alone unless a key is given, and with a token for whatever changes anything."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import ssl
from importlib import resources
from pathlib import Path

from aiohttp import WSCloseCode, WSMsgType, web
from bokeh.resources import Resources

from ...errors import BridgeError, GanglionError
from ...layout import Layout
from ...telemetry import Record
from .. import meaning
from ..addresses import is_loopback, secret
from ..commanding import Commander
from ..neurons import Mind
from . import figures
from .watcher import RATE_HZ, Watcher, described, now

log = logging.getLogger("ganglion.bridge")
PORT = 8080
#: Pages that may be open at once, wrong tokens that a page may send, and the largest message that is taken from one.
MOST_PAGES, WRONG_TOKENS, _LARGEST = 16, 5, 16384
_STATIC = {"page.css": "text/css", "page.js": "text/javascript", "plots.js": "text/javascript", "attitude.js": "text/javascript", "wiring.js": "text/javascript"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data: blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "same-origin",
}


class View:
    """Serves the page.

    Args:
        commander: who asks the vehicle for what the buttons say.
        listen: the address to listen at; any but this machine needs `key`, and then nothing at all is told without its token.
        key: a file with the token; without one a token is made up at each start.
        certificate: a file with certificate and key (PEM) for https.
    """

    def __init__(self, commander: Commander, port: int = PORT, listen: str = "127.0.0.1", key: Path | None = None, certificate: Path | None = None):
        self._commander, self.port, self.listen = commander, port, listen
        self.is_open = not is_loopback(listen)
        if self.is_open and key is None:
            raise BridgeError(f"--listen {listen}: others than this machine could look, so --key FILE must name a token")
        self.token = secret(key).decode(errors="replace") if key is not None else secrets.token_urlsafe(24)
        self._tls, self.certificate = None, certificate
        if certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            try:
                self._tls.load_cert_chain(certificate)
            except (OSError, ssl.SSLError) as error:
                raise BridgeError(f"{certificate}: holds no certificate with its key ({error})") from error
        self._meaning: meaning.Meaning | None = None
        self._minds: list[Mind] = []
        self._record: Record | None = None
        self._why, self._layout_number = "no vehicle has been there yet", 0
        self._lost = 0
        self._said: tuple[Record | None, dict] = (None, {})
        self._pages: set[Watcher] = set()
        self._sockets: set[web.WebSocketResponse] = set()
        self._library = "\n".join(Resources(mode="inline", components=["bokeh"]).js_raw).encode()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The page's address, with the token in the part that browsers keep to themselves."""
        host = f"[{self.listen}]" if ":" in self.listen else self.listen
        return f"http{'s' if self._tls else ''}://{host}:{self.port}/#{self.token}"

    async def start(self) -> None:
        """Opens the port."""
        app = web.Application(middlewares=[self._guard], client_max_size=_LARGEST)
        app.router.add_get("/", self._page)
        app.router.add_get("/live", self._live)
        app.router.add_get("/figure", self._figure)
        app.router.add_get("/bokeh.js", self._bokeh)
        app.router.add_get("/{name}", self._file)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self.listen, self.port, ssl_context=self._tls).start()
        except OSError as error:
            raise BridgeError(f"port {self.port} at {self.listen} cannot be opened ({error.strerror}); does another bridge have it? name another with --view PORT") from error

    # Requests.

    @web.middleware
    async def _guard(self, request: web.Request, handler):
        """No page of another site reaches this one, whatever name it has given to this address."""
        name = request.host.rpartition(":")[0] if not request.host.endswith("]") and ":" in request.host else request.host
        if not self.is_open and name.strip("[]") not in ("127.0.0.1", "localhost", "::1", self.listen):
            raise web.HTTPForbidden(text="not by this name")
        origin = request.headers.get("Origin")
        if origin is not None and origin.partition("://")[2] != request.host:
            raise web.HTTPForbidden(text="not from another page")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    async def _page(self, request: web.Request) -> web.Response:
        return web.Response(text=_part("page.html"), content_type="text/html")

    async def _file(self, request: web.Request) -> web.Response:
        kind = _STATIC.get(name := request.match_info["name"])
        if kind is None:
            raise web.HTTPNotFound
        return web.Response(text=_part(name), content_type=kind)

    async def _bokeh(self, request: web.Request) -> web.Response:
        response = web.Response(body=self._library, content_type="text/javascript")
        response.enable_compression()
        return response

    async def _figure(self, request: web.Request) -> web.Response:
        """A figure of signals, for the page's plots."""
        watcher = Watcher(False)
        if self.is_open and not watcher.trusts(request.headers.get("Authorization", "").removeprefix("Bearer "), self.token):
            raise web.HTTPUnauthorized(text="the token is missing or wrong")
        names = request.query.getall("signal", [])
        if self._meaning is None or not 1 <= len(names) <= figures.MOST_LINES:
            raise web.HTTPNotFound
        try:
            return web.json_response(figures.make(self._meaning.layout, names, request.query.get("scheme", "light")))
        except KeyError as error:
            raise web.HTTPNotFound(text=f"no signal {error}") from error

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        """The page's own line."""
        if request.headers.get("Origin") is None:
            raise web.HTTPForbidden(text="only for the page")
        if len(self._pages) >= MOST_PAGES:
            raise web.HTTPServiceUnavailable(text=f"{MOST_PAGES} pages are open already")
        socket = web.WebSocketResponse(heartbeat=10, max_msg_size=_LARGEST, compress=False)
        await socket.prepare(request)
        page = Watcher(is_trusted=False)
        self._pages.add(page)
        self._sockets.add(socket)
        talk = asyncio.create_task(self._talk(socket, page))
        try:
            async for message in socket:
                if message.type != WSMsgType.TEXT:
                    break
                await self._heard(socket, page, message.data)
                if page.wrong_tokens >= WRONG_TOKENS:
                    log.warning("a page sent %d wrong tokens and was shown the door", WRONG_TOKENS)
                    await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"wrong token")
        finally:
            talk.cancel()
            self._pages.discard(page)
            self._sockets.discard(socket)
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await talk
        return socket

    async def _heard(self, socket: web.WebSocketResponse, page: Watcher, text: str):
        """What a page says: its token, what it watches, what it wants done."""
        try:
            said = json.loads(text)
            if not isinstance(said, dict):
                raise ValueError
        except (ValueError, RecursionError):
            page.wrong_tokens += 1
            return
        if "token" in said:
            is_right = page.trusts(said["token"], self.token)
            if not is_right:
                # Who guesses must wait.
                await asyncio.sleep(0.5)
            await socket.send_json({"type": "token", "right": is_right})
        if "watch" in said:
            page.watch(said["watch"], self._meaning.layout if self._meaning else None)
        if "do" in said:
            await socket.send_json({"type": "done", **self._do(page, said["do"])})

    def _do(self, page: Watcher, what) -> dict:
        if not page.is_trusted:
            return {"what": str(what)[:20], "error": "this page has no token: open the address that the bridge printed at its start"}
        try:
            self._commander.ask(None if what == "release" else what if isinstance(what, str) else "")
        except GanglionError as error:
            return {"what": str(what)[:20], "error": str(error)}
        return {"what": what}

    async def _talk(self, socket: web.WebSocketResponse, page: Watcher):
        """Tells a page what there is, as fast as it takes it."""
        number, is_away = -1, False
        while not socket.closed:
            if self.is_open and not page.is_trusted:
                await socket.send_json({"type": "locked"})
                await asyncio.sleep(1)
                continue
            if self._meaning is not None and number != self._layout_number:
                number = self._layout_number
                page.watch(page.wanted, self._meaning.layout)
                await socket.send_json(described(self._meaning, self._minds))
            if self._record is not None:
                is_away = False
                await socket.send_json(self._now(self._record) | self._beside(page))
            elif not is_away:
                is_away = True
                await socket.send_json({"type": "away", "why": self._why})
            await asyncio.sleep(1 / RATE_HZ)

    def _now(self, record: Record) -> dict:
        """What all pages are told of a record, made once."""
        if self._said[0] is not record:
            self._said = (record, now(self._meaning, record, self._minds))
        return self._said[1]

    def _beside(self, page: Watcher) -> dict:
        wish = self._commander.wish
        return {
            "type": "now", "samples": page.taken(), "lost": self._lost, "wish": wish.what if wish else None, "trusted": page.is_trusted,
            "offers": self._commander.offers(),
        }

    # What the vehicle says.

    def begin(self, layout: Layout) -> None:
        """A vehicle is there, or another."""
        self._meaning, self._record, self._lost = meaning.of(layout), None, 0
        self._minds = [Mind(note, layout) for note in layout.networks]
        self._layout_number += 1

    def take(self, record: Record, wall_ns: int) -> None:
        """Follows the networks, and keeps what pages show."""
        self._record, self._lost = record, self._lost + record.lost
        for mind in self._minds:
            mind.follow(record)
        for page in self._pages:
            page.sample(record)

    def end(self, why: str) -> None:
        """It has gone."""
        self._record, self._why = None, why

    async def close(self) -> None:
        """Closes the port and all pages' lines."""
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"the bridge ends")
        if self._runner is not None:
            await self._runner.cleanup()


def _part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
