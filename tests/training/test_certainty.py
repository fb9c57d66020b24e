"""The bound of certain answers: what it keeps, and that it is measured on other folds' speakers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from serfast.training import bound_under_conditions, certain_bound
from serfast.training.certainty import (
    FEWEST,
    FEWEST_IN_EACH,
    RIGHT,
    RIGHT_IN_EACH,
    bound_of,
    with_bound,
)
from serfast.training.conditions import Condition
from serfast.training.figures import Evaluation, Fold

CLASSES = ("a", "b")


def fold(speaker: str, seed: int, n: int = 400, *, sharp: float = 1.0) -> Fold:
    """Answers that are right as often as they say, if `sharp` is 1, and less often above."""
    random = np.random.default_rng(seed)
    certainty = random.uniform(0.5, 1, n)
    right = random.uniform(size=n) < 0.5 + (certainty - 0.5) / sharp
    return Fold(
        speaker=speaker,
        true=tuple(np.where(right, "a", "b").tolist()),
        predicted=("a",) * n,
        probabilities=np.column_stack([certainty, 1 - certainty]),
        chosen={},
        classes=CLASSES,
    )


def searched(certainty, right, share: float) -> float:
    """The bound by trying every certainty, from the largest down."""
    best = 1.0
    for bound in sorted(set(certainty.tolist()), reverse=True):
        kept = certainty >= bound
        if kept.sum() >= FEWEST:
            if right[kept].mean() < share:
                break
            best = bound
    return best


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("share", [0.6, 0.9, 0.95])
def test_the_bound_is_the_searched_one(seed, share):
    random = np.random.default_rng(seed)
    certainty = random.integers(10, 21, size=random.integers(1, 300)) / 20
    right = random.uniform(size=len(certainty)) < certainty
    assert certain_bound(certainty, right, share=share) == searched(certainty, right, share)


def test_equal_probabilities_are_kept_together_or_not_at_all():
    """The right ones of equal certainty may stand first; all of them have one bound."""
    certainty, right = np.repeat([0.95, 0.9], [30, 60]), np.arange(90) < 60
    assert certain_bound(certainty, right, share=RIGHT) == 0.95
    assert certain_bound(certainty[30:], right[30:], share=RIGHT) == 1.0


def test_just_enough_right_ones_are_enough():
    certainty, right = np.full(100, 0.8), np.arange(100) < 93
    assert certain_bound(certainty, right, share=0.93) == 0.8
    right[0] = False
    assert certain_bound(certainty, right, share=0.93) == 1.0


def under_two_conditions(n: int, seed: int = 0):
    """Answers that are right as often as they say; under the second condition less often."""
    random = np.random.default_rng(seed)
    certainty, conditions = random.uniform(0.5, 1, 2 * n), np.repeat([0, 1], n)
    right = random.uniform(size=2 * n) < certainty - 0.05 * conditions
    return certainty, right, conditions


def test_each_condition_has_its_share_of_right_answers():
    certainty, right, conditions = under_two_conditions(2000)
    together = certain_bound(certainty, right, share=RIGHT)
    bound = bound_under_conditions(certainty, right, conditions)
    alone = [
        certain_bound(
            certainty[conditions == k],
            right[conditions == k],
            share=RIGHT_IN_EACH,
            fewest=FEWEST_IN_EACH,
        )
        for k in (0, 1)
    ]
    assert alone[0] < together < alone[1] == bound
    assert right[(certainty >= bound) & (conditions == 1)].mean() >= RIGHT_IN_EACH


def test_a_hopeless_condition_leaves_what_is_too_little_to_refute_it():
    """Half of the surest answers are wrong, under a condition of few answers."""
    certainty = np.concatenate([np.linspace(1, 0.5, 4000), np.linspace(0.999, 0.5, 300)])
    conditions = np.repeat([0, 1], [4000, 300])
    right = (conditions == 0) | (np.arange(4300) % 2 == 0)
    assert certain_bound(certainty, right, share=RIGHT) == 0.5
    kept = certainty >= bound_under_conditions(certainty, right, conditions)
    assert (kept & (conditions == 1)).sum() == FEWEST_IN_EACH - 1


def test_one_condition_and_small_ones_have_the_bound_of_all_together():
    certainty, right, conditions = under_two_conditions(2000)
    together = certain_bound(certainty, right, share=RIGHT)
    assert bound_under_conditions(certainty, right, 0 * conditions) == together
    assert bound_under_conditions(certainty, right, np.arange(4000) // 199) == together


def evaluation(*folds: Fold) -> Evaluation:
    under = [replace(one, conditions=(fold(one.speaker, 90 + k),)) for k, one in enumerate(folds)]
    return Evaluation(CLASSES, tuple(under), measured_under=(Condition.from_text("noise=20"),))


def test_each_fold_is_marked_by_the_bound_of_the_others():
    plain = evaluation(*(fold(name, k) for k, name in enumerate("xyz")))
    marked = with_bound(plain)
    assert marked.certain_above == bound_of(plain.folds)
    for k, (before, after) in enumerate(zip(plain.folds, marked.folds, strict=True)):
        bound = bound_of([one for one in plain.folds if one.speaker != before.speaker])
        assert bound == bound_of(plain.folds[:k] + plain.folds[k + 1 :])
        for old, new in ((before, after), (before.conditions[0], after.conditions[0])):
            assert new.certain == tuple((old.certainty >= bound).tolist())
    kept, right = marked.kept
    assert 0.1 < kept < 0.5
    assert right > 0.88


def test_a_fold_changes_its_own_marks_in_no_way():
    """A speaker who is always wrong lowers the others' bound, and not the bound of his marks."""
    folds = [fold(name, k) for k, name in enumerate("xyz")]
    usual = with_bound(evaluation(*folds)).folds[0]
    wrong = replace(folds[0], true=("b",) * len(folds[0].true))
    other = with_bound(evaluation(wrong, *folds[1:]))
    assert other.folds[0].certain == usual.certain
    assert sum(other.folds[1].certain) < sum(with_bound(evaluation(*folds)).folds[1].certain)


