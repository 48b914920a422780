"""ONNX Runtime: the step as a graph of its own operators, in single precision, on one thread."""

from __future__ import annotations

import numpy as np

from network import INPUTS, Network, Peer


def graph(network: Network) -> bytes:
    """The step: x [1, 16], ts [1, 1], state [1, neurons] -> new state [1, neurons]."""
    from onnx import TensorProto, checker, helper, numpy_helper

    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(kind, inputs, name, **attributes):
        nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def affine(name, x, w, b):
        return node("Gemm", [x, constant(f"{name}.w", w), constant(f"{name}.b", b)], name)

    def split(name, x, sizes):
        parts = [f"{name}.{k}" for k in range(len(sizes))]
        nodes.append(helper.make_node("Split", [x, constant(f"{name}.sizes", np.array(sizes, np.int64))], parts, axis=1))
        return parts

    states = split("old", "state", network.units) if len(network.units) > 1 else ["state"]
    x, new = "x", []
    for k, cell in enumerate(network.cells):
        x = node("Concat", [x, states[k]], f"c{k}.x", axis=1)
        if cell["backbone"]:
            x = affine(f"c{k}.backbone", x, *network.affine(f"cell{k}.backbone0"))
            x = node("Mul", [x, constant(f"c{k}.slope", np.float32(0.666))], f"c{k}.scaled")
            x = node("Tanh", [x], f"c{k}.tanh")
            x = node("Mul", [x, constant(f"c{k}.gain", np.float32(1.7159))], f"c{k}.lecun")
        f1, f2, ta, tb = split(f"c{k}.head", affine(f"c{k}.heads", x, *network.heads(k)), [cell["units"]] * 4)
        g, h = node("Tanh", [f1], f"c{k}.g"), node("Tanh", [f2], f"c{k}.h")
        s = node("Sigmoid", [node("Add", [node("Mul", [ta, "ts"], f"c{k}.at"), tb], f"c{k}.z")], f"c{k}.s")
        difference = node("Mul", [s, node("Sub", [h, g], f"c{k}.d")], f"c{k}.sd")
        x = node("Add", [g, difference], f"c{k}.new")
        new.append(x)
    node("Concat", new, "new", axis=1) if len(new) > 1 else node("Identity", new, "new")
    neurons = sum(network.units)
    value = lambda name, width: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, width])  # noqa: E731
    made = helper.make_graph(
        nodes, network.name, [value("x", INPUTS), value("ts", 1), value("state", neurons)], [value("new", neurons)],
        constants,
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    return model.SerializeToString()


def session(network: Network):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph(network), options, providers=["CPUExecutionProvider"])


class Run(Peer):
    """InferenceSession.run with a dictionary."""

    def __init__(self, network: Network):
        self.session = session(network)
        self.feed = {}
        self.rows = [(row[None, :INPUTS].copy(), row[None, INPUTS:].copy()) for row in network.rows]
        self.neurons = sum(network.units)
        self.reset()

    def reset(self):
        self.feed["state"] = np.zeros((1, self.neurons), np.float32)

    def step(self, row):
        self.feed["x"], self.feed["ts"] = self.rows[row]
        (state,) = self.session.run(None, self.feed)
        self.feed["state"] = state
        return state


class Bound(Peer):
    """run_with_iobinding: buffers bound once, two states in turn."""

    def __init__(self, network: Network):
        self.session = session(network)
        self.rows = [(row[None, :INPUTS].copy(), row[None, INPUTS:].copy()) for row in network.rows]
        self.x, self.ts = np.zeros((1, INPUTS), np.float32), np.zeros((1, 1), np.float32)
        self.states = [np.zeros((1, sum(network.units)), np.float32) for _ in range(2)]
        self.bindings = []
        for old, new in ((0, 1), (1, 0)):
            binding = self.session.io_binding()
            for name, array in (("x", self.x), ("ts", self.ts), ("state", self.states[old])):
                binding.bind_input(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)
            array = self.states[new]
            binding.bind_output("new", "cpu", 0, np.float32, array.shape, array.ctypes.data)
            self.bindings.append(binding)
        self.turn = 0

    def reset(self):
        self.turn = 0
        self.states[0][:] = 0

    def step(self, row):
        self.x[:], self.ts[:] = self.rows[row]
        self.session.run_with_iobinding(self.bindings[self.turn])
        self.turn ^= 1
        return self.states[self.turn]


PEERS = {"ONNX Runtime, run()": Run, "ONNX Runtime, IOBinding": Bound}
PACKAGES = ["onnxruntime", "onnx"]
