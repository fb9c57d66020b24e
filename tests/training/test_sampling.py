"""Balanced sampling: every class as often, nothing lost of what is rare."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from serfast.errors import ParameterError
from serfast.training import balanced_sample

LABELS = np.array(["common"] * 70 + ["some"] * 25 + ["rare"] * 4)


@pytest.mark.parametrize("n", [3, 30, 99, 300])
def test_every_class_is_as_often_and_evenly_repeated(n: int) -> None:
    places = balanced_sample(LABELS, n, np.random.default_rng(0))
    assert Counter(LABELS[places].tolist()) == dict.fromkeys(("common", "some", "rare"), n // 3)
    for name, size in Counter(LABELS.tolist()).items():
        times = [np.count_nonzero(places == k) for k in np.flatnonzero(name == LABELS)]
        assert set(times) <= {n // 3 // size, n // 3 // size + 1}


def test_the_draw_depends_on_the_generator_alone() -> None:
    one, again, other = (
        balanced_sample(LABELS, 60, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_each_class_has_one_at_least() -> None:
    assert len(balanced_sample(LABELS, 1, np.random.default_rng(0))) == 3


@pytest.mark.parametrize(
    ("labels", "n", "message"),
    [
        ([], 3, "labels must be at least 1, in one dimension"),
        ([["a"]], 3, "labels must be at least 1, in one dimension"),
        (["a"], 0, "n must be an int >= 1, got 0"),
    ],
)
def test_bad_arguments(labels: list, n: int, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        balanced_sample(labels, n, np.random.default_rng(0))
