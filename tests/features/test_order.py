"""The order of features: what others read or look at comes first."""

from __future__ import annotations

import serfast
from serfast.features.order import with_sources


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
