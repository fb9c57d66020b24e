"""Corpora against each other: trained on each, asked about each, in the classes in common."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _checks as checks
from ..corpora.messages import printable
from ..corpora.recordings import Recording
from ..errors import ParameterError
from ..models.plugin import Examples, Run
from .beforehand import check_recordings, check_splits
from .cluster_folds import Handed, folds_on
from .evaluation import Evaluation, evaluate_splits, evaluation_of, train_and_predict
from .examples import Failed, texts_of
from .folds import Folds, splits_with_copies
from .given_test import identity_of
from .ingredients import made_folder
from .recipe import Recipe
from .usable import Usable
from .wanted_folds import default_folds

__all__ = ["CrossEvaluation", "check_apart", "classes_in_common", "cross_evaluate"]

FEATURES = 0.5
"""This share of a corpus's work is reckoned to be its features, the rest trainings."""

Pair = tuple[str, str]
Tell = Callable[[float, str], None]


@dataclass(frozen=True)
class CrossEvaluation:
    """What models of each corpus say of each.

    Parameters
    ----------
    corpora : tuple of str
    classes : tuple of str
        Those that all corpora have; nothing else was trained on or asked about.
    left_out : mapping of str to tuple of str
        The classes of each corpus that are not in common.
    cells : mapping of (str, str) to Evaluation
        By the corpus trained on and the corpus asked about. Where both are the same, speakers were
        left out in turn.
    """

    corpora: tuple[str, ...]
    classes: tuple[str, ...]
    left_out: Mapping[str, tuple[str, ...]]
    cells: Mapping[Pair, Evaluation]

    @property
    def uar(self) -> NDArray[np.float64]:
        """Give the unweighted average recalls: a row for each corpus trained on."""
        return np.array([[self.cells[a, b].uar for b in self.corpora] for a in self.corpora])

    def card(self) -> dict[str, Any]:
        """Give all figures as JSON can hold them."""
        return {
            "corpora": list(self.corpora),
            "classes": list(self.classes),
            "classes_left_out": {name: list(some) for name, some in self.left_out.items()},
            "uar": [[round(share, 4) for share in row] for row in self.uar.tolist()],
            "cells": [
                {"train": train, "test": test, **evaluation.card()}
                for (train, test), evaluation in self.cells.items()
            ],
        }


def classes_in_common(corpora: Mapping[str, Sequence[Recording]]) -> tuple[str, ...]:
    """Give the classes that all corpora have, sorted.

    Raises
    ------
    ParameterError
        If there are fewer than two; the message has the classes of each corpus.
    """
    sets = {name: {recording.label for recording in some} for name, some in corpora.items()}
    common = sorted(set.intersection(*sets.values())) if sets else []
    if len(common) < 2:
        each = "; ".join(f"{name}: {checks.listed(sorted(some))}" for name, some in sets.items())
        rule = "corpora must have at least 2 classes in common (--emotions gives labels one name)"
        raise ParameterError(f"{rule}, got {', '.join(common) or 'none'} ({each})")
    return tuple(common)


def check_apart(corpora: Mapping[str, Sequence[Recording]]) -> None:
    """Check that no recording is in two corpora, and nobody of a known corpus in two parts of it.

    Raises
    ------
    ParameterError
        If one is; the message names it and the corpora.
    """
    seen: dict[object, str] = {}
    for name, recordings in corpora.items():
        for one in recordings:
            keys: list[object] = [identity_of(one)]
            if one.corpus is not None:
                keys.append((one.corpus, one.speaker))
            for key in keys:
                if (other := seen.setdefault(key, name)) != name:
                    rule = "corpora must have different recordings and speakers"
                    about = f"{printable(one.path.name)} of speaker {printable(one.speaker)}"
                    raise ParameterError(f"{rule}, got {about} in {name}, known from {other}")


def cross_evaluate(
    recipe: Recipe,
    corpora: Mapping[str, Sequence[Recording]],
    *,
    folds_for: Callable[[Sequence[Recording]], Folds] = default_folds,
    folder: str | os.PathLike[str] | None = None,
    threads: int = 1,
    progress: Callable[[os.PathLike[str]], None] | None = None,
    tell: Tell | None = None,
    cell_done: Callable[[str, str, Evaluation], None] | None = None,
    failed: Failed | None = None,
    client: Any = None,
) -> CrossEvaluation:
    """Train on each corpus and ask about each, in the classes that all of them have.

    A model of a corpus is trained on all its recordings and asked about every other corpus; about
    its own, models are trained without each speaker. Speakers of different corpora count as
    different people, whatever they are called. In memory are the unaltered examples of all corpora
    and the copies of one.

    Parameters
    ----------
    recipe : Recipe
    corpora : mapping of str to sequence of Recording
        At least 2, by name.
    folds_for : callable
        It gives the folds of a corpus's own recordings.
    folder, threads, progress, tell, failed
        They mean the same as in :meth:`Recipe.train`. `progress` is called for the unaltered
        recordings alone.
    cell_done : callable, optional
        It is called with the corpus trained on, the corpus asked about, and the evaluation.
    client : distributed.Client, optional
        The workers of this Dask cluster make the examples and train the folds, as in
        :meth:`Recipe.evaluate`. The training on a whole corpus is done here.

    Raises
    ------
    ParameterError
        If there are fewer than two corpora, or fewer than two classes in common, or a recording is
        in two; or for what :meth:`Recipe.evaluate` raises it, and then the message names the
        corpus.
    """
    if len(corpora) < 2:
        checks.refuse(
            "corpora", "at least 2 to train on one and ask about another", str(len(corpora))
        )
    classes = classes_in_common(corpora)
    check_apart(corpora)
    common = {
        name: [one for one in recordings if one.label in classes]
        for name, recordings in corpora.items()
    }
    folds = {name: _checked_folds(recipe, name, some, folds_for) for name, some in common.items()}
    root = None if folder is None else made_folder(folder)
    plain = dataclasses.replace(recipe, alterations=(), choose_copies=False)
    used, tests = {}, {}
    how = _How(threads, client)
    for name, recordings in common.items():
        used[name], tests[name] = _usable(plain, recordings, progress, failed, how)
    lost = {name: sorted(set(classes) - set(some.classes)) for name, some in tests.items()}
    if missing := {name: some for name, some in lost.items() if some}:
        raise ParameterError(f"recordings that can be used must be of all classes, got {missing}")
    cells: dict[Pair, Evaluation] = {}
    for k, name in enumerate(common):
        part = _part(tell, k / len(common), (k + 1) / len(common), f"trained on {name}")
        examples = tests[name]
        if recipe.alterations:
            examples = _with_copies(recipe, used[name], part, failed, how)
        run = _run(recipe, root, k, part)
        done = _cells(recipe, name, Handed(examples), tests, folds[name], run, client)
        del examples
        for other in common:
            cells[name, other] = done[other]
            if cell_done:
                cell_done(name, other, done[other])
    left_out = {
        name: tuple(sorted({one.label for one in some} - set(classes)))
        for name, some in corpora.items()
    }
    return CrossEvaluation(tuple(common), classes, left_out, cells)


