"""Run a command of benchmarks/, of this repository or of a copy, against the installed serfast."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def environment() -> dict[str, str]:
    """Give this process's environment without SERFAST_ISA and PYTHONSAFEPATH."""
    return {k: v for k, v in os.environ.items() if k not in ("SERFAST_ISA", "PYTHONSAFEPATH")}


def bench(name: str, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run `python -m benchmarks.name arguments…`; give the process, however it ended."""
    return subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *arguments],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def copied(folder: Path) -> Path:
    """Copy the benchmarks and the pages that show their results; give the copy's folder."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("benchmarks", "docs", "examples"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "README.md", folder)
    for path in ROOT.glob("plugins/*/measured.json"):
        (folder / path.relative_to(ROOT)).parent.mkdir(parents=True)
        shutil.copy(path, folder / path.relative_to(ROOT))
    return folder
