"""The repository's pages, and the Python examples in them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def examples(page: str) -> list[str]:
    """Give the page's blocks of Python, in order."""
    text = (ROOT / page).read_text("utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)
