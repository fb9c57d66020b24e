"""Alterations of every kind, drawn by Hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from serfast.audio.augmentation import Gain, Noise, Pitch, Speed, Tempo

NUMBERS = {
    Speed: st.floats(0.5, 2),
    Tempo: st.floats(0.5, 2),
    Pitch: st.floats(-12, 12),
    Gain: st.floats(-60, 60),
    Noise: st.floats(-20, 100),
}
SINGLE = st.one_of(*[st.builds(kind, number) for kind, number in NUMBERS.items()])
"""An alteration that is no chain."""
