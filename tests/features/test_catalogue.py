"""Every rule of every feature: what is refused, in which words, and what the columns are called."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from serfast.features import Feature

nan, inf = float("nan"), float("inf")

REFUSED = [
    (serfast.RMS, {"name": ""}, "name must be None or a str of at least 1 character, got ''"),
    (serfast.RMS, {"name": 3}, "name must be None or a str of at least 1 character, got 3"),
    (
        serfast.RMS,
        {"pad_mode": "wrap"},
        "pad_mode must be one of 'constant', 'edge', 'reflect', 'symmetric', got 'wrap'",
    ),
    (serfast.RMS, {"frame_length": 0}, "frame_length must be an int >= 1, got 0"),
    (serfast.RMS, {"frame_length": 512.0}, "frame_length must be an int >= 1, got 512.0"),
    (serfast.RMS, {"frame_length": True}, "frame_length must be an int >= 1, got True"),
    (serfast.RMS, {"frame_length": "512"}, "frame_length must be an int >= 1, got '512'"),
    (serfast.RMS, {"frame_length": 2**31}, "frame_length must be an int <= 2147483647, got 21474"),
    (
        serfast.ZeroCrossingRate,
        {"threshold": -1e-3},
        "threshold must be a finite number >= 0, got -0.001",
    ),
    (
        serfast.ZeroCrossingRate,
        {"threshold": nan},
        "threshold must be a finite number >= 0, got nan",
    ),
    (serfast.PowerSpectrum, {"n_fft": 1}, "n_fft must be an int >= 2, got 1"),
    (serfast.PowerSpectrum, {"win_length": 0}, "win_length must be an int >= 1, got 0"),
    (serfast.PowerSpectrum, {"win_length": 513}, "win_length must be <= n_fft (512), got 513"),
    (
        serfast.PowerSpectrum,
        {"window": 3.0},
        "window must be a name, a (name, parameter) tuple or 512 (win_length) finite numbers, got",
    ),
    (
        serfast.PowerSpectrum,
        {"window": [1.0, 2.0]},
        "window must be a name, a (name, parameter) tuple or 512 (win_length) finite numbers, got",
    ),
    (
        serfast.PowerSpectrum,
        {"n_fft": 2, "window": [1.0, nan]},
        "window[1] must be a finite number >= -1e+18 and <= 1e+18, got nan",
    ),
    (
        serfast.PowerSpectrum,
        {"preemphasis": 1.5},
        "preemphasis must be a finite number >= 0 and <= 1, got 1.5",
    ),
    (serfast.PowerSpectrum, {"remove_dc": 1}, "remove_dc must be True or False, got 1"),
    (serfast.PowerSpectrum, {"power": 3.0}, "power must be one of 1.0, 2.0, got 3.0"),
    (serfast.MelPower, {"n_mels": 0}, "n_mels must be an int >= 1, got 0"),
    (serfast.MelPower, {"fmin": -1}, "fmin must be a finite number >= 0, got -1"),
    (serfast.MelPower, {"fmax": 0}, "fmax must be a finite number > 0, got 0"),
    (serfast.MelPower, {"fmax": inf}, "fmax must be a finite number > 0, got inf"),
    (serfast.MelPower, {"htk": "yes"}, "htk must be True or False, got 'yes'"),
    (serfast.MelPower, {"mel_norm": 1}, "mel_norm must be one of 'slaney', None, got 1"),
    (serfast.LogMel, {"log": "log2"}, "log must be one of 'db', 'ln', 'log10', got 'log2'"),
    (serfast.LogMel, {"ref": 0}, "ref must be a finite number > 0, got 0"),
    (serfast.LogMel, {"ref": "median"}, "ref must be one of 'max', got 'median'"),
    (serfast.LogMel, {"amin": 0}, "amin must be a finite number >= 1.17549e-38"),
    (serfast.LogMel, {"top_db": -1}, "top_db must be a finite number >= 0, got -1"),
    (serfast.MFCC, {"n_mfcc": 0}, "n_mfcc must be an int >= 1, got 0"),
    (serfast.MFCC, {"n_mfcc": 41}, "n_mfcc must be <= n_mels (40), got 41"),
    (serfast.MFCC, {"dct_type": 4}, "dct_type must be one of 1, 2, 3, got 4"),
    (
        serfast.MFCC,
        {"dct_type": 1, "n_mels": 1, "n_mfcc": 1},
        "n_mels must be >= 2 for dct_type=1, got 1",
    ),
    (
        serfast.MFCC,
        {"dct_norm": "backward"},
        "dct_norm must be one of 'ortho', 'htk', None, got 'backward'",
    ),
    (serfast.MFCC, {"lifter": -1}, "lifter must be a finite number >= 0, got -1"),
    (serfast.YIN, {"frame_length": 3}, "frame_length must be an int >= 4, got 3"),
    (serfast.YIN, {"fmin": 0}, "fmin must be a finite number > 0, got 0"),
    (serfast.YIN, {"fmax": nan}, "fmax must be a finite number > 0, got nan"),
    (serfast.YIN, {"threshold": 0}, "threshold must be a finite number > 0, got 0"),
]

REFUSED_AT_16_KHZ = [
    (serfast.LogMel(fmin=8000), "fmin must be < 8000 Hz (fmax), got 8000"),
    (serfast.LogMel(fmin=500, fmax=500), "fmin must be < 500 Hz (fmax), got 500"),
    (serfast.LogMel(fmax=8001), "fmax must be <= 8000 Hz (half the sample rate), got 8001"),
    (serfast.YIN(fmin=300, fmax=200), "fmin must be < 200 Hz (fmax), got 300"),
    (serfast.YIN(fmax=9000), "fmax must be <= 8000 Hz (half the sample rate), got 9000"),
    (
        serfast.YIN(frame_length=201, fmin=80),
        "frame_length must be > sample_rate / fmin + 1 = 201.0, one period of fmin, got 201",
    ),
]


@pytest.mark.parametrize(("cls", "arguments", "message"), REFUSED)
def test_a_bad_argument_is_named_with_its_rule_and_value(
    cls: type[Feature], arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(serfast.ParameterError) as caught:
        cls(**arguments)
    assert str(caught.value).startswith(message)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(("feature", "message"), REFUSED_AT_16_KHZ)
def test_what_the_sample_rate_forbids_is_refused_with_the_spec(
    feature: Feature, message: str
) -> None:
    with pytest.raises(serfast.ParameterError) as caught:
        serfast.FeatureSpec(sample_rate=16000, features=[feature])
    assert str(caught.value) == message


def test_numbers_of_numpy_are_as_good_as_pythons() -> None:
    feature = serfast.MFCC(n_fft=np.int64(400), n_mels=np.int32(30), fmin=np.float64(20))
    assert feature == serfast.MFCC(n_fft=400, n_mels=30, fmin=20)
    assert hash(feature) == hash(serfast.MFCC(n_fft=400, n_mels=30, fmin=20))
