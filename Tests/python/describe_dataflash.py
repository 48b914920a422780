"""Reads an ArduPilot DataFlash log with pymavlink's DFReader and says what is in it.

    describe_dataflash.py LOG         prints a JSON object: of each kind its messages, each as a list of numbers and texts
"""

import json
import sys

from pymavlink.DFReader import DFReader_binary


def describe(path):
    kinds = {}
    log = DFReader_binary(path)
    while (message := log.recv_msg()) is not None:
        row = [getattr(message, name) for name in message.get_fieldnames()]
        kinds.setdefault(message.get_type(), []).append(row)
    return kinds


if __name__ == "__main__":
    print(json.dumps(describe(sys.argv[1])))
