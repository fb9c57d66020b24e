"""Examples for tests: overlapping classes in few dimensions, by five speakers."""

from __future__ import annotations

import numpy as np

from serfast.models.plugin import Examples

__all__ = ["examples"]


def examples(n: int = 180, d: int = 60, classes: int = 4, seed: int = 0) -> Examples:
    """Give examples in d dimensions of very different scales."""
    random = np.random.default_rng(seed)
    codes = random.integers(classes, size=n)
    centres = random.normal(size=(classes, d)) * 0.35
    scales = 10 ** random.uniform(-3, 3, d)
    return Examples(
        inputs=(centres[codes] + random.normal(size=(n, d))) * scales + 5 * scales,
        labels=np.array(["fear", "joy", "rage", "shame"])[codes],
        speakers=np.array(list("abcde"))[np.arange(n) % 5],
        altered=np.zeros(n, bool),
    )
