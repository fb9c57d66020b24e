"""What a classifier takes of one recording: of the recording itself and of its altered copies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import default_rng

from ..audio.augmentation import Alteration, Others, Prepares, bound_to
from ..corpora.messages import printable
from ..corpora.recordings import Recording
from ..corpora.samples import cut_short, samples_of
from ..models.input_maker import InputMaker
from ..models.inputs import doubt_of

__all__ = ["CopyMaker", "Made", "made_of"]

Samples = np.ndarray[Any, np.dtype[np.float32]]


class CopyMaker:
    """Makes of a signal what the classifier takes, and of its copies by each alteration.

    Parameters
    ----------
    inputs : InputMaker
    alterations : iterable of Alteration
    seed : int
        What is drawn at random depends on it, on the signal's number and on the alteration's.
    """

    def __init__(self, inputs: InputMaker, alterations: Iterable[Alteration], seed: int) -> None:
        self.inputs = inputs
        self.alterations = tuple(alterations)
        self._seed = seed
        for change in self.alterations:
            if isinstance(change, Prepares):
                change.prepare(int(inputs.spec.sample_rate))

    def __call__(self, y: Samples, number: int, others: Others) -> list[np.ndarray[Any, Any]]:
        """Give the input of a signal, and those of its copies behind it.

        Alterations that need other recordings take from `others`.
        """
        rate = int(self.inputs.spec.sample_rate)
        copies = [self.inputs(y)]
        for k, change in enumerate(self.alterations):
            random = default_rng((self._seed, number, k))
            copies.append(self.inputs(bound_to(change, others)(y, rate, random)))
        return copies


@dataclass(frozen=True)
class Made:
    """What is made of a recording."""

    copies: list[np.ndarray[Any, Any]]
    doubts: list[str]
    """What is to be warned of: that it is silent, or shorter than a frame or its part."""


def made_of(maker: CopyMaker, recording: Recording, number: int, others: Others) -> Made:
    """Read a recording and make its inputs.

    Raises
    ------
    ParameterError, AudioError
        If it can't be read, or an alteration refuses it.
    """
    spec = maker.inputs.spec
    y = samples_of(recording, spec.sample_rate)
    copies = maker(y, number, others)
    doubt = doubt_of(y, max(spec.frame_lengths))
    doubts = [doubt and f"y {doubt}", cut_short(recording, y, spec.sample_rate)]
    return Made(copies, [f"{printable(recording.path)}: {text}" for text in doubts if text])
