"""The features of a model that needs none, such as one of an embedding alone."""

from __future__ import annotations

from ..features.energy import RMS
from ..features.spec import FeatureSpec

__all__ = ["levels"]


def levels(sample_rate: int = 16000) -> FeatureSpec:
    """Take the RMS over 20 ms, every 10 ms, by which a stream tells where there is speech.

    Parameters
    ----------
    sample_rate : int
        It is the rate of the samples that the model takes, >= 100 [Hz].

    Returns
    -------
    FeatureSpec

    Examples
    --------
    >>> levels(24000).hop_length, levels(24000).columns
    (240, ('rms',))
    """
    hop_length = max(1, sample_rate // 100)
    rms = RMS(frame_length=2 * hop_length)
    return FeatureSpec(sample_rate=sample_rate, hop_length=hop_length, features=(rms,))
