"""What serfast costs, and others: `python -m benchmarks.…` from the repository's root.

Python puts the working folder first on its path, and the repository's `serfast` has no built module
in it unless it was built in place: so the folder goes last, behind the installed package.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results"

sys.path[:] = [*(p for p in sys.path if p and Path(p).resolve() != ROOT), str(ROOT)]
