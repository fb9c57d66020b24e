"""The latest samples of a stream: the same for all chunks, and moved about once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serfast.streaming import recent_samples
from serfast.streaming.recent_samples import RecentSamples


@given(lengths=st.lists(st.integers(0, 9000), min_size=1, max_size=40), window=st.integers(1, 9000))
def test_what_is_kept_are_the_signals_samples(lengths: list[int], window: int) -> None:
    signal = np.arange(sum(lengths), dtype=np.float32)
    recent, n = RecentSamples(), 0
    for length in lengths:
        recent.append(signal[n : n + length])
        n += length
        recent.forget(n - window)
        start = max(0, n - window)
        np.testing.assert_array_equal(recent.between(start, n), signal[start:n])
        np.testing.assert_array_equal(recent.between(start, n + 50), signal[start:n])
    recent.reset()
    recent.append(signal[:5])
    np.testing.assert_array_equal(recent.between(0, 5), signal[:5])


@pytest.mark.parametrize("chunk", [160, 441, 4096])
def test_a_sample_is_moved_about_once(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = 0
    make_room = RecentSamples._make_room

    def count(self: RecentSamples, n: int) -> None:
        nonlocal moved
        before = self._start
        make_room(self, n)
        if self._start != before:
            moved += self._stop

    monkeypatch.setattr(recent_samples.RecentSamples, "_make_room", count)
    recent, n, window = RecentSamples(), 0, 48000
    for _ in range(2000):
        recent.append(np.zeros(chunk, np.float32))
        n += chunk
        recent.forget(n - window)
    assert moved <= 1.5 * n  # copying the window with every chunk would be window / chunk times n


def test_nothing_is_allocated_once_it_runs() -> None:
    recent, n = RecentSamples(), 0
    arrays = set()
    for i in range(3000):
        recent.append(np.zeros(160, np.float32))
        n += 160
        recent.forget(n - 48000)
        if i > 1000:
            arrays.add(id(recent._samples))
    assert len(arrays) == 1


def test_one_large_chunk_leaves_no_large_array() -> None:
    recent = RecentSamples()
    recent.append(np.zeros(10_000_000, np.float32))
    recent.forget(10_000_000 - 48000)
    recent.append(np.ones(160, np.float32))
    assert len(recent._samples) < 8 * 48160
    kept = recent.between(10_000_000 - 48000, 10_000_160)
    np.testing.assert_array_equal(kept, np.repeat(np.float32([0, 1]), [48000, 160]))
