"""Held-out recordings under conditions: predicted by their fold's model, deterministically."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

import serfast
from helpers import pages
from helpers.cli_corpus import write_corpus
from helpers.plugin_stub import Averaging, Nearest, install_averaging, install_nearest
from serfast.audio.augmentation import Noise
from serfast.corpora import find_recordings
from serfast.errors import ModelError, ParameterError
from serfast.models.input_maker import InputMaker
from serfast.statistics.statistics import Statistics
from serfast.training import Condition, Recipe, trials

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.ZeroCrossingRate()])
STATISTICS = Statistics(functionals=("mean", "std"), deltas=0)
TEXTS = ("noise=5", "gain=-20", "gain=-6,noise=0")


class Noted:
    """An alteration that keeps what it gives; it may refuse signals, or need a package."""

    def __init__(self, inner, error=None, refused=()):
        self.inner, self.error, self.refused, self.given = inner, error, refused, []

    def __call__(self, samples, sample_rate, random):
        if self.error and len(samples) in self.refused:
            raise self.error
        self.given.append(self.inner(samples, sample_rate, random))
        return self.given[-1]


def noted(refused=(), error=None):
    return Condition("noted", "other", Noted(Noise(10), error, refused))


@pytest.fixture
def recipe(tmp_path, monkeypatch):
    install_nearest(tmp_path, monkeypatch)
    return Recipe("nearest", spec=SPEC, statistics=STATISTICS, alterations=["noise=5"], seed=7)


@pytest.fixture
def recordings(tmp_path):
    return find_recordings(write_corpus(tmp_path / "wav"))


def fold_model(recipe, recordings, speaker):
    """The class means of a training without the speaker, from the plugin itself."""
    data = recipe.examples(recordings).where(
        np.array([r.speaker != speaker for r in recordings] * (1 + len(recipe.alterations)))
    )
    return recipe.train_on(data, folder=None).arrays["means"]


def test_answers_are_those_of_the_folds_model_for_the_altered_recording(recipe, recordings):
    """Everything is computed again: alteration, features, distances to the fold's means."""
    evaluation = recipe.evaluate(recordings, conditions=TEXTS)
    extractor = serfast.Extractor(SPEC)
    assert [under.condition.name for under in evaluation.conditions] == [
        "clean",
        "pink noise, 5 dB",
        "gain, -20 dB",
        "gain, -6 dB + pink noise, 0 dB",
    ]
    signals = [serfast.load(r.path, sample_rate=16000)[0] for r in recordings]
    tests = trials_under(signals)
    for k, condition in enumerate(tests.conditions):
        folds = evaluation.conditions[1 + k].evaluation.folds
        assert [fold.speaker for fold in folds] == ["03", "08", "09"]
        for fold in folds:
            means = fold_model(recipe, recordings, fold.speaker)
            expected = []
            for i, recording in enumerate(recordings):
                if recording.speaker == fold.speaker:
                    y = tests.altered(signals[i], i, condition)
                    assert not np.array_equal(y, signals[i])
                    x = STATISTICS(extractor(y), SPEC.columns)
                    distance = ((means - x) ** 2).sum(axis=1)
                    expected.append(np.exp(-distance) / np.exp(-distance).sum())
            np.testing.assert_allclose(fold.probabilities, expected, rtol=1e-9)
            assert fold.true == tuple(r.label for r in recordings if r.speaker == fold.speaker)
            assert set(fold.speakers) == {fold.speaker}
            indices = np.argmax(expected, axis=1)
            assert fold.predicted == tuple(["anger", "sadness"][i] for i in indices)


def trials_under(signals, texts=TEXTS, seed=7):
    inputs = InputMaker(SPEC, STATISTICS, "vector", None)
    conditions = tuple(map(Condition.from_text, texts))
    return trials.trials_in_memory(conditions, signals, ["a"] * len(signals), inputs, seed=seed)


def test_babble_is_made_of_other_speakers(recipe, recordings):
    """Each speaker's signals are constant at a level of their own: babble has the others'."""
    levels = np.repeat([0.1, 0.2, 0.4], 4).astype(np.float32)
    tone = np.sin(np.arange(4000) / 5).astype(np.float32)
    speakers = [r.speaker for r in recordings]
    given = []

    class Heard:
        def with_others(self, others):
            given.append({round(float(abs(other()).max()), 1) for other in others})
            return Noise(10)

    inputs = InputMaker(SPEC, STATISTICS, "vector", None)
    condition = Condition("heard", "noise", Heard())
    tests = trials.trials_in_memory(
        (condition,), [level * tone for level in levels], speakers, inputs, seed=0
    )
    for place in (0, 5, 11):
        tests.altered(tone, place, condition)
    assert given == [{0.2, 0.4}, {0.1, 0.4}, {0.1, 0.2}]
    evaluation = recipe.evaluate(recordings, conditions=["babble=0"])
    clean, babble = (
        np.concatenate([f.probabilities for f in under.evaluation.folds])
        for under in evaluation.conditions
    )
    assert not np.array_equal(clean, babble)


