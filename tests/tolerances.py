"""The one table of tolerances: how far the engine may be from librosa and from the reference.

The parity report at the end of a test run prints the measured worst case beside each.
"""

from __future__ import annotations

from typing import NamedTuple


class Tolerance(NamedTuple):
    """A limit, what it is a limit of, and why it isn't smaller."""

    limit: float
    what: str
    reason: str


RMS = Tolerance(
    1e-6,
    "RMS, relative",
    "a float32 has 6e-8 of its value; librosa sums n_fft squares one after the other in float32, "
    "so its samples are given to it in float64",
)
ZCR = Tolerance(0.0, "ZCR", "a count over a constant: equal once rounded to float32")
MEL_POWER = Tolerance(
    1e-4,
    "mel power, of the frame's peak",
    "float32 FFT: relative to the frame's largest band, since each bin carries the rounding noise "
    "of all others",
)
LOG_MEL = Tolerance(
    1e-2,
    "log-mel [dB] within 80 dB of the peak",
    "a band 80 dB below the loudest keeps 1e-4 of its amplitude: 0.01 dB is float32's noise there",
)
LOG_MEL_RANGE = 80.0
"""dB below the recording's peak down to which LOG_MEL holds; below, MEL_POWER alone does."""
MFCC = Tolerance(
    2e-2,
    "MFCC, top_db=80",
    "an orthonormal DCT of n_mels bands that are each off by up to LOG_MEL",
)
MFCC_SPEECH_MEDIAN = Tolerance(
    1e-3, "MFCC on speech, median", "most bands of speech are within 40 dB of the peak"
)
YIN = Tolerance(
    1e-4,
    "YIN F0, relative, unless tied",
    "the parabola's vertex divides by a curvature of d' that is itself small at low F0",
)
YIN_SHARE_OUTSIDE = Tolerance(
    1e-3,
    "YIN frames beyond that, share",
    "where two troughs of d', or a trough and the threshold, differ by float32 noise, the choice "
    "is a coin's; frames that are tied in exact arithmetic don't count",
)
YIN_NOISE = Tolerance(
    64.0,
    "noise of d that explains them [eps r(0)]",
    "librosa sums up to n_fft squares in float32, one by one: sqrt(2048) roundings of half an "
    "eps each are about 23, three sigma about 64",
)

REFERENCE = Tolerance(
    1e-5,
    "native against reference, of the frame's peak",
    "one float32 FFT and one sum of float32 products, against float64 rounded once",
)
