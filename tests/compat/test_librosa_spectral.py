"""The drop-in's shape of spectra beside the installed librosa's, and beside formulas.

As in test_librosa.py the draws are derandomized, and the parity report shows the worst of all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import serfast.compat.librosa as ours
from helpers import librosa_calls as calls
from helpers import signals
from helpers import tolerances as tol
from helpers.librosa_calls import drawn, quiet, same_kind
from helpers.parity_report import Measured
from helpers.tolerances import Tolerance
from serfast import ParameterError
from serfast.compat.librosa._installed import BEFORE_1

Array = np.ndarray[Any, Any]
Call = tuple[Array, dict[str, Any]]

RATES = (8000, 16000, 22050, 22050.5, 44100)


@st.composite
def spectra(draw: st.DrawFn) -> Call:
    """Samples of at least a frame's length, and how they become spectra.

    A shorter signal has bins of nothing but rounding noise.
    """
    y, arguments = draw(calls.signals(shortest=2048)), draw(calls.transforms())
    return calls.long_enough(y, arguments, "n_fft"), arguments


def both(name: str, **arguments: Any) -> tuple[Array, Array]:
    """What the drop-in gives and what librosa gives, of the same shape and dtype."""
    actual = getattr(ours.feature, f"spectral_{name}")(**arguments)
    expected = getattr(librosa.feature, f"spectral_{name}")(**arguments)
    same_kind(actual, expected)
    return actual, expected


def relative(actual: Array, expected: Array) -> Array:
    return np.abs(actual.astype(np.float64) / np.maximum(expected, 1e-30) - 1)


def check(tolerance: Tolerance, measured: Measured, error: Array, where: str) -> None:
    worst = float(np.max(error, initial=0))
    measured.add(tolerance, worst, f"compat {where}")
    assert worst <= tolerance.limit


def frequencies(kind: str | None, n_fft: int) -> Array | None:
    """Frequencies of bins that aren't a transform's, ascending: a vector or a column."""
    if kind is None:
        return None
    bins = np.geomspace(20, 12000, n_fft // 2 + 1)
    return bins[:, np.newaxis] if kind == "column" else bins.astype(kind)


freqs = st.sampled_from([None, "float64", "float32", "column"])


@quiet
@drawn
@given(call=spectra(), sr=st.sampled_from(RATES), freq=freqs)
def test_centroid(call: Call, sr: float, freq: str | None, measured: Measured) -> None:
    y, arguments = call
    arguments["freq"] = frequencies(freq, arguments["n_fft"])
    actual, expected = both("centroid", y=y, sr=sr, **arguments)
    check(tol.CENTROID, measured, relative(actual, expected), f"freq {freq}")


@quiet
@drawn
@given(
    call=spectra(),
    sr=st.sampled_from(RATES),
    freq=freqs,
    centroid=st.sampled_from([None, None, 0.0, 1000.0]),
    norm=st.booleans(),
    p=st.sampled_from([2, 2.0, 1, 3.5, np.float64(2)]),
)
def test_bandwidth(
    call: Call, freq: str | None, centroid: float | None, measured: Measured, **rest: Any
) -> None:
    y, arguments = call
    arguments["freq"] = frequencies(freq, arguments["n_fft"])
    if centroid is not None:
        n_frames = ours.feature.spectral_centroid(y=y, **arguments).shape[-1]
        arguments["centroid"] = np.full((*y.shape[:-1], 1, n_frames), centroid)
    actual, expected = both("bandwidth", y=y, **arguments, **rest)
    check(tol.BANDWIDTH, measured, relative(actual, expected), f"{freq} {centroid} {rest}")


@quiet
@drawn
@given(
    call=spectra(),
    sr=st.sampled_from(RATES),
    freq=freqs,
    share=st.sampled_from([0.85, 0.5, 0.01, 0.99, np.float32(0.3)]),
)
def test_rolloff(call: Call, sr: float, freq: str | None, share: float, measured: Measured) -> None:
    """Where the two differ, the sums up to their bins meet the threshold within rounding."""
    y, arguments = call
    bins = frequencies(freq, arguments["n_fft"])
    actual, expected = both("rolloff", y=y, sr=sr, freq=bins, roll_percent=share, **arguments)
    differing = np.argwhere(actual != expected)
    assert len(differing) <= max(1, 0.01 * actual.size)
    if not len(differing):
        return
    if bins is None:
        bins = librosa.fft_frequencies(sr=sr, n_fft=arguments["n_fft"])
    sums = np.cumsum(np.abs(librosa.stft(y, **arguments)), axis=-2, dtype=np.float64)
    for *channel, _, frame in differing:
        below = sums[(*channel, slice(None), frame)]
        answers = [rows[(*channel, 0, frame)] for rows in (actual, expected)]
        first, last = np.searchsorted(bins.ravel(), sorted(answers))
        ties = np.abs(below[first:last] / below[-1] - share)
        check(tol.ROLLOFF_TIE, measured, ties, f"bins {first} to {last}, freq {freq}")


@quiet
@drawn
@given(
    call=spectra(),
    amin=st.sampled_from([1e-10, 1e-3, 1e-40, 1]),
    power=st.sampled_from([2.0, 1, 1.5, 0.5, np.float64(2)]),
)
def test_flatness(call: Call, amin: float, power: float, measured: Measured) -> None:
    y, arguments = call
    actual, expected = both("flatness", y=y, amin=amin, power=power, **arguments)
    error = relative(actual, expected)[..., 0, :][above_noise(y, arguments)]
    check(tol.FLATNESS, measured, error, f"amin {amin} power {power}")


def above_noise(y: Array, transform: dict[str, Any]) -> Array:
    """Whether a frame has no bin whose value is float32's noise."""
    S = np.abs(librosa.stft(y, **transform))
    return np.asarray(S.min(axis=-2) >= 10 ** (-tol.LOWEST_BIN / 20) * S.max(axis=-2))


