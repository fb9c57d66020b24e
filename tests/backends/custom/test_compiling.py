"""Compiling a function of one's own: what can't be compiled, or not be made safe, is refused."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

import serfast
from helpers.custom_features import Y, spec_of
from serfast.errors import BackendError, ParameterError


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
    assert "pip install 'numba>=0.60'" in done.stdout
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
