"""What a track does wrong while it runs is NaN and a warning, and what always fails is refused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

import serfast
from helpers.streams import assert_same_bits
from helpers.tracks import (
    HOP,
    Y,
    compiled,
    every_backend,
    loudness,
    spec_of,
    track_with,
)
from serfast.errors import FeatureWarning, ParameterError
from serfast.features import Track


@dataclass(frozen=True, kw_only=True)
class Fragile(Track):
    """Fails where a value is beyond anything that a trial shows."""

    outputs = ("fragile",)
    state_size = 1
    raises: bool = True

    @staticmethod
    def compute(rows, place, state, raises, out):
        state[0] += 1
        if rows[place, 0] > 1.5:
            if raises:
                out[0] = 1 / (rows[place, 0] - rows[place, 0])
            else:
                out[0] = np.nan
        else:
            out[0] = state[0]


LOUD = Y.copy()
LOUD[1000:1040] = 9
"""Row 25 of frames of 40 samples, left-aligned, is beyond 1.5."""


@every_backend
@pytest.mark.parametrize("raises", [True, False])
def test_a_failing_function_gives_nan_and_a_warning(raises: bool, backend: str) -> None:
    fragile = Fragile(loudness(frame_length=HOP), raises=raises)
    extractor = serfast.Extractor(spec_of(fragile, center=False), backend)
    message = r"compute of Fragile gave no finite number for 'fragile' in row 25: it raised"
    with pytest.warns(FeatureWarning, match=message):
        rows = extractor(LOUD)[:, 0]
    expected = np.arange(1, 101, dtype=np.float32)  # the state goes on
    expected[25] = np.nan
    np.testing.assert_array_equal(rows, expected)


@compiled
def test_a_stream_warns_in_the_call_in_which_it_happens(backend: str) -> None:
    fragile = Fragile(loudness(frame_length=HOP))
    extractor = serfast.Extractor(spec_of(fragile, center=False), backend)
    stream = extractor.stream()
    before = stream.accept(LOUD[:1000])
    with pytest.warns(FeatureWarning, match="in row 25"):
        failing = stream.accept(LOUD[1000:1040])
    after = np.concatenate([stream.accept(LOUD[1040:]), stream.flush()])
    assert np.isnan(failing).all()
    assert np.isfinite(before).all()
    assert np.isfinite(after).all()
    with pytest.warns(FeatureWarning):
        expected = extractor(LOUD)
    assert_same_bits(np.concatenate([before, failing, after]), expected)


@every_backend
@pytest.mark.parametrize(
    ("compute", "message"),
    [
        (lambda rows, out: None, "finite number for each column, got nan in 'x' for silence"),
        (lambda rows, out: out.fill(rows[0, 7]), "a function that doesn't fail, got IndexError"),
        (lambda state, out: out.fill(state[0]), "a function that doesn't fail, got IndexError"),
    ],
)
def test_a_bad_function_is_refused_when_the_extractor_is_made(
    compute, message: str, backend: str
) -> None:
    track = track_with(compute=staticmethod(compute))
    with pytest.raises(ParameterError, match=f"compute of Odd must be .*{message}"):
        serfast.Extractor(spec_of(track), backend)
