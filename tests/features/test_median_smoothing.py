"""Median smoothing: SciPy's median filter, gaps, and what a stream waits for."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.ndimage import median_filter

import serfast
from helpers import spectral
from helpers.spectral import BACKENDS, HOP, RATE
from serfast.errors import ParameterError

every_backend = pytest.mark.parametrize("backend", BACKENDS)


def rows(*features: serfast.features.Feature, backend: str = "native") -> np.ndarray:
    """The rows of a signal with a tone, noise and silence."""
    return spectral.rows(*features, backend=backend).astype(np.float64)


@every_backend
@pytest.mark.parametrize("width", [1, 3, 5, 11])
def test_it_is_scipys_filter_within_a_recording(width: int, backend: str) -> None:
    mfcc = serfast.MFCC(n_mfcc=3)
    found = rows(mfcc, serfast.MedianSmoothing(mfcc, width=width, gaps=False), backend=backend)
    expected = median_filter(found[:, :3], size=(width, 1))
    half = width // 2
    inside = slice(half, len(found) - half)
    np.testing.assert_array_equal(found[inside, 3:], expected[inside])
    assert np.ptp(expected, axis=0).min() > 1


@every_backend
def test_the_ends_take_the_rows_that_are_there(backend: str) -> None:
    rms = serfast.RMS()
    found = rows(rms, serfast.MedianSmoothing(rms, width=5, gaps=False), backend=backend)
    assert found[0, 1] == pytest.approx(np.median(found[:3, 0]), rel=1e-6)
    assert found[1, 1] == pytest.approx(np.median(found[:4, 0]), rel=1e-6)
    assert found[-1, 1] == pytest.approx(np.median(found[-3:, 0]), rel=1e-6)


@every_backend
@pytest.mark.parametrize("missing", ["zero", "nan"])
def test_gaps_are_filled_or_left_by_the_majority(missing: str, backend: str) -> None:
    formants = serfast.Formants(n=5, missing=missing)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = rows(formants, serfast.MedianSmoothing(formants, width=5), backend=backend)
    values, smooth = np.nan_to_num(found[:, :10]), found[:, 10:]
    for t in range(2, len(found) - 2):
        for j in range(10):
            there = values[t - 2 : t + 3, j]
            there = there[there != 0]
            expected = np.median(there) if len(there) > 2 else 0
            assert smooth[t, j] == pytest.approx(expected, rel=1e-6)
    assert (smooth == 0).any()
    assert ((values == 0) & (smooth != 0)).any()
    assert ((values != 0) & (smooth == 0)).any()


def test_a_stream_waits_for_half_the_width() -> None:
    smoothed = serfast.MedianSmoothing(serfast.RMS(frame_length=HOP), width=7)
    assert smoothed.lookahead == 3
    spec = serfast.FeatureSpec(sample_rate=RATE, hop_length=HOP, center=False, features=[smoothed])
    stream = serfast.Extractor(spec).stream()
    assert len(stream.accept(np.ones(3 * HOP, np.float32))) == 0
    assert len(stream.accept(np.ones(HOP, np.float32))) == 1
    assert len(stream.flush()) == 3


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"width": 4}, "^width must be odd, got 4$"),
        ({"width": 103}, "^width must be an int <= 101, got 103$"),
        ({"gaps": 1}, "^gaps must be True or False, got 1$"),
    ],
)
def test_bad_fields_are_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.MedianSmoothing(serfast.RMS(), **fields)
