"""The C signatures as data are those that serfast.h promises."""

from __future__ import annotations

import re

import pytest

import serfast
from helpers.pages import ROOT
from helpers.tracks import Smoothed, loudness
from serfast.backends.custom.signatures import signature_of
from serfast.features.computed import Function

HEADER = (ROOT / "serfast" / "include" / "serfast.h").read_text("utf-8")
KINDS = {"float *": "float*", "double *": "double*", "double": "double", "ptrdiff_t": "size"}


def declared(name: str) -> list[tuple[str, str]]:
    """The arguments of a function type of serfast.h: what each is called, and what it is."""
    [inside] = re.findall(rf"typedef int {name}\((.*?)\);", HEADER, re.DOTALL)
    arguments = [" ".join(argument.split()) for argument in inside.split(",")]
    parts = [re.fullmatch(r"(?:const )?(.*?)(\w+)", argument).groups() for argument in arguments]
    return [(name, KINDS[kind.strip()]) for kind, name in parts]


def of_a_frame() -> Function:
    @serfast.feature_function
    def plain(frame, out):
        out[0] = frame[0]

    return plain()


def of_lags() -> Function:
    @serfast.feature_function
    def lagged(autocorrelation, out):
        out[0] = autocorrelation[0]

    return lagged()


@pytest.mark.parametrize(
    ("feature", "name"),
    [
        (of_a_frame(), "serfast_feature_function"),
        (of_lags(), "serfast_wide_feature_function"),
        (Smoothed(loudness()), "serfast_track_function"),
    ],
)
def test_a_function_has_the_arguments_of_the_header(feature: Function, name: str) -> None:
    signature = signature_of(feature)
    assert list(zip(signature.names, signature.kinds, strict=True)) == declared(name)
