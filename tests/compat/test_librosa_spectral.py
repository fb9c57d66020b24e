"""The shape of spectra beside the installed librosa's: same call, drawn arguments, both results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast.compat.librosa as ours
from helpers import tolerances as tol
from helpers.librosa_calls import (
    same_kind,
    signals,
    voice,
)
from helpers.parity_report import Measured
from serfast import ParameterError

Array = np.ndarray[Any, Any]

KEPT = {"centroid": tol.CENTROID, "bandwidth": tol.BANDWIDTH, "flatness": tol.FLATNESS}
FUNCTIONS = ("centroid", "bandwidth", "rolloff", "flatness", "contrast")
BANDS = {"fmin": 300.0, "n_bands": 4}

drawn = settings(derandomize=True, max_examples=40)


@st.composite
def spectra(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments of transforms of more than a constant, of which only the rounding would be seen."""
    return {
        "n_fft": draw(st.sampled_from([441, 512, 1103, 2048])),
        "hop_length": draw(st.sampled_from([100, 512, 2000])),
        "center": draw(st.booleans()),
        "pad_mode": draw(st.sampled_from(["constant", "reflect"])),
    }


def both(name: str) -> tuple[Callable[..., Array], Callable[..., Array]]:
    """Ours and librosa's function."""
    return getattr(ours.feature, f"spectral_{name}"), getattr(librosa.feature, f"spectral_{name}")


def relative(actual: Array, expected: Array) -> float:
    """The largest error of a value, beside the value."""
    return float(np.max(np.abs(actual - expected) / np.maximum(np.abs(expected), 1e-30)))


@pytest.mark.parametrize("name", ["centroid", "bandwidth", "flatness"])
@drawn
@given(y=signals(2048), frame=spectra())
def test_from_samples(name: str, y: Array, frame: dict[str, Any], measured: Measured) -> None:
    function, theirs = both(name)
    actual, expected = function(y=y, **frame), theirs(y=y, **frame)
    same_kind(actual, expected)
    worst = relative(actual, expected)
    measured.add(KEPT[name], worst, "compat")
    assert worst <= KEPT[name].limit


@drawn
@given(y=signals(2048), frame=spectra(), share=st.sampled_from([0.01, 0.5, 0.99]))
def test_rolloff_of_samples(y: Array, frame: dict[str, Any], share: float) -> None:
    actual = ours.feature.spectral_rolloff(y=y, roll_percent=share, **frame)
    expected = librosa.feature.spectral_rolloff(y=y, roll_percent=share, **frame)
    same_kind(actual, expected)
    bin_width = 22050 / frame["n_fft"]
    different = np.abs(actual - expected)
    assert different.max() <= 1.001 * bin_width, "a tie within rounding gives the next bin"
    assert np.mean(different > 0) <= 0.01 or different.size < 100


@pytest.mark.parametrize("linear", [False, True])
@drawn
@given(
    y=signals(2048), hop_length=st.sampled_from([100, 512]), quantile=st.sampled_from([0.02, 0.3])
)
def test_contrast_of_samples(
    linear: bool, y: Array, hop_length: int, quantile: float, measured: Measured
) -> None:
    arguments = {"hop_length": hop_length, "quantile": quantile, "linear": linear}
    actual = ours.feature.spectral_contrast(y=y, **arguments)
    expected = librosa.feature.spectral_contrast(y=y, **arguments)
    same_kind(actual, expected)
    if linear:
        worst = float(np.max(np.abs(actual - expected)) / max(np.max(np.abs(expected)), 1e-30))
        limit = tol.CONTRAST_LINEAR
    else:
        worst, limit = float(np.max(np.abs(actual - expected))), tol.CONTRAST
    measured.add(limit, worst, "compat")
    assert worst <= limit.limit


@st.composite
def spectrograms(draw: st.DrawFn) -> Array:
    shape = draw(st.sampled_from([(257, 7), (1025, 3), (2, 3, 257, 5)]))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    S = random.uniform(0, draw(st.sampled_from([1e-6, 1.0, 1e3])), shape)
    return S.astype(draw(st.sampled_from([np.float32, np.float64])))


@pytest.mark.parametrize("name", FUNCTIONS)
@drawn
@given(S=spectrograms())
def test_from_a_spectrogram(name: str, S: Array) -> None:
    function, theirs = both(name)
    arguments = BANDS if name == "contrast" else {}
    actual, expected = function(S=S, **arguments), theirs(S=S, **arguments)
    same_kind(actual, expected)
    relative_limit = 1e-3 if name == "flatness" else 2e-5  # librosa's mean of float32 logarithms
    np.testing.assert_allclose(actual, expected, rtol=relative_limit, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("centroid", {"freq": np.linspace(10, 900, 257)}),
        ("bandwidth", {"p": 3}),
        ("bandwidth", {"p": 1.5, "norm": False}),
        ("bandwidth", {"freq": np.linspace(10, 900, 257)}),
        ("bandwidth", {"centroid": np.linspace(100, 4000, 40)[None]}),
        ("rolloff", {"freq": np.linspace(10, 900, 257)}),
        ("flatness", {"power": 1}),
        ("flatness", {"power": 1.3, "amin": 1e-4}),
        ("contrast", {**BANDS, "freq": np.linspace(0, 11025, 257)}),
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arguments_of_its_own(name: str, arguments: dict[str, Any], dtype: type) -> None:
    y = voice(39 * 128, (), dtype, 7)
    function, theirs = both(name)
    frame = {"n_fft": 512, "hop_length": 128}
    actual, expected = function(y=y, **frame, **arguments), theirs(y=y, **frame, **arguments)
    same_kind(actual, expected)
    absolute = tol.CONTRAST.limit if name == "contrast" else 0
    np.testing.assert_allclose(actual, expected, rtol=5e-3, atol=absolute)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"S": np.full((257, 3), 1j)},
        {"S": np.full((257, 3), np.nan)},
        {"S": np.ones(257)[:, None], "freq": np.ones(9)},
        {"y": np.full(4096, np.inf)},
        {"y": np.zeros(4096), "hop_length": 0},
    ],
    ids=["nothing", "complex", "nan", "freq", "inf", "hop"],
)
def test_bad_calls_raise(name: str, arguments: dict[str, Any]) -> None:
    if name == "flatness" and "freq" in arguments:
        pytest.skip("flatness has no frequencies")
    with pytest.raises(ParameterError):
        both(name)[0](**arguments)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("centroid", {"S": np.full((257, 3), -1.0)}, "S must be >= 0"),
        ("rolloff", {"y": np.zeros(4096), "roll_percent": 1.0}, "roll_percent must be"),
        ("bandwidth", {"y": np.zeros(4096), "p": 0}, "p must be"),
        ("bandwidth", {"y": np.zeros(4096), "centroid": np.zeros((3, 3))}, "centroid must be"),
        ("flatness", {"y": np.zeros(4096), "amin": 0}, "amin must be"),
        ("contrast", {"y": np.zeros(4096), "quantile": 1}, "quantile must be"),
        ("contrast", {"y": np.zeros(4096), "n_bands": 9}, "n_bands"),
        ("contrast", {"y": np.zeros(4096), "n_fft": 64, "fmin": 10.0}, "fmin and n_bands"),
    ],
)
def test_a_bad_value_is_named(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        both(name)[0](**arguments)
