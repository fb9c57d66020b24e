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

__all__ = ["recognizers", "result_name", "run"]


def recognizers(
    recordings: Sequence[Recording], folder: Path, recipe: Recipe
) -> Iterator[tuple[str, serfast.Recognizer]]:
    """Give each speaker, and a recognizer that was trained on all the others.

    A bundle of the same recipe that is in the folder is taken as it is. The features of the rest
    are computed once.
    """
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
    measured: Callable[[Sequence[Recording], Path, Recipe], dict[str, Any]],
    table: Callable[[dict[str, Any]], str],
) -> None:
    """Measure on the corpus that the command line names, keep the results and print the table.

    The results of another classifier than the SVM have its name behind that of the benchmark.
    """
    parser = argparse.ArgumentParser(description=(about or "").split("\n\n")[0])
    parser.add_argument("corpus", type=Path, help="folder of EmoDB's recordings")
    parser.add_argument("--run", type=Path, default=Path("left-out"), help="folder of the models")
    parser.add_argument("--classifier", default="svm", help="the plugin (default: %(default)s)")
    parser.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help="an option of it"
    )
    arguments = parser.parse_args()
    options = dict(text.split("=", 1) for text in arguments.option)
    recipe = Recipe(arguments.classifier, options=options)
    results = measured(serfast.corpora.find_recordings(arguments.corpus), arguments.run, recipe)
    write(RESULTS / f"{result_name(name, arguments.classifier)}.json", results)
    print(table(results))


def result_name(name: str, classifier: str) -> str:
    """Give the name of a benchmark's results of a classifier; those of the SVM have none of it.

    Pages name a part of results by it, in letters, digits and underscores.
    """
    return name if classifier == "svm" else f"{name}_{classifier.replace('-', '_')}"
