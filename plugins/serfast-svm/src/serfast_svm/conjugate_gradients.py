"""The systems of several machines are solved together by preconditioned conjugate gradients.

Each step multiplies by the scaled inputs twice, once for all machines that aren't close enough yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import log
from operator import add
from typing import Any

import numpy as np

from serfast.errors import ParameterError

from .landmarks import System, solve_by
from .scaled_inputs import BIAS
from .spaces import Space
from .speaker_means import SpeakerMeans

__all__ = ["Equations", "Task", "solve"]

Array = np.ndarray[Any, Any]

MOST_STEPS = 200
"""Rounding may keep a machine from coming as close as it should."""


@dataclass(frozen=True)
class Task:
    """One machine: its C, the group that it isn't trained on, and how close its answers must be.

    `close` bounds an estimate of the root mean square of the error of the answers to the examples,
    each as it weighs.
    """

    cost: float
    left_out: int | None
    close: float


@dataclass(frozen=True, kw_only=True)
class Equations:
    """What the machines are trained on: the weight of each example, and the answers wanted.

    Arrays over machines have the shape (.., m, k) for k classes.

    Parameters
    ----------
    space : Space
    w : ndarray, shape (n,)
    y : ndarray, shape (n, k)
    means : SpeakerMeans or None
        With them every example counts twice, the second time relative to its speaker.
    groups : sequence of ndarray of int
    """

    space: Space
    w: Array
    y: Array
    means: SpeakerMeans | None
    groups: Sequence[Array]

    def answers(self, b: Array, image: Array) -> Array:
        """Give ``Z b``, of shape (n, m, k)."""
        return self.space.answers(_flat(b), _flat(image)).reshape(-1, *b.shape[1:])

    def image(self, b: Array) -> Array:
        """Give what scalar products with `b` are sums with."""
        return self.space.image(_flat(b)).reshape(-1, *b.shape[1:])

    def gradient(self, wanted: Array, answers: Array, b: Array, tasks: Sequence[Task]) -> Array:
        """Give ``Zᵀ w (wanted - Z b)`` over the examples of each machine."""
        errors = self._trained_on(wanted - answers, tasks)
        constant = errors.sum(axis=0, dtype=np.float64)
        if self.means is not None:
            relative = self._relative(answers) + BIAS * b[-1]
            others = self._trained_on(wanted - relative, tasks)
            constant += others.sum(axis=0, dtype=np.float64)
            errors += self._relative(others)
        lifted = self.space.lifted(_flat(errors), constant.reshape(-1))
        return lifted.reshape(-1, *b.shape[1:])

    def _relative(self, rows: Array) -> Array:
        if self.means is None:
            return rows
        return self.means.relative(_flat(rows)).reshape(rows.shape)

    def _trained_on(self, rows: Array, tasks: Sequence[Task]) -> Array:
        """Weigh rows of the examples, those that a machine isn't trained on by 0; in place."""
        rows *= self.w.astype(rows.dtype)[:, np.newaxis, np.newaxis]
        for j, task in enumerate(tasks):
            if task.left_out is not None:
                rows[self.groups[task.left_out], j] = 0
        return rows


@dataclass(frozen=True)
class _Preconditioner:
    """Nearly the inverse of each machine's matrix: in the projection's directions, and beside.

    Beside these directions the matrix is taken for ``1 / scale``.
    """

    space: Space
    factors: list[Array]
    scales: Array

    def __call__(self, residual: Array, machines: Array) -> Array:
        inside = self.space.inside(_flat(residual))
        split = inside.reshape(-1, *residual.shape[1:])
        scale = self.scales[machines][:, np.newaxis]
        solved = np.empty_like(split)
        for j, machine in enumerate(machines):
            solved[:, j] = solve_by(self.factors[machine], split[:, j])
        back = self.space.back(_flat(solved - scale * split))
        return np.asarray(back.reshape(residual.shape) + scale * residual)


def solve(
    equations: Equations,
    systems: Sequence[System],
    tasks: Sequence[Task],
    tell: Callable[[float], None] | None = None,
) -> tuple[Array, list[Array]]:
    """Train the machines.

    Parameters
    ----------
    equations : Equations
    systems : sequence of System
        Of each group, and of the examples in none, in the directions of the projection.
    tasks : sequence of Task
    tell : callable, optional
        It is called with the share that is done, 0 to 1.

    Returns
    -------
    b : ndarray of float32, shape (d + 1, k)
        Of the first machine.
    answers : list of ndarray of float64, shape (n_left_out, k)
        Of each machine: its answers to the examples that it isn't trained on.

    Raises
    ------
    ParameterError
        If rounding makes a system insoluble, or a number isn't finite.
    """
    b, preconditioner = _in_projection(equations, systems, tasks)
    descent = _Descent(equations, preconditioner, tasks, b)
    first = far = descent.distances()
    for _ in range(MOST_STEPS):
        if not (far > 1).any():
            break
        descent.only(far > 1)
        if tell is not None:
            tell(_share(first.max(), far.max()))
        descent.step()
        far = descent.distances()
    if not np.isfinite(descent.b).all():
        raise ParameterError("inputs must be small enough for differences of float32 to be finite")
    return descent.weights(), descent.held_out


