"""Deltas: librosa's Savitzky–Golay derivative as columns, in batch and stream."""

from __future__ import annotations

import math
import time
import tracemalloc
from fractions import Fraction

import librosa
import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

import serfast
from serfast.backends.reference.delta import derivative
from serfast.features.delta import delta_weights

Y = np.random.default_rng(3).standard_normal(12000).astype(np.float32) * np.float32(0.1)
BACKENDS = ("native", "reference")


@pytest.mark.parametrize(("width", "order"), [(3, 1), (5, 2), (9, 1), (9, 2), (15, 3), (101, 4)])
def test_weights_are_those_of_savitzky_and_golay(width: int, order: int) -> None:
    expected = scipy.signal.savgol_coeffs(width, order, deriv=order, use="dot")
    np.testing.assert_allclose(delta_weights(width, order), expected, rtol=1e-9, atol=1e-12)


def legendre_weights(width: int, order: int) -> list[float]:
    """The same weights by another way: the discrete orthogonal polynomial of degree `order`.

    Gram's polynomials, by their recurrence over rational numbers (Hildebrand, Introduction to
    Numerical Analysis, section 7.16): the last of them alone has the highest derivative.
    """
    half = width // 2
    before = [Fraction(0)] * width
    gram, lead = [Fraction(1)] * width, Fraction(1)
    for degree in range(order):
        a = Fraction(2 * (2 * degree + 1), (degree + 1) * (2 * half - degree))
        b = Fraction(degree * (2 * half + degree + 1), (degree + 1) * (2 * half - degree))
        pairs = zip(gram, before, strict=True)
        after = [a * (i - half) * g - b * p for i, (g, p) in enumerate(pairs)]
        before, gram, lead = gram, after, a * lead
    norm = sum(g * g for g in gram)
    return [float(math.factorial(order) * lead * g / norm) for g in gram]


@pytest.mark.parametrize("order", range(1, 9))
@pytest.mark.parametrize("width", [9, 11, 51, 201])
def test_weights_are_exact_to_the_last_bit(width: int, order: int) -> None:
    assert delta_weights(width, order).tolist() == legendre_weights(width, order)


def test_the_weights_of_the_widest_statistics_take_no_time() -> None:
    """Those of every odd width up to 1001, of three orders: once half a minute."""
    statistics = serfast.Statistics(deltas=3, delta_width=1001)
    begin = time.process_time()
    program = statistics.program(["rms"])
    assert time.process_time() - begin < 8
    assert len(program.delta_weights) == 500 + 500 + 499


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("width", "order"), [(3, 1), (9, 1), (9, 2), (21, 1), (5, 3)])
def test_equals_librosa(backend: str, width: int, order: int) -> None:
    base = serfast.LogMel(n_fft=512, n_mels=20)
    spec = serfast.FeatureSpec(features=[base, serfast.Delta(base, width=width, order=order)])
    rows = serfast.Extractor(spec, backend)(Y)
    expected = librosa.feature.delta(rows[:, :20].astype(float), width=width, order=order, axis=0)
    error = np.abs(rows[:, 20:] - expected).max() / np.abs(expected).max()
    print(f"delta width={width} order={order} {backend}: {error:.1e} of the largest")
    assert error < 1e-5


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_derived_need_not_be_wanted_itself(backend: str) -> None:
    """And is computed once, whoever wants it."""
    base = serfast.MFCC(n_fft=512)
    first, second = serfast.Delta(base), serfast.Delta(base, order=2)
    alone = serfast.FeatureSpec(features=[second, serfast.RMS(), first])
    beside = serfast.FeatureSpec(features=[base, serfast.RMS(), first, second])
    a, b = (serfast.Extractor(spec, backend)(Y) for spec in (alone, beside))
    assert alone.columns[0] == "delta2_mfcc_0"
    assert np.array_equal(a, b[:, [*range(27, 40), 13, *range(14, 27)]])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("n_rows", [1, 2, 8, 9, 10])
