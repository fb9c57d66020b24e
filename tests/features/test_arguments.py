"""The arguments of a function of one's own: what is wrong is refused by its name."""

from __future__ import annotations

import math

import numpy as np
import pytest

import serfast
from helpers.custom_features import BACKENDS, Y, spec_of
from serfast.errors import ParameterError


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
