"""Calls into plugins that misbehave: errors of ours that name the plugin, never a wrong answer."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

import serfast
from helpers.plugin_stub import Nearest, NearestPlugin, install
from serfast import ModelError, ParameterError
from serfast.models.bundle.bundle import Bundle
from serfast.models.plugin import Examples
from serfast.models.plugin_calls import calling, load_classifier, probabilities_of
from serfast.statistics.statistics import Statistics
from serfast.streaming.steps import Steps
from serfast.training.evaluation import leave_one_speaker_out
from serfast.training.training import train

SPEC = serfast.FeatureSpec(features=[serfast.RMS()])
STATISTICS = Statistics(functionals=("mean",), deltas=0)
X = np.array([0.1])


def bundle(plugin: str = "nearest") -> Bundle:
    means = np.array([[0.05], [0.3]])
    return Bundle(
        plugin=plugin, classes=("a", "b"), spec=SPEC, statistics=STATISTICS, arrays={"means": means}
    )


def saying(answer: object) -> Nearest:
    """A classifier that gives this, or raises it."""
    classifier = NearestPlugin().load(bundle())

    def predict_proba(x: object) -> object:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    classifier.predict_proba = predict_proba
    return classifier


BAD_ANSWERS = [
    (np.array([np.nan, np.nan]), "finite, >= 0 and add up to 1"),
    (np.array([np.inf, 0.0]), "finite, >= 0 and add up to 1"),
    (np.array([1.5, -0.5]), "finite, >= 0 and add up to 1"),
    (np.array([0.5, 0.4]), "finite, >= 0 and add up to 1"),
    (np.array([1.0]), r"must be 2 floats, got float64 \(1,\)"),
    (np.array([[0.5, 0.5]]), r"must be 2 floats, got float64 \(1, 2\)"),
    (np.array([1, 0]), "must be 2 floats, got int64"),
    ([0.5, 0.5], r"must be 2 floats, got \[0.5, 0.5\]"),
    (None, "must be 2 floats, got None"),
]
BAD_ENDS = [
    (ValueError("shapes"), "failed in predict_proba: ValueError: shapes"),
    (ZeroDivisionError(), "failed in predict_proba: ZeroDivisionError"),
    (SystemExit(3), "failed in predict_proba: SystemExit: 3"),
    (ModuleNotFoundError("torch"), "failed in predict_proba: ModuleNotFoundError: torch"),
]


@pytest.mark.parametrize(("answer", "message"), BAD_ANSWERS + BAD_ENDS)
def test_answers_that_are_no_probabilities(answer, message):
    with pytest.raises(ModelError, match=f"plugin 'nearest' .*{message}") as error:
        probabilities_of(saying(answer), X, "nearest")
    assert not isinstance(answer, BaseException) or error.value.__cause__ is answer


@pytest.mark.parametrize(
    "error", [ParameterError("x"), ImportError("pip install x"), KeyboardInterrupt()]
)
def test_errors_of_the_contract_are_left_as_they_are(error):
    with pytest.raises(type(error)) as found:
        probabilities_of(saying(error), X, "nearest")
    assert found.value is error


def test_float32_that_rounds_is_taken():
    third = np.full(3, 1 / 3, np.float32)
    classifier = saying(third)
    classifier.classes = ("a", "b", "c")
    found = probabilities_of(classifier, X, "nearest")
    assert found.dtype == np.float64
    assert np.array_equal(found, third)


@pytest.mark.parametrize(
    ("loaded", "message"),
    [
        (None, "must load a classifier of vector, rows or samples and the classes"),
        ("other classes", "must load a classifier of vector, rows or samples and the classes"),
        (ParameterError("statistics"), "can't load this bundle: statistics"),
        (KeyError("bias"), "failed in load: KeyError: 'bias'"),
    ],
)
def test_plugins_that_do_not_load(loaded, message):
    class Odd(NearestPlugin):
        def load(self, bundle):
            if isinstance(loaded, Exception):
                raise loaded
            return Nearest(("x", "y"), SPEC, np.zeros((2, 1))) if loaded else None

    with pytest.raises(ModelError, match=f"plugin 'odd' .*{message}"):
        load_classifier("odd", Odd(), bundle("odd"))


class Hostile(Nearest):
    """A classifier that can't be written out."""

    def __repr__(self):
        raise KeyError("no repr")


