"""Programs run here in a separate process, with this one's import path."""

from __future__ import annotations

import os
import subprocess
import sys


def run(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program, and wait until it ends."""
    inherited = {k: v for k, v in os.environ.items() if k != "SERFAST_BACKEND"}
    path = os.pathsep.join(sys.path)
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**inherited, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def printed(program: str, *arguments: str, **environment: str) -> str:
    """Give what a program prints that must succeed."""
    done = run(program, *arguments, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def refused(program: str, **environment: str) -> str:
    """Give the last line of what a program says that must fail with an exception."""
    done = run(program, **environment)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr.strip().splitlines()[-1]
