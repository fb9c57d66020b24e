"""From recordings or signals to the examples that a recipe's classifier is trained on."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..corpora.recordings import Recording
from ..models.input_maker import InputMaker
from ..models.plugin import Examples, Run
from .examples import Failed, Making, Samples, examples_of, make_examples
from .ingredients import made_folder
from .kept_examples import KeptExamples, kept_examples
from .recipe_fields import RecipeFields
from .trainee import Trainee
from .usable import Usable

__all__ = ["RecipeExamples"]


class RecipeExamples(RecipeFields):
    """A recipe's fields, and what is made from them before a training.

    :class:`serfast.training.Recipe` documents the fields, and can train and evaluate as well.
    """

    def examples(
        self,
        recordings: Sequence[Recording],
        *,
        threads: int = 1,
        progress: Callable[[os.PathLike[str]], None] | None = None,
        failed: Failed | None = None,
        doubted: Callable[[str], object] | None = None,
        client: Any = None,
    ) -> Examples:
        """Give the examples for the plugin; see :func:`serfast.training.make_examples`."""
        return make_examples(
            recordings,
            self.spec,
            self.statistics,
            threads=threads,
            progress=progress,
            failed=failed,
            doubted=doubted,
            client=client,
            **self._making(),
        )

    def examples_of(
        self, signals: Iterable[Samples], labels: Sequence[str], speakers: Sequence[str]
    ) -> Examples:
        """Give examples from signals in memory; see :func:`serfast.training.examples_of`."""
        return examples_of(signals, labels, speakers, self.spec, self.statistics, **self._making())

    def _making(self) -> Making:
        """Give the arguments with which examples are made, beside spec and statistics."""
        return {
            "kind": self.load_plugin().input,
            "embedding": self.embedding,
            "alterations": self.alterations,
            "seed": self.seed,
            "backend": self.backend,
        }

    def _kept_or_made(
        self,
        recordings: Sequence[Recording],
        run: Run,
        *,
        threads: int,
        progress: Callable[[os.PathLike[str]], None] | None,
        failed: Failed | None,
        client: Any,
    ) -> tuple[KeptExamples | None, list[Recording], Examples]:
        """Give the examples that an interrupted evaluation kept in the run's folder, or make them.

        With them go where they are kept, if they are, and the recordings that didn't fail.
        """
        usable = Usable(recordings, failed)
        leave_out = failed and usable.leave_out
        kept = kept_examples(self, self.inputs(), recordings, run.folder, run.tell)
        examples = kept.read(leave_out) if kept else None
        if examples is not None:
            return kept, usable.recordings(), examples
        examples = self.examples(
            recordings,
            threads=threads,
            progress=progress,
            failed=leave_out and kept.failing(leave_out) if kept else leave_out,
            doubted=kept.doubted if kept else None,
            client=client,
        )
        if kept:
            kept.write(examples)
        return kept, usable.recordings(), examples

    def trainee(self) -> Trainee:
        """Give what is trained: the plugin with its name, spec and statistics."""
        return Trainee(self.plugin, self.load_plugin(), self.spec, self.statistics)

    def inputs(self) -> InputMaker:
        """Give what makes the classifier's inputs."""
        kind = self.load_plugin().input
        return InputMaker(self.spec, self.statistics, kind, self.backend, self.embedding)

    def _run(
        self, folder: str | os.PathLike[str] | None, tell: Callable[[float, str], None] | None
    ) -> Run:
        """Give the run of a training; its folder is made if it doesn't exist."""
        run = Run(seed=self.seed, folder=None if folder is None else made_folder(folder))
        return run if tell is None else dataclasses.replace(run, tell=tell)
