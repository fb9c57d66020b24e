"""The low-pass: Butterworth's gain, and no delay."""

from __future__ import annotations

import numpy as np
import pytest

from serfast.audio.augmentation import LowPass

RATE = 16000


@pytest.mark.parametrize(("hertz", "db"), [(500, 0), (2000, -3.01), (4000, -24.1), (500.5, 0)])
def test_the_gain_is_butterworths(hertz, db):
    t = np.arange(2 * RATE) / RATE
    y = np.sin(2 * np.pi * hertz * t).astype(np.float32)
    z = LowPass(2000)(y, RATE, np.random.default_rng(0))[4000:-4000]
    assert 20 * np.log10(np.std(z) / np.std(y)) == pytest.approx(db, abs=0.05)


def test_a_click_stays_where_it_is():
    y = np.zeros(2000, np.float32)
    y[700] = 1
    assert int(LowPass(1000)(y, RATE, np.random.default_rng(0)).argmax()) == 700
