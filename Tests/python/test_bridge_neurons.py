"""The network on the page: its states are the vehicle's own, by the digests of a flight that the program flew."""

import unittest
from unittest import mock

import numpy as np
import fake_vehicle
import paths
from reporting import flown, needs_library, needs_packages, needs_program

from ganglion.bridge.neurons import Mind
from ganglion.errors import LibraryError
from ganglion.layout import Layout, NetworkNote
from ganglion.telemetry import Record

MODEL = str(paths.ROOT / "firmware-configs/models/quadrotor-ncp19-int16.safetensors")


def note(**more) -> NetworkNote:
    return NetworkNote(**{"name": "network", "model": MODEL, "inputs": (), "outputs": (), "wiring": None} | more)


def made_up(count: int) -> tuple[Layout, list[Record]]:
    layout = Layout.parse(fake_vehicle.description())
    return layout, [Record(layout, fake_vehicle.made_up(layout, tick, True, 1, {}), tick, tick * 4_000_000, tick, 0, False) for tick in range(count)]


class Followed(unittest.TestCase):
    @needs_packages
    @needs_program
    @needs_library
    def test_the_states_of_a_flight_are_the_vehicles_own(self):
        said, bodies = fake_vehicle.from_log(flown()[0])
        layout = Layout.parse(said)
        records = [Record(layout, body, tick, tick * 4_000_000, tick, 0, False) for tick, body in enumerate(bodies)]
        mind = Mind(layout.networks[0], layout)
        exact = []
        for record in records:
            mind.follow(record)
            exact.append(mind.is_exact)
        # Before the first step of the vehicle there is no digest that could be met.
        self.assertGreater(sum(map(bool, exact)), len(records) - 50)
        late = Mind(layout.networks[0], layout)
        caught = None
        for record in records[1500:]:
            late.follow(record)
            if late.is_exact and caught is None:
                caught = record.tick - 1500
        print(f"a bridge that came in mid-flight had the vehicle's own states after {caught} ticks")
        self.assertIsNotNone(caught)
        self.assertTrue(late.is_exact)

    @needs_library
    def test_without_the_library_it_is_computed_in_floating_point(self):
        layout, records = made_up(600)
        native = Mind(note(), layout)
        with mock.patch("ganglion.report.reservoir.Stepper", side_effect=LibraryError("no library")):
            floating = Mind(note(), layout)
        self.assertIn("floating point", floating.why)
        for record in records:
            native.follow(record)
            floating.follow(record)
        difference = np.abs(np.subtract(native.activity(records[-1]), floating.activity(records[-1]))).max()
        self.assertLess(difference, 0.03)
        self.assertIsNone(floating.is_exact)


class Drawn(unittest.TestCase):
    def test_the_graph_has_ports_layers_and_the_strongest_wires(self):
        layout, records = made_up(2)
        mind = Mind(note(), layout)
        self.assertEqual(mind.graph.columns, ["inputs", "inter", "command", "motor", "outputs"])
        self.assertEqual(len(mind.graph.nodes), 12 + 19 + 4)
        self.assertEqual(mind.graph.nodes[0][0], "roll_error")
        self.assertEqual(max(abs(weight) for _, _, weight in mind.graph.wires), 1)
        for a, b, _ in mind.graph.wires:
            self.assertTrue(0 <= a < 35 and 12 <= b < 35)
        mind.follow(records[1])
        self.assertEqual(len(mind.activity(records[1])), 35)
        self.assertTrue(all(-1 <= value <= 1 for value in mind.activity(records[1])))

    def test_a_network_without_a_model_has_its_ports(self):
        layout, records = made_up(2)
        for model, why in (("", "does not say"), ("/nowhere/model.safetensors", "cannot be read"), (str(paths.ROOT / "README.md"), "cannot be read")):
            mind = Mind(note(model=model), layout)
            self.assertIn(why, mind.why)
            mind.follow(records[1])
            self.assertEqual((mind.graph.columns, len(mind.activity(records[1]))), (["inputs", "outputs"], 16))

    def test_a_model_of_another_shape_is_not_stepped(self):
        layout, records = made_up(2)
        mind = Mind(note(model=MODEL.replace("quadrotor", "balancer")), layout)
        self.assertIn("inputs", mind.why)
        mind.follow(records[1])
        self.assertEqual(len(mind.activity(records[1])), len(mind.graph.nodes))

    def test_inputs_that_are_no_numbers_are_no_trouble(self):
        layout, _ = made_up(1)
        body = fake_vehicle.made_up(layout, 1, True, 1, {"network.input": [float("nan")] * 12, "network.ts": float("inf")})
        record = Record(layout, body, 1, 4_000_000, 1, 0, False)
        mind = Mind(note(), layout)
        mind.follow(record)
        self.assertTrue(all(-1 <= value <= 1 for value in mind.activity(record)))

    def test_a_large_network_is_drawn_by_its_strongest_wires(self):
        layout = Layout.parse(fake_vehicle.description())
        mind = Mind(note(model=MODEL.replace("ncp19", "cfc64")), layout)
        self.assertLessEqual(len(mind.graph.wires), 900)
        self.assertGreater(len(mind.graph.nodes), 64)


if __name__ == "__main__":
    unittest.main()
