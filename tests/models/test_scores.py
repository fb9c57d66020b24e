"""The optional protocols: a classifier offers a thing if the members of its protocol are there."""

from __future__ import annotations

import pytest

from helpers.adaptable import Linear, Plain
from serfast.models import Adaptable, Classifier, Doubting


def test_a_classifier_may_offer_both_or_nothing():
    assert isinstance(Linear(), Classifier)
    assert isinstance(Linear(), Adaptable)
    assert isinstance(Linear(), Doubting)
    assert isinstance(Plain(), Classifier)
    assert not isinstance(Plain(), Adaptable)
    assert not isinstance(Plain(), Doubting)


@pytest.mark.parametrize(
    ("name", "protocol"),
    [
        ("neutral_scores", Adaptable),
        ("scores", Adaptable),
        ("probabilities", Adaptable),
        ("certain_above", Doubting),
        ("strangeness", Doubting),
    ],
)
def test_whoever_lacks_a_member_does_not_offer_it(name, protocol):
    members = {key: value for key, value in vars(Linear).items() if key != name}
    other = Doubting if protocol is Adaptable else Adaptable
    classifier = type("Lacking", (), members)()
    assert not isinstance(classifier, protocol)
    assert isinstance(classifier, other)
