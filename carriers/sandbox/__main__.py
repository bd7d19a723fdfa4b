"""``python -m carriers.sandbox``: the stand-in sites from a shell."""

import sys

from carriers.sandbox.server import main

sys.exit(main())
