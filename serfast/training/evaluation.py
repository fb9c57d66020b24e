"""In an evaluation a classifier is trained without some recordings and then predicts these.

This is done once for every fold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import ParameterError
from ..features.spec import FeatureSpec
from ..models.judge import Judge
from ..models.plugin import Examples, Plugin, Run, TakesBound, TakesSharpness
from ..statistics.statistics import Statistics
from .certainty import with_bound
from .conditions import Condition
from .copy_choice import choose_copies
from .examples import check_made_with
from .figures import Evaluation, Fold
from .folds import Folds, Mask, SpeakerFolds, check_speakers, splits_of
from .kept_folds import KeptFolds, digest_of
from .trainee import Trainee
from .trials import Answers, Trials, answers_of

__all__ = [
    "Evaluation",
    "Fold",
    "FoldRun",
    "Trainee",
    "check_speakers",
    "evaluate_splits",
    "evaluation_of",
    "fold_run",
    "fold_without",
    "kept_folds",
    "leave_one_speaker_out",
    "train_and_predict",
]


def leave_one_speaker_out(
    name: str,
    plugin: Plugin,
    examples: Examples,
    spec: FeatureSpec,
    statistics: Statistics | None,
    *,
    run: Run | None = None,
    progress: Callable[[Fold], None] | None = None,
) -> Evaluation:
    """Give the evaluation of a plugin that is trained without each speaker and predicts that one.

    The plugin sees no recording of the speaker left out, and no altered copy of one, before its
    weights are stored. Then it predicts the unaltered recordings one by one, each by itself.

    Parameters
    ----------
    name : str
        The plugin's name.
    plugin : Plugin
    examples : Examples
        They have at least 2 classes and 2 speakers (3 if the plugin itself holds speakers out).
    spec, statistics
        The examples were made with them.
    run : Run, optional
        It holds the seed, the folder and whom to inform; the default has seed 0. The training
        without each speaker has its own folder inside that folder, in which its fold is kept: the
        same evaluation with the same folder does only what isn't done yet.
    progress : callable, optional
        It is called with each fold when it is done.

    Returns
    -------
    Evaluation

    Raises
    ------
    ParameterError
        If the examples were made with others than `spec` and `statistics`, or there are too few
        speakers or classes; the message names the speaker left out.
    ModelError
        If the plugin fails, or gives anything but probabilities.
    """
    check_made_with(examples, spec, statistics, examples.embedding)
    folds = SpeakerFolds()
    splits = splits_of(folds, examples.speakers.tolist(), examples.labels.tolist())
    trainee = Trainee(name, plugin, spec, statistics)
    return evaluate_splits(trainee, examples, folds, splits, run=run, progress=progress)


def evaluate_splits(
    trainee: Trainee,
    examples: Examples,
    folds: Folds,
    splits: Sequence[tuple[str, Mask]],
    *,
    run: Run | None = None,
    progress: Callable[[Fold], None] | None = None,
    trials: Trials | None = None,
    chooses_copies: bool = False,
) -> Evaluation:
    """Give the evaluation of a plugin as :func:`leave_one_speaker_out` does, with any folds.

    Parameters
    ----------
    trainee : Trainee
    examples : Examples
    folds : Folds
    splits : sequence of (str, ndarray of bool, shape (len(examples),))
        Each fold has a name, and a mask that is True for the examples left out, altered copies
        included.
    run, progress
        They mean the same as in :func:`leave_one_speaker_out`.
    trials : Trials, optional
        They predict the recordings left out under conditions too. The unaltered examples must be
        those of the trials' signals, in the same order, before all altered ones.
    chooses_copies : bool
        Each fold chooses its set of copies by its training speakers, see
        :func:`serfast.training.copy_choice.choose_copies`.
    """
    run = Run() if run is None else run
    under = () if trials is None else trials.conditions
    kept = kept_folds(trainee, examples, splits, run, under, chooses_copies=chooses_copies)
    names = [name for name, _ in splits]
    done = []
    for k, split in enumerate(splits):
        part = fold_run(run, k, names)
        fold = kept.read(part.folder) if kept and part.folder else None
        if fold is None:
            how = FoldRun(part, trials, chooses_copies)
            fold = fold_without(trainee, examples, folds.left_out, split, how)
            if kept and part.folder:
                kept.write(part.folder, fold)
        done.append(fold)
        if progress:
            progress(fold)
    return evaluation_of(trainee, examples.classes, folds, done, under)


def kept_folds(
    trainee: Trainee,
    examples: Examples,
    splits: Sequence[tuple[str, Mask]],
    run: Run,
    under: Sequence[Condition],
    *,
    chooses_copies: bool,
) -> KeptFolds | None:
    """Give the folds that are kept in a run's folder, if it has one."""
    if run.folder is None:
        return None
    run.tell(0, "looking for folds that are kept")
    digest = digest_of(
        trainee, examples, splits, under, seed=run.seed, chooses_copies=chooses_copies
    )
    return KeptFolds(digest)


