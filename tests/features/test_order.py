"""The order of features: what others read or look at comes first."""

from __future__ import annotations

import itertools

import pytest

import serfast
from helpers.tracks import Beside, Smoothed
from serfast.errors import ParameterError
from serfast.features.order import every_feature, in_order, with_sources


def test_a_feature_comes_behind_what_it_reads_and_what_that_reads() -> None:
    @serfast.feature_function
    def louder(rms, out):
        out[0] = 2 * rms

    @serfast.feature_function(reads=("louder",))
    def loudest(louder, out):
        out[0] = 2 * louder

    rms, zcr, first, second = serfast.RMS(), serfast.ZeroCrossingRate(), louder(), loudest()
    assert with_sources(second, [second, zcr, first, rms]) == (rms, first, second)
    spec = serfast.FeatureSpec(features=with_sources(second, [second, zcr, first, rms]))
    assert spec.columns == ("rms", "louder", "loudest")


def doubled(column: str, output: str) -> serfast.features.Feature:
    """A feature that reads one column."""
    scope: dict[str, object] = {}
    exec(f"def {output}({column}, out):\n    out[0] = 2 * {column}", scope)
    return serfast.feature_function(reads=(column,))(scope[output])()


def test_readers_come_after_what_they_read() -> None:
    rms = serfast.RMS()
    one, two = doubled("rms", "one"), doubled("one", "two")
    for features in itertools.permutations([rms, one, two]):
        assert in_order(features) == (rms, one, two)
    assert in_order([one, two]) == (one, two)  # that rms is missing is the spec's to say


def test_features_that_read_one_another_have_no_order() -> None:
    with pytest.raises(ParameterError, match="must not read one another in a circle, got two, one"):
        in_order([serfast.RMS(), doubled("one", "two"), doubled("two", "one")])


def test_what_a_track_looks_at_comes_before_it() -> None:
    rms, zcr = serfast.RMS(), serfast.ZeroCrossingRate()
    inner = Smoothed(rms)
    outer = Beside(inner, other=serfast.Delta(zcr))
    assert every_feature([outer, rms, inner]) == (rms, inner, zcr, serfast.Delta(zcr), outer)


def test_of_two_that_have_a_column_the_one_with_more_of_what_is_read_is_taken() -> None:
    feature = serfast.HarmonicFormants()
    among = [serfast.F0(), serfast.YIN(), serfast.RMS()]
    assert [type(one) for one in with_sources(feature, among)] == [
        serfast.YIN,
        serfast.HarmonicFormants,
    ]
