"""Whether an Ogg file (Vorbis, Opus, FLAC in Ogg) goes on to its end.

libsndfile plays the whole pages of a file that was cut off, without a word. The last page of a
stream has a flag that says so (RFC 3533, section 6), so a file that doesn't end in one was cut off.
"""

from __future__ import annotations

import os
from typing import BinaryIO

__all__ = ["is_cut_off"]

_CAPTURE = b"OggS\x00"  # and the version
_HEADER = 27
_LARGEST_PAGE = _HEADER + 255 + 255 * 255
_END_OF_STREAM = 4


def is_cut_off(file: BinaryIO) -> bool:
    """Tell whether a file is Ogg and its last page is incomplete or not marked as the last.

    Parameters
    ----------
    file : binary file object
        Seekable; its position is kept.
    """
    position = file.tell()
    try:
        file.seek(0)
        if file.read(len(_CAPTURE)) != _CAPTURE:
            return False
        length = file.seek(0, os.SEEK_END)
        file.seek(max(0, length - 2 * _LARGEST_PAGE))
        return not _ends(file.read())
    finally:
        file.seek(position)


def _ends(tail: bytes) -> bool:
    """Whether the last page in these bytes is whole and marked."""
    start = tail.rfind(_CAPTURE)
    if start < 0 or len(tail) < start + _HEADER:
        return False
    n_segments = tail[start + 26]
    sizes = tail[start + _HEADER : start + _HEADER + n_segments]
    end = start + _HEADER + n_segments + sum(sizes)
    return bool(tail[start + 5] & _END_OF_STREAM) and len(sizes) == n_segments and end <= len(tail)
