"""How a vehicle is, in a few words that programs can read: what MQTT tells once a second."""

from __future__ import annotations

import math

from ..telemetry import Record
from .meaning import Meaning


def status(meaning: Meaning, record: Record) -> dict:
    """Mode, faults and main numbers; what the vehicle has not is left out."""
    found: dict = {"vehicle": meaning.layout.vehicle, "state": "online", "time_s": round(record.time_s, 3), "tick": record.tick}
    if words := meaning.mode_words(record):
        found["mode"] = words
    if (armed := meaning.is_armed(record)) is not None:
        found["armed"] = armed
    if meaning.source:
        found["command_by"] = meaning.layout.words(meaning.source, record[meaning.source])
    numbers = {"battery_v": meaning.battery, "altitude_m": meaning.altitude, "climb_rate_m_s": meaning.climb_rate, "speed_m_s": meaning.speed}
    for key, name in numbers.items():
        if name:
            found[key] = _rounded(record[name])
    for key, angle in zip(("roll_deg", "pitch_deg", "yaw_deg"), meaning.euler(record) or ()):
        found[key] = _rounded(math.degrees(angle))
    faults = meaning.faults(record)
    found["faults"] = [{"name": one.name, "text": one.text, "remedy": one.remedy} for one in faults if not one.keeps_from_arming]
    found["keeps_from_arming"] = [{"name": one.name, "text": one.text, "remedy": one.remedy} for one in faults if one.keeps_from_arming]
    return found


def _rounded(value: float) -> float | None:
    """With as many digits as mean something; JSON has no word for what is not finite."""
    return round(float(value), 4) if math.isfinite(value) else None
