#!/usr/bin/env python3
"""Makes Tests/Fixtures/devices/conversions.json: what the frames of sensors mean, worked out apart from the drivers.

    Tests/Fixtures/devices/make_conversions.py            make the file again
    Tests/Fixtures/devices/make_conversions.py --check    compare it with what would be made; status 1 if it differs

Written from the datasheets' tables and formulas, in exact fractions or in the integers that the datasheets print, so
that nothing is shared with the Swift code but the datasheets. Needs nothing but Python.
"""

import json
import random
import struct
import sys
from fractions import Fraction
from pathlib import Path

TARGET = Path(__file__).resolve().parent / "conversions.json"
STANDARD_GRAVITY = Fraction(980665, 100000)
DEGREE = Fraction(31415926535897932384626433832795, 1800000000000000000000000000000000)


def words(rng, count):
    """Random 16-bit numbers with the ends of the range among them."""
    return [rng.choice([rng.randint(-32767, 32766), rng.randint(-300, 300)]) for _ in range(count)]


# --- inertial chips -------------------------------------------------------------------------------------------------

def inertial(rng):
    """Frames of each chip at each full scale: raw bytes, and the sample in m/s², rad/s and °C."""
    def full_scale(value):
        return Fraction(value, 32768)

    # LSM6DSOX: sensitivities of DS12814 table 2, in mg and mdps per count.
    st_accel = {2: Fraction(61, 10**6), 4: Fraction(122, 10**6), 8: Fraction(244, 10**6), 16: Fraction(488, 10**6)}
    st_gyro = {125: Fraction(4375, 10**6), 250: Fraction(875, 10**5), 500: Fraction(175, 10**4),
               1000: Fraction(35, 10**3), 2000: Fraction(7, 10**2)}
    chips = {
        # name: (full scales of gyroscope, of accelerometer, °C per count, °C at 0, order of the frame)
        "mpu6050": ([250, 500, 1000, 2000], [2, 4, 8, 16], Fraction(1, 340), Fraction(3653, 100)),
        "mpu9250": ([250, 500, 1000, 2000], [2, 4, 8, 16], Fraction(100, 33387), Fraction(21)),
        "icm20948": ([250, 500, 1000, 2000], [2, 4, 8, 16], Fraction(100, 33387), Fraction(21)),
        "icm42688p": ([125, 250, 500, 1000, 2000], [2, 4, 8, 16], Fraction(100, 13248), Fraction(25)),
        "lsm6dsox": ([125, 250, 500, 1000, 2000], [2, 4, 8, 16], Fraction(1, 256), Fraction(25)),
    }
    out = []
    for name, (gyros, accels, slope, zero) in chips.items():
        for gyro in gyros:
            for accel in accels:
                a, w = words(rng, 3), words(rng, 3)
                t = rng.randint(-1500, 4000) if name == "lsm6dsox" else rng.randint(-1000, 3000)
                if name in ("mpu6050", "mpu9250"):  # status; then accelerations, temperature, rates
                    frame = struct.pack(">B7h", 1, *a, t, *w)
                elif name == "icm20948":  # accelerations, rates, temperature
                    frame = struct.pack(">7h", *a, *w, t)
                elif name == "icm42688p":  # temperature, accelerations, rates, two bytes of time, status
                    frame = struct.pack(">7hHB", t, *a, *w, 0xABCD, 0x08)
                else:  # status, reserved, temperature, rates, accelerations; low bytes first
                    frame = struct.pack("<BB7h", 7, 0, t, *w, *a)
                a_scale = st_accel[accel] if name == "lsm6dsox" else full_scale(accel)
                w_scale = st_gyro[gyro] if name == "lsm6dsox" else full_scale(gyro)
                out.append({
                    "chip": name, "gyro_dps": gyro, "accel_g": accel, "frame": list(frame),
                    "acceleration": [float(x * a_scale * STANDARD_GRAVITY) for x in a],
                    "rate": [float(x * w_scale * DEGREE) for x in w],
                    "temperature": float(t * slope + zero),
                })
    return out


# --- magnetometers --------------------------------------------------------------------------------------------------

