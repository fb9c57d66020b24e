"""One labelled recording, or a part of one: its file, its label, who speaks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from .. import _checks as checks
from .._checks import fail
from ..urls import absolute_path

__all__ = ["DIMENSIONS", "Recording", "absolute", "check_text", "check_times"]

DIMENSIONS = ("arousal", "valence", "dominance")
"""The dimensions of emotion that some corpora rate."""


@dataclass(frozen=True, order=True, slots=True)
class Recording:
    """One labelled recording, or a part of one.

    Parameters
    ----------
    path : Path
        Its file; or a file in a zip or tar archive, as if the archive were a folder.
    label : str
        Its class, in the known corpora's case an emotion; printable.
    speaker : str
        Who speaks, as the corpus numbers them; printable.
    text : str or None
        Which sentence is said, as the corpus numbers them, if known.
    start, end : float or None
        Where the part begins and ends in the file [s]; None is the file's own begin and end.
    fold : str or None
        In which fold a table puts it, or which set, if it does.
    arousal, valence, dominance : float or None
        How it was rated, on the corpus's own scale, if it was.
    corpus : str or None
        The known corpus that it is of, if that is known; recordings are equal whatever it is.

    Raises
    ------
    ParameterError
        If label or speaker breaks its rule (no model could hold it), or a part ends before it
        begins.
    """

    path: Path
    label: str
    speaker: str
    text: str | None = None
    start: float | None = None
    end: float | None = None
    fold: str | None = None
    arousal: float | None = None
    valence: float | None = None
    dominance: float | None = None
    corpus: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        check_text("label", self.label)
        check_text("speaker", self.speaker)
        if self.start is not None or self.end is not None:
            check_times(self.start, self.end)

    @property
    def is_part(self) -> bool:
        """Tell whether it is only a part of its file."""
        return self.start is not None or self.end is not None


def check_text(name: str, value: object) -> None:
    """Check a label or the name of a speaker.

    Raises
    ------
    ParameterError
        If it is no text, empty, or can't be printed: no model could hold it.
    """
    if not isinstance(value, str) or not value or not value.isprintable():
        fail(name, "printable text", value)


def check_times(start: float | None, end: float | None) -> None:
    """Check where a part begins and ends [s].

    Raises
    ------
    ParameterError
        If a time is negative or not finite, or the part ends before it begins.
    """
    for name, time in (("start", start), ("end", end)):
        if time is not None and not 0 <= time < float("inf"):
            checks.number(name, time, minimum=0)
    if end is not None and end <= (start or 0):
        fail("end", f"later than start, {start or 0:g} s", end)


def absolute(recording: Recording) -> Recording:
    """Give a recording as a process with another working folder sees it."""
    return replace(recording, path=absolute_path(recording.path))
