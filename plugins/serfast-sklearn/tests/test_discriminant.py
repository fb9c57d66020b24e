"""Discriminant analysis of long vectors is scikit-learn's, found otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from serfast.errors import ParameterError
from serfast_sklearn.discriminant import fitted_lda


def problem(n: int, d: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Correlated vectors of other variances, one entry constant; classes of other sizes."""
    random = np.random.default_rng(0)
    codes = random.choice(k, size=n, p=np.arange(1, k + 1) / (k * (k + 1) / 2))
    x = random.normal(size=(n, d)) * random.uniform(0.1, 10, d) + random.normal(size=(k, d))[codes]
    x += random.normal(size=(n, 3)) @ random.normal(size=(3, d))
    x[:, 3] = 0.0
    return x, codes


@pytest.mark.parametrize("k", [2, 4])
@pytest.mark.parametrize(("n", "d"), [(90, 200), (200, 90), (150, 150)])
def test_it_is_scikit_learns(n: int, d: int, k: int) -> None:
    x, codes = problem(n, d, k)
    priors = np.full(k, 1 / k)
    expected = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=priors)
    expected.fit(x, codes)
    model = fitted_lda(x, codes)
    strangers = problem(50, d, k)[0]
    for name in ("predict_proba", "decision_function"):
        one, other = (getattr(each, name)(strangers) for each in (model, expected))
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9)
    for name in ("coef_", "intercept_", "means_", "priors_", "classes_"):
        one, other = (getattr(each, name) for each in (model, expected))
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(model.predict(strangers), expected.predict(strangers))


@pytest.mark.parametrize("d", [2, 5, 300])
def test_two_examples_of_a_class_are_enough(d: int) -> None:
    """They have no shrinkage: both lie equally far from their mean, in every entry."""
    x = np.random.default_rng(1).normal(size=(4, d))
    codes = np.array([0, 0, 1, 1])
    covariance = sum(np.cov(x[codes == c].T, bias=True) for c in range(2)) / 2
    means = np.stack([x[codes == c].mean(axis=0) for c in range(2)])
    inverse = np.linalg.pinv(covariance, rcond=1e-10, hermitian=True)
    model = fitted_lda(x, codes)
    np.testing.assert_allclose(model.coef_, (means[1:] - means[:1]) @ inverse, rtol=1e-6, atol=1e-9)
    assert np.isfinite(model.predict_proba(x)).all()


def test_one_example_of_each_class_is_refused() -> None:
    with pytest.raises(ParameterError, match="examples must be more than the 2 classes, got 2"):
        fitted_lda(np.eye(2), np.array([0, 1]))
