#!/usr/bin/env python3
"""Writes Sources/LiquidCore/ActivationTables.swift and FloatCoefficients.swift, and the same numbers for the
kernels in C, Sources/CLiquidKernels/tables.h, and for PyTorch, scripts/python/ganglion/torch/tables.py.

    pip install mpmath numpy && scripts/generate_tables.py

The tables hold a function at equidistant nodes for linear interpolation. Each node is moved by half the
error in the middle of its neighbouring intervals, so the chord's error is as large at its ends as in its
middle, and half as large as with exact nodes. The float coefficients are minimax fits (Lawson's weighted
least squares), rounded to single precision. Computed with 50 digits; the same numbers come out on every
machine, and the tests of LiquidCore judge the result against Float64 without knowing this file.
"""

import pathlib

import mpmath as mp
import numpy as np

mp.mp.dps = 50
SCRIPTS = pathlib.Path(__file__).resolve().parent
SOURCES = SCRIPTS.parent / "Sources"
FOLDER = SOURCES / "LiquidCore"


def balanced_nodes(function, start, step, count, fraction_bits, limit=None):
    """`count` + 1 nodes of `function` from `start`, in units of 2^-fraction_bits."""
    exact = [function(start + k * step) for k in range(count + 1)]
    middle = [function(start + (k + mp.mpf(1) / 2) * step) for k in range(count)]
    error = [m - (exact[k] + exact[k + 1]) / 2 for k, m in enumerate(middle)]
    nodes = []
    for k, value in enumerate(exact):
        around = [error[j] for j in (k - 1, k) if 0 <= j < count]
        # The outermost nodes stay exact: an odd function is 0 at 0, and a power of two joins the next octave.
        shift = 0 if k in (0, count) else sum(around) / len(around) / 2
        node = int(mp.nint((value + shift) * 2**fraction_bits))
        nodes.append(node if limit is None else min(node, limit))
    return nodes


def halves(function, step, count):
    """Nodes of an odd function that grows from 0 to 1, as (value - 1/2) * 2^16 in 16 bits; the last one twice."""
    # At most 32767 units of Q0.15, so that no result rounds to 1.
    nodes = [n - 32768 for n in balanced_nodes(function, mp.mpf(0), step, count, 16, 65534)]
    return nodes + nodes[-1:]


def rows(nodes):
    per_line = 13 if max(nodes) < 10**5 else 8
    return ["  " + ", ".join(str(n) for n in nodes[k : k + per_line]) + "," for k in range(0, len(nodes), per_line)]


def swift_table(name, element, text, nodes):
    comment = "\n".join("/// " + line if line else "///" for line in text.strip().split("\n"))
    return (
        f"{comment}\nlet {name}: InlineArray<{len(nodes)}, {element}> = [\n" + "\n".join(rows(nodes)) + "\n]\n"
    )


def c_table(name, text, nodes):
    return f"/* {text} */\nstatic const int16_t {name}[{len(nodes)}] = {{\n" + "\n".join(rows(nodes)) + "\n};\n"


def python_table(name, text, nodes):
    lines = ["  " + line for line in rows(nodes)]
    return f"#: {text}\n{name} = (\n" + "\n".join(lines) + "\n)\n"


def minimax(basis, function, start, end, iterations=200, points=4000):
    """Coefficients c that make the largest |sum c_k basis_k(x) - function(x)| least: Lawson's iteration."""
    k = np.arange(points)
    x = start + (end - start) * (1 - np.cos(np.pi * (k + 0.5) / points)) / 2
    a = np.array([[float(b(v)) for b in basis] for v in x])
    y = np.array([float(function(v)) for v in x])
    weight = np.ones(points) / points
    best = None
    for _ in range(iterations):
        root = np.sqrt(weight)[:, None]
        c, *_ = np.linalg.lstsq(a * root, y * root[:, 0], rcond=None)
        error = np.abs(a @ c - y)
        if best is None or error.max() < best[0]:
            best = (error.max(), c)
        weight = weight * error
        weight /= weight.sum()
    return best


