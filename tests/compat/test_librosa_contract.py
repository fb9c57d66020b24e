"""The drop-in's manners beside the installed librosa's: signatures, errors, warnings, channels."""

from __future__ import annotations

import inspect
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import librosa
import numpy as np
import pytest

import serfast.compat.librosa as ours
from helpers import pages
from serfast import ParameterError, SerfastError
from serfast.compat.librosa._installed import BEFORE_1

NAMES = (
    "feature.chroma_stft",
    "feature.rms",
    "feature.zero_crossing_rate",
    "feature.melspectrogram",
    "feature.mfcc",
    "feature.spectral_bandwidth",
    "feature.spectral_centroid",
    "feature.spectral_contrast",
    "feature.spectral_flatness",
    "feature.spectral_rolloff",
    "yin",
    "core.yin",
    "pyin",
    "core.pyin",
    "filters.mel",
    "util.frame",
    "util.valid_audio",
    "power_to_db",
    "core.power_to_db",
    "pcen",
    "core.pcen",
)

Y = np.random.default_rng(0).standard_normal(4096)
S = np.abs(np.random.default_rng(1).standard_normal((1025, 5)))
F0 = {"fmin": 110, "fmax": 880}
NEGATIVE, WITH_NAN, WITH_INF = (np.where(np.arange(5) == 3, bad, S) for bad in (-S, np.nan, np.inf))


def named(module: Any, name: str) -> Callable[..., Any]:
    for part in name.split("."):
        module = getattr(module, part)
    return module


def with_one(value: float) -> np.ndarray:
    y = Y.copy()
    y[77] = value
    return y


@pytest.mark.parametrize("name", NAMES)
def test_signature_is_librosas(name: str) -> None:
    actual = inspect.signature(named(ours, name)).parameters
    expected = inspect.signature(named(librosa, name)).parameters
    assert list(actual) == list(expected)
    for parameter, theirs in expected.items():
        assert actual[parameter].kind == theirs.kind, parameter
        assert repr(actual[parameter].default) == repr(theirs.default), parameter


def test_exceptions_are_reached_as_in_librosa() -> None:
    assert ours.ParameterError is ours.util.exceptions.ParameterError is ParameterError
    assert ours.util.exceptions.LibrosaError is SerfastError
    assert issubclass(ours.ParameterError, ours.util.exceptions.LibrosaError)


