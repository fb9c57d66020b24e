"""librosa's defaults as a FeatureSpec."""

from __future__ import annotations

from ..features import MFCC, RMS, YIN, LogMel, ZeroCrossingRate
from ..features.spec import FeatureSpec

__all__ = ["librosa", "librosa_1"]


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


def librosa_1(sample_rate: float = 22050) -> FeatureSpec:
    """Take librosa 1.0's defaults: what its functions give without further arguments.

    Parameters
    ----------
    sample_rate : float
        Hz; librosa loads at 22050 Hz unless told otherwise.

    Returns
    -------
    FeatureSpec
        It has the same numbers as :func:`librosa`: for one channel nothing of it has changed.

    Notes
    -----
    Since librosa 1.0, ``power_to_db(axes="auto")`` takes the loudest band of each channel for
    `top_db`, where librosa 0.11 took that of all channels together: of one channel that is the
    same. ``yin`` and ``pyin`` have no `win_length` any more; without it they compute what librosa
    0.11 did, but for moves that ``pyin`` leaves out.

    Examples
    --------
    >>> librosa_1() == librosa()
    True
    """
    return librosa(sample_rate)
