"""Extractor: what it accepts, what it refuses, and that refusing harms nothing."""

from __future__ import annotations

import dataclasses
import pickle
import re
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import serfast
from helpers import signals
from serfast.backends import BACKENDS
from serfast.features.framing import PAD_MODES

both = pytest.mark.parametrize(
    "backend",
    [pytest.param(name, marks=[pytest.mark.native] * (name == "native")) for name in BACKENDS],
)
SPEC = serfast.presets.speech()
LEFT = serfast.FeatureSpec(center=False, features=[serfast.RMS(), serfast.MFCC()])
Y = signals.voice(16000, 5000)
PCM = (Y * 20000).astype(np.int16)


def with_value(value: float, index: int, dtype: type = np.float32) -> np.ndarray:
    y = Y.astype(dtype)
    y[index] = value
    return y


# Every signal that is refused, with what is said about it.
BAD_SIGNALS = {
    "empty": (np.empty(0, np.float32), "signal must be at least 1 sample, got 0 samples"),
    "empty list": ([], "signal must be at least 1 sample, got 0 samples"),
    "nan": (
        with_value(np.nan, 1234),
        "signal must be finite and within float32's range, got nan at index 1234",
    ),
    "infinity": (
        with_value(-np.inf, 4999),
        "signal must be finite and within float32's range, got -inf at index 4999",
    ),
    "first of two": (
        with_value(np.nan, 10) + with_value(np.inf, 4000),
        "signal must be finite and within float32's range, got nan at index 10",
    ),
    "too large": (
        with_value(1e300, 7, np.float64),
        "signal must be finite and within float32's range, got 1e+300 at index 7",
    ),
    "2-D": (Y.reshape(2, -1), "signal must be one-dimensional, got shape (2, 2500)"),
    "0-D": (np.float32(1), "signal must be one-dimensional, got shape ()"),
    "int32": (PCM.astype(np.int32), "signal must be float32, float64 or int16, got dtype int32"),
    "uint8": (PCM.astype(np.uint8), "signal must be float32, float64 or int16, got dtype uint8"),
    "bool": (Y > 0, "signal must be float32, float64 or int16, got dtype bool"),
    "complex": (Y + 1j, "signal must be float32, float64 or int16, got dtype complex64"),
    "float16": (Y.astype("e"), "signal must be float32, float64 or int16, got dtype float16"),
    "object": (Y.astype(object), "signal must be float32, float64 or int16, got dtype object"),
    "text": ("audio.wav", "signal must be float32, float64 or int16, got dtype <U9"),
    "None": (None, "signal must be float32, float64 or int16, got dtype object"),
}


@both
@pytest.mark.parametrize("name", BAD_SIGNALS)
def test_a_bad_signal_is_refused_and_out_stays_as_it_was(name: str, backend: str) -> None:
    signal, message = BAD_SIGNALS[name]
    extractor = serfast.Extractor(SPEC, backend=backend)
    out = np.full((SPEC.frame_count(len(Y)), len(SPEC.columns)), 7, np.float32)
    with pytest.raises(serfast.ParameterError) as caught:
        extractor(signal, out=out)
    assert str(caught.value) == message
    assert np.all(out == 7)
    np.testing.assert_array_equal(extractor(Y), serfast.Extractor(SPEC, backend=backend)(Y))


@both
@pytest.mark.parametrize("n_samples", [1, 511])
def test_a_left_aligned_frame_longer_than_the_signal_is_refused(
    n_samples: int, backend: str
) -> None:
    message = (
        "signal must be at least 512 samples long (the longest frame, center=False), "
        f"got {n_samples} samples"
    )
    with pytest.raises(serfast.ParameterError, match=re.escape(message)):
        serfast.Extractor(LEFT, backend=backend)(Y[:n_samples])


def bad_outs() -> dict[str, object]:
    rows, columns = SPEC.frame_count(len(Y)), len(SPEC.columns)
    read_only = np.empty((rows, columns), np.float32)
    read_only.flags.writeable = False
    misaligned = np.empty(rows * columns * 4 + 1, np.uint8)[1:].view(np.float32)
    return {
        "too few rows": np.empty((rows - 1, columns), np.float32),
        "too many rows": np.empty((rows + 1, columns), np.float32),
        "transposed": np.empty((columns, rows), np.float32),
        "flat": np.empty(rows * columns, np.float32),
        "float64": np.empty((rows, columns)),
        "Fortran order": np.empty((columns, rows), np.float32).T,
        "strided": np.empty((rows, 2 * columns), np.float32)[:, ::2],
        "read-only": read_only,
        "misaligned": misaligned.reshape(rows, columns),
        "a list": [[0.0] * columns] * rows,
    }


