"""Reports as JSON files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["write"]


def write(path: Path | None, report: Mapping[str, Any]) -> None:
    """Write a report as JSON; without a path nothing is written."""
    if path is not None:
        path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