def probabilities(evaluation):
    return {
        under.condition.name: np.concatenate([f.probabilities for f in under.evaluation.folds])
        for under in evaluation.conditions
    }


def test_a_model_of_rows_is_asked_about_rows_of_the_altered_recording(tmp_path, monkeypatch):
    """Its class is how loud the rows are, so a gain changes the answer by the logistic curve."""
    site = tmp_path / "site"
    site.mkdir()
    install_averaging(site)
    monkeypatch.setattr(Averaging, "classes", ("loud", "quiet"))  # sorted, as bundles have them
    monkeypatch.syspath_prepend(str(site))
    recipe = Recipe("averaging", spec=SPEC, alterations=())
    random = np.random.default_rng(0)
    signals = [random.normal(0, 0.1, 8000).astype(np.float32) for _ in range(8)]
    data = recipe.examples_of(signals, ["loud", "quiet"] * 4, ["a", "a", "b", "b"] * 2)
    evaluation = recipe.evaluate_on(data, conditions=["gain=20"], signals=signals)
    clean, louder = (
        np.concatenate([fold.probabilities for fold in under.evaluation.folds])[:, 1]
        for under in evaluation.conditions
    )
    loudness = np.log(clean / (1 - clean))
    np.testing.assert_allclose(np.log(louder / (1 - louder)), 10 * loudness, rtol=1e-5)


def test_a_condition_gives_the_same_whatever_the_others_are(recipe, recordings):
    one = probabilities(recipe.evaluate(recordings, conditions=TEXTS))
    again = probabilities(recipe.evaluate(recordings, conditions=TEXTS[::-1]))
    assert list(one) != list(again)
    assert {name: x.tolist() for name, x in one.items()} == {
        name: x.tolist() for name, x in again.items()
    }
    alone = probabilities(recipe.evaluate(recordings, conditions=["noise=5"]))
    assert np.array_equal(alone["pink noise, 5 dB"], one["pink noise, 5 dB"])


def test_conditions_change_nothing_of_the_evaluation(recipe, recordings):
    plain = recipe.evaluate(recordings)
    card = recipe.evaluate(recordings, conditions=TEXTS).card()
    assert plain.conditions == ()
    del card["conditions"], card["calibration"]["mixed"]
    assert card == plain.card()


def test_noise_is_never_that_of_a_copy(recipe, recordings):
    """The same alteration draws other noise for a condition than for the training's copies."""
    copies = Noted(Noise(5))
    serfast.training.make_examples(recordings, SPEC, STATISTICS, alterations=[copies], seed=7)
    signals = [serfast.load(r.path, sample_rate=16000)[0] for r in recordings]
    tests = trials_under(signals, ["noise=5"])
    altered = [tests.altered(y, i, tests.conditions[0]) for i, y in enumerate(signals)]
    for y, signal in zip(altered, signals, strict=True):
        for copy, clean in zip(copies.given, signals, strict=True):
            similarity = np.corrcoef(y - signal, copy - clean)[0, 1]
            assert abs(similarity) < 0.1
    other = trials_under(signals, ["noise=5"], seed=8)
    assert not np.array_equal(other.altered(signals[0], 0, other.conditions[0]), altered[0])


def test_signals_in_memory_give_what_files_give(recipe, recordings):
    signals = [serfast.load(r.path, sample_rate=16000)[0] for r in recordings]
    labels, speakers = [r.label for r in recordings], [r.speaker for r in recordings]
    data = recipe.examples_of(signals, labels, speakers)
    evaluation = recipe.evaluate_on(data, conditions=TEXTS, signals=signals)
    expected = recipe.evaluate(recordings, conditions=TEXTS)
    assert evaluation.card() == expected.card()
    with pytest.raises(ParameterError, match=r"signals must be the 12 of .*, got None"):
        recipe.evaluate_on(data, conditions=TEXTS)
    with pytest.raises(ParameterError, match=r"signals must be the 12 of .*, got 11"):
        recipe.evaluate_on(data, conditions=TEXTS, signals=signals[1:])


