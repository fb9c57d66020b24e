"""Which files of a folder are recordings that can be read here, by their names' suffixes."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

__all__ = ["AUDIO_SUFFIXES", "MEDIA_SUFFIXES", "why_not_read"]

AUDIO_SUFFIXES = frozenset(
    {
        *(".aif", ".aifc", ".aiff", ".au", ".caf", ".flac", ".mp2", ".mp3", ".nist", ".oga"),
        *(".ogg", ".opus", ".rf64", ".sph", ".w64", ".wav"),
    }
)
"""Suffixes, in lower case, of recordings that libsndfile reads."""

MEDIA_SUFFIXES = frozenset(
    {
        *(".3g2", ".3gp", ".aac", ".ac3", ".amr", ".ape", ".asf", ".avi", ".flv", ".m4a", ".m4b"),
        *(".m4v", ".mka", ".mkv", ".mov", ".mp4", ".mpc", ".mpeg", ".mpg", ".qt", ".ra", ".rm"),
        *(".spx", ".ts", ".tta", ".webm", ".wma", ".wmv", ".wv"),
    }
)
"""Suffixes, in lower case, of recordings and films that PyAV is needed for."""


def why_not_read(path: str | os.PathLike[str]) -> str:
    """Say what a file is that isn't read as a recording, by its suffix; "" if it is read.

    Examples
    --------
    >>> why_not_read("speech.WAV"), why_not_read("notes.txt"), why_not_read("README")
    ('', '.txt', 'without suffix')
    """
    suffix = Path(path).suffix.lower()
    if suffix in AUDIO_SUFFIXES:
        return ""
    if suffix in MEDIA_SUFFIXES:
        return "" if _has_pyav() else f"{suffix} (install PyAV to read them: pip install av)"
    return suffix or "without suffix"


def _has_pyav() -> bool:
    try:
        return find_spec("av") is not None
    except ValueError:  # something that isn't a module has its name
        return False
