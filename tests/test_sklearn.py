"""Vectors in scikit-learn: the same numbers as serfast's own calls, and scikit-learn's contract."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pandas
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import serfast
from serfast.corpora import Recording
from serfast.errors import ParameterError
from serfast.sklearn import Vectors

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.ZeroCrossingRate()])
STATISTICS = serfast.Statistics(functionals=("mean", "std"), deltas=0)
RANDOM = np.random.default_rng(0)
SIGNALS = [RANDOM.normal(0, 0.1 * (1 + i % 2), 4000 + 100 * i) for i in range(12)]
LABELS = ["low", "high"] * 6


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """The signals as files."""
    import soundfile  # optional: only these tests need it

    files = [tmp_path / f"{i}.wav" for i in range(len(SIGNALS))]
    for file, y in zip(files, SIGNALS, strict=True):
        soundfile.write(file, y, 16000, subtype="DOUBLE")
    return files


def small(**parameters: object) -> Vectors:
    return Vectors(SPEC, STATISTICS, **parameters)


def test_vectors_are_those_of_statistics(paths: list[Path]) -> None:
    extractor = serfast.Extractor(SPEC)
    expected = [STATISTICS(extractor(y), SPEC.columns) for y in SIGNALS]
    np.testing.assert_array_equal(small().fit_transform(SIGNALS), expected)
    np.testing.assert_allclose(small().fit_transform(paths), expected, rtol=1e-5)


def test_the_sample_rate_of_arrays_counts() -> None:
    expected = serfast.Extractor(SPEC)(SIGNALS[0], sample_rate=8000)
    [vector] = small(sample_rate=8000).fit_transform(SIGNALS[:1])
    np.testing.assert_array_equal(vector, STATISTICS(expected, SPEC.columns))


def test_a_preset_has_its_statistics() -> None:
    vectors = Vectors().fit(SIGNALS)
    assert vectors.spec_ == serfast.presets.speech()
    assert vectors.statistics_ == serfast.presets.speech_statistics()
    assert Vectors(preset="levels").fit([]).spec_ == serfast.presets.levels()


def test_pandas_has_names_and_index() -> None:
    column = pandas.Series(SIGNALS, index=list("abcdefghijkl"))
    table = small().set_output(transform="pandas").fit_transform(column)
    assert list(table.columns) == ["rms.mean", "rms.std", "zcr.mean", "zcr.std"]
    assert list(table.index) == list(column.index)


def test_a_grid_search_over_specs() -> None:
    zcr = serfast.FeatureSpec(features=[serfast.ZeroCrossingRate()])
    pipeline = make_pipeline(clone(small()), StandardScaler(), LogisticRegression())
    search = GridSearchCV(pipeline, {"vectors__spec": [zcr, SPEC]}, cv=3).fit(SIGNALS, LABELS)
    assert search.best_params_ == {"vectors__spec": SPEC}
    assert search.best_score_ == 1


def test_the_folder_is_used_and_sees_every_change(paths: list[Path], tmp_path: Path) -> None:
    vectors = small(cache=tmp_path / "kept").fit(paths)
    first = vectors.transform(paths)
    kept = sorted((tmp_path / "kept").glob("*.npy"))
    assert len(kept) == len(paths)
    for file in kept:
        np.save(file, np.full(4, 7.0))
    assert (vectors.transform(paths) == 7).all()
    kept[0].write_bytes(b"damaged")
    assert (vectors.transform(paths) == first).all(axis=1).sum() == 1
    paths[0].write_bytes(paths[1].read_bytes() + b"\0\0")
    np.testing.assert_array_equal(vectors.transform(paths[:1])[0], first[1])
    other = Vectors(SPEC, serfast.Statistics(functionals=("p50", "std"), deltas=0))
    other.set_params(cache=tmp_path / "kept")
    assert not (other.fit_transform(paths[1:]) == 7).any()


@pytest.mark.parametrize(
    ("parameters", "given", "message"),
    [
        ({"preset": "speach"}, [], "^preset must be one of .*got 'speach'"),
        ({"spec": 3}, [], "^spec must be a FeatureSpec or None, got 3"),
        ({"statistics": "mean"}, [], "^statistics must be Statistics or None"),
        ({"sample_rate": 0}, [], "^sample_rate must be an int >= 1, got 0"),
        ({}, "a.wav", "^X must be a sequence of paths"),
        ({}, [np.zeros((2, 3))], r"^X\[0\] must be a path or a one-dimensional signal"),
        ({}, np.array([["a", "b"]]), "^X must be one column of paths, got '2 columns'"),
    ],
)
def test_what_is_refused(parameters: dict, given: object, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Vectors(**parameters).fit(given)


class OfMatrices(Vectors):
    """The same, said to take matrices, so that scikit-learn checks it: a row is a signal."""

    def __sklearn_tags__(self) -> object:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags


MATRICES = {
    "check_estimators_dtypes": "the full scale of int32 and int64 isn't known: they are refused",
    "check_estimator_sparse_array": "a sparse matrix is no sequence of signals, and is refused",
    "check_estimator_sparse_matrix": "a sparse matrix is no sequence of signals, and is refused",
}
"""Checks of scikit-learn that don't apply, and why."""


def test_scikit_learns_own_checks() -> None:
    results = check_estimator(OfMatrices(SPEC, STATISTICS), on_fail=None, on_skip=None)
    failed = {one["check_name"] for one in results if one["status"] == "failed"}
    assert failed == set(MATRICES)
    assert sum(one["status"] == "passed" for one in results) >= 20


def test_labelled_recordings_and_those_in_archives(paths: list[Path], tmp_path: Path) -> None:
    archive = tmp_path / "corpus.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(paths[1], "x/b.wav")
    recordings = [
        Recording(paths[0], "low", "anna"),
        Recording(archive / "x" / "b.wav", "high", "ben"),
        archive / "x" / "b.wav",
        Recording(paths[0], "low", "anna", start=0.0625, end=0.125),
    ]
    whole = small().fit_transform([paths[0], paths[1], paths[1]])
    part = small().fit_transform([np.float32(SIGNALS[0][1000:2000])])
    for cache in (None, tmp_path / "kept", tmp_path / "kept"):
        vectors = small(cache=cache).fit_transform(recordings)
        np.testing.assert_array_equal(vectors[:3], whole)
        np.testing.assert_array_equal(vectors[3:], part)
