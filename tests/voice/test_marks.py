"""Period marks: where known pulses are, in both directions, and only where there is a voice."""

from __future__ import annotations

import numpy as np

from helpers.pulses import perturbed, voice_of
from serfast.voice import period_marks

RATE = 16000


def test_marks_follow_the_pulses() -> None:
    moments, strengths = perturbed(110.0, 0.02, 0.05, 1.0, seed=3)
    y = voice_of(moments, strengths, RATE, 20000)
    f0 = np.where(np.arange(126) < 105, 110.0, 0.0)
    marks = period_marks(y, RATE, f0, 160)
    ahead = marks[:, np.newaxis] - moments * RATE
    nearest = ahead[np.arange(len(marks)), np.abs(ahead).argmin(axis=1)]
    inside = nearest[2:-2]
    assert len(marks) >= 100
    assert np.ptp(inside) < 0.5  # all at the same place of their pulse, to half a sample


def test_there_are_none_without_a_voice() -> None:
    y = np.random.default_rng(0).normal(size=8000)
    assert len(period_marks(y, RATE, np.zeros(51), 160)) == 0
    assert len(period_marks(np.zeros(0), RATE, np.zeros(0), 160)) == 0


def test_two_stretches_are_marked_apart() -> None:
    t = np.arange(16000) / RATE
    y = np.sin(2 * np.pi * 100 * t) * ((t < 0.4) | (t > 0.6))
    f0 = np.where((np.arange(101) < 39) | (np.arange(101) > 61), 100.0, 0.0)
    marks = period_marks(y, RATE, f0, 160)
    periods = np.diff(marks)
    assert (np.abs(periods - 160) < 0.5).sum() >= len(periods) - 1
    assert periods.max() > 2500


def test_periods_that_are_too_quiet_have_no_marks() -> None:
    """Those that are 80 dB below the recording's peak."""
    t = np.arange(16000) / RATE
    y = np.sin(2 * np.pi * 100 * t) * np.where(t < 0.6, 1.0, 1e-4)
    marks = period_marks(y, RATE, np.full(101, 100.0), 160)
    assert 9400 < marks.max() < 9900
