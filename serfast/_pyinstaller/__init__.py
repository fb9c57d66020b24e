"""For PyInstaller: where the hook is that says what a frozen program needs of serfast.

PyInstaller finds this function by the entry point ``hook-dirs`` in the group ``pyinstaller40``.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["hook_dirs"]


def hook_dirs() -> list[str]:
    """Give the folders with hooks."""
    return [str(Path(__file__).parent)]
