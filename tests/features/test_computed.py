"""Inputs by name: what a function is given is the formula, computed once, on every back end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

import serfast
from helpers import signals
from helpers.custom_features import BACKENDS, COMPILED, frames_of
from helpers.streams import assert_same_bits, divide, push
from serfast.features import FrameFeature, MelFeature, SpectrumFeature
from serfast.program.planner import program_of

RATE = 16000
Y = signals.voice(RATE, 3000, seed=5)
every_backend = pytest.mark.parametrize("backend", BACKENDS)


def spec_of(*features: serfast.features.Feature, **grid: object) -> serfast.FeatureSpec:
    return serfast.FeatureSpec(
        **{"sample_rate": RATE, "hop_length": 100, **grid}, features=features
    )


class Copied:
    """Of a feature whose columns are what its function is given: as many as `n`."""

    @property
    def columns(self):
        return tuple(f"{self.name or type(self).__name__}_{i}" for i in range(self.n))


@dataclass(frozen=True, kw_only=True)
class Samples(Copied, FrameFeature):
    n: int = 64
    frame_length: int = 64

    @staticmethod
    def compute(frame, out):
        for i in range(len(out)):
            out[i] = frame[i]


@dataclass(frozen=True, kw_only=True)
class Bins(Copied, SpectrumFeature):
    n: int = 33
    n_fft: int = 64

    @staticmethod
    def compute(spectrum, out):
        for i in range(len(out)):
            out[i] = spectrum[i]


@dataclass(frozen=True, kw_only=True)
class Before(Bins):
    @staticmethod
    def compute(previous_spectrum, out):
        for i in range(len(out)):
            out[i] = previous_spectrum[i]


@dataclass(frozen=True, kw_only=True)
class Hertz(Bins):
    @staticmethod
    def compute(frequencies, out):
        for i in range(len(out)):
            out[i] = frequencies[i]


@dataclass(frozen=True, kw_only=True)
class Lags(Bins):
    @staticmethod
    def compute(autocorrelation, out):
        for i in range(len(out)):
            out[i] = autocorrelation[i]


@dataclass(frozen=True, kw_only=True)
class Bands(Copied, MelFeature):
    n: int = 8
    n_fft: int = 256
    n_mels: int = 8

    @staticmethod
    def compute(log_mel, out):
        for i in range(len(out)):
            out[i] = log_mel[i]


@dataclass(frozen=True, kw_only=True)
class Roots(Copied, FrameFeature):
    n: int = 5
    frame_length: int = 10

    def table(self, sample_rate):
        return np.sqrt(sample_rate + np.arange(self.n))

    @staticmethod
    def compute(table, out):
        for i in range(len(out)):
            out[i] = table[i]


def assert_equals(rows: np.ndarray, expected: np.ndarray, backend: str) -> None:
    """Within float32's rounding of the formula in float64, of each row's largest value."""
    scale = np.abs(expected).max(axis=1, keepdims=True)
    worst = (np.abs(rows - expected) / np.maximum(scale, 1e-30)).max()
    print(f"{backend}: worst {worst:.1e} of a row's largest")
    assert rows.shape == expected.shape
    assert worst <= (1e-7 if backend == "reference" else 1e-5)


# --- Of the frame -------------------------------------------------------------------------------

GRIDS = {
    "centred": {},
    "edge": {"pad_mode": "edge", "hop_length": 77},
    "reflect": {"pad_mode": "reflect"},
    "left-aligned, scaled": {"center": False, "sample_scale": 32768.0},
}
CONDITIONS = {
    "plain": {},
    "short window": {"win_length": 41, "window": "hamming"},
    "pre-emphasis": {"preemphasis": 0.97},
    "mean removed": {"remove_dc": True, "win_length": 50},
    "all": {"preemphasis": 0.9, "remove_dc": True, "win_length": 63, "window": "blackman"},
}
every_grid = pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
every_condition = pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)


def windowed(frames: np.ndarray, feature: SpectrumFeature) -> np.ndarray:
    """The samples under a feature's window: without mean, pre-emphasised, times the window."""
    n = feature.win_length or feature.n_fft
    start = (feature.n_fft - n) // 2
    x = frames[:, start : start + n]
    if feature.remove_dc:
        x = x - x.mean(axis=1, keepdims=True)
    x = x - feature.preemphasis * np.concatenate([x[:, :1], x[:, :-1]], axis=1)
    angle = 2 * np.pi * np.arange(n) / n
    weights = {
        "hann": 0.5 - 0.5 * np.cos(angle),
        "hamming": 0.54 - 0.46 * np.cos(angle),
        "blackman": 0.42 - 0.5 * np.cos(angle) + 0.08 * np.cos(2 * angle),
    }
    return x * weights[feature.window]


@every_backend
@every_grid
def test_frame_is_the_samples_times_the_scale(grid: dict[str, object], backend: str) -> None:
    spec = spec_of(Samples(), Samples(n=3, frame_length=99, name="odd"), **grid)
    rows = serfast.Extractor(spec, backend)(Y)
    expected = [frames_of(Y, spec, spec.features[0]), frames_of(Y, spec, spec.features[1])[:, :3]]
    np.testing.assert_array_equal(rows, np.concatenate(expected, axis=1).astype(np.float32))


