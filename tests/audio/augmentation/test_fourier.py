"""Fourier: lengths, filters, convolution, other rates; against plain loops and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.signals import noise, voice
from serfast.audio.augmentation.fourier import at_rate, convolved, fast_length, filtered


def is_smooth(n: int) -> bool:
    for factor in (2, 3, 5):
        while n % factor == 0:
            n //= factor
    return n == 1


@given(st.integers(1, 200_000))
def test_the_fast_length_is_the_next_smooth_number(n):
    length = fast_length(n)
    assert is_smooth(length)
    assert not any(is_smooth(k) for k in range(n, length))


@pytest.mark.parametrize("begin", [0, 7])
def test_convolution_is_the_sum_of_products(begin):
    y, h = noise(300), noise(40, 1).astype(np.float64)
    expected = np.convolve(y, h)[begin : begin + 300]
    np.testing.assert_allclose(convolved(y, h, begin), expected, atol=1e-12)


def test_a_response_scales_tones_and_moves_nothing():
    n = 16000
    t = np.arange(n) / 16000
    y = np.sin(2 * np.pi * 500 * t) + np.sin(2 * np.pi * 3000 * t)
    z = filtered(y, 16000, lambda f: 1 / (1 + (f / 1000) ** 8))
    middle = slice(2000, -2000)
    expected = np.sin(2 * np.pi * 500 * t) / (1 + 0.5**8)
    np.testing.assert_allclose(z[middle], expected[middle], atol=2e-3)


@pytest.mark.parametrize("rate", [8000, 12000, 16000, 44100, 48000])
@pytest.mark.parametrize("sample_rate", [8000, 16000, 22050, 44100])
def test_at_another_rate_and_back_is_the_same_below_half_of_both(sample_rate, rate):
    y = voice(sample_rate, sample_rate)  # its harmonics end at 11 * 170 Hz
    y = filtered(y, sample_rate, lambda f: np.where(f < 3000, 1.0, 0.0))
    lengths = []
    z = at_rate(y, sample_rate, rate, lambda x: lengths.append(len(x)) or x)
    assert len(z) == len(y)
    assert lengths[0] / rate >= 1
    np.testing.assert_allclose(z[1000:-1000], y[1000:-1000], atol=1e-3)


def test_what_is_changed_has_the_other_rate():
    t = np.arange(16000) / 16000
    y = np.sin(2 * np.pi * 1000 * t)
    there = []
    at_rate(y, 16000, 8000, lambda x: there.append(x) or x)
    expected = np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000)
    np.testing.assert_allclose(there[0][500:7500], expected[500:7500], atol=1e-3)


def test_at_the_same_rate_nothing_is_resampled():
    y = noise(100)
    assert np.array_equal(at_rate(y, 16000, 16000, lambda x: 2 * x), 2 * y.astype(np.float64))
