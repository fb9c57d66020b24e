"""What can be said of a training before its features are computed."""

from __future__ import annotations

from collections.abc import Sequence

from serfast.errors import ParameterError

__all__ = ["check_labels"]


def check_labels(labels: Sequence[str], speakers: Sequence[str]) -> None:
    """Check that the machine can be trained on recordings of these classes and speakers.

    Raises
    ------
    ParameterError
        If there are fewer than two classes or speakers.
    """
    if len(classes := tuple(sorted(set(labels)))) < 2:
        raise ParameterError(f"labels must be of at least 2 classes, got {classes}")
    if len(names := sorted(set(speakers))) < 2:
        raise ParameterError(
            f"speakers must be at least 2 to train the plugin svm (3 to evaluate it), got {names}"
        )
