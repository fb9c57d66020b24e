"""Which recordings can be used: those that don't fail while examples are made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..corpora.recordings import Recording

__all__ = ["Usable"]

Failed = Callable[[Recording, Exception], None]


class Usable:
    """The recordings that don't fail; those that do are also told to a function.

    Parameters
    ----------
    recordings : sequence of Recording
    failed : callable or None
        It is told each recording that fails, with the error.

    Examples
    --------
    >>> from pathlib import Path
    >>> ones = [Recording(Path(name), "joy", "anna") for name in ("a.wav", "b.wav")]
    >>> usable = Usable(ones, failed=lambda recording, error: print(error))
    >>> usable.leave_out(ones[0], ValueError("a.wav is empty"))
    a.wav is empty
    >>> [one.path.name for one in usable.recordings()]
    ['b.wav']
    """

    def __init__(self, recordings: Sequence[Recording], failed: Failed | None) -> None:
        self._recordings, self._failed = recordings, failed
        self._left_out: set[Recording] = set()

    def leave_out(self, recording: Recording, error: Exception) -> None:
        """Leave out a recording that has failed."""
        self._left_out.add(recording)
        if self._failed is not None:
            self._failed(recording, error)

    def recordings(self) -> list[Recording]:
        """Give the others, in their order."""
        return [one for one in self._recordings if one not in self._left_out]
