"""The reference back end against formulas written another way; the native one against it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import serfast
import signals
import tolerances as tol
import yin_noise
from broad import RATE, broad_specs
from serfast.backends import reference
from serfast.framing import PAD_MODES
from serfast.program import Program

pytestmark = pytest.mark.filterwarnings("ignore:n_mels must be small enough")

SPECS = broad_specs()


@pytest.mark.parametrize(("min_lag", "max_lag"), [(2, 20), (26, 63)])
def test_normalized_difference_is_the_sum_of_squared_differences(
    min_lag: int, max_lag: int
) -> None:
    frame = signals.voice(RATE, 8000)[2000:2128]
    expected = yin_noise.exact(frame, min_lag, max_lag).difference
    got = reference.normalized_difference(frame[np.newaxis].astype(float), min_lag, max_lag)[0]
    np.testing.assert_allclose(got, expected, rtol=1e-9)


def choose(difference: list[float], threshold: float) -> int:
    """YIN's rule as a person would carry it out, from left to right."""
    last = len(difference) - 1
    for i, value in enumerate(difference):
        falls = i == 0 or value < difference[i - 1]
        rises = value < difference[1] if i == 0 else i == last or value <= difference[i + 1]
        if falls and rises and value < threshold:
            return i
    return difference.index(min(difference))


@given(st.lists(st.integers(0, 6), min_size=2, max_size=12), st.integers(0, 7))
@settings(max_examples=300)
def test_pick_lag_follows_the_rule(steps: list[int], level: int) -> None:
    difference = [step / 4 for step in steps]
    picked = reference.pick_lag(np.array([difference]), level / 4)
    assert picked.tolist() == [choose(difference, level / 4)]


@pytest.mark.parametrize("vertex", [-0.9, -0.25, 0.0, 0.4, 0.5])
def test_parabolic_shift_finds_the_vertex_of_a_parabola(vertex: float) -> None:
    at = np.array([-1.0, 0.0, 1.0])
    shift = reference.parabolic_shift((3 * (at - vertex) ** 2 + 0.5)[np.newaxis], np.array([1]))
    assert shift[0] == pytest.approx(vertex)


@pytest.mark.parametrize(("values", "chosen"), [([1, 2, 4], 0), ([4, 2, 1], 2), ([1, 2, 3], 1)])
def test_parabolic_shift_is_0_at_the_ends_and_off_the_vertex(
    values: list[float], chosen: int
) -> None:
    assert reference.parabolic_shift(np.array([values], float), np.array([chosen])) == [0.0]


def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    y = signals.voice(RATE, 8000)
    spec = serfast.presets.speech()
    whole = serfast.Extractor(spec, backend="reference")(y)
    monkeypatch.setattr(reference, "BLOCK", 7)
    np.testing.assert_array_equal(serfast.Extractor(spec, backend="reference")(y), whole)


def column_groups(spec: serfast.FeatureSpec) -> list[tuple[serfast.PowerSpectrum, slice]]:
    """Each feature with its columns."""
    stops = np.cumsum([len(feature.columns) for feature in spec.features])
    starts = [0, *stops[:-1]]
    return [
        (feature, slice(start, stop))
        for feature, start, stop in zip(spec.features, starts, stops, strict=True)
    ]


@pytest.mark.parametrize("name", SPECS)
def test_native_agrees_with_the_reference(name: str) -> None:
    spec = SPECS[name]
    y = signals.voice(RATE, 6000, seed=3)
    rows = serfast.Extractor(spec)(y)
    expected = serfast.Extractor(spec, backend="reference")(y)
    assert rows.shape == expected.shape
    for feature, columns in column_groups(spec):
        assert_agrees(feature, rows[:, columns], expected[:, columns])


def assert_agrees(feature: object, rows: np.ndarray, expected: np.ndarray) -> None:
    """Compare one feature by the measure that its tolerance is meant for."""
    label = repr(feature)
    if isinstance(feature, serfast.ZeroCrossingRate):
        np.testing.assert_array_equal(rows, expected, err_msg=label)
    elif isinstance(feature, serfast.RMS):
        np.testing.assert_allclose(rows, expected, rtol=tol.RMS.limit, err_msg=label)
    elif isinstance(feature, serfast.YIN):
        close = np.isclose(rows, expected, rtol=tol.YIN.limit, atol=tol.YIN.limit).all(axis=1)
        assert close.mean() >= 0.99, label
    elif isinstance(feature, serfast.MFCC):
        peak = np.abs(expected).max()
        np.testing.assert_allclose(rows, expected, atol=tol.MFCC.limit * peak / 100, err_msg=label)
    elif isinstance(feature, serfast.LogMel):
        loud = expected >= expected.max() - tol.LOG_MEL_RANGE * log_unit(feature)
        error = np.abs(rows - expected)[loud] / log_unit(feature)
        assert error.max() <= tol.LOG_MEL.limit, label
    else:
        peak = expected.max(axis=1, keepdims=True)
        if feature.remove_dc:  # of a constant frame nothing but rounding stays
            peak = np.maximum(peak, 0.01 * feature.length**2)
        assert np.all(np.abs(rows - expected) <= tol.REFERENCE.limit * peak), label


def log_unit(feature: serfast.LogMel) -> float:
    """One decibel in the feature's unit."""
    return 1.0 if feature.log == "db" else float(np.log(10) / 10)


@st.composite
def grids(draw: st.DrawFn) -> tuple[serfast.FeatureSpec, int]:
    """A spec with frames and hops of any length, and a number of samples that gives rows."""
    n_fft, length = draw(st.integers(2, 700)), draw(st.integers(1, 700))
    win_length = draw(st.integers(1, n_fft))
    features = [
        serfast.RMS(frame_length=length),
        serfast.ZeroCrossingRate(frame_length=length, pad_mode=None),
        serfast.PowerSpectrum(n_fft=n_fft, win_length=win_length, remove_dc=draw(st.booleans())),
        serfast.MelPower(n_fft=n_fft, win_length=win_length, n_mels=draw(st.integers(1, 60))),
        serfast.YIN(frame_length=draw(st.integers(130, 700)), fmin=128, fmax=700),
    ]
    center = draw(st.booleans())
    spec = serfast.FeatureSpec(
        hop_length=draw(st.integers(1, 900)),
        center=center,
        pad_mode=draw(st.sampled_from(PAD_MODES)),
        features=features,
    )
    return spec, draw(st.integers(1 if center else max(spec.frame_lengths), 2000))


@given(grids())
@settings(max_examples=200)
@pytest.mark.filterwarnings("ignore:frame_length should hold")
def test_native_agrees_with_the_reference_on_any_grid(
    grid: tuple[serfast.FeatureSpec, int],
) -> None:
    spec, n_samples = grid
    y = signals.noise(n_samples, seed=n_samples)
    rows = serfast.Extractor(spec)(y)
    expected = serfast.Extractor(spec, backend="reference")(y)
    assert rows.shape == expected.shape
    for feature, columns in column_groups(spec)[:-1]:
        assert_agrees(feature, rows[:, columns], expected[:, columns])
    assert np.isfinite(rows).all()


def test_prepare_leaves_the_program_alone() -> None:
    program = Program.from_spec(SPECS["conventions"])
    before = [spectrum.window.copy() for spectrum in program.spectra]
    run = reference.prepare(program)
    out = np.empty((3, program.n_columns), dtype=np.float32)
    run(signals.noise(832), out)
    for spectrum, window in zip(program.spectra, before, strict=True):
        np.testing.assert_array_equal(spectrum.window, window)
