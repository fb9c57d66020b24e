"""The repository's pages, and the Python examples in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from .page_corpus import write_page_corpus

ROOT = Path(__file__).resolve().parents[2]


def examples(page: str) -> list[str]:
    """Give the page's blocks of Python, in order."""
    text = (ROOT / page).read_text("utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def run_section(page: str, heading: str) -> dict[str, Any]:
    """Run the blocks of Python below a heading, one after the other, and give their names."""
    text = (ROOT / page).read_text("utf-8")
    [section] = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.M)
    blocks = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    assert blocks, f"{page} must have Python below {heading}"
    names: dict[str, Any] = {"__name__": "page"}
    for block in blocks:
        exec(compile(block, page, "exec", dont_inherit=True), names)
    return names


def at_examples(folder: Path) -> None:
    """Put what pages' examples read into a folder: the sample recording, a corpus as EmoDB."""
    (folder / "examples").mkdir()
    recording = ROOT / "examples" / "speech.flac"
    (folder / "examples" / recording.name).write_bytes(recording.read_bytes())
    write_page_corpus(folder / "emodb" / "wav")
