"""The one rule of how many rows there are: in Python, in the native module, and in every stream."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
from helpers.native_programs import OK, Program, api, client
from serfast.features.framing import Grid

pytestmark = pytest.mark.native

frames = st.integers(1, 60).map(lambda n: serfast.RMS(frame_length=n, name=f"rms{n}"))
deltas = st.builds(serfast.Delta, frames, width=st.sampled_from([3, 5, 9]))
specs = st.builds(
    serfast.FeatureSpec,
    hop_length=st.integers(1, 70),
    center=st.booleans(),
    features=st.lists(
        st.one_of(frames, deltas), min_size=1, max_size=3, unique_by=lambda f: f.columns
    ),
)


@settings(max_examples=150)
@given(spec=specs, counts=st.lists(st.integers(0, 700), min_size=1, max_size=8))
def test_the_native_count_of_a_recording_is_pythons(
    spec: serfast.FeatureSpec, counts: list[int]
) -> None:
    with Program(spec) as program:
        for n in (*counts, *range(4)):
            assert api.row_count(program.handle, n) == spec.grid.rows_after(n, True)


@settings(max_examples=150)
@given(spec=specs, chunks=st.lists(st.integers(0, 250), min_size=1, max_size=8))
def test_the_native_count_of_a_stream_is_pythons(
    spec: serfast.FeatureSpec, chunks: list[int]
) -> None:
    """How many rows a chunk makes ready, how many it gives, how many are left for the end."""
    seen, y = 0, np.zeros(sum(chunks), np.float32)
    with Program(spec) as program:
        stream = client.make_stream(api, program.handle)
        given = 0
        for n in chunks:
            ready = spec.grid.rows_after(seen + n, False) - given
            assert api.ready_count(stream, n) == ready
            rows = client.accept(api, stream, y[seen : seen + n], program.n_columns)
            assert len(rows) == ready
            seen, given = seen + n, given + ready
            assert api.ready_count(stream, 0) == 0
        assert api.flush(stream, None, 0) == OK
        assert api.ready_count(stream, 0) == spec.grid.rows_after(seen, True) - given
        api.free_stream(stream)


@settings(max_examples=150)
@given(
    hop=st.integers(1, 50),
    center=st.booleans(),
    lengths=st.lists(st.integers(1, 90), min_size=1, max_size=4),
    n=st.integers(0, 400),
)
def test_a_row_is_there_when_its_frames_are(
    hop: int, center: bool, lengths: list[int], n: int
) -> None:
    """Counted one by one: frame t begins at t · hop, or half of its length earlier if centred."""
    grid = Grid.from_lengths(lengths, hop, center)
    complete = whole = 0
    while all(complete * hop + L - (L // 2 if center else 0) <= n for L in lengths):
        complete += 1
    while n and all(whole * hop + L - (2 * (L // 2) if center else 0) <= n for L in lengths):
        whole += 1
    assert grid.rows_after(n, False) == complete
    assert grid.rows_after(n, True) == whole
    waiting = grid.ahead_by(3, 5)
    assert waiting.rows_after(n, False) == (complete - 3 if complete >= 5 else 0)
    assert waiting.rows_after(n, True) == whole
