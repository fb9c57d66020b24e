"""Pink noise by convolution is that of one Fourier transform of its length."""

from __future__ import annotations

import numpy as np
import pytest

from serfast.audio.augmentation import pink
from serfast.audio.augmentation.pink import pink_of


def expected(white: np.ndarray, sample_rate: int) -> np.ndarray:
    """Divide the spectrum by the root of the frequency, from 50 Hz on."""
    n = len(white)
    frequency = np.maximum(np.arange(n // 2 + 1) * sample_rate / n, 50)
    return np.fft.irfft(np.fft.rfft(white) / np.sqrt(frequency), n)


@pytest.mark.parametrize("sample_rate", [8000, 16000, 48000])
@pytest.mark.parametrize("n", [1, 2, 3, 8009, 8321, 16001, 24002, 44100, 44621, 99991, 160009])
def test_it_is_the_transform_of_its_length(n: int, sample_rate: int) -> None:
    """Lengths with large prime factors and without, odd and even, at both ends of the range."""
    white = np.random.default_rng(n).standard_normal(n)
    made, other = pink_of(white, sample_rate), expected(white, sample_rate)
    worst = np.abs(made - other).max() / np.abs(other).max()
    print(f"{n} samples at {sample_rate} Hz: {worst:.1e} of the largest")
    assert worst < 4e-7


def test_a_rate_may_be_any_number() -> None:
    white = np.random.default_rng(0).standard_normal(16007)
    for rate in (16000.0, np.int64(16000)):
        np.testing.assert_array_equal(pink_of(white, rate), pink_of(white, 16000))
    np.testing.assert_allclose(pink_of(white, 22050.5), expected(white, 22050.5), atol=1e-5)


def test_only_slow_lengths_are_convolved(monkeypatch: pytest.MonkeyPatch) -> None:
    convolved: list[int] = []
    folded = pink._folded
    monkeypatch.setattr(pink, "_folded", lambda n, rate: convolved.append(n) or folded(n, rate))
    for n in (4001, 7993, 16000, 44100, 44621, 2 * 22307, 160009):
        pink_of(np.ones(n), 16000)
    pink_of(np.ones(99991), 96000)  # an impulse response of a minute would be large
    assert convolved == [44621, 2 * 22307]
