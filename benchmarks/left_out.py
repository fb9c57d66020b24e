"""Recognizers that were trained without one speaker each, kept in a folder from run to run."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import serfast
from serfast.corpora.recordings import Recording
from serfast.training import Recipe

from . import RESULTS
from .reports import write

__all__ = ["recognizers", "run"]


def recognizers(
    recordings: Sequence[Recording], folder: Path, recipe: Recipe | None = None
) -> Iterator[tuple[str, serfast.Recognizer]]:
    """Give each speaker, and a recognizer that was trained on all the others.

    A bundle of the same recipe that is in the folder is taken as it is. The features of the rest
    are computed once.
    """
    recipe = Recipe("svm") if recipe is None else recipe
    examples = None
    folder.mkdir(exist_ok=True)
    for speaker in sorted({recording.speaker for recording in recordings}):
        path = folder / f"without-{speaker}.zip"
        if not path.exists() or serfast.Recognizer(path).card["recipe"] != recipe.to_dict():
            examples = recipe.examples(recordings) if examples is None else examples
            recipe.train_on(examples.where(examples.speakers != speaker)).save(path)
        yield speaker, serfast.Recognizer(path)


def run(
    about: str | None,
    name: str,
    measured: Callable[[Sequence[Recording], Path], dict[str, Any]],
    table: Callable[[dict[str, Any]], str],
) -> None:
    """Measure on the corpus that the command line names, keep the results and print the table."""
    parser = argparse.ArgumentParser(description=(about or "").split("\n\n")[0])
    parser.add_argument("corpus", type=Path, help="folder of EmoDB's recordings")
    parser.add_argument("--run", type=Path, default=Path("left-out"), help="folder of the models")
    arguments = parser.parse_args()
    results = measured(serfast.corpora.find_recordings(arguments.corpus), arguments.run)
    write(RESULTS / f"{name}.json", results)
    print(table(results))
