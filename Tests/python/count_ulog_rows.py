"""Counts the rows of every topic in ULog files as pyulog reads them, to compare Ganglion's reader with.

    count_ulog_rows.py FOLDER > Tests/Fixtures/ulog/rows.txt

A line for each topic of each .ulg below FOLDER: path below FOLDER, name, instance, rows.
"""

import contextlib
import sys
from pathlib import Path

from pyulog import ULog


def rows(path, reader=ULog):
    """Rows by topic and instance."""
    # Its complaints about odd content are no result.
    with contextlib.redirect_stdout(sys.stderr):
        log = reader(str(path))
    return {(data.name, data.multi_id): len(data.data["timestamp"]) for data in log.data_list}


if __name__ == "__main__":
    print("# made by Tests/python/count_ulog_rows.py with pyulog")
    folder = Path(sys.argv[1])
    for path in sorted(folder.rglob("*.ulg")):
        for (name, instance), count in sorted(rows(path).items()):
            print(path.relative_to(folder), name, instance, count)
