"""Results: the label's probability, and whether the model says that it doesn't know."""

from __future__ import annotations

import pickle

from serfast.models.result import Result
from serfast.recognizer import Result as Former


def test_a_result_without_doubts():
    result = Result("joy", {"joy": 0.75, "fear": 0.25})
    assert (result.probability, result.uncertain, result.reason) == (0.75, False, None)
    assert result.strangeness is None
    assert repr(result) == "Result('joy', probability=0.750)"


def test_an_uncertain_result_says_so():
    result = Result("joy", {"joy": 0.4, "fear": 0.6}, 0.5, "probability 0.40 is below 0.62")
    assert result.uncertain
    assert repr(result) == "Result('joy', probability=0.400, uncertain)"


def test_it_is_still_at_its_former_place_and_pickles():
    assert Former is Result
    result = Result("joy", {"joy": 1.0}, 2.0, "unlike")
    assert pickle.loads(pickle.dumps(result)) == result
