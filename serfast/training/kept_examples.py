"""The examples of an evaluation are kept while it runs, so that going on begins with the folds.

They are two files in the run's folder: the numbers, and JSON that says of what they were made.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from .. import errors
from .._version import __version__
from ..audio.augmentation import alteration_text
from ..corpora.dataset_parts import mark_of
from ..corpora.recordings import Recording
from ..errors import AudioError, ParameterError, SerfastError
from ..files import replacing
from ..models.input_maker import InputMaker
from ..models.plugin import Examples
from .examples import Failed, assembled, texts_of
from .recipe_fields import RecipeFields

__all__ = ["MOST_BYTES", "KeptExamples", "kept_examples"]

MOST_BYTES = 1 << 30
"""Examples that are larger aren't kept: the disk is the user's."""

DAMAGED = (
    *(ValueError, TypeError, KeyError, AttributeError, BufferError),
    *(MemoryError, RecursionError),
)
"""What reading a damaged file may raise."""

FORMAT = 2

ERRORS: dict[str, type[Exception]] = {
    error.__name__: error
    for error in (
        *(getattr(errors, name) for name in errors.__all__),
        *(FileNotFoundError, IsADirectoryError, PermissionError, TimeoutError, OSError),
    )
    if issubclass(error, SerfastError | OSError)
}
"""The classes of errors that a recording may fail with, by name."""

FROM_FOLDERS = ("noises=", "rooms=")
"""Alterations by other recordings, which may change: examples with them aren't kept."""


class KeptExamples:
    """The examples in a folder, if they are those of a recipe and recordings.

    Parameters
    ----------
    folder : Path
    digest : str
        SHA-256 of everything that decides the examples.
    inputs : InputMaker
        It makes them.
    n_copies : int
        So many there are of each recording, itself included.
    recordings : sequence of Recording
    """

    def __init__(
        self,
        folder: Path,
        digest: str,
        inputs: InputMaker,
        n_copies: int,
        recordings: Sequence[Recording],
    ) -> None:
        self._about, self._numbers = folder / "examples.json", folder / "examples.npy"
        self._digest, self._inputs, self._n_copies = digest, inputs, n_copies
        self._recordings = recordings
        self._failures: dict[int, tuple[str, str]] = {}
        self._doubts: list[str] = []

    def failing(self, failed: Failed) -> Failed:
        """Give a function that remembers what failed, and passes it on."""
        places = {id(recording): i for i, recording in enumerate(self._recordings)}

        def remember(recording: Recording, error: Exception) -> None:
            self._failures[places[id(recording)]] = (_class_of(error), str(error))
            failed(recording, error)

        return remember

    def doubted(self, text: str) -> None:
        """Remember a warning about a recording."""
        self._doubts.append(text)

    def read(self, failed: Failed | None) -> Examples | None:
        """Give the examples if they are there and whole; what failed is reported again.

        Without `failed` none are given if a recording has failed, which raises its error then.
        """
        try:
            about = json.loads(self._about.read_bytes())
            if about["digest"] != self._digest or (about["failures"] and failed is None):
                return None
            x = np.load(self._numbers, allow_pickle=False)
            if about["sha256"] != hashlib.sha256(x.data).hexdigest():
                return None
            failures = {
                int(i): ERRORS[name](str(text)) for i, (name, text) in about["failures"].items()
            }
            doubts = [str(text) for text in about["doubts"]]
            used = [one for i, one in enumerate(self._recordings) if i not in failures]
            examples = self._examples(x, about["lengths"], used)
        except (OSError, EOFError, *DAMAGED):  # there are none, or damaged ones
            return None
        for doubt in doubts:
            warnings.warn(doubt, stacklevel=4)
        for i, error in failures.items():
            assert failed is not None
            failed(self._recordings[i], error)
        return examples

    def _examples(
        self, x: np.ndarray[Any, Any], lengths: Sequence[int] | None, used: list[Recording]
    ) -> Examples:
        inputs: Any = x if lengths is None else np.split(x, np.cumsum(lengths)[:-1])
        return assembled(
            self._inputs,
            inputs,
            self._n_copies,
            [one.label for one in used],
            [one.speaker for one in used],
            texts_of([one.text for one in used]),
        )

    def write(self, examples: Examples) -> None:
        """Keep examples, if they aren't too large; a disk that is full costs a warning."""
        inputs = examples.inputs
        if sum(x.nbytes for x in inputs) > MOST_BYTES:
            return
        whole = isinstance(inputs, np.ndarray)
        try:
            with replacing(self._numbers) as path, path.open("wb") as file:
                x = np.ascontiguousarray(inputs) if whole else np.concatenate(inputs)
                np.save(file, x, allow_pickle=False)
            about = {
                "digest": self._digest,
                "sha256": hashlib.sha256(x.data).hexdigest(),
                "lengths": None if whole else [len(one) for one in inputs],
                "failures": self._failures,
                "doubts": self._doubts,
            }
            with replacing(self._about) as path:
                path.write_text(json.dumps(about), encoding="utf-8")
        except OSError as error:
            warnings.warn(f"examples not kept: {error}; the evaluation goes on", stacklevel=4)

    def drop(self) -> None:
        """Remove them, if that can be done: all folds are done."""
        for path in (self._about, self._numbers):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _class_of(error: Exception) -> str:
    """Name the nearest class of an error that can be made again; a package may have its own."""
    names = (one.__name__ for one in type(error).__mro__ if ERRORS.get(one.__name__) is one)
    return next(names, AudioError.__name__)


def kept_examples(
    recipe: RecipeFields,
    inputs: InputMaker,
    recordings: Sequence[Recording],
    folder: Path | None,
    tell: Callable[[float, str], None],
) -> KeptExamples | None:
    """Give the examples that are kept in a run's folder; None if none can be."""
    if folder is None:
        return None
    try:
        alterations = [alteration_text(one) for one in recipe.alterations]
    except ParameterError:  # a plugin's own, of which nobody knows what it does
        return None
    if any(kind in text for text in alterations for kind in FROM_FOLDERS):
        return None
    tell(0, "looking for features that are kept")
    marks = {path: mark_of(path) for path in {one.path for one in recordings}}
    about = {
        "format": FORMAT,
        "serfast": __version__,
        "kind": inputs.kind,
        "spec": recipe.spec.to_dict(),
        "statistics": recipe.statistics and recipe.statistics.to_dict(),
        "embedding": recipe.embedding and recipe.embedding.to_dict(),
        "backend": inputs.backend,
        "alterations": alterations,
        "seed": recipe.seed,
        "recordings": [
            [str(one.path), one.label, one.speaker, one.text, one.start, one.end, marks[one.path]]
            for one in recordings
        ],
    }
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode("utf-8", "surrogateescape"))
    n_copies = 1 + len(alterations)
    return KeptExamples(folder, digest.hexdigest(), inputs, n_copies, recordings)
