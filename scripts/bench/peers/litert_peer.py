"""LiteRT: the step as TensorFlow's converter makes it, in single precision, int8, and 16-bit activations with 8-bit weights.

Converting happens in a process of its own (`python litert_peer.py NETWORK FOLDER INPUTS KIND FILE`): TensorFlow brings
threads and settings that have no place beside a measurement.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from network import COLUMNS, INPUTS, Network, Peer

KINDS = ("float32", "int8", "16x8")
# TensorFlow and the converter speak of their own affairs; the interpreter of its delegate.
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": ""}


def convert(network: Network, calibration: np.ndarray, kind: str) -> bytes:
    import tensorflow as tf

    neurons = sum(network.units)

    @tf.function(
        input_signature=[
            tf.TensorSpec([1, neurons], name="state"), tf.TensorSpec([1, 1], name="ts"),
            tf.TensorSpec([1, INPUTS], name="x"),
        ]
    )
    def step(state, ts, x):
        states = tf.split(state, network.units, 1)
        new = []
        for k, cell in enumerate(network.cells):
            x = tf.concat([x, states[k]], 1)
            if cell["backbone"]:
                w, b = network.affine(f"cell{k}.backbone0")
                # 0.666 and 1.7159 in the weights: fewer roundings, and a shorter graph.
                x = tf.tanh(tf.matmul(x, w * np.float32(0.666)) + b * np.float32(0.666))
            w, b = network.heads(k)
            heads = tf.matmul(x, w * np.float32(1.7159 if cell["backbone"] else 1)) + b
            f1, f2, ta, tb = tf.split(heads, 4, 1)
            g, h = tf.tanh(f1), tf.tanh(f2)
            x = g + tf.sigmoid(ta * ts + tb) * (h - g)
            new.append(x)
        return {"new": tf.concat(new, 1)}

    holder = tf.Module()
    holder.step = step
    converter = tf.lite.TFLiteConverter.from_concrete_functions([step.get_concrete_function()], holder)
    if kind != "float32":

        def samples():
            state = np.zeros((1, neurons), np.float32)
            for row in calibration:
                x, ts = row[None, :INPUTS], row[None, INPUTS:]
                yield {"state": state, "ts": ts, "x": x}
                state = step(tf.constant(state), tf.constant(ts), tf.constant(x))["new"].numpy()

        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = samples
        converter.target_spec.supported_ops = [
            tf.lite.OpsSet.TFLITE_BUILTINS_INT8 if kind == "int8" else
            tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
        ]
    return converter.convert()


class LiteRT(Peer):
    """ai_edge_litert's interpreter on one thread; inputs and outputs are float32 in each kind."""

    def __init__(self, network: Network, kind: str, graphs: Path, models: Path, calibration: Path):
        key = hashlib.sha256(network.digest.encode() + calibration.read_bytes()).hexdigest()
        file = graphs / f"{network.name}-{kind}-{key[:12]}.tflite"
        if not file.exists():
            graphs.mkdir(parents=True, exist_ok=True)
            arguments = [network.name, str(models), str(calibration), kind, str(file)]
            made = subprocess.run(
                [sys.executable, __file__, *arguments], env=os.environ | QUIET, capture_output=True, text=True
            )
            if made.returncode != 0:
                raise RuntimeError(f"cannot be converted: {(made.stderr.strip().splitlines() or ['?'])[-1]}")
        from ai_edge_litert.interpreter import Interpreter

        self.interpreter = Interpreter(model_path=str(file), num_threads=1)
        self.interpreter.allocate_tensors()
        places = {detail["name"].split(":")[0].removeprefix("serving_default_"): detail["index"]
                  for detail in self.interpreter.get_input_details()}
        self.x, self.ts, self.state = places["x"], places["ts"], places["state"]
        self.new = self.interpreter.get_output_details()[0]["index"]
        self.rows = [(row[None, :INPUTS].copy(), row[None, INPUTS:].copy()) for row in network.rows]
        self.neurons = sum(network.units)
        self.reset()

    def reset(self):
        self.interpreter.set_tensor(self.state, np.zeros((1, self.neurons), np.float32))

    def step(self, row):
        x, ts = self.rows[row]
        self.interpreter.set_tensor(self.x, x)
        self.interpreter.set_tensor(self.ts, ts)
        self.interpreter.invoke()
        state = self.interpreter.get_tensor(self.new)
        self.interpreter.set_tensor(self.state, state)
        return state


PACKAGES = ["ai-edge-litert", "tensorflow-cpu"]

if __name__ == "__main__":
    name, models, inputs, kind, output = sys.argv[1:]
    steps = np.fromfile(inputs, "<f4").reshape(-1, COLUMNS)
    Path(output).write_bytes(convert(Network(name, Path(models), steps[:1]), steps, kind))
