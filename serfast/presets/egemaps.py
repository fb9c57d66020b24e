"""The Geneva minimalistic acoustic parameter set and its extended form, by the paper's definitions.

The source is Eyben, Scherer, Schuller, Sundberg, André, Busso, Devillers, Epps, Laukka, Narayanan
and Truong, "The Geneva Minimalistic Acoustic Parameter Set (GeMAPS) for Voice Research and
Affective Computing", IEEE Trans. Affective Computing 7(2), 2016, 190–202. The names of the
parameters are the published ones. docs/egemaps.md has every formula.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Literal

from .. import _checks as checks
from ..features import (
    F0,
    MFCC,
    RMS,
    AlphaRatio,
    AutocorrelationHNR,
    Formants,
    HammarbergIndex,
    HarmonicDifferences,
    Jitter,
    Loudness,
    Shimmer,
    SpectralFlux,
    SpectralSlope,
)
from ..features.base import Feature
from ..features.spec import FeatureSpec
from ..statistics.selection import Selection
from ..statistics.statistics import Statistics
from .course import COURSE, COURSE_NAMES
from .egemaps_opensmile import egemaps_opensmile, gemaps_opensmile
from .opensmile_statistics import egemaps_opensmile_statistics, gemaps_opensmile_statistics

__all__ = ["egemaps", "egemaps_statistics", "gemaps", "gemaps_statistics"]

LOWEST = 55.0
"""The range of F0 begins here [Hz]: an octave above the 0 of the semitones."""

HIGHEST = 1000.0
"""The range of F0 ends here [Hz]."""

SHORT: dict[str, Any] = {"n_fft": 512, "win_length": 320, "window": "hamming"}
"""The arguments of a spectrum over 20 ms."""

AMIN = 2.0**-30
"""A smaller power in a mel band is raised to it: that of half a step of 16 bits, roughly."""

LIFTER = 22

REFERENCE = 27.5
"""This frequency has 0 semitones [Hz]."""

VOICED: dict[str, Any] = {"rows": "above", "mask": "f0"}
UNVOICED: dict[str, Any] = {"rows": "below", "mask": "f0"}
PER_HERTZ = 1e-3
"""Our slopes are in dB/kHz, the published ones in dB/Hz."""

Compat = Literal["opensmile"] | None


def egemaps(compat: Compat = None) -> FeatureSpec:
    """Take the low-level descriptors of eGeMAPS: 16 kHz, a row every 10 ms, fit for streams.

    Audio at other rates is resampled: nothing in the set looks above 8 kHz.

    Parameters
    ----------
    compat : {None, "opensmile"}
        None takes the paper's definitions. ``"opensmile"`` takes openSMILE's, for models trained
        on its numbers: the result is that of :func:`egemaps_opensmile`, whose functionals are
        ``egemaps_statistics(compat="opensmile")``.

    Returns
    -------
    FeatureSpec
        F0 from 55 to 1000 Hz with its voicing, jitter, shimmer, HNR, H1-H2, H1-A3, levels,
        frequencies and bandwidths of three formants, alpha ratio, Hammarberg index, two spectral
        slopes, loudness, spectral flux, MFCC 0 to 4, and the RMS.

    Raises
    ------
    ParameterError
        If `compat` is another value.

    Notes
    -----
    A row is about the moment t · 10 ms, in the middle of all frames. A stream gives it when the
    longest frame and the decision on F0 have come: 160 ms later at 16 kHz. Smoothing, semitones and
    functionals are those of :func:`egemaps_statistics`.

    Examples
    --------
    >>> spec = egemaps()
    >>> spec.whole_signal, len(egemaps_statistics().names(spec.columns))
    ((), 88)
    """
    if _opensmile(compat):
        return egemaps_opensmile()
    return _spec(
        *_minimal(),
        SpectralFlux(fmax=5000.0, mean=True, **SHORT),
        MFCC(
            n_mels=26, n_mfcc=5, fmin=20.0, fmax=8000.0, htk=True, mel_norm=None, log="ln",
            amin=AMIN, **SHORT,
        ),
        RMS(frame_length=SHORT["win_length"]),
    )  # fmt: skip


def gemaps(compat: Compat = None) -> FeatureSpec:
    """Take the low-level descriptors of GeMAPS, the smaller set; see :func:`egemaps`.

    Examples
    --------
    >>> len(gemaps_statistics().names(gemaps().columns))
    62
    """
    return gemaps_opensmile() if _opensmile(compat) else _spec(*_minimal())


def egemaps_statistics(
    missing: Literal["zero", "nan"] = "zero", compat: Compat = None
) -> Statistics:
    """Take the 88 parameters of eGeMAPS, of the rows of :func:`egemaps`, in the published order.

    A window of a stream has them too: see :class:`serfast.streaming.running.RunningStatistics`.

    Parameters
    ----------
    missing : {"zero", "nan"}
        A parameter that has no value is 0 or NaN: those of voiced rows if there are none, those of
        unvoiced rows, those of slopes that there aren't. Classifiers refuse NaN.
    compat : {None, "opensmile"}
        It is that of the rows: ``"opensmile"`` takes openSMILE's functionals of the rows of
        ``egemaps(compat="opensmile")``, as :func:`egemaps_opensmile_statistics` does.

    Raises
    ------
    ParameterError
        If `missing` or `compat` is another value.

    Examples
    --------
    >>> names = egemaps_statistics().names(egemaps().columns)
    >>> names[0], names[-1]
    ('F0semitoneFrom27.5Hz_sma3nz_amean', 'equivalentSoundLevel_dBp')
    """
    if _opensmile(compat):
        return egemaps_opensmile_statistics(missing)
    return _statistics(missing, extended=True)


def gemaps_statistics(
    missing: Literal["zero", "nan"] = "zero", compat: Compat = None
) -> Statistics:
    """Take the 62 parameters of GeMAPS, of the rows of :func:`gemaps`, in the published order.

    `missing` and `compat` mean the same as in :func:`egemaps_statistics`.
    """
    if _opensmile(compat):
        return gemaps_opensmile_statistics(missing)
    return _statistics(missing, extended=False)


def _opensmile(compat: object) -> bool:
    """Tell whether openSMILE's definitions are wanted."""
    if compat is None or (isinstance(compat, str) and compat == "opensmile"):
        return compat is not None
    return checks.fail("compat", "None or 'opensmile'", compat)


