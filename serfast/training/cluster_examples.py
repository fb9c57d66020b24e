"""The inputs of recordings, computed by the workers of a cluster: the same as computed here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from .._version import __version__
from ..audio.augmentation import Alteration, NeedsOthers
from ..cluster import WorkerDied, check_version, completed
from ..corpora.recordings import Recording, absolute
from ..errors import SerfastError
from ..features.spec import FeatureSpec
from ..models.classifier import Input
from ..models.embedding_reference import EmbeddingReference
from ..models.input_maker import InputMaker
from ..statistics.statistics import Statistics
from .copies import CopyMaker, Made, made_of
from .others import recordings_of_speakers

__all__ = ["MakerOf", "Outcome", "made_on"]

Outcome = Made | Exception


@dataclass(frozen=True)
class MakerOf:
    """The arguments by which another process makes the same :class:`CopyMaker`."""

    spec: FeatureSpec
    statistics: Statistics | None
    kind: Input
    backend: str
    embedding: EmbeddingReference | None
    alterations: tuple[Alteration, ...]
    seed: int

    def maker(self) -> CopyMaker:
        """Make it."""
        made = (self.spec, self.statistics, self.kind, self.backend, self.embedding)
        return CopyMaker(InputMaker(*made), self.alterations, self.seed)


@dataclass(frozen=True)
class _Job:
    """A recording for a worker."""

    maker: MakerOf
    version: str
    recordings: tuple[Recording, ...]
    """The recording; or all of its speaker, if an alteration needs others."""
    place: int
    """Where the recording stands among them."""
    index: int
    """Where it stands among all; by it random numbers are drawn."""


def made_on(
    client: Any,
    maker: MakerOf,
    recordings: Sequence[Recording],
    progress: Callable[[Path], object] | None = None,
) -> list[Outcome]:
    """Give what is made of each recording, or the error."""
    jobs = _Jobs(maker, recordings)
    outcomes: list[Outcome] = [WorkerDied() for _ in recordings]
    items = (jobs.job(i) for i in range(len(recordings)))
    with closing(completed(client, _make, items, "serfast-recording")) as results:
        for job, outcome in results:
            outcomes[job.index] = outcome
            if progress:
                progress(recordings[job.index].path)
    return outcomes


class _Jobs:
    """What workers get of each recording."""

    def __init__(self, maker: MakerOf, recordings: Sequence[Recording]) -> None:
        self._maker = maker
        self._all = [absolute(recording) for recording in recordings]
        self._of_speaker: Mapping[str, list[int]] = {}
        if any(isinstance(change, NeedsOthers) for change in maker.alterations):
            speakers: dict[str, list[int]] = {}
            for i, recording in enumerate(recordings):
                speakers.setdefault(recording.speaker, []).append(i)
            self._of_speaker = speakers

    def job(self, i: int) -> _Job:
        """Give the job for recording `i`."""
        indices = self._of_speaker.get(self._all[i].speaker, [i])
        group = tuple(self._all[k] for k in indices)
        return _Job(self._maker, __version__, group, indices.index(i), i)


def _make(job: _Job) -> Outcome:
    """Make the inputs of a recording: what a worker does."""
    check_version(job.version)
    rate = int(job.maker.spec.sample_rate)
    try:
        others = recordings_of_speakers(job.recordings, rate)(job.place)
        return made_of(_maker(job.maker), job.recordings[job.place], job.index, others)
    except (SerfastError, OSError) as error:
        return error


@lru_cache(maxsize=4)
def _maker(maker: MakerOf) -> CopyMaker:
    return maker.maker()
