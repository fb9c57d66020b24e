"""The drop-in's numbers beside the installed librosa's: same call, drawn arguments, both results.

The draws are derandomized, so that a build fails for a change and not by chance; the parity
report shows the worst of all draws.
"""

from __future__ import annotations

from typing import Any

import librosa
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import serfast.compat.librosa as ours
from helpers import tolerances as tol
from helpers import yin_noise
from helpers.librosa_calls import (
    ALL_PAD_MODES,
    drawn,
    frames,
    long_enough,
    quiet,
    same_kind,
    signals,
    transforms,
    voice,
)
from helpers.parity_report import Measured
from serfast.features.pitch import lag_range

Array = np.ndarray[Any, Any]


@quiet
@drawn
@given(y=signals(), arguments=frames("frame_length", ALL_PAD_MODES))
def test_rms(y: Array, arguments: dict[str, Any], measured: Measured) -> None:
    y = long_enough(y, arguments, "frame_length")
    actual = ours.feature.rms(y=y, **arguments)
    expected = librosa.feature.rms(y=y, **arguments)
    same_kind(actual, expected)
    worst = float(np.max(np.abs(actual / np.maximum(expected, 1e-30) - 1)))
    measured.add(tol.RMS, worst, "compat")
    assert worst <= tol.RMS.limit


@drawn
@given(
    y=signals(),
    frame=frames("frame_length", ("edge",)),
    threshold=st.sampled_from([0.0, 1e-10, 1e-2, 0.3, -1.0]),
    ref_magnitude=st.sampled_from([None, 0.1, np.max, np.median]),
    pad=st.booleans(),
    zero_pos=st.booleans(),
)
def test_zero_crossing_rate(y: Array, frame: dict[str, Any], **arguments: Any) -> None:
    y = long_enough(y, frame, "frame_length")
    del frame["pad_mode"]
    actual = ours.feature.zero_crossing_rate(y, **frame, **arguments)
    expected = librosa.feature.zero_crossing_rate(y, **frame, **arguments)
    same_kind(actual, expected)
    assert np.array_equal(actual, expected)


@st.composite
def mel_arguments(draw: st.DrawFn) -> dict[str, Any]:
    return {
        **draw(transforms()),
        "power": draw(st.sampled_from([2.0, 1.0, 2, 1.5])),
        "n_mels": draw(st.sampled_from([1, 13, 40, 128])),
        "fmin": draw(st.sampled_from([0.0, 60, 300.0])),
        "fmax": draw(st.sampled_from([None, 4000.0, 11025.0, 12000.0])),
        "htk": draw(st.booleans()),
        "norm": draw(st.sampled_from(["slaney", None, 1, 2.0, np.inf])),
    }


@quiet
@drawn
@given(y=signals(), arguments=mel_arguments(), dtype=st.sampled_from([np.float32, np.float64]))
def test_melspectrogram(
    y: Array, arguments: dict[str, Any], dtype: type, measured: Measured
) -> None:
    y = long_enough(y, arguments, "n_fft")
    actual = ours.feature.melspectrogram(y=y, **arguments, dtype=dtype)
    expected = librosa.feature.melspectrogram(y=y, **arguments, dtype=dtype)
    same_kind(actual, expected)
    peak = np.maximum(expected.max(axis=-2, keepdims=True), 1e-30)
    # a bank that holds little of the frame's energy still carries the noise of all of it
    full = np.abs(librosa.stft(y, **_stft(arguments))) ** arguments["power"]
    weight = librosa.filters.mel(sr=22050, **_bank(arguments)).max()
    peak = np.maximum(peak, weight * full.max(axis=-2, keepdims=True))
    worst = float(np.max(np.abs(actual - expected) / peak))
    measured.add(tol.MEL_POWER, worst, f"compat {arguments['power']}")
    assert worst <= tol.MEL_POWER.limit


def _stft(arguments: dict[str, Any]) -> dict[str, Any]:
    names = ("n_fft", "hop_length", "win_length", "window", "center", "pad_mode")
    return {name: arguments[name] for name in names}


def _bank(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: arguments[name] for name in ("n_fft", "n_mels", "fmin", "fmax", "htk", "norm")}