@both
@pytest.mark.parametrize("name", bad_outs())
def test_an_out_that_does_not_fit_is_refused(name: str, backend: str) -> None:
    shape = (SPEC.frame_count(len(Y)), len(SPEC.columns))
    rule = f"out must be a writeable C-contiguous float32 array of shape {shape}, got "
    with pytest.raises(serfast.ParameterError, match="^" + re.escape(rule)):
        serfast.Extractor(SPEC, backend=backend)(Y, out=bad_outs()[name])


@both
def test_out_is_filled_and_returned(backend: str) -> None:
    extractor = serfast.Extractor(SPEC, backend=backend)
    expected = extractor(Y)
    out = np.full(expected.shape, np.nan, np.float32)
    assert extractor(Y, out=out) is out
    np.testing.assert_array_equal(out, expected)


@both
def test_rows_are_float32_with_time_first(backend: str) -> None:
    rows = serfast.Extractor(SPEC, backend=backend)(Y)
    assert rows.dtype == np.float32
    assert rows.flags.c_contiguous
    assert rows.shape == (SPEC.frame_count(len(Y)), len(SPEC.columns))
    assert rows.shape[0] == 1 + 5000 // 160
    assert np.isfinite(rows).all()


def unusual_layouts() -> dict[str, np.ndarray]:
    """The same samples as Y, stored otherwise."""
    doubled = np.repeat(Y, 2)
    read_only = Y.copy()
    read_only.flags.writeable = False
    column = np.zeros((len(Y), 3), np.float32)
    column[:, 1] = Y
    misaligned = np.empty(4 * len(Y) + 1, np.uint8)[1:].view(np.float32)
    misaligned[:] = Y
    return {
        "float64": Y.astype(np.float64),
        "big-endian": Y.astype(">f4"),
        "big-endian float64": Y.astype(">f8"),
        "read-only": read_only,
        "every other": doubled[::2],
        "backwards": Y[::-1].copy()[::-1],
        "one channel of three": column[:, 1],
        "misaligned": misaligned,
        "subclass": Y.view(np.ma.MaskedArray),
    }


@both
@pytest.mark.parametrize("name", unusual_layouts())
def test_any_layout_gives_the_same_bits_and_is_not_written_to(name: str, backend: str) -> None:
    signal = unusual_layouts()[name]
    before = signal.copy()
    extractor = serfast.Extractor(SPEC, backend=backend)
    np.testing.assert_array_equal(extractor(signal), extractor(Y))
    np.testing.assert_array_equal(signal, before)


@both
@pytest.mark.parametrize("dtype", ["<i2", ">i2"])
def test_pcm_is_divided_by_32768(backend: str, dtype: str) -> None:
    extractor = serfast.Extractor(SPEC, backend=backend)
    expected = extractor(PCM.astype(np.float64) / 32768)
    np.testing.assert_array_equal(extractor(PCM.astype(dtype)), expected)


@both
def test_a_list_of_numbers_counts_as_float64(backend: str) -> None:
    extractor = serfast.Extractor(SPEC, backend=backend)
    np.testing.assert_array_equal(extractor(Y[:700].tolist()), extractor(Y[:700]))
    np.testing.assert_array_equal(extractor([0, 1, 0, -1] * 200)[:, 0] > 0, True)


@both
@pytest.mark.parametrize("n_samples", [1, 2, 159, 160, 161])
@pytest.mark.parametrize("pad_mode", PAD_MODES)
def test_centred_frames_work_from_one_sample_on(
    n_samples: int, pad_mode: str, backend: str
) -> None:
    spec = serfast.FeatureSpec(pad_mode=pad_mode, features=SPEC.features)
    rows = serfast.Extractor(spec, backend=backend)(Y[1000 : 1000 + n_samples])
    assert len(rows) == 1 + n_samples // 160
    assert np.isfinite(rows).all()


def test_hop_0_is_refused_before_there_is_an_extractor() -> None:
    with pytest.raises(serfast.ParameterError, match=r"^hop_length must be an int >= 1, got 0$"):
        serfast.FeatureSpec(hop_length=0, features=[serfast.RMS()])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"spec": "speech"}, "spec must be a FeatureSpec, got 'speech'"),
        (
            {"spec": SPEC, "backend": "cuda"},
            "backend must be one of 'native', 'numba', 'reference', got 'cuda'",
        ),
    ],
)
def test_a_bad_argument_is_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(serfast.ParameterError, match="^" + message):
        serfast.Extractor(**arguments)


