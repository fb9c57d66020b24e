"""The features and statistics of our own models."""

from __future__ import annotations

from ..features import MFCC, RMS, YIN, LogMel, ZeroCrossingRate
from ..features.spec import FeatureSpec
from ..statistics.statistics import Statistics

__all__ = ["speech", "speech_statistics"]


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
            LogMel(n_fft=1024, n_mels=64, log="ln"),
            MFCC(n_fft=1024, n_mels=64, n_mfcc=13, log="ln"),
            YIN(frame_length=1024, fmin=65, fmax=600),
        ),
    )


def speech_statistics() -> Statistics:
    """Take the statistics of :func:`speech`'s rows that the default model uses.

    Neither gain nor silence around the speech changes them much.

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
        semitones=("f0",),
        voiced=("rms", "zcr", "logmel", "mfcc", "aperiodicity"),
        voiced_deltas=1,
        trim_db=60.0,
    )
