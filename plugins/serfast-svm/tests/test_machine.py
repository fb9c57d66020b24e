"""The least-squares machine equals scikit-learn's ridge regression, trained anew for each group."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge

import serfast
from serfast_svm import landmarks, scaled_inputs, spaces
from serfast_svm.landmarks import factor_of, projection_of
from serfast_svm.machine import CLOSER, Machine, Trainer
from serfast_svm.scaled_inputs import BIAS, ScaledInputs
from serfast_svm.scaling import Scaling
from serfast_svm.spaces import ByExamples, ByWeights, space_of
from serfast_svm.speaker_means import SpeakerMeans

CLASSES = 3


def trainer(z, codes, groups, classes=CLASSES, means=None, *, weighted=True) -> Trainer:
    """A trainer of inputs that are scaled already."""
    d = z.shape[1]
    inputs = ScaledInputs(z, Scaling(np.zeros(d), np.ones(d), np.ones(d)))
    nobody = SpeakerMeans(np.arange(len(z)))
    means = nobody if means is None else means
    return Trainer(inputs, codes, classes, groups, means, weighted=weighted)


def fit(z, codes, classes, cost, groups, *, weighted=True) -> Machine:
    """The machine of inputs that are scaled already, each of which counts once."""
    return trainer(z, codes, groups, classes, weighted=weighted).machine(cost, twice=False)


@pytest.fixture(params=["kept", "in blocks"])
def few_landmarks(request, monkeypatch):
    """Directions that leave much to the conjugate gradients, and inputs kept or in blocks."""
    leave_much(monkeypatch, request.param)


def leave_much(monkeypatch, how: str) -> None:
    """Take few directions; of inputs that are kept, if few, vectors are sums of examples."""
    monkeypatch.setattr(landmarks, "LANDMARKS", 30)
    monkeypatch.setattr(landmarks, "ROWS", 32)
    monkeypatch.setattr(scaled_inputs, "ROWS", 32)
    if how == "in blocks":
        monkeypatch.setattr(scaled_inputs, "SMALL", 0)


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


def test_a_system_without_a_solution_is_an_error_of_the_inputs():
    with pytest.raises(serfast.ParameterError, match=r"inputs must .* rounding"):
        factor_of(np.diag([1.0, -1.0, 2.0]))


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
    """They are solved together, and share what they are solved by."""
    z, codes, groups = problem(n, d)
    costs = [3.0, 0.1, 1.0]
    for cost, answered in zip(costs, trainer(z, codes, groups).held_out(costs), strict=True):
        alone = fit(z, codes, CLASSES, cost, groups).held_out
        np.testing.assert_allclose(answered, alone, atol=2e-5)


@pytest.mark.usefixtures("few_landmarks")
@pytest.mark.parametrize("cost", [0.3, 3.0])
@pytest.mark.parametrize(("n", "d"), [(120, 300), (300, 120), (200, 200)])
def test_few_directions_are_enough_to_find_the_ridge_regression(n, d, cost):
    """30 of 120 to 200: conjugate gradients find the rest, of the held-out answers too."""
    z, codes, groups = problem(n, d)
    w = n / (CLASSES * np.bincount(codes)[codes])
    assert projection_of(ScaledInputs(z, Scaling(*np.zeros((3, d))))).size == 30  # zeros, too
    machine = fit(z, codes, CLASSES, cost, groups)
    expected = answers(z, codes, cost, z, w)
    error = z @ machine.weights.T + machine.intercepts - expected
    print(
        f"{n} examples of {d}, C {cost}: root mean square {np.sqrt((w[:, None] * error**2).mean())}"
    )
    assert np.sqrt((w[:, None] * error**2).mean()) < CLOSER
    for group in groups:
        rest = np.setdiff1d(np.arange(n), group)
        expected = answers(z[rest], codes[rest], cost, z[group], w[rest])
        assert np.sqrt(np.mean((machine.held_out[group] - expected) ** 2)) < 0.02


@pytest.mark.usefixtures("few_landmarks")
def test_without_steps_few_directions_are_not_enough(monkeypatch):
    """So the test before is one of the conjugate gradients."""
    monkeypatch.setattr("serfast_svm.conjugate_gradients.MOST_STEPS", 0)
    z, codes, _ = problem(200, 200)
    machine = fit(z, codes, CLASSES, 3.0, [])
    w = 200 / (CLASSES * np.bincount(codes)[codes])
    expected = answers(z, codes, 3.0, z, w)
    assert np.abs(z @ machine.weights.T + machine.intercepts - expected).max() > 0.1


@pytest.mark.parametrize("few", ["", "kept", "in blocks"])
def test_examples_relative_to_their_speakers_are_examples_more(few, monkeypatch):
    """Trained on both it is the machine of a matrix that has both, without making it."""
    if few:
        leave_much(monkeypatch, few)
    z, codes, groups = problem(200, 300 if few else 150)
    means = SpeakerMeans(np.arange(200) % 5 + 5 * (np.arange(200) % 3))
    both = np.concatenate([z, means.relative(z)])
    twice = [np.concatenate([g, g + 200]) for g in groups]
    expected = fit(both, np.tile(codes, 2), CLASSES, 1.0, twice)
    machine = trainer(z, codes, groups, means=means).machine(1.0)
    close = 0.05 if few else 2e-5  # the worst of them
    np.testing.assert_allclose(machine.weights, expected.weights, atol=close)
    np.testing.assert_allclose(machine.intercepts, expected.intercepts, atol=close)
    np.testing.assert_allclose(machine.held_out, expected.held_out[:200], atol=close)
    once = fit(z, codes, CLASSES, 1.0, groups)
    assert np.abs(machine.held_out - once.held_out).max() > 0.05


@pytest.mark.usefixtures("few_landmarks")
def test_progress_goes_up_to_all_that_there_is_to_do():
    z, codes, groups = problem(200, 200)
    shares = []
    trainer(z, codes, groups).held_out([0.3, 3.0], shares.append)
    assert len(shares) > 2
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert shares[-1] <= 1


@pytest.mark.parametrize("twice", [False, True])
def test_by_examples_or_by_weights_the_same_machine_comes_out(monkeypatch, twice):
    monkeypatch.setattr(landmarks, "LANDMARKS", 30)
    z, codes, groups = problem(200, 300)
    made = {}
    for few, kind in ((0.75, ByExamples), (0.0, ByWeights)):
        monkeypatch.setattr(spaces, "FEW", few)
        inputs = ScaledInputs(z, Scaling(np.zeros(300), np.ones(300), np.ones(300)))
        assert type(space_of(inputs, projection_of(inputs))) is kind
        made[kind] = trainer(z, codes, groups).machine(1.0, twice=twice)
    for name in ("weights", "intercepts", "held_out"):
        one, two = (getattr(machine, name) for machine in made.values())
        np.testing.assert_allclose(one, two, atol=1e-4)
