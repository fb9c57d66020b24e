"""What would fail at the end of a long training is refused before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..corpora.recordings import Recording
from ..errors import ModelError, ParameterError
from ..models.bundle.bundle import Bundle
from ..models.plugin import check_training
from ..models.plugin_calls import calling
from .copy_choice import SpeakerGroups
from .folds import Folds, splits_of
from .recipe_fields import RecipeFields

__all__ = ["check_choice", "check_recordings", "check_splits", "try_bundle"]


def check_recordings(recipe: RecipeFields, labels: Sequence[str], speakers: Sequence[str]) -> None:
    """Ask the plugin whether it can be trained on recordings with these labels and speakers."""
    with calling(recipe.plugin, "check_training"):
        check_training(recipe.load_plugin(), labels, speakers)


def check_splits(
    recipe: RecipeFields,
    folds: Folds,
    labels: Sequence[str],
    speakers: Sequence[str],
    *,
    texts: Sequence[str] | None = None,
    chooses: bool = False,
) -> None:
    """Have the folds checked, and the plugin asked whether each can be trained.

    With `chooses` it is asked of what each fold needs to choose its copies, too.
    """
    for name, mask in splits_of(folds, speakers, labels, texts):
        rest = [i for i, is_out in enumerate(mask.tolist()) if not is_out]
        try:
            some = [labels[i] for i in rest], [speakers[i] for i in rest]
            check_recordings(recipe, *some)
            if chooses:
                check_choice(recipe, *some)
        except ParameterError as error:
            raise ParameterError(f"without {folds.left_out} {name!r}: {error}") from error


def check_choice(recipe: RecipeFields, labels: Sequence[str], speakers: Sequence[str]) -> None:
    """If a recipe chooses its copies, ask the plugin whether it can be trained to choose."""
    if recipe.choose_copies:
        check_splits(recipe, SpeakerGroups(), labels, speakers)


def try_bundle(recipe: RecipeFields, recordings: Sequence[Recording], card: dict[str, Any]) -> None:
    """Refuse what no bundle can hold: a bundle without weights is made and loaded.

    Raises
    ------
    ModelError
        If it can't be loaded.
    """
    speakers = sorted({recording.speaker for recording in recordings})
    trial = Bundle(
        plugin=recipe.plugin,
        classes=tuple(sorted({recording.label for recording in recordings})),
        spec=recipe.spec,
        statistics=recipe.statistics,
        embedding=recipe.embedding,
        backend=recipe.backend,
        card={"training": {"speakers": speakers}, **card},
    )
    data = trial.to_bytes()
    try:
        Bundle.from_bytes(data, recipe.backend)
    except ModelError as error:
        raise ModelError(f"a bundle of this training could not be loaded: {error}") from error
