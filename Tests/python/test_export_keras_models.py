"""Models of ncps.keras that are more than layers one after the other: nothing in them is lost, and what is not told is asked for."""

import unittest

import numpy as np

import paths

import exported
import generator
import keras_files
from test_export_ncps_keras import HAVE_KERAS, Case

TOLD = ["--mode", "default", "--activation", "lecun_tanh"]
WIDE = {"backbone_units": 4, "return_sequences": True}


@unittest.skipUnless(HAVE_KERAS, "torch, keras, ncps and h5py are not all installed")
class Models(Case):
    def saved(self, layers, call=None):
        """The .weights.h5 of a model of one's own whose attributes are `layers`, and what it answers."""
        import keras

        class Model(keras.Model):
            def __init__(self):
                super().__init__()
                for name, value in layers().items():
                    setattr(self, name, value)

            def call(self, x):
                return call(self, x)

        keras.utils.set_random_seed(3)
        keras.backend.clear_session()
        made = Model()
        made(np.zeros((1, 3, 5), np.float32))
        keras_files.set_weights(made, seed=3)
        keras_files.save(made, self.folder / "m.weights.h5")
        xs, _ = generator.inputs({"seed": 5, "inputs": 5, "steps": 20})
        return self.folder / "m.weights.h5", xs, made(np.float32(xs)[None])[0].detach().numpy()

    def equal(self, path, xs, expected, *told):
        model, account = self.exported(path, *told)
        self.assertLess(np.abs(exported.evaluate(model, xs, np.ones(len(xs))) - expected).max(), 1e-5)
        return account

    def test_a_layer_beside_the_cell_within_a_model_is_not_lost(self):
        import keras
        from ncps.keras import CfC

        class Actor(keras.Model):
            def __init__(self):
                super().__init__()
                self.rnn, self.out = CfC(6, **WIDE), keras.layers.Dense(2)

            def call(self, x):
                return self.out(self.rnn(x))

        for make in (lambda: keras.Sequential([CfC(6, **WIDE), keras.layers.Dense(2)]), Actor):
            path, xs, expected = self.saved(lambda: {"actor": make()}, lambda self, x: self.actor(x))
            self.assertIn("actor/dense", self.refused(path, *TOLD))
            self.equal(path, xs, expected, *TOLD, "--head", "actor/dense")

    def test_layers_in_a_list_are_put_in_order_by_name(self):
        import keras
        from ncps.keras import CfC

        def call(self, x):
            for layer in self.blocks:
                x = layer(x)
            return self.out(x)

        path, xs, expected = self.saved(
            lambda: {"blocks": [CfC(6, **WIDE), CfC(5, **WIDE)], "out": keras.layers.Dense(2)}, call
        )
        self.assertIn("blocks/cf_c,blocks/cf_c_1", self.refused(path, *TOLD))
        self.equal(path, xs, expected, *TOLD, "--stack", "blocks/cf_c,blocks/cf_c_1", "--head", "dense")

    def test_a_layer_of_ones_own_that_holds_more_than_a_cell_is_refused(self):
        import keras
        from ncps.keras import CfC

        @keras.saving.register_keras_serializable(package="test")
        class Both(keras.layers.Layer):
            def __init__(self, **settings):
                super().__init__(**settings)
                self.rnn, self.out = CfC(6, **WIDE), keras.layers.Dense(2)

            def build(self, shape):
                self.rnn.build(shape)
                self.out.build((*shape[:-1], 6))

            def call(self, x):
                return self.out(self.rnn(x))

        for kind in (".keras", ".h5"):
            made = keras_files.model([Both()])
            keras_files.save(made, self.folder / f"m{kind}")
            self.assertIn("more than its cell", self.refused(self.folder / f"m{kind}"))

    def test_wirings_of_several_layers_are_stated_in_order(self):
        import keras
        from ncps.keras import CfC
        from ncps.wirings import AutoNCP

        keras.utils.set_random_seed(3)
        made = keras_files.model(
            [CfC(AutoNCP(12, 4), return_sequences=True), CfC(AutoNCP(10, 2, seed=3), return_sequences=True)]
        )
        keras_files.save(made, self.folder / "m.weights.h5")
        xs, _ = generator.inputs({"seed": 5, "inputs": 5, "steps": 20})
        told = ["--mode", "default", "--stack", "cf_c,cf_c_1", "--wiring", "AutoNCP(12, 4)"]
        expected = made(np.float32(xs)[None])[0].detach().numpy()
        self.equal(self.folder / "m.weights.h5", xs, expected, *told, "--wiring", "AutoNCP(10, 2, seed=3)")
        self.assertIn("neurons", self.refused(self.folder / "m.weights.h5", *told))

    def test_normalisation_of_another_axis_is_no_map_of_the_values(self):
        import keras
        from keras import layers
        from ncps.keras import CfC

        for layer, taken in (
            (layers.BatchNormalization(axis=1), False),
            (layers.BatchNormalization(axis=2), True),
            (layers.TimeDistributed(layers.BatchNormalization(axis=1)), True),
        ):
            # As many steps as values: the sizes do not tell.
            made = keras.Sequential([keras.Input((5, 5)), layer, CfC(4, **WIDE)])
            keras_files.set_weights(made, seed=1)
            keras_files.save(made, self.folder / "m.keras")
            if taken:
                xs, _ = generator.inputs({"seed": 5, "inputs": 5, "steps": 5})
                self.equal(self.folder / "m.keras", xs, made(np.float32(xs)[None])[0].detach().numpy())
            else:
                self.assertIn("axis", self.refused(self.folder / "m.keras"))


del Case, paths


if __name__ == "__main__":
    unittest.main()