def test_import_loads_no_heavy_module() -> None:
    program = (
        "import sys, numpy as np, serfast.compat.librosa as librosa\n"
        "from serfast.compat.librosa.feature import mfcc\n"
        "librosa.yin(np.zeros(4096), fmin=110, fmax=880); mfcc(y=np.zeros(4096))\n"
        "heavy = {'librosa', 'scipy', 'numba', 'sklearn', 'soundfile', 'soxr'}\n"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


BAD_TRANSFORMS: list[dict[str, Any]] = [
    {},
    {"y": Y, "n_fft": None},
    {"y": list(Y)},
    {"y": Y.astype(int)},
    {"y": with_one(np.nan)},
    {"y": Y, "hop_length": 0},
    {"y": Y, "n_fft": 5000, "center": False},
    {"y": Y, "win_length": 4000},
    {"y": Y, "window": np.ones(1000)},
    {"y": Y, "pad_mode": "wrap"},
]
BAD_SPECTRA = [*BAD_TRANSFORMS, {"S": NEGATIVE}, {"S": S.astype(complex)}]

BAD_CALLS: dict[str, list[dict[str, Any]]] = {
    "feature.rms": [
        {},
        {"S": S, "frame_length": 100},
        {"y": Y, "hop_length": 0},
        {"y": Y, "hop_length": -1},
        {"y": Y, "frame_length": 5000, "center": False},
    ],
    "feature.zero_crossing_rate": [
        {"y": list(Y)},
        {"y": Y.astype(int)},
        {"y": np.float64(1)},
        {"y": with_one(np.nan)},
        {"y": with_one(np.inf), "zero_pos": False},
        {"y": Y, "hop_length": 0},
        {"y": Y, "frame_length": 5000, "center": False},
    ],
    "feature.melspectrogram": [
        {},
        {"y": Y, "n_fft": None},
        {"y": list(Y)},
        {"y": Y.astype(int)},
        {"y": with_one(np.nan)},
        {"y": Y, "hop_length": 0},
        {"y": Y, "hop_length": 2.5},
        {"y": Y, "n_fft": 5000, "center": False},
        {"y": Y, "win_length": 4000},
        {"y": Y, "window": np.ones(1000)},
        {"y": Y, "window": list(range(10))},
        {"y": Y, "norm": "garbage"},
        {"y": Y, "norm": -2},
        *({"y": Y, "pad_mode": mode} for mode in ("wrap", "maximum", "mean", "median", "minimum")),
    ],
    "feature.mfcc": [
        {},
        {"y": Y, "lifter": -1},
        {"S": S, "lifter": -1},
        {"S": S, "lifter": np.nan},
        {"y": with_one(-np.inf)},
        {"y": Y, "mel_norm": "garbage"},
        {"y": Y, "hop_length": 0},
    ],
    "feature.chroma_stft": [
        *BAD_TRANSFORMS,
        {"S": WITH_NAN},
        {"y": Y, "norm": -2},
        {"y": Y, "norm": "garbage"},
        {"y": Y, "norm": "garbage", "tuning": 0.0},
    ],
    "feature.spectral_centroid": [
        *BAD_SPECTRA,
        {"S": WITH_NAN},
        {"S": WITH_INF},
    ],
    "feature.spectral_bandwidth": [*BAD_SPECTRA, {"S": WITH_NAN}],
    "feature.spectral_rolloff": [
        *BAD_SPECTRA,
        *({"S": S, "roll_percent": share} for share in (-1, 0, 0.0, 1, 1.0, 2)),
    ],
    "feature.spectral_flatness": [
        *BAD_SPECTRA,
        *({"S": S, "amin": amin} for amin in (0, 0.0, -1)),
        {"y": Y, "amin": 0},
    ],
    "feature.spectral_contrast": [
        *BAD_TRANSFORMS,
        *({"S": S, "n_bands": n_bands} for n_bands in (-1, 0, 2.5)),
        *({"S": S, "quantile": share} for share in (-1, 0, 1, 2)),
        *({"y": Y, "fmin": fmin} for fmin in (-1, 0)),
        *({"y": Y, "fmin": fmin, "n_bands": 7} for fmin in (200.0, 500)),
        {"S": S, "freq": np.arange(1024)},
        {"S": S, "freq": np.ones_like(S)},
    ],
    "yin": [
        {"y": Y, "fmin": None, "fmax": None},
        {"y": Y, "fmin": None, "fmax": 880},
        {"y": Y, "fmin": 110, "fmax": None},
        {"y": Y, "fmin": -1, "fmax": 440},
        {"y": Y, "fmin": 0, "fmax": 440},
        {"y": Y, "fmin": 440, "fmax": 220},
        {"y": Y, "fmin": 440, "fmax": 16000},
        {"y": Y, "fmin": 10, "fmax": 21},
        {"y": list(Y), **F0},
        {"y": with_one(np.nan), **F0},
        {"y": Y, "hop_length": 0, **F0},
        {"y": Y[:2000], "center": False, **F0},
    ],
    "pyin": [
        {"y": Y, "fmin": None, "fmax": 880},
        {"y": Y, "fmin": 440, "fmax": 220},
        {"y": Y, "fmin": 440, "fmax": 16000},
        {"y": Y, "fmin": 10, "fmax": 21},
        {"y": list(Y), **F0},
        {"y": with_one(np.nan), **F0},
        {"y": Y, "hop_length": 0, **F0},
        {"y": Y[:2000], "center": False, **F0},
        {"y": Y, "n_thresholds": 2.5, **F0},
        {"y": Y, "switch_prob": 1.5, **F0},
        {"y": Y, "switch_prob": -0.5, **F0},
        {"y": Y, "max_transition_rate": -100, **F0},
        {"y": Y, "fmin": 200, "fmax": 210},
        {"y": Y, "fmin": 400, "fmax": 440, "max_transition_rate": 100},
    ],
    "filters.mel": [
        {"sr": 22050, "n_fft": 2048, "norm": "garbage"},
        {"sr": 22050, "n_fft": 2048, "norm": -1},
    ],
    "util.frame": [
        {"x": Y, "frame_length": 5000, "hop_length": 1},
        {"x": Y, "frame_length": 10, "hop_length": 0},
    ],
    "util.valid_audio": [
        {"y": [1.0]},
        {"y": np.arange(3)},
        {"y": np.array(1.0)},
        {"y": with_one(np.nan)},
    ],
    "power_to_db": [{"S": S, "amin": 0}, {"S": S, "amin": -1}, {"S": S, "top_db": -5}],
    "pcen": [
        {"S": S, "power": -1},
        {"S": S, "gain": -1},
        {"S": S, "bias": -0.1},
        {"S": S, "eps": 0},
        {"S": S, "time_constant": 0},
        {"S": S, "b": 1.5},
        {"S": S, "max_size": 0},
        {"S": S, "max_size": 2.5},
        {"S": S[0], "max_size": 3},
        {"S": S[np.newaxis], "max_size": 3},
    ],
}


@pytest.mark.parametrize(
    ("name", "call"), [(name, call) for name, calls in BAD_CALLS.items() for call in calls]
)
def test_what_librosa_refuses_is_refused(name: str, call: dict[str, Any]) -> None:
    with pytest.raises((librosa.ParameterError, TypeError)):
        named(librosa, name)(**call)
    with pytest.raises(ParameterError, match=r" must be .*, got "):
        named(ours, name)(**call)


STRICTER_CALLS: list[tuple[str, dict[str, Any], str]] = [
    ("feature.rms", {"y": np.zeros(0)}, "^y must be at least 1 sample long"),
    ("feature.rms", {"y": with_one(np.nan)}, "^y must be finite everywhere, got nan at index 77"),
    ("feature.rms", {"y": list(Y)}, "^y must be a numpy.ndarray"),
    ("feature.rms", {"y": Y, "dtype": int}, "^dtype must be"),
    ("feature.rms", {"y": Y, "pad_mode": "nowhere"}, "^pad_mode must be"),
    ("feature.rms", {"y": Y, "pad_mode": 3}, "^pad_mode must be"),
    ("feature.zero_crossing_rate", {"y": np.zeros(0)}, "^y must be at least 1 sample long"),
    ("feature.zero_crossing_rate", {"y": Y, "ref_magnitude": np.ones(9)}, "^ref_magnitude must be"),
    ("feature.zero_crossing_rate", {"y": Y, "threshold": np.nan}, "^threshold must be"),
    ("feature.melspectrogram", {"y": np.zeros((2, 0))}, "^y must be at least 1 sample long"),
    ("feature.melspectrogram", {"y": Y, "sr": 0}, "^sr must be"),
    ("feature.melspectrogram", {"y": Y, "fmin": 4000, "fmax": 3000}, "^fmin must be < fmax"),
    ("feature.melspectrogram", {"y": Y, "n_mels": 0}, "^n_mels must be"),
    ("feature.melspectrogram", {"y": Y, "power": np.nan}, "^power must be"),
    ("feature.melspectrogram", {"y": Y, "window": "nonesuch"}, "^window must be"),
    ("feature.melspectrogram", {"y": Y, "window": (2.0, 1.0)}, "^window must be"),
    ("feature.melspectrogram", {"S": S[0]}, "^S must be"),
    ("feature.mfcc", {"y": Y, "n_mfcc": 0}, "^n_mfcc must be"),
    ("feature.mfcc", {"S": S[:13], "n_mfcc": 20, "lifter": 22}, "^n_mfcc must be"),
    ("feature.mfcc", {"S": S, "dct_type": 4}, "^dct_type must be one of 1, 2, 3"),
    ("feature.mfcc", {"S": S, "norm": "forward"}, "^norm must be one of 'ortho', None"),
    ("feature.spectral_centroid", {"y": np.zeros(0)}, "^y must be at least 1 sample long"),
    ("feature.spectral_centroid", {"S": S, "sr": 0}, "^sr must be"),
    ("feature.spectral_centroid", {"S": S[0]}, "^S must be of shape"),
    ("feature.spectral_centroid", {"S": S[:1]}, "^S must be of shape"),
    ("feature.spectral_centroid", {"S": S.astype(str)}, "^S must be of real numbers, got dtype"),
    ("feature.spectral_centroid", {"S": S, "freq": np.ones(7)}, "^freq must be of 1025 real"),
    ("feature.spectral_centroid", {"y": Y, "freq": 1j * S[:, 0]}, "^freq must be of 1025 real"),
    ("feature.chroma_stft", {"S": NEGATIVE}, "^S must be >= 0 everywhere"),
    ("feature.chroma_stft", {"S": S.astype(complex)}, "^S must be of real numbers"),
    ("feature.chroma_stft", {"y": Y, "tuning": np.nan}, "^tuning must be a finite number"),
    ("feature.chroma_stft", {"y": Y, "n_chroma": 0}, "^n_chroma must be an int >= 1"),
    ("feature.chroma_stft", {"y": Y, "octwidth": 0}, "^octwidth must be"),
    ("feature.chroma_stft", {"y": Y, "dtype": int}, "^dtype must be"),
    ("feature.spectral_bandwidth", {"S": S, "p": 0}, "^p must be a finite number > 0, got 0"),
    ("feature.spectral_bandwidth", {"y": Y, "p": -1}, "^p must be a finite number > 0"),
    ("feature.spectral_bandwidth", {"S": S, "centroid": np.ones(5)}, r"^centroid .*\(..., 1, 5\)"),
    ("feature.spectral_bandwidth", {"S": S, "centroid": S}, r"^centroid must .*\(..., 1, 5\)"),
    ("feature.spectral_bandwidth", {"S": S, "centroid": S[:1, :3]}, r"^centroid .*\(..., 1, 5\)"),
    ("feature.spectral_rolloff", {"S": WITH_NAN}, "^S must be finite"),
    ("feature.spectral_rolloff", {"y": Y, "roll_percent": True}, "^roll_percent must be"),
    ("feature.spectral_flatness", {"S": WITH_INF}, "^S must be finite"),
    ("feature.spectral_flatness", {"y": Y, "power": np.nan}, "^power must be"),
    ("feature.spectral_contrast", {"S": 1j * S}, "^S must be of real numbers"),
    ("feature.spectral_contrast", {"y": Y, "n_fft": 16}, "^fmin and n_bands must .*band 0 is"),
    ("feature.spectral_contrast", {"S": S, "freq": np.arange(1025)[::-1]}, "^freq .* at index 0"),
    ("feature.spectral_contrast", {"S": S, "freq": np.arange(1025)}, "^fmin .*band 4 is empty"),
    ("yin", {"y": np.zeros(0), **F0}, "^y must be at least 1 sample long"),
    ("pyin", {"y": np.zeros(0), **F0}, "^y must be at least 1 sample long"),
    ("pyin", {"y": with_one(1e39), **F0}, "^y must be within float32's range .* at index 77"),
    ("pyin", {"y": Y, "no_trough_prob": 1.5, **F0}, "^no_trough_prob must be a number from 0 to 1"),
    ("pyin", {"y": Y, "beta_parameters": (0, 1), **F0}, "^beta_parameters must be"),
    ("pyin", {"y": Y, "beta_parameters": (2,), **F0}, "^beta_parameters must be a pair of"),
    ("pyin", {"y": Y, "resolution": 0, **F0}, "^resolution must be"),
    ("pyin", {"y": Y, "boltzmann_parameter": 0, **F0}, "^boltzmann_parameter must be"),
    ("filters.mel", {"sr": 22050, "n_fft": 512, "fmin": 300, "fmax": 300}, "^fmin must be < fmax"),
    ("filters.mel", {"sr": -1, "n_fft": 512}, "^sr must be"),
    ("filters.mel", {"sr": 22050, "n_fft": 512, "dtype": int}, "^dtype must be"),
    ("util.frame", {"x": Y, "frame_length": 0, "hop_length": 1}, "^frame_length must be"),
    ("util.frame", {"x": Y, "frame_length": 2, "hop_length": 1, "axis": 1}, "^axis must be"),
    ("power_to_db", {"S": np.zeros((2, 0))}, "^S must be at least 1 value"),
]


@pytest.mark.parametrize(("name", "call", "message"), STRICTER_CALLS)
def test_stricter_than_librosa(name: str, call: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        named(ours, name)(**call)


def test_index_of_the_first_nan_counts_channels() -> None:
    y = np.zeros((2, 3, 4096), dtype=np.float32)
    y[1, 2, 5] = np.inf
    with pytest.raises(
        ParameterError, match=r"^y must be finite everywhere, got inf at index \(1, 2, 5\)"
    ):
        ours.feature.mfcc(y=y)


@pytest.mark.parametrize("name", ["feature.melspectrogram", "feature.mfcc", "feature.chroma_stft"])
def test_unknown_keyword(name: str) -> None:
    with pytest.raises(TypeError, match="nonesuch"):
        named(ours, name)(y=Y, nonesuch=1)
    with pytest.raises(TypeError, match="nonesuch"):
        ours.feature.zero_crossing_rate(Y, nonesuch=1)


WARNED_CALLS: list[tuple[str, dict[str, Any]]] = [
    ("feature.melspectrogram", {"y": Y[:1000]}),
    ("feature.melspectrogram", {"y": Y, "n_fft": 256}),
    ("feature.melspectrogram", {"S": S[:129], "n_mels": 128}),
    ("feature.melspectrogram", {"y": Y, "fmax": 20000.0}),
    ("feature.mfcc", {"y": Y[:1000], "n_mels": 40}),
    ("feature.mfcc", {"y": Y, "n_fft": 256}),
    ("feature.chroma_stft", {"y": Y[:1000]}),
    ("feature.chroma_stft", {"y": 0 * Y}),
    ("feature.spectral_centroid", {"y": Y[:1000]}),
    ("feature.spectral_bandwidth", {"y": Y[:1000], "p": 3}),
    ("feature.spectral_rolloff", {"y": Y[:1000]}),
    ("feature.spectral_flatness", {"y": Y[:1000]}),
    ("feature.spectral_contrast", {"y": Y[:1000]}),
    ("filters.mel", {"sr": 44100, "n_fft": 1024, "fmax": 2000, "htk": True}),
    ("yin", {"y": Y, "fmin": 20, "fmax": 1000}),
    ("pyin", {"y": Y, "fmin": 20, "fmax": 1000}),
    ("power_to_db", {"S": S.astype(complex)}),
    ("pcen", {"S": S.astype(complex)}),
]
SILENT_CALLS: list[tuple[str, dict[str, Any]]] = [
    ("feature.melspectrogram", {"y": Y}),
    ("feature.mfcc", {"y": Y}),
    ("feature.mfcc", {"y": Y[:1000], "center": False, "n_fft": 1000, "n_mels": 30}),
    ("feature.rms", {"y": Y[:1000]}),
    ("feature.spectral_centroid", {"y": Y}),
    ("feature.spectral_contrast", {"S": S, "n_fft": 4096}),
    ("filters.mel", {"sr": 22050, "n_fft": 2048}),
    ("yin", {"y": Y[:1000], **F0}),
    ("pyin", {"y": Y[:1000], **F0}),
]


def warnings_of(
    function: Callable[..., Any], call: dict[str, Any]
) -> list[warnings.WarningMessage]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function(**call)
    return caught


@pytest.mark.parametrize(
    ("name", "call", "warned"),
    [(*case, True) for case in WARNED_CALLS] + [(*case, False) for case in SILENT_CALLS],
)
def test_warns_whenever_librosa_does(name: str, call: dict[str, Any], warned: bool) -> None:
    expected = [w.category for w in warnings_of(named(librosa, name), call)]
    for _ in range(2):  # the second call finds its tables made
        actual = warnings_of(named(ours, name), call)
        assert [w.category for w in actual] == expected
        assert all(w.filename == __file__ for w in actual), "points at the caller's line"
    assert bool(expected) == warned, "or the case tests nothing"


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("feature.mfcc", {"y": Y, "n_fft": 257}),
        ("feature.melspectrogram", {"y": Y, "n_fft": 258, "norm": 1}),
        ("yin", {"y": Y, "frame_length": 1024, "fmin": 30.5, "fmax": 1000}),
        ("filters.mel", {"sr": 44100, "n_fft": 259}),
    ],
)
def test_the_filters_of_warnings_are_left_alone(
    name: str, call: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads share them. No other test makes these tables, which would warn by themselves."""

    def changed(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the filters belong to the whole process")

    given = []
    with monkeypatch.context() as patch:  # pytest changes the filters between tests
        for change in ("catch_warnings", "simplefilter", "filterwarnings", "resetwarnings"):
            patch.setattr(warnings, change, changed)
        patch.setattr(warnings, "warn", lambda message, *_, **__: given.append(message))
        named(ours, name)(**call)
    assert len(given) == 1, given


CHANNELED: list[tuple[str, dict[str, Any]]] = [
    ("feature.rms", {}),
    ("feature.zero_crossing_rate", {}),
    ("feature.zero_crossing_rate", {"zero_pos": False}),
    ("feature.melspectrogram", {}),
    ("feature.melspectrogram", {"norm": 1, "pad_mode": "symmetric"}),
    ("feature.chroma_stft", {"tuning": 0.1}),
    ("feature.chroma_stft", {"tuning": 0.1, "norm": 3}),
    ("feature.spectral_centroid", {}),
    ("feature.spectral_centroid", {"freq": np.arange(1025) ** 1.1}),
    ("feature.spectral_bandwidth", {}),
    ("feature.spectral_bandwidth", {"p": 1.5}),
    ("feature.spectral_rolloff", {}),
    ("feature.spectral_flatness", {}),
    ("feature.spectral_flatness", {"power": 0.5}),
    ("feature.spectral_contrast", {"n_bands": 4}),
    ("feature.spectral_contrast", {"linear": True}),
    ("yin", F0),
]


@pytest.mark.parametrize(("name", "arguments"), CHANNELED)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.dtype(">f4")])
def test_channels_are_independent(name: str, arguments: dict[str, Any], dtype: Any) -> None:
    y = np.random.default_rng(2).uniform(-1, 1, (2, 3, 5000)).astype(dtype)
    function = named(ours, name)
    together = function(y=y, **arguments)
    assert together.shape[:2] == (2, 3)
    for i, j in np.ndindex(2, 3):
        assert np.array_equal(together[i, j], function(y=y[i, j], **arguments))
    backwards = function(y=y[::-1, :, :], **arguments)
    assert np.array_equal(backwards[::-1], together)
    assert function(y=y[:0], **arguments).shape == (0, *together.shape[1:])


def test_the_floor_of_mfcc_is_that_of_the_installed_librosa() -> None:
    """It is below the loudest of all channels up to 0.11, below that of the channel since 1.0."""
    loud = np.random.default_rng(3).standard_normal((2, 8192)).astype(np.float32)
    y = np.stack([loud, 1e-6 * loud])
    together, alone = ours.feature.mfcc(y=y), ours.feature.mfcc(y=y[1])
    np.testing.assert_allclose(together, librosa.feature.mfcc(y=y), atol=1e-3)
    below = np.ptp(together[1], axis=-1).max() < 1e-4
    assert below == BEFORE_1, "the quiet channel lies below a common floor"
    assert np.ptp(alone, axis=-1).max() > 1


def test_input_is_left_alone() -> None:
    y = np.random.default_rng(4).standard_normal(5000).astype(np.float32)
    y.flags.writeable = False
    before = y.copy()
    for name, arguments in (*CHANNELED, ("feature.mfcc", {}), ("yin", {"pad_mode": "wrap", **F0})):
        named(ours, name)(y=y, **arguments)
    assert np.array_equal(y, before)
    ours.feature.rms(S=S)
    assert np.array_equal(S, np.abs(np.random.default_rng(1).standard_normal((1025, 5))))


def test_samples_of_other_dtypes_in_rms() -> None:
    for y in (np.arange(3000, dtype=np.int16), np.arange(3000) % 2 == 0, Y + 1j * Y):
        if not BEFORE_1:
            for refusing in (librosa, ours):
                with pytest.raises(refusing.ParameterError):
                    refusing.feature.rms(y=y)
            continue
        actual, expected = ours.feature.rms(y=y), librosa.feature.rms(y=y)
        assert actual.dtype == expected.dtype
        np.testing.assert_allclose(actual, expected, rtol=1e-6)


def test_empty_padding_is_zeros() -> None:
    actual = ours.feature.melspectrogram(y=Y, pad_mode="empty")
    assert np.array_equal(actual, ours.feature.melspectrogram(y=Y, pad_mode="constant"))


def test_a_hop_of_none_is_a_quarter_of_the_window() -> None:
    for arguments in ({}, {"win_length": 1000}):
        actual = ours.feature.melspectrogram(y=Y, hop_length=None, **arguments)
        expected = librosa.feature.melspectrogram(y=Y, hop_length=None, **arguments)
        assert actual.shape == expected.shape


def test_the_example_of_the_documentation_runs() -> None:
    (block,) = pages.examples("docs/librosa.md")
    exec(compile(block, "librosa.md", "exec"), {})
