"""Frame arithmetic against np.pad and librosa.util.frame, and against counting one by one."""

from __future__ import annotations

import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import serfast
from serfast.features.framing import PAD_MODES, frame_count, left_padding, pad

lengths = st.integers(1, 600)
hops = st.integers(1, 300)


@given(n=st.integers(1, 3000), length=lengths, hop=hops, center=st.booleans())
def test_one_feature_has_as_many_frames_as_librosa(
    n: int, length: int, hop: int, center: bool
) -> None:
    y = np.zeros(n)
    padded = np.pad(y, length // 2) if center else y
    if len(padded) < length:
        expected = 0
    else:
        expected = librosa.util.frame(padded, frame_length=length, hop_length=hop).shape[-1]
    assert frame_count(n, frame_lengths=[length], hop_length=hop, center=center) == expected


@given(n=st.integers(-3, 2000), some=st.lists(lengths, min_size=1, max_size=4), hop=hops)
@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("final", [True, False])
def test_rows_are_the_frames_that_all_features_have(
    center: bool, final: bool, n: int, some: list[int], hop: int
) -> None:
    def complete(t: int, length: int) -> bool:
        left = length // 2 if center else 0
        right = left if final else 0
        return t * hop - left + length <= n + right

    expected = 0
    while n > 0 and all(complete(expected, length) for length in some):
        expected += 1
    got = frame_count(n, final, frame_lengths=some, hop_length=hop, center=center)
    assert got == expected


shortest = st.none() | st.integers(1, 1000)


@given(
    n=st.integers(0, 2000), some=st.lists(lengths, min_size=1, max_size=4), hop=hops, first=shortest
)
@pytest.mark.parametrize("center", [True, False])
def test_rows_never_go_away_again(
    center: bool, n: int, some: list[int], hop: int, first: int | None
) -> None:
    grid = {"frame_lengths": some, "hop_length": hop, "center": center, "first_row_samples": first}
    now = frame_count(n, False, **grid)
    assert now <= frame_count(n + 1, False, **grid)
    assert now <= frame_count(n, True, **grid)


@given(n=st.integers(0, 2000), length=lengths, hop=hops, first=st.integers(1, 1000))
@pytest.mark.parametrize("center", [True, False])
def test_the_first_row_needs_as_many_samples_as_are_named(
    center: bool, n: int, length: int, hop: int, first: int
) -> None:
    grid = {"frame_lengths": [length], "hop_length": hop, "center": center}
    usual = frame_count(n, **grid)
    expected = 0 if n < first else max(usual, 1)
    assert frame_count(n, **grid, first_row_samples=first) == expected


def test_no_features_have_no_rows() -> None:
    assert frame_count(100, frame_lengths=[], hop_length=1) == 0


@given(
    n=st.integers(1, 50),
    length=st.integers(1, 300),
    mode=st.sampled_from(PAD_MODES),
    center=st.booleans(),
)
def test_pad_is_half_a_frame_on_either_side(n: int, length: int, mode: str, center: bool) -> None:
    y = np.random.default_rng(n).standard_normal((2, n))
    width = left_padding(length, center)
    assert width == (length // 2 if center else 0)
    padded = pad(y, length, mode, center)
    np.testing.assert_array_equal(padded, [np.pad(row, width, mode=mode) for row in y])


def test_the_spec_counts_with_all_its_features() -> None:
    spec = serfast.FeatureSpec(
        center=False,
        hop_length=10,
        features=[serfast.RMS(frame_length=30), serfast.PowerSpectrum(n_fft=50)],
    )
    assert [spec.frame_count(n) for n in (0, 30, 49, 50, 59, 60)] == [0, 0, 0, 1, 1, 2]