def magnetic(rng):
    """Frames of each chip: raw bytes, what else the driver reads, and the field in T."""
    out = []
    gauss = Fraction(1, 10**4)
    for _ in range(4):
        # AK8963: Hadj = H · ((ASA − 128)·0.5/128 + 1), 0.15 µT; x is the accelerometers' y, y their x, z opposite.
        asa = [rng.randint(100, 200) for _ in range(3)]
        x, y, z = [rng.randint(-32760, 32760) for _ in range(3)]
        unit = Fraction(15, 10**8)
        adjusted = [Fraction(h) * (Fraction((s - 128) * 1, 2) / 128 + 1) * unit for h, s in zip((x, y, z), asa)]
        out.append({"chip": "ak8963", "trim": asa, "frame": list(struct.pack("<B3hB", 1, x, y, z, 0x10)),
                    "field": [float(adjusted[1]), float(adjusted[0]), float(-adjusted[2])]})
        # AK09916: 0.15 µT; y and z are opposite to the accelerometers'.
        x, y, z = [rng.randint(-32752, 32752) for _ in range(3)]
        out.append({"chip": "ak09916", "trim": [], "frame": list(struct.pack("<B3hBB", 1, x, y, z, 0, 0)),
                    "field": [float(x * unit), float(-y * unit), float(-z * unit)]})
    for code, counts in enumerate([12000, 3000]):
        v = [rng.randint(-32000, 32000) for _ in range(3)]
        out.append({"chip": "qmc5883l", "trim": [code], "frame": list(struct.pack("<3h", *v)),
                    "field": [float(Fraction(x, counts) * gauss) for x in v]})
    for code, counts in enumerate([1370, 1090, 820, 660, 440, 390, 330, 230]):
        x, y, z = [rng.randint(-2048, 2047) for _ in range(3)]
        out.append({"chip": "hmc5883l", "trim": [code], "frame": list(struct.pack(">3h", x, z, y)),
                    "field": [float(Fraction(h, counts) * gauss) for h in (x, y, z)]})
    for code, counts in enumerate([6842, 3421, 2281, 1711]):
        v = [rng.randint(-32000, 32000) for _ in range(3)]
        out.append({"chip": "lis3mdl", "trim": [code], "frame": list(struct.pack("<B3h", 0x0F, *v)),
                    "field": [float(Fraction(h, counts) * gauss) for h in v]})
    return out


# --- MS5611 and MS5607 ----------------------------------------------------------------------------------------------

