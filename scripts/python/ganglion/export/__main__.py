"""`python -m ganglion.export`, for where nothing is installed."""

import sys

from .command import main

sys.exit(main())
