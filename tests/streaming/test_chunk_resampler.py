"""Chunks at another rate: their samples are those of the whole signal."""

from __future__ import annotations

import numpy as np
import pytest

from serfast.audio.resampling import resample
from serfast.errors import ParameterError
from serfast.streaming.chunk_resampler import ChunkResampler

Y = np.random.default_rng(0).normal(0, 0.1, 30000).astype(np.float32)


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
@pytest.mark.parametrize("size", [160, 4999])
def test_samples_are_those_of_the_whole_signal(rate, size):
    resampler = ChunkResampler(rate, 16000)
    chunks = [Y[i : i + size] for i in range(0, len(Y), size)]
    samples = np.concatenate([*map(resampler, chunks), resampler(Y[:0]), resampler.rest()])
    expected = resample(Y, rate, 16000)
    assert len(samples) == len(expected)
    np.testing.assert_allclose(samples, expected, atol=1e-6)
    resampler.reset()
    again = np.concatenate([resampler(Y), resampler.rest()])
    assert np.array_equal(again, samples)


def test_pcm_is_scaled_and_a_bad_chunk_is_refused():
    pcm = (Y * 32768).astype(np.int16)
    one, two = ChunkResampler(8000, 16000), ChunkResampler(8000, 16000)
    with pytest.raises(ParameterError, match="chunk must be finite"):
        one(np.array([0.0, np.nan]))
    assert np.array_equal(one(pcm), two(pcm / np.float32(32768)))


def test_rates_that_are_too_far_apart():
    with pytest.raises(ParameterError, match="sample_rate must be within a factor"):
        ChunkResampler(10**7, 16000)
