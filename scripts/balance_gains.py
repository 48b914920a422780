#!/usr/bin/env python3
"""A linear quadratic regulator for the simulated balancing robot: the reference of what `ganglion gains` computes.

    python3 scripts/balance_gains.py        # needs NumPy

`BalancerDynamicsTests` holds the program's regulator to what this gives for these constants and for another robot's.

The robot of `BalancingRobotParameters`, linearised upright and without dry friction, sampled at the rate of the loop.
State: integral of the way beyond the commanded one, that way, speed, lean and its rate; input: volts at both motors.
"""

import numpy as np

RATE = 250  # Hz
GRAVITY = 9.80665
MASS, HEIGHT, INERTIA = 0.9, 0.07, 0.0035  # the body
WHEEL_MASS, WHEEL_INERTIA, RADIUS, TRACK = 0.035, 2.2e-5, 0.034, 0.17
BACK_EMF, TORQUE_PER_CURRENT, RESISTANCE = 0.32, 0.27, 5.4
ROTOR_INERTIA, VISCOUS = 2.7e-4, 3e-4

# What a unit of each state costs, and what a volt does: half a metre of way weighs as much as 14 degrees of lean.
STATE_COST = np.diag([10, 40, 10, 10, 0.3])
INPUT_COST = np.array([[0.1]])


def linear_model() -> tuple[np.ndarray, np.ndarray]:
    """Derivatives of the state by state and by input."""
    rotors = 2 * ROTOR_INERTIA
    a11 = MASS + 2 * WHEEL_MASS + (2 * WHEEL_INERTIA + rotors) / RADIUS**2
    a12 = MASS * HEIGHT - rotors / RADIUS
    a22 = MASS * HEIGHT**2 + INERTIA + rotors
    inverse = np.linalg.inv([[a11, a12], [a12, a22]])
    # Torque of both motors: on the wheels forward, on the body backward.
    torque = inverse @ [1 / RADIUS, -1]
    per_volt = 2 * TORQUE_PER_CURRENT / RESISTANCE
    per_rate = 2 * (TORQUE_PER_CURRENT * BACK_EMF / RESISTANCE + VISCOUS)
    a, b = np.zeros((5, 5)), np.zeros((5, 1))
    a[0, 1] = a[1, 2] = a[3, 4] = 1
    for row, index in ((2, 0), (4, 1)):
        a[row, 2] = -torque[index] * per_rate / RADIUS
        a[row, 3] = (inverse @ [0, MASS * GRAVITY * HEIGHT])[index]
        a[row, 4] = torque[index] * per_rate
        b[row, 0] = torque[index] * per_volt
    return a, b


def sampled(a: np.ndarray, b: np.ndarray, seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """The model from one tick to the next, by the exponential series of the block matrix."""
    size = len(a)
    block = np.zeros((size + 1, size + 1))
    block[:size, :size], block[:size, size:] = a, b
    term = total = np.eye(size + 1)
    for order in range(1, 20):
        term = term @ block * seconds / order
        total = total + term
    return total[:size, :size], total[:size, size:]


def regulator(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Gains that minimise the summed costs, by iterating the Riccati equation."""
    cost = STATE_COST / RATE
    while True:
        gains = np.linalg.solve(INPUT_COST / RATE + b.T @ cost @ b, b.T @ cost @ a)
        new = STATE_COST / RATE + a.T @ cost @ (a - b @ gains)
        if np.abs(new - cost).max() < 1e-10 * np.abs(new).max():
            return gains[0]
        cost = new


def main() -> None:
    a, b = sampled(*linear_model(), 1 / RATE)
    gains = regulator(a, b)
    names = ("travel_integral_gain", "travel_gain", "speed_gain", "lean_gain", "lean_rate_gain")
    for name, gain in zip(names, gains):
        print(f"{name:20} {-gain:6.2f}")
    generated = BACK_EMF + VISCOUS * RESISTANCE / TORQUE_PER_CURRENT
    print(f"{'speed_feedforward':20} {generated / RADIUS:6.2f}")
    print(f"{'turn_feedforward':20} {generated * TRACK / 2 / RADIUS:6.2f}")
    poles = np.log(np.linalg.eigvals(a - b @ gains[None])) * RATE
    print("poles in rad/s:", ", ".join(f"{pole:.1f}" for pole in sorted(poles, key=abs)))


if __name__ == "__main__":
    main()