def _spec(*features: Feature) -> FeatureSpec:
    return FeatureSpec(sample_rate=16000, hop_length=160, features=features)


def _minimal() -> tuple[Feature, ...]:
    """Give the features of both sets."""
    f0, formants = F0(LOWEST, HIGHEST), Formants(n=3)
    return (
        f0,
        Jitter(f0),
        Shimmer(f0),
        AutocorrelationHNR(),
        HarmonicDifferences(f0, formants),
        formants,
        AlphaRatio(**SHORT),
        HammarbergIndex(**SHORT),
        SpectralSlope(lo=0.0, hi=500.0, **SHORT),
        SpectralSlope(lo=500.0, hi=1500.0, **SHORT),
        Loudness(**SHORT),
    )


def _statistics(missing: str, extended: bool) -> Statistics:
    selections = (
        *_pitch_and_loudness(),
        *(_everywhere() if extended else ()),
        *_voice_quality(extended),
        *_balance(extended),
        *_times(extended),
    )
    return Statistics(
        functionals=(),
        selections=tuple(replace(one, missing=missing) for one in selections),
        row_rate=100.0,
    )


def _pair(column: str, name: str, **fields: Any) -> Selection:
    """Give the mean and the coefficient of variation."""
    names = (f"{name}_amean", f"{name}_stddevNorm")
    return Selection(column=column, functionals=("mean", "cv"), names=names, **fields)


def _voiced(column: str, name: str, **fields: Any) -> Selection:
    """Give mean and variation over voiced rows, smoothed among these."""
    return _pair(
        column, f"{name}_sma3nz", smoothing=3, smoothing_skips=True, **{**VOICED, **fields}
    )


