"""What the tests share: the corpus, and the rule that CI skips nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

# Benchmarks are no part of the installed package, which comes first.
sys.path.append(str(Path(__file__).parent))

pytest_plugins = ["helpers.parity_report"]

IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")

# No deadline: a first call loads or caches. The same examples are drawn every time.
settings.register_profile("serfast", deadline=None, derandomize=True)
settings.load_profile("serfast")


@pytest.fixture(scope="session", autouse=True)
def away_from_the_sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Work in an empty folder, so that child processes find the installed package.

    Python puts the working folder first, and the repository's has the sources without the built
    module in it.
    """
    if "SERFAST_DATA" in os.environ:
        os.environ["SERFAST_DATA"] = str(Path(os.environ["SERFAST_DATA"]).resolve())
    before = Path.cwd()
    os.environ.pop("COLUMNS", None)  # the width that pytest-xdist gives its processes
    os.chdir(tmp_path_factory.mktemp("away"))
    yield
    os.chdir(before)


@pytest.fixture(scope="session")
def lacking() -> Callable[[str], NoReturn]:
    """What to call when a test lacks something: it is skipped, in CI it fails."""

    def give_up(message: str) -> NoReturn:
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)

    return give_up


@pytest.fixture(scope="session")
def emodb(lacking: Callable[[str], NoReturn]) -> Path:
    """Folder of EmoDB's recordings; without SERFAST_DATA the test is skipped, in CI it fails."""
    folder = Path(os.environ.get("SERFAST_DATA", "")) / "emodb" / "wav"
    if "SERFAST_DATA" not in os.environ or not any(folder.glob("*.wav")):
        lacking(
            "EmoDB not found: set SERFAST_DATA to the folder that holds emodb/wav "
            "(the corpus is free, CC0: see docs/data.md)"
        )
    return folder
