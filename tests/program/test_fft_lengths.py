"""Which length a transform takes: the cheapest of 2^a·3^b·5^c, found at once for every minimum."""

from __future__ import annotations

import time

import numpy as np
import pytest

import serfast
from serfast.features.base import MAX_TRANSFORM
from serfast.program import fft


def smooth(limit: int) -> list[int]:
    """The products of 2, 3 and 5 below a limit, by trial division."""
    found = []
    for n in range(1, limit):
        rest = n
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            found.append(n)
    return found


@pytest.mark.parametrize(("low", "high"), [(1, 1), (1, 100), (7, 7), (63, 64), (1000, 1999)])
def test_the_products_of_2_3_and_5_between_two_numbers(low: int, high: int) -> None:
    expected = [n for n in smooth(high + 1) if n >= low]
    assert sorted(fft._smooth_numbers(low, high)) == expected


@pytest.mark.parametrize("minimum", [1, 31, 32, 33, 100, 636, 641, 1000, 1025, 4095, 9001])
def test_it_is_the_cheapest_of_all(minimum: int) -> None:
    least = max(minimum, 32)
    usable = [n for n in smooth(2 * least) if n >= least and fft._rows_in_registers(n)]
    assert fft.fast_length(minimum) == min(usable, key=lambda n: (fft._shape(n)[0], n))


@pytest.mark.parametrize("minimum", [2**30 - 1, 2**31 - 1, 2**40 + 1])
def test_a_huge_one_is_found_at_once(minimum: int) -> None:
    begin = time.process_time()
    length = fft.fast_length(minimum)
    assert time.process_time() - begin < 5  # a loop over all numbers takes minutes
    assert minimum <= length < 2 * minimum


@pytest.mark.parametrize(
    ("kind", "field", "most"),
    [
        (serfast.YIN, "frame_length", MAX_TRANSFORM),
        (serfast.PowerSpectrum, "n_fft", MAX_TRANSFORM),
        (serfast.LogMel, "n_fft", MAX_TRANSFORM),
        (serfast.MFCC, "n_fft", MAX_TRANSFORM),
        (serfast.SpectralFlux, "n_fft", MAX_TRANSFORM),
        (serfast.LogMel, "n_mels", 2**16),
        (serfast.MFCC, "n_mfcc", 4096),
        (serfast.SpectralContrast, "n_bands", 64),
    ],
)
@pytest.mark.parametrize("value", [1, 2**31 - 1])
def test_what_would_take_all_memory_is_refused(kind, field, most, value) -> None:
    value = max(value, most + 1)
    with pytest.raises(serfast.ParameterError, match=f"^{field} must be an int <= {most}, got"):
        kind(**{field: value})


def test_a_filter_bank_that_would_take_all_memory_is_refused() -> None:
    with pytest.raises(serfast.ParameterError, match=r"n_mels × \(n_fft // 2 \+ 1\) must be an"):
        serfast.LogMel(n_mels=2**16, n_fft=2**20)


@pytest.mark.native
def test_the_longest_frame_of_yin_is_computed() -> None:
    """A period of 2000 samples in a frame of 2^18: the tables are made, and F0 is right."""
    yin = serfast.YIN(frame_length=2**18, fmin=5, fmax=20)
    spec = serfast.FeatureSpec(sample_rate=16000, center=False, features=[yin])
    signal = np.sin(2 * np.pi * np.arange(2**18) / 2000)
    ((f0, _),) = serfast.Extractor(spec)(signal)
    assert f0 == pytest.approx(8, rel=1e-3)
