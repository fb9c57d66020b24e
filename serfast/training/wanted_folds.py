"""The folds that a user asks for, in words, and what the recordings must have for them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from .. import _checks as checks
from ..corpora.by_pattern import UNKNOWN_SPEAKER
from ..corpora.messages import printable
from ..corpora.recordings import Recording
from ..errors import ParameterError
from .folds import Folds, SpeakerFolds
from .group_folds import GivenFolds, GroupFolds
from .text_folds import WHAT_IT_MEASURES, TextFolds, check_texts

__all__ = ["default_folds", "folds_from"]


def default_folds(recordings: Iterable[Recording]) -> Folds:
    """Give the folds of recordings for which no others are asked: by speaker, or else by text.

    Raises
    ------
    ParameterError
        If there is one speaker alone, and a recording has no known text.

    Warns
    -----
    UserWarning
        There is one speaker alone: the figures are of a voice that the model knows.
    """
    listed = list(recordings)
    speakers = sorted({recording.speaker for recording in listed})
    if len(speakers) != 1:
        return SpeakerFolds()
    try:
        check_texts(listed)
    except ParameterError as error:
        rule = "speakers must be at least 2 to leave one out"
        raise ParameterError(f"{rule}, got {printable(speakers[0])} alone; and {error}") from error
    warnings.warn(f"one speaker alone: {WHAT_IT_MEASURES}", stacklevel=2)
    return TextFolds()


def folds_from(text: str, recordings: Iterable[Recording]) -> Folds:
    """Give the folds that are written so.

    Parameters
    ----------
    text : str
        "speakers", a number of groups of them, "texts", "texts:N" for groups of texts, "given" or
        "given:NAME".
    recordings : iterable of Recording
        They tell their given folds and texts.

    Raises
    ------
    ParameterError
        If it is written otherwise; or folds should be given, but a recording has none, or a
        speaker is in two of them: a model would be asked about a voice that it was trained on; or
        texts should be left out, but a recording has none.

    Warns
    -----
    UserWarning
        Texts are left out: the figures are of voices that the model knows.

    Examples
    --------
    >>> folds_from("5", []).protocol[:20]
    '5 groups of speakers'
    """
    if text == "speakers":
        return SpeakerFolds()
    if text.isdecimal():
        return GroupFolds(_number(text))
    word, colon, rest = text.partition(":")
    if word == "texts" and bool(colon) == bool(rest) and (not rest or rest.isdecimal()):
        check_texts(recordings)
        warnings.warn(WHAT_IT_MEASURES, stacklevel=2)
        return TextFolds(_number(rest) if rest else None)
    if word != "given" or bool(colon) != bool(rest):
        rule = "speakers, a number of groups, texts, texts:NUMBER, given or given:NAME"
        checks.fail("folds", rule, text)
    return GivenFolds(_fold_of(recordings), rest or None)


def _number(text: str) -> int:
    if len(text) > 9:  # Python refuses to read a number of thousands of digits
        checks.fail("folds", "a number of groups of at most 9 digits", text)
    return int(text)


def _fold_of(recordings: Iterable[Recording]) -> dict[str, str]:
    """Give the fold of each speaker, if every one has one."""
    folds: dict[str, set[str]] = {}
    for recording in recordings:
        if recording.fold is None:
            rule = "folds must be given for every recording (the column fold)"
            raise ParameterError(f"{rule}, got none for {printable(recording.path.name)}")
        folds.setdefault(recording.speaker, set()).add(recording.fold)
    leaking = sorted(speaker for speaker, names in folds.items() if len(names) > 1)
    if leaking == [UNKNOWN_SPEAKER]:
        raise ParameterError(
            "folds must have different speakers, got recordings of which nothing tells who speaks: "
            "name the column (--columns speaker=…), or give the test set by --test"
        )
    if leaking:
        names = ", ".join(sorted(folds[leaking[0]]))
        rule = "folds must have different speakers"
        raise ParameterError(
            f"{rule}, got {checks.listed(leaking, 5)} in several: {leaking[0]} in {names}"
        )
    return {speaker: min(names) for speaker, names in folds.items()}
