#!/usr/bin/env python3
"""Exports a trained liquid network to a Ganglion model file: `ganglion-export` of the Python package, from a checkout.

Needs numpy, and h5py for Keras files. docs/export.md explains every choice.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "python"))

from ganglion.export.command import main

if __name__ == "__main__":
    sys.exit(main())
