"""Labels become the names of one vocabulary, by a table that anyone can change."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from .._checks import fail, json_value, refuse, shown, small_file
from .recordings import Recording

__all__ = ["LEFT_OUT", "STANDARD", "emotion_table", "translated"]

LEFT_OUT = "-"
"""The name of labels that are left out."""

STANDARD: Mapping[str, str] = {
    **dict.fromkeys(("anger", "angry", "ang", "mad"), "anger"),
    **dict.fromkeys(("happiness", "happy", "hap", "joy", "joyful"), "happiness"),
    **dict.fromkeys(("sadness", "sad"), "sadness"),
    **dict.fromkeys(("neutral", "neu", "neutrality", "normal"), "neutral"),
    **dict.fromkeys(("fear", "fearful", "fea", "afraid", "scared"), "fear"),
    **dict.fromkeys(("disgust", "disgusted", "dis"), "disgust"),
    **dict.fromkeys(("surprise", "surprised", "sur", "pleasant surprise", "ps"), "surprise"),
    **dict.fromkeys(("calm", "calmness"), "calm"),
    **dict.fromkeys(("boredom", "bored"), "boredom"),
    **dict.fromkeys(("contempt", "contemptuous"), "contempt"),
    **dict.fromkeys(("excitement", "excited", "exc"), "excitement"),
    **dict.fromkeys(("frustration", "frustrated", "fru"), "frustration"),
    **dict.fromkeys(("amusement", "amused"), "amusement"),
    **dict.fromkeys(("sleepiness", "sleepy", "tired"), "sleepiness"),
}
"""The words that corpora and people use, in small letters, and the names that serfast uses."""


def emotion_table(text: str | os.PathLike[str] | Mapping[str, str]) -> dict[str, str]:
    """Give the table of labels and names that is written in one of three ways.

    Parameters
    ----------
    text : str, path or mapping
        "standard" is :data:`STANDARD`; "joy=happiness,xxx=-" says it at once; a path that ends in
        .json is a file with an object. "-" leaves a label out. Both of the first can be joined:
        "standard,xxx=-".

    Raises
    ------
    ParameterError
        If it is written otherwise.

    Examples
    --------
    >>> emotion_table("joy=happiness,xxx=-")
    {'joy': 'happiness', 'xxx': '-'}
    """
    if isinstance(text, Mapping):
        return _checked(text)
    if not isinstance(text, (str, os.PathLike)):
        fail("emotions", "text, a path or a mapping", text)
    written = os.fspath(text)
    if written.endswith(".json"):
        return _checked(json_value(written, small_file(Path(written))))
    table: dict[str, str] = {}
    for part in written.split(","):
        label, equals, name = (one.strip() for one in part.partition("="))
        if label == "standard" and not equals:
            table |= STANDARD
        elif label and name:
            table[label] = name
        else:
            refuse("emotions", "standard, LABEL=NAME,… or a .json file", shown(written))
    return table


def _checked(table: object) -> dict[str, str]:
    if not isinstance(table, Mapping) or not all(
        isinstance(one, str) and one for pair in table.items() for one in pair
    ):
        fail("emotions", "an object whose names and values are text", table)
    return dict(table)


def translated(recordings: Iterable[Recording], table: Mapping[str, str]) -> list[Recording]:
    """Give the recordings with the names of their labels; the ones left out are missing.

    A label that the table lacks is looked for in small letters too, and else stays as it is.
    """
    result = []
    for recording in recordings:
        name = table.get(recording.label, table.get(recording.label.lower(), recording.label))
        if name != LEFT_OUT:
            result.append(replace(recording, label=name))
    return result
