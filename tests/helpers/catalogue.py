"""Every built-in feature once, as its class gives it for tests: a new one comes by itself."""

from __future__ import annotations

import serfast
from serfast.features import FEATURES, Feature

RATE = 16000

EXAMPLES: dict[str, Feature] = {name: cls.example() for name, cls in FEATURES.items()}
"""By the name of the class."""


def spec_of(name: str) -> serfast.FeatureSpec:
    """The spec of one example, at 16 kHz."""
    return serfast.FeatureSpec(sample_rate=RATE, features=[EXAMPLES[name]])


def with_delta(name: str) -> serfast.FeatureSpec:
    """The same with its derivative, unless it is one."""
    feature = EXAMPLES[name]
    more = () if isinstance(feature, serfast.Delta) else (serfast.Delta(feature),)
    return serfast.FeatureSpec(sample_rate=RATE, features=[feature, *more])
