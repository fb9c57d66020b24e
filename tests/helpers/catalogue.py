"""Every built-in feature once, as its class gives it for tests: a new one comes by itself."""

from __future__ import annotations

from dataclasses import replace

import serfast
from serfast.features import FEATURES, Feature
from serfast.features.order import with_sources

RATE = 16000

EXAMPLES: dict[str, Feature] = {name: cls.example() for name, cls in FEATURES.items()}
"""By the name of the class."""


def spec_of(name: str) -> serfast.FeatureSpec:
    """Give the spec of one example, after the features whose columns it reads, at 16 kHz."""
    return serfast.FeatureSpec(
        sample_rate=RATE, features=with_sources(EXAMPLES[name], EXAMPLES.values())
    )


STREAMED = [name for name in EXAMPLES if not spec_of(name).whole_signal]
"""The names of those that a stream can have."""


def with_delta(name: str) -> serfast.FeatureSpec:
    """Give that spec with the example's derivative too, unless the example is one."""
    spec, feature = spec_of(name), EXAMPLES[name]
    more = () if isinstance(feature, serfast.Delta) else (serfast.Delta(feature),)
    return replace(spec, features=(*spec.features, *more))
