"""`python -m serfast` is the command `serfast`."""

import sys

from .cli.main import main

sys.exit(main())
