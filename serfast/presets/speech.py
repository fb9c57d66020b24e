"""The features and statistics of our own models."""

from __future__ import annotations

import math

from ..features import MFCC, RMS, YIN, LogMel, ZeroCrossingRate
from ..features.spec import FeatureSpec
from ..statistics.statistics import Statistics

__all__ = ["speech", "speech_statistics"]

AMIN = 1e-18
"""Floor of a mel band's power: digital silence alone is below it, also 30 dB more quietly."""

DEPTH = 80 * math.log(10) / 20
"""80 dB as a natural logarithm of an amplitude.

The logarithm of a power is twice as deep, and the first MFCC, the sum over 64 bands divided by the
root of 64, eight times as deep as these.
"""


def speech() -> FeatureSpec:
    """Take what the default model uses: 16 kHz, a row every 10 ms, fit for streams.

    Returns
    -------
    FeatureSpec
        RMS and zero-crossing rate over 32 ms, 64 log-mel bands and 13 MFCC over 64 ms (long
        enough to resolve the harmonics of a voice), YIN from 65 to 600 Hz.

    Examples
    --------
    >>> speech().whole_signal
    ()
    """
    return FeatureSpec(
        sample_rate=16000,
        hop_length=160,
        features=(
            RMS(frame_length=512),
            ZeroCrossingRate(frame_length=512),
            LogMel(n_fft=1024, n_mels=64, log="ln", amin=AMIN),
            MFCC(n_fft=1024, n_mels=64, n_mfcc=13, log="ln", amin=AMIN),
            YIN(frame_length=1024, fmin=65, fmax=600),
        ),
    )


def speech_statistics() -> Statistics:
    """Take the statistics of :func:`speech`'s rows that the default model uses.

    Neither gain nor silence around the speech changes them: levels are relative to the loudest
    row, and none is taken to be more than 80 dB below it.

    Examples
    --------
    >>> len(speech_statistics().names(speech().columns))
    8867
    """
    return Statistics(
        functionals=(
            *("mean", "std", "skewness", "kurtosis"),
            *("p1", "p5", "p25", "p50", "p75", "p95", "p99", "range90", "iqr"),
            *("slope", "trend", "curvature", "crossings", "argmax", "argmin"),
            *("ac5", "ac10", "ac20"),
        ),
        deltas=2,
        log=("rms",),
        relative=("rms", "logmel", "mfcc_0"),
        depths=(DEPTH, 2 * DEPTH, 2 * DEPTH * math.sqrt(64)),
        semitones=("f0",),
        voiced=("rms", "zcr", "logmel", "mfcc", "aperiodicity"),
        voiced_deltas=1,
        trim_db=60.0,
    )
