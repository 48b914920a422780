"""The page of a log of the program: its numbers are those of the command line, and it stands alone."""

import csv
import re
import unittest

import numpy as np
import reporting
from reporting import facts, flown, needs_library, needs_packages, needs_program, page, program, report

import paths


@needs_packages
@needs_program
@needs_library
class FlightPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.log, cls.run_ = flown()
        cls.text = page(cls.log, name="flight.html")
        cls.facts = facts(cls.text)

    def test_it_is_below_five_megabytes_and_asks_for_nothing_outside(self):
        self.assertLess(len(self.text.encode()), 5_000_000)
        head = self.text[: self.text.index("<style>")]
        self.assertIn("default-src 'none'", head)
        without_library = re.sub(r"<script>.*?</script>", "", self.text, flags=re.S)
        self.assertEqual(re.findall(r"""(?:src|href)=["'](?!#)([^"']*)""", without_library), [])

    def test_it_is_for_light_dark_and_phones(self):
        self.assertIn("prefers-color-scheme: dark", self.text)
        self.assertIn('name="viewport"', self.text)

    def test_all_sections_are_there_and_listed(self):
        titles = re.findall(r"<h2>(.*?)</h2>", self.text)
        self.assertEqual(titles, ["What happened", "Signals", "Connectivity", "Reservoir state", "Arithmetic", "The loop"])
        for key in re.findall(r'<section id="(.*?)"', self.text):
            self.assertIn(f'<a href="#{key}">', self.text)

    def test_every_picture_has_a_title_an_explanation_and_a_place(self):
        found = re.findall(r'<figure id="picture-(.*?)"><figcaption><b>(.*?)</b><span>(.*?)</span></figcaption><div class="plot" id="plot-(.*?)"', self.text)
        self.assertEqual(len(found), self.text.count("<figure"))
        self.assertGreater(len(found), 40)
        self.assertTrue(all(title for _, title, _, _ in found))
        self.assertEqual(len({key for key, *_ in found}), len(found))

    def test_ticks_missed_ticks_and_end_are_those_of_the_run(self):
        self.assertIn(f"{self.run_['ticks']} ticks", self.facts["duration"])
        self.assertIn(f"{self.run_['missed_ticks']} missed", self.facts["duration"])
        self.assertEqual(self.facts["ended"], self.run_["mode"])
        self.assertIn(f"seed {self.run_['seed']}", self.facts["run"])

    def test_bytes_and_duration_are_those_of_log_info(self):
        told = program("log", "info", self.log)
        self.assertIn(f"{told['bytes']} bytes", self.facts["log"])
        self.assertIn(f"{told['metadata']['version']}", self.facts["run"])
        self.assertAlmostEqual(float(self.facts["duration"].split()[0]), told["duration_s"], delta=2 / 250)

    def test_the_replay_is_that_of_the_program(self):
        told = program("replay", self.log)
        self.assertTrue(told["identical"])
        self.assertEqual(self.facts["replay"], f"replayed {told['ticks']} ticks: identical")

    def test_ticks_beyond_range_are_those_of_the_run(self):
        told = self.run_["network_beyond_range_ticks"]
        self.assertEqual(
            self.facts["ticks beyond range, while not disarmed"],
            ", ".join(f"{name} {told[name]}" for name in ("inputs", "states", "elapsed")),
        )

    def test_the_network_is_that_of_inspect(self):
        told = program("inspect", paths.ROOT / "firmware-configs/models/quadrotor-ncp19-int16.safetensors")
        self.assertEqual(
            self.facts["network"],
            f"{told['neurons']} neurons, {len(told['inputs'])} inputs, {len(told['outputs'])} outputs, {told['arithmetic']}",
        )
        self.assertIn(f"{told['parameters']} numbers", self.facts["weights"])

    def test_every_state_is_the_log_s(self):
        self.assertIn(f"is the log&#39;s in all {self.run_['ticks']} ticks, so what follows is exact", self.text)

    def test_figures_of_signals_are_those_of_the_export(self):
        table = reporting.folder() / "ticks.csv"
        program("log", "export", "--csv", self.log, "--output", table, "--replace")
        with open(table) as stream:
            rows = list(csv.DictReader(stream))
        shown = {row[0]: row for row in re.findall(r"<tr>" + r"<td>(.*?)</td>" * 7 + "</tr>", self.text)}
        for title in ("attitude.roll", "altitude.altitude", "power.voltage", "motors.front_right"):
            values = np.array([row[title.replace(".", "_")] for row in rows], np.float32).astype(np.float64)
            for place, value in ((2, values.min()), (3, values.max()), (4, values.mean()), (5, np.sqrt((values**2).mean()))):
                self.assertAlmostEqual(float(shown[title][place]), value, delta=abs(value) * 1e-5 + 1e-12, msg=f"{title} {place}")

    def test_events_are_the_log_s_and_lead_to_their_time(self):
        topics = {topic["topic"]: topic["messages"] for topic in program("log", "info", self.log)["topics"]}
        self.assertIn(f"<summary>{topics['/events']} events</summary>", self.text)
        self.assertRegex(self.text, r'data-t="[0-9.]+">[0-9.]+ s</a></td><td>info</td><td>mode</td><td>disarmed -&gt; active')