class Standing(Nearest):
    """A classifier with a state whose steps take no rows."""

    stride: object = 0

    def new_state(self):
        raise OSError("no state")

    def step(self, rows, state):
        return np.array([0.5, 0.5])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda *a: Hostile(("x", "y"), *a), "got an object of the type Hostile"),
        (lambda *a: Hostile(np.array(["a", "b"]), *a), "failed in load: ValueError"),
        (lambda *a: Standing(("a", "b"), *a), "must be an int >= 1, got 0"),
    ],
)
def test_odd_objects_of_plugins_are_named(make, message):
    class Odd(NearestPlugin):
        def load(self, bundle):
            return make(SPEC, np.zeros((2, 1)))

    with pytest.raises(ModelError, match=f"plugin 'odd' .*{message}"):
        load_classifier("odd", Odd(), bundle("odd"))


@pytest.mark.parametrize("stride", [-1, 2.0, "2", True, None, 2**40])
def test_a_step_of_no_rows_would_never_end(stride):
    class Odd(NearestPlugin):
        def load(self, bundle):
            classifier = Standing(("a", "b"), SPEC, np.zeros((2, 1)))
            classifier.stride = stride
            return classifier

    if stride == 2**40:
        assert load_classifier("odd", Odd(), bundle("odd")).stride == stride
        return
    with pytest.raises(ModelError, match="stride of a classifier of plugin 'odd' must be an int"):
        load_classifier("odd", Odd(), bundle("odd"))


def test_a_state_that_can_not_be_made_names_the_plugin():
    with pytest.raises(ModelError, match=r"plugin 'odd' .*failed in new_state: OSError: no"):
        Steps(Standing(("a", "b"), SPEC, np.zeros((2, 1))), "odd")


def toy() -> Examples:
    labels = np.array(["a", "b"] * 6)
    return Examples(
        inputs=np.arange(12.0)[:, None],
        labels=labels,
        speakers=np.repeat(["1", "2", "3"], 4),
        altered=np.zeros(12, bool),
    )


def test_training_that_fails_names_the_plugin():
    class Odd(NearestPlugin):
        def train(self, examples, *, seed=0):
            raise IndexError("no such row")

    match = "plugin 'odd' of no distribution failed in train: IndexError: no such row"
    with pytest.raises(ModelError, match=match):
        train("odd", Odd(), toy(), SPEC, STATISTICS)
    with pytest.raises(ModelError, match=match):
        leave_one_speaker_out("odd", Odd(), toy(), SPEC, STATISTICS)


def test_evaluation_counts_no_nan():
    class Odd(NearestPlugin):
        def load(self, bundle):
            return saying(np.array([np.nan, 1.0]))

    with pytest.raises(ModelError, match="probabilities of plugin 'odd'"):
        leave_one_speaker_out("odd", Odd(), toy(), SPEC, STATISTICS)


def test_the_distribution_is_named(tmp_path, monkeypatch):
    install(tmp_path, "named_mod", "PLUGIN = 1", "serfast-named", "named = named_mod:PLUGIN")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    with (
        pytest.raises(ModelError, match=r"plugin 'named' of serfast-named 1\.2 failed in train"),
        calling("named", "train"),
    ):
        raise OSError


def test_absurd_weights_give_an_error_and_no_label(tmp_path):
    """Weights of 1e308 overflow to infinity minus infinity."""
    names = STATISTICS.names(SPEC.columns)
    arrays = {
        "weights": np.full((2, len(names)), 1e308),
        "intercepts": np.full(2, 1e308),
        "sharpness": np.array(1e308),
    }
    absurd = Bundle(
        plugin="svm", classes=("anger", "b"), spec=SPEC, statistics=STATISTICS, arrays=arrays
    )
    recognizer = serfast.Recognizer(absurd.save(tmp_path / "absurd.zip"))
    with pytest.raises(ModelError, match="probabilities of plugin 'svm' of serfast-svm"):
        recognizer.predict(np.random.default_rng(0).normal(size=16000), 16000)
