"""What functions are given for one row, by the inputs' definitions."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.tracks import Look, loudness, spec_of
from serfast.backends.reference.inputs import inputs_of, window_of
from serfast.program.planner import program_of

FRAME = np.random.default_rng(0).normal(size=64)


@serfast.feature_function
def listening(spectrum, previous_spectrum, frequencies, autocorrelation, sample_rate, out):
    out[0] = 0.0


def test_inputs_of_a_frame() -> None:
    [node] = program_of(
        serfast.FeatureSpec(features=[listening(n_fft=64, window="hamming", power=1.0)])
    ).computed
    given = inputs_of(node, FRAME, None)
    hamming = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(64) / 64)
    x = hamming * FRAME
    np.testing.assert_allclose(given["spectrum"], np.abs(np.fft.rfft(x)), rtol=1e-9)
    assert given["previous_spectrum"] is given["spectrum"]
    assert given["frequencies"].tolist() == [250.0 * k for k in range(33)]
    expected = [sum(x[i] * x[i + k] for i in range(64 - k)) for k in range(64)]
    np.testing.assert_allclose(given["autocorrelation"], expected, atol=1e-12)
    assert given["sample_rate"] == 16000
    assert "frame" not in given
    before = np.arange(33.0)
    assert inputs_of(node, FRAME, before)["previous_spectrum"] is before
    for name in ("spectrum", "frequencies", "autocorrelation"):
        with pytest.raises(ValueError, match="read-only"):
            given[name][0] = 1


@pytest.mark.parametrize(
    ("t", "first", "last"), [(0, 0, 3), (1, 0, 4), (2, 0, 5), (5, 3, 8), (9, 7, 9)]
)
def test_rows_around_a_row(t: int, first: int, last: int) -> None:
    [node] = program_of(spec_of(Look(loudness(), back=2, ahead=3))).tracks
    rows, state = np.arange(10.0)[:, np.newaxis], np.zeros(1)
    given = window_of(node, rows, t, state)
    assert given["rows"][:, 0].tolist() == list(range(first, last + 1))
    assert given["rows"][given["place"], 0] == t
    assert given["state"] is state
    assert given["row_rate"] == 400
