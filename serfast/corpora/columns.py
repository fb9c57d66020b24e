"""Which column of a table is the path, the label, the speaker and so on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._checks import known_keys, refuse, shown
from ..errors import ParameterError

__all__ = ["NAMES", "columns_of_text", "places_of"]

NAMES: dict[str, tuple[str, ...]] = {
    "path": (
        *("path", "file", "wav", "audio", "filename", "file_name", "audio_path"),
        *("file_path", "filepath", "wav_path"),
    ),
    "label": ("label", "emotion", "emo", "class", "labels", "emotions"),
    "speaker": ("speaker", "spk", "speaker_id", "actor", "actor_id", "spk_id"),
    "text": ("text", "text_id"),
    "start": ("start", "start_time"),
    "end": ("end", "end_time"),
    "fold": ("fold", "split"),
    "arousal": ("arousal", "activation"),
    "valence": ("valence",),
    "dominance": ("dominance",),
}
"""What a table can tell of a recording, and the names of columns that are known to tell it.

The first name that a table has counts; failing all of them, the first in other letters, such as
`Emotion`.
"""


def columns_of_text(text: str) -> dict[str, str]:
    """Give the columns that are written as "path=file,label=emo".

    Raises
    ------
    ParameterError
        If it is written otherwise, or names what no table tells.

    Examples
    --------
    >>> columns_of_text("path=file,label=emo")
    {'path': 'file', 'label': 'emo'}
    """
    columns: dict[str, str] = {}
    for part in text.split(","):
        name, equals, column = part.partition("=")
        if not equals or not name.strip() or not column.strip():
            refuse("columns", "NAME=COLUMN,…", shown(text))
        if name.strip() in columns:
            refuse("columns", f"one column for {name.strip()}", shown(text))
        columns[name.strip()] = column.strip()
    known_keys("columns", columns, tuple(NAMES))
    return columns


def places_of(
    header: Sequence[str], columns: Mapping[str, str], needed: Sequence[str]
) -> dict[str, int]:
    """Give the place of each column that a table has.

    Raises
    ------
    ParameterError
        If one that is asked for or needed is missing, or there twice.
    """
    known_keys("columns", columns, tuple(NAMES))
    places: dict[str, int] = {}
    for name, usual in NAMES.items():
        given = columns.get(name)
        candidates = [given] if given is not None else _known_names(header, usual)
        if not candidates:
            continue
        count = header.count(candidates[0])
        if count == 0:
            rule = f"header must name {shown(candidates[0])}"
            raise ParameterError(f"{rule}, got {','.join(header) or 'nothing'}")
        if count > 1:
            _refuse_header(header)
        places[name] = header.index(candidates[0])
    if any(name not in places for name in needed):
        _refuse_header(header)
    return places


def _known_names(header: Sequence[str], usual: Sequence[str]) -> list[str]:
    """Give the columns that have a usual name; failing that, one in large or small letters."""
    exact = [name for name in usual if name in header]
    return exact or [one for name in usual for one in header if one.lower() == name]


def _refuse_header(header: Sequence[str]) -> None:
    rule = "header must name path, label and speaker, each once"
    raise ParameterError(f"{rule}, got {','.join(header) or 'nothing'}")
