"""`ganglion-report`: a page, or pictures, of a log, a model or a folder of logs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ..errors import GanglionError, ReportError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ganglion-report", description="A page that opens without a network: what happened, every signal, and the network inside.",
        epilog="Example: ganglion-report out/quadrotor-hold-1.mcap -o flight.html", formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="+", type=Path, metavar="LOG", help="a log, two logs to compare, a model file, or a folder of logs")
    parser.add_argument("-o", "--output", type=Path, help="where the page goes; it is replaced (default: report.html)")
    parser.add_argument("--trained", type=Path, metavar="MODEL", help="the float32 model that the network was quantised from, to be shown beside it")
    parser.add_argument("--images", type=Path, metavar="DIR", help="every picture as PNG and SVG into DIR, beside the page if -o names one")
    parser.add_argument("--links", type=int, default=10, metavar="N", help="of a folder: pages of its N worst runs, beside the page (default: 10)")
    parser.add_argument("--no-replay", action="store_true", help="do not ask the program ganglion for its verdict")
    parser.add_argument("--json", action="store_true", help="what was written, and errors, as JSON")
    return parser


def main(arguments=None) -> int:
    """Runs the command; its exit status: 0, or 2 for what cannot be read or written."""
    given = _parser().parse_args(arguments)
    try:
        from . import making

        told = making.make(given)
    except ImportError as error:
        return _refuse(given, f"{error}; pip install 'ganglion[report]'")
    except (GanglionError, OSError) as error:
        return _refuse(given, str(error))
    if given.json:
        print(json.dumps(told))
    else:
        for line in told["written"]:
            print(line)
        for line in told["notes"]:
            print(f"ganglion-report: {line}", file=sys.stderr)
    return 0


def _refuse(given, text: str) -> int:
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    if given.json:
        print(json.dumps({"error": {"command": "ganglion-report", "message": text}, "exit_status": 2}))
    else:
        print(f"ganglion-report: {text}", file=sys.stderr)
    return 2


__all__ = ["ReportError", "main"]
