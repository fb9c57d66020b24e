"""Entries count by the share of their variance that the classes explain."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import f_oneway

import serfast
from serfast_svm.scaling import Scaling


def data(per_class: int = 50):
    """As many examples of each of three classes, in entries that tell more and more of them."""
    random = np.random.default_rng(0)
    codes = np.repeat(np.arange(3), per_class)
    strength = np.linspace(0, 2, 12)
    x = random.normal(size=(len(codes), 12)) + codes[:, np.newaxis] * strength
    return (x + 4) * 10 ** random.uniform(-3, 3, 12), codes


def test_importance_is_the_correlation_ratio():
    """SciPy's F gives the share η² = F (k - 1) / (F (k - 1) + n - k)."""
    x, codes = data()
    f = f_oneway(*(x[codes == k] for k in range(3))).statistic
    eta = np.sqrt(f * 2 / (f * 2 + len(x) - 3))
    scaling = Scaling.fit(x, codes)
    importance = scaling.factor * x.std(axis=0)
    np.testing.assert_allclose(importance / importance[-1], eta / eta[-1], rtol=1e-9)


def test_scaled_inputs_have_mean_0_and_a_mean_squared_length_of_1():
    x, codes = data()
    z = Scaling.fit(x, codes)(x)
    assert z.dtype == np.float32
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-6)
    assert np.square(z).sum(axis=1).mean() == pytest.approx(1, rel=1e-5)


def test_a_constant_entry_has_the_factor_0():
    x, codes = data()
    x[:, 3] = 1 / 3
    assert np.flatnonzero(Scaling.fit(x, codes).factor == 0).tolist() == [3]


def test_entries_that_say_nothing_of_the_classes_count_alike():
    x = np.tile([[0.0, 0.0], [2.0, 20.0]], (4, 1))
    scaling = Scaling.fit(x, np.repeat([0, 1], 4))
    np.testing.assert_allclose(scaling.factor * x.std(axis=0), np.sqrt(0.5))


def test_constant_inputs_are_refused():
    with pytest.raises(serfast.ParameterError, match="inputs must vary"):
        Scaling.fit(np.full((6, 2), 2.0), np.arange(6) % 2)
