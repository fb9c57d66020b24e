"""What a network offers beyond probabilities, if its bundle has the numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import serfast
from helpers.chunks import syllables
from onnx_networks import ConvGru
from serfast.models import Adaptable, Doubting, DoubtingInSteps, StreamingClassifier
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


D = len(SPEC.columns)
TYPICAL = {
    "typical_mean": np.repeat([0.0, 1.0], D),
    "typical_deviation": np.full(2 * D, 0.1),
    "strange_limit": np.array(2.0),
    "fewest_rows": np.array(20.0),
}
KNOWING = replace(OLD, arrays={**OFFERS, **TYPICAL})


def test_strangeness_is_of_means_and_deviations_of_the_rows_that_are_judged():
    """By the formula: the mean of |z|, each at most 5, over the limit, of whole steps alone."""
    network = PLUGIN.load(KNOWING)
    x = 1.2 * rows(70) + np.linspace(-0.3, 0.7, D, dtype=np.float32)
    whole = x[: 70 // network.stride * network.stride].astype(float)
    z = np.concatenate([whole.mean(axis=0), whole.std(axis=0) - 1]) / 0.1
    expected = np.minimum(np.abs(z), 5).mean() / 2
    assert network.strangeness(x) == pytest.approx(expected, rel=1e-9)
    assert 0.5 < expected < 2.4
    assert PLUGIN.load(NEW).strangeness(x) is None


@pytest.mark.parametrize("n", [1, 4, 12, 19])
def test_fewer_rows_than_any_of_trainings_are_strange_whatever_they_are(n):
    typical = {**TYPICAL, "typical_deviation": np.zeros(2 * D)}  # nothing else is looked at
    network = PLUGIN.load(replace(OLD, arrays={**OFFERS, **typical}))
    judged = max(n, network.stride) // network.stride * network.stride
    assert network.strangeness(rows(n)) == pytest.approx(20 / judged)
    assert network.strangeness(rows(20)) == 0


def test_a_stream_is_as_strange_as_its_rows_so_far():
    """Bit for bit, in any portions and beyond a block of sums; another's state is refused."""
    network = PLUGIN.load(KNOWING)
    assert isinstance(network, DoubtingInSteps)
    check_classifier(network, [rows(n, n) for n in (31, 150, 7)])
    x, state = rows(300), network.new_state()
    assert network.strangeness_so_far(state) is None
    for stop in range(network.stride, len(x) + 1, network.stride):
        network.step(x[stop - network.stride : stop], state)
        assert network.strangeness_so_far(state) == network.strangeness(x[:stop])
    with pytest.raises(serfast.ParameterError, match="state must be of this classifier's"):
        PLUGIN.load(KNOWING).strangeness_so_far(state)
    plain = PLUGIN.load(NEW)
    assert plain.strangeness_so_far(plain.new_state()) is None


def test_rows_that_a_step_refuses_do_not_count():
    network = PLUGIN.load(KNOWING)
    x, state = rows(2 * network.stride), network.new_state()
    network.step(x[: network.stride], state)
    before = network.strangeness_so_far(state)
    with pytest.raises(serfast.ParameterError):
        network.step(np.full_like(x[: network.stride], np.nan), state)
    assert network.strangeness_so_far(state) == before


def test_without_a_bound_whatever_is_not_strange_is_certain(tmp_path):
    wide = {**TYPICAL, "typical_deviation": np.full(2 * D, 1e6)}
    recognizer = serfast.Recognizer(replace(OLD, arrays=wide).save(tmp_path / "wide.zip"))
    assert not recognizer.predict(syllables(2.0), 16000).uncertain
    short = recognizer.predict(syllables(0.15), 16000)
    assert short.strangeness > 1
    assert short.reason.startswith("unlike the training's speech")
    stream = recognizer.stream(window=None, hop=0.1, gate_db=None)
    events = [*stream.accept(syllables(1.0)), *stream.flush()]
    assert [event.uncertain for event in events] == [event.end < 0.2 for event in events]


def test_a_speaker_learns_nothing_of_what_is_strange(tmp_path):
    recognizer = serfast.Recognizer(KNOWING.save(tmp_path / "knowing.zip"))
    speaker = recognizer.speaker()
    result = speaker.predict(syllables(2.0), 16000)
    assert result.strangeness > 1
    assert result.uncertain
    assert speaker.n == 0


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({**TYPICAL, "fewest_rows": np.array(0.0)}, "fewest_rows.npy must be from 1 to"),
        ({**TYPICAL, "strange_limit": np.array(0.0)}, "strange_limit.npy must be > 0"),
        ({**TYPICAL, "typical_mean": np.zeros(D)}, "typical_mean.npy must be float of shape"),
        ({"strange_limit": np.array(1.0)}, "must have the member typical_mean.npy"),
        (
            {"fewest_rows": np.array(9.0)},
            "fewest_rows.npy must be from 1 to .*, and beside",
        ),
        (
            {key: value for key, value in TYPICAL.items() if key != "fewest_rows"},
            "must have the member fewest_rows.npy",
        ),
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