def _share(first: float, far: float) -> float:
    """Say how much is done, as each step takes off about the same factor."""
    return min(max(1 - log(far) / log(first), 0), 1) if first > far > 1 else 0


class _Descent:
    """The state of conjugate gradients: where each machine is, and where it goes next."""

    def __init__(
        self, equations: Equations, preconditioner: _Preconditioner, tasks: Sequence[Task], b: Array
    ) -> None:
        self._equations, self._preconditioner = equations, preconditioner
        self._tasks, self._machines = list(tasks), np.arange(len(tasks))
        self.b = b
        answers = equations.answers(b, equations.image(b))
        self.held_out = [
            answers[self._left_out(task), j].astype(np.float64) for j, task in enumerate(tasks)
        ]
        costs = np.array([task.cost for task in tasks], b.dtype)[:, np.newaxis]
        wanted = equations.y.astype(b.dtype)[:, np.newaxis]
        self._residual = equations.gradient(wanted, answers, b, self._tasks) - b / costs
        self._direction = preconditioner(self._residual, self._machines)
        self._image = equations.image(self._direction)
        self._squares = _products(self._residual, self._image)

    def weights(self) -> Array:
        """Give the weights of the first machine."""
        return self._equations.space.weights(self.b[:, 0])

    def distances(self) -> Array:
        """Estimate how far off each machine's answers are, as a share of how far they may be.

        The estimate is ``rᵀ P r`` for the residual r and the preconditioner P, which is near the
        square of the error, in the measure in which an example's answer counts as it weighs.
        """
        worst = np.sqrt(np.maximum(self._squares.max(axis=1), 0) / len(self._equations.y))
        return np.asarray(worst / np.array([task.close for task in self._tasks]))

    def only(self, going: Array) -> None:
        """Leave the other machines where they are."""
        if going.all():
            return
        self._tasks = [task for task, goes in zip(self._tasks, going, strict=True) if goes]
        self._machines, self._squares = self._machines[going], self._squares[going]
        self._residual, self._direction = self._residual[:, going], self._direction[:, going]
        self._image = self._image[:, going]

    def step(self) -> None:
        """Go one step further with each machine."""
        equations, tasks, p = self._equations, self._tasks, self._direction
        costs = np.array([task.cost for task in tasks], p.dtype)[:, np.newaxis]
        answers = equations.answers(p, self._image)
        product = p / costs - equations.gradient(p.dtype.type(0), answers, p, tasks)
        length = _ratio(self._squares, _products(self._image, product))
        for j, (task, machine) in enumerate(zip(tasks, self._machines, strict=True)):
            self.held_out[machine] += length[j] * answers[self._left_out(task), j]
        self.b[:, self._machines] += length.astype(p.dtype) * p
        self._residual -= length.astype(p.dtype) * product
        conditioned = self._preconditioner(self._residual, self._machines)
        image = equations.image(conditioned)
        squares = _products(self._residual, image)
        further = _ratio(squares, self._squares).astype(p.dtype)
        self._direction = conditioned + further * p
        self._image = image + further * self._image
        self._squares = squares

    def _left_out(self, task: Task) -> Array:
        none = np.empty(0, np.intp)
        return none if task.left_out is None else self._equations.groups[task.left_out]


def _in_projection(
    equations: Equations, systems: Sequence[System], tasks: Sequence[Task]
) -> tuple[Array, _Preconditioner]:
    """Solve each machine's system in the directions of the projection alone."""
    whole = reduce(add, systems)
    beside = _mean_beside(equations, whole)
    starts, factors, scales = [], [], []
    for task in tasks:
        system = whole if task.left_out is None else whole - systems[task.left_out]
        factor = system.factor(task.cost)
        starts.append(solve_by(factor, system.sums))
        factors.append(factor.astype(np.float32))
        scales.append(1 / (1 / task.cost + beside))
    start = np.stack(starts, axis=1)
    b = equations.space.back(_flat(start).astype(np.float32)).reshape(-1, *start.shape[1:])
    return b, _Preconditioner(equations.space, factors, np.array(scales, np.float32))


def _mean_beside(equations: Equations, whole: System) -> float:
    """Estimate the mean eigenvalue of ``Zᵀ w Z`` outside the directions of the projection.

    The sum of all is that of the squared lengths, which are 1 on average.
    """
    inside = float(np.trace(whole.products[:-1, :-1]))
    count = 1 if equations.means is None else 2
    outside = min(len(equations.y), equations.space.size) - (len(whole.products) - 1)
    return max(count * len(equations.y) - inside, 0.0) / max(outside, 1)


def _products(a: Array, b: Array) -> Array:
    """Give the scalar product of each machine's and class's columns, in float64."""
    return np.asarray(np.einsum("dmk,dmk->mk", a, b, dtype=np.float64))


def _ratio(a: Array, b: Array) -> Array:
    """Give ``a / b``, or 0 where b isn't positive: there nothing is left to go."""
    return np.divide(a, b, out=np.zeros_like(a), where=b > 0)


def _flat(array: Array) -> Array:
    """Give an array of shape (.., m, k) as one of shape (.., m k)."""
    return array.reshape(len(array), -1)
