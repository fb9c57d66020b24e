"""Ready-made FeatureSpecs: another toolkit's conventions, or what our own models use."""

from __future__ import annotations

from .features import MFCC, RMS, YIN, LogMel, ZeroCrossingRate
from .spec import FeatureSpec

__all__ = ["librosa", "speech"]


def librosa(sample_rate: float = 22050) -> FeatureSpec:
    """librosa's defaults: what its functions give without further arguments.

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
    mel = {"n_fft": 2048, "n_mels": 128, "top_db": 80.0}
    return FeatureSpec(
        sample_rate=sample_rate,
        hop_length=512,
        features=(
            RMS(frame_length=2048),
            ZeroCrossingRate(frame_length=2048),
            LogMel(**mel),
            MFCC(n_mfcc=20, **mel),
            YIN(frame_length=2048, fmin=65.40639132514966, fmax=2093.004522404789),
        ),
    )


def speech() -> FeatureSpec:
    """What the default model uses: 16 kHz, a row every 10 ms, fit for streams.

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
            LogMel(n_fft=512, n_mels=40),
            MFCC(n_fft=512, n_mels=40, n_mfcc=20),
            YIN(frame_length=1024, fmin=65, fmax=600),
        ),
    )
