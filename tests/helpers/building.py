"""Build this tree, and what stands on it, into wheels, with the packages of this environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str, cwd: Path, path: Path | None = None) -> str:
    """Give what Python prints when it runs this; `path` comes before its site-packages."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    environment.pop("PYTHONPATH", None)
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def build(source: Path, target: Path, what: str, path: Path | None = None) -> Path:
    """Give the sdist or wheel of the project in `source`, put into `target`."""
    code = f"import sys; from setuptools import build_meta as b;print(b.build_{what}(sys.argv[1]))"
    target.mkdir(parents=True, exist_ok=True)
    return target / run("-c", code, str(target), cwd=source, path=path).strip().splitlines()[-1]


def copied_tree(base: Path) -> Path:
    """This repository without what was built in it: the same copy for all tests of a run."""
    tree = base / "tree"
    ignored = shutil.ignore_patterns(
        ".git", ".venv*", "build", "dist", "*.egg-info", "*.so", "*.pyd", "__pycache__"
    )
    if not tree.exists():
        shutil.copytree(ROOT, tree, ignore=ignored)
    return tree


def tree_wheel(factory: pytest.TempPathFactory) -> Path:
    """Give the wheel of this repository, built once in a run of the tests."""
    base = factory.getbasetemp() / "built"
    made = list((base / "wheel").glob("*.whl"))
    return made[0] if made else build(copied_tree(base), base / "wheel", "wheel")


def install(wheel: Path, site: Path) -> None:
    """Put a wheel into the folder `site`, as pip installs it, and nothing else."""
    offline = ("--no-deps", "--no-index", "--disable-pip-version-check", "--quiet")
    run("-m", "pip", "install", *offline, "--target", str(site), str(wheel), cwd=wheel.parent)
