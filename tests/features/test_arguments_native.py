"""Functions from elsewhere, by their address: those of the wide signature, and those of tracks."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np
import pytest

import serfast
from helpers import signals
from helpers.custom_features import BACKENDS, C_FUNCTION, COMPILED
from helpers.streams import assert_same_bits, divide, push
from helpers.tracks import loudness
from serfast.errors import FeatureWarning, ParameterError
from serfast.features import FrameFeature, MelFeature, NativeFunction, SpectrumFeature, Track

RATE = 16000
Y = signals.voice(RATE, 3000, seed=5)
every_backend = pytest.mark.parametrize("backend", BACKENDS)

FLOATS, DOUBLES = ctypes.POINTER(ctypes.c_float), ctypes.POINTER(ctypes.c_double)
WIDE_FUNCTION = ctypes.CFUNCTYPE(
    ctypes.c_int, FLOATS, ctypes.c_ssize_t, FLOATS, FLOATS, FLOATS, ctypes.c_ssize_t,
    ctypes.c_double, DOUBLES, FLOATS, ctypes.c_ssize_t, FLOATS, ctypes.c_ssize_t, FLOATS,
    ctypes.c_ssize_t, FLOATS, ctypes.c_ssize_t,
)  # fmt: skip
TRACK_FUNCTION = ctypes.CFUNCTYPE(
    ctypes.c_int, FLOATS, ctypes.c_ssize_t, ctypes.c_ssize_t, ctypes.c_ssize_t, DOUBLES,
    ctypes.c_ssize_t, ctypes.c_double, DOUBLES, FLOATS, ctypes.c_ssize_t,
)  # fmt: skip


def native(callback: object, *arguments: str) -> NativeFunction:
    """A ctypes callback by its address."""
    return NativeFunction(ctypes.cast(callback, ctypes.c_void_p).value, callback, arguments)


def spec_of(*features: serfast.features.Feature) -> serfast.FeatureSpec:
    return serfast.FeatureSpec(sample_rate=RATE, hop_length=100, features=features)


@WIDE_FUNCTION
def _wide(
    frame, frame_length, spectrum, previous, frequencies, n_bins, sample_rate, parameters, out, n,
    log_mel, n_mels, autocorrelation, n_lags, table, n_table,
):  # fmt: skip
    out[0] = sum(log_mel[i] for i in range(n_mels))
    out[1] = autocorrelation[n_lags - 1]
    out[2] = table[n_table - 1] + n_table
    out[3] = parameters[0] + 1000 * parameters[1]
    out[4] = frame_length + n_bins + sample_rate + n_mels + n_lags
    out[5] = frame[0] + spectrum[1]
    return 0


@dataclass(frozen=True, kw_only=True)
class Wide(MelFeature):
    """A callback of ctypes that looks at everything."""

    outputs = ("levels", "lag", "table", "numbers", "sizes", "frame")
    n_fft: int = 128
    n_mels: int = 5
    win_length: int = 100
    factor: float = 0.5
    compute = native(
        _wide, "log_mel", "autocorrelation", "table", "rms", "factor", "sample_rate", "frame",
        "spectrum", "out",
    )  # fmt: skip

    def table(self, sample_rate):
        return np.array([1.0, sample_rate / 2])


@every_backend
def test_a_function_of_the_wide_signature(backend: str) -> None:
    wide = Wide(factor=0.25)
    mel = serfast.LogMel(n_fft=128, n_mels=5, win_length=100)
    spectrum = serfast.PowerSpectrum(n_fft=128, win_length=100)
    spec = spec_of(wide, mel, spectrum, serfast.RMS())
    rows = serfast.Extractor(spec, backend)(Y).astype(np.float64)
    got = dict(zip(spec.columns, rows.T, strict=True))
    levels = rows[:, 6:11].sum(axis=1)
    np.testing.assert_allclose(got["levels"], levels, rtol=1e-5)
    assert (got["table"] == RATE / 2 + 2).all()
    np.testing.assert_allclose(got["numbers"], got["rms"] + 250, rtol=1e-6)
    assert (got["sizes"] == 128 + 65 + RATE + 5 + 100).all()
    padded = np.pad(Y, 64)
    first = padded[np.arange(len(rows)) * 100]
    np.testing.assert_allclose(got["frame"], first + got["power_1"], rtol=1e-5, atol=1e-6)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(100) / 100)
    frames = np.lib.stride_tricks.sliding_window_view(padded, 128)[::100, 14:114] * window
    np.testing.assert_allclose(got["lag"], frames[:, 0] * frames[:, 99], atol=1e-6)


@pytest.mark.parametrize("backend", COMPILED)
def test_in_a_stream(backend: str) -> None:
    extractor = serfast.Extractor(spec_of(Wide(), serfast.RMS()), backend)
    assert_same_bits(push(extractor.stream(), divide(Y, [333, 0, 1])), extractor(Y))


@WIDE_FUNCTION
def _given(
    frame, frame_length, spectrum, previous, frequencies, n_bins, sample_rate, parameters, out, n,
    log_mel, n_mels, autocorrelation, n_lags, table, n_table,
):  # fmt: skip
    pointers = (frame, spectrum, previous, frequencies, log_mel, autocorrelation)
    for i, pointer in enumerate(pointers):
        out[i] = bool(pointer)
    out[6] = n_mels
    out[7] = n_lags
    out[8] = n_table
    return 0


GIVEN = ("frame", "spectrum", "previous", "frequencies", "log_mel", "lags", "mels", "n", "table")


class GivenFrame(FrameFeature):
    outputs = GIVEN
    compute = native(_given, "table", "out")


class GivenLags(SpectrumFeature):
    outputs = GIVEN
    compute = native(_given, "autocorrelation", "out")


class GivenLevels(MelFeature):
    outputs = GIVEN
    compute = native(_given, "log_mel", "out")


@every_backend
@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        (GivenFrame(frame_length=64), [1, 0, 0, 0, 0, 0, 0, 0, 0]),
        (GivenLags(n_fft=64), [1, 1, 0, 1, 0, 1, 0, 64, 0]),
        (GivenLevels(n_fft=128, n_mels=4), [1, 1, 0, 1, 1, 0, 4, 0, 0]),
    ],
)
def test_what_is_not_named_is_null(
    feature: serfast.features.Feature, expected: list[int], backend: str
) -> None:
    """But for the frame, and the spectrum with its frequencies, as serfast.h promises."""
    rows = serfast.Extractor(spec_of(feature), backend)(Y)
    assert (rows == expected).all()


@TRACK_FUNCTION
def _count(rows, n_rows, n_columns, place, state, n_state, row_rate, parameters, out, n_out):
    state[0] += 1
    state[n_state - 1] += rows[place * n_columns]
    out[0] = state[0]
    out[1] = state[n_state - 1]
    out[2] = n_rows + 10 * n_columns + 100 * place + 1000 * n_state
    out[3] = row_rate + parameters[0]
    return 1 if rows[place * n_columns] > 1.5 else 0


@dataclass(frozen=True, kw_only=True)
class Counted(Track):
    """How many rows there were, the sum of the first column, and what the function is given."""

    outputs = ("count", "sum", "sizes", "numbers")
    state_size = 3
    back = 1
    ahead = 2
    extra: float = 0.5
    compute = native(_count, "rows", "place", "state", "row_rate", "extra", "out")


@every_backend
def test_a_track_from_elsewhere(backend: str) -> None:
    both = serfast.MelPower(n_fft=64, n_mels=2)
    spec = spec_of(Counted(both, extra=4.0), both)
    rows = serfast.Extractor(spec, backend)(Y).astype(np.float64)
    n = len(rows)
    np.testing.assert_array_equal(rows[:, 0], np.arange(1, n + 1))
    np.testing.assert_allclose(rows[:, 1], rows[:, 4].cumsum(), rtol=1e-6)
    places = np.minimum(np.arange(n), 1)
    looked_at = places + 1 + np.minimum(n - 1 - np.arange(n), 2)
    np.testing.assert_array_equal(rows[:, 2], looked_at + 20 + 100 * places + 3000)
    assert (rows[:, 3] == RATE / 100 + 4).all()


@pytest.mark.parametrize("backend", COMPILED)
def test_a_track_from_elsewhere_in_a_stream(backend: str) -> None:
    extractor = serfast.Extractor(spec_of(Counted(loudness())), backend)
    stream = extractor.stream()
    for _ in range(2):
        assert_same_bits(push(stream, divide(Y, [50, 0, 777])), extractor(Y))
        stream.reset()


@every_backend
def test_a_status_other_than_0_is_nan(backend: str) -> None:
    y = Y.copy()
    y[1000:1100] = 3
    spec = serfast.FeatureSpec(
        hop_length=100, center=False, features=[Counted(loudness(frame_length=100))]
    )
    with pytest.warns(FeatureWarning, match="compute of Counted gave no finite .* in row 10"):
        rows = serfast.Extractor(spec, backend)(y)
    assert np.isnan(rows[10]).all()
    assert np.isfinite(np.delete(rows, 10, axis=0)).all()
    assert rows[11, 0] == 12  # the state has gone on


@C_FUNCTION
def _narrow(frame, n, spectrum, previous, frequencies, bins, rate, parameters, out, n_out):
    out[0] = parameters[0] - parameters[1]
    return 0


@every_backend
def test_columns_of_the_row_are_parameters_of_the_narrow_signature(backend: str) -> None:
    class Difference(FrameFeature):
        outputs = ("difference",)
        compute = native(_narrow, "frame", "zcr", "rms", "out")

    spec = spec_of(Difference(), serfast.RMS(), serfast.ZeroCrossingRate())
    rows = serfast.Extractor(spec, backend)(Y).astype(np.float64)
    np.testing.assert_allclose(rows[:, 0], rows[:, 2] - rows[:, 1], rtol=1e-6, atol=1e-8)


def test_unknown_arguments_are_refused() -> None:
    class Odd(Track):
        outputs = ("odd",)
        compute = native(_count, "spectrum", "out")

    with pytest.raises(ParameterError, match=r"^argument of Odd\.compute must be one of rows, "):
        Odd(loudness())
