"""Training chooses on held-out speakers, and knows strangers and speakers that it is used to."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

import serfast
from serfast.models import Typical
from serfast.models.plugin import Examples, Run
from serfast.testing.checks import check_plugin
from serfast_svm import PLUGIN, training
from serfast_svm.calibration import fit_logistic
from serfast_svm.cross_fitting import cross_fitted
from serfast_svm.inference import LinearSvm
from serfast_svm.scaled_inputs import ScaledInputs
from serfast_svm.scaling import Scaling
from serfast_svm.speaker_means import SpeakerMeans
from svm_examples import examples

SPEC = serfast.FeatureSpec(features=[serfast.RMS()])


def machine(weights) -> LinearSvm:
    """Make the machine of these weights, without a bundle."""
    classes = tuple("abcdefg"[: len(weights.arrays["weights"])])
    arrays = [weights.arrays[name].astype(float) for name in ("weights", "intercepts")]
    return LinearSvm(classes, SPEC, *arrays, sharpness=1.0)


def trainer(data: Examples) -> training.Trainer:
    codes = training.codes_of(data)
    inputs = ScaledInputs(data.inputs, Scaling.fit(data.inputs, codes))
    groups, means = training.groups_of(data.speakers.tolist()), SpeakerMeans.of_examples(data)
    return training.Trainer(inputs, codes, len(data.classes), groups, means)


def chosen(data: Examples) -> tuple[float, float]:
    return training._choose(trainer(data), data, lambda share: None, weighted=True)


def test_contract(tmp_path):
    check_plugin("svm", tmp_path)


@pytest.mark.parametrize("classes", [2, 4])
def test_it_learns(classes):
    data = examples(classes=classes)
    trained = machine(PLUGIN.train(data))
    right = [data.classes[trained.predict_proba(x).argmax()] for x in data.inputs]
    assert np.mean(right == data.labels) > 0.8


def test_it_is_trained_on_inputs_as_they_are_and_relative_to_their_speaker():
    data = examples()
    data.inputs[data.speakers == "b"] += 3 * data.inputs.std(axis=0)  # another microphone
    codes = training.codes_of(data)
    scaling = Scaling.fit(data.inputs, codes)
    z = scaling(data.inputs)
    means = np.stack([z[data.speakers == s].mean(axis=0) for s in data.speakers])
    weights = PLUGIN.train(data)
    groups = [np.concatenate([g, g + len(z)]) for g in training.groups_of(data.speakers.tolist())]
    twice = np.concatenate([z, z - means])
    as_is = Scaling(np.zeros(60), np.ones(60), np.ones(60))
    nobody = SpeakerMeans(np.arange(2 * len(z)))
    args = ScaledInputs(twice, as_is), np.tile(codes, 2), 4, groups, nobody
    fitted = training.Trainer(*args).machine(weights.card["C"], twice=False)
    matrix, offsets = fit_logistic(fitted.held_out[: len(z)], codes)
    found = weights.arrays["weights"] @ (data.inputs - scaling.mean).T
    expected = matrix @ (fitted.weights @ z.T)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)
    neutral = matrix @ fitted.intercepts + offsets
    np.testing.assert_allclose(weights.arrays["neutral_scores"], neutral, rtol=1e-6)


def test_the_mean_is_that_of_one_copy_alone():
    """A copy in another room, and another room for every speaker: nothing of it is left."""
    data = examples(n=100)
    codes = training.codes_of(data)
    random = np.random.default_rng(1)
    rooms = random.normal(size=(2, 5, 60)).astype(np.float32)
    z = Scaling.fit(data.inputs, codes)(data.inputs)
    which = np.searchsorted(np.unique(data.speakers), data.speakers)
    both = replace(
        data,
        inputs=np.tile(data.inputs, (2, 1)),
        labels=np.tile(data.labels, 2),
        speakers=np.tile(data.speakers, 2),
        altered=np.repeat([False, True], 100),
        copies=np.repeat([0, 1], 100),
    )
    in_rooms = np.concatenate([z + rooms[0, which], z + rooms[1, which]])
    relative = SpeakerMeans.of_examples(both).relative(in_rooms)
    dry = SpeakerMeans.of_examples(both).relative(np.tile(z, (2, 1)))
    np.testing.assert_allclose(relative, dry, atol=1e-5)
    unaware = replace(both, copies=None, altered=np.zeros(200, bool))
    unknown = SpeakerMeans.of_examples(unaware).relative(in_rooms)
    assert np.abs(unknown - relative).max() > 0.1


def test_the_menu_is_tried_on_held_out_speakers_only():
    """A dimension that gives the label away for one speaker only doesn't help that speaker."""
    data = examples(n=300, d=30)
    random = np.random.default_rng(9)
    codes = training.codes_of(data)
    leak = np.where(data.speakers == "a", codes, random.integers(4, size=len(codes)))
    leaky = replace(data, inputs=np.column_stack([data.inputs, leak * 1e3]))
    assert chosen(leaky)[1] < chosen(data)[1] + 0.03


