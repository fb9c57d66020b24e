"""FLAC of unknown length, as encoders write it into a pipe, and several streams in a file."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.encoded import Pipe, gated_tone, replaced, written
from serfast.audio.reading import blocks, load
from serfast.errors import AudioError, AudioWarning

Y = gated_tone(1.0, 16000)
FLAC = written(Y, 16000, "FLAC")
COUNT = 8 + 14
"""Where STREAMINFO has the last 32 bits of the number of samples; those before them are 0 here."""
UNCOUNTED = replaced(FLAC, {COUNT: bytes(4)})


@pytest.mark.parametrize("source", [bytes, Pipe])
def test_of_unknown_length(source: type) -> None:
    assert int.from_bytes(FLAC[COUNT : COUNT + 4], "big") == Y.size
    np.testing.assert_array_equal(load(source(UNCOUNTED))[0], load(FLAC)[0])
    pieces = list(blocks(source(UNCOUNTED), block=100))
    np.testing.assert_array_equal(np.concatenate(pieces), load(FLAC)[0])


@pytest.mark.parametrize("first", [FLAC, UNCOUNTED])
def test_one_behind_the_other(first: bytes) -> None:
    y, _ = load(first + FLAC)
    np.testing.assert_array_equal(y, np.tile(load(FLAC)[0], 2))


@pytest.mark.parametrize("data", [FLAC, UNCOUNTED])
def test_cut_off(data: bytes) -> None:
    with pytest.raises(AudioError, match="cut off"):
        load(data[: len(data) // 2])


def test_what_follows_and_is_no_flac_is_told() -> None:
    """libFLAC reads some bytes ahead, so a few may pass."""
    with pytest.warns(AudioWarning, match=r"at least \d+ bytes behind the last sample"):
        y, _ = load(FLAC + written(Y, 16000, "WAV"))
    np.testing.assert_array_equal(y, load(FLAC)[0])
