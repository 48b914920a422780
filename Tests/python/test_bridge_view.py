"""The page's server, spoken to without a browser: tokens, names, origins, bad input, comings and goings."""

import asyncio
import contextlib
import json
import unittest

import bridging
import fake_vehicle
from fake_vehicle import FakeVehicle

if bridging.paths.have("aiohttp", "bokeh"):
    import aiohttp
    from ganglion.bridge.commanding import Commander
    from ganglion.bridge.feed import Feed
    from ganglion.bridge.view import View
    from ganglion.errors import BridgeError


class Page:
    """What a page would be: one line, and what was heard on it."""

    def __init__(self, line):
        self.line, self.heard = line, []

    async def hear(self, kind: str, seconds: float = 5, check=lambda said: True) -> dict:
        """The next word of a kind."""
        async with asyncio.timeout(seconds):
            while True:
                message = await self.line.receive()
                if message.type != aiohttp.WSMsgType.TEXT:
                    raise ConnectionError(f"closed: {message.type!r} {message.data}")
                self.heard.append(said := json.loads(message.data))
                if said["type"] == kind and check(said):
                    return said

    async def say(self, **words):
        await self.line.send_json(words)


class WithView(bridging.WithFolder):
    @contextlib.asynccontextmanager
    async def view(self, **options):
        """A view with all that it needs, in this loop."""
        commander = Commander(str(self.folder))
        view = View(commander, bridging.free_port(), **options)
        await view.start()
        feed = Feed(str(self.folder), [commander, view])
        feed.start()
        try:
            yield view
        finally:
            await feed.stop()
            await commander.close()
            await view.close()

    @contextlib.asynccontextmanager
    async def page(self, view, **headers):
        base = f"http://127.0.0.1:{view.port}"
        async with aiohttp.ClientSession() as session:
            async with session.ws_connect(base + "/live", headers={"Origin": base} | headers, max_msg_size=0) as line:
                yield Page(line)

    async def get(self, view, path: str, **headers):
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{view.port}{path}", headers=headers) as answer:
                return answer.status, answer.headers, await answer.text()


