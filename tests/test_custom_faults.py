"""What a function of one's own can do wrong: said when it is made if possible, never a crash."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest
from numba import njit

import serfast
from custom_features import BACKENDS, COMPILED, from_c
from serfast.errors import BackendError, FeatureWarning, ParameterError
from streams import assert_same_bits

Y = np.random.default_rng(7).uniform(-0.5, 0.5, 4000).astype(np.float32)
LOUD = Y.copy()
LOUD[2000:2100] = 5  # beyond anything that a trial shows
GRID = {"hop_length": 100, "center": False}


def spec_of(*features: serfast.features.Feature) -> serfast.FeatureSpec:
    return serfast.FeatureSpec(features=features, **GRID)


# ---- its arguments -------------------------------------------------------------------------------


def no_out(frame):
    pass


def unknown(frame, spectral, out):
    out[0] = 1


def texts(frame, out, mode="fast"):
    out[0] = 1


def nan_default(frame, out, share=float("nan")):
    out[0] = share


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (no_out, r"no_out.compute must have the argument out, got \('frame',\)"),
        (unknown, "argument of unknown.compute must be one of frame, .* got 'spectral'"),
        (texts, "default of mode in texts must be an int, float or bool, got 'fast'"),
        (nan_default, "share must be a finite number, got nan"),
        (math.sqrt, "function must be a Python function, got <built-in function sqrt>"),
        (42, "function must be a Python function, got 42"),
    ],
)
def test_bad_arguments_are_refused_by_the_decorator(function, message) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.feature_function(function)


def test_bad_classes_are_refused() -> None:
    class Nothing(serfast.FrameFeature):
        outputs = ("x",)

    class NoColumns(serfast.FrameFeature):
        @staticmethod
        def compute(frame, out):
            pass

    class Method(serfast.FrameFeature):
        outputs = ("x",)

        def compute(self, frame, out):
            pass

    class OfTheFrame(serfast.FrameFeature):
        outputs = ("x",)

        @staticmethod
        def compute(spectrum, out):
            pass

    for cls, message in [
        (serfast.FrameFeature, "compute of FrameFeature must be a function"),
        (serfast.SpectrumFeature, "compute of SpectrumFeature must be a function"),
        (Nothing, r"compute of Nothing must be a function \(a static method\), got None"),
        (NoColumns, "outputs of NoColumns must be at least 1 name, got"),
        (Method, "argument of Method.compute must be one of .* got 'self'"),
        (OfTheFrame, "argument of OfTheFrame.compute must be one of .* got 'spectrum'"),
    ]:
        with pytest.raises(ParameterError, match=message):
            cls()


@serfast.feature_function
def numbers(frame, out, whole=3, share=0.5, flag=True):
    out[0] = whole * share if flag else 0.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"whole": 2.5}, "whole must be an int"),
        ({"whole": 2**60}, "whole must be an int <="),
        ({"share": float("inf")}, "share must be a finite number, got inf"),
        ({"share": "all"}, "share must be a finite number, got 'all'"),
        ({"flag": 1}, "flag must be True or False, got 1"),
        ({"frame_length": 0}, "frame_length must be an int >= 1, got 0"),
        ({"name": ""}, "name must be None or a str"),
    ],
)
def test_bad_parameters_are_refused(arguments, message) -> None:
    with pytest.raises(ParameterError, match=message):
        numbers(**arguments)


def test_parameters_reach_the_function_in_their_own_types() -> None:
    @serfast.feature_function(columns=("a", "b", "c"))
    def shown(frame, out, whole=3, share=0.5, flag=True):
        out[0] = frame[whole] + 7 // whole
        out[1] = share / 2
        out[2] = 10.0 if flag else 20.0

    for backend in BACKENDS:
        spec = spec_of(shown(), shown(whole=2, share=3, flag=False, name="n"))
        [row] = serfast.Extractor(spec, backend=backend)(Y[:512])
        np.testing.assert_array_equal(row, [Y[3] + 2, 0.25, 10, Y[2] + 3, 1.5, 20])


# ---- compiling -----------------------------------------------------------------------------------


def not_numba(frame, out):
    out[0] = {"a": frame}["b"]["c"]


def unknown_name(frame, out):
    out[0] = no_such_function(frame)  # noqa: F821


def writes_to_the_frame(frame, out):
    frame[0] = 0
    out[0] = 1


def writes_to_the_spectrum(spectrum, out):
    spectrum[:] = 0
    out[0] = 1


def returns(frame, out):
    out[0] = 1
    return frame[0]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (not_numba, "(?s)compute of not_numba must compile with Numba, got .*line [0-9]+"),
        (unknown_name, "(?s)must compile with Numba, got .*name 'no_such_function' is not defined"),
        (writes_to_the_frame, "(?s)must compile with Numba, got .*Cannot modify readonly array"),
        (writes_to_the_spectrum, "(?s)must compile with Numba, got .*readonly array"),
        (returns, r"compute of returns must return None \(write into out\), got float32"),
    ],
)
def test_what_does_not_compile_is_said_at_construction(function, message) -> None:
    with pytest.raises(ParameterError, match=message):
        serfast.Extractor(spec_of(serfast.feature_function(function)()))


def writes_flat(frame, out):
    out[0] = 1
    out.flat[10**6] = 1


def reads_flat(frame, out):
    samples = frame.flat
    out[0] = samples[10**6]


@pytest.mark.parametrize("function", [writes_flat, reads_flat])
def test_indices_that_numba_does_not_check_are_refused(function) -> None:
    with pytest.raises(ParameterError, match=r"compute of .*_flat must be free of \.flat, whose"):
        serfast.Extractor(spec_of(serfast.feature_function(function)()))


RECURSIVE = """
import serfast
from numba import njit