def _pitch_and_loudness() -> list[Selection]:
    pitch, loudness = "F0semitoneFrom27.5Hz_sma3nz", "loudness_sma3"
    return [
        Selection(
            column="f0", functionals=COURSE, names=tuple(f"{pitch}_{n}" for n in COURSE_NAMES),
            semitones_from=REFERENCE, smoothing=3, smoothing_skips=True, **VOICED,
        ),
        Selection(
            column="loudness", functionals=COURSE,
            names=tuple(f"{loudness}_{n}" for n in COURSE_NAMES), smoothing=3,
        ),
    ]  # fmt: skip


def _lifted(k: int) -> dict[str, Any]:
    """Give the column and the factor of a cepstral coefficient: 1 + L/2 sin(π k / L)."""
    return {
        "column": f"mfcc_{k}", "factor": 1 + LIFTER / 2 * math.sin(math.pi * k / LIFTER)
    }  # fmt: skip


def _everywhere() -> list[Selection]:
    """Give what is over all rows, voiced or not."""
    flux = _pair("spectral_flux", "spectralFlux_sma3", smoothing=3)
    return [flux, *(_pair(name=f"mfcc{k}_sma3", smoothing=3, **_lifted(k)) for k in range(1, 5))]


def _voice_quality(extended: bool) -> list[Selection]:
    result = [
        _voiced("jitter_local", "jitterLocal", nonzero=True),
        _voiced("shimmer_local_db", "shimmerLocaldB", nonzero=True),
        _voiced("hnr_ac", "HNRdBACF"),
        _voiced("h1_h2", "logRelF0-H1-H2"),
        _voiced("h1_a3", "logRelF0-H1-A3", nonzero=True),
    ]
    for i in range(1, 4):
        result.append(_voiced(f"f{i}", f"F{i}frequency", nonzero=True))
        if extended or i == 1:
            result.append(_voiced(f"b{i}", f"F{i}bandwidth", nonzero=True))
        result.append(_voiced(f"f{i}_level", f"F{i}amplitudeLogRelF0", nonzero=True))
    return result


def _balance(extended: bool) -> list[Selection]:
    """Give the spectral balance over voiced rows, then over the others."""
    columns: list[tuple[str, str, float]] = [
        ("alphaRatio{}", "alpha_ratio", 1.0),
        ("hammarbergIndex{}", "hammarberg_index", 1.0),
        ("slope{}0-500", "spectral_slope_0_500", PER_HERTZ),
        ("slope{}500-1500", "spectral_slope_500_1500", PER_HERTZ),
    ]
    if extended:
        columns.append(("spectralFlux{}", "spectral_flux", 1.0))
    voiced = [_voiced(column, name.format("V"), factor=f) for name, column, f in columns]
    if extended:
        voiced += [_voiced(name=f"mfcc{k}V", **_lifted(k)) for k in range(1, 5)]
    return voiced + [
        Selection(
            column=column, functionals=("mean",), names=(f"{name.format('UV')}_sma3nz_amean",),
            factor=factor, smoothing=3, smoothing_skips=True, **UNVOICED,
        )
        for name, column, factor in columns
    ]  # fmt: skip


def _times(extended: bool) -> list[Selection]:
    """Give the temporal parameters, and the level."""
    lengths = ("segment_length_mean", "segment_length_std")
    result = [
        Selection(
            column="loudness", functionals=("peaks_per_second",), names=("loudnessPeaksPerSec",),
            smoothing=3,
        ),
        Selection(
            column="f0", functionals=("segments_per_second", *lengths),
            names=(
                "VoicedSegmentsPerSec", "MeanVoicedSegmentLengthSec", "StddevVoicedSegmentLengthSec"
            ),
            **VOICED,
        ),
        Selection(
            column="f0", functionals=lengths,
            names=("MeanUnvoicedSegmentLength", "StddevUnvoicedSegmentLength"), **UNVOICED,
        ),
    ]  # fmt: skip
    if extended:
        level = ("equivalentSoundLevel_dBp",)
        result.append(Selection(column="rms", functionals=("equivalent_level",), names=level))
    return result