def test_overconfident_answers_have_a_higher_bound():
    honest = [fold(name, k) for k, name in enumerate("xyz")]
    bold = [fold(name, k, sharp=1.15) for k, name in enumerate("xyz")]
    assert bound_of(bold) > bound_of(honest)
    answers = np.concatenate([one.right[one.certainty >= bound_of(bold)] for one in bold])
    assert answers.mean() >= RIGHT


def test_what_models_find_strange_is_never_certain_and_has_no_part_in_the_bound():
    """The strange ones are wrong at full certainty: counted, they would leave no bound at all."""
    plain = [fold(name, k) for k, name in enumerate("xyz")]
    strange = np.arange(500) >= 400
    folds = [
        replace(
            one,
            true=one.true + ("b",) * 100,
            predicted=("a",) * 500,
            probabilities=np.concatenate([one.probabilities, np.tile([1.0, 0.0], (100, 1))]),
            certain=tuple((~strange).tolist()),
        )
        for one in plain
    ]
    assert bound_of(folds) == bound_of(plain) < 1
    assert bound_of([replace(one, certain=None) for one in folds]) == 1
    marked = with_bound(Evaluation(CLASSES, tuple(folds)))
    usual = with_bound(Evaluation(CLASSES, tuple(plain)))
    assert marked.certain_above == usual.certain_above
    for one, other in zip(marked.folds, usual.folds, strict=True):
        assert one.certain == other.certain + (False,) * 100


def test_without_an_answer_that_is_not_strange_nothing_is_certain():
    folds = [replace(fold(name, k), certain=(False,) * 400) for k, name in enumerate("xy")]
    marked = with_bound(Evaluation(CLASSES, tuple(folds)))
    assert marked.certain_above == 1
    assert marked.kept == (0.0, 0.0)


def test_one_fold_alone_has_no_bound():
    alone = Evaluation(CLASSES, (fold("x", 0),))
    assert with_bound(alone) is alone


def test_the_card_has_the_bound_and_what_it_keeps():
    marked = with_bound(evaluation(*(fold(name, k) for k, name in enumerate("xyz"))))
    card = marked.card()
    certain = card["certain"]
    assert certain["above"] == marked.certain_above
    share, right = marked.kept
    assert certain["clean"] == {"kept": round(share, 4), "right_of_kept": round(right, 4)}
    every = [one for each in marked.folds for one in (each, *each.conditions)]
    marks = np.concatenate([one.certain for one in every])
    rights = np.concatenate([one.right for one in every])
    assert certain["mixed"] == {
        "kept": round(marks.mean(), 4),
        "right_of_kept": round(rights[marks].mean(), 4),
    }
    assert [one["kept"] for one in card["conditions"]] == [
        round(one.evaluation.kept[0], 4) for one in marked.conditions
    ]
    assert "certain" not in evaluation(fold("x", 0), fold("y", 1)).card()


@pytest.mark.parametrize("sharpens", [False, True])
def test_folds_without_answers_have_nothing_to_tell(sharpens):
    """A given fold can lose all its recordings; then the other one's bound lets nothing through."""
    full, empty = fold("1", 0), fold("2", 1, n=0)
    marked = with_bound(Evaluation(CLASSES, (full, empty)), sharpens=sharpens)
    assert marked.folds[0].certain == (False,) * 400
    assert marked.folds[1].certain == ()
    assert marked.certain_above is not None
    assert marked.certain_above < 1
    assert with_bound(Evaluation(CLASSES, (empty, empty))).certain_above == 1.0
