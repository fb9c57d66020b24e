"""The voice's features give finite values for ten thousand signals that are no voices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import serfast

F0 = serfast.F0(75, 500)
FORMANTS = serfast.Formants(n=5, ceiling=5500.0)
FEATURES = (
    F0,
    FORMANTS,
    serfast.HNR(),
    serfast.AutocorrelationHNR(),
    serfast.Jitter(F0),
    serfast.Shimmer(F0),
    serfast.HarmonicDifferences(F0, formants=FORMANTS),
    serfast.CPP(),
    serfast.AlphaRatio(),
    serfast.HammarbergIndex(),
    serfast.SpectralSlope(lo=0, hi=500),
    serfast.SpectralSlope(lo=500, hi=1500),
    serfast.Loudness(),
    serfast.SpectralFlux(),
    serfast.Chroma(),
)


def random_signal(random: np.random.Generator) -> Any:
    """Give noise of any level with holes, tones, constants, clicks or clipping in it."""
    n = int(random.integers(1, 1200))
    y = 10.0 ** random.uniform(-9, 4) * random.normal(size=n)
    y *= random.integers(0, 2, size=n) if random.integers(2) else 1
    y += (
        random.integers(2)
        * 10.0 ** random.uniform(-6, 3)
        * np.sin(random.uniform(0, 3) * np.arange(n))
    )
    y += random.integers(2) * random.uniform(-1, 1)
    if not random.integers(4):
        y = np.clip(y, -0.5, 0.5)
    if not random.integers(4):
        y[: random.integers(n)] = 0
        y[random.integers(n)] = 1
    return y.astype(np.float32)


@pytest.mark.filterwarnings("error")
def test_ten_thousand_random_signals_are_finite() -> None:
    random = np.random.default_rng(11)
    extractor = serfast.Extractor(serfast.FeatureSpec(features=FEATURES))
    for i in range(10_000):
        rows = extractor(random_signal(random))
        wrong = np.flatnonzero(~np.isfinite(rows).all(axis=0))
        assert not len(wrong), (i, [extractor.columns[k] for k in wrong])


@pytest.mark.filterwarnings("error")
def test_reports_of_random_signals_hold_no_infinity() -> None:
    """What can't be measured is NaN in a report, but nothing is infinite."""
    random = np.random.default_rng(12)
    for i in range(300):
        report = serfast.voice_report(random_signal(random), 16000)
        assert not np.isinf(report).any(), (i, report)
        assert report.n_periods or np.isnan(report.mean_f0), (i, report)