def contrast_errors(y: Array, arguments: dict[str, Any], transform: dict[str, Any]) -> Array:
    """Differences [dB] in the frames above noise; a row each."""
    actual, expected = both("contrast", y=y, **arguments, **transform)
    return np.swapaxes(np.abs(actual - expected), -1, -2)[above_noise(y, transform)]


@st.composite
def bands(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "sr": draw(st.sampled_from([22050, 22050.5, 44100])),
        "fmin": draw(st.sampled_from([200.0, 250, 343])),
        "n_bands": draw(st.sampled_from([1, 3, 6])),
        "quantile": draw(st.sampled_from([0.02, 0.2, 0.7])),
    }


@quiet
@drawn
@given(call=spectra(), arguments=bands(), freq=st.sampled_from([None, "float64", "float32"]))
def test_contrast(
    call: Call, arguments: dict[str, Any], freq: str | None, measured: Measured
) -> None:
    y, transform = call
    arguments["freq"] = frequencies(freq, transform["n_fft"])
    check(tol.CONTRAST, measured, contrast_errors(y, arguments, transform), f"freq {freq}")
    actual, expected = both("contrast", y=y, linear=True, **arguments, **transform)
    peak = np.abs(librosa.stft(y, **transform)).max(axis=-2, keepdims=True)
    error = np.abs(actual - expected) / np.maximum(peak, 1e-30)
    check(tol.CONTRAST_LINEAR, measured, error, f"freq {freq}")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_fft", [512, 2048])
