"""Held-out recordings are altered here as conditions say, and predicted by their fold's model."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng

from .. import _checks as checks
from ..audio.augmentation import NeedsOthers, Others, Prepares
from ..corpora.messages import printable
from ..corpora.recordings import Recording
from ..corpora.samples import samples_of
from ..errors import ModelError, ParameterError, SerfastError
from ..models.input_maker import InputMaker
from .conditions import Condition
from .examples import Failed, Samples
from .others import recordings_of_others, signals_of_others

__all__ = ["Answers", "Trials", "answers_of", "rehearse", "trials_in_memory", "trials_of"]

Array = np.ndarray[Any, Any]
Predict = Callable[[Array], tuple[Array, bool | None]]
"""It gives probabilities for an input, and whether the model is certain, if it says so."""

FailedTrial = Callable[[int, Exception], None]

TRIAL = 1
"""This number sets the random numbers of conditions apart from those of copies for training."""


@dataclass(frozen=True)
class Answers:
    """The answers under one condition: which recordings, and a row of probabilities for each."""

    index: tuple[int, ...]
    probabilities: Array
    """It is float64 of shape (len(index), n_classes)."""
    certain: tuple[bool, ...] | None
    """Of each recording, whether the model is certain; None if it doesn't say."""


@dataclass(frozen=True)
class Trials:
    """Recordings, and the conditions under which they are predicted.

    One recording is read, altered, and predicted after the other, so that no more than one input
    is in memory: inputs of many rows under many conditions could fill it.

    Parameters
    ----------
    conditions : tuple of Condition
        Each has an alteration.
    signal_at : callable
        It gives the signal in this place: float32 samples (n,) at the rate of the inputs' spec.
    name_at : callable
        It gives the name that messages have for the signal in this place.
    others_at : callable
        It gives other recordings for the signal in this place, of which babble is made.
    inputs : InputMaker
        It makes what the classifier takes.
    seed : int
        What is altered at random depends on it, on the recording's place and on the condition's
        name, but not on the other conditions, nor on the fold.
    failed : callable, optional
        It is called with the place of a recording that can't be predicted under a condition, and
        the error. Without it such an error is raised.
    """

    conditions: tuple[Condition, ...]
    signal_at: Callable[[int], Samples]
    name_at: Callable[[int], str]
    others_at: Callable[[int], Others]
    inputs: InputMaker
    seed: int
    failed: FailedTrial | None = None

    def altered(self, signal: Samples, place: int, condition: Condition) -> Samples:
        """Give a signal, that of the recording in this place, as it is under a condition."""
        if condition.alteration is None:
            return signal
        alteration = condition.alteration
        if isinstance(alteration, NeedsOthers):
            alteration = alteration.with_others(self.others_at(place))
        return alteration(signal, self._rate, self._random(place, condition))

    def answers(
        self,
        index: Sequence[int],
        predict: Predict,
        n_classes: int,
        tell: Callable[[float, str], None],
    ) -> list[Answers]:
        """Give the answers to some of the recordings, under each condition.

        Parameters
        ----------
        index : sequence of int
            These recordings are predicted.
        predict : callable
            It takes an input and gives probabilities, shape (n_classes,), and whether the model
            is certain of them.
        n_classes : int
        tell : callable
            It is called with the share that is done, and a line of text.
        """
        answered: list[list[tuple[int, Array, bool | None]]] = [[] for _ in self.conditions]
        for n_done, i in enumerate(index):
            tell(n_done / len(index), f"{len(self.conditions)} conditions of {self.name_at(i)}")
            for k, answer in self._of_one(i, predict):
                answered[k].append((i, *answer))
        return [answers_of(each, n_classes) for each in answered]

    def _of_one(self, i: int, predict: Predict) -> list[tuple[int, tuple[Array, bool | None]]]:
        """Give the number of each condition that works for recording `i`, and what is predicted."""
        done = []
        try:
            signal = self.signal_at(i)
        except (SerfastError, OSError) as error:
            if self.failed is None:
                raise
            self.failed(i, error)
            return []
        for k, condition in enumerate(self.conditions):
            try:
                x = self.inputs(self.altered(signal, i, condition))
                done.append((k, predict(x)))
            except ModelError:  # the plugin is wrong, whatever the condition is
                raise
            except (SerfastError, OSError) as error:
                self._fail(i, condition, error)
        return done

    def _fail(self, i: int, condition: Condition, error: Exception) -> None:
        about = f"condition {condition.name!r}: {error}"
        if self.failed is None:
            raise ParameterError(f"{self.name_at(i)}: {about}") from error
        self.failed(i, ParameterError(about))

    def _random(self, place: int, condition: Condition) -> Generator:
        """Give the random numbers of a recording under a condition.

        Copies for training have those of (seed, place, number), which are others.
        """
        return default_rng((self.seed, place, zlib.crc32(condition.name.encode()), TRIAL))

    @property
    def _rate(self) -> int:
        return int(self.inputs.spec.sample_rate)


