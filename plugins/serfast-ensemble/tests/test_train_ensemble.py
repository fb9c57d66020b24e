"""The ensemble: its pools by formula, its bundle by the contract, errors as its members' own."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import serfast
from helpers.embeddings import install_embeddings
from serfast.models import Adaptable, registry
from serfast.models.bundle.bundle import Bundle
from serfast.models.plugin import Run
from serfast.testing.checks import SPEC, check_classifier, check_plugin, toy_examples
from serfast.training import Recipe
from serfast.training.training import bundle_of
from serfast_ensemble import PLUGIN
from serfast_ensemble.options import EnsembleOptions
from serfast_ensemble.plugin import CARD
from serfast_ensemble.pooling import Pool, fit_stack, softmax

SVM = PLUGIN.with_training_options({"members": "svm"})
QUICK = {"onnx.epochs": "3", "onnx.width": "8"}


@pytest.fixture(scope="module")
def examples():
    return toy_examples("samples")


@pytest.fixture(scope="module")
def bundle(examples):
    plugin = PLUGIN.with_training_options(QUICK)
    return bundle_of("ensemble", plugin.train(examples), examples, SPEC, None, {})


def test_contract(tmp_path):
    check_plugin("ensemble", tmp_path)


def test_a_vote_is_the_mean_of_its_members(bundle, examples, tmp_path):
    ensemble = serfast.Recognizer(bundle.save(tmp_path / "both.zip"))
    alone = []
    for name in ("svm", "onnx"):
        (tmp_path / f"{name}.zip").write_bytes(bundle.files[f"{name}.zip"])
        alone.append(serfast.Recognizer(tmp_path / f"{name}.zip"))
    for y in examples.inputs[::7]:
        members = [r.predict(y, 16000).probabilities for r in alone]
        found = ensemble.predict(y, 16000).probabilities
        for name in bundle.classes:
            assert found[name] == pytest.approx(np.mean([p[name] for p in members]), abs=1e-12)


def test_every_member_makes_its_own_copies(bundle):
    inner = {name: Bundle.from_bytes(bundle.files[f"{name}.zip"]) for name in ("svm", "onnx")}
    assert inner["svm"].statistics == serfast.presets.speech_statistics()
    assert inner["onnx"].spec == registry.get("onnx").default_spec()
    assert inner["onnx"].card["training"]["chosen"]["epochs"] == 3


def test_members_of_vectors_take_an_embedding(examples, tmp_path, monkeypatch):
    install_embeddings(tmp_path, monkeypatch)
    reference = serfast.Embedding("tiny").reference
    recipe = Recipe("ensemble", embedding="tiny", options={"members": "svm"})
    assert recipe == Recipe("ensemble", options={"members": "svm", "embedding": "tiny"})
    assert Recipe.from_json(recipe.to_json()) == recipe
    bundle = recipe.train_on(examples.where(~examples.altered))
    inner = Bundle.from_bytes(bundle.files["svm.zip"])
    assert (inner.embedding, inner.statistics) == (reference, None)
    y = examples.inputs[0]
    (tmp_path / "svm.zip").write_bytes(bundle.files["svm.zip"])
    alone = serfast.Recognizer(tmp_path / "svm.zip").predict(y, 16000)
    ensemble = serfast.Recognizer(bundle.save(tmp_path / "ensemble.zip")).predict(y, 16000)
    assert ensemble.probabilities == pytest.approx(alone.probabilities, abs=1e-12)
    one = PLUGIN.with_training_options({"svm.embedding": "tiny", **QUICK}).choices.recipes()
    assert [recipe.embedding for recipe in one] == [reference, None]
    with pytest.raises(serfast.ParameterError, match="must be none, as no member takes vectors"):
        Recipe("ensemble", embedding="tiny", options={"members": "onnx"})


def drawn(n: int = 600, seed: int = 0):
    """Two members of three classes: one that knows much, one that only guesses."""
    random = np.random.default_rng(seed)
    codes = random.integers(3, size=n)
    scores = np.stack([random.normal(size=(n, 3)), random.normal(size=(n, 3))], axis=1)
    scores[np.arange(n), 0, codes] += 2
    e = np.exp(scores)
    return e / e.sum(axis=2, keepdims=True), codes


def test_stack_prefers_who_knows():
    probabilities, codes = drawn()
    pool = fit_stack(probabilities, codes)
    assert pool.weights[0] > 5 * abs(pool.weights[1])
    test, truth = drawn(seed=1)
    stacked = np.mean([pool(p).argmax() == c for p, c in zip(test, truth, strict=True)])
    voted = np.mean(test.mean(axis=1).argmax(axis=1) == truth)
    assert stacked > voted + 0.03


def test_stack_is_a_maximum_of_the_balanced_likelihood():
    """Beside scikit-learn: with two classes the model is logistic regression on log odds."""
    probabilities, codes = drawn()
    two = probabilities[codes < 2][:, :, :2]
    two /= two.sum(axis=2, keepdims=True)
    truth = codes[codes < 2]
    pool = fit_stack(two, truth, ridge=1e-9)
    odds = np.log(two[:, :, 1] / two[:, :, 0])
    reference = LogisticRegression(C=1e9, tol=1e-9, class_weight="balanced").fit(odds, truth)
    expected = reference.predict_proba(odds)
    found = np.array([pool(p) for p in two])
    worst = np.abs(found - expected).max()
    print(f"worst difference {worst:.1e}")
    assert worst < 1e-3


def test_stack_is_learned_from_held_out_speakers(examples, monkeypatch):
    """Members are asked about nobody they were trained on."""
    svm, seen = registry.get("svm"), []

    def train_run(self, given, run):
        seen.append(frozenset(given.speakers))
        return original(self, given, run)

    original = type(svm).train_run
    monkeypatch.setattr(type(svm), "train_run", train_run)
    weights = SVM.with_training_options({"method": "stack"}).train(examples)
    everybody = frozenset("abcd")
    assert sorted(map(sorted, seen)) == sorted(
        [sorted(everybody), *(sorted(everybody - {s}) for s in everybody)]
    )
    assert weights.arrays["shifts"].shape == (3,)


def test_a_stack_of_the_toys_is_a_classifier(examples):
    plugin = SVM.with_training_options({"method": "stack"})
    made = bundle_of("ensemble", plugin.train(examples), examples, SPEC, None, {})
    check_classifier(PLUGIN.load(made), examples.inputs[:4])


def test_a_stack_can_be_adapted_and_a_vote_can_not(examples):
    """The scores' means are of held-out predictions, which a vote doesn't make."""
    plugin = SVM.with_training_options({"method": "stack"})
    made = bundle_of("ensemble", plugin.train(examples), examples, SPEC, None, {})
    stack = PLUGIN.load(made)
    assert isinstance(stack, Adaptable)
    assert stack.class_scores.argmax(axis=1).tolist() == [0, 1, 2]
    assert stack.neutral_scores == pytest.approx(stack.class_scores.mean(axis=0))
    older = {name: array for name, array in made.arrays.items() if name != "class_scores"}
    assert not isinstance(PLUGIN.load(replace(made, arrays=older)), Adaptable)
    vote = bundle_of("ensemble", SVM.train(examples), examples, SPEC, None, {})
    assert not isinstance(PLUGIN.load(vote), Adaptable)


@pytest.mark.parametrize("shifts", [None, np.array([0.3, -0.2, 0.1])])
def test_pooled_probabilities_are_the_softmax_of_the_scores(shifts):
    pool = Pool(np.array([0.7, 0.3]), shifts)
    for probabilities in drawn(20)[0]:
        assert softmax(pool.scores(probabilities)) == pytest.approx(pool(probabilities), abs=1e-9)


def test_a_vote_of_certain_members():
    pool = Pool(np.array([0.5, 0.5]))
    assert pool(np.array([[1.0, 0.0], [0.0, 1.0]])).tolist() == [0.5, 0.5]


def test_a_stack_survives_a_member_that_is_sure_and_wrong():
    pool = Pool(np.array([1.0, 1.0]), np.zeros(2))
    found = pool(np.array([[1.0, 0.0], [0.3, 0.7]]))
    assert np.isfinite(found).all()
    assert found[1] > 0


def test_trainings_tell_and_keep_apart(examples, tmp_path):
    told = []
    run = Run(folder=tmp_path, tell=lambda share, text: told.append((share, text)))
    PLUGIN.with_training_options(QUICK).train_run(examples, run)
    texts = [text.split(",")[0] for _, text in told]
    assert texts[0] == "all: svm: scaling the inputs"
    assert [text for text in texts if "svm" not in text] == [
        f"all: onnx: epoch {i}/3" for i in (1, 2, 3)
    ]
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert (tmp_path / "all" / "onnx" / "checkpoint.pt").exists()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"members": "svm+svm"}, "members must be 1 to 16 different plugins"),
        ({"members": "svm+ensemble"}, "members must be 1 to 16 different plugins"),
        ({"members": ""}, "must be an installed plugin"),
        ({"members": "svm+martian"}, "'martian'"),
        ({"method": "bagging"}, "method must be vote or stack"),
        ({"size": "3"}, "option must be members, method or MEMBER.OPTION"),
        ({"onnx.epochs": "0"}, "epochs must be from 1"),
        ({"svm.cost": "3"}, "option must be balance, got 'cost'"),
        ({"knn.k": "3"}, "option must be of a member"),
    ],
)
def test_bad_options(values, message):
    with pytest.raises((serfast.ParameterError, serfast.UnknownPluginError), match=message):
        PLUGIN.with_training_options(values)


def test_options_are_told_with_the_members_own():
    options = PLUGIN.with_training_options(QUICK).training_options()
    assert options["members"] == "svm+onnx"
    assert options["onnx.epochs"] == 3
    assert EnsembleOptions().to_dict()["method"] == "vote"


def with_card(bundle, **changes):
    about = {**json.loads(bundle.files[CARD]), **changes}
    return replace(bundle, files={**bundle.files, CARD: json.dumps(about).encode()})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda b: with_card(b, format=2), "format in ensemble.json must be 1"),
        (lambda b: with_card(b, members=["svm", "svm"]), "members in ensemble.json"),
        (lambda b: with_card(b, members=["svm", "ensemble"]), "members in ensemble.json"),
        (lambda b: with_card(b, members=3), "members in ensemble.json"),
        (lambda b: with_card(b, method="x"), "method in ensemble.json"),
        (lambda b: with_card(b, method="stack"), "must have the member shifts.npy"),
        (lambda b: replace(b, files={**b.files, CARD: b"["}), "whole member ensemble.json"),
        (lambda b: with_card(b, x="x" * 65536), "ensemble.json must have at most 65536 bytes"),
        (lambda b: replace(b, files={**b.files, "svm.zip": b"zip"}), "must be a readable zip"),
        (
            lambda b: replace(b, files={**b.files, "svm.zip": b.files["onnx.zip"]}),
            "plugin of svm.zip must be 'svm', got 'onnx'",
        ),
        (lambda b: replace(b, classes=("a", "b", "c")), "classes of svm.zip"),
        (
            lambda b: replace(b, arrays={"weights": np.array([-1.0, 2.0])}),
            "weights must be finite, of a vote >= 0",
        ),
        (
            lambda b: replace(b, spec=replace(b.spec, sample_rate=8000)),
            "sample_rate of svm.zip must be 8000",
        ),
    ],
)
def test_bad_bundles(bundle, change, message):
    with pytest.raises(serfast.ModelError, match=message):
        PLUGIN.load(change(bundle))


def test_another_sample_rate_than_the_members_is_refused(examples):
    low = replace(examples, spec=serfast.FeatureSpec(sample_rate=8000, features=[serfast.RMS()]))
    with pytest.raises(serfast.ParameterError, match="sample_rate must be that of member 'svm'"):
        SVM.train(low)


def test_one_speaker_is_too_few_to_stack(examples):
    one = examples.where(examples.speakers == "a")
    with pytest.raises(serfast.ParameterError, match="speakers must be at least 2"):
        SVM.with_training_options({"method": "stack"}).train(one)
