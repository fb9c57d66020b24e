"""Whatever JSON holds: a spec or statistics are made of it, or an error of ours says why not."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import serfast
from serfast.features import FEATURES
from serfast.statistics.statistics import Statistics

NUMBERS = [0, 1, -1, 2, 3, 5, 0.5, -0.5, 1e-320, 1e-38, 1e30, 1e300, 2**31, 2**63, 10**400]

plain = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(NUMBERS),
    st.integers(-70000, 70000),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["hann", "edge", "reflect", "max", "db", "ln", "ortho", "slaney", "mean"]),
)
anything = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
windows = st.lists(
    st.one_of(
        st.sampled_from(["taylor", "general_cosine", "kaiser", "dpss", "exponential", "chebwin"]),
        plain,
        st.lists(plain, max_size=3),
    ),
    max_size=4,
)

FIELDS = sorted({field.name for cls in FEATURES.values() for field in dataclasses.fields(cls)})


@st.composite
def features(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    """A dictionary of a feature with some fields of anybody's and any values."""
    kind = draw(st.one_of(st.sampled_from([*FEATURES]), st.just("Feature"), plain))
    own = [f.name for f in dataclasses.fields(FEATURES[kind])] if kind in list(FEATURES) else FIELDS
    values: st.SearchStrategy[Any] = anything
    if depth:
        values = st.one_of(anything, features(depth - 1))
    fields = draw(st.dictionaries(st.sampled_from(own), values, max_size=3))
    if "window" in fields and draw(st.booleans()):
        fields["window"] = draw(windows)
    if kind == "Delta" and depth and draw(st.booleans()):
        fields["feature"] = draw(features(depth - 1))
    return {"type": kind, **fields}


specs = st.fixed_dictionaries(
    {"format": st.one_of(st.just(1), anything), "features": st.lists(features(), max_size=2)},
    optional={
        "sample_rate": anything,
        "hop_length": anything,
        "center": anything,
        "pad_mode": anything,
        "sample_scale": anything,
    },
)
ERRORS = (serfast.ParameterError, serfast.UnknownPluginError, serfast.ModelError)


def made(kind: Any, data: Any) -> Any:
    """What `kind` makes of the data; None if it refuses them in not too many words."""
    try:
        return kind.from_dict(data)
    except ERRORS as error:
        if len(str(error)) >= 2000:
            raise
        return None


@given(st.one_of(specs, anything))
def test_any_json_is_a_spec_or_an_error_of_ours(data: Any) -> None:
    spec = made(serfast.FeatureSpec, data)
    assert spec is None or serfast.FeatureSpec.from_json(spec.to_json()) == spec


@given(
    st.one_of(
        st.dictionaries(
            st.sampled_from([field.name for field in dataclasses.fields(Statistics)]), anything
        ),
        anything,
    )
)
def test_any_json_is_statistics_or_an_error_of_ours(data: Any) -> None:
    statistics = made(Statistics, data)
    assert statistics is None or Statistics.from_json(statistics.to_json()) == statistics


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
            spec_of({"type": "MFCC", "window": ["taylor", 100_000]}),
            "nbar of the window taylor must be a finite number <= 1000, got 100000",
        ),
        *(
            (
                spec_of({"type": "MFCC", "window": ["kaiser", parameter]}),
                "window must be a tuple of a name and finite numbers, got ('kaiser', ",
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


def test_a_spec_of_a_million_levels_is_refused() -> None:
    data: Any = {"type": "RMS"}
    for _ in range(sys.getrecursionlimit()):
        data = {"type": "Delta", "feature": data}
    with pytest.raises(serfast.ParameterError, match="spec must hold features that can be made"):
        serfast.FeatureSpec.from_dict(spec_of(data))
    deep = '{"format": 1, "features": ' + "[" * 10**5 + "]" * 10**5 + "}"
    with pytest.raises(serfast.ParameterError, match="spec must be JSON text"):
        serfast.FeatureSpec.from_json(deep)


def test_statistics_come_back_from_json() -> None:
    statistics = Statistics(
        functionals=("mean", "p5", "ac3"), deltas=1, log=("rms",), trim_db=40, voiced=("f0",)
    )
    text = statistics.to_json(indent=1)
    assert json.loads(text)["functionals"] == ["mean", "p5", "ac3"]
    assert Statistics.from_json(text) == Statistics.from_json(text.encode()) == statistics
    with pytest.raises(serfast.ParameterError, match="statistics must be JSON text"):
        Statistics.from_json("{")
    with pytest.raises(serfast.ParameterError, match="key of statistics must be one of"):
        Statistics.from_json('{"median": 1}')
