"""A data set for PyTorch is here: recordings go in, tensors of rows come out.

This module alone needs PyTorch; ``import serfast`` doesn't load it.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import torch
from numpy.random import default_rng
from torch.utils.data import Dataset

from . import _checks as checks
from .audio.augmentation import Alteration, Others, Prepares, bound_to, parse_alteration
from .corpora.given import given_recordings, given_samples
from .corpora.recordings import Recording
from .errors import ParameterError
from .extractor import Extractor
from .features.spec import FeatureSpec
from .training.others import recordings_of_speakers

__all__ = ["Batch", "Rows"]

Samples: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]
Item: TypeAlias = "torch.Tensor | tuple[torch.Tensor, int]"

MAX_SEED = 2**63 - 1


class Batch(NamedTuple):
    """Rows of several recordings as one tensor.

    Parameters
    ----------
    rows : torch.Tensor of float32, shape (n, longest, n_columns)
        Behind a recording's last row it is 0.
    lengths : torch.Tensor of int64, shape (n,)
        How many rows each recording has.
    labels : torch.Tensor of int64, shape (n,), or None
        The index of each recording's class, if the recordings are labelled.
    """

    rows: torch.Tensor
    lengths: torch.Tensor
    labels: torch.Tensor | None


class Rows(Dataset[Item]):
    """Rows of recordings, as a data set of PyTorch.

    Entry i is the rows of recording i, float32 of shape (n_rows, n_columns), with the index of its
    class if the recordings are labelled. They are computed when they are asked for, which takes a
    preset's rows some milliseconds, so altered ones are other ones in every epoch.

    Parameters
    ----------
    recordings : sequence
        Paths, :class:`serfast.corpora.Recording`, one-dimensional arrays (full scale 1, or int16),
        or some of each. A file in a zip or tar archive has the archive's path in front of its own.
    spec : FeatureSpec
        What the rows hold.
    labels : sequence of str, optional
        The class of each recording. None stands for the recordings' own, where all are
        :class:`serfast.corpora.Recording`; otherwise there are no labels.
    classes : sequence of str, optional
        The classes, in the order of their indices; None stands for all labels, sorted. Whoever has
        a data set to train on and another one to test on gives both the same.
    alteration : Alteration or str, optional
        It alters every recording before its rows are computed, anew in each epoch; a text is one of
        docs/augmentation.md. ``"none|speed=0.9..1.1|noise=10..30"`` leaves a third as they are.
        One that takes other recordings, as babble does, gets those of the same speaker where all
        are :class:`serfast.corpora.Recording`.
    sample_rate : float, optional
        Sample rate of arrays [Hz]; None stands for the spec's. Files say theirs themselves.
    seed : int
        What is drawn at random depends on it, on the epoch and on the entry's index, and on nothing
        else: not on the number of workers or on the order in which entries are asked for.
    backend : str, optional
        What computes the rows; see :class:`serfast.Extractor`.

    Raises
    ------
    ParameterError
        If an argument breaks its rule.
    AudioError
        When an entry is asked for whose file can't be read.

    Notes
    -----
    ``DataLoader(rows, collate_fn=rows.collate, num_workers=2)`` works with processes that are
    forked and with those that are spawned, and gives the same bits as without workers.
    :meth:`set_epoch` reaches the workers of a loader with ``persistent_workers=True`` too.

    Examples
    --------
    >>> import serfast
    >>> from torch.utils.data import DataLoader
    >>> from serfast.torch import Rows
    >>> signals = [np.sin(np.arange(n) / 8) for n in (8000, 16000)]
    >>> rows = Rows(signals, serfast.presets.levels(), labels=["a", "b"], alteration="noise=20")
    >>> for epoch in range(2):
    ...     rows.set_epoch(epoch)
    ...     for batch in DataLoader(rows, batch_size=2, collate_fn=rows.collate):
    ...         print(batch.rows.shape[:2], batch.lengths.tolist(), batch.labels.tolist())
    torch.Size([2, 101]) [51, 101] [0, 1]
    torch.Size([2, 101]) [51, 101] [0, 1]
    """

    def __init__(
        self,
        recordings: Sequence[Any],
        spec: FeatureSpec,
        *,
        labels: Sequence[str] | None = None,
        classes: Sequence[str] | None = None,
        alteration: Alteration | str | None = None,
        sample_rate: float | None = None,
        seed: int = 0,
        backend: str | None = None,
    ) -> None:
        self._extractor = Extractor(spec, backend)
        self._rate = int(spec.sample_rate)
        self._recordings = given_recordings(recordings)
        if sample_rate is not None:
            checks.number("sample_rate", sample_rate, above=0)
        self._array_rate = sample_rate
        self._seed = checks.integer("seed", seed, 0, MAX_SEED)
        names = _labels(self._recordings, labels)
        self._classes = _classes(names, classes)
        places = {name: place for place, name in enumerate(self._classes)}
        self._codes = None if names is None else [places[name] for name in names]
        self._alteration = _prepared(alteration, self._rate)
        self._others: Any = None
        # in shared memory, so that a loader's lasting workers see it change
        self._epoch = torch.zeros(1, dtype=torch.int64)
        self._epoch.share_memory_()  # type: ignore[no-untyped-call]

    @property
    def spec(self) -> FeatureSpec:
        """What the rows hold."""
        return self._extractor.spec

    @property
    def columns(self) -> tuple[str, ...]:
        """Name of every column of the rows."""
        return self._extractor.columns

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, in the order of their indices; none without labels."""
        return self._classes

    @property
    def epoch(self) -> int:
        """The epoch that random alterations depend on."""
        return int(self._epoch)

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch begins, before its loader is gone through.

        Raises
        ------
        ParameterError
            If it is no int >= 0.
        """
        self._epoch[0] = checks.integer("epoch", epoch, 0, MAX_SEED)

    def __len__(self) -> int:
        return len(self._recordings)

    def __getitem__(self, index: int) -> Item:
        i = range(len(self))[operator.index(index)]
        rows = torch.from_numpy(self._extractor(self._samples(i)))
        return rows if self._codes is None else (rows, self._codes[i])

    def __repr__(self) -> str:
        return f"Rows({len(self)} recordings, {self.spec!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_others": None}  # it holds samples, which are read again

    @staticmethod
    def collate(items: Sequence[Item]) -> Batch:
        """Make a batch of entries; shorter ones get rows of 0 behind their own.

        Parameters
        ----------
        items : sequence
            Entries of a data set, at least one.

        Returns
        -------
        Batch
        """
        if not items:
            raise ParameterError("items must be at least 1, got none")
        labelled = [item for item in items if isinstance(item, tuple)]
        rows = [item[0] if isinstance(item, tuple) else item for item in items]
        lengths = torch.tensor([len(one) for one in rows])
        padded = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        labels = torch.tensor([code for _, code in labelled]) if labelled else None
        return Batch(padded, lengths, labels)

    def _samples(self, i: int) -> Samples:
        """Give the samples of a recording at the spec's rate, altered."""
        y = given_samples(self._recordings[i], self.spec.sample_rate, self._array_rate)
        if self._alteration is None:
            return y
        random = default_rng((self._seed, self.epoch, i))
        return bound_to(self._alteration, self._others_of(i))(y, self._rate, random)

    def _others_of(self, i: int) -> Others:
        """Give the other recordings of the same speaker; none where speakers aren't known."""
        if self._others is None:
            known = [one for one in self._recordings if isinstance(one, Recording)]
            if len(known) < len(self._recordings):
                return ()
            self._others = recordings_of_speakers(known, self._rate)
        others: Others = self._others(i)
        return others


