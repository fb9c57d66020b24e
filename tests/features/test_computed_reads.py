"""Columns of the same row as inputs of a function: their values, their order, what is refused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

import serfast
from helpers import signals
from helpers.custom_features import BACKENDS, COMPILED
from helpers.streams import assert_same_bits, divide, push
from helpers.tracks import Smoothed
from serfast.errors import ParameterError
from serfast.features import FrameFeature, SpectrumFeature

RATE = 16000
Y = signals.voice(RATE, 3000, seed=5)
every_backend = pytest.mark.parametrize("backend", BACKENDS)


def spec_of(*features: serfast.features.Feature) -> serfast.FeatureSpec:
    return serfast.FeatureSpec(sample_rate=RATE, hop_length=100, features=features)


def columns(spec: serfast.FeatureSpec, backend: str) -> dict[str, np.ndarray]:
    """The rows' columns as float64, by name."""
    rows = serfast.Extractor(spec, backend)(Y).astype(np.float64)
    return dict(zip(spec.columns, rows.T, strict=True))


@serfast.feature_function
def period(f0, sample_rate, out):
    """Samples in a period; f0 needs no mention in `reads`."""
    out[0] = sample_rate / f0


@serfast.feature_function(reads=("period",))
def doubled(period, out, gain=2.0):
    out[0] = gain * period


@serfast.feature_function(reads=("doubled", "mel_1"))
def last(mel_1, rms, doubled, zcr, out):
    out[0] = doubled - 10 * rms + zcr + mel_1


@dataclass(frozen=True, kw_only=True)
class Mixed(SpectrumFeature):
    """Numbers and arrays in turns, so that none may take another's place."""

    outputs = ("mixed_0", "mixed_1", "mixed_2", "mixed_3")
    columns_read = ("mel_0",)
    gain: float = 0.5
    shift: int = 3
    up: bool = True

    @staticmethod
    def compute(gain, rms, spectrum, up, f0, frequencies, shift, mel_0, sample_rate, out):
        out[0] = gain * rms
        out[1] = f0 + shift
        out[2] = mel_0 if up else -mel_0
        out[3] = spectrum[0] * 0 + frequencies[1] + sample_rate


@every_backend
def test_f0_of_the_same_row(backend: str) -> None:
    rows = columns(spec_of(period(), serfast.YIN(), serfast.RMS()), backend)
    np.testing.assert_allclose(rows["period"], RATE / rows["f0"], rtol=1e-6)
    assert np.ptp(rows["period"]) > 1


@every_backend
def test_chains_are_computed_in_their_order(backend: str) -> None:
    """In whichever order they stand in the spec."""
    features = [
        last(), doubled(), period(), serfast.MelPower(n_mels=3), serfast.YIN(), serfast.RMS(),
        serfast.ZeroCrossingRate(), doubled(gain=3.0, name="tripled"),
    ]  # fmt: skip
    rows = columns(spec_of(*features), backend)
    np.testing.assert_allclose(rows["doubled"], 2 * rows["period"], rtol=1e-6)
    np.testing.assert_allclose(rows["tripled"], 3 * rows["period"], rtol=1e-6)
    expected = rows["doubled"] - 10 * rows["rms"] + rows["zcr"] + rows["mel_1"]
    np.testing.assert_allclose(rows["last"], expected, rtol=1e-6)
    other = columns(spec_of(*reversed(features)), backend)
    for name, values in rows.items():
        np.testing.assert_array_equal(other[name], values)


@every_backend
def test_numbers_come_in_the_order_of_the_arguments(backend: str) -> None:
    mel = serfast.MelPower(n_mels=2)
    for mixed in (Mixed(), Mixed(gain=-2.0, shift=-7, up=False, n_fft=400)):
        rows = columns(spec_of(mixed, mel, serfast.YIN(), serfast.RMS()), backend)
        sign = 1 if mixed.up else -1
        np.testing.assert_allclose(rows["mixed_0"], mixed.gain * rows["rms"], rtol=1e-6)
        np.testing.assert_allclose(rows["mixed_1"], rows["f0"] + mixed.shift, rtol=1e-6)
        np.testing.assert_array_equal(rows["mixed_2"], sign * rows["mel_0"])
        np.testing.assert_allclose(rows["mixed_3"], RATE / mixed.n_fft + RATE, rtol=1e-6)


