"""Describes a ULog file as pyulog reads it, to compare Ganglion's reader with.

    describe_ulog.py FILE.ulg > Tests/Fixtures/ulog/NAME.txt

A line for each topic: name, instance, messages. A line for each column of it: its path and the CRC-32 of all
its values, as little-endian bytes of the column's own type. Then a line for each dropout: ms.
"""

import sys
import zlib

from pyulog import ULog

print("# made by Tests/python/describe_ulog.py with pyulog")
log = ULog(sys.argv[1])
for data in sorted(log.data_list, key=lambda d: (d.name, d.multi_id)):
    print("topic", data.name, data.multi_id, len(data.data["timestamp"]))
    for field in data.field_data:
        column = data.data[field.field_name]
        little = column.astype(column.dtype.newbyteorder("<"))
        print("column", field.field_name, f"{zlib.crc32(little.tobytes()):08x}")
for dropout in log.dropouts:
    print("dropout", dropout.duration)
