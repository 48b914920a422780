"""`python3 -m ganglion.bridge`."""

import sys

from .command import main

sys.exit(main())
