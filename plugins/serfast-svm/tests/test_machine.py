"""The least-squares machine equals scikit-learn's ridge regression, trained anew for each group."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge

import serfast
from serfast_svm.machine import BIAS, ROWS, _inverse, _weighted_products, fit, fit_each

CLASSES = 3


def problem(n: int, d: int, seed: int = 0):
    """Inputs of a mean squared length near 1, unbalanced classes, five groups."""
    random = np.random.default_rng(seed)
    codes = random.choice(CLASSES, size=n, p=[0.6, 0.3, 0.1])
    z = random.normal(size=(n, d)) + random.normal(size=(CLASSES, d))[codes] * 0.3
    groups = [np.flatnonzero(np.arange(n) % 5 == k) for k in range(5)]
    return (z / np.sqrt(2 * d)).astype(np.float32), codes, groups


def answers(z, codes, cost, strangers, weights):
    """What scikit-learn's ridge regression on the answers says, every class weighing the same."""
    with_bias = np.column_stack([z, np.full(len(z), BIAS)]).astype(np.float64)
    y = np.where(codes[:, np.newaxis] == np.arange(CLASSES), 1.0, -1.0)
    model = Ridge(alpha=1 / cost, fit_intercept=False).fit(with_bias, y, sample_weight=weights)
    return model.predict(np.column_stack([strangers, np.full(len(strangers), BIAS)]))


@pytest.mark.parametrize("cost", [0.1, 1.0, 10.0])
@pytest.mark.parametrize(("n", "d"), [(120, 300), (300, 120), (200, 200)])
def test_it_is_ridge_regression_on_the_answers(n, d, cost):
    z, codes, groups = problem(n, d)
    w = n / (CLASSES * np.bincount(codes)[codes])
    machine = fit(z, codes, CLASSES, cost, groups)
    expected = answers(z, codes, cost, z, w)
    worst = np.abs(z @ machine.weights.T + machine.intercepts - expected).max()
    print(f"{n} examples of {d}, C {cost}: worst difference of an answer {worst:.1e}")
    assert worst < 2e-5


@pytest.mark.parametrize(("n", "d"), [(120, 300), (300, 120)])
def test_without_weights_every_example_counts_alike(n, d):
    z, codes, groups = problem(n, d)
    machine = fit(z, codes, CLASSES, 1.0, groups, weighted=False)
    said = z @ machine.weights.T + machine.intercepts
    assert np.abs(said - answers(z, codes, 1.0, z, np.ones(n))).max() < 2e-5
    weighed = n / (CLASSES * np.bincount(codes)[codes])
    assert np.abs(said - answers(z, codes, 1.0, z, weighed)).max() > 0.01


@pytest.mark.parametrize(("n", "d"), [(120, 300), (300, 120)])
def test_held_out_answers_are_those_of_a_training_without_the_group(n, d):
    z, codes, groups = problem(n, d)
    w = n / (CLASSES * np.bincount(codes)[codes])
    machine = fit(z, codes, CLASSES, 1.0, groups)
    worst = 0.0
    for group in groups:
        rest = np.setdiff1d(np.arange(n), group)
        expected = answers(z[rest], codes[rest], 1.0, z[group], w[rest])
        worst = max(worst, float(np.abs(machine.held_out[group] - expected).max()))
    print(f"{n} examples of {d}: worst difference {worst:.1e}")
    assert worst < 2e-5
    assert np.abs(machine.held_out - (z @ machine.weights.T + machine.intercepts)).max() > 0.1


def test_a_class_without_examples_is_answered_no():
    z, codes, groups = problem(60, 20)
    machine = fit(z, codes, CLASSES + 1, 1.0, groups)
    assert (machine.held_out[:, CLASSES] < 0).all()


def test_without_groups_nothing_is_held_out():
    z, codes, _ = problem(60, 20)
    assert np.isnan(fit(z, codes, CLASSES, 1.0, []).held_out).all()


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_inverse_is_whole_in_either_order_of_memory(order):
    random = np.random.default_rng(0)
    root = random.normal(size=(40, 60))
    matrix = np.array(root @ root.T, order=order)
    expected = np.linalg.inv(matrix)
    inverse = _inverse(matrix)
    np.testing.assert_allclose(inverse, expected, rtol=1e-9, atol=1e-12)
    assert np.array_equal(inverse, inverse.T)


def test_a_system_without_a_solution_is_an_error_of_the_inputs():
    with pytest.raises(serfast.ParameterError, match=r"inputs must .* rounding"):
        _inverse(np.diag([1.0, -1.0, 2.0]))


@pytest.mark.parametrize(("n", "d"), [(120, 300), (300, 120)])
def test_a_class_of_one_group_alone_is_held_out_too(n, d):
    """Without its only group nothing answers for it."""
    z, codes, groups = problem(n, d)
    codes[codes == 2] = 0
    codes[groups[0][:4]] = 2
    w = n / (CLASSES * np.bincount(codes)[codes])
    held_out = fit(z, codes, CLASSES, 1.0, groups).held_out
    rest = np.concatenate(groups[1:])
    expected = answers(z[rest], codes[rest], 1.0, z[groups[0]], w[rest])
    np.testing.assert_allclose(held_out[groups[0]], expected, atol=2e-5)
    assert (held_out[groups[0], 2] < 0).all()


@pytest.mark.parametrize(("n", "d"), [(120, 300), (300, 120)])
def test_machines_of_several_costs_are_those_of_each_cost_alone(n, d):
    """They share the products of the examples, which no machine may change."""
    z, codes, groups = problem(n, d)
    costs = [3.0, 0.1, 1.0]
    for cost, machine in zip(costs, fit_each(z, codes, CLASSES, costs, groups), strict=True):
        alone = fit(z, codes, CLASSES, cost, groups)
        assert np.array_equal(machine.weights, alone.weights)
        assert np.array_equal(machine.held_out, alone.held_out)


def test_products_of_more_examples_than_fit_at_a_time_are_whole():
    random = np.random.default_rng(0)
    z = random.normal(size=(2 * ROWS + 5, 7)).astype(np.float32)
    w = random.uniform(0.5, 2, size=len(z))
    expected = z.astype(np.float64).T @ (w[:, np.newaxis] * z)
    np.testing.assert_allclose(_weighted_products(z, w), expected, atol=1e-4 * len(z) ** 0.5)