def test_speech(n_fft: int, dtype: type, emodb: Path, measured: Measured) -> None:
    transform = {"n_fft": n_fft, "hop_length": n_fft // 4}
    for name, samples in signals.speech(emodb, 16000).items():
        call = {"y": samples.astype(dtype), **transform}
        where = f"{name} {n_fft} {dtype.__name__}"
        for power in (1.0, 2.0):
            error = relative(*both("flatness", power=power, **call))
            check(tol.FLATNESS, measured, error, where)
            check(tol.FLATNESS_SPEECH_MEDIAN, measured, np.median(error), where)
        errors = contrast_errors(call["y"], {"sr": 16000}, transform)
        assert len(errors) > 0.7 * (1 + len(samples) // transform["hop_length"])
        check(tol.CONTRAST, measured, errors, where)
        call["sr"] = 16000
        check(tol.CENTROID, measured, relative(*both("centroid", **call)), where)
        check(tol.BANDWIDTH, measured, relative(*both("bandwidth", **call)), where)
        actual, expected = both("rolloff", **call)
        assert np.mean(actual != expected) <= 0.01


GIVEN: list[tuple[str, dict[str, Any]]] = [
    ("centroid", {}),
    ("bandwidth", {}),
    ("bandwidth", {"p": 1, "norm": False}),
    ("rolloff", {}),
    ("rolloff", {"roll_percent": 0.3}),
    ("flatness", {}),
    ("flatness", {"power": 0.7, "amin": 0.1}),
    ("contrast", {}),
    ("contrast", {"linear": True, "n_bands": 3, "quantile": 0.4}),
]


@pytest.mark.parametrize(("name", "arguments"), GIVEN)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(257, 9), (2, 3, 257, 9), (257, 0)])
def test_a_spectrogram_given(
    name: str, arguments: dict[str, Any], dtype: type, shape: tuple[int, ...]
) -> None:
    """What is computed from S is librosa's to the rounding of its dtype; roll-off is equal."""
    S = (100 * np.random.default_rng(3).standard_normal(shape) ** 2).astype(dtype)
    S[..., 4:5] = 0  # silence
    if name == "contrast" and not S.size:
        arguments = {**arguments, "linear": True}  # librosa has no level of nothing
    eps = np.finfo(dtype).eps
    limits = {"rolloff": 0, "flatness": 300 * eps}  # librosa averages logarithms in S's dtype
    for n_fft in (512, 513, None, 2048):
        actual, expected = both(name, S=S, n_fft=n_fft, **arguments)
        np.testing.assert_allclose(actual, expected, rtol=limits.get(name, 30 * eps))


@pytest.mark.parametrize("scale", [1e-42, 1e-30, 1e-6, 1e3])
@pytest.mark.parametrize("name", ["centroid", "bandwidth", "rolloff", "flatness"])
def test_quiet_and_loud_spectrograms(name: str, scale: float) -> None:
    """Below the smallest normal float32 librosa doesn't divide by the sum of a float32 S."""
    S = np.random.default_rng(9).uniform(0, 1, (257, 7))
    for dtype, limit in ((np.float32, 1e-4), (np.float64, 1e-12)):
        actual, expected = both(name, S=(S * scale).astype(dtype))
        np.testing.assert_allclose(actual, expected, rtol=limit)


@pytest.mark.parametrize("name", ["centroid", "bandwidth", "rolloff"])
@pytest.mark.parametrize("shape", [(257,), (257, 1), (257, 9), (3, 257, 9), (2, 1, 257, 1), ()])
def test_frequencies_given(name: str, shape: tuple[int, ...]) -> None:
    """In no order, for one frame or for all of them, some of them NaN as after reassignment."""
    rng = np.random.default_rng(5)
    S = np.abs(rng.standard_normal((2, 3, 257, 9)))
    freq = np.asarray(rng.uniform(0, 8000, shape))
    actual, expected = both(name, S=S, freq=freq)
    np.testing.assert_allclose(actual, expected, rtol=1e-13)
    if freq.ndim == 2:
        freq[7] = np.nan
        actual, expected = both(name, S=S, freq=freq)
        np.testing.assert_allclose(actual, expected, rtol=1e-13)
        assert np.isnan(actual).all() == (name != "rolloff")


def test_integers_count_as_what_they_are() -> None:
    """librosa rounds the shares of an integer S to 0 and 1."""
    S = np.random.default_rng(6).integers(0, 50, (257, 9))
    for name, arguments in GIVEN:
        function = getattr(ours.feature, f"spectral_{name}")
        whole, floating = (function(S=s, **arguments) for s in (S, S.astype(float)))
        same_kind(whole, floating)
        np.testing.assert_allclose(whole, floating, rtol=1e-14)


@pytest.mark.parametrize("name", ["centroid", "rolloff"])
def test_a_single_bin_is_where_the_spectrum_lies(name: str) -> None:
    function = getattr(ours.feature, f"spectral_{name}")
    S = np.diag(np.linspace(0.1, 7, 129))
    np.testing.assert_allclose(function(S=S, sr=8000), [np.arange(129) * 8000 / 256], rtol=1e-12)
    freq = np.sort(np.random.default_rng(7).uniform(10, 4000, 129))
    np.testing.assert_allclose(function(S=S, freq=freq), [freq], rtol=1e-12)


