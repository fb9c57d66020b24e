"""The folds of an evaluation as tasks of a cluster: the same figures as computed here.

The examples are large, so a worker gets them once: they are the result of a task that only passes
them on, which Dask makes again if all the workers that have them die.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from .._version import __version__
from ..cluster import WorkerDied, check_client, check_version, completed, large
from ..corpora.recordings import Recording, absolute
from ..errors import SerfastError
from ..models.input_maker import InputMaker
from ..models.plugin import Examples, Run
from .conditions import Condition
from .evaluation import Fold, FoldRun, fold_run, fold_without, kept_folds
from .folds import Mask
from .trainee import Trainee
from .trials import Trials, trials_of

__all__ = ["Handed", "Rehearsed", "folds_on"]

Value = TypeVar("Value")


class Handed(Generic[Value]):
    """A large value that is handed over: whoever takes it is the only one who has it."""

    def __init__(self, value: Value) -> None:
        self._value: list[Value] = [value]

    def taken(self) -> Value:
        """Give the value, once."""
        return self._value.pop()


Failure = tuple[Recording, Exception]


class Rehearsed(Protocol):
    """What a worker needs of a recipe."""

    @property
    def seed(self) -> int:
        """Give the seed."""

    @property
    def choose_copies(self) -> bool:
        """Tell whether each fold chooses its copies."""

    def trainee(self) -> Trainee:
        """Give what is trained."""

    def inputs(self) -> InputMaker:
        """Give what makes the classifier's inputs."""


@dataclass(frozen=True)
class _Job:
    """A fold for a worker."""

    recipe: Rehearsed
    version: str
    number: int
    name: str
    out: Mask
    left_out: str
    folder: Path | None
    conditions: tuple[Condition, ...]
    recordings: tuple[Recording, ...]
    """The recordings of the unaltered examples, if there are conditions."""
    collects: bool
    """Whether recordings that fail under a condition are left out."""


def folds_on(
    client: Any,
    recipe: Rehearsed,
    handed: Handed[Examples],
    splits: Sequence[tuple[str, Mask]],
    left_out: str,
    *,
    run: Run,
    conditions: tuple[Condition, ...] = (),
    recordings: Sequence[Recording] = (),
    progress: Callable[[Fold], None] | None = None,
    failed: Callable[[Recording, Exception], None] | None = None,
) -> list[Fold]:
    """Give the folds in their order, each trained and predicted by a worker.

    The examples are taken, so that this process has room again once the scheduler has them.
    `progress` is called with each fold when it is done. `recordings` are those of the unaltered
    examples, which are read again under conditions.

    Raises
    ------
    ParameterError, ModelError
        As :func:`serfast.training.evaluation.evaluate_splits` raises them.
    SerfastError
        The workers that computed a fold died.
    """
    examples = handed.taken()
    used = tuple(absolute(recording) for recording in recordings) if conditions else ()
    names = [name for name, _ in splits]
    trainee, chooses = recipe.trainee(), recipe.choose_copies
    kept = kept_folds(trainee, examples, splits, run, conditions, chooses_copies=chooses)
    folders = [fold_run(run, k, names).folder for k in range(len(splits))]
    done: dict[int, Fold] = {}
    for k, folder in enumerate(folders):
        if kept and folder and (fold := kept.read(folder)):
            done[k] = fold
            if progress:
                progress(fold)
    if len(done) == len(splits):
        return [done[k] for k in range(len(splits))]
    jobs = (
        _Job(
            recipe,
            __version__,
            k,
            name,
            out,
            left_out,
            folders[k],
            conditions,
            used,
            failed is not None,
        )
        for k, (name, out) in enumerate(splits)
        if k not in done
    )
    handed = Handed(examples)
    del examples
    with (
        large(check_client(client), handed.taken(), "serfast-examples") as shared,
        closing(completed(client, _fold, jobs, "serfast-fold", shared)) as results,
    ):
        for job, result in results:
            if isinstance(result, WorkerDied):
                raise SerfastError(f"without {left_out} {job.name!r}: {result}")
            done[job.number], failures = result
            for recording, error in failures:
                if failed:
                    failed(recording, error)
            if kept and (folder := folders[job.number]):
                kept.write(folder, done[job.number])
            run.tell(len(done) / len(splits), f"without {job.name}: done")
            if progress:
                progress(done[job.number])
    return [done[k] for k in range(len(splits))]


def _fold(job: _Job, examples: Examples) -> tuple[Fold, list[Failure]]:
    """Train and predict without some recordings: what a worker does."""
    check_version(job.version)
    failures: list[Failure] = []
    recipe = job.recipe
    trials: Trials | None = None
    if job.conditions:

        def keep(recording: Recording, error: Exception) -> None:
            failures.append((recording, error))

        trials = trials_of(
            job.conditions,
            job.recordings,
            recipe.inputs(),
            seed=recipe.seed,
            failed=keep if job.collects else None,
        )
    part = FoldRun(Run(seed=recipe.seed, folder=job.folder), trials, recipe.choose_copies)
    fold = fold_without(recipe.trainee(), examples, job.left_out, (job.name, job.out), part)
    return fold, failures
