"""Labelled recordings: who says what in which emotion, from file names or from a table.

:data:`CORPORA` has those that are known, by their file names or by their own files of labels; a
table, a pattern or the names of folders label any other.
"""

from .card import card_of
from .catalogue import CORPORA
from .corpus import Corpus
from .dataset import Extracted, extract
from .finding import AUDIO_SUFFIXES, audio_files, find_recordings
from .named import NAMED as SCHEMES
from .recordings import Recording
from .samples import samples_of
from .searching import Found, search

__all__ = [
    "AUDIO_SUFFIXES",
    "CORPORA",
    "SCHEMES",
    "Corpus",
    "Extracted",
    "Found",
    "Recording",
    "audio_files",
    "card_of",
    "extract",
    "find_recordings",
    "samples_of",
    "search",
]
