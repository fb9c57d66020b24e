"""The SVM plugin: equal to scikit-learn, free of it at inference, and fair in what it chooses."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.special
import sklearn
from scipy.optimize import minimize_scalar
from sklearn.calibration import CalibratedClassifierCV
from sklearn.metrics import log_loss
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

import serfast
from serfast.cli.main import main
from serfast.corpora.finding import find_recordings
from serfast.models.bundle.bundle import Bundle
from serfast.models.plugin import Examples
from serfast.testing.checks import check_classifier, check_plugin, toy_examples
from serfast.training.evaluation import leave_one_speaker_out
from serfast.training.examples import make_examples
from serfast_svm import PLUGIN, training
from serfast_svm.calibration import fit_sharpness
from serfast_svm.inference import LinearSvm, softmax

SPEC = serfast.FeatureSpec(features=[serfast.RMS()])


def examples(n: int = 180, d: int = 60, classes: int = 4, seed: int = 0) -> Examples:
    """Overlapping classes in d dimensions of very different scales, by five speakers."""
    random = np.random.default_rng(seed)
    codes = random.integers(classes, size=n)
    centres = random.normal(size=(classes, d)) * 0.35
    scales = 10 ** random.uniform(-3, 3, d)
    return Examples(
        inputs=(centres[codes] + random.normal(size=(n, d))) * scales + 5 * scales,
        labels=np.array(["fear", "joy", "rage", "shame"])[codes],
        speakers=np.array(list("abcde"))[np.arange(n) % 5],
        altered=np.zeros(n, bool),
    )


def machine(weights) -> LinearSvm:
    """The machine of these weights, without a bundle."""
    classes = tuple("abcdefg"[: len(weights.arrays["weights"])])
    arrays = [weights.arrays[name].copy() for name in ("weights", "intercepts")]
    return LinearSvm(classes, SPEC, *arrays, float(weights.arrays["sharpness"]))


def pipeline(data: Examples, cost: float) -> Pipeline:
    """The same machines, built by scikit-learn alone."""
    root = np.sqrt(data.inputs.shape[1])
    return make_pipeline(
        StandardScaler(),
        FunctionTransformer(lambda x: x / root),
        OneVsRestClassifier(SVC(C=cost, kernel="linear", class_weight="balanced")),
    )


def calibrated(data: Examples, cost: float, strangers: np.ndarray) -> np.ndarray:
    """Probabilities by scikit-learn's own temperature scaling."""
    splits = list(LeaveOneGroupOut().split(data.inputs, data.labels, data.speakers))
    model = CalibratedClassifierCV(
        pipeline(data, cost), method="temperature", ensemble=False, cv=splits
    )
    return model.fit(data.inputs, data.labels).predict_proba(strangers)


def minimised(data: Examples, cost: float, strangers: np.ndarray) -> np.ndarray:
    """Probabilities by SciPy's minimum of scikit-learn's log loss of held-out decisions."""
    held_out = cross_val_predict(
        pipeline(data, cost),
        data.inputs,
        data.labels,
        groups=data.speakers,
        cv=LeaveOneGroupOut(),
        method="decision_function",
    )
    found = minimize_scalar(
        lambda b: log_loss(data.labels, scipy.special.softmax(np.exp(b) * held_out, axis=1)),
        bounds=(-10, 10),
        options={"xatol": 1e-12},
    )
    fitted = pipeline(data, cost).fit(data.inputs, data.labels)
    return scipy.special.softmax(np.exp(found.x) * fitted.decision_function(strangers), axis=1)


# scikit-learn 1.8, which needs Python 3.11, was the first with temperature scaling
HAS_TEMPERATURE = tuple(map(int, sklearn.__version__.split(".")[:2])) >= (1, 8)


@pytest.mark.parametrize("reference", [minimised] + [calibrated] * HAS_TEMPERATURE)
@pytest.mark.parametrize("classes", [3, 4])
@pytest.mark.parametrize("seed", range(3))
def test_probabilities_equal_scikit_learns(reference, classes, seed):
    both = examples(n=680, classes=classes, seed=seed)
    data, strangers = both.where(np.arange(680) < 180), both.inputs[180:]
    weights = PLUGIN.train(data)
    assert weights.card["subset"] == "all"
    expected = reference(data, weights.card["C"], strangers)
    own = machine(weights)
    found = np.array([own.predict_proba(x) for x in strangers])
    worst = np.abs(found - expected).max()
    print(f"{reference.__name__}, {classes} classes, seed {seed}: worst difference {worst:.1e}")
    assert worst < 1e-6
    assert 0.5 < found.max(axis=1).mean() < 0.95  # neither flat nor saturated: it says something
    assert np.array_equal(found.argmax(axis=1), expected.argmax(axis=1))


