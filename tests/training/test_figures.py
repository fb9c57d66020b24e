"""Figures of an evaluation under conditions, against figures computed from its predictions."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, recall_score

from serfast.audio.augmentation import Gain, Noise
from serfast.training.bootstrap import figure_intervals, recall_interval
from serfast.training.calibration import expected_calibration_error, reliability_curve
from serfast.training.conditions import Condition
from serfast.training.figures import Evaluation, Fold
from serfast.training.metrics import confusion_matrix

CLASSES = ("fear", "joy", "rage")
CONDITIONS = (
    Condition("pink noise, 20 dB", "noise", Noise(20), trained=True),
    Condition("quiet", "level", Gain(-30)),
)


def fold(speaker: str, seed: int, right: float, certain_above: float | None = None) -> Fold:
    """Give a fold of 40 recordings with random answers, a share of which is right."""
    random = np.random.default_rng(seed)
    true = random.choice(CLASSES, 40)
    scores = random.random((40, 3))
    scores[np.arange(40), np.searchsorted(CLASSES, true)] += random.random(40) < right
    probabilities = scores / scores.sum(axis=1, keepdims=True)
    certain = None
    if certain_above is not None:
        certain = tuple((probabilities.max(axis=1) >= certain_above).tolist())
    return Fold(
        speaker=speaker,
        true=tuple(true.tolist()),
        predicted=tuple(np.array(CLASSES)[probabilities.argmax(axis=1)].tolist()),
        probabilities=probabilities,
        chosen={},
        classes=CLASSES,
        speakers=tuple(random.choice([f"{speaker}1", f"{speaker}2"], 40).tolist()),
        certain=certain,
    )


def evaluation(certain_above: tuple[float | None, ...] = (None, None)) -> Evaluation:
    folds = []
    for k, limit in enumerate(certain_above):
        clean = fold("ab"[k], k, 0.8, limit)
        under = tuple(fold("ab"[k], 10 * k + j, 0.6 - 0.3 * j, limit) for j in (1, 2))
        folds.append(Fold(**{**vars(clean), "conditions": under}))
    return Evaluation(CLASSES, tuple(folds), measured_under=CONDITIONS)


def pooled(folds: list[Fold]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    true = np.concatenate([one.true for one in folds])
    predicted = np.concatenate([one.predicted for one in folds])
    return true, predicted, np.concatenate([one.probabilities for one in folds])


def test_figures_are_those_of_all_folds_predictions_pooled() -> None:
    result = evaluation()
    parts = [list(result.folds), *([f.conditions[j] for f in result.folds] for j in (0, 1))]
    assert [one.condition.name for one in result.conditions] == [
        "clean",
        "pink noise, 20 dB",
        "quiet",
    ]
    for under, folds in zip(result.conditions, parts, strict=True):
        true, predicted, probabilities = pooled(folds)
        figures = under.figures
        assert figures.uar == pytest.approx(balanced_accuracy_score(true, predicted))
        recalls = recall_score(true, predicted, labels=CLASSES, average=None)
        assert dict(figures.recall) == pytest.approx(dict(zip(CLASSES, recalls, strict=True)))
        ece = expected_calibration_error(probabilities.max(axis=1), true == predicted)
        assert figures.ece == pytest.approx(ece)
        assert figures.recordings == 80
        assert (figures.kept, figures.right_of_kept) == (None, None)
    assert len({under.figures.uar for under in result.conditions}) == 3


def test_the_interval_is_over_speakers_and_not_over_folds() -> None:
    result = evaluation()
    true, predicted, _ = pooled(list(result.folds))
    speakers = np.concatenate([one.speakers for one in result.folds])
    matrices = [
        confusion_matrix(true[speakers == who], predicted[speakers == who], CLASSES)
        for who in ("a1", "a2", "b1", "b2")
    ]
    assert result.conditions[0].figures.interval == recall_interval(matrices)
    by_fold = [confusion_matrix(one.true, one.predicted, CLASSES) for one in result.folds]
    unknown = [Fold(**{**vars(one), "speakers": ()}) for one in result.folds]
    assert Evaluation(CLASSES, tuple(unknown)).uar_interval() == recall_interval(by_fold)


def test_what_is_kept_is_what_each_folds_model_is_certain_of() -> None:
    result = evaluation((0.5, 0.7))
    for under in result.conditions:
        masks, rights = [], []
        for one, limit in zip(under.evaluation.folds, (0.5, 0.7), strict=True):
            masks.append(one.probabilities.max(axis=1) >= limit)
            rights.append(np.array(one.true) == np.array(one.predicted))
        mask, right = np.concatenate(masks), np.concatenate(rights)
        assert 0 < mask.sum() < len(mask)
        assert under.figures.kept == pytest.approx(mask.mean())
        assert under.figures.right_of_kept == pytest.approx(right[mask].mean())


def test_what_is_kept_is_unknown_if_one_model_does_not_say() -> None:
    assert evaluation((0.5, None)).kept is None
    assert evaluation((2.0, 2.0)).kept == (0.0, 0.0)


def test_the_card_has_the_figures_and_the_calibration() -> None:
    result = evaluation((0.5, 0.7))
    card = json.loads(json.dumps(result.card()))
    assert [one["name"] for one in card["conditions"]] == ["clean", "pink noise, 20 dB", "quiet"]
    assert [one["trained"] for one in card["conditions"]] == [True, True, False]
    assert [one["alter"] for one in card["conditions"]] == [None, "noise=20", "gain=-30"]
    assert card["conditions"][0]["uar"] == card["uar"]
    folds = [part for one in result.folds for part in (one, *one.conditions)]
    true, predicted, probabilities = pooled(folds)
    mixed = expected_calibration_error(probabilities.max(axis=1), true == predicted)
    assert card["calibration"]["mixed"] == pytest.approx(mixed, abs=1e-4)
    assert result.mixed_calibration_error == pytest.approx(mixed)
    assert card["calibration"]["clean"] == card["conditions"][0]["ece"]
    assert card["calibration"]["bins"] == 15


def test_without_conditions_the_card_has_no_mixed_error() -> None:
    plain = Evaluation(CLASSES, evaluation().folds)
    assert plain.conditions == ()
    card = plain.card()
    assert "conditions" not in card
    assert "mixed" not in card["calibration"]
    assert plain.mixed_calibration_error == plain.expected_calibration_error


def test_the_card_has_every_figure_with_its_interval() -> None:
    result = evaluation()
    card = json.loads(json.dumps(result.card()))
    true, predicted, probabilities = pooled(list(result.folds))
    f1 = f1_score(true, predicted, average="weighted")
    assert card["weighted_f1"] == pytest.approx(f1, abs=5e-5)
    speakers = np.concatenate([one.speakers for one in result.folds])
    matrices = [
        confusion_matrix(true[speakers == who], predicted[speakers == who], CLASSES)
        for who in ("a1", "a2", "b1", "b2")
    ]
    expected = figure_intervals(matrices)
    intervals = card["intervals"]
    assert intervals["over"] == "4 speakers"
    assert card["speakers"] == ["a1", "a2", "b1", "b2"]
    assert intervals["weighted_f1"] == pytest.approx(expected.weighted_f1, abs=5e-5)
    assert list(intervals["recall"]) == list(CLASSES)
    for mine, theirs in zip(intervals["recall"].values(), expected.recall, strict=True):
        assert mine == pytest.approx(theirs, abs=5e-5)
    curve = reliability_curve(probabilities.max(axis=1), true == predicted)
    rows = card["calibration"]["curve"]
    assert [row["answers"] for row in rows] == [n for n in curve.answers if n]
    assert sum(row["answers"] * abs(row["right"] - row["probability"]) for row in rows) / len(
        true
    ) == pytest.approx(card["calibration"]["clean"], abs=2e-4)


def test_one_speakers_intervals_are_over_the_folds() -> None:
    folds = [
        Fold(**{**vars(fold(name, seed, 0.7)), "speakers": ("anna",) * 40})
        for seed, name in enumerate(("text 1", "text 2", "text 3"))
    ]
    result = Evaluation(CLASSES, tuple(folds), left_out="text")
    matrices = [confusion_matrix(one.true, one.predicted, CLASSES) for one in folds]
    assert result.uar_interval() == recall_interval(matrices)
    assert result.card()["intervals"]["over"] == "3 texts"
    single = Evaluation(CLASSES, tuple(folds[:1]), left_out="fold")
    assert "intervals" not in single.card()


def test_a_condition_of_no_recording_is_missing() -> None:
    result = evaluation()
    none = Fold("a", (), (), np.zeros((0, 3)), {}, CLASSES)
    folds = [Fold(**{**vars(one), "conditions": (none, one)}) for one in result.folds]
    names = [
        one.condition.name
        for one in Evaluation(CLASSES, tuple(folds), measured_under=CONDITIONS).conditions
    ]
    assert names == ["clean", "quiet"]
