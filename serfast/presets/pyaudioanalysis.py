"""pyAudioAnalysis' short-term features as a FeatureSpec, and its mid-term ones as Statistics."""

from __future__ import annotations

from typing import Any

from .. import _checks as checks
from ..features.base import Feature
from ..features.catalogue import (
    EnergyEntropy,
    LinearLogCepstrum,
    MeanSquare,
    RelativeCentroid,
    RelativeFlux,
    RelativeRolloff,
    RelativeSpread,
    RowDifference,
    SemitoneChroma,
    SignChangeRate,
    SpectralPartEntropy,
)
from ..features.spec import FeatureSpec
from ..statistics.selection import Selection
from ..statistics.statistics import Statistics

__all__ = ["pyaudioanalysis", "pyaudioanalysis_statistics"]


def pyaudioanalysis(
    sample_rate: float = 16000,
    *,
    window: float = 0.05,
    step: float = 0.025,
    deltas: bool = True,
) -> FeatureSpec:
    """Take pyAudioAnalysis' 34 short-term features, and with `deltas` their changes.

    Parameters
    ----------
    sample_rate : float
        Samples per second [Hz], above 6855.
    window, step : float
        The length of a frame and the time from row to row [s]; fractions of samples are cut off.
    deltas : bool
        If True, 34 columns more hold each feature less that of the row before.

    Returns
    -------
    FeatureSpec

    Raises
    ------
    ParameterError
        If an argument breaks its rule, or the sample rate or the window is too small for the bands
        and semitones, where pyAudioAnalysis fails as well.

    Notes
    -----
    The signal is taken as it is: pyAudioAnalysis subtracts the mean of the whole recording and
    divides by its peak first, which a stream can't. Give the extractor
    ``serfast.compat.pyaudioanalysis.ShortTermFeatures.dc_normalize(signal / 32768)`` for its
    numbers. Of the 34, a gain changes the energy, the cepstrum's first coefficient, and (through ε)
    rows that are almost silent; the mean changes more of them. docs/pyaudioanalysis.md has the
    definitions and the agreement. Rows wait for no later ones.

    The source is Giannakopoulos, pyAudioAnalysis, PLoS ONE 10(12), 2015.

    Examples
    --------
    >>> spec = pyaudioanalysis()
    >>> len(spec.columns), spec.columns[:3], spec.columns[-1]
    (68, ('zcr', 'energy', 'energy_entropy'), 'delta_chroma_std')
    """
    rate = checks.number("sample_rate", sample_rate, above=0)
    length = _samples("window", window, rate, least=2)
    frame: dict[str, Any] = {"frame_length": length}
    spectrum: dict[str, Any] = {"n_fft": length, "window": "boxcar"}
    features: tuple[Feature, ...] = (
        SignChangeRate(name="zcr", **frame),
        MeanSquare(name="energy", **frame),
        EnergyEntropy(**frame),
        RelativeCentroid(name="spectral_centroid", **spectrum),
        RelativeSpread(name="spectral_spread", **spectrum),
        SpectralPartEntropy(name="spectral_entropy", **spectrum),
        RelativeFlux(name="spectral_flux", **spectrum),
        RelativeRolloff(name="spectral_rolloff", **spectrum),
        LinearLogCepstrum(name="mfcc", **spectrum),
        SemitoneChroma(name="chroma", **spectrum),
    )
    if checks.boolean("deltas", deltas):
        features += tuple(RowDifference(feature, name="delta") for feature in features)
    return FeatureSpec(
        sample_rate=sample_rate,
        hop_length=_samples("step", step, rate, least=1),
        center=False,
        features=features,
    )


def pyaudioanalysis_statistics() -> Statistics:
    """Take pyAudioAnalysis' mid-term features of :func:`pyaudioanalysis`'s rows.

    They are the 68 means, then the 68 deviations (divisor n): of a recording, or of the last rows
    of a stream by :class:`serfast.streaming.running.RunningStatistics`. A mid-term window of m
    seconds has round((m - (window - step)) / step) rows.

    Examples
    --------
    >>> names = pyaudioanalysis_statistics().names(pyaudioanalysis().columns)
    >>> len(names), names[0], names[-1]
    (136, 'zcr_mean', 'delta_chroma_std_std')
    """
    columns = pyaudioanalysis().columns
    selections = [
        Selection(column=column, functionals=(functional,), names=(f"{column}_{functional}",))
        for functional in ("mean", "std")
        for column in columns
    ]
    return Statistics(functionals=(), selections=tuple(selections))


def _samples(name: str, seconds: float, rate: float, least: int) -> int:
    """Give the whole number of samples in some seconds; fractions are cut off."""
    checks.number(name, seconds, above=0, maximum=1e6)
    return checks.integer(f"{name} in samples", int(seconds * rate), least)
