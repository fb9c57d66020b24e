"""Whisper's log-mel spectrogram as a FeatureSpec."""

from __future__ import annotations

from .. import _checks as checks
from ..features.catalogue import LogMel
from ..features.spec import FeatureSpec

__all__ = ["whisper"]

SAMPLE_RATE, HOP, N_FFT = 16000, 160, 400

FLOOR = 1e-10
"""Whisper raises smaller powers to it before it takes the logarithm."""

DEPTH_DB = 80.0
"""log10 is raised to 8 below its largest value: 80 decibels."""


def whisper(n_mels: int = 80, *, causal: bool = False) -> FeatureSpec:
    """Take the log-mel spectrogram of OpenAI's Whisper, also as Hugging Face computes it.

    Parameters
    ----------
    n_mels : {80, 128}
        There are this many columns: 80, or 128 as large-v3 takes.
    causal : bool
        If True, streams can have it: values aren't raised to 8 below the recording's largest, as
        that is known at the end alone, and the signal's ends are padded with zeros, not mirrored.

    Returns
    -------
    FeatureSpec
        Rows are (max(log10 S, largest - 8) + 4) / 4, and the last row is dropped: there are
        n_samples // 160.

    Notes
    -----
    It agrees with openai-whisper and transformers to 1e-4: docs/conformance.md has the figures.
    Whisper pads recordings with zeros to 30 s beforehand, which changes the largest value only if
    the recording is cut off; do it with the samples. With ``causal=True`` all rows but the first
    two and the last one or two agree, as long as no band is 8 below the largest.

    Examples
    --------
    >>> whisper().frame_count(480000), len(whisper(128).columns)
    (3000, 128)
    >>> whisper(causal=True).whole_signal
    ()
    """
    checks.choice("n_mels", n_mels, (80, 128))
    checks.boolean("causal", causal)
    bands = LogMel(
        n_fft=N_FFT,
        n_mels=n_mels,
        log="log10",
        amin=FLOOR,
        top_db=None if causal else DEPTH_DB,
        log_gain=0.25,
        log_bias=1.0,
    )
    return FeatureSpec(
        sample_rate=SAMPLE_RATE,
        hop_length=HOP,
        min_row_samples=HOP,
        pad_mode="constant" if causal else "reflect",
        features=(bands,),
    )