def _checked_folds(
    recipe: Recipe,
    name: str,
    recordings: Sequence[Recording],
    folds_for: Callable[[Sequence[Recording]], Folds],
) -> Folds:
    """Give a corpus's folds, if it can be divided and trained on so."""
    labels, speakers = [r.label for r in recordings], [r.speaker for r in recordings]
    try:
        folds = folds_for(recordings)
        texts = texts_of([r.text for r in recordings])
        chooses = recipe.choose_copies
        check_splits(recipe, folds, labels, speakers, texts=texts, chooses=chooses)
        check_recordings(recipe, labels, speakers)
    except ParameterError as error:
        raise ParameterError(f"corpus {name}: {error}") from error
    return folds


@dataclass(frozen=True)
class _How:
    """What makes the examples."""

    threads: int
    client: Any


def _usable(
    plain: Recipe,
    recordings: Sequence[Recording],
    progress: Callable[[os.PathLike[str]], None] | None,
    failed: Failed | None,
    how: _How,
) -> tuple[list[Recording], Examples]:
    """Give the recordings that can be used, and their unaltered examples."""
    usable = Usable(recordings, failed)
    examples = plain.examples(
        recordings,
        threads=how.threads,
        progress=progress,
        failed=failed and usable.leave_out,
        client=how.client,
    )
    return usable.recordings(), examples


def _with_copies(
    recipe: Recipe,
    recordings: Sequence[Recording],
    tell: Tell,
    failed: Failed | None,
    how: _How,
) -> Examples:
    """Give the examples of recordings that can be used, with their altered copies."""
    n_done = 0

    def step(path: os.PathLike[str]) -> None:
        nonlocal n_done
        n_done += 1
        tell(FEATURES * n_done / len(recordings), f"copies of {os.path.basename(path)}")

    return recipe.examples(
        recordings, threads=how.threads, progress=step, failed=failed, client=how.client
    )


def _cells(
    recipe: Recipe,
    name: str,
    handed: Handed[Examples],
    tests: Mapping[str, Examples],
    folds: Folds,
    run: Run,
    client: Any,
) -> dict[str, Evaluation]:
    """Give the evaluations of models of one corpus, by the corpus asked about."""
    trainee, chooses = recipe.trainee(), recipe.choose_copies
    others = {other: test for other, test in tests.items() if other != name}
    whole = _within(run, "all", FEATURES, 0.6)
    inner = _within(run, "speakers", 0.6, 1)
    examples = handed.taken()
    answered = train_and_predict(trainee, examples, others, run=whole, chooses_copies=chooses)
    splits = splits_with_copies(folds, examples, len(recipe.alterations))
    if client is None:
        itself = evaluate_splits(
            trainee, examples, folds, splits, run=inner, chooses_copies=chooses
        )
    else:
        classes, handed = examples.classes, Handed(examples)
        del examples
        done = folds_on(client, recipe, handed, splits, folds.left_out, run=inner)
        itself = evaluation_of(trainee, classes, folds, done)
    return {
        name: itself,
        **{
            fold.speaker: Evaluation(
                itself.classes,
                (fold,),
                f"trained on all of {name}, asked about all of {fold.speaker}; everything "
                f"(scaling, choice, calibration) by {name} alone",
                left_out="corpus",
            )
            for fold in answered
        },
    }


def _run(recipe: Recipe, root: Path | None, k: int, tell: Tell) -> Run:
    """Give the run of the trainings on one corpus."""
    folder = None if root is None else made_folder(root / f"corpus-{k}")
    return Run(seed=recipe.seed, folder=folder, tell=tell)


def _within(run: Run, name: str, begin: float, end: float) -> Run:
    """Give the run of a part of the trainings, with a folder of its own."""
    folder = None if run.folder is None else made_folder(run.folder / name)
    return Run(seed=run.seed, folder=folder, tell=_part(run.tell, begin, end, ""))


def _part(tell: Tell | None, begin: float, end: float, about: str) -> Tell:
    """Give a function that tells of a part of the work, from `begin` to `end` of the whole."""

    def told_of_part(share: float, text: str) -> None:
        if tell is not None:
            tell(begin + (end - begin) * share, f"{about}: {text}" if about else text)

    return told_of_part
