"""Whatever JSON holds: hypothesis draws it, and something is made of it, or an error says why."""

from __future__ import annotations

import dataclasses
from typing import Any

from hypothesis import strategies as st

import serfast
from serfast.features import FEATURES
from serfast.statistics import Selection, Statistics

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
    names = (
        [f.name for f in dataclasses.fields(FEATURES[kind])] if kind in list(FEATURES) else FIELDS
    )
    values: st.SearchStrategy[Any] = anything
    if depth:
        values = st.one_of(anything, features(depth - 1))
    fields = draw(st.dictionaries(st.sampled_from(names), values, max_size=3))
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

selections = st.lists(
    st.dictionaries(
        st.sampled_from([field.name for field in dataclasses.fields(Selection)]), anything
    ),
    max_size=2,
)
statistics = st.one_of(
    st.dictionaries(
        st.sampled_from([field.name for field in dataclasses.fields(Statistics)]), anything
    ),
    st.fixed_dictionaries({"selections": selections}),
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
