"""A look at a corpus's folder before anything is trained: what is there, missing, doubled, odd."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..errors import SerfastError
from .corpus import Corpus
from .messages import reason_of
from .recordings import Recording
from .samples import ROUNDING, loaded

__all__ = ["Checked", "check"]

SHORT, LONG = 0.3, 60.0
"""A recording that is shorter or longer than this [s] is odd: it is hardly one utterance."""

SILENT = 1e-4
"""A recording whose samples are all smaller than this is silent: it is 80 dB below full scale."""


@dataclass
class Checked:
    """What a corpus's folder holds.

    Parameters
    ----------
    corpus : Corpus or None
        What it should be; None if it is no known one.
    recordings : list of Recording
        Those that are labelled.
    unlabelled : list of Path
        Those that aren't.
    seconds : float
        How long the labelled files are altogether.
    rates : Counter of int
        How many files there are of each sample rate [Hz].
    doubled : list of list of Path
        Files with the same samples.
    odd : list of (Path, str)
        Files that are silent, very short or very long, that can't be read, or that end before a
        part of them does, and what they are.
    unreadable : int
        How many of these can't be read.
    """

    corpus: Corpus | None
    recordings: list[Recording]
    unlabelled: list[Path]
    seconds: float = 0.0
    rates: Counter[int] = field(default_factory=Counter)
    doubled: list[list[Path]] = field(default_factory=list)
    odd: list[tuple[Path, str]] = field(default_factory=list)
    unreadable: int = 0

    @property
    def classes(self) -> list[str]:
        """Give the labels, sorted."""
        return sorted({recording.label for recording in self.recordings})

    @property
    def speakers(self) -> list[str]:
        """Give the speakers, sorted."""
        return sorted({recording.speaker for recording in self.recordings})

    @property
    def counts(self) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        """Count the recordings of each class (row) and speaker (column)."""
        table = Counter((one.label, one.speaker) for one in self.recordings)
        rows = [[table[label, who] for who in self.speakers] for label in self.classes]
        return np.array(rows, np.int64)

    @property
    def missing(self) -> int | None:
        """Give how many recordings the published corpus has more; None if that isn't told."""
        if self.corpus is None or self.corpus.n_recordings is None:
            return None
        return max(0, self.corpus.n_recordings - len(self.recordings))


def check(
    corpus: Corpus | None,
    recordings: Iterable[Recording],
    paths: Iterable[Path],
    progress: Callable[[Path], None] | None = None,
) -> Checked:
    """Read a corpus's files, one after another, and say what is there.

    Parameters
    ----------
    corpus : Corpus or None
        What it should be.
    recordings : iterable of Recording
        Those that are labelled; parts of one file count as recordings, the file is read once.
    paths : iterable of Path
        All recordings of the folder.
    progress : callable, optional
        It is called with each path when that one is done.

    Returns
    -------
    Checked
    """
    labelled = list(recordings)
    files = sorted({recording.path for recording in labelled}, key=lambda path: path.parts)
    known = set(files)
    parts: dict[Path, list[Recording]] = {}
    for recording in filter(lambda one: one.is_part, labelled):
        parts.setdefault(recording.path, []).append(recording)
    result = Checked(corpus, labelled, [path for path in paths if path not in known])
    alike: dict[bytes, list[Path]] = {}
    for path in files:
        try:
            y, rate = loaded(path)
        except (SerfastError, OSError) as error:
            reason = reason_of(error) if isinstance(error, OSError) else str(error)
            result.odd.append((path, reason.removeprefix(f"{path}: ")))
            result.unreadable += 1
        else:
            result.seconds += len(y) / rate
            result.rates[rate] += 1
            alike.setdefault(hashlib.sha256(y.tobytes()).digest(), []).append(path)
            if oddity := _oddity(y, rate) or _beyond(parts.get(path, []), len(y) / rate):
                result.odd.append((path, oddity))
        if progress:
            progress(path)
    result.doubled = [same for same in alike.values() if len(same) > 1]
    return result


def _oddity(y: np.ndarray[tuple[int], np.dtype[np.float32]], rate: int) -> str:
    seconds = len(y) / rate
    if np.abs(y).max() < SILENT:
        return "silent"
    if seconds < SHORT:
        return f"only {seconds:.2g} s long"
    return f"{seconds:.0f} s long" if seconds > LONG else ""


def _beyond(parts: Iterable[Recording], seconds: float) -> str:
    """Tell of the parts of a file that lie behind its end, or reach so far; times are rounded."""
    ends = [max(part.start or 0.0, part.end or 0.0) for part in parts]
    late = [end for end in ends if end > seconds + ROUNDING]
    if not late:
        return ""
    noun = "part reaches" if len(late) == 1 else "parts reach"
    return f"{len(late)} {noun} beyond its end at {seconds:.2f} s, up to {max(late):.2f} s"