def test_two_classes():
    data = examples(classes=2)
    own = machine(PLUGIN.train(data))
    right = [("fear", "joy")[own.predict_proba(x).argmax()] for x in data.inputs]
    assert np.mean(right == data.labels) > 0.8


def test_contract(tmp_path):
    check_plugin("svm", tmp_path)


def test_menu_is_tried_on_held_out_speakers_only():
    """A dimension that gives the label away for one speaker only doesn't help that speaker."""
    data = examples(n=300, d=30)
    codes = np.searchsorted(data.classes, data.labels)
    random = np.random.default_rng(9)
    leak = np.where(data.speakers == "a", codes, random.integers(4, size=len(codes)))
    leaky = replace(data, inputs=np.column_stack([data.inputs, leak * 1e3]))
    _, recall, _ = training._choose(np.asarray(data.inputs), data)
    _, with_leak, _ = training._choose(np.asarray(leaky.inputs), leaky)
    assert with_leak < recall + 0.03


def test_altered_copies_train_but_do_not_count():
    data = examples(n=200)
    wrong = np.roll(data.labels, 1)
    both = Examples(
        inputs=np.concatenate([data.inputs, data.inputs]),
        labels=np.concatenate([data.labels, wrong]),
        speakers=np.concatenate([data.speakers, data.speakers]),
        altered=np.repeat([False, True], len(data)),
    )
    scores = training._choose(np.asarray(both.inputs), both)
    turned = replace(both, altered=~both.altered)
    assert scores[1] > training._choose(np.asarray(turned.inputs), turned)[1] + 0.1


@pytest.mark.parametrize("subset", training.SUBSETS)
def test_subsets_leave_out_what_they_say(subset):
    data = replace(
        toy_examples("vector"),
        inputs=np.random.default_rng(0).normal(size=(48, 4)),
        names=("mfcc_0.mean", "mfcc_0.voiced.mean", "logmel_3.mean", "rms.voiced.mean"),
    )
    kept = {
        "all": [True, True, True, True],
        "without voiced": [True, False, True, False],
        "without mfcc": [False, False, True, True],
        "without logmel": [True, True, False, True],
    }
    assert training._kept(data, subset).tolist() == kept[subset]


