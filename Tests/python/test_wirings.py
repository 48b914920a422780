"""The wirings that a wired CfC of Keras needs, by what makes them: as ncps draws them, and nothing else."""

import unittest

import numpy as np

import paths

from ganglion.export import wirings
from ganglion.export.network import ExportError


class Wirings(unittest.TestCase):
    CALLS = (
        "AutoNCP(12, 2)",
        "AutoNCP(28, 4, 0.3, 7)",
        "NCP(6, 4, 2, 3, 2, 4, 3)",
        "FullyConnected(8, 3)",
        "FullyConnected(6, self_connections=False)",
        "Random(8, 3, 0.5)",
        "Random(9, None, 0.3, 5)",
        "Random(5)",
    )

    @unittest.skipUnless(paths.have("ncps.wirings"), "ncps is not installed")
    def test_are_what_ncps_draws(self):
        import ncps.wirings

        for call in self.CALLS:
            for inputs in (3, 11):
                theirs = eval(call, vars(ncps.wirings))
                theirs.build(inputs)
                ours = wirings.from_call(call)
                self.assertEqual(ours.outputs, theirs.output_dim)
                for k, found in enumerate(ours.layers(inputs)):
                    neurons = theirs.get_neurons_of_layer(k)
                    before = (
                        theirs.sensory_adjacency_matrix
                        if k == 0
                        else theirs.adjacency_matrix[theirs.get_neurons_of_layer(k - 1)]
                    )
                    np.testing.assert_array_equal(found, before[:, neurons])

    def test_anything_else_is_refused(self):
        for call in (
            "",
            "AutoNCP",
            "AutoNCP(12)",
            "AutoNCP(12, 11)",
            "AutoNCP(12, 2, seed=-1)",
            "AutoNCP(12, 2, colour=1)",
            "AutoNCP('a', 2)",
            "exit()",
            "__import__('os').system('true')",
            "Random(5, 9)",
            "Random(5, sparsity_level=1.5)",
            "NCP(6, 4, 2, 30, 2, 4, 3)",
            "AutoNCP(1e9, 2)",
            "(" * 5000,
            "AutoNCP(12, 2, 3, 4, 5)",
            "FullyConnected(**{'units': 3})",
            "AutoNCP(True, 2)",
        ):
            with self.subTest(call[:40]), self.assertRaises(ExportError):
                wirings.from_call(call).layers(5)


if __name__ == "__main__":
    unittest.main()
