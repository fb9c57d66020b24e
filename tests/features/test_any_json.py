"""Whatever JSON holds: a spec or statistics are made of it, or an error of ours says why not."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import serfast
from helpers.any_json import anything, made, specs, statistics
from serfast.statistics.statistics import Statistics


@given(st.one_of(specs, anything))
def test_any_json_is_a_spec_or_an_error_of_ours(data: Any) -> None:
    spec = made(serfast.FeatureSpec, data)
    assert spec is None or serfast.FeatureSpec.from_json(spec.to_json()) == spec


@given(st.one_of(statistics, anything))
def test_any_json_is_statistics_or_an_error_of_ours(data: Any) -> None:
    found = made(Statistics, data)
    assert found is None or Statistics.from_json(found.to_json()) == found


def spec_of(*items: Any) -> dict[str, Any]:
    return {"format": 1, "features": list(items)}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (spec_of({"type": "Delta"}), "feature of Delta must be given, got none"),
        (spec_of({"type": "Delta", "width": 5}), "feature of Delta must be given, got none"),
        (
            spec_of({"type": "Delta", "feature": {"type": "Delta"}}),
            "feature of Delta must be given, got none",
        ),
        (spec_of({"type": "YIN", "fmax": 1e-320, "fmin": 1e-322}), "frame_length must be > "),
        (
            spec_of({"type": "RMS", "frame_length": 10**5000}),
            "frame_length must be an int <= 2147483647, got an int of 16610 bits",
        ),
        (spec_of({"type": "RMS", "name": ["x"] * 10**5}), "name must be None or a str of"),
        (
            spec_of({"type": "LogMel", "name": "x" * 10**6}),
            "name must be None or a str of at most 256 characters, got 'xxx",
        ),
        (
            spec_of(
                *({"type": "PowerSpectrum", "n_fft": 65536, "name": f"p{i}"} for i in "01234567")
            ),
            "features must be of at most 262144 columns, got 262152",
        ),
        (
            spec_of({"type": "YIN", "frame_length": 2**31 - 1}),
            "frame_length must be an int <= 4194304",
        ),
        (
            spec_of({"type": "MFCC", "window": ["taylor", 100_000]}),
            "nbar of the window taylor must be a finite number <= 1000, got 100000",
        ),
        *(
            (
                spec_of({"type": "MFCC", "window": ["kaiser", parameter]}),
                "window must be a tuple of a name and numbers, all finite, got ('kaiser', ",
            )
            for parameter in (float("nan"), float("inf"), 10**400, {}, [1, [2, {}]])
        ),
    ],
)
def test_what_is_wrong_is_named(data: dict[str, Any], message: str) -> None:
    with pytest.raises(serfast.ParameterError) as caught:
        serfast.FeatureSpec.from_dict(data)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 300


def test_a_spec_of_thousands_of_features_takes_no_time() -> None:
    """Each feature was compared with every other one: 13 s."""
    lengths = range(512, 2512)
    data = [{"type": "LogMel", "n_fft": n, "n_mels": 2, "name": f"m{n}"} for n in lengths]
    begin = time.process_time()
    spec = serfast.FeatureSpec.from_dict(spec_of(*data))
    assert time.process_time() - begin < 3
    assert len(spec.columns) == 4000


def test_a_long_name_is_no_mistyped_one() -> None:
    """Names are compared in a time that grows with their length, for a suggestion."""
    message = "feature type must be one of "
    with pytest.raises(serfast.ParameterError, match=message) as caught:
        serfast.FeatureSpec.from_dict(spec_of({"type": "MFCCMFCC" * 10}))
    assert "did you mean" not in str(caught.value)
    with pytest.raises(serfast.ParameterError, match="did you mean 'MFCC'"):
        serfast.FeatureSpec.from_dict(spec_of({"type": "MFCCC"}))


def test_a_spec_of_thousands_of_levels_is_refused() -> None:
    data: Any = {"type": "RMS"}
    for _ in range(sys.getrecursionlimit()):
        data = {"type": "Delta", "feature": data}
    with pytest.raises(serfast.ParameterError, match="spec must hold features that can be made"):
        serfast.FeatureSpec.from_dict(spec_of(data))
    deep = '{"format": 1, "features": ' + "[" * 10**5 + "]" * 10**5 + "}"
    with pytest.raises(serfast.ParameterError, match="spec must be JSON text"):
        serfast.FeatureSpec.from_json(deep)


def test_statistics_come_back_from_json() -> None:
    expected = Statistics(
        functionals=("mean", "p5", "ac3"), deltas=1, log=("rms",), trim_db=40, voiced=("f0",)
    )
    text = expected.to_json(indent=1)
    assert json.loads(text)["functionals"] == ["mean", "p5", "ac3"]
    assert Statistics.from_json(text) == Statistics.from_json(text.encode()) == expected
    with pytest.raises(serfast.ParameterError, match="statistics must be JSON text"):
        Statistics.from_json("{")
    with pytest.raises(serfast.ParameterError, match="key of statistics must be one of"):
        Statistics.from_json('{"median": 1}')
