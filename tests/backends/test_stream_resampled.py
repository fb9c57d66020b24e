"""A stream that resamples: the rows of the whole signal, resampled as a whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
from serfast.audio.resampling import resample

SPEC = serfast.FeatureSpec(features=[serfast.RMS(), serfast.MFCC(n_fft=512)])
EXTRACTOR = serfast.Extractor(SPEC)
NOISE = np.random.default_rng(8).standard_normal(30000).astype(np.float32) * np.float32(0.1)


def streamed(rate: int, y: np.ndarray, sizes: list[int]) -> np.ndarray:
    stream, parts, at = EXTRACTOR.stream(sample_rate=rate), [], 0
    for size in [*sizes, len(y)]:
        parts.append(stream.accept(y[at : at + size]))
        at += size
    return np.concatenate([*parts, stream.flush()])


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
@settings(max_examples=15)
@given(n=st.integers(2000, 30000), sizes=st.lists(st.integers(0, 6000), max_size=10))
def test_equals_the_batch_for_every_division(rate: int, n: int, sizes: list[int]) -> None:
    whole = EXTRACTOR(resample(NOISE[:n], rate, 16000))
    got = streamed(rate, NOISE[:n], sizes)
    assert got.shape == whole.shape
    # soxr's one-shot and streaming filters are the same; allow it a rounding
    np.testing.assert_allclose(got, whole, rtol=1e-4, atol=1e-4)
    assert np.array_equal(got, streamed(rate, NOISE[:n], [n]))


def test_same_again_after_reset() -> None:
    stream = EXTRACTOR.stream(sample_rate=48000)
    first = [stream.accept(NOISE), stream.flush()]
    stream.reset()
    assert stream.n_seen == stream.n_emitted == 0
    again = [stream.accept(NOISE), stream.flush()]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
def test_no_row_comes_later_than_its_latency(rate: int) -> None:
    stream = EXTRACTOR.stream(sample_rate=rate)
    piece, late = 10, stream.latency
    for at in range(0, len(NOISE), piece):
        stream.accept(NOISE[at : at + piece])
        due = (stream.n_seen - late.samples) / rate / (160 / 16000)
        assert stream.n_emitted >= np.floor(due)
    assert late.seconds == pytest.approx(late.samples / rate, abs=1 / rate)
    assert late.seconds < 0.15  # half a window of 32 ms, and the filter: 20 to 100 ms


def test_bad_chunks_and_buffers_change_nothing() -> None:
    stream, clean = (EXTRACTOR.stream(sample_rate=48000) for _ in range(2))
    for bad in ([1.0, np.nan], [[1.0]], np.zeros(2, complex)):
        with pytest.raises(serfast.ParameterError, match="chunk must be"):
            stream.accept(bad)
    with pytest.raises(serfast.ParameterError, match=r"out must be a writeable .* 14 columns"):
        stream.accept(NOISE, np.empty((5, 3), np.float32))
    assert np.array_equal(stream.accept(NOISE), clean.accept(NOISE))
    few = np.empty((1, 14), np.float32)
    rows = []
    while stream.flush(few):
        rows.append(few.copy())
    assert np.array_equal(np.concatenate(rows), clean.flush())
    with pytest.raises(serfast.SerfastError, match="stream must be reset"):
        stream.accept(NOISE)


def test_the_same_rate_needs_no_resampler() -> None:
    assert type(EXTRACTOR.stream(sample_rate=16000)) is type(EXTRACTOR.stream())


@pytest.mark.parametrize("rate", [0, -1, "48k", float("nan"), 16000 * 300])
def test_bad_rates(rate: object) -> None:
    with pytest.raises(serfast.ParameterError, match="sample_rate must be"):
        EXTRACTOR.stream(sample_rate=rate)  # type: ignore[arg-type]
