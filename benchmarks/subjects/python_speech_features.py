"""python_speech_features: NumPy in float64, HTK's mel scale, band edges rounded to whole bins."""

from __future__ import annotations

import numpy as np

from ..works import Work
from . import Array, Call

DISTRIBUTION = "python_speech_features"
INSTALL = "pip install python_speech_features"


def mfcc(work: Work, y: Array) -> Call:
    """Make the call of `mfcc` without pre-emphasis, lifter and energy."""
    import python_speech_features  # optional: a peer

    return lambda: python_speech_features.mfcc(
        y,
        samplerate=work.sample_rate,
        winlen=work.frame_length / work.sample_rate,
        winstep=work.hop_length / work.sample_rate,
        numcep=work.n_mfcc,
        nfilt=work.n_mels,
        nfft=work.frame_length,
        preemph=0,
        ceplifter=0,
        appendEnergy=False,
        winfunc=np.hanning,
    )


def exact(work: Work, y: Array) -> str:
    """Say why there is no exact result."""
    return "rounds the edges of its bands to whole bins"


MAKE = {"mfcc": mfcc}
EXACT = {"mfcc": exact}
ROWS: dict[str, object] = {}
