"""The samples of a labelled recording: of its file, of a part of it, or of one in an archive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..audio.reading import load
from ..errors import AudioError
from ..urls import UrlPath
from .archives import member
from .messages import printable
from .recordings import Recording

__all__ = ["ROUNDING", "cut_short", "loaded", "samples_of"]

Samples = np.ndarray[Any, np.dtype[np.float32]]

ROUNDING = 0.1
"""A part may end so much later [s] than its file: tables have rounded times."""


def loaded(path: Path, sample_rate: float | None = None) -> tuple[Samples, int]:
    """Give the samples of a file, or of one in an archive, and their rate [Hz], as `load` does.

    Raises
    ------
    AudioError
        As :func:`serfast.load` does: the message begins with the path.
    """
    is_there = isinstance(path, UrlPath) or path.exists()
    content = None if is_there else member(path)
    if content is None:
        return load(path, sample_rate)
    try:
        return load(content, sample_rate)
    except AudioError as error:
        reason = str(error).removeprefix("<bytes>: ")
        raise AudioError(f"{printable(path)}: {reason}") from error


def samples_of(recording: Recording, sample_rate: float) -> Samples:
    """Give a recording's samples, mono float32 at this rate [Hz].

    Raises
    ------
    AudioError
        As :func:`serfast.load` does; or the part begins behind the recording's end.
    """
    y = loaded(recording.path, sample_rate)[0]
    if not recording.is_part:
        return y
    begin = round((recording.start or 0.0) * sample_rate)
    end = len(y) if recording.end is None else round(recording.end * sample_rate)
    if begin >= len(y):
        length = len(y) / sample_rate
        rule = f"must begin before the recording's end at {length:g} s"
        raise AudioError(f"{printable(recording.path)}: {rule}, got {recording.start:g} s")
    return np.ascontiguousarray(y[begin:end])


def cut_short(recording: Recording, y: Samples, sample_rate: float) -> str:
    """Tell that a part ends behind its file's end, by more than times are rounded; or ""."""
    if recording.end is None:
        return ""
    end = (recording.start or 0.0) + len(y) / sample_rate
    if recording.end <= end + ROUNDING:
        return ""
    return f"ends at {end:.2f} s, before its part does, at {recording.end:.2f} s"