def write(path, body):
    mark = {".h": "/* {} */", ".py": '"""{}"""'}.get(path.suffix, "// {}")
    path.write_text(mark.format("Made by scripts/generate_tables.py; do not edit.") + "\n\n" + body)


def main():
    tanh = halves(mp.tanh, mp.mpf(1) / 128, 768)
    normal = halves(lambda x: mp.erf(x / mp.sqrt(2)), mp.mpf(1) / 64, 288)
    power = balanced_nodes(lambda x: mp.mpf(2) ** -x, mp.mpf(0), mp.mpf(1) / 256, 256, 30)
    form = "as (y − ½)·2¹⁶, balanced for linear interpolation.\nNo node stands for more than 32767 units of Q0.15."
    write(
        FOLDER / "ActivationTables.swift",
        "\n".join(
            [
                swift_table("tanhTable", "Int16", f"y = tanh(k / 128) for k in 0...768, {form}", tanh),
                swift_table(
                    "normalTable", "Int16", f"y = 2Φ(k / 64) − 1 = erf(k / (64·√2)) for k in 0...288,\n{form}", normal
                ),
                swift_table(
                    "powerTable",
                    "Int32",
                    "2^(−k / 256) for k in 0...256 in Q0.30, balanced for linear interpolation.",
                    power,
                ),
            ]
        ),
    )
    # 2^x on [-1/2, 1/2], relative error; the constant term stays exactly 1.
    error, c = minimax(
        [lambda x, k=k: x**k / 2.0**x for k in range(1, 7)], lambda x: 1 - 1 / 2.0**x, -0.5, 0.5
    )
    # erfc(x/sqrt 2) = exp(-x^2/2) * t * polynomial(t), t = 1 / (1 + 0.3 x).
    scale = 0.3

    def term(k):
        return lambda x: np.exp(-x * x / 2) * (1 / (1 + scale * x)) ** (k + 1)

    normal_error, n = minimax([term(k) for k in range(8)], lambda x: mp.erfc(x / mp.sqrt(2)), 0.0, 6.0)

    def constants(values):
        return ", ".join(repr(float(np.float32(v))) for v in values)

    write(
        FOLDER / "FloatCoefficients.swift",
        f"""/// Coefficients of the single-precision activations.
enum FloatCoefficients {{
  /// 2^x = 1 + c₁x + … + c₆x⁶ on [−½, ½], relative error {error:.1e} before rounding.
  static let power: InlineArray<6, Float> = [
    {constants(c[:3])},
    {constants(c[3:])},
  ]
  /// 2(1 − Φ(x)) = exp(−x²/2)·(n₁t + … + n₈t⁸) with t = 1 / (1 + {scale}x) on [0, 6], error {normal_error:.1e}.
  static let normal: InlineArray<8, Float> = [
    {constants(n[:4])},
    {constants(n[4:])},
  ]
  /// The {scale} in t.
  static let normalScale: Float = {scale}
}}
""",
    )
    write(
        SOURCES / "CLiquidKernels" / "tables.h",
        "#include <stdint.h>\n\n"
        + c_table("tanh_table", "tanhTable of LiquidCore", tanh)
        + "\n/* FloatCoefficients.power of LiquidCore */\nstatic const float power_coefficients[6] = {\n  "
        + ", ".join(f"{float(np.float32(v))!r}f" for v in c)
        + ",\n};\n",
    )
    write(
        SCRIPTS / "python" / "ganglion" / "torch" / "tables.py",
        "\n".join(
            python_table(name, f"{theirs} of LiquidCore", nodes)
            for name, theirs, nodes in (
                ("TANH", "tanhTable", tanh), ("NORMAL", "normalTable", normal), ("POWER", "powerTable", power),
            )
        ),
    )
    print(f"2^x {error:.2e}, normal {normal_error:.2e}")


if __name__ == "__main__":
    main()
