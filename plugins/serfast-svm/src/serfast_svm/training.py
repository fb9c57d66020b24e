"""Training: C is chosen on held-out speakers, then one machine is trained on everything.

All is decided by the examples given: scaling, C, calibration, and the bounds of doubt. Every
example is there twice for the last machine: relative to the mean of all, and relative to the mean
of its speaker in the same condition. So the machine knows both a stranger's first utterance and a
speaker whose mean has been taken away (:class:`serfast.speaker.Speaker`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from serfast.models import Typical
from serfast.models.plugin import Examples, Weights

from .calibration import certain_bound, fit_logistic
from .checks import check_labels, held_out_names
from .cross_fitting import cross_fitted
from .inference import softmax
from .known_speakers import fit_known_speakers
from .machine import Trainer
from .scaled_inputs import ScaledInputs
from .scaling import Scaling
from .speaker_means import SpeakerMeans, copies_of

__all__ = [
    "COSTS",
    "about_known_speakers",
    "about_scores",
    "codes_of",
    "groups_of",
    "means_of",
    "recall_of",
    "train",
    "trained",
    "typical",
]

Array = np.ndarray[Any, Any]
Codes = np.ndarray[Any, np.dtype[np.intp]]

COSTS = (0.3, 1.0, 3.0)
"""C of the menu, for inputs scaled to a mean squared length of 1."""

Tell = Callable[[float, str], None]

FOLDS = 8
"""Speakers are left out one by one; of more than these, every eighth together.

Of one speaker alone, texts are.
"""


def _silent(share: float, text: str) -> None:
    """Tell nothing."""


def train(examples: Examples, tell: Tell = _silent, *, weighted: bool = True) -> Weights:
    """Give the weights of the machine for these examples."""
    return trained(examples, tell, weighted=weighted)[0]


def trained(
    examples: Examples, tell: Tell = _silent, *, weighted: bool = True
) -> tuple[Weights, Array]:
    """Give the weights, and each example's calibrated scores by machines without its speaker.

    The scores have the shape (n, n_classes). `tell` is called as that of a
    :class:`serfast.models.Run`. With `weighted` every class weighs the same, else every example
    does.
    """
    check_labels(examples.labels.tolist())
    kind, names = held_out_names(examples)
    by_speaker = kind == "speaker"  # of one speaker alone, relative inputs are no others
    means = means_of(examples)
    x, codes = _floating(examples.inputs), codes_of(examples)
    tell(0, "scaling the inputs")
    scaling = Scaling.fit(x, codes)
    tell(0.05, "finding directions of the inputs")
    trainer = Trainer(
        ScaledInputs(x, scaling),
        codes,
        len(examples.classes),
        groups_of(names),
        means,
        weighted=weighted,
    )
    tell(0.2, "choosing C")
    cost, recall = _choose(
        trainer, examples, lambda k: tell(0.2 + 0.4 * k, "choosing C"), weighted=weighted
    )
    tell(0.6, f"training with C {cost}")
    machine = trainer.machine(
        cost,
        twice=by_speaker,
        tell=lambda k: tell(0.6 + 0.35 * k, f"training with C {cost}"),
    )
    tell(0.95, "calibrating")
    matrix, offsets = fit_logistic(machine.held_out, codes, weighted=weighted)
    scores = machine.held_out @ matrix.T + offsets
    weights = (matrix @ machine.weights * scaling.factor).astype(np.float32)
    neutral = matrix @ machine.intercepts + offsets
    made = Weights(
        arrays={
            "weights": weights,
            # Of the rounded weights: rounding counts with distances from the mean, not with it.
            "intercepts": neutral - weights.astype(np.float64) @ scaling.mean,
            "neutral_scores": neutral,
            **about_scores(scores, codes, examples),
            **about_known_speakers(scores, codes, means, neutral, weighted=weighted),
            **typical(x, scaling),
        },
        card={
            "C": cost,
            "held_out_uar": round(recall, 4),
            **({"held_out": f"{kind}s"} if not by_speaker else {}),
        },
    )
    return made, scores


def about_scores(scores: Array, codes: Codes, examples: Examples) -> dict[str, Array]:
    """Say what scores each class has on average, and from which probability on one is certain."""
    return {
        "class_scores": np.stack([scores[codes == k].mean(axis=0) for k in np.unique(codes)]),
        "certain_above": np.array(certain_bound(softmax(scores), codes, copies_of(examples))),
    }


def means_of(examples: Examples) -> SpeakerMeans:
    """Give which examples have a mean in common; of one speaker alone each has its own."""
    if len(set(examples.speakers.tolist())) > 1:
        return SpeakerMeans.of_examples(examples)
    return SpeakerMeans(np.arange(len(examples)))


def about_known_speakers(
    scores: Array, codes: Codes, means: SpeakerMeans, neutral: Array, *, weighted: bool
) -> dict[str, Array]:
    """Say how scores are read once the speaker's mean is known, if the examples can tell."""
    matrix = fit_known_speakers(scores, codes, means, neutral, weighted=weighted)
    return {} if matrix is None else {"speaker_matrix": matrix}


def _choose(
    trainer: Trainer, examples: Examples, tell: Callable[[float], None], *, weighted: bool
) -> tuple[float, float]:
    """Give the C of the best mean recall on recordings and copies of speakers left out.

    The recall that is given beside it is of answers calibrated by those of others.
    """
    recalls, codes = {}, codes_of(examples)
    answers = dict(zip(COSTS, trainer.held_out(COSTS, tell), strict=True))
    for cost, answered in answers.items():
        matrix, offsets = fit_logistic(answered, codes, weighted=weighted)
        recalls[cost] = recall_of(answered @ matrix.T + offsets, codes, examples)
    best = max(COSTS, key=recalls.__getitem__)
    honest = cross_fitted(answers[best], codes, trainer.groups, weighted=weighted)
    return best, recall_of(honest, codes, examples)


def recall_of(scores: Array, codes: Codes, examples: Examples) -> float:
    """Give the mean of the recalls on recordings and on copies that these scores mean."""
    said = scores.argmax(axis=1)
    kinds = [examples.altered == altered for altered in (False, True)]
    return float(np.mean([_recall(said[k], codes[k]) for k in kinds if k.any()]))


def typical(x: Array, scaling: Scaling) -> dict[str, Array]:
    """Say what inputs are like, and how far off the last of a hundred is."""
    return Typical.fit(x, scaling.mean, np.where(scaling.factor > 0, scaling.deviation, 0)).arrays()


def groups_of(names: list[str]) -> list[Array]:
    """Give the examples of each name; of more than FOLDS names those of every FOLDS-th."""
    array, different = np.array(names), sorted(set(names))
    folds = min(FOLDS, len(different))
    return [np.flatnonzero(np.isin(array, different[k::FOLDS])) for k in range(folds)]


def _floating(inputs: Any) -> Array:
    """Give inputs as they are if they are float32, else as float64."""
    x = np.asarray(inputs)
    return x if x.dtype == np.float32 else x.astype(np.float64, copy=False)


def codes_of(examples: Examples) -> Codes:
    """Give each example's class as a number."""
    return np.asarray(np.searchsorted(examples.classes, examples.labels))


def _recall(predicted: Array, codes: Codes) -> float:
    """Give the unweighted average recall of the classes that occur."""
    return float(np.mean([(predicted[codes == k] == k).mean() for k in np.unique(codes)]))
