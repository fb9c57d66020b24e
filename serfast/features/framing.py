"""All frame arithmetic of the library: where frames lie and how many there are.

Frame t of a feature with frames of L samples covers ``[t·hop - left, t·hop - left + L)``, where
``left`` is L // 2 when frames are centred (the frame's middle sits on sample t·hop) and 0 when
they are left-aligned. Whatever of it lies outside the signal is padding.

All features of a spec share one hop grid, so there are as many rows as the feature with the
fewest frames has: the longest when left-aligned; when centred, every even L has
``1 + n // hop`` frames and every odd L ``1 + (n - 1) // hop``, as in librosa.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

import numpy as np

from .. import _checks as checks

__all__ = ["PAD_MODES", "SILENCE", "PadMode", "frame_count", "left_padding", "pad"]

PadMode: TypeAlias = Literal["constant", "edge", "reflect"]
PAD_MODES: tuple[PadMode, ...] = ("constant", "edge", "reflect")

SILENCE = 2.0**-32
"""A frame in which no sample reaches it counts as zeros, in all but the zero-crossing rate.

It is half the last bit of 32-bit audio (-193 dB). Far below, squares are denormal numbers, which
some processors compute a hundred times slower: a signal that fades out would cost more than speech.
"""


def left_padding(frame_length: int, center: bool) -> int:
    """Samples of frame 0 that lie before the signal."""
    return frame_length // 2 if center else 0


def frame_count(
    n_samples: int,
    final: bool = True,
    *,
    frame_lengths: Iterable[int],
    hop_length: int,
    center: bool = True,
) -> int:
    """Number of rows that n_samples give.

    Parameters
    ----------
    n_samples : int
        Samples of the signal so far.
    final : bool
        True: the signal ends here, and a centred frame may reach past its end by
        ``frame_length // 2``. False: more will come, and only rows whose frames are complete
        count.
    frame_lengths : iterable of int
        Frame length of each feature.
    hop_length : int
        Samples between rows.
    center : bool
        Whether frames are centred on multiples of the hop.

    Returns
    -------
    int
        Rows, >= 0.

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
    if n_samples <= 0 or not lengths:
        return 0
    counts = []
    for length in lengths:
        left = left_padding(length, center)
        right = left if final else 0
        counts.append(1 + (n_samples + left + right - length) // hop_length)
    return max(0, min(counts))


def pad(
    y: np.ndarray[Any, Any], frame_length: int, pad_mode: PadMode, center: bool = True
) -> np.ndarray[Any, Any]:
    """The signal with the padding that its frames see, along the last axis.

    The engine never makes this copy (it fills only the frames at the two ends); the reference
    back end and tests do.

    Examples
    --------
    >>> pad(np.array([1.0, 2.0, 3.0]), 4, "reflect").tolist()
    [3.0, 2.0, 1.0, 2.0, 3.0, 2.0, 1.0]
    """
    width = left_padding(frame_length, center)
    return np.pad(y, [(0, 0)] * (y.ndim - 1) + [(width, width)], mode=pad_mode)
