"""Streams of tracks have the bits of the batch, and share no state."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
from helpers import streams
from helpers.custom_features import COMPILED
from helpers.streams import assert_same_bits, divide, push
from helpers.track_streams import EXTRACTORS, SPECS, every_spec
from helpers.tracks import (
    Beside,
    Look,
    Smoothed,
    Y,
    compiled,
    every_backend,
    loudness,
    spec_of,
)
from serfast.errors import ParameterError


def batch(name: str, backend: str, samples: np.ndarray) -> np.ndarray:
    extractor = EXTRACTORS[name, backend]
    if extractor.spec.frame_count(len(samples)) == 0:
        return np.empty((0, len(extractor.columns)), np.float32)
    return extractor(samples)


@every_spec
@every_backend
def test_back_ends_agree(name: str, backend: str) -> None:
    if backend == "reference":
        return
    expected = serfast.Extractor(SPECS[name], "reference")(Y)
    rows = EXTRACTORS[name, backend](Y)
    scale = np.abs(expected).max(axis=0)
    worst = (np.abs(rows - expected) / scale).max()
    print(f"{name}, {backend}: worst {worst:.1e} of a column's largest")
    assert worst < 2e-5


@compiled
@every_spec
@settings(max_examples=40)
@given(lengths=streams.lengths, n_samples=st.integers(0, 4000))
def test_a_stream_has_the_batchs_bits(
    name: str, backend: str, lengths: list[int], n_samples: int
) -> None:
    samples = Y[:n_samples]
    rows = push(EXTRACTORS[name, backend].stream(), divide(samples, lengths))
    assert_same_bits(rows, batch(name, backend, samples))


@compiled
@every_spec
@settings(max_examples=25)
@given(
    chunks=st.lists(st.integers(0, 900), max_size=10),
    rooms=st.lists(st.integers(0, 5), min_size=1, max_size=4).filter(any),
    n_samples=st.integers(1, 3000),
)
def test_rows_wait_for_room(
    name: str, backend: str, chunks: list[int], rooms: list[int], n_samples: int
) -> None:
    """With out= of a few rows, or none, in turns."""
    extractor, samples = EXTRACTORS[name, backend], Y[:n_samples]
    stream, parts, at = extractor.stream(), [], 0
    outs = [np.full((room, len(extractor.columns)), np.nan, np.float32) for room in rooms]
    for i, length in enumerate([*chunks, n_samples]):
        out = outs[i % len(outs)]
        n = stream.accept(samples[at : at + length], out)
        parts.append(out[:n].copy())
        at += length
    idle = i = 0
    while idle < len(outs):
        out = outs[i % len(outs)]
        n = stream.flush(out)
        parts.append(out[:n].copy())
        idle, i = 0 if n else idle + 1, i + 1
    assert_same_bits(np.concatenate(parts), batch(name, backend, samples))


@compiled
@every_spec
def test_reset_and_flush_in_the_middle(name: str, backend: str) -> None:
    """A flush ends the signal where it is; a reset forgets rows, states and what tracks have."""
    stream = EXTRACTORS[name, backend].stream()
    expected = batch(name, backend, Y[:1500])
    for heard in (0, 1, 700, 4000):
        stream.accept(Y[:heard])
        stream.reset()
        assert_same_bits(push(stream, divide(Y[:1500], [333])), expected)
        stream.reset()
        stream.accept(Y[:heard])
        stream.flush(np.empty((1, expected.shape[1]), np.float32))
        stream.reset()
        assert_same_bits(push(stream, [Y[:1500]]), expected)
        with pytest.raises(serfast.errors.SerfastError, match="must be reset after flush"):
            stream.accept(Y[:1])
        stream.reset()


@compiled
@every_spec
def test_two_streams_share_no_state(name: str, backend: str) -> None:
    extractor = EXTRACTORS[name, backend]
    heard = (Y, Y[::-1].copy(), -2 * Y)
    made = [extractor.stream() for _ in heard]
    parts: list[list[np.ndarray]] = [[] for _ in heard]
    for begin in range(0, len(Y), 250):
        for stream, y, rows in zip(made, heard, parts, strict=True):
            rows.append(stream.accept(y[begin : begin + 250]))
    for stream, y, rows in zip(made, heard, parts, strict=True):
        assert_same_bits(np.concatenate([*rows, stream.flush()]), extractor(y))


@compiled
@every_spec
def test_threads_have_the_same_bits(name: str, backend: str) -> None:
    expected = EXTRACTORS[name, backend](Y)
    for rows in EXTRACTORS[name, backend].map([Y] * 6, threads=3):
        assert_same_bits(rows, expected)


def test_a_stream_at_another_rate() -> None:
    for backend in COMPILED:
        whole = push(EXTRACTORS["two sources", backend].stream(sample_rate=44100), [Y])
        stream = EXTRACTORS["two sources", backend].stream(sample_rate=44100)
        assert_same_bits(push(stream, divide(Y, [7, 0, 901])), whole)


@compiled
def test_a_stream_refuses_what_needs_the_whole_signal(backend: str) -> None:
    for mel in (serfast.LogMel(top_db=80.0), serfast.LogMel(ref="max")):
        for track in (Smoothed(mel), Look(Smoothed(mel)), Beside(loudness(), other=mel)):
            extractor = serfast.Extractor(spec_of(track), backend)
            with pytest.raises(ParameterError, match="must not depend on the whole signal"):
                extractor.stream()


@compiled
def test_a_stream_refuses_reflection_of_any_source(backend: str) -> None:
    mirrored = loudness(pad_mode="reflect")
    for track in (Look(mirrored), Beside(loudness(), other=mirrored), Look(Smoothed(mirrored))):
        extractor = serfast.Extractor(spec_of(track), backend)
        with pytest.raises(ParameterError, match=r"pad_mode of a stream must be .* got 'reflect'"):
            extractor.stream()
        aligned = serfast.Extractor(spec_of(track, center=False), backend)
        assert_same_bits(push(aligned.stream(), divide(Y, [333])), aligned(Y))
