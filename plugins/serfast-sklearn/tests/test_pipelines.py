"""Pipelines from Python: stored, compared, and run without scikit-learn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler
from sklearn.svm import SVC

import serfast
from helpers.pages import examples
from serfast.errors import ModelError, ParameterError
from serfast.models.bundle.bundle import Bundle
from serfast.sklearn import Vectors
from serfast.testing.checks import SPEC, STATISTICS, toy_examples
from serfast_sklearn import PLUGIN
from serfast_sklearn.pipelines import to_bundle

EXAMPLES = toy_examples("vector")
X, LABELS = np.asarray(EXAMPLES.inputs), EXAMPLES.labels
SIGNALS = [np.sin(np.arange(8000) * step) for step in (0.05, 0.06, 0.055, 0.5, 0.6, 0.55)]
NAMES = ["low"] * 3 + ["high"] * 3

CLASSIFIERS = {
    "logistic": LogisticRegression(),
    "selection": make_pipeline(StandardScaler(), SelectKBest(k=4), PCA(2), GaussianNB()),
    "trees": ExtraTreesClassifier(20, random_state=0),
    "scaled trees": make_pipeline(MinMaxScaler(), ExtraTreesClassifier(20, random_state=0)),
    "boosted trees": HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=2),
    "neighbours": make_pipeline(StandardScaler(), KNeighborsClassifier(3)),
    "machine": make_pipeline(StandardScaler(), CalibratedClassifierCV(SVC(), cv=3)),
    "vote": VotingClassifier(
        [("a", LogisticRegression()), ("b", GaussianNB())], voting="soft", flatten_transform=False
    ),
    "search": GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2),
}


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_bundle_gives_the_pipelines_probabilities(name: str, tmp_path: Path) -> None:
    fitted = CLASSIFIERS[name].fit(X, LABELS)
    path = to_bundle(fitted, X, SPEC, STATISTICS).save(tmp_path / "model.zip")
    bundle = Bundle.load(path)
    assert bundle.classes == ("anger", "neutral", "sadness")
    model = PLUGIN.load(bundle)
    new = X[::5] + np.random.default_rng(1).normal(0, 0.05, X[::5].shape)
    expected = fitted.predict_proba(new)
    np.testing.assert_allclose([model.predict_proba(x) for x in new], expected, atol=2e-5)


def test_recordings_in_labels_out(tmp_path: Path) -> None:
    vectors = Vectors(SPEC, STATISTICS)
    pipeline = make_pipeline(vectors, StandardScaler(), LogisticRegression()).fit(SIGNALS, NAMES)
    bundle = to_bundle(pipeline, SIGNALS, card={"corpus": "sines"})
    assert (bundle.spec, bundle.statistics) == (SPEC, STATISTICS)
    assert bundle.card["corpus"] == "sines"
    assert bundle.card["stored_to_estimator"] <= 1e-5
    recognizer = serfast.Recognizer(bundle.save(tmp_path / "model.zip"))
    for y, probabilities in zip(SIGNALS, pipeline.predict_proba(SIGNALS), strict=True):
        result = recognizer.predict(y, 16000)
        expected = dict(zip(pipeline.classes_, probabilities, strict=True))
        assert result.probabilities == pytest.approx(expected, abs=1e-5)


@pytest.mark.filterwarnings("error")  # of missing names
def test_a_table_with_names() -> None:
    vectors = Vectors(SPEC, STATISTICS).set_output(transform="pandas")
    pipeline = make_pipeline(vectors, StandardScaler(), LogisticRegression()).fit(SIGNALS, NAMES)
    assert to_bundle(pipeline, SIGNALS).classes == ("high", "low")


def test_numbers_as_classes_become_names() -> None:
    fitted = LogisticRegression().fit(X, np.searchsorted(np.unique(LABELS), LABELS))
    assert to_bundle(fitted, X, SPEC, STATISTICS).classes == ("0", "1", "2")


def test_it_runs_without_scikit_learn(tmp_path: Path) -> None:
    fitted = CLASSIFIERS["selection"].fit(X, LABELS)
    path = to_bundle(fitted, X, SPEC, STATISTICS).save(tmp_path / "model.zip")
    code = (
        "import sys; sys.modules['sklearn'] = sys.modules['skl2onnx'] = None\n"
        "import numpy, serfast\n"
        f"r = serfast.Recognizer({str(path)!r})\n"
        "print(r.predict(numpy.sin(numpy.arange(16000.0)), 16000).label)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout.strip() in ("anger", "neutral", "sadness"), run.stderr


def odd(x: np.ndarray) -> np.ndarray:
    return x * 2


@pytest.mark.parametrize(
    ("pipeline", "x", "options", "message"),
    [
        (RidgeClassifier().fit(X, LABELS), X, {}, "pipeline must have predict_proba, got Ridge"),
        (LogisticRegression(), X, {}, "pipeline must be fitted"),
        (LogisticRegression().fit(X, LABELS), X[:0], {}, "X must be at least 1 recording"),
        (LogisticRegression().fit(X, LABELS), X[0], {}, r"X must be finite vectors of shape"),
        (LogisticRegression().fit(X, LABELS), ["a"], {}, "X must be an array of numbers, got list"),
        (LogisticRegression().fit(X, LABELS), X * np.nan, {}, "X must be finite vectors"),
        (LogisticRegression().fit(X, LABELS), X, {"spec": None}, "spec must be given where"),
        (
            LogisticRegression().fit(X[:, :3], LABELS),
            X[:, :3],
            {},
            r"X must be vectors of \d+ entries, as the statistics have, got 3",
        ),
        (make_pipeline(Vectors(SPEC, STATISTICS)), SIGNALS, {"spec": None, "statistics": None},
         "pipeline must have predict_proba, got Vectors"),
        (make_pipeline(Vectors(), LogisticRegression()), SIGNALS, {}, "must be those of Vectors"),
    ],
)  # fmt: skip
def test_bad_arguments(pipeline: Any, x: Any, options: dict[str, Any], message: str) -> None:
    given = {"spec": SPEC, "statistics": STATISTICS, **options}
    with pytest.raises(ParameterError, match=message):
        to_bundle(pipeline, x, **given)


def test_what_cannot_be_converted_is_said() -> None:
    fitted = make_pipeline(FunctionTransformer(odd), LogisticRegression()).fit(X, LABELS)
    with pytest.raises(ModelError, match="pipeline must be one that skl2onnx converts: "):
        to_bundle(fitted, X, SPEC, STATISTICS)


def test_the_pages_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (block,) = examples("plugins/serfast-sklearn/README.md")
    exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out == "quiet\n"
