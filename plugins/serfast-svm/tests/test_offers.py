"""The machine offers scores and doubts, beyond probabilities, if its bundle has the numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import serfast
from serfast.models import Adaptable, Doubting
from serfast.models.bundle.bundle import Bundle
from serfast.models.judge import Judge
from serfast.models.typical import FARTHEST, Typical
from serfast.statistics.statistics import Statistics
from serfast.testing.checks import check_classifier
from serfast_svm import PLUGIN

RANDOM = np.random.default_rng(0)
K, D = 3, 4
OLD = Bundle(
    plugin="svm",
    classes=("a", "b", "c"),
    spec=serfast.FeatureSpec(features=[serfast.RMS(), serfast.ZeroCrossingRate()]),
    statistics=Statistics(functionals=("mean", "std"), deltas=0),
    arrays={
        "weights": RANDOM.normal(size=(K, D)),
        "intercepts": RANDOM.normal(size=K),
        "sharpness": np.array(2.5),
    },
)
OFFERS = {
    "neutral_scores": RANDOM.normal(size=K),
    "class_scores": RANDOM.normal(size=(K, K)),
    "speaker_matrix": RANDOM.normal(size=(K, K + 1)),
    "certain_above": np.array(0.6),
    "typical_mean": np.array([1.0, 2.0, 3.0, 4.0]),
    "typical_deviation": np.array([1.0, 0.5, 0.0, 2.0]),
    "strange_limit": np.array(2.0),
}
INPUTS = RANDOM.normal(size=(5, D))


def bundle(*without: str, **changes) -> Bundle:
    arrays = {**OLD.arrays, **OFFERS, **changes}
    return replace(OLD, arrays={k: v for k, v in arrays.items() if k not in without})


def test_an_older_bundle_offers_nothing_and_answers_as_before():
    old, new = PLUGIN.load(OLD), PLUGIN.load(bundle())
    assert not isinstance(old, Adaptable)
    assert not isinstance(old, Doubting)
    assert isinstance(new, Adaptable)
    assert isinstance(new, Doubting)
    for x in INPUTS:
        assert np.array_equal(old.predict_proba(x), new.predict_proba(x))


def test_the_contracts_are_kept():
    machine = PLUGIN.load(bundle())
    check_classifier(machine, INPUTS)
    assert np.array_equal(machine.neutral_scores, OFFERS["neutral_scores"])
    assert np.array_equal(machine.class_scores, OFFERS["class_scores"])
    assert np.array_equal(machine.speaker_matrix, OFFERS["speaker_matrix"])
    assert machine.certain_above == 0.6


def test_scores_are_linear_and_their_softmax_is_the_answer():
    machine = PLUGIN.load(bundle())
    x, y = INPUTS[:2]
    middle = machine.scores((x + y) / 2)
    assert middle == pytest.approx((machine.scores(x) + machine.scores(y)) / 2, abs=1e-12)
    z = 2.5 * (OLD.arrays["weights"] @ x + OLD.arrays["intercepts"])
    assert machine.scores(x) == pytest.approx(z, abs=1e-12)
    assert machine.predict_proba(x) == pytest.approx(np.exp(z) / np.exp(z).sum(), abs=1e-12)


def test_centring_the_scores_is_centring_the_vectors():
    """The reason why a mean per class is enough."""
    machine = PLUGIN.load(bundle())
    speaker, everybody = INPUTS.mean(axis=0), np.array([1.0, 2.0, 3.0, 4.0])
    centred = [machine.predict_proba(x - speaker + everybody) for x in INPUTS]
    scores = np.array([machine.scores(x) for x in INPUTS])
    adapted = scores - scores.mean(axis=0) + machine.scores(everybody)
    assert np.array([machine.probabilities(s) for s in adapted]) == pytest.approx(
        np.array(centred), abs=1e-12
    )


def test_strangeness():
    """|z| is 1, 2 and, cut, 5; the entry without a deviation isn't looked at; the limit is 2."""
    machine = PLUGIN.load(bundle())
    strangeness = machine.strangeness(np.array([2.0, 1.0, 99.0, 400.0]))
    assert strangeness == pytest.approx((1 + 2 + FARTHEST) / 3 / 2, rel=1e-12)
    assert machine.strangeness(OFFERS["typical_mean"]) == 0
    constant = Typical(np.zeros(2), np.zeros(2), 1.0)
    assert constant.strangeness(np.ones(2)) == 0
    assert (
        PLUGIN.load(bundle("typical_mean", "typical_deviation", "strange_limit")).strangeness(
            INPUTS[0]
        )
        is None
    )


def test_entries_without_a_weight_are_never_strange():
    """They aren't computed: a recognizer leaves 0 there."""
    weights = OLD.arrays["weights"].copy()
    weights[:, 3] = 0
    machine = PLUGIN.load(bundle(weights=weights))
    assert machine.uses.tolist() == [True, True, True, False]
    for value in (0.0, 4.0, 1e300):
        strangeness = machine.strangeness(np.array([2.0, 1.0, 99.0, value]))
        assert strangeness == pytest.approx((1 + 2) / 2 / 2, rel=1e-12)


@pytest.mark.parametrize(
    ("without", "offers"),
    [
        (["class_scores"], {Adaptable, Doubting}),
        (["speaker_matrix"], {Adaptable, Doubting}),
        (["class_scores", "neutral_scores", "speaker_matrix"], {Doubting}),
        (["typical_mean", "typical_deviation", "strange_limit"], {Adaptable, Doubting}),
        (["typical_mean", "typical_deviation", "strange_limit", "certain_above"], {Adaptable}),
    ],
)
def test_a_part_may_be_missing(without, offers):
    machine = PLUGIN.load(bundle(*without))
    assert {offer for offer in (Adaptable, Doubting) if isinstance(machine, offer)} == offers
    judge = Judge(machine, "svm")
    assert (judge.class_scores is None) == ("class_scores" in without)
    absent = "neutral_scores" in without or "speaker_matrix" in without
    assert (judge.speaker_matrix is None) == absent
    check_classifier(machine, INPUTS)


@pytest.mark.parametrize(
    ("without", "changes", "message"),
    [
        (["neutral_scores"], {}, "must have the member neutral_scores.npy"),
        (["certain_above"], {}, "must have the member certain_above.npy"),
        (["typical_mean"], {}, "must have the member typical_mean.npy"),
        (["strange_limit"], {}, "must have the member strange_limit.npy"),
        ([], {"neutral_scores": np.zeros(2)}, r"neutral_scores.npy must be float of shape \(3,\)"),
        ([], {"class_scores": np.zeros(3)}, r"class_scores.npy must be float of shape \(3, 3\)"),
        ([], {"speaker_matrix": np.eye(3)}, r"speaker_matrix.npy must be float of shape \(3, 4\)"),
        ([], {"typical_mean": np.zeros(3)}, r"typical_mean.npy must be float of shape \(4,\)"),
        ([], {"certain_above": np.array(1.5)}, "certain_above.npy must be from 0 to 1, got 1.5"),
        ([], {"strange_limit": np.array(0.0)}, "strange_limit.npy must be > 0"),
        ([], {"typical_deviation": np.full(4, -1.0)}, "typical_deviation.npy >= 0"),
    ],
)
def test_wrong_arrays_are_refused(without, changes, message):
    with pytest.raises(serfast.ModelError, match=message):
        PLUGIN.load(bundle(*without, **changes))
