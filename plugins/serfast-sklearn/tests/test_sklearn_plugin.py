"""The plugin `sklearn`: its contract, every estimator's graph, and no scikit-learn to infer."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from serfast.errors import ModelError, ParameterError
from serfast.models.bundle.bundle import Bundle
from serfast.testing.checks import SPEC, STATISTICS, check_classifier, check_plugin, toy_examples
from serfast.training.training import bundle_of
from serfast_sklearn import PLUGIN, graphs
from serfast_sklearn.plugin import ESTIMATORS


def trained(name: str, seed: int = 0) -> Bundle:
    plugin = PLUGIN.with_training_options({"estimator": name})
    examples = toy_examples("vector")
    weights = plugin.train(examples, seed=seed)
    return bundle_of("sklearn", weights, examples, SPEC, STATISTICS, {})


def test_contract(tmp_path) -> None:
    check_plugin("sklearn", tmp_path)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_every_estimator(name: str) -> None:
    bundle, examples = trained(name), toy_examples("vector")
    classifier = PLUGIN.load(bundle)
    check_classifier(classifier, examples.inputs)
    best = [int(classifier.predict_proba(x).argmax()) for x in examples.inputs]
    labels = np.array(classifier.classes)[best]
    assert np.mean(labels == examples.labels) > 0.9
    again = trained(name)
    assert dict(bundle.files) == dict(again.files)
    assert {k: v.tobytes() for k, v in bundle.arrays.items()} == {
        k: v.tobytes() for k, v in again.arrays.items()
    }


@pytest.mark.parametrize(
    ("name", "what"), [("logistic", "the graph"), ("hist_gradient_boosting", "the stored trees")]
)
def test_what_differs_is_refused(monkeypatch, name: str, what: str) -> None:
    monkeypatch.setattr(graphs, "TOLERANCE", -1.0)
    with pytest.raises(ModelError, match=f"^{what} must give the estimator's probabilities"):
        trained(name)


def test_options_are_checked() -> None:
    with pytest.raises(ParameterError, match=r"^estimator must be one of .*did you mean 'mlp'"):
        PLUGIN.with_training_options({"estimator": "mpl"})
    with pytest.raises(ParameterError, match=r"^option must be estimator, got 'estimater'"):
        PLUGIN.with_training_options({"estimater": "mlp"})


@pytest.mark.parametrize("name", ["random_forest", "hist_gradient_boosting"])
def test_a_bundle_is_used_without_scikit_learn(tmp_path, name: str) -> None:
    path = trained(name).save(tmp_path / "model.zip")
    code = (
        "import sys; sys.modules['sklearn'] = sys.modules['skl2onnx'] = None\n"
        "import numpy, serfast\n"
        f"r = serfast.Recognizer({str(path)!r})\n"
        "print(r.predict(numpy.sin(numpy.arange(16000.0)), 16000).label)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout.strip() in ("anger", "neutral", "sadness"), run.stderr
