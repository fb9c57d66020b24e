"""What can be said of a training before its features are computed, and who is left out in it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from serfast.errors import ParameterError
from serfast.models.plugin import Examples

__all__ = ["check_labels", "held_out_names"]


def check_labels(labels: Sequence[str]) -> None:
    """Check that the machine can be trained on recordings of these classes.

    Raises
    ------
    ParameterError
        If there are fewer than two classes.
    """
    if len(classes := tuple(sorted(set(labels)))) < 2:
        raise ParameterError(f"labels must be of at least 2 classes, got {classes}")


def held_out_names(examples: Examples) -> tuple[str, list[str]]:
    """Give what is left out to choose C and to calibrate, and its name for each example.

    It is the speakers, or what one speaker alone says.

    Raises
    ------
    ParameterError
        If there is neither a second speaker nor a second text.

    Warns
    -----
    UserWarning
        There is one speaker alone.
    """
    speakers = examples.speakers.tolist()
    if len(set(speakers)) > 1:
        return "speaker", speakers
    texts = [] if examples.texts is None else examples.texts.tolist()
    if len(set(texts)) < 2:
        known = ", ".join(sorted(set(texts))) or "none"
        raise ParameterError(
            "speakers must be at least 2 to train the plugin svm, or their texts, got the one "
            f"speaker {speakers[0]!r:.80} with the texts {known:.80}"
        )
    warnings.warn(
        f"one speaker alone, {speakers[0]!r:.80}: C is chosen and probabilities are calibrated by "
        "other sentences of the same voice, so the model is too sure of strangers",
        stacklevel=2,
    )
    return "text", texts
