"""Which librosa is followed: the one that is installed, and 1.0 where there is none."""

from __future__ import annotations

from importlib import metadata

__all__ = ["BEFORE_1", "is_before_1"]


def is_before_1(version: str | None) -> bool:
    """Tell whether a version of librosa has the calls of 0.11; None, without librosa, hasn't."""
    return version is not None and version.partition(".")[0] == "0"


def _installed() -> str | None:
    """Give the version of the installed librosa without importing it; None without one."""
    try:
        return metadata.version("librosa")
    except metadata.PackageNotFoundError:
        return None


BEFORE_1 = is_before_1(_installed())
"""Whether calls are librosa 0.11's: `yin` and `pyin` with `win_length`, one floor in decibel for
all channels, samples of any dtype in `rms`. Else they are 1.0's."""