def test_recordings_count_as_much_as_all_their_copies():
    data = examples(n=200)
    wrong = replace(data, labels=np.roll(data.labels, 1), altered=np.ones(200, bool))
    both = replace(
        data,
        inputs=np.concatenate([data.inputs] + [wrong.inputs] * 3),
        labels=np.concatenate([data.labels] + [wrong.labels] * 3),
        speakers=np.tile(data.speakers, 4),
        altered=np.arange(800) >= 200,
    )
    codes = training.codes_of(both)
    answers = trainer(both).held_out([chosen(both)[0]])[0]
    groups = training.groups_of(both.speakers.tolist())
    said = cross_fitted(answers, codes, groups).argmax(axis=1)
    recalls = [training._recall(said[m], codes[m]) for m in (~both.altered, both.altered)]
    assert chosen(both)[1] == pytest.approx(np.mean(recalls), abs=1e-9)


@pytest.mark.parametrize("count", [2, 7, 8, 9, 30])
def test_every_speaker_is_left_out_once_in_at_most_eight_parts(count):
    n = 4 * count
    data = Examples(
        inputs=np.zeros((n, 1)),
        labels=np.array(["a", "b"] * (n // 2)),
        speakers=np.array([f"s{i % count}" for i in range(n)]),
        altered=np.zeros(n, bool),
    )
    groups = training.groups_of(data.speakers.tolist())
    assert len(groups) == min(count, 8)
    assert sorted(np.concatenate(groups)) == list(range(n))
    for speaker in set(data.speakers):
        assert sum(speaker in data.speakers[g] for g in groups) == 1


def test_constant_entries_get_no_weight():
    data = examples()
    data.inputs[:, 7] = 1 / 3
    arrays = PLUGIN.train(data).arrays
    assert not arrays["weights"][:, 7].any()
    assert arrays["weights"][:, 8].any()
    assert arrays["typical_deviation"][7] == 0


def far_from_0(least: int = 4, most: int = 6) -> Examples:
    """Examples whose mean is 10 ** least to 10 ** most times as large as their deviation."""
    data = examples()
    lift = 10 ** np.random.default_rng(5).uniform(least, most, data.inputs.shape[1])
    return replace(data, inputs=data.inputs + lift * data.inputs.std(axis=0))


def test_the_rounding_of_weights_to_float32_is_harmless(monkeypatch):
    """The intercepts belong to the rounded weights, so that only distances from the mean count."""
    data = far_from_0()
    rounded = machine(PLUGIN.train(data))
    monkeypatch.setattr(np, "float32", np.float64)  # the whole training, so inputs too
    whole = machine(PLUGIN.train(data))
    difference = max(np.abs(rounded.scores(x) - whole.scores(x)).max() for x in data.inputs)
    print(f"worst difference of a score {difference:.1e}")
    assert difference < 1e-4


def test_neutral_scores_are_those_of_the_mean_input():
    data = far_from_0()
    weights = PLUGIN.train(data)
    found = machine(weights).scores(Scaling.fit(data.inputs, training.codes_of(data)).mean)
    np.testing.assert_allclose(found, weights.arrays["neutral_scores"], atol=1e-6)


def test_class_scores_are_those_of_each_class_by_strangers():
    data = examples()
    weights = PLUGIN.train(data)
    by_class = weights.arrays["class_scores"]
    trained = machine(weights)
    found = np.array([trained.scores(x) for x in data.inputs])
    heard = np.stack([found[data.labels == name].mean(axis=0) for name in data.classes])
    assert by_class.shape == (4, 4)
    assert (by_class.argmax(axis=1) == np.arange(4)).all()
    assert np.corrcoef(by_class.ravel(), heard.ravel())[0, 1] > 0.95
    assert (by_class.diagonal() < heard.diagonal()).all()  # strangers are known less well


def test_what_is_typical_is_counted_as_inference_counts_it():
    """With means and deviations rounded to float32: far from 0 they are of another place."""
    data = far_from_0(7, 8)
    arrays = PLUGIN.train(data).arrays
    mean, deviation = (arrays[f"typical_{k}"].astype(float) for k in ("mean", "deviation"))
    typical = Typical(mean, deviation, float(arrays["strange_limit"]))
    strange = [typical.strangeness(x) > 1 for x in data.inputs]
    assert 0 < np.mean(strange) < 0.02


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_inputs_that_are_no_numbers_are_refused(value):
    data = examples()
    data.inputs[3, 4] = value
    with pytest.raises(serfast.ParameterError, match="inputs must be finite"):
        PLUGIN.train(data)


def test_inputs_whose_differences_overflow_are_refused():
    data = examples()
    inputs = data.inputs.astype(np.float32)
    inputs[:, 4] = np.where(np.arange(len(inputs)), 3e38, -3e38)
    with pytest.raises(serfast.ParameterError, match="inputs must"), np.errstate(all="ignore"):
        PLUGIN.train(replace(data, inputs=inputs))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int64])
