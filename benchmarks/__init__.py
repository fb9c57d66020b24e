"""What serfast costs, and what other packages cost: `python -m benchmarks.NAME` from the root.

Python puts the working folder first on its path, and the repository's `serfast` has no native
module in it unless it was built in place. So the folder goes last, behind the installed package.

A benchmark is run by its module. What several of them need is in

    process.py      a measurement in a process of its own, by the code of serfast.bench
    child.py        what that process does; it works without serfast, for other packages
    conditions.py   the machine and the versions, as reports have them
    timing.py       times of works that take turns
    stages.py       the features that are measured, and catalogue.py those of the catalogue
    recordings.py   signals
    reports.py      reports as JSON, and tables.py as markdown
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results"

sys.path[:] = [*(p for p in sys.path if p and Path(p).resolve() != ROOT), str(ROOT)]
