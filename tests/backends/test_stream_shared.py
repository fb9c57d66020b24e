"""Rows are never written over the samples that they come from, and samples may lie anywhere."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from serfast.backends import BACKENDS

SPEC = serfast.FeatureSpec(hop_length=8, features=[serfast.RMS(frame_length=16)])
Y = np.random.default_rng(0).uniform(-1, 1, 4000).astype(np.float32)


STREAMING = ["native", "numba"]


@pytest.fixture(params=STREAMING)
def extractor(request: pytest.FixtureRequest) -> serfast.Extractor:
    return serfast.Extractor(SPEC, backend=request.param)


@pytest.mark.parametrize("sample_rate", [None, 16000, 48000])
@pytest.mark.parametrize("start", [0, 100, 3999])
def test_out_that_is_the_chunk(
    extractor: serfast.Extractor, start: int, sample_rate: float | None
) -> None:
    stream = extractor.stream(sample_rate=sample_rate)
    memory = np.concatenate([Y, np.zeros(4000, np.float32)])
    before = memory.copy()
    with pytest.raises(serfast.ParameterError, match="out must be an array of its own"):
        stream.accept(memory[:4000], out=memory[start : start + 2000].reshape(-1, 1))
    np.testing.assert_array_equal(memory, before)
    clean = extractor.stream(sample_rate=sample_rate)  # the chunk that was refused left no trace
    np.testing.assert_array_equal(stream.accept(Y), clean.accept(Y))


@pytest.mark.parametrize("dtype", [np.int16, np.float64])
def test_out_that_is_a_chunk_of_another_type(extractor: serfast.Extractor, dtype: type) -> None:
    memory = np.zeros(8000, dtype)
    out = memory.view(np.float32)[:1000].reshape(-1, 1)
    with pytest.raises(serfast.ParameterError, match="out must be an array of its own"):
        extractor.stream().accept(memory, out=out)


def test_out_beside_the_chunk(extractor: serfast.Extractor) -> None:
    memory = np.concatenate([Y, np.zeros(1000, np.float32)])
    stream = extractor.stream()
    out = memory[4000:].reshape(-1, 1)
    n_rows = stream.accept(memory[:4000], out=out)
    np.testing.assert_array_equal(out[:n_rows], extractor.stream().accept(Y))


@pytest.mark.parametrize("offset", [1, 2, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
def test_samples_at_an_odd_address(extractor: serfast.Extractor, dtype: type, offset: int) -> None:
    y = (Y * 1000).astype(dtype) if dtype is np.int16 else Y.astype(dtype)
    odd = np.frombuffer(b"x" * offset + y.tobytes(), dtype=dtype, offset=offset)
    assert odd.flags.aligned == (offset % np.dtype(dtype).alignment == 0)
    np.testing.assert_array_equal(extractor(odd), extractor(y))
    stream = extractor.stream()
    rows = np.concatenate([stream.accept(odd), stream.flush()])
    np.testing.assert_array_equal(rows, extractor(y))


@pytest.mark.parametrize("backend", sorted(BACKENDS))
def test_rows_at_an_odd_address(backend: str) -> None:
    rows = np.random.default_rng(0).normal(size=(100, 3)).astype(np.float32)
    odd = np.frombuffer(b"x" + rows.tobytes(), np.float32, offset=1).reshape(rows.shape)
    statistics = serfast.Statistics()
    columns = ("a", "b", "c")
    np.testing.assert_array_equal(
        statistics(odd, columns, backend=backend), statistics(rows, columns, backend=backend)
    )
