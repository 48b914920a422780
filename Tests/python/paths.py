"""Where the scripts are, and which optional packages and data are here."""

import importlib.util
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for folder in ("scripts/fixtures", "scripts/python"):
    sys.path.insert(0, str(ROOT / folder))


def have(*packages: str) -> bool:
    try:
        return all(importlib.util.find_spec(package) for package in packages)
    except ModuleNotFoundError:
        return False


DATA = os.environ.get("GANGLION_DATA")