def _labels(recordings: Sequence[Any], labels: Any) -> list[str] | None:
    """Give the label of each recording, if there are any."""
    if labels is None:
        known = all(isinstance(one, Recording) for one in recordings)
        return [one.label for one in recordings] if known else None
    if isinstance(labels, (str, bytes)) or not isinstance(labels, Iterable):
        checks.fail("labels", "a sequence of str", labels)
    names = list(labels)
    if len(names) != len(recordings):
        checks.refuse("labels", f"{len(recordings)}, one for each recording", str(len(names)))
    for i, name in enumerate(names):
        if not isinstance(name, str):
            checks.fail(f"labels[{i}]", "a str", name)
    return [str(name) for name in names]


def _classes(names: list[str] | None, classes: Any) -> tuple[str, ...]:
    """Give the classes, each once, with those of all labels among them."""
    if classes is None:
        return tuple(sorted(set(names or ())))
    if names is None:
        checks.fail("classes", "given with labels", classes)
    if isinstance(classes, (str, bytes)) or not isinstance(classes, Iterable):
        checks.fail("classes", "a sequence of str", classes)
    given = tuple(classes)
    if not all(isinstance(name, str) for name in given) or len(set(given)) < len(given):
        checks.fail("classes", "a sequence of str, each once", classes)
    if others := sorted(set(names) - set(given)):
        checks.fail("labels", f"of the classes {checks.listed(given)}", others[0])
    return given


def _prepared(alteration: Any, sample_rate: int) -> Alteration | None:
    """Give the alteration that is meant, with what it needs checked."""
    if isinstance(alteration, str):
        alteration = parse_alteration(alteration)
    if alteration is None:
        return None
    if not callable(alteration):
        checks.fail("alteration", "an Alteration, its text or None", alteration)
    if isinstance(alteration, Prepares):
        alteration.prepare(sample_rate)
    return alteration  # type: ignore[no-any-return]  # anything that is called so is one
