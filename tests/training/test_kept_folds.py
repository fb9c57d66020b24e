"""Folds that are done are kept: an evaluation goes on, and its figures are those without a stop."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import serfast
from serfast.errors import ParameterError
from serfast.models.plugin import Examples
from serfast.training.kept_folds import NAME

SPEC = serfast.FeatureSpec(features=[serfast.RMS()])
RECIPE = serfast.training.Recipe(
    "svm", spec=SPEC, statistics=serfast.Statistics(functionals=("mean", "std")), alterations=()
)
SPEAKERS = ("ann", "bob", "cat", "dan")


def signals(n: int = 24) -> list[np.ndarray]:
    random = np.random.default_rng(0)
    return [
        (random.normal(size=4000) * (0.02 if k % 2 else 0.2)).astype(np.float32) for k in range(n)
    ]


def examples(n: int = 24) -> Examples:
    labels = ["loud", "soft"] * (n // 2)
    return RECIPE.examples_of(signals(n), labels, [SPEAKERS[k // 2 % 4] for k in range(n)])


class Stop(Exception):
    """Somebody pressed Ctrl-C."""


def stop_after(count: int):
    """A function that is called with each fold, and stops after so many."""
    done = []

    def after(fold) -> None:
        done.append(fold)
        if len(done) == count:
            raise Stop

    return after


def interrupted(folder: Path, data: Examples, count: int = 2, **kwargs) -> None:
    with pytest.raises(Stop):
        RECIPE.evaluate_on(data, folder=folder, fold_done=stop_after(count), **kwargs)


def trained(monkeypatch) -> list[int]:
    """The sizes of the trainings that are done from now on."""
    sizes, before = [], serfast.training.evaluation.Trainee.trained

    def counted(self, training, run):
        sizes.append(len(training))
        return before(self, training, run)

    monkeypatch.setattr(serfast.training.evaluation.Trainee, "trained", counted)
    return sizes


def assert_same(one, other) -> None:
    assert one.card() == other.card()
    for a, b in zip(one.folds, other.folds, strict=True):
        assert np.array_equal(a.probabilities, b.probabilities)
        assert (a.true, a.predicted, a.speakers, a.certain, a.chosen) == (
            b.true,
            b.predicted,
            b.speakers,
            b.certain,
            b.chosen,
        )
        for c, d in zip(a.conditions, b.conditions, strict=True):
            assert np.array_equal(c.probabilities, d.probabilities)


def test_an_evaluation_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    data = examples()
    whole = RECIPE.evaluate_on(data)
    interrupted(tmp_path, data)
    sizes = trained(monkeypatch)
    told = []
    again = RECIPE.evaluate_on(data, folder=tmp_path, fold_done=told.append)
    assert len(sizes) == 2  # of four
    assert [fold.speaker for fold in told] == list(SPEAKERS)
    assert_same(again, whole)
    assert_same(RECIPE.evaluate_on(data, folder=tmp_path), whole)
    assert len(sizes) == 2


def test_conditions_are_kept_too(tmp_path, monkeypatch):
    data, under = examples(), {"conditions": ["noise=10", "gain=-20"], "signals": signals()}
    whole = RECIPE.evaluate_on(data, **under)
    interrupted(tmp_path, data, **under)
    sizes = trained(monkeypatch)
    assert_same(RECIPE.evaluate_on(data, folder=tmp_path, **under), whole)
    assert len(sizes) == 2


@pytest.mark.parametrize("what", ["input", "label", "seed", "folds", "conditions"])
def test_folds_of_another_evaluation_are_refused(tmp_path, what):
    data, recipe, kwargs = examples(), RECIPE, {}
    interrupted(tmp_path, data)
    if what == "input":
        data.inputs[3, 0] += 1e-3
    elif what == "label":
        labels = data.labels.copy()
        labels[-2:] = labels[-2:][::-1]
        data = replace(data, labels=labels)
    elif what == "seed":
        recipe = serfast.training.Recipe.from_dict({**RECIPE.to_dict(), "seed": 5})
    elif what == "folds":
        kwargs = {"folds": serfast.training.GroupFolds(2)}
    else:
        kwargs = {"conditions": ["noise=10"], "signals": signals()}
    with pytest.raises(ParameterError, match=r"fold.json must be .* give another folder"):
        recipe.evaluate_on(data, folder=tmp_path, **kwargs)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"digest": 1}', '{"digest": "x", "fold": {}}'])
def test_a_damaged_fold_is_named(tmp_path, text):
    data = examples()
    interrupted(tmp_path, data)
    (path,) = tmp_path.glob(f"without-0/{NAME}")
    path.write_text(text)
    with pytest.raises(ParameterError, match=r"without-0.fold.json must be a fold .* damaged"):
        RECIPE.evaluate_on(data, folder=tmp_path)


def test_a_full_disk_costs_a_warning_and_not_the_evaluation(tmp_path, monkeypatch):
    data = examples()
    whole = RECIPE.evaluate_on(data)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.warns(UserWarning, match="fold not kept: .*No space left.* the evaluation goes on"):
        evaluation = RECIPE.evaluate_on(data, folder=tmp_path)
    assert_same(evaluation, whole)
    assert not list(tmp_path.rglob("fold*"))
    assert not list(tmp_path.rglob("*.part*"))


def test_a_fold_with_a_recording_that_failed_is_done_again(tmp_path, monkeypatch):
    """So whoever goes on is told of it again."""
    data, under = examples(), {"conditions": ["noise=10"], "signals": signals()}
    once = RECIPE.evaluate_on(data, folder=tmp_path, **under)
    fold = once.folds[0]
    short = replace(fold, conditions=(replace(fold.conditions[0], true=fold.true[1:]),))
    kept = serfast.training.kept_folds.KeptFolds("digest")
    (tmp_path / "other").mkdir()
    kept.write(tmp_path / "other", short)
    assert kept.read(tmp_path / "other") is None
    kept.write(tmp_path / "other", fold)
    assert kept.read(tmp_path / "other") is not None


@pytest.mark.parametrize("value", [float("nan"), {1, 2}])
def test_what_json_cannot_hold_is_not_kept(tmp_path, value):
    fold = RECIPE.evaluate_on(examples()).folds[0]
    kept = serfast.training.kept_folds.KeptFolds("digest")
    with pytest.warns(UserWarning, match="fold not kept: JSON can't hold it"):
        kept.write(tmp_path, replace(fold, chosen={"C": value}))
    assert kept.read(tmp_path) is None
