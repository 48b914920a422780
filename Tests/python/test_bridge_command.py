"""`ganglion-bridge` on the command line: what is wrong is said, and a vehicle that is not there is waited for."""

import unittest

import bridging
from fake_vehicle import FakeVehicle


class Command(bridging.WithFolder):
    def test_what_is_wrong_on_the_command_line_is_said(self):
        for arguments, reason in (
            (["cart"], "say where to"), (["cart", "--view", "0"], "no port"), (["cart", "--every", "0"], "ticks"), (["cart", "--ros2", "--twist", "x=y"], "--twist"),
            (["cart", "--foxglove", "70000"], "no port"), ([], "NAME"),
        ):
            with self.subTest(arguments):
                status, words = bridging.ended(*arguments)
                self.assertEqual(status, 2)
                self.assertIn(reason, words)

    @bridging.needs("aiohttp", "bokeh")
    def test_a_vehicle_that_is_not_there_is_waited_for_and_two_bridges_serve_one(self):
        first, second = bridging.free_port(), bridging.free_port()
        with bridging.Bridge(self.folder, "--view", first) as one:
            one.wait_said("waiting for it")
            with FakeVehicle(self.folder) as vehicle:
                with bridging.Bridge(self.folder, "--view", second) as two:
                    two.wait_said("page: http://127.0.0.1:")
                    bridging.wait_for(lambda: len(vehicle.subscribers) == 2, 10, "both")
                status, words = bridging.ended(self.folder, "--view", first)
                self.assertEqual(status, 2)
                self.assertIn("--view PORT", words)
        self.assertEqual(one.process.returncode, 0)


if __name__ == "__main__":
    unittest.main()
