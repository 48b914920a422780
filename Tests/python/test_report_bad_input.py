"""What a report says of logs that are cut, foreign, empty, hostile, or large."""

import unittest

import numpy as np
import reporting
from reporting import clock, facts, flown, model, needs_library, needs_packages, needs_program, network_signals, page, report, write_log

HOSTILE = "</script><script>alert(1)</script><b>&\"'\u202e"


@needs_packages
class BadInput(unittest.TestCase):
    def refused(self, *arguments) -> str:
        output = reporting.folder() / "never.html"
        status, told = report(*arguments, "-o", output)
        self.assertEqual(status, 2)
        self.assertFalse(output.exists())
        return told["error"]["message"]

    def place(self, name: str, content: bytes):
        path = reporting.folder() / name
        path.write_bytes(content)
        return path

    def test_what_is_not_there(self):
        self.assertIn("no such file", self.refused(reporting.folder() / "nothing.mcap"))

    def test_an_empty_folder(self):
        empty = reporting.folder() / "empty"
        empty.mkdir(exist_ok=True)
        self.assertIn("no log is in this folder", self.refused(empty))

    def test_an_empty_file_and_files_of_other_kinds(self):
        self.assertIn("empty", self.refused(self.place("empty.mcap", b"")))
        self.assertIn("PX4", self.refused(self.place("flight.ulg", b"ULog\x01\x12\x35" + bytes(40))))
        self.assertIn("not an MCAP file", self.refused(self.place("text.mcap", b"hello, this is no log at all")))
        self.assertIn("Git LFS", self.refused(self.place("lfs.mcap", b"version https://git-lfs.github.com/spec/v1\n")))

    def test_a_model_with_a_flipped_bit(self):
        content = bytearray(model(3, [4], 1))
        content[-1] ^= 1
        self.assertIn("digest", self.refused(self.place("flipped.safetensors", bytes(content))))

    def test_a_log_of_another_version(self):
        path = reporting.folder() / "old.mcap"
        write_log(path, 3, [("float32 attitude_roll", "rad", np.zeros(3))])
        self.assertIn("another version", self.refused(path))

    def test_a_page_does_not_replace_what_it_is_made_of(self):
        path = reporting.folder() / "kept.mcap"
        write_log(path, 3, clock(3))
        before = path.read_bytes()
        status, told = report(path, "-o", path)
        self.assertEqual((status, path.read_bytes()), (2, before))
        self.assertIn("what the report is made of", told["error"]["message"])

    def test_three_things(self):
        path = reporting.folder() / "three.mcap"
        write_log(path, 3, clock(3))
        self.assertIn("3 things were named", self.refused(path, path, path))

    def test_a_log_without_a_network_has_a_page_that_says_so(self):
        path = reporting.folder() / "plain.mcap"
        write_log(path, 50, [*clock(50), ("float32 front_distance", "m", np.linspace(0, 1, 50)), ("bool front_present", "whether", np.ones(50))])
        text = page(path, "--no-replay", name="plain.html")
        self.assertIn("No network steps in this log", text)
        self.assertIn("front.distance", text)

    def test_a_log_of_one_tick(self):
        path = reporting.folder() / "one.mcap"
        write_log(path, 1, [*clock(1), ("float32 front_distance", "m", np.ones(1))])
        self.assertIn("1 ticks", facts(page(path, "--no-replay", name="one.html"))["duration"])

    def test_numbers_that_are_none(self):
        path = reporting.folder() / "nan.mcap"
        values = np.array([0, np.nan, np.inf, 1, 2] * 10)
        write_log(path, 50, [*clock(50), ("float32 front_distance", "m", values)])
        self.assertRegex(page(path, "--no-replay", name="nan.html"), r"front.distance</td><td>m</td><td>0</td><td>2</td>.*<td>20</td>")

    @needs_library
    def test_names_with_markup_are_text(self):
        content = model(3, [4], 1, [HOSTILE, HOSTILE + "2", HOSTILE + "3"])
        path = reporting.folder() / "hostile.mcap"
        write_log(
            path, 60, [*clock(60), *network_signals("network", content, 60), ("float32 front_distance", f"m, {HOSTILE}", np.zeros(60))],
            {"model.safetensors": content}, {"machine": HOSTILE, "seed": HOSTILE},
        )
        text = page(path, "--no-replay", name="hostile.html")
        self.assertFalse("<script>alert" in text, "markup of a name")
        self.assertFalse("<b>&" in text, "markup of a name")
        self.assertFalse("\u202e" in text, "a character that turns the direction of text")
        self.assertIn("&lt;/script&gt;", text)
        self.assertIn("log&#39;s in all 60 ticks", text)

    @needs_library
    def test_a_network_of_a_name_of_its_own_and_a_second_one(self):
        first, second = model(5, [6, 4, 2], 2), model(2, [3], 1, seed=4)
        path = reporting.folder() / "two.mcap"
        write_log(path, 80, [*clock(80), *network_signals("steer", first, 80), *network_signals("lift", second, 80, 9)],
                  {"steer.safetensors": first, "lift.safetensors": second})
        text = page(path, "--no-replay", name="two.html")
        for title in ("Connectivity: steer", "Reservoir state: steer", "Connectivity: lift"):
            self.assertIn(f"<h2>{title}</h2>", text)

    @needs_library
    def test_a_network_whose_model_is_not_in_the_log(self):
        content = model(2, [3], 1)
        path = reporting.folder() / "without.mcap"
        write_log(path, 20, [*clock(20), *network_signals("network", content, 20)])
        self.assertIn("its model is not in the log", page(path, "--no-replay", name="without.html"))

    @needs_library
    def test_states_that_are_not_the_log_s_are_said(self):
        content = model(2, [3], 1)
        signals = network_signals("network", content, 40)
        signals[0][2][20:] += np.uint64(1)
        path = reporting.folder() / "differs.mcap"
        write_log(path, 40, [*clock(40), *signals], {"model.safetensors": content})
        self.assertIn("is the log&#39;s in 20 of 40 ticks", page(path, "--no-replay", name="differs.html"))

    @needs_library
    def test_302_neurons_and_512_inputs_fit_into_the_page(self):
        content = model(512, [302], 4)
        path = reporting.folder() / "large.mcap"
        write_log(path, 300, [*clock(300), *network_signals("network", content, 300)], {"model.safetensors": content})
        text = page(path, "--no-replay", name="large.html")
        self.assertLess(len(text.encode()), 5_000_000)
        self.assertIn("302 neurons, 512 inputs", text)
        self.assertIn("sources with smaller weights are left out", text)

    @needs_program
    @needs_library
    def test_a_cut_log_is_shown_as_far_as_it_is_whole(self):
        content = flown()[0].read_bytes()
        path = self.place("cut.mcap", content[: len(content) // 2])
        text = page(path, "--no-replay", name="cut.html")
        self.assertIn("is cut off", text)
        self.assertIn("ganglion log recover", text)
        ticks = int(facts(text)["duration"].split(", ")[1].split()[0])
        self.assertEqual(ticks, sum(
            topic["messages"] for topic in reporting.program("log", "info", path)["topics"] if topic["topic"] == "/ganglion/tick"))
        self.assertIn(f"log&#39;s in all {ticks} ticks", text)

    @needs_program
    def test_a_log_with_damage_in_the_middle_says_so(self):
        content = bytearray(flown()[0].read_bytes())
        content[len(content) // 2] ^= 0x40
        text = page(self.place("damaged.mcap", bytes(content)), "--no-replay", name="damaged.html")
        self.assertIn('class="warning"', text)


if __name__ == "__main__":
    unittest.main()
