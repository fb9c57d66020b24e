"""RMS and zero-crossing rate against their definitions, sample by sample."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import serfast
from helpers import signals
from helpers import tolerances as tol
from serfast.backends import BACKENDS

both = pytest.mark.parametrize("backend", BACKENDS)


def extract(y: np.ndarray, feature: serfast.RMS, backend: str, **grid: object) -> list[float]:
    """One column, as numbers."""
    spec = serfast.FeatureSpec(**{"center": False, **grid}, features=[feature])
    return serfast.Extractor(spec, backend=backend)(y)[:, 0].tolist()


@both
@pytest.mark.parametrize("length", [1, 2, 15, 16, 17, 255, 1103, 4096])
def test_rms_is_the_root_of_the_mean_square(length: int, backend: str) -> None:
    y = signals.noise(length + 160)
    starts = (0, 160)
    expected = [
        math.sqrt(math.fsum(float(x) ** 2 for x in y[s : s + length]) / length) for s in starts
    ]
    got = extract(y, serfast.RMS(frame_length=length), backend)[: len(starts)]
    assert got == pytest.approx(expected, rel=tol.RMS.limit)


@both
@given(amplitude=st.floats(1e-15, 1e15), length=st.integers(1, 600))
def test_rms_of_a_constant_is_the_constant(backend: str, amplitude: float, length: int) -> None:
    y = np.full(length, -amplitude)
    got = extract(y, serfast.RMS(frame_length=length), backend)
    assert got == pytest.approx([amplitude], rel=tol.RMS.limit)


@both
def test_rms_counts_padding_in_its_length(backend: str) -> None:
    y = np.ones(1000, np.float32)
    rms = extract(y, serfast.RMS(frame_length=400), backend, center=True, hop_length=1000)
    assert rms == pytest.approx([math.sqrt(0.5)] * 2)
    edge = serfast.RMS(frame_length=400, pad_mode="edge")
    assert extract(y, edge, backend, center=True, hop_length=1000) == [1, 1]


@both
def test_rms_follows_sample_scale(backend: str) -> None:
    y = signals.noise(512)
    plain = extract(y, serfast.RMS(), backend)
    scaled = extract(y, serfast.RMS(), backend, sample_scale=32768.0)
    assert scaled == [32768 * x for x in plain]


def crossings(frame: np.ndarray, threshold: float) -> int:
    """Count the sign changes, one by one."""
    positive = [not (x < 0 and abs(x) > threshold) for x in frame.tolist()]
    return sum(a != b for a, b in pairwise(positive))


@both
@given(
    samples=st.lists(
        st.sampled_from([-1.0, -1e-11, -0.0, 0.0, 1e-11, 0.5]), min_size=1, max_size=200
    ),
    threshold=st.sampled_from([0.0, 1e-10, 0.75]),
)
def test_zero_crossings_are_counted_one_by_one(
    backend: str, samples: list[float], threshold: float
) -> None:
    y = np.array(samples, dtype=np.float32)
    feature = serfast.ZeroCrossingRate(frame_length=len(y), threshold=threshold)
    expected = np.float32(crossings(y, threshold) / len(y))
    assert extract(y, feature, backend) == [expected]


@both
def test_the_threshold_is_in_scaled_samples(backend: str) -> None:
    y = np.array([0.5, -0.5] * 50, dtype=np.float32)
    feature = serfast.ZeroCrossingRate(frame_length=100, threshold=1000.0)
    assert extract(y, feature, backend) == [0]
    assert extract(y, feature, backend, sample_scale=32768.0) == [np.float32(0.99)]


@both
def test_padding_makes_no_crossings(backend: str) -> None:
    y = np.full(100, -1, np.float32)
    feature = serfast.ZeroCrossingRate(frame_length=64)
    assert not any(extract(y, feature, backend, center=True, hop_length=7))
    zeros = serfast.ZeroCrossingRate(frame_length=64, pad_mode="constant")
    assert any(extract(y, zeros, backend, center=True, hop_length=7))
