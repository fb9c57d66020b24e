"""Other recordings, for alterations that are made of them.

Copies for training are made of recordings of the same speaker; conditions, of other speakers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any, overload

import numpy as np

from ..audio.augmentation import Others
from ..corpora.recordings import Recording
from ..corpora.samples import samples_of
from ..errors import SerfastError

__all__ = [
    "others_of_signals",
    "recordings_of_others",
    "recordings_of_speakers",
    "signals_of_others",
]

Samples = np.ndarray[Any, np.dtype[np.float32]]
OthersOf = Callable[[int], Others]

KEPT = 64
"""So many recordings stay in memory, because each of a speaker's is needed for all the others."""


def recordings_of_speakers(recordings: Sequence[Recording], sample_rate: int) -> OthersOf:
    """Give a function from a recording's index to the other recordings of its speaker.

    Each is read when it is called. One that can't be read gives no samples: the error is reported
    when it is its own turn.
    """
    speakers = [recording.speaker for recording in recordings]
    return _by_speaker(speakers, _reader(recordings, sample_rate))


def recordings_of_others(recordings: Sequence[Recording], sample_rate: int) -> OthersOf:
    """Give a function from a recording's index to the recordings of all other speakers.

    Where there is no other speaker, it gives all other recordings. They are read as
    :func:`recordings_of_speakers` reads them.
    """
    speakers = [recording.speaker for recording in recordings]
    return _by_others(speakers, _reader(recordings, sample_rate))


def others_of_signals(signals: Iterable[Samples], speakers: Sequence[str]) -> OthersOf:
    """Give a function from a signal's index to the other signals of its speaker.

    There are none if the signals come one by one.
    """
    if not isinstance(signals, Sequence | np.ndarray) or len(signals) != len(speakers):
        return lambda index: ()
    return _by_speaker(list(speakers), signals.__getitem__)


def signals_of_others(signals: Sequence[Samples], speakers: Sequence[str]) -> OthersOf:
    """Give a function from a signal's index to the signals of all other speakers."""
    return _by_others(speakers, signals.__getitem__)


def _reader(recordings: Sequence[Recording], sample_rate: int) -> Callable[[int], Samples]:
    @lru_cache(maxsize=KEPT)
    def read(index: int) -> Samples:
        try:
            return samples_of(recordings[index], sample_rate)
        except (SerfastError, OSError):
            return np.zeros(0, np.float32)

    return read


def _by_others(speakers: Sequence[str], read: Callable[[int], Samples]) -> OthersOf:
    def others(index: int) -> Others:
        places = [k for k, speaker in enumerate(speakers) if speaker != speakers[index]]
        places = places or [k for k in range(len(speakers)) if k != index]
        return [partial(read, k) for k in places]

    return others


def _by_speaker(speakers: Sequence[str], read: Callable[[int], Samples]) -> OthersOf:
    indices: dict[str, list[int]] = {}
    place: list[int] = []  # of each recording among those of its speaker
    for index, speaker in enumerate(speakers):
        speakers_own = indices.setdefault(speaker, [])
        place.append(len(speakers_own))
        speakers_own.append(index)
    return lambda index: _Others(indices[speakers[index]], place[index], read)


class _Others(Sequence[Callable[[], Samples]]):
    """The recordings of a speaker but the one that stands at a place among them."""

    def __init__(self, indices: list[int], left_out: int, read: Callable[[int], Samples]) -> None:
        self._indices, self._left_out, self._read = indices, left_out, read

    def __len__(self) -> int:
        return len(self._indices) - 1

    @overload
    def __getitem__(self, place: int) -> Callable[[], Samples]: ...
    @overload
    def __getitem__(self, place: slice) -> Others: ...
    def __getitem__(self, place: int | slice) -> Callable[[], Samples] | Others:
        if isinstance(place, slice):
            return [self[k] for k in range(len(self))[place]]
        k = range(len(self))[place]
        return partial(self._read, self._indices[k + (k >= self._left_out)])