@every_backend
@every_condition
@every_grid
@pytest.mark.parametrize("power", [1.0, 2.0])
def test_spectrum_and_the_one_before(
    power: float, grid: dict[str, object], condition: dict[str, object], backend: str
) -> None:
    now = Bins(power=power, **condition)
    spec = spec_of(now, Before(power=power, **condition), **grid)
    rows = serfast.Extractor(spec, backend)(Y)
    x = windowed(frames_of(Y, spec, now), now)
    expected = np.abs(np.fft.rfft(x, n=64, axis=1)) ** power
    assert_equals(rows[:, :33], expected, backend)
    before = np.concatenate([rows[:1, :33], rows[:-1, :33]])  # the first row is given its own
    np.testing.assert_array_equal(rows[:, 33:], before)


@every_backend
@every_condition
@every_grid
def test_autocorrelation_is_that_of_the_windowed_frame(
    grid: dict[str, object], condition: dict[str, object], backend: str
) -> None:
    n_lags = condition.get("win_length", 64)
    feature = Lags(n=n_lags, **condition)
    spec = spec_of(feature, **grid)
    x = windowed(frames_of(Y, spec, feature), feature)
    expected = np.array([np.correlate(row, row, mode="full")[n_lags - 1 :] for row in x])
    assert_equals(serfast.Extractor(spec, backend)(Y), expected, backend)


@every_backend
@pytest.mark.parametrize("n_fft", [2, 3, 101, 400, 512])
def test_autocorrelation_of_any_size(n_fft: int, backend: str) -> None:
    feature = Lags(n=n_fft, n_fft=n_fft)
    spec = spec_of(feature)
    x = windowed(frames_of(Y, spec, feature), feature)
    expected = np.array([np.correlate(row, row, mode="full")[n_fft - 1 :] for row in x])
    rows = serfast.Extractor(spec, backend)(Y)
    assert_equals(rows, expected, backend)
    assert not serfast.Extractor(spec, backend)(np.zeros(900, np.float32)).any()


@every_backend
@every_grid
@pytest.mark.parametrize(
    "condition", [{}, {"log": "ln", "amin": 1e-5}, {"preemphasis": 0.97, "remove_dc": True}]
)
def test_log_mel_is_that_of_the_feature(
    condition: dict[str, object], grid: dict[str, object], backend: str
) -> None:
    mel = {"n_fft": 256, "n_mels": 8, **condition}
    spec = spec_of(Bands(**condition), serfast.LogMel(**mel), **grid)
    rows = serfast.Extractor(spec, backend)(Y)
    np.testing.assert_array_equal(rows[:, :8], rows[:, 8:])
    alone = serfast.Extractor(spec_of(Bands(**condition), **grid), backend)(Y)
    np.testing.assert_array_equal(alone, rows[:, :8])


@every_backend
def test_table_and_frequencies_are_rounded_once(backend: str) -> None:
    rows = serfast.Extractor(spec_of(Roots(), Hertz(n_fft=64)), backend)(Y)
    roots, hertz = np.sqrt(RATE + np.arange(5.0)), np.arange(33) * (RATE / 64)
    assert (rows == np.concatenate([roots, hertz]).astype(np.float32)).all()


@pytest.mark.parametrize("backend", COMPILED)
def test_all_of_them_in_a_stream(backend: str) -> None:
    features = [Samples(), Bins(), Before(power=1.0), Lags(), Bands(), Roots(), Hertz()]
    for grid in ({}, GRIDS["edge"], GRIDS["left-aligned, scaled"]):
        extractor = serfast.Extractor(spec_of(*features, **grid), backend)
        for lengths in ([1], [77, 0, 300], [3000]):
            stream = extractor.stream()
            for _ in range(2):
                assert_same_bits(push(stream, divide(Y, lengths)), extractor(Y))
                stream.reset()


# --- Computed once ------------------------------------------------------------------------------


def test_magnitude_and_power_share_one_transform() -> None:
    spec = spec_of(
        serfast.MFCC(n_fft=512), serfast.SpectralCentroid(), serfast.SpectralFlux(n_fft=512),
        serfast.SpectralEntropy(n_fft=512, power=2.0), Bands(n_fft=512, n_mels=40),
    )  # fmt: skip
    program = program_of(spec)
    [spectrum] = program.spectra
    [mel] = spectrum.mels
    assert len(mel.logs) == 1
    assert spectrum.shared == {1.0: True, 2.0: False}  # flux looks at the row before


def test_autocorrelations_and_frames_are_shared() -> None:
    spec = spec_of(Lags(), Lags(n=4, name="few"), Lags(preemphasis=0.5, name="other"))
    assert len(program_of(spec).autocorrelations) == 2


def test_what_is_not_named_is_not_computed() -> None:
    program = program_of(spec_of(Hertz(), Roots(), Samples()))
    assert program.spectra == program.autocorrelations == []


@every_backend
def test_neighbours_do_not_change_the_bits(backend: str) -> None:
    features = [Bins(power=1.0), Before(power=2.0, name="b"), Lags(), Bands()]
    together = serfast.Extractor(spec_of(serfast.MelPower(n_fft=64, n_mels=4), *features), backend)(
        Y
    )
    at = 4
    for feature in features:
        alone = serfast.Extractor(spec_of(feature), backend)(Y)
        n = alone.shape[1]
        assert_same_bits(np.ascontiguousarray(together[:, at : at + n]), alone)
        at += n
