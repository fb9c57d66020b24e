"""What is left of a moment that overflows: tracks with a state must not remember it for ever."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers import signals
from helpers.catalogue import EXAMPLES
from helpers.custom_features import COMPILED
from serfast.features import FEATURES, Delta, RowDifference, Track
from serfast.features.period_track import PeriodTrack

RATE = 16000
OTHERS = (Delta, RowDifference, PeriodTrack)
"""Differences have no state. Nor have tracks of F0, which doesn't show an overflow."""
TRACKS = [
    n for n, cls in FEATURES.items() if issubclass(cls, Track) and not issubclass(cls, OTHERS)
]


@pytest.mark.parametrize("name", TRACKS)
@pytest.mark.parametrize("backend", COMPILED)
@pytest.mark.parametrize("at", [0, RATE // 2])
def test_an_overflow_is_forgotten(at: int, backend: str, name: str) -> None:
    """Samples of 10²⁵ have a power beyond float32; a recording begins with them, or has them."""
    y = signals.voice(RATE, 4 * RATE, seed=3)
    y[at : at + 100] = 1e25
    track = EXAMPLES[name]
    track = serfast.FeatureSpec(sample_rate=RATE, features=[track]).features[0]
    features = list(dict.fromkeys((*track.sources, track)))
    rows = serfast.Extractor(serfast.FeatureSpec(sample_rate=RATE, features=features), backend)(y)
    n = rows.shape[1] - len(track.columns)
    assert not np.isfinite(rows[:, :n]).all() or rows[:, :n].max() > 88
    assert np.isfinite(rows[:, n:]).all()
    assert np.abs(rows[-RATE // 160 :, n:]).max() < 1e6
