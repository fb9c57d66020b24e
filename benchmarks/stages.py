"""The stages that are measured by themselves, each at its usual sizes.

Features of the catalogue that have no stage here get one, with their default fields and named
after their class.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

import serfast
from serfast.features.base import Feature

from .catalogue import others
from .recordings import Array, speech_like

__all__ = ["LISTED", "N_ROWS", "STAGES", "VOICE_ROW", "WHOLE_ROW", "Stage", "rows_into"]

N_ROWS = 256
"""Rows of a signal: enough to hide the call, few enough to stay in the second cache."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Some features on a grid of their own."""

    name: str
    features: tuple[Feature, ...]
    sample_rate: int = 16000
    hop_length: int = 160
    near: str | None = None
    """The stage whose cost per sample this one's is compared with."""

    @property
    def frame_length(self) -> int:
        """Samples of the longest frame."""
        return max(feature.length for feature in self.features)

    @property
    def spec(self) -> serfast.FeatureSpec:
        """The features' spec, left-aligned, so that no row is padded."""
        return serfast.FeatureSpec(
            sample_rate=self.sample_rate,
            hop_length=self.hop_length,
            center=False,
            features=self.features,
        )

    def signal(self, n_rows: int = N_ROWS) -> Array:
        """Give samples for exactly so many rows."""
        n_samples = (n_rows - 1) * self.hop_length + self.frame_length
        return np.resize(_second(self.sample_rate), n_samples)


@cache
def _second(sample_rate: int) -> Array:
    return speech_like(1, sample_rate)


def _power(n: int, near: int | None = None) -> Stage:
    features = (serfast.PowerSpectrum(n_fft=n),)
    return Stage(name=f"power {n}", features=features, near=f"power {near}" if near else None)


_MEL: dict[str, Any] = {"n_fft": 512, "n_mels": 40}
_MFCC = serfast.MFCC(**_MEL, n_mfcc=13)
_YIN = serfast.YIN(frame_length=1024, fmin=65, fmax=600)
_ENERGY = (serfast.RMS(frame_length=512), serfast.ZeroCrossingRate(frame_length=512))

WHOLE_ROW = (*_ENERGY, serfast.LogMel(**_MEL), serfast.MFCC(**_MEL, n_mfcc=20), _YIN)
"""The features of the row that most benchmarks compute."""

_F0 = serfast.F0(75, 500)

VOICE_ROW = (
    _F0,
    serfast.Formants(),
    serfast.HNR(),
    serfast.Jitter(_F0),
    serfast.Shimmer(_F0),
    serfast.HarmonicDifferences(_F0, serfast.Formants()),
    serfast.AlphaRatio(),
    serfast.HammarbergIndex(),
    serfast.SpectralSlope(lo=0, hi=500),
    serfast.SpectralSlope(lo=500, hi=1500),
    serfast.SpectralFlux(),
    serfast.Loudness(),
    serfast.MFCC(n_fft=512, n_mels=26, n_mfcc=4),
)
"""What phoneticians measure of a voice, in one row."""

LISTED = (
    Stage(name="RMS 512", features=_ENERGY[:1]),
    Stage(name="ZCR 512", features=_ENERGY[1:]),
    _power(256),
    _power(400, near=512),
    _power(480, near=512),
    _power(512),
    _power(960, near=1024),
    _power(1024),
    _power(1200, near=1024),
    _power(2048),
    Stage(name="mel power 512/40", features=(serfast.MelPower(**_MEL),)),
    Stage(name="log-mel 512/40", features=(serfast.LogMel(**_MEL),)),
    Stage(name="log-mel 400/80", features=(serfast.LogMel(n_fft=400, n_mels=80),)),
    Stage(name="MFCC 512/40/13", features=(_MFCC,)),
    Stage(
        name="MFCC 2048/128/20",
        features=(serfast.MFCC(n_fft=2048, n_mels=128, n_mfcc=20),),
        sample_rate=22050,
        hop_length=512,
    ),
    Stage(name="MFCC 512/40/13, delta", features=(_MFCC, serfast.Delta(_MFCC, width=9))),
    Stage(name="YIN 1024", features=(_YIN,)),
    Stage(name="whole row", features=WHOLE_ROW),
)
"""The stages that are listed by hand."""

STAGES = (
    *LISTED,
    *(
        Stage(name=name, features=features)
        for name, features in others(f for stage in LISTED for f in stage.features).items()
    ),
    Stage(name="voice row", features=VOICE_ROW),
)
"""All stages."""


def rows_into(stage: Stage, n_rows: int, backend: str = "native") -> Any:
    """Make a call without arguments that computes so many rows, always into the same array."""
    extractor = serfast.Extractor(stage.spec, backend=backend)
    y, out = stage.signal(n_rows), np.empty((n_rows, len(extractor.columns)), np.float32)
    return lambda: extractor(y, out=out)
