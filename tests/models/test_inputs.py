"""What a classifier is given of a recording: its samples, its rows or one vector."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import serfast
from helpers.embeddings import install_embeddings
from helpers.plugin_stub import Nearest
from helpers.recordings import tone
from serfast.errors import ModelError, ParameterError
from serfast.models.bundle.bundle import Bundle
from serfast.models.embedding import Embedding
from serfast.models.inputs import EmbeddedVector, inputs_of, vector_of
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


@pytest.fixture
def tiny(tmp_path, monkeypatch) -> Embedding:
    install_embeddings(tmp_path, monkeypatch)
    return Embedding("tiny")


def embedded(tiny: Embedding, statistics: Statistics | None = MEANS) -> Bundle:
    return replace(bundle(statistics), embedding=tiny.reference)


def test_an_embeddings_vector_stands_behind_the_statistics(tiny: Embedding) -> None:
    rows = EXTRACTOR(Y)
    expected = np.r_[MEANS(rows, SPEC.columns), tiny.vectors([Y])[0]]
    vector = vector_of(classifier(), embedded(tiny))
    assert isinstance(vector, EmbeddedVector)
    assert np.array_equal(inputs_of(Y, "vector", EXTRACTOR, vector), expected)
    alone = vector_of(classifier(), embedded(tiny, None))
    assert np.array_equal(inputs_of(Y, "vector", EXTRACTOR, alone), tiny.vectors([Y])[0])
    assert inputs_of(Y, "vector", EXTRACTOR, alone).dtype == np.float64
    assert (vector.needs_rows, alone.needs_rows) == (True, False)


def test_only_the_statistics_that_the_classifier_uses_are_computed(tiny: Embedding) -> None:
    uses = np.array([True, False, False, True, True, False, True])
    every = inputs_of(Y, "vector", EXTRACTOR, vector_of(classifier(), embedded(tiny)))
    some = vector_of(classifier(uses=uses), embedded(tiny))
    assert np.array_equal(inputs_of(Y, "vector", EXTRACTOR, some)[uses], every[uses])
    with pytest.raises(ModelError, match=r"uses must be of shape \(7,\), got shape \(4,\)"):
        vector_of(classifier(uses=uses[:4]), embedded(tiny))


def test_a_spec_at_another_rate_is_refused(tiny: Embedding) -> None:
    other = replace(embedded(tiny, None), spec=serfast.presets.levels(8000))
    with pytest.raises(ModelError, match="sample_rate of the spec must be that of embedding 'tin"):
        vector_of(classifier(), other)
