"""The native back end: which functions need no compiler."""

from __future__ import annotations

import pytest

import serfast
from helpers.tracks import Smoothed, loudness
from serfast.backends.native import has_twin
from serfast.features.computed import FrameFeature
from serfast.program.planner import program_of

pytestmark = pytest.mark.native


def twins_of(*features: serfast.features.Feature) -> list[bool]:
    spec = serfast.FeatureSpec(features=features)
    return [has_twin(node) for node in program_of(spec).functions]


def test_a_built_in_function_has_a_twin() -> None:
    assert twins_of(serfast.SpectralCentroid()) == [True]


def test_a_function_of_ones_own_has_none() -> None:
    @serfast.feature_function
    def first(frame, out):
        out[0] = frame[0]

    assert twins_of(first(), Smoothed(loudness())) == [False, False]


def test_a_name_that_is_taken_gives_no_twin() -> None:
    """A function of one's own that is called as a built-in one is another function."""

    def compute(frame, out):
        out[0] = frame[0]

    body = {"outputs": ("x",), "compute": staticmethod(compute)}
    assert twins_of(type("SpectralCentroid", (FrameFeature,), body)()) == [False]
