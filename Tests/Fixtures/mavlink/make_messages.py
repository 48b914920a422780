#!/usr/bin/env python3
"""Writes messages.json: messages of MAVLink 2 with their bytes, unsigned and signed, by pymavlink 2.4.50 (dialect common).

    make_messages.py            writes the file beside this script
    make_messages.py --check    exit status 1 when it differs

Each message comes with all fields 0, at both ends of their ranges, with zeros at its end, and with random numbers. pymavlink reads every
frame back here, signed and not, before it is written down.
"""
import hashlib
import json
import pathlib
import random
import struct
import sys

from pymavlink.dialects.v20 import common as mavlink

IDS = [0, 1, 20, 21, 22, 23, 30, 31, 32, 36, 65, 69, 70, 75, 76, 77, 82, 83, 84, 85, 105, 106, 111, 132, 148, 244, 245, 253]
KEY = hashlib.sha256(b"ganglion").digest()
INTEGERS = {"uint8_t": "B", "int8_t": "b", "uint16_t": "H", "int16_t": "h", "uint32_t": "I", "int32_t": "i", "uint64_t": "Q", "int64_t": "q"}
SYSTEM, COMPONENT, LINK = 7, 191, 3


def ends(kind):
    """Least and largest value of a type."""
    if kind == "char":
        return 32, 126
    if kind == "float":
        return -3.4028234663852886e38, 3.4028234663852886e38
    size = 8 * struct.calcsize(INTEGERS[kind])
    return (-(1 << size - 1), (1 << size - 1) - 1) if kind.startswith("int") else (0, (1 << size) - 1)


def value(kind, way, numbers):
    least, most = ends(kind)
    if way == "zero":
        return 0
    if way in ("least", "most"):
        return least if way == "least" else most
    if kind == "float":
        return struct.unpack("<f", struct.pack("<f", numbers.gauss(0, 100)))[0]
    return numbers.randint(least, most)


def fields_of(message, way, numbers):
    """The fields in wire order, each as a list of numbers; `tail` is random but for its second half, which is 0."""
    fields = {}
    names = message.ordered_fieldnames
    for place, name in enumerate(names):
        kind = message.fieldtypes[message.fieldnames.index(name)]
        count = message.array_lengths[place]
        chosen = "zero" if way == "tail" and place >= len(names) // 2 else way
        fields[name] = [value(kind, chosen, numbers) for _ in range(max(count, 1))]
    return fields


def argument(message, name, numbers):
    kind = message.fieldtypes[message.fieldnames.index(name)]
    count = message.array_lengths[message.ordered_fieldnames.index(name)]
    if kind == "char":
        return bytes(numbers)
    return numbers if count else numbers[0]


def packed(message, fields, sequence, timestamp=None):
    sender = mavlink.MAVLink(None, srcSystem=SYSTEM, srcComponent=COMPONENT)
    sender.seq = sequence
    if timestamp is not None:
        sender.signing.secret_key, sender.signing.link_id = KEY, LINK
        sender.signing.timestamp, sender.signing.sign_outgoing = timestamp, True
    made = message(**{name: argument(message, name, numbers) for name, numbers in fields.items()})
    frame = bytes(made.pack(sender))
    reader = mavlink.MAVLink(None)
    if timestamp is not None:
        reader.signing.secret_key = KEY
    read = reader.parse_char(frame)
    assert read.get_type() == message.msgname and read.get_signed() == (timestamp is not None)
    for name, numbers in fields.items():
        kind = message.fieldtypes[message.fieldnames.index(name)]
        back = getattr(read, name)
        if kind == "char":
            back, numbers = back.encode(), bytes(numbers).split(b"\0")[0]
        else:
            back = list(back) if isinstance(back, (list, tuple)) else [back]
        assert back == numbers, (message.msgname, name, back, numbers)
    return frame.hex()


def main():
    numbers = random.Random(12)
    messages = []
    for number in IDS:
        message = mavlink.mavlink_map[number]
        rows = []
        for count, way in enumerate(["zero", "least", "most", "tail", "random", "random"]):
            fields = fields_of(message, way, numbers)
            sequence, timestamp = numbers.randrange(256), 1000 + 17 * count
            rows.append({
                "sequence": sequence, "fields": fields, "frame": packed(message, fields, sequence),
                "timestamp": timestamp, "signed": packed(message, fields, sequence, timestamp)})
        messages.append({"name": message.msgname, "id": number, "crc_extra": message.crc_extra, "rows": rows})
    document = {"key": KEY.hex(), "system": SYSTEM, "component": COMPONENT, "link": LINK, "messages": messages}
    return json.dumps(document, indent=0, separators=(",", ":")).replace("\n", "").replace('{"name"', '\n{"name"') + "\n"


if __name__ == "__main__":
    path = pathlib.Path(__file__).with_name("messages.json")
    text = main()
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if path.read_text() == text else f"{path} is not what this script writes")
    path.write_text(text)
