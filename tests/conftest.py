"""What the tests share: the corpus, and the rule that CI skips nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["parity_report"]

settings.register_profile("serfast", deadline=None)  # a first call compiles, loads or caches
settings.load_profile("serfast")

IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")


@pytest.fixture(scope="session")
def emodb() -> Path:
    """Folder of EmoDB's recordings; without SERFAST_DATA the test is skipped, in CI it fails."""
    folder = Path(os.environ.get("SERFAST_DATA", "")) / "emodb" / "wav"
    if "SERFAST_DATA" in os.environ and any(folder.glob("*.wav")):
        return folder
    message = (
        "EmoDB not found: set SERFAST_DATA to the folder that holds emodb/wav "
        "(the corpus is free, CC0: see docs/data.md)"
    )
    if IN_CI:
        pytest.fail(message)
    pytest.skip(message)
