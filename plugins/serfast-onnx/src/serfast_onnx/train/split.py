"""Which speakers to stop early by."""

from __future__ import annotations

from typing import Any

import numpy as np

from serfast.errors import ParameterError
from serfast.models.plugin import Examples

__all__ = ["held_out"]


def held_out(examples: Examples, count: int, random: np.random.Generator) -> tuple[str, ...]:
    """Draw speakers to hold out, such that the others have every class.

    Raises
    ------
    ParameterError
        If there are no such speakers.
    """
    if count == 0:
        return ()
    speakers = np.unique(examples.speakers)
    for _ in range(100):
        chosen = random.permutation(speakers)[:count]
        rest: Any = examples.labels[~np.isin(examples.speakers, chosen)]
        if set(rest.tolist()) == set(examples.classes):
            return tuple(sorted(str(s) for s in chosen))
    raise ParameterError(
        f"validation must leave speakers with all classes, got {count} of {len(speakers)} speakers "
        "(0 trains without early stopping)"
    )
