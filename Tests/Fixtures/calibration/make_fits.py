#!/usr/bin/env python3
"""Makes Tests/Fixtures/calibration/fits.json: poses and fields with errors in them, and the calibration that fits best.

    Tests/Fixtures/calibration/make_fits.py            make the file again
    Tests/Fixtures/calibration/make_fits.py --check    compare it with what would be made; status 1 if it differs

The fits are worked out apart from the Swift code: damped least squares with a Jacobian by differences, on the distances
from the sphere; for the ellipsoid from a start by numpy's own least squares and eigenvalues. Needs numpy.
"""

import json
import sys
from pathlib import Path

import numpy as np

TARGET = Path(__file__).resolve().parent / "fits.json"
GRAVITY = 9.80665


def symmetric(values):
    """The symmetric matrix of six entries: xx, yy, zz, xy, xz, yz; of three, the diagonal one."""
    xx, yy, zz, xy, xz, yz = list(values) + [0.0] * (6 - len(values))
    return np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])


def sphere(points, radius, entries, offset, matrix):
    """Offset and matrix (of three or six entries) for which |matrix (p - offset)| is nearest to the radius."""
    def residuals(x):
        return np.linalg.norm((points - x[:3]) @ symmetric(x[3:]).T, axis=1) - radius

    x = np.concatenate([offset, matrix[:entries]])
    scale = np.concatenate([np.full(3, radius), np.ones(entries)])
    damping = 1e-3
    r = residuals(x)
    for _ in range(200):
        jacobian = np.empty((len(points), len(x)))
        for k in range(len(x)):
            h = np.zeros_like(x)
            h[k] = 1e-6 * scale[k]
            jacobian[:, k] = (residuals(x + h) - residuals(x - h)) / (2 * h[k])
        j = jacobian * scale
        step = -np.linalg.lstsq(
            np.vstack([j, np.sqrt(damping) * np.eye(len(x))]), np.concatenate([r, np.zeros(len(x))]), rcond=None)[0] * scale
        new = residuals(x + step)
        if np.sum(new**2) <= np.sum(r**2):
            x, r, damping = x + step, new, damping / 10
        else:
            damping *= 10
        if np.max(np.abs(step / scale)) < 1e-14:
            break
    return x[:3], symmetric(x[3:]), r


def ellipsoid(points):
    """The start of a fit: the algebraic ellipsoid."""
    middle = points.mean(axis=0)
    p = points - middle
    x, y, z = p.T
    d = np.stack([x * x, y * y, z * z, 2 * x * y, 2 * x * z, 2 * y * z, 2 * x, 2 * y, 2 * z], axis=1)
    v = np.linalg.lstsq(d, np.ones(len(p)), rcond=None)[0]
    a, b = symmetric(v[:6]), v[6:]
    centre = -np.linalg.solve(a, b)
    values, vectors = np.linalg.eigh(a / (1 + centre @ a @ centre))
    root = vectors @ np.diag(np.sqrt(values)) @ vectors.T
    return centre + middle, root


def unit(rng, count):
    v = rng.normal(size=(count, 3))
    return v / np.linalg.norm(v, axis=1)[:, None]


def accelerometer(rng, count, noise):
    sides = np.concatenate([np.eye(3), -np.eye(3)]) + rng.uniform(-0.06, 0.06, size=(6, 3))
    up = np.concatenate([sides, unit(rng, count - 6)]) if count > 6 else sides
    up /= np.linalg.norm(up, axis=1)[:, None]
    gain = symmetric(np.concatenate([1 + rng.uniform(-0.04, 0.04, 3), rng.uniform(-0.01, 0.01, 3)]))
    poses = GRAVITY * up @ gain.T + rng.uniform(-0.5, 0.5, 3) + rng.uniform(-noise, noise, size=up.shape)
    entries = 6 if count >= 12 else 3
    offset, matrix, r = sphere(poses, GRAVITY, entries, np.zeros(3), [1.0, 1, 1, 0, 0, 0])
    return {"poses": poses.tolist(), "offset": offset.tolist(), "matrix": matrix.tolist(),
            "residual": float(np.sqrt(np.mean(r**2)))}


def magnetometer(rng, count, noise):
    """Fields in µT. The noise is bounded, so that no point is an outlier."""
    gain = symmetric(np.concatenate([1 + rng.uniform(-0.15, 0.15, 3), rng.uniform(-0.08, 0.08, 3)]))
    points = 48 * unit(rng, count) @ gain.T + rng.uniform(-60, 60, 3) + rng.uniform(-noise, noise, size=(count, 3))
    centre, root = ellipsoid(points)
    offset, matrix, r = sphere(points, 1.0, 6, centre, [root[0, 0], root[1, 1], root[2, 2], root[0, 1], root[0, 2], root[1, 2]])
    field = np.linalg.det(matrix) ** (-1 / 3)
    return {"points": points.tolist(), "offset": offset.tolist(), "matrix": (matrix * field).tolist(),
            "field": float(field), "residual": float(np.sqrt(np.mean(r**2)) * field)}


def eigen(rng):
    m = rng.normal(size=(3, 3))
    m = m + m.T
    return {"matrix": m.tolist(), "values": np.linalg.eigvalsh(m).tolist(), "inverse": np.linalg.inv(m).tolist()}


def made():
    rng = np.random.default_rng(20261128)
    return {
        "accelerometer": [accelerometer(rng, count, noise) for count, noise in [(6, 0.0), (6, 0.01), (9, 0.01), (26, 0.01)]],
        "magnetometer": [magnetometer(rng, count, noise) for count, noise in [(80, 0.0), (120, 0.5)]],
        "eigen": [eigen(rng) for _ in range(6)],
    }


def rounded(value):
    """Twelve digits: more than the comparison asks for, and fewer than machines differ in."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return {k: rounded(v) for k, v in value.items()} if isinstance(value, dict) else value


def text():
    return json.dumps(rounded(made()), separators=(",", ":")) + "\n"


def differs(a, b):
    if isinstance(a, float):
        return abs(a - b) > 1e-8 * max(1.0, abs(a))
    if isinstance(a, list):
        return len(a) != len(b) or any(differs(x, y) for x, y in zip(a, b))
    return a.keys() != b.keys() or any(differs(a[k], b[k]) for k in a)


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(1 if differs(json.loads(TARGET.read_text()), json.loads(text())) else 0)
    TARGET.write_text(text())
