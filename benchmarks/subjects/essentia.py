"""essentia's YIN of a weighted spectrum: three algorithms for each frame, called from Python."""

from __future__ import annotations

import numpy as np

from ..works import Work
from . import Array, Call

DISTRIBUTION = "essentia"
INSTALL = "pip install essentia"


def yin(work: Work, y: Array) -> Call:
    """Make the call of `Windowing`, `Spectrum` and `PitchYinFFT`."""
    import essentia.standard as essentia  # optional: a peer

    window = essentia.Windowing(type="hann", size=work.frame_length)
    spectrum = essentia.Spectrum(size=work.frame_length)
    pitch = essentia.PitchYinFFT(
        frameSize=work.frame_length,
        sampleRate=work.sample_rate,
        minFrequency=work.fmin,
        maxFrequency=work.fmax,
    )

    def call() -> Array:
        frames = essentia.FrameGenerator(y, work.frame_length, work.hop_length)
        return np.array([pitch(spectrum(window(frame)))[0] for frame in frames])

    return call


def exact(work: Work, y: Array) -> str:
    """Say why there is no exact result."""
    return "another method: YIN of a weighted spectrum"


MAKE = {"yin": yin}
EXACT = {"yin": exact}
ROWS = {"yin": lambda result: result[:, None]}