@njit
def deep(n):
    return 0.0 if n < 0 else deep(n + 1) * 2.0 + 1.0

@njit
def tic(n):
    return 0.0 if n < 0 else tac(n + 1) / 2.0 + 1.0

@njit
def tac(n):
    return 1.0 if n < 0 else tic(n + 1) * 2.0

@serfast.feature_function
def endless(frame, out):
    out[0] = {function}(int(frame[0]))

try:
    serfast.Extractor(serfast.FeatureSpec(features=[endless()]))
except serfast.ParameterError as error:
    print(error)
"""


@pytest.mark.parametrize("function", ["deep", "tic"])
def test_recursion_is_refused_before_it_can_end_the_process(function, tmp_path) -> None:
    script = tmp_path / "recursive.py"
    script.write_text(RECURSIVE.format(function=function))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "compute of endless must be free of recursion, got a function that" in done.stdout


def test_numbas_own_functions_are_not_taken_for_recursion() -> None:
    def busy(frame, out):
        ordered = np.sort(frame.astype(np.float64))
        middle = np.median(frame) + np.percentile(frame, 90) + np.linalg.norm(ordered)
        out[0] = middle + len(np.unique(ordered)) + frame.std() + np.histogram(frame, 4)[0][0]

    rows = serfast.Extractor(spec_of(serfast.feature_function(busy)()))(Y)
    assert rows[0, 0] == pytest.approx(
        np.median(Y[:512]) + np.percentile(Y[:512], 90) + np.linalg.norm(Y[:512])
        + len(np.unique(Y[:512])) + Y[:512].std() + np.histogram(Y[:512], 4)[0][0], rel=1e-6,
    )  # fmt: skip


def test_without_numba_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "import serfast\n"
        "@serfast.feature_function\n"
        "def first(frame, out):\n"
        "    out[0] = frame[0]\n"
        "spec = serfast.FeatureSpec(features=[first()])\n"
        "print(serfast.Extractor(spec, backend='reference')([0.5] * 300).shape)\n"
        "try:\n"
        "    serfast.Extractor(spec)\n"
        "except serfast.BackendError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "(2, 1)" in done.stdout
    assert "compute of first can't be compiled: it needs Numba" in done.stdout
    assert "pip install 'serfast[numba]'" in done.stdout
    assert issubclass(BackendError, ImportError)


def test_a_numba_that_is_too_old_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def another(frame, out):
        out[0] = frame[0]

    monkeypatch.setattr("numba.__version__", "0.59.1")
    message = r"compute of another can't be compiled: numba must be >= 0.60 .*, got 0.59.1"
    with pytest.raises(BackendError, match=message):
        serfast.Extractor(spec_of(serfast.feature_function(another)()))


def test_numba_switched_off_is_said() -> None:
    code = RECURSIVE.format(function="float").replace("ParameterError", "BackendError")
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip
    assert "compute of endless can't be compiled: NUMBA_DISABLE_JIT must be unset" in done.stdout


# ---- the trial -----------------------------------------------------------------------------------


@njit
def poke(values, index):
    """Write without a check of bounds, as a careless helper may."""
    values[index] = 1.0


def reads_beyond(frame, out):
    out[0] = frame[len(frame)]


def writes_beyond(frame, out):
    out[1] = frame[0]


def writes_before(frame, out):
    out[-2] = 0.0


def pokes_beyond(frame, out):
    out[0] = 1.0
    poke(out, len(out))


def pokes_before(frame, out):
    out[0] = 1.0
    poke(out[-1:], -2)


def raises(frame, out):
    out[0] = 1.0
    if frame[0] == 0:
        raise ValueError("silence isn't welcome")


def divides(frame, out):
    out[0] = 1 / frame.sum()


def gives_nan(frame, out):
    out[0] = np.nan


def gives_infinity(frame, out):
    out[0] = np.inf


def writes_nothing(frame, out):
    pass


def writes_sometimes(frame, out):
    if abs(frame[0]) > 0.5:
        out[0] = 1.0


def wants_too_much(frame, out):
    out[0] = np.zeros(int(1e15 + frame[0]))[5]


TRIALS = [
    (reads_beyond, "IndexError: index .* for silence"),
    (writes_beyond, "IndexError: index 1 is out of bounds .* for silence"),
    (writes_before, "IndexError: index -2 is out of bounds .* for silence"),
    (raises, "ValueError: silence isn't welcome for silence"),
    (divides, "Error: .*divi.* for silence"),
    (gives_nan, "finite number for each column, got nan in 'gives_nan' for silence"),
    (gives_infinity, "finite number for each column, got inf in 'gives_infinity' for silence"),
    (writes_nothing, "finite number for each column, got nan in 'writes_nothing' for silence"),
    (writes_sometimes, "finite number for each column, got nan in 'writes_sometimes' for silence"),
    (wants_too_much, "MemoryError"),
]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("function", "message"), TRIALS, ids=[f.__name__ for f, _ in TRIALS])
def test_what_fails_on_a_trial_is_said_at_construction(function, message, backend) -> None:
    feature = serfast.feature_function(function)()
    with pytest.raises(ParameterError, match=f"compute of {function.__name__} .*{message}"):
        serfast.Extractor(spec_of(feature), backend=backend)
    with pytest.raises(ParameterError, match=message):
        serfast.Extractor(spec_of(serfast.RMS(), serfast.Delta(feature)), backend=backend)


@pytest.mark.parametrize("function", [pokes_beyond, pokes_before])
def test_an_unchecked_write_beside_out_is_noticed(function) -> None:
    with pytest.raises(ParameterError, match="values outside of out for silence"):
        serfast.Extractor(spec_of(serfast.feature_function(function)()))


# ---- afterwards ----------------------------------------------------------------------------------


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


# ---- functions from elsewhere --------------------------------------------------------------------


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
