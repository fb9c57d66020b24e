"""All frame arithmetic of the library is here: where frames lie and how many there are.

Frame t of a feature with frames of L samples covers ``[t·hop - left, t·hop - left + L)``, where
``left`` is L // 2 - center_offset when frames are centred (the frame's middle sits on sample
t·hop + center_offset) and 0 when they are left-aligned. Whatever of it lies outside the signal is
padding.

All features of a spec share one hop grid, so there are as many rows as the feature with the
fewest frames has: the longest when left-aligned; when centred, every even L has
``1 + n // hop`` frames and every odd L ``1 + (n - 1) // hop``, as in librosa. Toolkits that count
otherwise have a number in ``min_row_samples``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from .. import _checks as checks

__all__ = ["PAD_MODES", "SILENCE", "Grid", "PadMode", "frame_count", "left_padding", "pad"]

PadMode: TypeAlias = Literal["constant", "edge", "reflect", "symmetric"]
PAD_MODES: tuple[PadMode, ...] = ("constant", "edge", "reflect", "symmetric")

SILENCE = 2.0**-32
"""A frame in which no sample reaches this level counts as zeros, but not for zero crossings.

The level is half the last bit of 32-bit audio (-193 dB). The squares of much smaller samples are
denormal numbers, which some processors compute a hundred times more slowly. A signal that fades
out would then cost more than speech.
"""


def left_padding(frame_length: int, center: bool) -> int:
    """Give the number of samples of frame 0 that lie before the signal."""
    return frame_length // 2 if center else 0


def frame_count(
    n_samples: int,
    final: bool = True,
    *,
    frame_lengths: Iterable[int],
    hop_length: int,
    center: bool = True,
    center_offset: int = 0,
    min_row_samples: int | None = None,
    first_row_samples: int | None = None,
) -> int:
    """Give the number of rows that n_samples make.

    Parameters
    ----------
    n_samples : int
        The signal has this many samples so far.
    final : bool
        If True, the signal ends here, and a centred frame may reach past its end by
        ``frame_length // 2``. If False, more samples will come, and only rows whose frames are
        complete count.
    frame_lengths : iterable of int
        These are the frame lengths of the features.
    hop_length : int
        A row follows the one before it after this many samples.
    center : bool
        It says whether frames are centred on multiples of the hop.
    center_offset, min_row_samples, first_row_samples
        They mean the same as in :class:`serfast.FeatureSpec`.

    Returns
    -------
    int
        The number is >= 0.

    Raises
    ------
    ParameterError
        If a number isn't an int, or hop or frame length is below 1.

    Examples
    --------
    >>> frame_count(16000, frame_lengths=[512, 1024], hop_length=160)
    101
    >>> frame_count(16000, frame_lengths=[512, 1024], hop_length=160, center=False)
    94
    >>> frame_count(16000, final=False, frame_lengths=[512, 1024], hop_length=160)
    97
    """
    checks.integer("n_samples", n_samples, minimum=-(2**62), maximum=2**62)
    checks.integer("hop_length", hop_length)
    lengths = [checks.integer("frame_length", length) for length in frame_lengths]
    if not lengths:
        return 0
    return Grid.from_lengths(
        lengths, hop_length, center, center_offset, min_row_samples, first_row_samples
    ).rows_after(n_samples, final)


class Grid(NamedTuple):
    """A grid says where the frames of a row lie and how many rows there are, in all back ends.

    The frames of row t lie within [t · hop - left, t · hop + right). ext/grid.pxd is the same rule
    in C, for the native module.
    """

    hop_length: int
    left: int
    """The frames begin this many samples before the row's moment."""
    right: int
    """The frames end this many samples after the row's moment; before the signal's end, a row needs
    as many."""
    last: int
    """At the end of the signal, a row needs this many samples from its moment on.

    The rest of its frames is padding.
    """
    shortest: int
    """A signal of fewer samples, >= 1, has no row, and a whole one of as many has a row."""
    ahead: int = 0
    """A row waits for this many rows after it."""
    first: int = 1
    """This many rows must be there before the first one can be given."""

    @classmethod
    def from_lengths(
        cls,
        frame_lengths: Iterable[int],
        hop_length: int,
        center: bool,
        center_offset: int = 0,
        min_row_samples: int | None = None,
        first_row_samples: int | None = None,
    ) -> Grid:
        """Give the grid of frames of these lengths."""
        lengths = tuple(frame_lengths)
        lefts = [left_padding(length, center) for length in lengths]
        pairs = list(zip(lengths, lefts, strict=True))
        last = min_row_samples
        if last is None:
            last = max(length - 2 * left for length, left in pairs) + center_offset
        right = max(length - left for length, left in pairs) + center_offset
        shortest = max(last, 1) if first_row_samples is None else first_row_samples
        return cls(hop_length, max(lefts) - center_offset, max(right, last), last, shortest)

    @property
    def kept(self) -> int:
        """Give the number of samples before a row's moment that a stream must keep for it.

        If the signal's end is mirrored, the last frames look at samples before their own: the last
        one of row t's frames falls on sample 2 · (n - 1) - (t · hop + right - 1) of n, and n is at
        least t · hop + last.
        """
        return max(self.left, self.right - 2 * self.last + 1)

    def ahead_by(self, ahead: int, first: int) -> Grid:
        """Give the grid in which rows wait for `ahead` later ones, and at first for `first`."""
        return self._replace(ahead=ahead, first=first)

    def rows_after(self, n_samples: int, final: bool) -> int:
        """Give the number of rows that `n_samples` allow; all rows if the signal has ended."""
        if n_samples < (self.shortest if final else max(self.right, self.shortest)):
            return 0
        if final:
            return max(1 + (n_samples - self.last) // self.hop_length, 1)
        rows = 1 + (n_samples - self.right) // self.hop_length
        return rows - self.ahead if rows >= self.first else 0


def pad(
    y: np.ndarray[Any, Any], frame_length: int, pad_mode: PadMode, center: bool = True
) -> np.ndarray[Any, Any]:
    """Give the signal with the padding that its frames see, along the last axis.

    The engine never makes this copy, because it fills only the frames at the two ends.

    Examples
    --------
    >>> pad(np.array([1.0, 2.0, 3.0]), 4, "reflect").tolist()
    [3.0, 2.0, 1.0, 2.0, 3.0, 2.0, 1.0]
    """
    width = left_padding(frame_length, center)
    return np.pad(y, [(0, 0)] * (y.ndim - 1) + [(width, width)], mode=pad_mode)
