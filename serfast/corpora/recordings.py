"""One labelled recording: its file, its label, who speaks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .._checks import fail

__all__ = ["Recording"]


@dataclass(frozen=True, order=True)
class Recording:
    """One labelled recording.

    Parameters
    ----------
    path : Path
        Its file.
    label : str
        Its class, in the schemes' case an emotion; printable.
    speaker : str
        Who speaks, as the corpus numbers them; printable.
    text : str or None
        Which sentence is said, as the corpus numbers them, if known.

    Raises
    ------
    ParameterError
        If label or speaker breaks its rule: no model could hold it.
    """

    path: Path
    label: str
    speaker: str
    text: str | None = None

    def __post_init__(self) -> None:
        for name in ("label", "speaker"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value or not value.isprintable():
                fail(name, "printable text", value)