@pytest.mark.parametrize("conditions", [["nose=3"], [3], ["noise=5", "noise=5"], "noise=5"])
def test_what_is_no_condition_is_refused_before_any_recording_is_read(
    recipe, recordings, conditions
):
    for recording in recordings:
        recording.path.unlink()
    with pytest.raises(ParameterError, match="condition"):
        recipe.evaluate(recordings, conditions=conditions)


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (ImportError("codecs need av"), ImportError, "codecs need av"),
        (ParameterError("y must be short"), ParameterError, "condition 'noted': y must be short"),
    ],
)
def test_what_can_never_work_is_known_before_any_recording_is_read(
    recipe, recordings, error, kind, message
):
    for recording in recordings:
        recording.path.unlink()
    with pytest.raises(kind, match=message):
        recipe.evaluate(recordings, conditions=[noted([16000], error)])


def test_a_recording_that_a_condition_refuses_is_named(recipe, recordings):
    """Recordings are 8000 samples long, the noise that conditions are tried with isn't."""
    condition = noted([8000], ParameterError("y must be long"))
    with pytest.raises(ParameterError, match=r"03a01Ta\.wav: condition 'noted': y must be long"):
        recipe.evaluate(recordings, conditions=[condition])


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (
            ParameterError("x must be small"),
            ParameterError,
            r"Wa\.wav: condition 'gain, 20 dB': x m",
        ),
        (ValueError("broken"), ModelError, r"^plugin 'nearest' of .* predict_proba: .*broken"),
    ],
)
def test_a_model_that_refuses_what_a_condition_gives(
    recipe, recordings, monkeypatch, error, kind, message
):
    """A plugin that fails is at fault itself; one that refuses an input is told of with it."""
    predict = Nearest.predict_proba

    def refuses(self, x):
        if x.max() > 0.5:
            raise error
        return predict(self, x)

    monkeypatch.setattr(Nearest, "predict_proba", refuses)
    recipe.evaluate(recordings, conditions=["gain=-6"])
    with pytest.raises(kind, match=message):
        recipe.evaluate(recordings, conditions=["gain=20"])


def test_a_recording_that_a_condition_refuses_is_left_out_there_alone(recipe, recordings):
    shorter = recordings[5]
    y, _ = serfast.load(shorter.path, sample_rate=16000)
    soundfile.write(shorter.path, y[:7000], 16000)
    failed = []
    evaluation = recipe.evaluate(
        recordings,
        conditions=[noted([7000], ParameterError("y must be long")), "gain=-6"],
        failed=lambda recording, error: failed.append((recording, str(error))),
    )
    assert failed == [(shorter, "condition 'noted': y must be long")]
    sizes = [int(under.evaluation.matrix.sum()) for under in evaluation.conditions]
    assert sizes == [12, 11, 12]


def test_a_condition_that_refuses_all_recordings_has_no_figures(recipe, recordings):
    failed = []
    evaluation = recipe.evaluate(
        recordings,
        conditions=[noted([8000], ParameterError("y must be long")), "gain=-6"],
        failed=lambda recording, error: failed.append(recording),
    )
    assert len(failed) == 12
    assert [one.condition.name for one in evaluation.conditions] == ["clean", "gain, -6 dB"]
    assert [one["name"] for one in evaluation.card()["conditions"]] == ["clean", "gain, -6 dB"]


def test_a_recording_left_out_of_the_training_is_not_tried(recipe, recordings):
    recordings[4].path.write_bytes(b"no audio")
    failed = []
    evaluation = recipe.evaluate(
        recordings,
        conditions=["gain=-6"],
        failed=lambda recording, error: failed.append(recording),
    )
    assert failed == [recordings[4]]
    others = [r for r in recordings if r is not recordings[4]]
    assert evaluation.card() == recipe.evaluate(others, conditions=["gain=-6"]).card()


def test_progress_counts_conditions_too(recipe, recordings):
    told = []
    recipe.evaluate(recordings, conditions=TEXTS, tell=lambda *news: told.append(news))
    trainings = [text for _, text in told if "training on 16 examples" in text]
    assert len(trainings) == 3
    shares = [share for share, _ in told]
    assert len(shares) == len(recordings) + 3
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert 0.1 < shares[1] < 0.34
    assert 0.9 < shares[-1] < 1


def test_the_pages_example_runs(recordings, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "emodb").mkdir()
    (tmp_path / "wav").rename(tmp_path / "emodb" / "wav")
    (tmp_path / "street").mkdir()
    noise = np.random.default_rng(0).normal(0, 0.1, 16000)
    soundfile.write(tmp_path / "street" / "a.wav", noise, 16000)
    (block,) = pages.examples("docs/robustness.md")
    exec(compile(block, "docs/robustness.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    names = [line.partition(":")[0] for line in lines if "ECE" in line]
    assert names == ["clean", "pink noise, 20 dB", "room, 0.5 s", "my street"]
    assert (tmp_path / "conditions.png").read_bytes().startswith(b"\x89PNG")