@quiet
@drawn
@given(
    y=signals(shortest=2048),  # a shorter one has bands of nothing but rounding noise
    mel=mel_arguments(),
    n_mfcc=st.sampled_from([1, 13, 20]),
    dct_type=st.sampled_from([1, 2, 3]),
    norm=st.sampled_from([None, "ortho", "backward"]),
    lifter=st.sampled_from([0, 22]),
)
def test_mfcc(
    y: Array,
    mel: dict[str, Any],
    n_mfcc: int,
    dct_type: int,
    norm: str | None,
    lifter: int,
    measured: Measured,
) -> None:
    mel["mel_norm"] = mel.pop("norm")
    mel["n_mels"] = max(2, mel["n_mels"])
    n_mfcc = min(n_mfcc, mel["n_mels"]) if lifter else n_mfcc
    arguments = {"n_mfcc": n_mfcc, "dct_type": dct_type, "norm": norm, "lifter": lifter, **mel}
    actual = ours.feature.mfcc(y=y, **arguments)
    expected = librosa.feature.mfcc(y=y, **arguments)
    same_kind(actual, expected)
    gain = (1 + lifter / 2) * (1 if norm == "ortho" else 2 * np.sqrt(mel["n_mels"]))
    worst = float(np.max(np.abs(actual - expected))) / gain
    measured.add(tol.MFCC, worst, "compat")
    assert worst <= tol.MFCC.limit


