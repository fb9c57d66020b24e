"""Rows of tracks come as soon as the rows that they look at, and the latency says when."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
from helpers.custom_features import COMPILED
from helpers.streams import assert_same_bits, divide, push
from helpers.track_streams import EXTRACTORS, SPECS, every_spec
from helpers.tracks import (
    HOP,
    Beside,
    Look,
    Smoothed,
    Y,
    compiled,
    loudness,
    spec_of,
)
from serfast.features import Feature, Track

RATE = 16000


def rows_needed(feature: Feature, t: int) -> int:
    """How many rows of frames row t waits for, by the definition of a track."""
    if not isinstance(feature, Track):
        return t + 1
    last = t + feature.ahead
    if feature.whole_window:
        last = max(last, feature.back + feature.ahead)
    return max(rows_needed(source, last) for source in feature.sources)


def frame_lengths(feature: Feature) -> set[int]:
    """Frame lengths of all that a feature looks at."""
    if not isinstance(feature, Track):
        return {feature.length}
    return set().union(*(frame_lengths(source) for source in feature.sources))


def moments(spec: serfast.FeatureSpec, n_samples: int) -> list[int]:
    """After how many samples each row can be had that can be had at all before the end."""
    lengths = set().union(*(frame_lengths(feature) for feature in spec.features))
    right = max(length - (length // 2 if spec.center else 0) for length in lengths)
    made: list[int] = []
    while True:
        n_rows = max(rows_needed(feature, len(made)) for feature in spec.features)
        moment = (n_rows - 1) * spec.hop_length + right
        if moment > n_samples:
            return made
        made.append(moment)


def arrivals(spec: serfast.FeatureSpec, n_samples: int, backend: str) -> list[int]:
    """After how many samples each row has come from a stream that is fed one by one."""
    stream, come = serfast.Extractor(spec, backend).stream(), []
    for i in range(n_samples):
        come += [i + 1] * len(stream.accept(Y[i : i + 1]))
        assert len(come) == stream.n_emitted == spec.frame_count(i + 1, final=False)
    return come


@compiled
@every_spec
def test_rows_come_as_soon_as_what_they_look_at(name: str, backend: str) -> None:
    n_samples = 1200 if backend == "numba" else 2500
    spec = SPECS[name]
    come = arrivals(spec, n_samples, backend)
    assert come == moments(spec, n_samples)
    assert len(come) > 3
    latency = EXTRACTORS[name, backend].stream().latency
    late = [moment - t * spec.hop_length for t, moment in enumerate(come)]
    assert late[-1] == latency.samples
    assert latency.seconds == latency.samples / RATE
    assert max(late[spec.first_rows :], default=latency.samples) == latency.samples


@compiled
@every_spec
def test_the_latency_of_a_column_is_that_of_its_feature_alone(name: str, backend: str) -> None:
    told = EXTRACTORS[name, backend].stream().latencies
    for feature in SPECS[name].features:
        grid = {"center": SPECS[name].center, "hop_length": SPECS[name].hop_length}
        alone = serfast.Extractor(spec_of(feature, **grid), backend).stream().latency
        assert {told[column] for column in feature.columns} == {alone}


def test_look_ahead_adds_up_along_a_chain() -> None:
    inner = Look(loudness(), back=1, ahead=2)
    outer = Look(serfast.Delta(inner, width=9), back=50, ahead=3)
    spec = spec_of(outer)
    assert (inner.lookahead, outer.lookahead, spec.lookahead) == (2, 2 + 4 + 3, 9)
    # row 0 looks at row 3 of the delta, that at the whole first window of 9 rows, these 2 further
    assert (spec.first_rows, serfast.Extractor(spec).stream().lookahead) == (11, 32 + 9 * HOP)
    assert spec.frame_count(32 + 10 * HOP - 1, final=False) == 0
    assert spec.frame_count(32 + 10 * HOP, final=False) == 11 - 9


trees = st.recursive(
    st.builds(serfast.RMS, frame_length=st.sampled_from([8, 13])),
    lambda inner: st.one_of(
        st.builds(
            Look, inner, back=st.integers(0, 4), ahead=st.integers(0, 4), whole_window=st.booleans()
        ),
        st.builds(
            serfast.Delta,
            inner.filter(lambda feature: not isinstance(feature, serfast.Delta)),
            width=st.sampled_from([3, 5, 7]),
        ),
        st.builds(Beside, inner, other=inner),
    ),
    max_leaves=3,
)


@settings(max_examples=60)
@given(tracks=st.lists(trees, min_size=1, max_size=2), center=st.booleans())
def test_any_tracks_come_as_soon_as_they_can(tracks: list[Feature], center: bool) -> None:
    """And have the batch's bits."""
    named = [Smoothed(track, name=f"track{i}") for i, track in enumerate(tracks)]
    spec = spec_of(*named, center=center, hop_length=5)
    assert arrivals(spec, 250, "native") == moments(spec, 250)
    for backend in COMPILED:
        extractor = serfast.Extractor(spec, backend)
        assert_same_bits(push(extractor.stream(), divide(Y[:250], [31, 0, 8])), extractor(Y[:250]))
