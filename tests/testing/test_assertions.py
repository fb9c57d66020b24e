"""The assertions of the shared checks: they hold, or say what doesn't."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from serfast.errors import ModelError, ParameterError
from serfast.testing.assertions import equal, raises, require


def test_a_condition_that_does_not_hold_is_said() -> None:
    require(True, "never said")
    with pytest.raises(AssertionError, match=r"^two threads differ$"):
        require(np.bool_(False), "two threads differ")


def test_they_hold_without_assert_statements_too() -> None:
    code = "from serfast.testing.assertions import require\nrequire(False, 'said')"
    done = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "AssertionError: said"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (None, "an odd x must raise ParameterError, got no error"),
        (ValueError("x"), r"an odd x must raise ParameterError, got ValueError\('x'\)"),
        (ModelError("x"), r"an odd x must raise ParameterError, got ModelError\('x'\)"),
    ],
)
def test_another_error_than_the_one_wanted_is_said(error: Exception | None, message: str) -> None:
    def work() -> None:
        with raises(ParameterError, "an odd x"):
            if error:
                raise error

    with pytest.raises(AssertionError, match=message):
        work()
    with raises(ParameterError, "an odd x"):
        raise ParameterError("x")


def test_sequences_are_equal_bit_for_bit() -> None:
    a = [np.array([1.0, 2.0]), np.array([[3.0]])]
    assert equal(a, [x.copy() for x in a])
    assert not equal(a, [a[0], np.array([[np.nextafter(3.0, 4.0)]])])
    assert not equal(a, [a[0], np.array([3.0, 3.0])])
