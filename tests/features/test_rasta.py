"""RASTA: SciPy's filter, the paper's band, and gains that leave no trace."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal

import serfast
from helpers import signals, spectral
from helpers.spectral import BACKENDS, HOP, RATE
from serfast.errors import ParameterError

every_backend = pytest.mark.parametrize("backend", BACKENDS)
NUMERATOR = 0.1 * np.array([2.0, 1.0, 0.0, -1.0, -2.0])


def both(feature: serfast.RASTA, backend: str, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows of a feature and of its RASTA, float64."""
    n = len(feature.columns)
    spec = serfast.FeatureSpec(
        sample_rate=RATE, hop_length=HOP, features=[feature.feature, feature]
    )
    rows = serfast.Extractor(spec, backend)(y).astype(np.float64)
    return rows[:, :n], rows[:, n:]


def filtered(x: np.ndarray, pole: float) -> np.ndarray:
    """SciPy's: the differences of whole windows, and then the recursion over them."""
    differences = scipy.signal.lfilter(NUMERATOR, [1.0], x, axis=0)
    differences[:4] = 0
    return np.asarray(scipy.signal.lfilter([1.0], [1.0, -pole], differences, axis=0))


@every_backend
@pytest.mark.parametrize("pole", [0.0, 0.94, 0.98])
@pytest.mark.parametrize("log", ["db", "ln"])
def test_equals_scipys_filter(log: str, pole: float, backend: str) -> None:
    feature = serfast.RASTA(serfast.LogMel(log=log), pole=pole)
    x, actual = both(feature, backend, spectral.Y)
    expected = filtered(x, pole)
    error = np.abs(actual - expected).max() / np.abs(expected).max()
    print(f"RASTA pole {pole:g}, {log}, {backend}: worst {error:.1e} of the largest")
    assert error <= 1e-6
    assert (actual[:4] == 0).all()
    assert np.ptp(actual, axis=0).min() > 0


def test_the_whole_filter_is_the_papers() -> None:
    """Of a course that begins at 0, the four rows of the beginning make no difference."""
    x, actual = both(serfast.RASTA(serfast.RMS()), "native", np.pad(spectral.Y, (5 * HOP, 0)))
    expected = scipy.signal.lfilter(NUMERATOR, [1.0, -0.98], x, axis=0)
    assert (x[:4] == 0).all()
    np.testing.assert_allclose(actual, expected, atol=1e-6 * np.abs(expected).max())


@every_backend
@pytest.mark.parametrize("gain", [2.0**-5, 2.0**3])
def test_a_gain_leaves_no_trace(gain: float, backend: str) -> None:
    feature = serfast.RASTA(serfast.LogMel(log="ln", amin=1e-30))
    y = (signals.voice(RATE, RATE, seed=5) / 16).astype(np.float32)
    x, plain = both(feature, backend, y)
    louder, changed = both(feature, backend, (gain * y).astype(np.float32))
    np.testing.assert_allclose(louder - x, 2 * np.log(gain), atol=1e-5)
    error = np.abs(changed - plain).max()
    print(f"RASTA at gain {gain:g}, {backend}: {error:.1e} neper")
    assert error <= 2e-5
    assert np.abs(plain).max() > 1


def test_a_recording_of_fewer_rows_than_the_filter_has() -> None:
    rows = serfast.Extractor(serfast.FeatureSpec(features=[serfast.RASTA(serfast.LogMel())]))
    assert (rows(spectral.Y[: 3 * HOP]) == 0).all()


def test_it_waits_for_no_later_row() -> None:
    plain = serfast.Extractor(serfast.FeatureSpec(features=[serfast.LogMel()])).stream()
    spec = serfast.FeatureSpec(features=[serfast.RASTA(serfast.LogMel())])
    assert serfast.Extractor(spec).stream().latency == plain.latency


@pytest.mark.parametrize("pole", [-0.1, 1.0, 7.0])
def test_an_unstable_filter_is_refused(pole: float) -> None:
    with pytest.raises(ParameterError, match=r"^pole must be a finite number >= 0 and <= 0\.9999"):
        serfast.RASTA(serfast.LogMel(), pole=pole)
