"""Functionals, against SciPy, librosa, NumPy and worked examples."""

from __future__ import annotations

import librosa
import numpy as np
import pytest
import scipy.stats

from serfast.statistics import functionals
from serfast.statistics.statistics import Statistics

BACKENDS = ("native", "reference")


def series(n: int = 200, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).gamma(2.0, 3.0, size=(3, n))


def one(name: str, x: np.ndarray, backend: str = "native") -> np.ndarray:
    """One functional of each series in x."""
    columns = [f"series_{i}" for i in range(len(x))]
    return Statistics(functionals=(name,), deltas=0)(x.T, columns, backend=backend)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mean", lambda x: np.mean(x, axis=1)),
        ("std", lambda x: np.std(x, axis=1)),
        ("skewness", lambda x: scipy.stats.skew(x, axis=1)),
        ("kurtosis", lambda x: scipy.stats.kurtosis(x, axis=1, fisher=False)),
        ("min", lambda x: np.min(x, axis=1)),
        ("max", lambda x: np.max(x, axis=1)),
        ("range", lambda x: np.ptp(x, axis=1)),
        ("range98", lambda x: np.diff(np.percentile(x, [1, 99], axis=1), axis=0)[0]),
        ("range90", lambda x: np.diff(np.percentile(x, [5, 95], axis=1), axis=0)[0]),
        ("iqr", lambda x: scipy.stats.iqr(x, axis=1)),
        ("p0", lambda x: np.min(x, axis=1)),
        ("p5", lambda x: np.percentile(x, 5, axis=1)),
        ("p50", lambda x: np.median(x, axis=1)),
        ("p99", lambda x: np.percentile(x, 99, axis=1)),
        ("p100", lambda x: np.max(x, axis=1)),
        ("slope", lambda x: np.polyfit(np.arange(x.shape[1]), x.T, 1)[0]),
        ("trend", lambda x: np.polyfit(np.linspace(-1, 1, x.shape[1]), x.T, 1)[0]),
        ("curvature", lambda x: np.polyfit(np.linspace(-1, 1, x.shape[1]), x.T, 2)[0]),
        ("argmax", lambda x: np.argmax(x, axis=1) / x.shape[1]),
        ("argmin", lambda x: np.argmin(x, axis=1) / x.shape[1]),
    ],
)
@pytest.mark.parametrize("n", [3, 4, 50, 301])
@pytest.mark.parametrize("backend", BACKENDS)
def test_functional_equals_its_textbook_formula(name, expected, n, backend):
    x = series(n)
    found = one(name, x, backend)
    worst = np.abs(found - expected(x)).max()
    print(f"{name} n={n} {backend}: {worst:.2e}")
    np.testing.assert_allclose(found, expected(x), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
def test_crossings_counts_sign_changes_about_the_mean(backend):
    x = np.array([[0.0, 2.0, 0.0, 2.0, 2.0], [1.0, 2.0, 3.0, 4.0, 5.0]])
    assert one("crossings", x, backend).tolist() == [3 / 4, 1 / 4]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("n", [*range(1, 70), 127, 128, 129, 255, 300, 1000, 4097])
def test_percentiles_are_those_of_the_sorted_series(n, backend):
    """Every length around the sorting network's runs, with ties and without."""
    random = np.random.default_rng(n)
    x = np.concatenate([random.normal(size=(9, n)), random.integers(0, 3, size=(2, n))])
    percents = (0, 1, 5, 25, 33, 50, 75, 95, 99, 100)
    statistics = Statistics(functionals=tuple(f"p{p}" for p in percents), deltas=0)
    found = statistics(x.T, [f"series_{i}" for i in range(11)], backend=backend)
    expected = np.percentile(x, percents, axis=1).T.ravel()
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("backend", BACKENDS)
def test_autocorrelation_of_a_sine_is_a_cosine_of_the_lag(backend):
    n, period = 10_000, 50
    x = np.sin(2 * np.pi * np.arange(n) / period)[None]
    for lag in (5, 10, 20):
        # the estimate divides by n, so it is short of the cosine by lag / n
        expected = np.cos(2 * np.pi * lag / period) * (1 - lag / n)
        assert one(f"ac{lag}", x, backend)[0] == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("width", [5, 9, 11])
@pytest.mark.parametrize("n", [11, 12, 200])
def test_delta_equals_librosa(order, width, n):
    x = series(n)
    expected = librosa.feature.delta(x, width=width, order=order)
    worst = np.abs(functionals.delta(x, order, width) - expected).max()
    print(f"order {order} width {width} n {n}: {worst:.2e}")
    assert worst < 1e-12 * np.abs(x).max() + 1e-11


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 7, 8])
def test_delta_of_a_short_line_is_its_slope_once_a_window_fits(n):
    line = 0.5 * np.arange(float(n))[None]
    expected = 0.5 if n >= 3 else 0.0
    np.testing.assert_allclose(functionals.delta(line), np.full((1, n), expected), atol=1e-12)


@pytest.mark.parametrize("n", [1, 2])
def test_delta_of_too_few_points_is_zero(n):
    assert not functionals.delta(series(n), 1).any()
    assert not functionals.delta(series(n), 2).any()
