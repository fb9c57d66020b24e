"""openSMILE's low-level descriptors of GeMAPS and eGeMAPS, for models trained on its numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .. import _checks as checks
from ..features import (
    MFCC,
    RMS,
    AlphaRatio,
    BandlimitedFormants,
    FeatureSpec,
    HammarbergIndex,
    Jitter,
    Loudness,
    Shimmer,
    SpectralFlux,
    SpectralSlope,
    SubharmonicF0,
)
from ..features.base import Feature

__all__ = ["egemaps_opensmile", "gemaps_opensmile", "parts"]

SCALE = 32767.0
"""It divides 16-bit samples."""

SHORT, LONG = 0.020, 0.060
"""These are the lengths of the frames [s]."""

RATES = (4300, 384000)
"""The lowest rate has 256 samples in a long frame [Hz]; the highest is that of any spec."""


def transform_length(frame_length: int) -> int:
    """Give the next power of two, at least 64."""
    return max(64, 1 << (frame_length - 1).bit_length())


def egemaps_opensmile(sample_rate: float = 16000) -> FeatureSpec:
    """Give the spec of openSMILE's low-level descriptors of eGeMAPSv02, before their smoothing.

    Parameters
    ----------
    sample_rate : float
        It is that of the signal [Hz], 4300 to 384000: a period's mark needs frames of 256 samples.

    Returns
    -------
    FeatureSpec
        Its rows come every 10 ms, left-aligned, 450 ms after the audio: F0 waits for 39 rows.

    Raises
    ------
    ParameterError
        If the sample rate is too low or too high.

    Notes
    -----
    The parameters are those of Eyben et al., IEEE Trans. Affective Computing 7 (2016), 190–202, as
    openSMILE 2.6 computes them: docs/opensmile.md says where the two differ. They are implemented
    independently, after the paper and openSMILE's output.

    Examples
    --------
    >>> egemaps_opensmile().columns[:4]
    ('rms', 'loudness', 'alpha_ratio', 'hammarberg_index')
    """
    short, long = frame_lengths(sample_rate)
    return spec_of(
        sample_rate, [*spectral_features(short, sample_rate), *voice_features(short, long)]
    )


def gemaps_opensmile(sample_rate: float = 16000) -> FeatureSpec:
    """Give the spec of openSMILE's low-level descriptors of GeMAPSv01b, before their smoothing.

    They are those of :func:`egemaps_opensmile` without spectral flux, cepstra and RMS.

    Examples
    --------
    >>> set(gemaps_opensmile().columns) < set(egemaps_opensmile().columns)
    True
    """
    whole = egemaps_opensmile(sample_rate)
    kept = [one for one in whole.features if not isinstance(one, (SpectralFlux, MFCC, RMS))]
    return replace(whole, features=tuple(kept))


def parts(sample_rate: float) -> tuple[FeatureSpec, FeatureSpec]:
    """Give the spec of the frames of 20 ms, which has more rows at the end, and of the others."""
    short, long = frame_lengths(sample_rate)
    return (
        spec_of(sample_rate, spectral_features(short, sample_rate)),
        spec_of(sample_rate, voice_features(short, long)),
    )


def frame_lengths(sample_rate: float) -> tuple[int, int]:
    """Give the lengths of short and long frames at a rate that is neither too low nor too high."""
    checks.number("sample_rate", sample_rate, minimum=RATES[0], maximum=RATES[1])
    return round(SHORT * sample_rate), round(LONG * sample_rate)


def spec_of(sample_rate: float, features: list[Feature]) -> FeatureSpec:
    """Give the spec of rows every 10 ms, left-aligned."""
    return FeatureSpec(
        sample_rate=sample_rate,
        hop_length=round(0.010 * sample_rate),
        center=False,
        sample_scale=32768 / SCALE,
        features=tuple(features),
    )


def voice_features(short: int, long: int) -> list[Feature]:
    """Give the features that need long frames, and the formants that they read."""
    formants = BandlimitedFormants(frame_length=short, roots="negated")
    f0 = SubharmonicF0(
        formants=formants,
        n_fft=transform_length(long),
        frame_length=long,
        window=("gaussian", 0.4 * (long - 1) / 2),
    )
    return [
        formants,
        f0,
        Jitter(f0, frame_length=long),
        Shimmer(f0, frame_length=long),
    ]


def spectral_features(frame_length: int, sample_rate: float) -> list[Feature]:
    """Give the features of short frames that need no F0."""
    frames: dict[str, Any] = {
        "n_fft": transform_length(frame_length),
        "frame_length": frame_length,
        "window": "hamming",
        "window_periodic": False,
    }
    fmin, fmax = 20.0, min(8000.0, sample_rate / 2)
    per_hz = transform_length(frame_length) / sample_rate
    bands: dict[str, Any] = {
        "n_mels": 26,
        "fmin": fmin,
        "fmax": fmax,
        "htk": True,
        "mel_norm": None,
        "triangle_axis": "mel",
        "first_bin": int(fmin * per_hz + 1.5),  # HTK leaves out what lies next to the limits
        "last_bin": int(fmax * per_hz + 0.5) - 1,
        "log": "ln",
    }
    levels: dict[str, Any] = {"amin": 1e-14, **frames}
    slopes: dict[str, Any] = {"fit": "opensmile", "per_hz": 1.0, **levels}
    return [
        RMS(frame_length=frame_length),
        Loudness(weights="opensmile", mean=True, amin=9.3e-10, **bands, **frames),
        AlphaRatio(fmin=0.0, inverted=True, **levels),
        HammarbergIndex(**levels),
        SpectralSlope(lo=0.0, hi=500.0, **slopes),
        SpectralSlope(lo=500.0, hi=1500.0, **slopes),
        SpectralFlux(fmax=5000.0, mean=True, **frames),
        MFCC(
            n_mfcc=4,
            first_mfcc=1,
            lifter=22.0,
            lifter_start=0.0,
            ref=SCALE**-2,
            amin=SCALE**-2,
            **bands,
            **frames,
        ),
    ]
