"""The checks for plugins: they pass a good one and catch each way of being bad."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.plugin_stub import Nearest, NearestPlugin, install_nearest
from serfast.models import registry
from serfast.models.classifier import Classifier, check_input
from serfast.models.plugin import Plugin, Weights
from serfast.testing import checks as testing

INPUTS = np.array([[0.0, 1.0], [2.0, 3.0]])
SPEC = serfast.FeatureSpec(features=[serfast.RMS()])


def good(**overrides) -> Nearest:
    classifier = Nearest(("a", "b"), SPEC, np.array([[0.0, 0.0], [1.0, 2.0]]))
    for name, value in overrides.items():
        setattr(classifier, name, value)
    return classifier


def test_the_stub_is_what_the_protocols_ask_for():
    assert isinstance(good(), Classifier)
    assert isinstance(NearestPlugin(), Plugin)


def test_a_good_classifier_passes():
    testing.check_classifier(good(), INPUTS)


def changing(function):
    return lambda x: function(good().predict_proba(x))


class Restless(Nearest):
    """Remembers how often it was asked."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.calls = 0

    def predict_proba(self, x):
        self.calls += 1
        found = super().predict_proba(x)
        shift = 1e-12 * self.calls
        return found + np.array([shift, -shift])


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"predict_proba": changing(lambda p: p * 1.01)}, "add up to 1"),
        ({"predict_proba": changing(lambda p: p[:1])}, r"float64 \(2,\)"),
        ({"predict_proba": changing(lambda p: p.astype(np.float32))}, "float64"),
        ({"predict_proba": changing(lambda p: p * np.nan)}, "finite"),
        ({"predict_proba": changing(lambda p: np.array([2.0, -1.0]))}, ">= 0"),
        ({"predict_proba": changing(list)}, "an array"),
        ({"predict_proba": lambda x: np.array([0.5, 0.5])}, "an empty input must raise Parameter"),
        ({"classes": ("a",)}, "classes are"),
        ({"classes": ["a", "b"]}, "classes are"),
        ({"input": "pictures"}, "input is"),
        ({"spec": None}, "spec is"),
    ],
)
def test_a_bad_classifier_is_caught(overrides, message):
    with pytest.raises(AssertionError, match=message):
        testing.check_classifier(good(**overrides), INPUTS)


def test_a_classifier_with_a_memory_is_caught():
    restless = Restless(("a", "b"), SPEC, good().means)
    with pytest.raises(AssertionError, match="same input must give the same bits"):
        testing.check_classifier(restless, INPUTS)


def test_a_classifier_that_fails_otherwise_is_caught():
    def plain(x):
        return good().predict_proba(x) if len(x) == 2 else [][0]

    with pytest.raises(AssertionError, match="must raise ParameterError, got IndexError"):
        testing.check_classifier(good(predict_proba=plain), INPUTS)


@pytest.fixture
def nearest(tmp_path, monkeypatch):
    install_nearest(tmp_path, monkeypatch)
    return registry.get("nearest")


def test_a_good_plugin_passes(nearest, tmp_path):
    testing.check_plugin("nearest", tmp_path)


def wrapped(change):
    def train(examples, *, seed=0):
        weights = NearestPlugin().train(examples, seed=seed)
        return Weights(arrays={"means": change(weights.arrays["means"])})

    return train


random = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("attribute", "value", "message"),
    [
        ("train", wrapped(lambda m: m + random.normal(size=m.shape)), "twice must give the same"),
        ("train", wrapped(lambda m: m * 0), "must learn"),
        ("load", lambda b: Nearest(b.classes, b.spec, b.arrays.get("means")), "without means.npy"),
    ],
)
def test_a_bad_plugin_is_caught(nearest, tmp_path, monkeypatch, attribute, value, message):
    monkeypatch.setattr(nearest, attribute, value, raising=False)
    with pytest.raises(AssertionError, match=message):
        testing.check_plugin("nearest", tmp_path)


@pytest.mark.parametrize("kind", ["vector", "rows", "samples"])
def test_toy_examples_are_the_same_every_time(kind):
    one, two = testing.toy_examples(kind), testing.toy_examples(kind)
    assert all(np.array_equal(a, b) for a, b in zip(one.inputs, two.inputs, strict=True))
    assert one.classes == ("anger", "neutral", "sadness")
    assert 0 < one.altered.sum() < len(one)
    assert all(set(one.labels[one.speakers == s]) == set(one.classes) for s in "abcd")


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1.0, 2.0, 3.0], r"x must be of shape \(2,\), got \(3,\)"),
        ([[1.0, 2.0]], r"got \(1, 2\)"),
        ([1.0, np.nan], "x must be finite, got nan at index"),
        ("text", "x must be an array of numbers, got str"),
    ],
)
def test_check_input(x, message):
    with pytest.raises(serfast.ParameterError, match=message):
        check_input(x, (2,), np.float64)
    assert check_input([1, 2], (2,), np.float64).dtype == np.float64
    assert check_input(np.ones((3, 2)), (None, 2), np.float32).dtype == np.float32
