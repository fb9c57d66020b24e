"""Functionals by name: which names there are, and what each one stands for."""

from __future__ import annotations

import numpy as np
import pytest

from serfast.program.vector import KINDS
from serfast.statistics.functionals import (
    FUNCTIONALS,
    SELECTION_FUNCTIONALS,
    apply,
    functional,
    is_functional,
    is_selection_functional,
)


def test_every_name_stands_for_a_kind_that_back_ends_have() -> None:
    kinds = {one.kind for one in SELECTION_FUNCTIONALS.values()}
    assert kinds | {"autocorrelation"} == set(KINDS)
    assert len(set(SELECTION_FUNCTIONALS.values())) == len(SELECTION_FUNCTIONALS)
    assert {one.kind for one in FUNCTIONALS.values()} < kinds


@pytest.mark.parametrize("name", ["cv", "range0_100", "range20_80", "p20", "peaks_per_second"])
def test_names_that_a_selection_may_have(name: str) -> None:
    assert is_selection_functional(name)
    assert functional(name).kind in KINDS


@pytest.mark.parametrize("name", ["range80_20", "range5_5", "range05_90", "range20", "CV", 5])
def test_names_that_no_selection_may_have(name: object) -> None:
    assert not is_selection_functional(name)


def test_statistics_of_all_columns_have_no_functionals_of_selections() -> None:
    extra = set(SELECTION_FUNCTIONALS) - set(FUNCTIONALS)
    assert extra
    assert not any(map(is_functional, [*extra, "range20_80"]))


@pytest.mark.parametrize("name", ["p0", "p9", "p50", "p100", "ac1", "ac99", "mean", "range90"])
def test_names_that_there_are(name: str) -> None:
    assert is_functional(name)
    assert functional(name).kind in KINDS


@pytest.mark.parametrize(
    "name", ["p", "p101", "p05", "p-1", "p1.5", "ac0", "ac100", "ac01", "median", "Mean", "", 50]
)
def test_names_that_there_are_not(name: object) -> None:
    assert not is_functional(name)


def test_a_number_is_a_percentage_or_a_lag() -> None:
    x = np.random.default_rng(0).normal(size=(2, 50))
    names = ("p0", "min", "p100", "max", "p7", "iqr", "range", "ac3")
    result = dict(zip(names, apply(names, x).T, strict=True))
    assert np.array_equal(result["p0"], result["min"])
    assert np.array_equal(result["p100"], result["max"])
    np.testing.assert_allclose(result["p7"], np.percentile(x, 7, axis=1))
    np.testing.assert_allclose(result["range"], np.ptp(x, axis=1))
    quartiles = np.percentile(x, [25, 75], axis=1)
    np.testing.assert_allclose(result["iqr"], quartiles[1] - quartiles[0])
    centred = x - x.mean(axis=1, keepdims=True)
    expected = (centred[:, 3:] * centred[:, :-3]).sum(axis=1) / (centred**2).sum(axis=1)
    np.testing.assert_allclose(result["ac3"], expected)