def frames_of(y: Array, arguments: dict[str, Any]) -> Array:
    """The frames that librosa cuts, a row each, channel after channel."""
    length, hop = arguments["frame_length"], arguments["hop_length"]
    if arguments["center"]:
        width = [(0, 0)] * (y.ndim - 1) + [(length // 2, length // 2)]
        y = np.pad(y, width, mode=arguments["pad_mode"])
    frames = librosa.util.frame(y, frame_length=length, hop_length=hop)
    return np.moveaxis(frames, -1, -2).reshape(-1, length)


@quiet
@drawn
@given(
    y=signals(),
    arguments=frames("frame_length", ALL_PAD_MODES),
    sr=st.sampled_from([8000, 22050, 22050.5]),
    threshold=st.sampled_from([0.05, 0.1, 0.3, 0.5, 0.0]),
)
@example(
    y=np.eye(1, 2048, 700)[0],  # one impulse: tied at every lag
    arguments={"frame_length": 441, "hop_length": 100, "center": True, "pad_mode": "edge"},
    sr=8000,
    threshold=0.1,
)
@example(
    y=voice(26, (), np.float32, 0),  # between zeros, which give every longer lag the same d'
    arguments={"frame_length": 2048, "hop_length": 100, "center": True, "pad_mode": "constant"},
    sr=8000,
    threshold=0.05,
)
def test_yin(
    y: Array, arguments: dict[str, Any], sr: float, threshold: float, measured: Measured
) -> None:
    """A frame beyond the tolerance is one that float32's noise can lead to either answer."""
    length = arguments["frame_length"] = max(441, arguments["frame_length"])
    y = long_enough(y, arguments, "frame_length")
    pitch = {"fmin": 70, "fmax": 900.0}
    actual = ours.yin(y, **arguments, **pitch, sr=sr, trough_threshold=threshold)
    expected = librosa.yin(y, **arguments, **pitch, sr=sr, trough_threshold=threshold)
    same_kind(actual, expected)
    error = np.abs(actual / expected - 1).ravel()
    outside = error > tol.YIN.limit
    measured.add(tol.YIN, float(np.max(error[~outside], initial=0)), "compat")
    if not outside.any():
        return
    lags = lag_range(sample_rate=sr, **pitch, frame_length=length)
    cut = frames_of(y, arguments)[outside]
    answers = sr / np.stack([actual.ravel(), expected.ravel()], axis=1)[outside]
    for frame, (lag, other) in zip(cut, answers, strict=True):
        units = yin_noise.needed(frame, lags, (lag, other), threshold)
        measured.add(tol.YIN_NOISE, units, "compat")
        assert units <= tol.YIN_NOISE.limit, f"lag {lag:.3f}, librosa {other:.3f}"


@quiet
@drawn
@given(
    sr=st.sampled_from([8000, 16000, 22050, 44100.0, np.uint16(11025)]),
    n_fft=st.sampled_from([2, 64, 441, 2048, np.uint16(512)]),
    n_mels=st.sampled_from([1, 40, 128, 40.0]),
    fmin=st.sampled_from([0.0, 100.0, np.uint8(20)]),
    fmax=st.sampled_from([None, 3000, 30000.0]),
    htk=st.sampled_from([True, False, np.uint8(1)]),
    norm=st.sampled_from(["slaney", None, 0, 1, 2, 3.5, np.inf, -np.inf, np.float32(2)]),
    dtype=st.sampled_from([np.float32, np.float64, "float64"]),
)
def test_filters_mel(**arguments: Any) -> None:
    actual = ours.filters.mel(**arguments)
    expected = librosa.filters.mel(**arguments)
    same_kind(actual, expected)
    assert actual.flags.writeable
    peak = np.abs(expected).max(initial=1e-30)
    # librosa rounds to dtype before the norm and after it, and so does each of us once
    eps = np.finfo(arguments["dtype"]).eps
    assert np.max(np.abs(actual - expected)) <= 1e3 * eps * peak if eps < 1e-9 else 4 * eps * peak


@drawn
@given(
    shape=st.sampled_from([(20,), (20, 30), (3, 20, 30)]),
    axis=st.sampled_from([0, -1]),
    frame_length=st.sampled_from([1, 2, 3]),
    hop_length=st.sampled_from([1, 2, 30]),
    writeable=st.booleans(),
)
def test_frame(shape: tuple[int, ...], writeable: bool, **arguments: Any) -> None:
    x = np.random.default_rng(1).standard_normal(shape)
    actual = ours.util.frame(x, writeable=writeable, **arguments)
    expected = librosa.util.frame(x, writeable=writeable, **arguments)
    same_kind(actual, expected)
    assert np.array_equal(actual, expected)
    assert actual.strides == expected.strides
    assert actual.flags.writeable == writeable
    assert np.shares_memory(actual, x)


@pytest.mark.filterwarnings("ignore:power_to_db was called on complex input")
@drawn
@given(
    kind=st.sampled_from([np.float32, np.float64, np.int64, np.complex64, np.complex128]),
    shape=st.sampled_from([(), (7,), (2, 3, 4)]),
    ref=st.sampled_from([1.0, 1, 0.0, -3.0, np.max, np.median, 2 + 1j]),
    amin=st.sampled_from([1e-10, 1e-50, 1, 1e3]),
    top_db=st.sampled_from([None, 0, 20.0, 80]),
)
def test_power_to_db(kind: type, shape: tuple[int, ...], **arguments: Any) -> None:
    S = (1e3 * np.random.default_rng(2).standard_normal(shape) ** 2).astype(kind)
    actual = ours.power_to_db(S, **arguments)
    expected = librosa.power_to_db(S, **arguments)
    assert np.shape(actual) == np.shape(expected)
    assert type(actual) is type(expected)
    assert actual.dtype == expected.dtype
    assert np.array_equal(actual, expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.int16])
@pytest.mark.parametrize("shape", [(257, 9), (2, 3, 257, 9)])
def test_spectrogram_given(dtype: type, shape: tuple[int, ...]) -> None:
    S = (100 * np.random.default_rng(3).standard_normal(shape)).astype(dtype)
    for frame_length in (512, 513):
        actual = ours.feature.rms(S=S, frame_length=frame_length)
        expected = librosa.feature.rms(S=S, frame_length=frame_length)
        same_kind(actual, expected)
        np.testing.assert_allclose(actual, expected, rtol=1e-6)
    for arguments in ({}, {"n_fft": 512}, {"n_mels": 40, "norm": 1, "dtype": np.float64}):
        actual = ours.feature.melspectrogram(S=S, **{"n_mels": 20, **arguments})
        expected = librosa.feature.melspectrogram(S=S, **{"n_mels": 20, **arguments})
        same_kind(actual, expected)
        np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int32])
@pytest.mark.parametrize("dct_type", [1, 2, 3])
def test_log_mel_given(dtype: type, dct_type: int) -> None:
    S = (20 * np.random.default_rng(4).standard_normal((2, 40, 9))).astype(dtype)
    for arguments in ({}, {"n_mfcc": 60}, {"lifter": 22}, {"norm": None}, {"window": "any"}):
        actual = ours.feature.mfcc(S=S, dct_type=dct_type, **arguments)
        expected = librosa.feature.mfcc(S=S, dct_type=dct_type, **arguments)
        same_kind(actual, expected)
        atol = S.shape[-2] * np.finfo(actual.dtype).eps * np.abs(expected).max()
        np.testing.assert_allclose(actual, expected, atol=atol, rtol=0)
