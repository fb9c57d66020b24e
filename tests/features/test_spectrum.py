"""Windows against SciPy; the power spectrum against a plain Fourier sum."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal

import serfast
from helpers import signals
from helpers import tolerances as tol
from helpers.broad import SIZES
from serfast.backends import BACKENDS
from serfast.features.framing import PAD_MODES
from serfast.features.spectrum import COSINE_SUMS, window_table

both = pytest.mark.parametrize("backend", BACKENDS)


@pytest.mark.parametrize("length", [1, 2, 3, 400, 401])
@pytest.mark.parametrize(
    "window",
    [*COSINE_SUMS, "ones", "triang", "bartlett", ("kaiser", 8.0), ("gaussian", 40)],
)
def test_windows_are_scipys(window: str | tuple[str, float], length: int) -> None:
    expected = scipy.signal.get_window(window, length)
    np.testing.assert_allclose(window_table(window, length), expected, atol=1e-15)


def test_a_window_of_ones_own_is_taken_as_it_is() -> None:
    weights = np.linspace(0, 1, 7)
    spectrum = serfast.PowerSpectrum(n_fft=8, win_length=7, window=weights)
    assert window_table(spectrum.window, 7).tolist() == weights.tolist()


@pytest.mark.parametrize("window", ["nonesuch", "kaiser", ("hann", "x", 3)])
def test_an_unknown_window_is_refused(window: str) -> None:
    spec = serfast.FeatureSpec(features=[serfast.PowerSpectrum(window=window)])
    with pytest.raises(serfast.ParameterError, match=r"^window must be .*, got "):
        serfast.Extractor(spec)


def fourier_sum(frame: np.ndarray) -> np.ndarray:
    """|X[k]| from the definition, in float64."""
    n = np.arange(len(frame))
    k = np.arange(len(frame) // 2 + 1)[:, np.newaxis]
    return np.abs(np.exp(-2j * np.pi / len(frame) * (k * n % len(frame))) @ frame)


def extract(
    y: np.ndarray, feature: serfast.PowerSpectrum, backend: str, **grid: object
) -> np.ndarray:
    spec = serfast.FeatureSpec(hop_length=10, **{"center": False, **grid}, features=[feature])
    return serfast.Extractor(spec, backend=backend)(y)


def assert_close(rows: np.ndarray, expected: np.ndarray) -> None:
    peak = expected.max(axis=1, keepdims=True)
    assert rows.shape == expected.shape
    assert np.all(np.abs(rows - expected) <= tol.REFERENCE.limit * peak)


@both
@pytest.mark.parametrize("n_fft", [*SIZES, 4, 6, 8, 9, 11, 13, 27, 32, 64, 75, 97, 121, 1000])
def test_every_size_is_the_fourier_sum(n_fft: int, backend: str) -> None:
    y = signals.noise(n_fft + 10, seed=n_fft)
    window = scipy.signal.get_window("hann", n_fft)
    expected = [fourier_sum(window * y[start : start + n_fft]) ** 2 for start in (0, 10)]
    assert_close(extract(y, serfast.PowerSpectrum(n_fft=n_fft), backend), np.array(expected))


@both
@pytest.mark.parametrize(("win_length", "start"), [(400, 56), (399, 56), (1, 255), (512, 0)])
def test_a_short_window_sits_in_the_middle(win_length: int, start: int, backend: str) -> None:
    y = signals.noise(512)
    window = np.zeros(512)
    window[start : start + win_length] = scipy.signal.get_window("hamming", win_length)
    feature = serfast.PowerSpectrum(win_length=win_length, window="hamming")
    assert_close(extract(y, feature, backend), fourier_sum(window * y)[np.newaxis] ** 2)


@both
def test_mean_then_preemphasis_then_window(backend: str) -> None:
    y = signals.noise(64) + np.float32(0.3)
    x = y[7:57].astype(float)
    x = x - x.mean()
    emphasised = scipy.signal.lfilter([1, -0.97], 1, x, zi=[-0.97 * x[0]])[0]
    frame = np.zeros(64)
    frame[7:57] = emphasised * scipy.signal.get_window("hamming", 50)
    feature = serfast.PowerSpectrum(
        n_fft=64, win_length=50, window="hamming", preemphasis=0.97, remove_dc=True
    )
    assert_close(extract(y, feature, backend), fourier_sum(frame)[np.newaxis] ** 2)


@both
@pytest.mark.parametrize(("remove_dc", "expected"), [(True, 0.0), (False, 64 * 0.25)])
def test_the_mean_goes_only_if_wanted(remove_dc: bool, expected: float, backend: str) -> None:
    feature = serfast.PowerSpectrum(n_fft=64, window="boxcar", remove_dc=remove_dc, power=1.0)
    rows = extract(np.full(64, 0.25, dtype=np.float32), feature, backend)
    assert rows[0, 0] == pytest.approx(expected, abs=1e-6)


@both
def test_magnitude_is_the_root_of_power(backend: str) -> None:
    y = signals.noise(700)
    power = extract(y, serfast.PowerSpectrum(), backend)
    magnitude = extract(y, serfast.PowerSpectrum(power=1), backend)
    np.testing.assert_allclose(magnitude, np.sqrt(power), rtol=1e-6)


@both
@pytest.mark.parametrize("n_samples", [1, 2, 3, 9, 31, 32, 33, 200])
@pytest.mark.parametrize("pad_mode", PAD_MODES)
def test_padding_is_numpys_however_short_the_signal(
    pad_mode: str, n_samples: int, backend: str
) -> None:
    y = signals.noise(n_samples, seed=n_samples)
    feature = serfast.PowerSpectrum(n_fft=64)
    centred = extract(y, feature, backend, center=True, pad_mode=pad_mode)
    left_aligned = extract(np.pad(y, 32, mode=pad_mode), feature, backend)
    np.testing.assert_array_equal(centred, left_aligned)


@both
def test_a_feature_may_have_a_padding_of_its_own(backend: str) -> None:
    y = signals.noise(100)
    own = extract(y, serfast.PowerSpectrum(n_fft=64, pad_mode="edge"), backend, center=True)
    specs = extract(y, serfast.PowerSpectrum(n_fft=64), backend, center=True, pad_mode="edge")
    zeros = extract(y, serfast.PowerSpectrum(n_fft=64), backend, center=True)
    np.testing.assert_array_equal(own, specs)
    assert not np.array_equal(own, zeros)


@both
def test_sample_scale_multiplies_the_samples(backend: str) -> None:
    y = signals.noise(600)
    plain = extract(y, serfast.PowerSpectrum(), backend)
    scaled = extract(y, serfast.PowerSpectrum(), backend, sample_scale=32768.0)
    np.testing.assert_allclose(scaled, plain * 2.0**30, rtol=1e-6)


@both
def test_silence_has_no_power(backend: str) -> None:
    assert not extract(np.zeros(2000, np.float32), serfast.PowerSpectrum(n_fft=1103), backend).any()