@every_backend
def test_a_hidden_feature_may_read_a_column(backend: str) -> None:
    """It is looked at by a track, and reads what stands in the spec."""
    spec = spec_of(serfast.Delta(period(), width=3), Smoothed(period()), serfast.YIN(), period())
    rows = serfast.Extractor(spec, backend)(Y)
    beside = spec_of(serfast.Delta(period(), width=3), Smoothed(period()), serfast.YIN())
    assert_same_bits(np.ascontiguousarray(rows[:, :4]), serfast.Extractor(beside, backend)(Y))


@pytest.mark.parametrize("backend", COMPILED)
def test_a_stream_and_threads_have_the_batchs_bits(backend: str) -> None:
    features = [
        last(), doubled(), period(), serfast.MelPower(n_mels=3), serfast.YIN(), serfast.RMS(),
        serfast.ZeroCrossingRate(), serfast.Delta(doubled(), width=5), Mixed(),
    ]  # fmt: skip
    extractor = serfast.Extractor(spec_of(*features), backend)
    expected = extractor(Y)
    for lengths in ([1], [99, 0, 640], [3000]):
        stream = extractor.stream()
        for _ in range(2):
            assert_same_bits(push(stream, divide(Y, lengths)), expected)
            stream.reset()
    for rows in extractor.map([Y] * 6, threads=3):
        assert_same_bits(rows, expected)


def reader(*names: str, output: str) -> FrameFeature:
    """A feature that reads columns of these names."""
    scope: dict[str, object] = {}
    exec(f"def compute({', '.join(names)}, out):\n    out[0] = {' + '.join(names)}", scope)
    body = {
        "outputs": (output,),
        "columns_read": names,
        "compute": staticmethod(scope["compute"]),
    }
    return type("Reader", (FrameFeature,), body)()


MEL = serfast.LogMel(n_mels=4)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (
            [reader("b", output="a"), reader("a", output="b"), serfast.RMS()],
            "^features must not read one another in a circle, got Reader, Reader$",
        ),
        ([reader("a", output="a")], "^features must not read one another in a circle, got Reader$"),
        (
            [reader("b", output="a"), reader("c", output="b"), reader("a", output="c")],
            "^features must not read one another in a circle, got Reader, Reader, Reader$",
        ),
        (
            [period(), serfast.RMS()],
            "^column read must be a column of the same row, for period: one of .* rms, got 'f0'$",
        ),
        ([period(), serfast.YIN(name="yin")], "one of period, yin_f0, yin_aperiodicity, got 'f0'$"),
        (
            [reader("delta_rms", output="a"), serfast.Delta(serfast.RMS())],
            "for Reader: one of a, got 'delta_rms'$",
        ),
        (
            [reader("smooth_rms", output="a"), Smoothed(serfast.RMS()), serfast.RMS()],
            "for Reader: one of a, rms, got 'smooth_rms'$",
        ),
        (
            [reader("logmel_0", output="a"), serfast.LogMel(n_mels=1, top_db=80.0)],
            "for Reader: one of a, logmel_0, got 'logmel_0'$",
        ),
        (
            [Smoothed(period()), serfast.Delta(serfast.YIN())],
            "^column read must be a column of the same row, for period: .*got 'f0'$",
        ),
    ],
)
def test_what_is_not_there_in_time_is_refused(
    features: list[serfast.features.Feature], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        spec_of(*features)


def test_an_unknown_argument_is_refused_when_the_feature_is_defined() -> None:
    def tilt(frame, f1, out):
        out[0] = f1

    message = "^argument of tilt.compute must be one of frame, sample_rate, table, out, .*got 'f1'$"
    with pytest.raises(ParameterError, match=message):
        serfast.feature_function(tilt)
    assert serfast.feature_function(tilt, reads=("f1",))().reads == ("f1",)


def test_a_column_that_is_a_field_is_the_field() -> None:
    """A parameter of that name hides the column."""

    @serfast.feature_function
    def scaled(frame, rms, out, zcr=0.25):
        out[0] = rms * zcr

    assert scaled().reads == ("rms",)
    rows = columns(spec_of(scaled(), serfast.RMS(), serfast.ZeroCrossingRate()), "native")
    np.testing.assert_allclose(rows["scaled"], 0.25 * rows["rms"], rtol=1e-6)
