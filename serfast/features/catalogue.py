"""Every built-in feature, one line each: what can stand in a FeatureSpec by its name alone.

Back ends, benchmarks, tests of closeness, row hashes and pages read this list.
"""

from __future__ import annotations

from .base import Feature
from .delta import Delta
from .energy import RMS, ZeroCrossingRate
from .mel import LogMel, MelPower
from .mfcc import MFCC
from .pitch import YIN
from .spectrum import PowerSpectrum

__all__ = ["FEATURES"]

FEATURES: dict[str, type[Feature]] = {
    cls.__name__: cls
    for cls in (
        RMS,
        ZeroCrossingRate,
        PowerSpectrum,
        MelPower,
        LogMel,
        MFCC,
        YIN,
        Delta,
    )
}
"""Every built-in feature by the name that stands in a spec's JSON."""
