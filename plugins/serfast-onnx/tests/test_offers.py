"""What a network offers beyond probabilities, if its bundle has the numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import serfast
from helpers.chunks import syllables
from onnx_networks import ConvGru
from serfast.models import Adaptable, Doubting, StreamingClassifier
from serfast.models.bundle.bundle import Bundle
from serfast.models.plugin import TakesBound, TakesSharpness, Weights
from serfast.testing.checks import check_classifier
from serfast.testing.offers import check_takes_sharpness
from serfast_onnx import PLUGIN

SPEC = serfast.presets.speech()
CLASSES = ("anger", "fear", "joy")
FILES = ConvGru(len(SPEC.columns), 3).files()
OLD = Bundle(plugin="onnx", classes=CLASSES, spec=SPEC, files=FILES)
OFFERS = {
    "neutral_scores": np.array([-1.0, -1.5, -0.8]),
    "class_scores": np.eye(3) - 1.5,
    "certain_above": np.array(0.99),
}
NEW = replace(OLD, arrays=OFFERS)


def rows(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, len(SPEC.columns))).astype(np.float32)


def test_without_the_arrays_it_offers_nothing_and_answers_the_same():
    old, new = PLUGIN.load(OLD), PLUGIN.load(NEW)
    assert not isinstance(old, Adaptable)
    assert not isinstance(old, Doubting)
    assert np.array_equal(old.predict_proba(rows(31)), new.predict_proba(rows(31)))


def test_the_contracts_are_kept():
    network = PLUGIN.load(NEW)
    assert isinstance(network, StreamingClassifier)
    assert isinstance(network, Adaptable)
    assert isinstance(network, Doubting)
    check_classifier(network, [rows(n, n) for n in (31, 64, 7)])


def test_scores_are_log_probabilities():
    network = PLUGIN.load(NEW)
    probabilities = network.predict_proba(rows(31))
    assert network.scores(rows(31)) == pytest.approx(np.log(probabilities), abs=1e-12)
    assert network.probabilities(np.log(probabilities) + 7) == pytest.approx(probabilities)


def test_a_bound_that_an_evaluation_gave_goes_into_the_weights():
    assert isinstance(PLUGIN, TakesBound)
    before = Weights(arrays={"neutral_scores": OFFERS["neutral_scores"]}, files=FILES)
    weights = PLUGIN.with_bound(before, 0.875)
    assert set(before.arrays) == {"neutral_scores"}
    bundle = replace(OLD, arrays=weights.arrays, files=weights.files)
    network = PLUGIN.load(Bundle.from_bytes(bundle.to_bytes()))
    assert network.certain_above == 0.875
    assert np.array_equal(network.neutral_scores, OFFERS["neutral_scores"])


def test_a_sharpness_that_an_evaluation_gave_goes_into_the_weights():
    assert isinstance(PLUGIN, TakesSharpness)
    weights = PLUGIN.with_sharpness(Weights(arrays=OFFERS, files=FILES), 1.5)
    assert set(weights.arrays) == {*OFFERS, "sharpness"}
    sharp = Bundle.from_bytes(replace(OLD, arrays=weights.arrays).to_bytes())
    before, after = PLUGIN.load(NEW), PLUGIN.load(sharp)
    power = before.predict_proba(rows(31)) ** 1.5
    assert after.predict_proba(rows(31)) == pytest.approx(power / power.sum(), abs=1e-12)
    assert after.neutral_scores == pytest.approx(1.5 * OFFERS["neutral_scores"])
    assert after.class_scores == pytest.approx(1.5 * OFFERS["class_scores"])
    check_classifier(after, [rows(n, n) for n in (31, 64, 7)])
    check_takes_sharpness(PLUGIN, NEW, [rows(n, n) for n in (31, 64)])


def test_a_streams_steps_are_as_sharp_as_the_whole():
    network = PLUGIN.load(replace(OLD, arrays={"sharpness": np.array(2.0)}))
    x, state = rows(8 * network.stride), network.new_state()
    for k in range(0, len(x), network.stride):
        stepped = network.step(x[k : k + network.stride], state)
    assert stepped == pytest.approx(network.predict_proba(x), abs=1e-5)


def test_it_is_adapted_and_doubts(tmp_path):
    recognizer = serfast.Recognizer(NEW.save(tmp_path / "network.zip"))
    y = syllables(2.0)
    plain = recognizer.predict(y, 16000)
    assert plain.uncertain
    assert plain.strangeness is None
    assert "is below 0.99" in plain.reason
    speaker = recognizer.speaker(prior=1.0)
    adapted = speaker.predict(y, 16000)
    p = np.array(list(plain.probabilities.values()))
    half = np.exp((np.log(p) + OFFERS["neutral_scores"]) / 2)  # n = prior = 1: half of the offset
    assert list(adapted.probabilities.values()) == pytest.approx(half / half.sum(), abs=1e-9)
    assert recognizer.stream(adapt=True) is not None


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"class_scores": np.eye(3)}, "must have the member neutral_scores.npy"),
        ({"neutral_scores": np.zeros(2)}, r"neutral_scores.npy must be float of shape \(3,\)"),
        ({**OFFERS, "class_scores": np.zeros(3)}, "class_scores.npy must be float"),
        ({"sharpness": np.array(0.0)}, "sharpness.npy must be > 0 and at most 100, got 0.0"),
        ({"sharpness": np.array(np.nan)}, "sharpness.npy must be"),
        ({"certain_above": np.array(-0.5)}, "certain_above.npy must be from 0 to 1, got -0.5"),
    ],
)
def test_wrong_arrays_are_refused(arrays, message):
    with pytest.raises(serfast.ModelError, match=message):
        PLUGIN.load(replace(OLD, arrays=arrays))
