"""Power spectra by the definition of the transform."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from serfast.backends.reference.spectrum import power_spectrum
from serfast.program.planner import program_of


@pytest.mark.parametrize("n_fft", [8, 9, 30])
@pytest.mark.parametrize("power", [1.0, 2.0])
def test_it_is_the_windowed_sum_of_exponentials(n_fft: int, power: float) -> None:
    feature = serfast.PowerSpectrum(
        n_fft=n_fft, win_length=n_fft - 3, window="hann", power=power, preemphasis=0.9
    )
    [node] = program_of(serfast.FeatureSpec(features=[feature])).spectra
    frame = np.random.default_rng(n_fft).normal(size=n_fft)
    length = n_fft - 3
    start = (n_fft - length) // 2
    under = frame[start : start + length]
    x = under - 0.9 * np.concatenate([under[:1], under[:-1]])
    x *= 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    bins = np.arange(n_fft // 2 + 1)[:, np.newaxis]
    expected = np.abs((x * np.exp(-2j * np.pi * bins * np.arange(length) / n_fft)).sum(axis=1))
    result = power_spectrum(frame[np.newaxis], node)[0]
    np.testing.assert_allclose(result, expected**power, atol=1e-10)