@bridging.needs("aiohttp", "bokeh")
class Served(WithView):
    def test_a_page_is_told_what_there_is_and_what_it_watches(self):
        async def story():
            async with self.view() as view, self.page(view) as page:
                layout = await page.hear("layout")
                self.assertEqual((layout["vehicle"], layout["rate"]), ("fake", 250))
                self.assertIn("network.input[11]", layout["columns"])
                self.assertEqual(layout["plots"][0], ["attitude.roll"])
                await page.say(watch=["attitude.roll", "network.input[3]", "nothing", 7])
                said = await page.hear("now", check=lambda said: said["samples"])
                self.assertEqual(set(said["samples"]), {"t", "attitude.roll", "network.input[3]"})
                self.assertEqual((said["mode"], said["armed"], said["source"], said["offers"]), ("active", True, "network", {"land": "", "disarm": ""}))
                self.assertEqual(len(said["attitude"]), 3)
                # Twenty words a second, with fifty samples a second.
                loop = asyncio.get_running_loop()
                begin, words, samples = loop.time(), 0, 0
                while loop.time() - begin < 2:
                    said = await page.hear("now")
                    words, samples = words + 1, samples + len((said["samples"] or {"t": []})["t"])
                self.assertGreater(words, 24)
                self.assertAlmostEqual(samples / 2, 50, delta=12)

        with FakeVehicle(self.folder):
            asyncio.run(story())

    def test_what_is_watched_before_there_is_a_vehicle_is_told_when_there_is_one(self):
        async def story():
            async with self.view() as view, self.page(view) as page:
                await page.say(watch=["attitude.roll"])
                await page.hear("away")
                vehicle = FakeVehicle(self.folder)
                said = await page.hear("now", check=lambda said: said["samples"])
                self.assertEqual(set(said["samples"]), {"t", "attitude.roll"})
                await asyncio.to_thread(vehicle.stop)

        asyncio.run(story())

    def test_only_a_page_with_the_token_changes_anything(self):
        async def story(vehicle):
            async with self.view() as view, self.page(view) as page:
                await page.hear("now")
                for what in ("land", "disarm", "arm", "release", {}, None):
                    await page.say(do=what)
                    self.assertIn("token", (await page.hear("done"))["error"])
                await page.say(token="wrong")
                self.assertFalse((await page.hear("token"))["right"])
                self.assertEqual(vehicle.wishes, [])
                await page.say(token=view.token)
                self.assertTrue((await page.hear("token"))["right"])
                for what in ("arm", "", "fly", {}):
                    await page.say(do=what)
                    self.assertIn("error", await page.hear("done"))
                self.assertEqual(vehicle.wishes, [])
                await page.say(do="land")
                await page.hear("now", check=lambda said: said["mode"] == "landing" and said["wish"] == "land")
                await page.say(do="release")
                await page.hear("now", check=lambda said: said["wish"] is None)
                await bridging.until(lambda: vehicle.wishes[-1][:2] == (0, 0), 2, "the farewell")
                await page.say(do="disarm")
                await page.hear("now", check=lambda said: said["armed"] is False)
                await page.hear("now", check=lambda said: said["wish"] is None)
                self.assertFalse(any(bits & 1 for bits, _, _ in vehicle.wishes), "it asked to arm")

        with FakeVehicle(self.folder) as vehicle:
            asyncio.run(story(vehicle))

    def test_who_guesses_tokens_is_shown_the_door(self):
        async def story():
            async with self.view() as view, self.page(view) as page:
                for _ in range(5):
                    await page.say(token="guess")
                with self.assertRaises(ConnectionError):
                    await page.hear("never", 10)

        asyncio.run(story())

    def test_what_cannot_be_asked_of_a_vehicle_is_said(self):
        async def story():
            async with self.view() as view, self.page(view) as page:
                said = await page.hear("now")
                self.assertIn('no flag "land"', said["offers"]["land"])
                await page.say(token=view.token, do="land")
                self.assertIn("no flag", (await page.hear("done"))["error"])

        with FakeVehicle(self.folder, flags=["lamp"]):
            asyncio.run(story())

    def test_pages_of_others_and_other_names_are_refused(self):
        async def story():
            async with self.view() as view:
                self.assertEqual((await self.get(view, "/"))[0], 200)
                self.assertEqual((await self.get(view, "/", Host=f"localhost:{view.port}"))[0], 200)
                # A name of somebody else's that leads here: what rebinding of names does.
                self.assertEqual((await self.get(view, "/", Host=f"evil.example:{view.port}"))[0], 403)
                for origin in ("http://evil.example", "null", f"http://127.0.0.1:{view.port + 1}"):
                    self.assertEqual((await self.get(view, "/figure?signal=attitude.roll", Origin=origin))[0], 403)
                    with self.assertRaises(aiohttp.WSServerHandshakeError):
                        async with self.page(view, Origin=origin):
                            pass
                async with aiohttp.ClientSession() as session:
                    with self.assertRaises(aiohttp.WSServerHandshakeError):
                        await session.ws_connect(f"http://127.0.0.1:{view.port}/live")
                status, headers, _ = await self.get(view, "/")
                self.assertIn("default-src 'none'", headers["Content-Security-Policy"])

        with FakeVehicle(self.folder):
            asyncio.run(story())

    def test_files_beside_the_pages_are_not_served(self):
        async def story():
            async with self.view() as view:
                for path in ("/server.py", "/../command.py", "/%2e%2e/command.py", "/%2fetc%2fpasswd", "/page.py"):
                    self.assertEqual((await self.get(view, path))[0], 404, path)
                for path in ("/page.css", "/page.js", "/plots.js", "/attitude.js", "/wiring.js", "/bokeh.js"):
                    self.assertEqual((await self.get(view, path))[0], 200, path)

        asyncio.run(story())

    def test_the_page_fetches_nothing_from_elsewhere(self):
        async def story():
            async with self.view() as view:
                for path in ("/", "/page.css", "/page.js", "/plots.js", "/attitude.js", "/wiring.js"):
                    text = (await self.get(view, path))[2].replace("http://www.w3.org/2000/svg", "")
                    self.assertNotRegex(text, r"https?://|//cdn|@import", path)

        asyncio.run(story())

    def test_a_vehicle_of_another_kind_begins_with_what_is_asked_of_it(self):
        from ganglion.bridge import meaning
        from ganglion.bridge.view import figures
        from ganglion.layout import Layout

        signals = [
            ("brim.rate", "Hz", "f32"), ("depth.volts", "V", "f32"), ("setpoint.level", "m", "f32"), ("level.value", "m", "f32"), ("pump.value", "", "f32"),
            ("keeper.input", "", "f32", 3), ("keeper.output", "", "f32", 2),
        ]
        networks = [{"name": "keeper", "model": "", "inputs": [], "outputs": [], "wiring": None}]
        found = figures.first_plots(meaning.of(Layout.parse(fake_vehicle.description(signals, [], networks))))
        self.assertEqual(found, [["setpoint.level", "level.value"], ["depth.volts"], ["pump.value"]])

    def test_figures_are_of_signals_that_there_are(self):
        async def story():
            async with self.view() as view, self.page(view) as page:
                await page.hear("layout")
                status, _, text = await self.get(view, "/figure?signal=attitude.roll&signal=network.output%5B1%5D")
                self.assertEqual(status, 200)
                self.assertEqual([line["name"] for line in json.loads(text)["lines"]], ["attitude.roll", "network.output[1]"])
                for query in ("", "?signal=nothing", "?signal=network.output[9]", "?" + "&".join(["signal=attitude.roll"] * 9)):
                    self.assertEqual((await self.get(view, "/figure" + query))[0], 404, query)

        with FakeVehicle(self.folder):
            asyncio.run(story())

    def test_nonsense_on_the_line_ends_nothing_but_itself(self):
        async def story():
            async with self.view() as view, self.page(view) as page:
                await page.hear("now")
                for text in ("", "[]", "{", "7", "[" * 5000, '{"watch": {"a": 1}}', '{"watch": 3, "do": [], "token": []}'):
                    await page.line.send_str(text)
                    if len(page.heard) % 2:
                        await asyncio.sleep(0)
                with contextlib.suppress(ConnectionError):
                    await page.hear("never", 8)
                async with self.page(view) as other:
                    await other.hear("now")
                    await other.line.send_str("x" * 20_000)
                    with self.assertRaises(ConnectionError):
                        await other.hear("never")
                async with self.page(view) as third:
                    await third.hear("now")

        with FakeVehicle(self.folder):
            asyncio.run(story())

    def test_a_vehicle_goes_and_comes_back_as_another(self):
        async def story():
            vehicle = FakeVehicle(self.folder)
            async with self.view() as view, self.page(view) as page:
                await page.hear("now")
                await asyncio.to_thread(vehicle.stop)
                self.assertIn("ended", (await page.hear("away"))["why"])
                vehicle = FakeVehicle(self.folder)
                await page.hear("layout")
                await page.hear("now")
                # Killed, with its files left behind.
                await asyncio.to_thread(vehicle.stop, False)
                await page.hear("away")
                vehicle = FakeVehicle(self.folder, fake_vehicle.description([("level.level", "m", "f32")], [], vehicle="tank", digest=3))
                layout = await page.hear("layout")
                self.assertEqual((layout["vehicle"], layout["plots"], layout["has_attitude"]), ("tank", [["level.level"]], False))
                said = await page.hear("now")
                self.assertEqual((said["mode"], said["armed"], said["attitude"], said["numbers"]), ("", None, None, {}))
                await asyncio.to_thread(vehicle.stop)

        asyncio.run(story())

    def test_numbers_that_are_none_are_no_trouble(self):
        async def story(vehicle):
            nan = float("nan")
            vehicle.changes = {"attitude.roll": nan, "battery.voltage": float("inf"), "network.input": [nan] * 12, "altitude.altitude": nan}
            async with self.view() as view, self.page(view) as page:
                await page.say(watch=["attitude.roll"])
                said = await page.hear("now", check=lambda said: said["samples"])
                self.assertEqual((said["attitude"], said["numbers"]["battery"], said["samples"]["attitude.roll"][0]), (None, None, None))

        with FakeVehicle(self.folder) as vehicle:
            asyncio.run(story(vehicle))