def ms56xx(c, d1, d2, is5607):
    """Temperature in 0.01 °C and pressure in Pa, in the integers that the datasheets print."""
    dt = d2 - c[5] * 2**8
    temp = 2000 + dt * c[6] // 2**23
    if is5607:
        off = c[2] * 2**17 + c[4] * dt // 2**6
        sens = c[1] * 2**16 + c[3] * dt // 2**7
    else:
        off = c[2] * 2**16 + c[4] * dt // 2**7
        sens = c[1] * 2**15 + c[3] * dt // 2**8
    t2 = off2 = sens2 = 0
    if temp < 2000:
        t2 = dt * dt // 2**31
        square = (temp - 2000) ** 2
        off2 = 61 * square // 2**4 if is5607 else 5 * square // 2
        sens2 = 2 * square if is5607 else 5 * square // 4
        if temp < -1500:
            square = (temp + 1500) ** 2
            off2 += 15 * square if is5607 else 7 * square
            sens2 += 8 * square if is5607 else 11 * square // 2
    off, sens, temp = off - off2, sens - sens2, temp - t2
    return temp, (d1 * sens // 2**21 - off) // 2**15


def meas_specialties(rng):
    """The datasheets' examples (MS5611-01BA03 and MS5607-02BA03, page 8), then raw values from −40 to 85 °C."""
    example = [0, 40127, 36924, 23317, 23282, 33464, 28312]
    example7 = [0, 46372, 43981, 29059, 27842, 31553, 28165]
    assert ms56xx(example, 9085466, 8569150, False) == (2007, 100009)
    assert ms56xx(example7, 6465444, 8077636, True) == (2000, 110002)
    out = []
    for name, c, d1, d2 in [("ms5611", example, 9085466, 8569150), ("ms5607", example7, 6465444, 8077636)]:
        cases = [(d1, d2)]
        while len(cases) < 12:
            pair = (rng.randint(d1 - 2_000_000, d1 + 600_000), rng.randint(d2 - 1_900_000, d2 + 1_900_000))
            if 30_000 < ms56xx(c, *pair, name == "ms5607")[1] < 120_000:
                cases.append(pair)
        for pair in cases:
            temp, pressure = ms56xx(c, *pair, name == "ms5607")
            out.append({"chip": name, "words": c + [0], "raw_pressure": pair[0], "raw_temperature": pair[1],
                        "temperature": temp / 100, "pressure": pressure})
    return out


# --- BME280 humidity ------------------------------------------------------------------------------------------------

def bosch_humidity(h, raw, fine):
    """Relative humidity in 1/1024 %, in the 32-bit integers of the datasheet BST-BME280-DS002, section 4.2.3."""
    v = fine - 76800
    v = ((((raw << 14) - (h[3] << 20) - h[4] * v) + 16384) >> 15) * (
        (((((v * h[5]) >> 10) * (((v * h[2]) >> 11) + 32768) >> 10) + 2097152) * h[1] + 8192) >> 14)
    v -= ((((v >> 15) * (v >> 15)) >> 7) * h[0]) >> 4
    return max(0, min(v, 419430400)) >> 12


def humidity(rng):
    out = []
    for _ in range(16):
        h = [rng.randint(60, 90), rng.randint(340, 390), rng.randint(0, 3), rng.randint(250, 400), rng.randint(0, 60),
             rng.randint(20, 40)]
        raw, fine = rng.randint(15000, 45000), rng.randint(-100000, 350000)
        # H1; then H2, H3, and H4 and H5 of twelve bits that share a byte, H6.
        packed = struct.pack("<hBbBbb", h[1], h[2], h[3] >> 4, (h[3] & 15) | (h[4] & 15) << 4, h[4] >> 4, h[5])
        out.append({"first": h[0], "trim": list(packed), "raw": raw, "fine": fine,
                    "humidity": bosch_humidity(h, raw, fine) / 102400})
    return out


# --- VL53L0X ---------------------------------------------------------------------------------------------------------

def macro_period_ns(pclks):
    """ST's API: 2304 laser periods of `pclks` cycles of 1655 ps, rounded to ns."""
    return (2304 * pclks * 1655 + 500) // 1000


def encode_timeout(periods):
    """(low byte · 2^high byte) + 1, with the smallest exponent; what does not fit is cut off."""
    if periods == 0:
        return 0
    exponent = max(0, (periods - 1).bit_length() - 8)
    return exponent << 8 | (periods - 1) >> exponent


def final_timeout(budget):
    """Register 0x71 for a budget in µs: tuning 0x46 = 0x25, 0x50 = 6, 0x51 = 0x0096, 0x70 = 4; steps DSS, pre, final."""
    early, late = macro_period_ns(14), macro_period_ns(10)
    step = ((0x25 + 1) * early + early // 2) // 1000
    pre_periods = 0x96 + 1
    pre = (pre_periods * early + early // 2) // 1000
    left = max(0, budget - (1910 + 960 + 2 * (step + 690) + pre + 660 + 550))
    return encode_timeout((left * 1000 + late // 2) // late + pre_periods)


def reference_map(count, aperture, good):
    """The first `count` good bits of 44, from the 12th on behind the aperture; null when there are not enough."""
    chosen = [i for i in range(12 if aperture else 0, 44) if good[i // 8] >> i % 8 & 1][:count]
    if count == 0 or count > (32 if aperture else 12) or len(chosen) < count:
        return None
    return [sum(1 << i % 8 for i in chosen if i // 8 == byte) for byte in range(6)]


def time_of_flight(rng):
    periods = [0, 1, 2, 255, 256, 257, 511, 512, 513, 65535, 65536] + [rng.randint(1, 60_000) for _ in range(24)]
    budgets = [20_000, 33_000, 33_971, 50_000, 66_000, 100_000, 200_000, 500_000]
    rates = [0, 1, 10, 25, 50, 100, 1000, 51_199, 60_000]
    maps = []
    for _ in range(40):
        aperture, good = rng.random() < 0.6, [rng.choice([0xFF, rng.randint(0, 255)]) for _ in range(6)]
        count = rng.randint(0, 14) if rng.random() < 0.8 else rng.randint(0, 127)
        maps.append({"reference": count | aperture << 7, "good": good, "map": reference_map(count, aperture, good)})
    # Status by vl53l0x_device.h and VL53L0X_get_pal_range_status, whose 255 is told apart here by what the codes mean.
    meaning = {11: "valid", 0: "unknown", 15: "unknown", 1: "broken", 2: "broken", 3: "broken"}
    frames = []
    for status in range(16):
        for mm in [rng.randint(1, 2000), 8190]:
            other = [rng.randint(1, 254) for _ in range(8)]
            frame = [status << 3 | 1, 0, *other, *struct.pack(">H", mm)]
            verdict = meaning.get(status, "invalid")
            frames.append({"frame": frame, "verdict": verdict, "distance": mm / 1000,
                           "valid": verdict == "valid" and mm < 8190})
    return {
        "timeouts": [{"periods": n, "register": encode_timeout(n)} for n in periods],
        "budgets": [{"budget": b, "register": final_timeout(b)} for b in budgets],
        "rates": [{"rate": r / 100, "register": min(0xFFFF, r * 128 // 100)} for r in rates],
        "maps": maps, "frames": frames,
    }


def differential(rng):
    """MS4525DO, type A: 10 % of 16383 counts are the lower end of the range, 90 % the upper one; pounds for each square inch in Pa."""
    psi = Fraction(45359237, 10**8) * STANDARD_GRAVITY / Fraction(254, 10**4) ** 2
    out = []
    for raw in [1639, 8191, 8192, 14744] + [rng.randint(1000, 15400) for _ in range(20)]:
        warmth = rng.randint(300, 1500)
        share = (Fraction(raw, 16383) - Fraction(1, 10)) / Fraction(8, 10)
        out.append({
            "frame": list(struct.pack(">HH", raw, warmth << 5)), "pressure": float((2 * share - 1) * psi),
            "temperature": float(Fraction(warmth * 200, 2047) - 50),
        })
    return out


def main():
    rng = random.Random(20)
    text = json.dumps({"inertial": inertial(rng), "magnetic": magnetic(rng), "pressure": meas_specialties(rng),
                       "humidity": humidity(rng), "time_of_flight": time_of_flight(rng), "differential": differential(rng)}, indent=None, separators=(",", ":"))
    text = text.replace("},{", "},\n{") + "\n"
    if "--check" in sys.argv:
        if TARGET.read_text() != text:
            sys.exit(f"{TARGET} is not what this script makes")
        return
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text)


if __name__ == "__main__":
    main()
