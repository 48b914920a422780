#!/usr/bin/env python3
"""Writes Sources/LiquidCore/ActivationTables.swift and FloatCoefficients.swift.

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
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Sources" / "LiquidCore"


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


def swift_table(name, text, nodes):
    lines = []
    per_line = 10 if max(nodes) < 10**7 else 8
    for k in range(0, len(nodes), per_line):
        lines.append("  " + ", ".join(str(n) for n in nodes[k : k + per_line]) + ",")
    comment = "\n".join("/// " + line if line else "///" for line in text.strip().split("\n"))
    return f"{comment}\nlet {name}: InlineArray<{len(nodes)}, Int32> = [\n" + "\n".join(lines) + "\n]\n"


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


def write(name, body):
    head = "// Made by scripts/generate_tables.py; do not edit.\n\n"
    (FOLDER / name).write_text(head + body)


def main():
    rail = 32767 * 256 + 127  # the largest Q0.23 number that rounds to 32767 in Q0.15
    tanh = balanced_nodes(mp.tanh, mp.mpf(0), mp.mpf(1) / 128, 1024, 23, rail)
    gauss = balanced_nodes(lambda x: mp.erf(x / mp.sqrt(2)), mp.mpf(0), mp.mpf(1) / 128, 1024, 23, rail)
    power = balanced_nodes(lambda x: mp.mpf(2) ** -x, mp.mpf(0), mp.mpf(1) / 256, 256, 30)
    write(
        "ActivationTables.swift",
        "\n".join(
            [
                swift_table(
                    "tanhTable",
                    "tanh(k / 128) for k in 0...1024 in Q0.23, balanced for linear interpolation.\n\n"
                    "No node exceeds 32767.5 units of Q0.15, so that rounding to Q0.15 cannot overflow.",
                    tanh,
                ),
                swift_table(
                    "normalTable",
                    "2Φ(k / 128) − 1 = erf(k / (128·√2)) for k in 0...1024 in Q0.23, balanced for linear\n"
                    "interpolation; no node exceeds 32767.5 units of Q0.15.",
                    gauss,
                ),
                swift_table(
                    "powerTable",
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
        "FloatCoefficients.swift",
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
    print(f"2^x {error:.2e}, normal {normal_error:.2e}")


if __name__ == "__main__":
    main()
