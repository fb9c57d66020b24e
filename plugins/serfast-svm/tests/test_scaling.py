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


def test_classes_of_any_size_weigh_the_same():
    """Beside explicit sums: the spread of the classes' means, over the spread of all."""
    x, codes = data()
    few = np.concatenate([np.arange(50), np.arange(50, 60), np.arange(100, 103)])
    x, codes = x[few], codes[few]
    means = np.array([sum(x[codes == k]) / sum(codes == k) for k in range(3)])
    between = sum((m - sum(means) / 3) ** 2 for m in means) / 3
    whole = sum((row - sum(x) / len(x)) ** 2 for row in x) / len(x)
    ratio = between / whole
    expected = np.sqrt(ratio / ratio.sum() / whole)
    np.testing.assert_allclose(Scaling.fit(x, codes).factor, expected, rtol=1e-9)


def test_float32_inputs_far_from_0_are_summed_in_float64():
    random = np.random.default_rng(0)
    codes = np.arange(6000) % 3
    x = (random.normal(size=(6000, 4)) + codes[:, np.newaxis] * 0.2 + 3e4).astype(np.float32)
    expected = Scaling.fit(x.astype(np.float64), codes)
    np.testing.assert_allclose(Scaling.fit(x, codes).factor, expected.factor, rtol=1e-9)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e200])
def test_inputs_without_a_deviation_are_refused(value):
    x, codes = data()
    x[7, 5] = value
    with pytest.raises(serfast.ParameterError, match=r"inputs must be finite .*, got .* entry 5"):
        Scaling.fit(x, codes)
