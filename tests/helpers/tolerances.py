"""The table here says how far the engine may differ from librosa and from the reference.

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
    "a sum of n_fft squares in float32: half its relative error, a few of float32's 6e-8",
)
ZCR = Tolerance(0.0, "ZCR", "a count over a constant: equal once rounded to float32")
MEL_POWER = Tolerance(
    4e-6,
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
    4e-3,
    "MFCC, top_db=80",
    "an orthonormal DCT of n_mels bands, few of which are off by as much as LOG_MEL",
)
MFCC_SPEECH_MEDIAN = Tolerance(
    5e-5, "MFCC on speech, median", "most bands of speech are within 40 dB of the peak"
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
    8.0,
    "noise of d that explains them [eps r(0)]",
    "librosa takes the autocorrelation from a float32 FFT and sums squares in float32; either "
    "leaves a few eps of the frame's energy",
)

CENTROID = Tolerance(
    1e-5, "spectral centroid, relative", "a mean of frequencies, weighed by a float32 FFT's noise"
)
BANDWIDTH = Tolerance(
    1e-4,
    "spectral bandwidth, relative",
    "the noise of bins that are far from the centroid weighs by the square of their distance",
)
ROLLOFF_TIE = Tolerance(
    1e-5,
    "spectral roll-off, tied sums, relative",
    "librosa adds up a float32 spectrum in float32, so a sum that meets the threshold within that "
    "rounding may end a bin before or after",
)
FLATNESS = Tolerance(
    5e-3,
    "spectral flatness, relative, unless noise",
    "a bin 120 dB below the frame's peak holds float32's noise, and its logarithm counts in full",
)
FLATNESS_SPEECH_MEDIAN = Tolerance(
    1e-6, "spectral flatness on speech, median", "the rounding of the logarithms' sum in float32"
)
CONTRAST = Tolerance(
    3e-2,
    "spectral contrast [dB], unless noise",
    "valleys are the weakest bins, which feel float32's noise most",
)
LOWEST_BIN = 100.0
"""dB below its frame's peak down to which all bins of a frame lie for FLATNESS and CONTRAST to
hold: a weaker bin may be float32's noise, and its logarithm anything."""
CONTRAST_LINEAR = Tolerance(
    4e-6, "linear contrast, of the frame's peak", "float32 FFT, as for mel power"
)
CHROMA = Tolerance(
    2e-5,
    "chroma, of the norm, if the tuning is equal",
    "float32 FFT, as for mel power; a bank of float32 in librosa, of float64 in the engine",
)
CHROMA_TUNING = Tolerance(
    1.0,
    "estimated tuning, steps of 0.01",
    "the most frequent of 100 steps; two may tie within the peaks' float32 noise",
)
PYIN = Tolerance(
    1e-13,
    "pYIN's probability; F0 and flags are equal",
    "the same sums of float64, in another order",
)
PYIN_FLOAT32 = Tolerance(
    1.2e-7,
    "pYIN's probability of float32 samples",
    "librosa rounds each candidate's to float32, and so does the drop-in: one may round otherwise",
)
PCEN = Tolerance(
    1e-12, "PCEN of a given S, of the largest value", "the same formula in float64, over NumPy"
)
PCEN_ROWS = Tolerance(
    2e-7,
    "PCEN of the same mel rows, of the largest",
    "float64 inside, rounded to float32 once; librosa is given float32 rows too",
)
PCEN_SPEECH = Tolerance(
    2e-5, "PCEN of speech, of the largest value", "float32's noise of the mel power, compressed"
)

REFERENCE = Tolerance(
    1e-5,
    "native against reference, of the frame's peak",
    "one float32 FFT and one sum of float32 products, against float64 rounded once",
)