def test_a_single_bin_has_no_bandwidth() -> None:
    S = np.eye(129)
    assert np.abs(ours.feature.spectral_bandwidth(S=S, sr=8000)).max() < 1e-9
    away = ours.feature.spectral_bandwidth(S=S, sr=8000, centroid=np.full((1, 129), 1000.0))
    np.testing.assert_allclose(away, [np.abs(np.arange(129) * 31.25 - 1000)])


def test_a_constant_spectrum() -> None:
    """Moments of evenly spaced frequencies; the ones' roll-off is a share of their number."""
    n, top = 257, 8000 / 2
    S = np.ones((n, 3))
    np.testing.assert_allclose(ours.feature.spectral_centroid(S=S, sr=8000), top / 2)
    spread = top / (n - 1) * np.sqrt((n**2 - 1) / 12)
    np.testing.assert_allclose(ours.feature.spectral_bandwidth(S=S, sr=8000), spread)
    for share in (0.1, 0.5, 0.85, 0.95):
        actual = ours.feature.spectral_rolloff(S=S, sr=8000, roll_percent=share)
        np.testing.assert_allclose(actual, (np.ceil(share * n) - 1) * top / (n - 1))
    for power in (0, 1, 2, -1.5):
        np.testing.assert_allclose(ours.feature.spectral_flatness(S=7 * S, power=power), 1)
    assert np.abs(ours.feature.spectral_contrast(S=S)).max() < 1e-9


def test_flatness_of_two_values() -> None:
    """√(a b) over (a + b) / 2, and a floor that lifts the lesser one."""
    S = np.array([[1.0, 1e-30, 0.0], [9.0, 4.0, 0.0]])
    plain = ours.feature.spectral_flatness(S=S, power=1)
    np.testing.assert_allclose(plain, [[3 / 5, 2e-5 / 2, 1]], rtol=1e-9)
    lifted = ours.feature.spectral_flatness(S=S, power=1, amin=1)
    np.testing.assert_allclose(lifted, [[3 / 5, 2 / 2.5, 1]])


def test_contrast_of_one_peak_in_a_band() -> None:
    """One bin stands 20 dB (of magnitude) above the others, in the band from 1600 to 3200 Hz."""
    S = np.ones((1025, 2))
    S[200, 1] = 100.0  # 2153 Hz
    bins = np.arange(1025) * 22050 / 2048
    n_peaks = round(0.02 * (1 + np.sum((bins >= 1600) & (bins <= 3200))))
    peak = (100 + n_peaks - 1) / n_peaks
    expected = np.zeros((7, 2))
    expected[4, 1] = 10 * np.log10(peak)
    np.testing.assert_allclose(ours.feature.spectral_contrast(S=S), expected, atol=1e-9)
    expected[4, 1] = peak - 1
    np.testing.assert_allclose(ours.feature.spectral_contrast(S=S, linear=True), expected)


def test_the_floor_is_that_of_the_installed_librosa() -> None:
    """It is 80 dB below the loudest of all channels up to 0.11, of the channel since 1.0."""
    y = np.random.default_rng(8).standard_normal((2, 8192)).astype(np.float32)
    y[1] *= 1e-9
    actual, expected = both("contrast", y=y)
    np.testing.assert_allclose(actual, expected, atol=tol.CONTRAST.limit)
    assert (np.ptp(actual[1]) < 1e-9) == BEFORE_1
    assert np.ptp(ours.feature.spectral_contrast(y=y[1])) > 1


def test_silence() -> None:
    y = np.zeros((2, 4096), dtype=np.float32)
    for name, arguments in GIVEN:
        actual, expected = both(name, y=y, **arguments)
        np.testing.assert_allclose(actual, expected, rtol=1e-3 if name == "flatness" else 0)
        np.testing.assert_allclose(actual, float(name == "flatness"), rtol=1e-6)


def test_a_negative_value_is_named() -> None:
    S = np.ones((2, 257, 9))
    S[1, 30, 4] = -0.5
    for name in ("centroid", "bandwidth", "rolloff", "flatness"):
        with pytest.raises(ParameterError, match=r"^S must be >= 0 .*-0\.5 at index \(1, 30, 4\)"):
            getattr(ours.feature, f"spectral_{name}")(S=S)
    actual, expected = both("contrast", S=S, linear=True)
    np.testing.assert_allclose(actual, expected)
