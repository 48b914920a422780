"""The page in a real browser: it loads, goes on at 10 Hz or more, its buttons act, it survives, and names are only names.

GANGLION_SCREENSHOTS names a folder for pictures of it."""

import os
import shutil
import time
import unittest
from pathlib import Path

import bridging
import fake_vehicle
import paths
from fake_vehicle import FakeVehicle

CHROMIUM, DRIVER = (shutil.which(name) for name in ("chromium", "chromedriver"))
MARKUP = '<img src=x onerror="window.hacked=1"><b>x</b>'


def opened(width: int = 1400, height: int = 1350, dark: bool = False, phone: bool = False):
    """A browser without a window."""
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--window-size={width},{height}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(DRIVER))
    if dark:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    if phone:
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": True})
    return browser


@bridging.needs("selenium", "aiohttp", "bokeh")
@unittest.skipUnless(CHROMIUM and DRIVER, "chromium or chromedriver is not installed (apt-get install chromium chromium-driver)")
class Browser(bridging.WithFolder):
    shared = None

    def setUp(self):
        super().setUp()
        self.port = bridging.free_port()

    def bridge(self):
        made = self.enterContext(bridging.Bridge(self.folder, "--view", self.port))
        self.url = made.wait_said("page: ").partition("page: ")[2].split()[0]
        return made

    @classmethod
    def tearDownClass(cls):
        if cls.shared is not None:
            cls.shared.quit()

    def browser(self, **options):
        """A browser with options of its own, or the one that tests share: each has a port, and so a storage, of its own."""
        if options:
            made = opened(**options)
            self.addCleanup(made.quit)
            return made
        if self.shared is None:
            type(self).shared = opened()
        self.addCleanup(self.shared.get, "about:blank")
        self.shared.get_log("browser")
        return self.shared

    def state(self, browser) -> dict:
        return browser.execute_script("return window.ganglionView") or {}

    def open(self, browser, url: str | None = None):
        browser.get(url or self.url)
        bridging.wait_for(lambda: self.state(browser).get("updates", 0) > 3, 20, "updates")

    def text(self, browser, name: str) -> str:
        return browser.execute_script("return document.getElementById(arguments[0]).innerText", name)

    def errors(self, browser) -> list[str]:
        """What the browser complained of; a line that is away while the bridge is, is none."""
        return [row["message"] for row in browser.get_log("browser") if row["level"] == "SEVERE" and "ERR_CONNECTION_REFUSED" not in row["message"]]

    def shoot(self, browser, name: str):
        if folder := os.environ.get("GANGLION_SCREENSHOTS"):
            browser.save_screenshot(str(Path(folder) / f"{name}.png"))

    def test_it_loads_and_goes_on_at_ten_hertz_or_more(self):
        with FakeVehicle(self.folder):
            self.bridge()
            browser = self.browser()
            self.open(browser)
            bridging.wait_for(lambda: browser.execute_script("return document.querySelectorAll('.plot .bk-Canvas, .plot .drawing > *').length") >= 2, 10, "plots")
            before, begin = self.state(browser)["updates"], time.monotonic()
            time.sleep(4)
            rate = (self.state(browser)["updates"] - before) / (time.monotonic() - begin)
            print(f"updates a second: {rate:.1f}")
            self.assertGreaterEqual(rate, 10)
            self.assertEqual((self.text(browser, "vehicle"), self.text(browser, "mode"), self.text(browser, "armed")), ("fake", "active", "armed"))
            self.assertIn("Battery", self.text(browser, "numbers"))
            # The token does not stay in the address.
            self.assertEqual(browser.current_url, f"http://127.0.0.1:{self.port}/")
            # Lines go on.
            points = "return Bokeh.documents.map(each => each.get_model_by_name('source').data.t.length)"
            counts = browser.execute_script(points)
            time.sleep(1)
            self.assertTrue(all(after > count for count, after in zip(counts, browser.execute_script(points))))
            self.assertEqual(self.errors(browser), [])

    def test_its_buttons_act(self):
        with FakeVehicle(self.folder) as vehicle:
            self.bridge()
            browser = self.browser()
            self.open(browser)
            land, disarm = (browser.find_element("id", name) for name in ("land", "disarm"))
            bridging.wait_for(land.is_enabled, 5, "the button")
            land.click()
            bridging.wait_for(lambda: vehicle.mode == 3, 5, "the landing")
            bridging.wait_for(lambda: self.text(browser, "mode") == "landing", 5, "word of it")
            self.assertIn("Asked to land", land.text)
            browser.find_element("id", "release").click()
            bridging.wait_for(disarm.is_enabled, 5, "the button")
            count = len(vehicle.wishes)
            disarm.click()
            time.sleep(0.5)
            # In the air it takes a second press.
            self.assertFalse(any(flags & 2 for _, flags, _ in vehicle.wishes[count:]))
            self.assertIn("press again", disarm.text)
            disarm.click()
            bridging.wait_for(lambda: not vehicle.armed, 5, "the disarming")
            bridging.wait_for(lambda: self.text(browser, "mode") == "disarmed", 5, "word of it")
            self.assertFalse(any(bits & 1 for bits, _, _ in vehicle.wishes))
            self.assertEqual(self.errors(browser), [])

    def test_without_the_token_it_only_looks(self):
        with FakeVehicle(self.folder) as vehicle:
            self.bridge()
            browser = self.browser()
            self.open(browser, f"http://127.0.0.1:{self.port}/")
            self.assertFalse(browser.find_element("id", "land").is_enabled())
            self.assertIn("no token", browser.find_element("id", "land").get_attribute("title"))
            browser.execute_script("document.getElementById('land').disabled = false; document.getElementById('land').click()")
            bridging.wait_for(lambda: "no token" in self.text(browser, "answer"), 5, "the answer")
            self.assertEqual(vehicle.wishes, [])

    def test_it_survives_the_vehicle_and_the_bridge(self):
        vehicle = FakeVehicle(self.folder)
        bridge = self.bridge()
        browser = self.browser()
        self.open(browser)
        vehicle.stop()
        bridging.wait_for(lambda: "The vehicle is away" in self.text(browser, "banner"), 5, "word that it has gone")
        self.assertFalse(browser.find_element("id", "land").is_enabled())
        self.shoot(browser, "away")
        vehicle = FakeVehicle(self.folder, start_at=1)
        bridging.wait_for(lambda: not self.text(browser, "banner"), 10, "that it is back")
        bridge.stop()
        bridging.wait_for(lambda: "The bridge is away" in self.text(browser, "banner"), 5, "word that the bridge has gone")
        before = self.state(browser)["updates"]
        with bridging.Bridge(self.folder, "--view", self.port):
            bridging.wait_for(lambda: self.state(browser)["updates"] > before + 10, 20, "that it is back")
            # Its token is another one now.
            self.assertFalse(browser.find_element("id", "land").is_enabled())
        vehicle.stop()
        self.assertEqual(self.errors(browser), [])

    def test_plots_are_added_closed_and_remembered(self):
        with FakeVehicle(self.folder):
            self.bridge()
            browser = self.browser()
            self.open(browser)
            count = lambda: len(browser.find_elements("css selector", ".plot"))  # noqa: E731
            first = count()
            field = browser.find_element("id", "wanted")
            field.send_keys("imu.rate_x, imu.rate_y\n")
            bridging.wait_for(lambda: count() == first + 1, 5, "the plot")
            field.send_keys("nonsense\n")
            bridging.wait_for(lambda: "no signal nonsense" in self.text(browser, "answer"), 5, "the answer")
            browser.find_element("css selector", ".plot .close").click()
            self.assertEqual(count(), first)
            browser.refresh()
            bridging.wait_for(lambda: self.state(browser).get("updates", 0) > 3 and count() == first, 10, "the same plots")
            self.assertEqual(self.errors(browser), [])

    def test_names_from_the_vehicle_are_text_whatever_stands_in_them(self):
        name = f"{MARKUP}.altitude"
        signals = [
            (name, MARKUP, "f32"), ("safety.mode", "", "u8", 1, ["ok", MARKUP]), ("safety.bad", "", "u8", 1, True), (f"{MARKUP}.input", "", "f32", 2),
            (f"{MARKUP}.output", "", "f32"),
        ]
        conditions = [{"name": MARKUP, "text": MARKUP, "remedy": MARKUP, "signal": "safety.bad"}]
        networks = [{"name": MARKUP, "model": f"/{MARKUP}", "inputs": [MARKUP, "b"], "outputs": [MARKUP], "wiring": None}]
        said = fake_vehicle.description(signals, conditions, networks, vehicle=MARKUP, digest=9)
        with FakeVehicle(self.folder, said) as vehicle:
            vehicle.changes = {"safety.bad": 1, "safety.mode": 1}
            self.bridge()
            browser = self.browser()
            self.open(browser)
            bridging.wait_for(lambda: "</b>" in self.text(browser, "faults"), 5, "the fault")
            for place in ("vehicle", "mode", "faults", "minds"):
                self.assertIn("<img", self.text(browser, place), place)
            browser.find_element("id", "wanted").send_keys(name + "\n")
            time.sleep(1)
            self.assertIsNone(browser.execute_script("return window.hacked ?? null"))
            self.assertEqual(browser.find_elements("css selector", "img"), [])
            self.assertEqual(self.errors(browser), [])

    def test_a_phone_and_the_dark_have_room_for_it(self):
        with FakeVehicle(self.folder, self.with_network()) as vehicle:
            vehicle.changes = {"safety.low_battery": 1}
            self.bridge()
            browser = self.browser(width=390, height=844, dark=True, phone=True)
            self.open(browser)
            time.sleep(2)
            width = browser.execute_script("return document.documentElement.scrollWidth")
            self.assertLessEqual(width, 390)
            self.assertEqual(browser.execute_script("return getComputedStyle(document.body).backgroundColor"), "rgb(20, 23, 28)")
            self.shoot(browser, "phone")

    def with_network(self) -> dict:
        model = paths.ROOT / "firmware-configs/models/quadrotor-ncp19-int16.safetensors"
        return fake_vehicle.description(networks=[{"name": "network", "model": str(model), "inputs": [], "outputs": [], "wiring": None}])

    def test_the_network_is_drawn_and_lit(self):
        with FakeVehicle(self.folder, self.with_network()):
            self.bridge()
            browser = self.browser()
            self.open(browser)
            lit = "const c = document.querySelector('.wiring'); return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].reduce((a, b, k) => k % 4 == 3 ? a : (a * 31 + b) | 0, 7)"
            first = browser.execute_script(lit)
            time.sleep(0.5)
            self.assertNotEqual(browser.execute_script(lit), first)
            self.shoot(browser, "network")
            self.assertEqual(self.errors(browser), [])


if __name__ == "__main__":
    unittest.main()
