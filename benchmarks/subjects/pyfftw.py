"""FFTW through pyfftw: one measured plan over the block, into the same array each time."""

from __future__ import annotations

import numpy as np

from ..works import Work
from . import Array, Call

DISTRIBUTION = "pyFFTW"
INSTALL = "pip install pyfftw"


def spectrum(work: Work, y: Array) -> Call:
    """Make the call of the real transform alone, without a window and without the power."""
    import pyfftw  # optional: a peer

    n = work.frame_length
    frames = pyfftw.empty_aligned((len(y) // n, n), dtype="float32")
    bins = pyfftw.empty_aligned((len(y) // n, n // 2 + 1), dtype="complex64")
    plan = pyfftw.FFTW(frames, bins, axes=(1,), flags=("FFTW_MEASURE",), threads=1)
    frames[:] = y.reshape(frames.shape)
    return lambda: plan()


def exact(work: Work, y: Array) -> Array:
    """Give the transform in float64."""
    return np.fft.rfft(y.astype(np.float64).reshape(-1, work.frame_length))


MAKE = {"spectrum": spectrum}
EXACT = {"spectrum": exact}
ROWS: dict[str, object] = {}
