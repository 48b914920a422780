#!/usr/bin/env python3
"""Turns a flight's ticks (ganglion log export --csv) into a network's input and expected output.

    flight_rows.py TICKS.csv INPUT.bin EXPECTED.txt

INPUT.bin: for each tick the inputs and ts as little-endian float32. EXPECTED.txt: a line for each tick, the outputs' bits
in hexadecimal. Both begin with the tick in which the network takes over at take-off, because there it begins at rest.
"""

import csv
import itertools
import struct
import sys


def main(ticks: str, inputs: str, expected: str) -> None:
    with open(ticks, newline="") as source, open(inputs, "wb") as rows, open(expected, "w") as lines:
        reader = csv.DictReader(source)
        names = [name for name in reader.fieldnames or [] if name.startswith("network_input[")] + ["network_ts"]
        answers = [name for name in reader.fieldnames or [] if name.startswith("network_output[")]
        if len(names) < 2 or not answers:
            sys.exit(f"{ticks}: no network's inputs and outputs in it")
        for tick in itertools.dropwhile(lambda tick: tick["command_source"] != "1", reader):
            rows.write(struct.pack(f"<{len(names)}f", *(float(tick[name]) for name in names)))
            for name in answers:
                lines.write(struct.pack(">f", float(tick[name])).hex() + " ")
            lines.write("\n")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