def test_a_warning_points_at_the_line_that_makes_the_extractor() -> None:
    spec = serfast.FeatureSpec(features=[serfast.YIN(frame_length=400)])
    with pytest.warns(UserWarning, match="two periods of fmin") as caught:
        serfast.Extractor(spec)
    assert [warning.filename for warning in caught] == [__file__]


@both
def test_an_extractor_shows_what_it_does_and_cannot_be_changed(backend: str) -> None:
    extractor = serfast.Extractor(SPEC, backend=backend)
    assert extractor.spec is SPEC
    assert extractor.backend == backend
    assert extractor.columns == SPEC.columns
    assert f"backend={backend!r}" in repr(extractor)
    with pytest.raises(AttributeError):
        extractor.spec = LEFT


@both
def test_pickle_brings_an_extractor_back(backend: str) -> None:
    extractor = serfast.Extractor(SPEC, backend=backend)
    again = pickle.loads(pickle.dumps(extractor))
    assert (again.spec, again.backend) == (SPEC, backend)
    np.testing.assert_array_equal(again(Y), extractor(Y))


def many_signals() -> list[np.ndarray]:
    return [signals.voice(16000, n, seed=n) for n in (800, 16000, 1, 4321, 9999, 700, 12345)]


@both
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_map_gives_each_signals_rows_in_order(threads: int, backend: str) -> None:
    extractor = serfast.Extractor(SPEC, backend=backend)
    rows = extractor.map(iter(many_signals()), threads=threads)
    assert len(rows) == len(many_signals())
    for got, y in zip(rows, many_signals(), strict=True):
        np.testing.assert_array_equal(got, extractor(y))


@pytest.mark.parametrize("threads", [1, 3])
def test_map_raises_what_the_first_bad_signal_raises(threads: int) -> None:
    extractor = serfast.Extractor(SPEC)
    bad = [Y, with_value(np.nan, 3), np.empty(0, np.float32)]
    with pytest.raises(serfast.ParameterError, match="got nan at index 3"):
        extractor.map(bad, threads=threads)


@pytest.mark.parametrize("threads", [0, 1.5, True])
def test_map_refuses_threads_that_are_none(threads: object) -> None:
    with pytest.raises(serfast.ParameterError, match=r"^threads must be an int >= 1, got "):
        serfast.Extractor(SPEC).map([Y], threads=threads)


@both
def test_threads_share_an_extractor(backend: str) -> None:
    extractor = serfast.Extractor(serfast.presets.librosa(16000), backend=backend)
    expected = [extractor(y) for y in many_signals()]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            for got, rows in zip(pool.map(extractor, many_signals()), expected, strict=True):
                np.testing.assert_array_equal(got, rows)


def test_a_row_depends_on_its_own_samples_alone() -> None:
    extractor = serfast.Extractor(LEFT)
    other = Y.copy()
    other[:1600] = 0.5
    other[1600 + 512 :] = -0.5
    np.testing.assert_array_equal(extractor(other)[10], extractor(Y)[10])


@pytest.mark.native
def test_the_second_extractor_of_a_spec_shares_the_engine_and_warns_again() -> None:
    """Nothing but the native engine of built-in features of moderate size is kept."""
    spec = serfast.FeatureSpec(features=[serfast.LogMel(n_mels=41)])
    first, second = serfast.Extractor(spec), serfast.Extractor(dataclasses.replace(spec))
    assert first._run is second._run
    other = serfast.FeatureSpec(features=[serfast.LogMel(n_mels=42)])
    assert serfast.Extractor(other)._run is not first._run
    large = serfast.FeatureSpec(features=[serfast.RMS(frame_length=2**20)])
    assert serfast.Extractor(large)._run is not serfast.Extractor(large)._run
    empty = serfast.FeatureSpec(features=[serfast.LogMel(n_fft=128, n_mels=100)])
    for _ in range(2):
        with pytest.warns(UserWarning, match="n_mels must be small enough"):
            serfast.Extractor(empty)


@pytest.mark.native
def test_the_second_extractor_is_quick() -> None:
    """It takes hundredths of the time of the first one, which makes tables; a fifth is asked."""
    mfcc = serfast.MFCC(n_fft=2048, n_mels=127, n_mfcc=20)
    spec = serfast.FeatureSpec(sample_rate=22050, hop_length=512, features=[mfcc])
    times = []
    for _ in range(50):
        begin = time.perf_counter()
        serfast.Extractor(spec)
        times.append(time.perf_counter() - begin)
    assert min(times[1:]) < times[0] / 5
