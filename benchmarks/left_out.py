"""Recognizers that were trained without one speaker each, kept in a folder from run to run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import serfast
from serfast.corpora.recordings import Recording
from serfast.training import Recipe

__all__ = ["recognizers"]


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
