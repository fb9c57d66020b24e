"""What a classifier is given is checked by one function."""

from __future__ import annotations

import numpy as np
import pytest

import serfast
from helpers.plugin_stub import Averaging, Nearest
from serfast.errors import ParameterError
from serfast.models.classifier import Classifier, StreamingClassifier, check_input

SPEC = serfast.FeatureSpec(features=[serfast.RMS()])


def test_what_fits_is_an_array_of_the_dtype() -> None:
    result = check_input([[1, 2], [3, 4], [5, 6]], (None, 2), np.float32)
    assert result.dtype == np.float32
    assert result.tolist() == [[1, 2], [3, 4], [5, 6]]


@pytest.mark.parametrize(
    ("x", "shape", "message"),
    [
        ("loud", (2,), "x must be an array of numbers, got str"),
        ([1.0, 2.0, 3.0], (2,), r"x must be of shape \(2,\), got \(3,\)"),
        ([1.0, 2.0], (None, 2), r"x must be of shape \(n, 2\), got \(2,\)"),
        (np.zeros((0, 2)), (None, 2), r"x must be of shape \(n, 2\), got \(0, 2\)"),
        ([[1.0, 2.0], [3.0, np.nan]], (None, 2), r"x must be finite, got nan at index \(1, 1\)"),
        ([1.0, np.inf], (2,), r"x must be finite, got inf at index \(1,\)"),
    ],
)
def test_what_does_not_fit_is_named(x: object, shape: tuple[int | None], message: str) -> None:
    with pytest.raises(ParameterError, match=f"^{message}$"):
        check_input(x, shape, np.float64)


def test_only_one_with_steps_is_a_streaming_one() -> None:
    whole, steps = Nearest(("a", "b"), SPEC, np.zeros((2, 1))), Averaging(SPEC)
    assert isinstance(whole, Classifier)
    assert isinstance(steps, Classifier)
    assert isinstance(steps, StreamingClassifier)
    assert not isinstance(whole, StreamingClassifier)
