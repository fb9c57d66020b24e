"""Ready-made FeatureSpecs: another toolkit's conventions, or what our own models use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .features import MFCC, RMS, YIN, LogMel, ZeroCrossingRate
from .spec import FeatureSpec

if TYPE_CHECKING:
    from .statistics import Statistics

__all__ = ["librosa", "speech", "speech_statistics"]


def librosa(sample_rate: float = 22050) -> FeatureSpec:
    """Take librosa's defaults: what its functions give without further arguments.

    Parameters
    ----------
    sample_rate : float
        Hz; librosa loads at 22050 Hz unless told otherwise.

    Returns
    -------
    FeatureSpec
        RMS and zero-crossing rate (2048/512), 128 log-mel bands in decibel, 20 MFCC with
        ``top_db=80`` (so not for streams), YIN (2048, C2 to C7) on a hop of 512.

    Examples
    --------
    >>> len(librosa().columns)
    152
    """
    return FeatureSpec(
        sample_rate=sample_rate,
        hop_length=512,
        features=(
            RMS(frame_length=2048),
            ZeroCrossingRate(frame_length=2048),
            LogMel(n_fft=2048, n_mels=128, top_db=80.0),
            MFCC(n_fft=2048, n_mels=128, n_mfcc=20, top_db=80.0),
            YIN(frame_length=2048, fmin=65.40639132514966, fmax=2093.004522404789),
        ),
    )


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
    from .statistics import Statistics

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