@pytest.mark.parametrize("count", [2, 7, 8, 9, 30])
def test_every_speaker_is_left_out_once_in_at_most_eight_parts(count):
    n = 4 * count
    data = Examples(
        inputs=np.zeros((n, 1)),
        labels=np.array(["a", "b"] * (n // 2)),
        speakers=np.array([f"s{i % count}" for i in range(n)]),
        altered=np.zeros(n, bool),
    )
    masks = np.array(list(training._left_out(data)))
    assert len(masks) == min(count, 8)
    assert (masks.sum(axis=0) == 1).all()
    for speaker in set(data.speakers):
        assert masks[:, data.speakers == speaker].any(axis=1).sum() == 1


def test_constant_entries_get_no_weight():
    data = examples()
    data.inputs[:, 7] = 1 / 3
    weights = PLUGIN.train(data).arrays["weights"]
    assert not weights[:, 7].any()
    assert weights[:, 8].any()


def test_a_class_of_one_speaker_alone():
    data = examples(classes=3)
    labels = data.labels.copy()
    labels[(labels == "rage") & (data.speakers != "a")] = "joy"
    own = machine(PLUGIN.train(replace(data, labels=labels)))
    assert np.isfinite([own.predict_proba(x) for x in data.inputs]).all()


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


def test_constant_inputs():
    data = examples()
    data.inputs[:] = 2.0
    with pytest.raises(serfast.ParameterError, match="inputs must vary"):
        PLUGIN.train(data)


@pytest.mark.parametrize("true", [0.05, 1.0, 30.0])
def test_sharpness_is_found_again(true):
    """Labels drawn from softmax(b z) give b back, to what chance allows."""
    random = np.random.default_rng(0)
    values = random.normal(size=(40_000, 5)) / true
    cumulated = softmax(true * values).cumsum(axis=1)
    codes = (random.uniform(size=(len(values), 1)) > cumulated).sum(axis=1)
    assert fit_sharpness(values, codes) == pytest.approx(true, rel=0.03)


def test_softmax_does_not_overflow():
    found = softmax(np.array([1e308, -1e308, 0.0]))
    assert found.tolist() == [1.0, 0.0, 0.0]


# The model that comes with it


@pytest.fixture(scope="module")
def model() -> Bundle:
    return Bundle.load(PLUGIN.default_model())


def test_default_model_says_how_it_was_made_and_measured(model):
    assert model.plugin == "svm"
    assert set(model.classes) == {
        *("anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness")
    }
    assert model.spec == serfast.presets.speech()
    assert model.statistics == serfast.presets.speech_statistics()
    measured = model.card["measured"]
    assert measured["recordings"] == model.card["training"]["recordings"] == 418
    assert len(model.card["training"]["speakers"]) == 8
    matrix = np.array(measured["confusion_matrix"])
    assert measured["uar"] == pytest.approx(
        (matrix.diagonal() / matrix.sum(axis=1)).mean(), abs=1e-4
    )
    assert measured["uar"] > 0.768  # ComParE 2016 on the same speakers
    assert PLUGIN.default_model().stat().st_size < 1_000_000


def test_default_model_keeps_the_contract(model):
    size = len(model.statistics.names(model.spec.columns))
    check_classifier(PLUGIN.load(model), np.random.default_rng(0).normal(size=(3, size)))


def test_readme_has_the_measured_figure(model):
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    assert f"{100 * model.card['measured']['uar']:.1f} %" in readme
    for name, row in zip(model.classes, model.card["measured"]["confusion_matrix"], strict=True):
        assert f"| {name} | " + " | ".join(map(str, row)) + " |" in readme


def test_inference_imports_neither_scikit_learn_nor_scipy():
    code = (
        "import sys\n"
        "import numpy as np, serfast\n"
        "y = np.random.default_rng(0).normal(size=16000) * 0.1\n"
        "print(serfast.Recognizer('svm').predict(y, 16000).label)\n"
        "print([m for m in ('sklearn', 'scipy', 'joblib', 'pickle5') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    label, modules = out.stdout.split("\n")[:2]
    assert label in Bundle.load(PLUGIN.default_model()).classes
    assert modules == "[]"


def test_it_runs_where_scikit_learn_is_missing():
    code = (
        "import sys; sys.modules['sklearn'] = None\n"
        "import numpy as np, serfast\n"
        "print(serfast.Recognizer('svm').predict(np.ones(100), 16000).label)"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)


def test_training_without_scikit_learn_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.svm", None)
    with pytest.raises(ImportError, match=r"pip install scikit-learn"):
        PLUGIN.train(examples())


def test_default_model_knows_its_training_recordings(emodb, capsys):
    files = sorted(map(str, emodb.glob("*.wav")))[::20]
    assert main(["predict", *files, "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    codes = {
        "W": "anger",
        "L": "boredom",
        "E": "disgust",
        "A": "fear",
        "F": "happiness",
        "T": "sadness",
        "N": "neutral",
    }
    right = [answer["label"] == codes[Path(answer["file"]).stem[5]] for answer in found]
    assert np.mean(right) > 0.9


def test_gain_silence_and_rate_hardly_change_the_answer(emodb):
    recognizer = serfast.Recognizer("svm")
    same = {"quieter": [], "padded": [], "44.1 kHz stereo": []}
    for path in sorted(emodb.glob("*.wav"))[::20]:
        y, rate = serfast.load(path)
        label = recognizer.predict(y, rate).label
        high = serfast.audio.resample(y, rate, 44100)
        padded = np.concatenate([np.zeros(rate // 2), y, np.zeros(rate)])
        same["quieter"].append(recognizer.predict(0.25 * y, rate).label == label)
        same["padded"].append(recognizer.predict(padded, rate).label == label)
        stereo = np.column_stack([high, high])
        same["44.1 kHz stereo"].append(recognizer.predict(stereo, 44100).label == label)
    shares = {name: float(np.mean(found)) for name, found in same.items()}
    print(shares)
    assert min(shares.values()) > 0.85


def test_three_speakers_train_and_predict_a_fourth(emodb):
    """The whole way on real speech, small: three speakers train, a fourth is better than chance."""
    chosen = [r for r in find_recordings(emodb, "emodb") if r.speaker in ("08", "09", "14", "16")]
    spec, statistics = serfast.presets.speech(), serfast.presets.speech_statistics()
    data = make_examples(chosen[::3], spec, statistics, alterations=())
    found = leave_one_speaker_out("svm", PLUGIN, data, spec, statistics)
    print(f"UAR {found.uar:.3f}")
    assert found.uar > 0.4