def train_and_predict(
    trainee: Trainee,
    training: Examples,
    tests: Mapping[str, Examples],
    *,
    run: Run | None = None,
    chooses_copies: bool = False,
) -> list[Fold]:
    """Train once and predict the unaltered recordings of each test set, which is a fold then.

    Parameters
    ----------
    trainee : Trainee
    training : Examples
    tests : mapping of str to Examples
        Each set has a name and an unaltered example at least.
    run, chooses_copies
        They mean the same as in :func:`evaluate_splits`.
    """
    run = Run() if run is None else run
    model = _trained(trainee, training, run, chooses=chooses_copies)
    return [_fold(name, model, test.where(~test.altered)) for name, test in tests.items()]


def evaluation_of(
    trainee: Trainee,
    classes: tuple[str, ...],
    folds: Folds,
    done: Sequence[Fold],
    under: tuple[Condition, ...] = (),
) -> Evaluation:
    """Give the evaluation of folds that are done, with what the plugin's models take from it."""
    evaluation = Evaluation(classes, tuple(done), folds.protocol, under, left_out=folds.left_out)
    if not isinstance(trainee.plugin, TakesBound):
        return evaluation
    return with_bound(evaluation, sharpens=isinstance(trainee.plugin, TakesSharpness))


@dataclass(frozen=True)
class FoldRun:
    """How one fold is run: its run, and what :func:`evaluate_splits` is told of all of them."""

    run: Run
    trials: Trials | None = None
    chooses_copies: bool = False


def fold_without(
    trainee: Trainee, examples: Examples, left_out: str, split: tuple[str, Mask], part: FoldRun
) -> Fold:
    """Train without some examples and predict them; `left_out` is what messages call them."""
    name, out = split
    training, test = examples.where(~out), examples.where(out & ~examples.altered)
    run, trials = part.run, part.trials
    try:
        fitting = run if trials is None else _within(run, 0, 0.5)
        model = _trained(trainee, training, fitting, chooses=part.chooses_copies)
        fold = _fold(name, model, test)
    except ParameterError as error:
        n_others = len(set(training.speakers.tolist()))
        left = f"{len(training)} examples of {n_others} speakers left"
        raise ParameterError(f"without {left_out} {name!r} ({left}): {error}") from error
    if trials is None:
        return fold
    places = np.flatnonzero(out & ~examples.altered).tolist()
    later = _within(run, 0.5, 1)
    return replace(fold, conditions=_altered(fold, model, examples, trials, places, later))


@dataclass(frozen=True)
class _Model:
    """The model of a fold: the judge that asks it, and what its plugin chose."""

    judge: Judge
    chosen: dict[str, Any]

    def predict(self, x: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], bool | None]:
        """Give the probabilities for an input, and whether the model is certain, if it says so."""
        judge = self.judge
        probabilities = judge.probabilities(x)
        if judge.certain_above is None:
            return probabilities, None
        return probabilities, not judge.result(probabilities, judge.strangeness(x)).uncertain

    def fold(self, name: str, labels: Sequence[str], speakers: Sequence[str], a: Answers) -> Fold:
        """Give a fold of these answers."""
        classes = self.judge.classes
        return Fold(
            speaker=name,
            true=tuple(labels),
            predicted=tuple(classes[i] for i in a.probabilities.argmax(axis=1)),
            probabilities=a.probabilities,
            chosen={},
            classes=classes,
            speakers=tuple(speakers),
            certain=a.certain,
        )


def _trained(trainee: Trainee, training: Examples, run: Run, *, chooses: bool) -> _Model:
    """Train the model of a fold, which chooses its copies itself if it is to choose."""
    chosen: dict[str, Any] = {}
    if chooses:
        choice = choose_copies(trainee, training, _within(run, 0, 0.5))
        run, training, chosen = _within(run, 0.5, 1), choice.examples, choice.card
    judge, by_plugin = trainee.trained(training, run)
    return _Model(judge, {**by_plugin, **chosen})


def _fold(name: str, model: _Model, test: Examples) -> Fold:
    """Give the fold of the unaltered recordings."""
    answers = answers_of(
        [(i, *model.predict(x)) for i, x in enumerate(test.predictable())], len(model.judge.classes)
    )
    fold = model.fold(name, test.labels.tolist(), test.speakers.tolist(), answers)
    return replace(fold, chosen=model.chosen)


def _altered(
    fold: Fold, model: _Model, examples: Examples, trials: Trials, places: list[int], run: Run
) -> tuple[Fold, ...]:
    """Give a fold for each condition: its recordings are those of `fold`, altered."""
    labels, speakers = examples.labels.tolist(), examples.speakers.tolist()
    return tuple(
        model.fold(
            fold.speaker,
            [labels[i] for i in answers.index],
            [speakers[i] for i in answers.index],
            answers,
        )
        for answers in trials.answers(places, model.predict, len(fold.classes), run.tell)
    )


def _within(run: Run, begin: float, end: float) -> Run:
    """Give a run whose progress counts as the part from `begin` to `end` of this one's."""
    return replace(run, tell=lambda share, text: run.tell(begin + (end - begin) * share, text))


def fold_run(run: Run, k: int, names: Sequence[str]) -> Run:
    """Give the run of fold `k`; its progress counts as a part of the whole evaluation's."""

    def tell(share: float, text: str) -> None:
        run.tell((k + share) / len(names), f"without {names[k]}: {text}")

    if run.folder is None:
        return replace(run, tell=tell)
    folder = run.folder / f"without-{k}"  # a speaker's name may not be valid as a file name
    folder.mkdir(exist_ok=True)
    return replace(run, folder=folder, tell=tell)
