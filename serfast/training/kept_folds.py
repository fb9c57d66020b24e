"""The folds of an evaluation that are done are kept in its folder, so that it can go on from there.

A fold is kept as JSON, in which every probability is exactly what it was.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .._version import __version__
from ..errors import ParameterError
from ..files import replacing
from ..models.bundle.plain_json import read_json
from ..models.plugin import Examples, options_of
from ..models.registry import owner
from .conditions import Condition
from .figures import Fold
from .folds import Mask
from .trainee import Trainee

__all__ = ["NAME", "KeptFolds", "digest_of"]

NAME = "fold.json"
"""The name of the file, in the folder of the training without that fold's recordings."""

FORMAT = 2


def digest_of(
    trainee: Trainee,
    examples: Examples,
    splits: Sequence[tuple[str, Mask]],
    conditions: Sequence[Condition],
    *,
    seed: int,
    chooses_copies: bool,
) -> str:
    """Give the SHA-256 of everything that decides the folds of an evaluation."""
    about = {
        "format": FORMAT,
        "serfast": __version__,
        "plugin": [trainee.name, owner(trainee.name), options_of(trainee.plugin)],
        "spec": trainee.spec.to_dict(),
        "statistics": trainee.statistics and trainee.statistics.to_dict(),
        "embedding": examples.embedding and examples.embedding.to_dict(),
        "backend": examples.backend,
        "labels": examples.labels.tolist(),
        "speakers": examples.speakers.tolist(),
        "texts": None if examples.texts is None else examples.texts.tolist(),
        "altered": examples.altered.tolist(),
        "copies": None if examples.copies is None else examples.copies.tolist(),
        "splits": [[name, np.flatnonzero(mask).tolist()] for name, mask in splits],
        "conditions": [[condition.name, condition.text] for condition in conditions],
        "seed": seed,
        "chooses_copies": chooses_copies,
    }
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for x in examples.inputs:
        digest.update(np.ascontiguousarray(x).tobytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class KeptFolds:
    """The folds that an evaluation keeps.

    Parameters
    ----------
    digest : str
        Folds of another evaluation are refused: theirs is another.
    """

    digest: str

    def read(self, folder: Path) -> Fold | None:
        """Give the fold that is kept in a folder; None if none is.

        Raises
        ------
        ParameterError
            If it is of another evaluation, or damaged.
        """
        path = folder / NAME
        try:
            about = read_json(path.read_bytes())
            digest, fold = about["digest"], _fold(about["fold"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ParameterError(
                f"{path} must be a fold that serfast evaluate kept, got a damaged one: "
                f"{error!s:.200}"
            ) from error
        if digest != self.digest:
            raise ParameterError(
                f"{path} must be of an evaluation with the same recordings, options, seed and "
                "versions, got another's: give another folder"
            )
        return fold

    def write(self, folder: Path, fold: Fold) -> None:
        """Keep a fold; a disk that is full, say, costs a warning and not the evaluation.

        A fold in which a recording failed under a condition isn't kept, so that whoever goes on
        is told of it again.
        """
        if any(len(one.true) < len(fold.true) for one in fold.conditions):
            return
        about = {"digest": self.digest, "fold": _dictionary(fold)}
        try:
            text = json.dumps(about, allow_nan=False)
            with replacing(folder / NAME) as path:
                path.write_text(text, encoding="utf-8")
        except OSError as error:
            _warn(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        except (TypeError, ValueError) as error:  # what the plugin says that it chose
            _warn(f"JSON can't hold it: {error}")


def _warn(reason: str) -> None:
    warnings.warn(f"fold not kept: {reason}; the evaluation goes on", stacklevel=3)


def _dictionary(fold: Fold) -> dict[str, Any]:
    return {
        **asdict(fold),
        "probabilities": fold.probabilities.tolist(),
        "conditions": [_dictionary(one) for one in fold.conditions],
    }


def _fold(about: dict[str, Any]) -> Fold:
    certain, classes = about["certain"], tuple(about["classes"])
    rows = np.array(about["probabilities"], np.float64).reshape(-1, len(classes))
    return Fold(
        speaker=about["speaker"],
        true=tuple(about["true"]),
        predicted=tuple(about["predicted"]),
        probabilities=rows,
        chosen=about["chosen"],
        classes=classes,
        speakers=tuple(about["speakers"]),
        certain=None if certain is None else tuple(certain),
        conditions=tuple(map(_fold, about["conditions"])),
    )