def test_inputs_of_other_types(dtype):
    data = examples()
    rounded = (data.inputs / data.inputs.std(axis=0) * 8).round().astype(dtype)
    weights = PLUGIN.train(replace(data, inputs=rounded)).arrays["weights"]
    expected = PLUGIN.train(replace(data, inputs=rounded.astype(np.float64))).arrays["weights"]
    np.testing.assert_allclose(weights, expected, atol=1e-4 * np.abs(expected).max())


def test_it_tells_what_it_does_and_how_far_it_is(monkeypatch):
    monkeypatch.setattr("serfast_svm.landmarks.LANDMARKS", 20)
    told = []
    weights = PLUGIN.train_run(examples(), Run(tell=lambda *news: told.append(news)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 0.95)
    texts = list(dict.fromkeys(text for _, text in told))
    assert texts == [
        "scaling the inputs",
        "finding directions of the inputs",
        "choosing C",
        f"training with C {weights.card['C']}",
        "calibrating",
    ]
    assert len(told) > 8  # each step is told


def test_all_that_comes_out_is_finite():
    data = examples(n=60, d=80)
    data.inputs[:, 3] = 0
    data.inputs[:, 4] = 1e30 * data.inputs[:, 4]
    data.inputs[:, 5] = 1e-30 * data.inputs[:, 5]
    for name, array in PLUGIN.train(data).arrays.items():
        assert np.isfinite(array).all(), name


def test_a_class_of_one_speaker_alone():
    data = examples(classes=3)
    labels = data.labels.copy()
    labels[(labels == "rage") & (data.speakers != "a")] = "joy"
    trained = machine(PLUGIN.train(replace(data, labels=labels)))
    assert np.isfinite([trained.predict_proba(x) for x in data.inputs]).all()


def one_speaker(texts: list[str]) -> Examples:
    """Give examples of one speaker, a fifth of each text."""
    data = examples()
    places = np.arange(len(data)) % len(texts)
    return replace(data, speakers=np.full(len(data), "a"), texts=np.array(texts)[places])


def test_one_speakers_texts_are_left_out_in_the_place_of_speakers():
    data = one_speaker(["hello", "good day", "well", "yes", "no"])
    with pytest.warns(UserWarning, match="one speaker alone, 'a': C is chosen and probabilities"):
        weights = PLUGIN.train(data)
    assert weights.card["held_out"] == "texts"
    expected = PLUGIN.train(replace(data, speakers=data.texts))
    assert "held_out" not in expected.card
    assert {k: weights.card[k] for k in ("C", "held_out_uar")} == dict(expected.card)
    # The scaling and C are the same; the means that are taken away are of the voice, not the text.
    assert not np.array_equal(weights.arrays["weights"], expected.arrays["weights"])


def test_one_speaker_with_one_text_is_refused():
    with pytest.raises(serfast.ParameterError, match="speaker 'a' with the texts hello"):
        PLUGIN.train(one_speaker(["hello"]))


def test_one_in_a_hundred_of_the_training_is_strange():
    data = examples(n=1000)
    arrays = PLUGIN.train(data).arrays
    z = np.abs(data.inputs - arrays["typical_mean"]) / arrays["typical_deviation"]
    far = np.minimum(z, 5).mean(axis=1) > arrays["strange_limit"]
    assert far.mean() == pytest.approx(0.01, abs=0.002)


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (lambda e: e.labels == "joy", "labels must be of at least 2 classes"),
        (lambda e: e.speakers == "a", "speakers must be at least 2"),
    ],
)
def test_too_little_to_train_on(mask, message):
    data = examples()
    with pytest.raises(serfast.ParameterError, match=message):
        PLUGIN.train(data.where(mask(data)))


def test_training_without_scipy_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    monkeypatch.setitem(sys.modules, "scipy.linalg", None)
    with pytest.raises(ImportError, match=r"pip install scipy"):
        PLUGIN.train(examples())


def test_without_weights_nothing_is_weighed(monkeypatch):
    """Neither the choice of C nor the calibration, nor the machine itself."""
    seen = []

    def recorded(*given, weighted):
        seen.append(weighted)
        return fit_logistic(*given, weighted=weighted)

    monkeypatch.setattr(training, "fit_logistic", recorded)
    training.train(examples(), weighted=False)
    assert set(seen) == {False}
