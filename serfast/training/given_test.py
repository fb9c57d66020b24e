"""A test set beside the training's recordings: two sources, one evaluation, no voice in both."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import replace

from .. import _checks as checks
from ..corpora.by_pattern import UNKNOWN_SPEAKER
from ..corpora.messages import printable
from ..corpora.recordings import Recording
from ..errors import ParameterError
from .group_folds import GivenFolds

__all__ = ["TEST", "TRAIN", "beside_test_set", "identity_of"]

TRAIN, TEST = "train", "test"
"""The folds that the recordings of both sources get."""


def beside_test_set(
    training: Sequence[Recording], test: Sequence[Recording]
) -> tuple[list[Recording], GivenFolds]:
    """Give all recordings, and the folds by which those of the test set alone are predicted.

    Raises
    ------
    ParameterError
        If a speaker or a recording is in both; the message names them. Or if the test set has a
        class that the training lacks.

    Warns
    -----
    UserWarning
        Nothing tells who speaks in either, so a voice may be in both.
    """
    files = {identity_of(recording) for recording in training}
    if twice := [recording for recording in test if identity_of(recording) in files]:
        names = checks.listed([printable(recording.path.name) for recording in twice], 5)
        raise ParameterError(f"recordings of --test must be others than the training's: {names}")
    speakers = [{recording.speaker for recording in some} for some in (training, test)]
    if all(UNKNOWN_SPEAKER in some for some in speakers):
        warnings.warn(
            "nothing tells who speaks in some recordings of both sets: a voice may be in both, "
            "and the figures too good",
            stacklevel=2,
        )
    if leaking := sorted((speakers[0] & speakers[1]) - {UNKNOWN_SPEAKER}):
        rule = "speakers of --test must be others than the training's"
        raise ParameterError(
            f"{rule}, got {checks.listed(leaking, 5)} in both (--cross takes corpora in which they "
            "are different people)"
        )
    known = {recording.label for recording in training}
    if strange := sorted({recording.label for recording in test} - known):
        rule = f"classes of --test must be among the training's, {checks.listed(sorted(known))}"
        raise ParameterError(
            f"{rule}, got {checks.listed(strange, 5)} (--emotions LABEL=- leaves one out)"
        )
    marked = [replace(recording, fold=TRAIN) for recording in training]
    marked += [_of_test(recording) for recording in test]
    folds = {recording.speaker: str(recording.fold) for recording in marked}
    return marked, GivenFolds(folds, TEST)


def _of_test(recording: Recording) -> Recording:
    unknown = recording.speaker == UNKNOWN_SPEAKER
    speaker = f"{UNKNOWN_SPEAKER} of {TEST}" if unknown else recording.speaker
    return replace(recording, fold=TEST, speaker=speaker)


def identity_of(recording: Recording) -> tuple[str, float | None, float | None]:
    """Give what tells a recording from all others: its file, and where it begins and ends."""
    return os.path.realpath(recording.path), recording.start, recording.end
