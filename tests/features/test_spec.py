"""FeatureSpec: its rules, its columns, and that JSON brings it back whatever it holds."""

from __future__ import annotations

import dataclasses
import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import serfast
from serfast.features import FEATURES, Feature
from serfast.features.framing import PAD_MODES

RMS = [serfast.RMS()]

REFUSED = [
    ({"sample_rate": 0}, "sample_rate must be a finite number > 0, got 0"),
    ({"sample_rate": "16k"}, "sample_rate must be a finite number > 0, got '16k'"),
    ({"sample_rate": float("inf")}, "sample_rate must be a finite number > 0, got inf"),
    ({"hop_length": 0}, "hop_length must be an int >= 1, got 0"),
    ({"hop_length": 1.5}, "hop_length must be an int >= 1, got 1.5"),
    ({"center": None}, "center must be True or False, got None"),
    (
        {"pad_mode": None},
        "pad_mode must be one of 'constant', 'edge', 'reflect', 'symmetric', got None",
    ),
    ({"sample_scale": 0}, "sample_scale must be a finite number >= 1e-09 and <= 1e+09, got 0"),
    ({"features": []}, "features must be at least 1 feature, got ()"),
    ({"features": 7}, "features must be an iterable of features, got 7"),
    ({"features": ["rms"]}, "features[0] must be a feature such as serfast.RMS(), got 'rms'"),
    ({"features": [Feature()]}, "features[0] must be a feature such as serfast.RMS(), got Feat"),
    ({"features": RMS * 2}, "features must have different column names, got 'rms' twice"),
    (
        {"features": [serfast.LogMel(name="x", n_mels=3), serfast.MFCC(name="x")]},
        "features must have different column names, got 'x_0' twice",
    ),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_a_bad_argument_is_named_with_its_rule_and_value(
    arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(serfast.ParameterError) as caught:
        serfast.FeatureSpec(**{"features": RMS, **arguments})
    assert str(caught.value).startswith(message)


def test_columns_stand_in_the_order_of_the_features() -> None:
    features = [serfast.YIN(), serfast.RMS(), serfast.MFCC(n_mfcc=2), serfast.RMS(name="level")]
    spec = serfast.FeatureSpec(features=features)
    assert spec.columns == ("f0", "aperiodicity", "rms", "mfcc_0", "mfcc_1", "level")
    assert spec.frame_lengths == (1024, 512, 512, 512)
    assert spec.whole_signal == ()


def test_one_feature_needs_no_list_and_a_generator_is_read_once() -> None:
    expected = serfast.FeatureSpec(features=RMS)
    assert serfast.FeatureSpec(features=serfast.RMS()) == expected
    assert serfast.FeatureSpec(features=(f for f in RMS)) == expected


def test_times_are_hops() -> None:
    spec = serfast.FeatureSpec(sample_rate=8000, hop_length=200, features=RMS)
    assert spec.times(3) == [0, 0.025, 0.05]


def test_a_spec_is_frozen_and_hashable() -> None:
    spec = serfast.presets.speech()
    assert hash(spec) == hash(serfast.presets.speech())
    assert {spec: 1}[serfast.presets.speech()] == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.hop_length = 1


def positive(maximum: float) -> st.SearchStrategy[float]:
    return st.floats(min_value=1e-6, max_value=maximum, allow_nan=False)


base = {"pad_mode": st.sampled_from([None, *PAD_MODES])}
spectral = {
    **base,
    "n_fft": st.integers(2, 4096),
    "window": st.sampled_from(
        ["hann", "boxcar", ("kaiser", 14.0), ("general_cosine", (0.5, 0.3, 0.2))]
    ),
    "preemphasis": st.floats(0, 1),
    "remove_dc": st.booleans(),
    "power": st.sampled_from([1.0, 2.0, 1, 2]),
}
mel = {
    **spectral,
    "n_mels": st.integers(30, 200),
    "fmin": st.floats(0, 1000),
    "fmax": st.one_of(st.none(), st.floats(1001, 4000)),
    "htk": st.booleans(),
    "mel_norm": st.sampled_from(["slaney", None]),
}
log = {
    **mel,
    "log": st.sampled_from(["db", "ln"]),
    "ref": st.one_of(st.just("max"), positive(1e6)),
    "amin": st.floats(1.2e-38, 1e30),
    "top_db": st.one_of(st.none(), st.floats(0, 200)),
}
ARGUMENTS = {
    "RMS": {**base, "frame_length": st.integers(1, 10**6)},
    "ZeroCrossingRate": {**base, "threshold": st.floats(0, 1)},
    "PowerSpectrum": spectral,
    "MelPower": mel,
    "LogMel": log,
    "MFCC": {
        **log,
        "n_mfcc": st.integers(1, 30),
        "dct_type": st.sampled_from([1, 2, 3]),
        "dct_norm": st.sampled_from(["ortho", None]),
        "lifter": st.floats(0, 100),
    },
    "YIN": {
        **base,
        "frame_length": st.integers(2048, 8192),
        "fmin": st.floats(50, 200),
        "fmax": st.floats(201, 4000),
        "threshold": positive(1),
    },
}


ARGUMENTS["Delta"] = {
    "feature": st.sampled_from(
        [serfast.RMS(pad_mode="edge"), serfast.LogMel(window=("tukey", 0.3))]
    ),
    "width": st.integers(2, 20).map(lambda half: 2 * half + 1),
    "order": st.integers(1, 4),
}


@st.composite
def feature_lists(draw: st.DrawFn) -> list[Feature]:
    """One to four features, of different names; test_every_feature.py has the whole catalogue."""
    kinds = draw(st.lists(st.sampled_from(list(ARGUMENTS)), min_size=1, max_size=4))
    return [
        FEATURES[kind](name=f"{kind}{i}", **draw(st.fixed_dictionaries(ARGUMENTS[kind])))
        for i, kind in enumerate(kinds)
    ]


specs = st.builds(
    serfast.FeatureSpec,
    sample_rate=st.one_of(st.integers(8000, 96000), st.floats(8000, 96000)),
    hop_length=st.integers(1, 10**6),
    center=st.booleans(),
    pad_mode=st.sampled_from(PAD_MODES),
    sample_scale=positive(1e6),
    features=feature_lists(),
)


@given(specs)
def test_json_brings_a_spec_back(spec: serfast.FeatureSpec) -> None:
    again = serfast.FeatureSpec.from_json(spec.to_json())
    assert again == spec
    assert hash(again) == hash(spec)
    assert again.to_json() == spec.to_json()
    assert serfast.FeatureSpec.from_dict(spec.to_dict()) == spec
    assert pickle.loads(pickle.dumps(spec)) == spec


def test_json_brings_back_numbers_of_numpy_and_windows_of_ones_own() -> None:
    spec = serfast.FeatureSpec(
        sample_rate=np.float32(8000),
        hop_length=np.int64(80),
        features=[
            serfast.LogMel(n_fft=np.int16(256), fmin=np.float32(0.1), n_mels=np.uint8(20)),
            serfast.PowerSpectrum(n_fft=4, window=np.array([0.1, 0.5, 1.0, 0.5], np.float32)),
        ],
    )
    assert serfast.FeatureSpec.from_json(spec.to_json()) == spec


def edited(**changes: object) -> str:
    """A good spec's JSON with some keys replaced."""
    return json.dumps({**serfast.presets.speech().to_dict(), **changes})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "spec must be JSON text"),
        ("[1]", "spec must be a mapping, got [1]"),
        ("{}", "spec format must be 1, got None"),
        (edited(format=2), "spec format must be 1, got 2"),
        (edited(hop=160), "key of spec must be one of center, center_offset, features"),
        (edited(hop_length=0), "hop_length must be an int >= 1, got 0"),
        (edited(features={}), "features must be a list, got {}"),
        (edited(features=[]), "features must be at least 1 feature, got ()"),
        (edited(features=["RMS"]), "feature must be a mapping, got 'RMS'"),
        (edited(features=[{}]), "feature type must be one of RMS, ZeroCrossingRate"),
        (edited(features=[{"type": "Feature"}]), "feature type must be one of RMS"),
        (edited(features=[{"type": ["RMS"]}]), "feature type must be one of RMS"),
        (
            edited(features=[{"type": "RMS", "n_fft": 512}]),
            "key of RMS must be one of frame_length",
        ),
        (edited(features=[{"type": "RMS", "frame_length": None}]), "frame_length must be an int"),
        (edited(sample_rate=float("nan")), "sample_rate must be a finite number > 0, got nan"),
        (edited(features=[{"type": "LogMel", "window": [[1]]}]), "window must be a name"),
        (edited(features=[{"type": "LogMel", "window": {"a": 1}}]), "window must be a name"),
    ],
)
def test_bad_json_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(serfast.ParameterError) as caught:
        serfast.FeatureSpec.from_json(text)
    assert str(caught.value).startswith(message)


def test_presets_name_their_columns() -> None:
    librosa, speech = serfast.presets.librosa(), serfast.presets.speech()
    assert len(librosa.columns) == 1 + 1 + 128 + 20 + 2
    assert librosa.sample_rate == 22050
    assert librosa.whole_signal
    assert speech.sample_rate == 16000
    assert not speech.whole_signal


def test_later_fields_are_written_where_they_are_no_defaults() -> None:
    """What was written before they came is written in the same way, so that its hash holds."""
    plain = serfast.FeatureSpec(features=[serfast.MFCC(), serfast.RMS()]).to_dict()
    assert not {"signal_preemphasis", "center_offset", "first_row_samples"} & plain.keys()
    assert not {"log_gain", "first_bin", "frame_length", "first_mfcc"} & plain["features"][0].keys()
    assert plain["features"][1]["frame_length"] == 512
    mfcc = serfast.MFCC(log_gain=0.5, frame_length=400, last_bin=9)
    spec = serfast.FeatureSpec(signal_preemphasis=0.9, features=[mfcc])
    written = spec.to_dict()
    assert (written["signal_preemphasis"], written["features"][0]["last_bin"]) == (0.9, 9)
    assert serfast.FeatureSpec.from_json(spec.to_json()) == spec
