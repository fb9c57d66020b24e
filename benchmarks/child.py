"""A measurement in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from . import ROOT
from .conditions import ONE_THREAD


def from_child(
    module: str, *arguments: str, interpreter: str = sys.executable, **environment: str
) -> Any:
    """Run a module of the benchmarks with one thread; give what the JSON that it prints says."""
    done = subprocess.run(
        [interpreter, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, **ONE_THREAD, **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout)