def answers_of(each: Sequence[tuple[int, Array, bool | None]], n_classes: int) -> Answers:
    """Give answers of which each has a recording, its probabilities and whether it is certain."""
    rows = np.array([row for _, row, _ in each], np.float64).reshape(-1, n_classes)
    certain = tuple(mark for _, _, mark in each if mark is not None)
    return Answers(
        tuple(i for i, _, _ in each), rows, certain if len(certain) == len(each) else None
    )


def rehearse(conditions: Iterable[Condition], sample_rate: int) -> None:
    """Try every condition on a second of noise, so that what can't work is known before the work.

    Raises
    ------
    ParameterError
        If an alteration refuses it, or the folder that it names; the message names the condition.
    ImportError
        If an alteration needs a package that isn't installed.
    """
    random = default_rng(0)
    noise = random.normal(0, 0.1, sample_rate).astype(np.float32)
    for condition in conditions:
        if condition.alteration is None:
            continue
        try:
            if isinstance(condition.alteration, Prepares):
                condition.alteration.prepare(sample_rate)
            condition.alteration(noise, sample_rate, random)
        except SerfastError as error:
            raise ParameterError(f"condition {condition.name!r}: {error}") from error


def trials_of(
    conditions: tuple[Condition, ...],
    recordings: Sequence[Recording],
    inputs: InputMaker,
    *,
    seed: int,
    failed: Failed | None,
) -> Trials:
    """Give the trials of recordings, which are read when they are needed.

    `failed` is called with a recording and the error, see :func:`serfast.training.make_examples`.
    """
    rate = int(inputs.spec.sample_rate)

    def report(i: int, error: Exception) -> None:
        if failed is not None:
            failed(recordings[i], error)

    return Trials(
        conditions=conditions,
        signal_at=lambda i: samples_of(recordings[i], rate),
        name_at=lambda i: printable(recordings[i].path),
        others_at=recordings_of_others(recordings, rate),
        inputs=inputs,
        seed=seed,
        failed=None if failed is None else report,
    )


def trials_in_memory(
    conditions: tuple[Condition, ...],
    signals: Sequence[Samples] | None,
    speakers: Sequence[str],
    inputs: InputMaker,
    *,
    seed: int,
) -> Trials:
    """Give the trials of signals in memory, each of which has a speaker.

    Raises
    ------
    ParameterError
        If there are other signals than speakers.
    """
    if signals is None or len(signals) != len(speakers):
        given = "None" if signals is None else str(len(signals))
        checks.refuse("signals", f"the {len(speakers)} of which the examples were made", given)
    return Trials(
        conditions=conditions,
        signal_at=signals.__getitem__,
        name_at="signals[{}]".format,
        others_at=signals_of_others(signals, speakers),
        inputs=inputs,
        seed=seed,
    )
