"""Folds: who is left out, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from serfast import ParameterError
from serfast.training.folds import FOLDS, SpeakerFolds, folds_of, splits_of

SPEAKERS = ["b", "a", "b", "a", "c", "c"]
LABELS = ["x", "x", "y", "y", "x", "y"]


def test_every_speaker_is_left_out_once():
    splits = splits_of(SpeakerFolds(), SPEAKERS, LABELS)
    assert [name for name, _ in splits] == ["a", "b", "c"]
    assert np.array_equal(sum(mask.astype(int) for _, mask in splits), np.ones(6))
    for name, mask in splits:
        assert {s for s, out in zip(SPEAKERS, mask, strict=True) if out} == {name}


def test_folds_by_name():
    assert folds_of("speakers") is FOLDS["speakers"]
    own = SpeakerFolds()
    assert folds_of(own) is own
    with pytest.raises(ParameterError, match="folds must be one of 'speakers', got 'all'"):
        folds_of("all")


ALL, NONE = np.ones(6, bool), np.zeros(6, bool)
FIRST = np.arange(6) == 0


@pytest.mark.parametrize(
    ("splits", "message"),
    [
        ([], "folds must be at least 1, with different names"),
        ([("k", FIRST), ("k", FIRST)], r"with different names, got \['k', 'k'\]"),
        ([("k", FIRST[:5])], r"mask of fold 'k' must be an array of bool, shape \(6,\)"),
        ([("k", FIRST.astype(int))], "mask of fold 'k' must be an array of bool"),
        ([("k", FIRST.tolist())], "mask of fold 'k' must be an array of bool"),
        ([("k", FIRST), ("l", NONE)], "mask of fold 'l' must be true for at least 1 recording"),
        ([("k", ALL)], r"labels must be of at least 2 classes without part 'k', got \[\]"),
        ([("k", np.array(LABELS) == "y")], r"2 classes without part 'k', got \['x'\]"),
    ],
)
def test_splits_that_measure_nothing_are_refused(splits, message):
    class Odd:
        left_out = "part"
        protocol = ""

        def split(self, speakers, labels):
            return splits

    with pytest.raises(ParameterError, match=message):
        splits_of(Odd(), SPEAKERS, LABELS)
