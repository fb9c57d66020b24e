"""What a function of one's own does wrong later is NaN and a warning, never a crash."""

from __future__ import annotations

import math
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

import serfast
from helpers.custom_features import BACKENDS, COMPILED, LOUD, Y, from_c, poke, spec_of
from helpers.streams import assert_same_bits
from serfast.backends.custom.faults import CANARY, GUARD
from serfast.errors import FeatureWarning, ParameterError


def late_raise(frame, out):
    out[0] = 1.0
    if frame[0] > 2:
        raise ValueError


def late_nan(frame, out):
    out[0] = math.sqrt(2 - frame[0]) if frame[0] < 2 else np.nan


def late_infinity(frame, out):
    out[0] = np.inf if frame[0] > 2 else 1.0


def late_poke(frame, out):
    out[0] = 1.0
    if frame[0] > 2:
        poke(out, 1)


def late_index(frame, out):
    out[0] = frame[-1]
    if frame[0] > 2:
        out[0] = frame[int(1e6 * frame[0])]


LATE = [late_raise, late_nan, late_infinity, late_poke, late_index]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("function", LATE, ids=[f.__name__ for f in LATE])
def test_a_later_fault_is_a_value_that_is_no_number_and_a_warning(function, backend) -> None:
    feature = serfast.feature_function(function)(frame_length=100)
    spec = spec_of(serfast.RMS(frame_length=100), feature, serfast.PowerSpectrum(n_fft=100))
    extractor = serfast.Extractor(spec, backend=backend)
    message = f"{function.__name__} gave no finite number for '{function.__name__}' in row 20: it"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        rows = extractor(LOUD)
    assert [w.category for w in caught] == [FeatureWarning]
    assert message in str(caught[0].message)
    expected = np.inf if function is late_infinity else np.nan
    np.testing.assert_array_equal(rows[20, 1], expected)
    assert np.isfinite(np.delete(rows, 20, axis=0)).all()
    assert np.isfinite(np.delete(rows[20], 1)).all()


@pytest.mark.parametrize("backend", COMPILED)
@pytest.mark.parametrize("function", LATE, ids=[f.__name__ for f in LATE])
def test_a_stream_goes_on_after_a_fault(function, backend) -> None:
    feature = serfast.feature_function(function)(frame_length=100)
    spec = spec_of(feature, serfast.Delta(feature, width=3))
    extractor = serfast.Extractor(spec, backend=backend)
    with pytest.warns(FeatureWarning):
        batch = extractor(LOUD)
    stream = extractor.stream()
    rows = [stream.accept(LOUD[:1500])]
    with pytest.warns(FeatureWarning, match="in row 20"):
        rows.append(stream.accept(LOUD[1500:3000]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows += [stream.accept(LOUD[3000:]), stream.flush()]
    assert_same_bits(np.concatenate(rows), batch)


@pytest.mark.parametrize("backend", COMPILED)
def test_the_warning_counts(backend) -> None:
    spec = spec_of(serfast.feature_function(late_nan)(frame_length=100))
    extractor = serfast.Extractor(spec, backend=backend)
    with pytest.warns(FeatureWarning, match="in row 0, and 39 more failures in this call"):
        rows = extractor(np.full(4000, 3, np.float32))
    assert np.isnan(rows).all()


def test_a_status_and_a_write_beside_out_are_noticed() -> None:
    def beside(frame, n, spectrum, previous, frequencies, bins, rate, parameters, out, n_out):
        out[0] = 1
        out[n_out + 3] = 7
        return 0

    def status(frame, n, spectrum, previous, frequencies, bins, rate, parameters, out, n_out):
        out[0] = 1
        return 5

    def late(frame, n, spectrum, previous, frequencies, bins, rate, parameters, out, n_out):
        out[0] = 1
        return 5 if frame[0] > 2 else 0

    for backend in BACKENDS:
        with pytest.raises(ParameterError, match=r"compute of Foreign .* values outside of out"):
            serfast.Extractor(spec_of(from_c(beside)), backend=backend)
        with pytest.raises(ParameterError, match=r"compute of Foreign .* status 5 for silence"):
            serfast.Extractor(spec_of(from_c(status)), backend=backend)
        with pytest.warns(FeatureWarning, match="Foreign"):
            rows = serfast.Extractor(spec_of(from_c(late)), backend=backend)(LOUD)
        assert np.flatnonzero(np.isnan(rows[:, 0])).tolist() == [20]


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_owner_lives_as_long_as_the_extractor(backend) -> None:
    spec = spec_of(from_c(lambda *a: a[8].__setitem__(0, a[0][0]) or 0))
    extractor = serfast.Extractor(spec, backend=backend)
    assert extractor(Y)[:, 0].tolist() == Y[::100][:40].tolist()


CYTHON = Path(__file__).resolve().parents[3] / "ext" / "computed.pxd"


def test_cython_has_the_same() -> None:
    found = dict(
        re.findall(r"^    (GUARD|CANARY) = (\w+)", CYTHON.read_text("utf-8"), re.MULTILINE)
    )
    assert int(found["GUARD"]) == GUARD
    assert int(found["CANARY"], 16) == int(CANARY.view(np.uint32))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("place", [-GUARD, -1, 1, GUARD])
def test_a_write_beside_the_outputs_is_noticed_at_run_time(backend: str, place: int) -> None:
    """Of one output, place 0; from the first guard to the last."""

    def beside(frame, n, spectrum, previous, frequencies, bins, rate, parameters, out, n_out):
        out[0] = 1
        if frame[0] > 2:
            out[place] = 7
        return 0

    with pytest.warns(FeatureWarning, match="in row 20"):
        rows = serfast.Extractor(spec_of(from_c(beside)), backend=backend)(LOUD)
    assert np.flatnonzero(np.isnan(rows[:, 0])).tolist() == [20]