@needs_packages
@needs_program
@needs_library
class OtherPages(unittest.TestCase):
    def test_a_balancing_robot_has_its_way_from_above(self):
        log, told = flown("balancer-hold")
        text = page(log, name="balancer.html")
        self.assertIn('id="picture-plan"', text)
        self.assertIn(f"log&#39;s in all {told['ticks']} ticks", text)

    def test_a_model_alone_has_the_parts_of_a_network(self):
        text = page(paths.ROOT / "firmware-configs/models/quadrotor-ncp19-int8.safetensors", name="model.html")
        self.assertEqual(re.findall(r"<h2>(.*?)</h2>", text), ["Connectivity", "Reservoir state", "Arithmetic"])
        self.assertIn("What quantisation changed", text)
        self.assertIn("No flight: each input wanders", text)

    def test_a_log_beside_itself_is_identical_and_another_seed_is_not(self):
        first, second = flown()[0], flown(seed=2)[0]
        same = page(first, first, "--no-replay", name="same.html")
        self.assertRegex(same, r"The first \d+ ticks are identical, bit for bit, in every signal")
        other = page(first, second, "--no-replay", name="other.html")
        self.assertRegex(other, r"The logs part in tick \d+ \([0-9.]+ s\), first in [a-z_.]+; \d+ of \d+ signals differ")

    def test_a_folder_lists_its_runs_and_leads_to_their_pages(self):
        runs = reporting.folder() / "runs"
        runs.mkdir()
        for seed in (1, 2):
            (runs / f"run-{seed}.mcap").symlink_to(flown(seed=seed)[0])
        text = page(runs, "--links", 1, "--no-replay", name="runs.html")
        linked = re.findall(r'<a href="(runs-runs/run-\d.html)">', text)
        self.assertEqual(len(linked), 1)
        self.assertTrue((reporting.folder() / linked[0]).is_file())
        self.assertEqual(facts(text)["runs"], "2")

    def test_images_are_drawn_for_every_picture(self):
        target = reporting.folder() / "images"
        status, told = report(paths.ROOT / "firmware-configs/models/balancer-ncp19-int16.safetensors", "--images", target)
        self.assertEqual(status, 0, told)
        names = {path.stem for path in target.glob("*.png")}
        self.assertEqual(names, {path.stem for path in target.glob("*.svg")})
        self.assertLessEqual({"network-matrix-ff1", "network-states", "network-graph", "network-trajectory"}, names)
        for path in target.iterdir():
            content = path.read_bytes()
            self.assertTrue(content.startswith(b"\x89PNG") if path.suffix == ".png" else b"</svg>" in content[-20:], path)


if __name__ == "__main__":
    unittest.main()
