"""What a classifier is given of a recording: its samples, its rows or one vector."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.plugin_stub import Nearest
from helpers.recordings import tone
from serfast.errors import ModelError, ParameterError
from serfast.models.bundle.bundle import Bundle
from serfast.models.inputs import inputs_of, vector_of
from serfast.statistics.statistics import Statistics

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.ZeroCrossingRate()])
MEANS = Statistics(functionals=("mean", "max"), deltas=0)
EXTRACTOR = serfast.Extractor(SPEC)
Y = tone(0.3)


def bundle(statistics: Statistics | None = MEANS) -> Bundle:
    return Bundle(plugin="nearest", classes=("a", "b"), spec=SPEC, statistics=statistics)


def classifier(kind: str = "vector", uses: object = None) -> Nearest:
    made = Nearest(("a", "b"), SPEC, np.zeros((2, 4)))
    made.input = kind
    if uses is not None:
        made.uses = uses
    return made


def test_each_kind_has_its_input() -> None:
    vector = MEANS.over(SPEC.columns)
    rows = EXTRACTOR(Y)
    assert inputs_of(Y, "samples", EXTRACTOR, vector) is Y
    assert np.array_equal(inputs_of(Y, "rows", EXTRACTOR, None), rows)
    expected = np.array([rows.astype(float).mean(axis=0), rows.max(axis=0)]).T.ravel()
    np.testing.assert_allclose(inputs_of(Y, "vector", EXTRACTOR, vector), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("samples", "kind", "message"),
    [
        (Y, "pictures", "kind must be vector, rows or samples, got 'pictures'"),
        (Y, "vector", "vector must be given for kind 'vector', got None"),
        (Y * np.float32(1e30), "rows", r"signal must be small enough .* a peak of 4e\+29"),
    ],
)
def test_what_has_no_input_is_named(samples: np.ndarray, kind: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        inputs_of(samples, kind, EXTRACTOR, None)


def test_only_what_the_classifier_uses_is_computed() -> None:
    rows = EXTRACTOR(Y)
    every = vector_of(classifier(), bundle())(rows)
    uses = np.array([True, False, False, True])
    some = vector_of(classifier(uses=uses), bundle())(rows)
    assert np.array_equal(some[uses], every[uses])
    assert vector_of(classifier("rows"), bundle()) is None


@pytest.mark.parametrize(
    ("uses", "statistics", "message"),
    [
        (None, None, "statistics in the bundle must be given for a vector classifier"),
        (np.ones(3, bool), MEANS, r"uses must be of shape \(4,\).*\(plugin 'nearest'\)"),
    ],
)
def test_a_model_that_does_not_fit_its_bundle_is_named(
    uses: object, statistics: Statistics | None, message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        vector_of(classifier(uses=uses), bundle(statistics))
