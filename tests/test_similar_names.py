"""Messages about a wrong name suggest the right one, wherever names are given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import serfast
from serfast._checks import similar
from serfast.corpora import find_recordings

SPEC = serfast.FeatureSpec(features=[serfast.RMS()])


@pytest.mark.parametrize(
    ("call", "right"),
    [
        (lambda: serfast.Extractor(SPEC, backend="natve"), "native"),
        (lambda: serfast.FeatureSpec(pad_mode="reflct", features=[serfast.RMS()]), "reflect"),
        (lambda: serfast.FeatureSpec.from_dict({"format": 1, "hop_lenght": 160}), "hop_length"),
        (lambda: serfast.Statistics.from_dict({"delta": 1}), "deltas"),
        (lambda: find_recordings(Path(__file__).parent, labels="emobd"), "emodb"),
    ],
)
def test_the_right_name_is_suggested(call: Callable[[], object], right: str) -> None:
    with pytest.raises(serfast.ParameterError, match=f"; did you mean '{right}'\\?$"):
        call()


def test_a_class_is_not_taken_for_the_module_of_its_name() -> None:
    with pytest.raises(AttributeError, match="did you mean 'Recognizer'"):
        serfast.Recogniser  # noqa: B018
    assert similar("recogniser", ["Recognizer", "recognizer"]) == "; did you mean 'recognizer'?"


@pytest.mark.parametrize("name", ["", "q", 3, None, b"rms", "rms" * 100_000])
def test_nothing_is_suggested_for_what_is_like_no_name(name: object) -> None:
    assert similar(name, ["rms", "mfcc"]) == ""
