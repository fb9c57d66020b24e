"""openSMILE's functionals of GeMAPS and eGeMAPS, of the rows of :func:`egemaps_opensmile`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from ..statistics.selection import Selection
from ..statistics.statistics import Statistics
from .course import COURSE, COURSE_NAMES

__all__ = ["egemaps_opensmile_statistics", "gemaps_opensmile_statistics", "part_statistics"]

SMOOTH: dict[str, Any] = {"smoothing": 3}
NONZERO: dict[str, Any] = {"smoothing": 3, "smoothing_skips": True, "nonzero": True}
F0 = "subharmonic_f0"
VOICED: dict[str, Any] = {"rows": "above", "mask": F0, **NONZERO}
UNVOICED: dict[str, Any] = {"rows": "below", "mask": F0, **NONZERO}
RUNS: dict[str, Any] = {"segment_trim": 1, "last_segment_trim": 1, "duration_trim": 1}

BALANCE = (
    ("alphaRatio{}", "alpha_ratio"),
    ("hammarbergIndex{}", "hammarberg_index"),
    ("slope{}0-500", "spectral_slope_0_500"),
    ("slope{}500-1500", "spectral_slope_500_1500"),
)
FLUX = ("spectralFlux{}", "spectral_flux")
MFCC = tuple((f"mfcc{k}{{}}", f"mfcc_{k}") for k in range(1, 5))


def egemaps_opensmile_statistics(missing: Literal["zero", "nan"] = "zero") -> Statistics:
    """Give the 88 functionals of eGeMAPSv02, in the published order.

    Parameters
    ----------
    missing : {"zero", "nan"}
        What has no value is 0, as openSMILE has it, or NaN; see :class:`serfast.Selection`.

    Raises
    ------
    ParameterError
        If `missing` is another value.

    Notes
    -----
    They are over all rows of one spec. openSMILE has a few rows more, at the end, of what needs
    20 ms only: :class:`serfast.compat.opensmile.Smile` counts these too.

    Examples
    --------
    >>> from serfast.presets import egemaps_opensmile
    >>> len(egemaps_opensmile_statistics().names(egemaps_opensmile().columns))
    88
    """
    return _statistics(_selections(extended=True), missing)


def gemaps_opensmile_statistics(missing: Literal["zero", "nan"] = "zero") -> Statistics:
    """Give the 62 functionals of GeMAPSv01b, in the published order.

    `missing` means the same as in :func:`egemaps_opensmile_statistics`.

    Examples
    --------
    >>> from serfast.presets import gemaps_opensmile
    >>> len(gemaps_opensmile_statistics().names(gemaps_opensmile().columns))
    62
    """
    return _statistics(_selections(extended=False), missing)


def part_statistics(extended: bool) -> tuple[Statistics, Statistics]:
    """Give the functionals over all rows of 20 ms, and those over the rows that have an F0."""
    chosen = _selections(extended)
    everywhere = [one for one in chosen if one.rows == "all" and not one.nonzero]
    others = [one for one in chosen if one not in everywhere]
    return _statistics(everywhere), _statistics(others)


def _statistics(selections: list[Selection], missing: str = "zero") -> Statistics:
    return Statistics(
        functionals=(),
        selections=tuple(replace(one, missing=missing) for one in selections),
        row_rate=100.0,
    )


def _pair(column: str, name: str, **fields: Any) -> Selection:
    names = (f"{name}_amean", f"{name}_stddevNorm")
    return Selection(column=column, functionals=("mean", "cv"), names=names, **fields)


def _course(column: str, name: str, **fields: Any) -> Selection:
    names = tuple(f"{name}_{one}" for one in COURSE_NAMES)
    return Selection(column=column, functionals=COURSE, names=names, slope_tail="signed", **fields)


def _selections(extended: bool) -> list[Selection]:
    """Give the selections in the published order."""
    result = [
        _course("subharmonic_semitones", "F0semitoneFrom27.5Hz_sma3nz", **NONZERO),
        _course("loudness", "loudness_sma3", **SMOOTH),
    ]
    everywhere = (FLUX, *MFCC) if extended else ()
    result += [_pair(c, f"{name.format('')}_sma3", **SMOOTH) for name, c in everywhere]
    result += _voice(extended)
    voiced = (*BALANCE, *everywhere)
    result += [_pair(c, f"{name.format('V')}_sma3nz", **VOICED) for name, c in voiced]
    for name, column in (*BALANCE, *everywhere[:1]):
        names = (f"{name.format('UV')}_sma3nz_amean",)
        result.append(Selection(column=column, functionals=("mean",), names=names, **UNVOICED))
    return result + _times(extended)


def _voice(extended: bool) -> list[Selection]:
    """Give the functionals of voice quality and formants."""
    result = [
        _pair("jitter_local", "jitterLocal_sma3nz", **NONZERO),
        _pair("shimmer_local_db", "shimmerLocaldB_sma3nz", **NONZERO),
        _pair("subharmonic_hnr", "HNRdBACF_sma3nz", **NONZERO),
        _pair("subharmonic_h1_h2", "logRelF0-H1-H2_sma3nz", **NONZERO),
        _pair("subharmonic_h1_a3", "logRelF0-H1-A3_sma3nz", **NONZERO),
    ]
    for i in range(1, 4):
        result.append(_pair(f"bandlimited_f{i}", f"F{i}frequency_sma3nz", **VOICED))
        if extended or i == 1:
            result.append(_pair(f"bandlimited_b{i}", f"F{i}bandwidth_sma3nz", **VOICED))
        name = f"F{i}amplitudeLogRelF0_sma3nz"
        result.append(_pair(f"subharmonic_a{i}", name, **NONZERO))  # -201 counts too
    return result


def _times(extended: bool) -> list[Selection]:
    """Give the functionals of peaks and segments, and the level."""
    lengths = ("segment_length_mean", "segment_length_std")
    voiced = ("VoicedSegmentsPerSec", "MeanVoicedSegmentLengthSec", "StddevVoicedSegmentLengthSec")
    unvoiced = ("MeanUnvoicedSegmentLength", "StddevUnvoicedSegmentLength")
    result = [
        Selection(
            column="loudness",
            functionals=("peaks_per_second",),
            names=("loudnessPeaksPerSec",),
            **SMOOTH,
        ),
        Selection(
            column=F0,
            functionals=("segments_per_second", *lengths),
            names=voiced,
            rows="above",
            mask=F0,
            max_gap=1,
            **RUNS,
        ),
        Selection(
            column=F0,
            functionals=lengths,
            names=unvoiced,
            rows="below",
            mask=F0,
            min_segment=3,
            **RUNS,
        ),
    ]
    if extended:
        level = ("equivalentSoundLevel_dBp",)
        result.append(Selection(column="rms", functionals=("equivalent_level",), names=level))
    return result