@bridging.needs("aiohttp", "bokeh")
class Beyond(WithView):
    """Other machines: 0.0.0.0 stands for them."""

    def test_everything_takes_the_token(self):
        async def story():
            async with self.view(listen="0.0.0.0", key=self.key()) as view, self.page(view) as page:
                await page.hear("locked")
                self.assertEqual((await self.get(view, "/figure?signal=attitude.roll"))[0], 401)
                self.assertEqual((await self.get(view, "/figure?signal=attitude.roll", Authorization="Bearer x"))[0], 401)
                await page.say(token="a token that is long enough")
                await page.hear("now")
                self.assertEqual({said["type"] for said in page.heard} - {"locked", "token", "layout", "now"}, set())
                answer = await self.get(view, "/figure?signal=attitude.roll", Authorization="Bearer a token that is long enough")
                self.assertEqual(answer[0], 200)

        with FakeVehicle(self.folder):
            asyncio.run(story())

    def test_without_a_key_nothing_is_opened(self):
        with self.assertRaises(BridgeError):
            View(None, listen="0.0.0.0")
        status, words = bridging.ended(self.folder, "--view", bridging.free_port(), "--listen", "0.0.0.0")
        self.assertEqual(status, 2)
        self.assertIn("--key FILE", words)

    def test_a_key_that_others_can_read_is_refused(self):
        for text, mode in (("a token that is long enough", 0o644), ("short", 0o600)):
            status, words = bridging.ended(self.folder, "--view", bridging.free_port(), "--key", self.key(text, mode))
            self.assertEqual((status, "key" in words), (2, True), words)

    def test_https_with_a_certificate_of_ones_own(self):
        import shutil
        import ssl
        import subprocess

        if not shutil.which("openssl"):
            self.skipTest("openssl is not installed")
        pem = self.base / "pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1", "-keyout", pem, "-out", f"{pem}.crt"],
            check=True, capture_output=True)
        pem.write_text(pem.read_text() + (self.base / "pem.crt").read_text())

        async def story():
            async with self.view(certificate=pem) as view:
                self.assertTrue(view.url.startswith("https://"))
                async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=ssl._create_unverified_context())) as session:
                    async with session.get(f"https://127.0.0.1:{view.port}/") as answer:
                        self.assertEqual(answer.status, 200)

        asyncio.run(story())
        (self.base / "none").write_text("no certificate")
        with self.assertRaises(BridgeError):
            View(None, certificate=self.base / "none")


if __name__ == "__main__":
    unittest.main()
