"""What is typical of training inputs: by the formula, with a limit that 99 of 100 are within."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import serfast
from serfast import ModelError
from serfast.models import Bundle, Typical
from serfast.models.typical import FARTHEST, UNLIKE

RANDOM = np.random.default_rng(0)
EMPTY = Bundle(plugin="any", classes=("a", "b"), spec=serfast.FeatureSpec(features=[serfast.RMS()]))


def test_it_is_the_mean_distance_in_deviations_as_a_share_of_the_limit():
    """|z| is 1, 2 and, cut, 5; the entry without a deviation isn't looked at."""
    typical = Typical(np.arange(1.0, 5), np.array([1, 0.5, 0, 2]), limit=2.0)
    strangeness = typical.strangeness(np.array([2.0, 1.0, 99.0, 400.0]))
    assert strangeness == pytest.approx((1 + 2 + FARTHEST) / 3 / 2, rel=1e-12)
    assert typical.of_entries(np.array([1, 0, 1, 0], bool)).strangeness(np.zeros(4)) == 0.5
    assert Typical(np.zeros(2), np.zeros(2), 1.0).strangeness(np.ones(2)) == 0


def test_the_limit_leaves_one_of_a_hundred_outside():
    x = RANDOM.normal(size=(1000, 7)) * np.arange(1, 8) + 1e6
    typical = Typical.fit(x, x.mean(axis=0), x.std(axis=0))
    outside = np.mean([typical.strangeness(row) > 1 for row in x])
    assert outside == pytest.approx(1 - UNLIKE, abs=0.001)


def test_a_bundle_gives_back_what_was_stored():
    x = RANDOM.normal(size=(50, 3))
    typical = Typical.fit(x, x.mean(axis=0), x.std(axis=0))
    bundle = Bundle.from_bytes(replace(EMPTY, arrays=typical.arrays()).to_bytes())
    again = Typical.of_bundle(bundle, 3)
    assert [again.strangeness(row) for row in x] == [typical.strangeness(row) for row in x]
    assert Typical.of_bundle(EMPTY, 3) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"strange_limit": np.array(-1.0)}, "strange_limit.npy must be > 0"),
        ({"typical_deviation": -np.ones(3)}, r"typical_deviation.npy >= 0, got 1.0 and -1.0"),
        ({"typical_mean": np.zeros(4)}, r"typical_mean.npy must be float of shape \(3,\)"),
    ],
)
def test_arrays_that_break_a_rule(change, message):
    arrays = {**Typical(np.zeros(3), np.ones(3), 1.0).arrays(), **change}
    with pytest.raises(ModelError, match=message):
        Typical.of_bundle(replace(EMPTY, arrays=arrays), 3)


def test_all_inputs_alike_have_a_limit_above_0():
    typical = Typical.fit(np.ones((9, 2)), np.ones(2), np.zeros(2))
    assert typical.limit > 0
    assert typical.strangeness(np.ones(2)) == 0
