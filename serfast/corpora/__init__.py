"""Labelled recordings: who says what in which emotion, from file names or from a table.

Three corpora name their files by a scheme of their own (EmoDB, RAVDESS, CREMA-D); a CSV file
labels any other.
"""

from .finding import AUDIO_SUFFIXES, audio_files, find_recordings
from .recordings import Recording
from .schemes import SCHEMES
from .searching import Found, search

__all__ = [
    "AUDIO_SUFFIXES",
    "SCHEMES",
    "Found",
    "Recording",
    "audio_files",
    "find_recordings",
    "search",
]