def test_few_rows(backend: str, n_rows: int) -> None:
    base = serfast.RMS(frame_length=160)
    spec = serfast.FeatureSpec(center=False, features=[base, serfast.Delta(base, width=9)])
    rows = serfast.Extractor(spec, backend)(Y[: 160 * n_rows])
    assert len(rows) == n_rows
    if n_rows < 9:
        assert not rows[:, 1].any()
    else:
        expected = librosa.feature.delta(rows[:, 0].astype(float), width=9)
        np.testing.assert_allclose(rows[:, 1], expected, atol=1e-7)


SPECS = [
    serfast.FeatureSpec(features=[serfast.Delta(serfast.RMS(), width=3)]),
    serfast.FeatureSpec(
        hop_length=100,
        features=[
            serfast.Delta(serfast.RMS(frame_length=333), width=21),
            serfast.ZeroCrossingRate(),
            serfast.Delta(serfast.ZeroCrossingRate(), width=5, order=2),
        ],
    ),
    serfast.FeatureSpec(
        center=False,
        features=[serfast.Delta(serfast.YIN(frame_length=512, fmin=70)), serfast.RMS()],
    ),
]


@pytest.mark.parametrize("spec", SPECS)
@given(
    n=st.integers(1, 6000),
    chunks=st.lists(st.integers(0, 2500), max_size=12),
    room=st.integers(1, 9),
)
def test_stream_equals_batch(
    spec: serfast.FeatureSpec, n: int, chunks: list[int], room: int
) -> None:
    extractor = serfast.Extractor(spec)
    y = Y[:n]
    batch = extractor(y) if spec.frame_count(n) else np.empty((0, len(spec.columns)), np.float32)
    stream, parts, at = extractor.stream(), [], 0
    for size in [*chunks, n]:
        chunk = y[at : at + size]
        parts.append(stream.accept(chunk))
        at += len(chunk)
        assert stream.n_emitted == spec.frame_count(at, final=False)
    out = np.empty((room, len(spec.columns)), np.float32)
    while written := stream.flush(out):
        parts.append(out[:written].copy())
    assert np.array_equal(np.concatenate(parts), batch)


def test_latency_counts_the_rows_ahead() -> None:
    extractor = serfast.Extractor(SPECS[1])
    assert extractor.stream().latency.samples == 256 + 10 * 100


def test_json_and_hash() -> None:
    for spec in SPECS:
        again = serfast.FeatureSpec.from_json(spec.to_json())
        assert again == spec
        assert hash(again) == hash(spec)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"width": 4}, "width must be odd, got 4"),
        ({"width": 1}, "width must be an int >= 3, got 1"),
        ({"order": 0}, "order must be an int >= 1, got 0"),
        ({"width": 3, "order": 3}, r"order must be < width \(3\), got 3"),
        ({"pad_mode": "reflect"}, "pad_mode must be None"),
        ({"feature": serfast.Delta(serfast.RMS())}, "feature must be a feature other than a Delta"),
        ({"feature": "mfcc"}, "feature must be a feature other than a Delta, got 'mfcc'"),
    ],
)
def test_bad_arguments(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(serfast.ParameterError, match=message):
        serfast.Delta(**{"feature": serfast.RMS(), **arguments})  # type: ignore[arg-type]


def test_a_delta_of_the_whole_signal_is_no_stream() -> None:
    spec = serfast.FeatureSpec(features=[serfast.Delta(serfast.MFCC(top_db=80))])
    with pytest.raises(serfast.ParameterError, match="must not depend on the whole signal"):
        serfast.Extractor(spec).stream()
    reflected = serfast.FeatureSpec(features=[serfast.Delta(serfast.RMS(pad_mode="reflect"))])
    with pytest.raises(serfast.ParameterError, match="got 'reflect'"):
        serfast.Extractor(reflected).stream()


def test_the_reference_has_a_part_of_the_windows_in_memory() -> None:
    """All windows of these rows take 1001 times their memory: 330 MB."""
    weights, rows = delta_weights(1001, 1), np.random.default_rng(0).normal(size=(5000, 9))
    tracemalloc.start()
    try:
        derived = derivative(rows, weights)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    expected = scipy.signal.savgol_filter(rows, 1001, 1, deriv=1, axis=0)
    np.testing.assert_allclose(derived, expected, atol=1e-12)
    assert peak < 100e6
