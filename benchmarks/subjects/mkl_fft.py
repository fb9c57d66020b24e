"""Intel's MKL through mkl_fft: over the block, into the same array each time."""

from __future__ import annotations

import numpy as np

from ..works import Work
from . import Array, Call
from .pyfftw import exact

DISTRIBUTION = "mkl_fft"
INSTALL = "pip install mkl_fft"


def spectrum(work: Work, y: Array) -> Call:
    """Make the call of the real transform alone, without a window and without the power."""
    import mkl_fft  # optional: a peer

    frames = y.reshape(-1, work.frame_length)
    bins = np.empty((len(frames), work.frame_length // 2 + 1), np.complex64)
    return lambda: mkl_fft.rfft(frames, axis=1, out=bins)


MAKE = {"spectrum": spectrum}
EXACT = {"spectrum": exact}
ROWS: dict[str, object] = {}
