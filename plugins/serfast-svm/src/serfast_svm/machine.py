"""Least-squares support vector machines: one linear system for all classes.

A class's machine answers +1 for its examples and -1 for all others, with the least sum of squared
errors and of squared weights: the least-squares support vector machine of Suykens and Vandewalle
(Neural Processing Letters 9, 1999), which is ridge regression on the answers. Every class weighs
the same. What machines without some speakers would answer to these is found by training these
machines too: all of them together cost little more than one, because what takes time is to make
the scaled inputs and to multiply by them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .conjugate_gradients import Equations, Task, solve
from .landmarks import System, projection_of, systems_of
from .scaled_inputs import BIAS, ScaledInputs
from .spaces import space_of
from .speaker_means import SpeakerMeans

__all__ = ["Machine", "Trainer"]

Array = np.ndarray[Any, Any]
Codes = np.ndarray[Any, np.dtype[np.intp]]

CLOSE = 0.01
"""So close do answers that a choice or a calibration is made by come to the exact ones."""

CLOSER = 1e-3
"""So close do those of the machine that is kept come. The answers of examples are near ±1."""


@dataclass(frozen=True)
class Machine:
    """Weights (n_classes, d) on scaled inputs, intercepts, and answers without each speaker."""

    weights: Array
    intercepts: Array
    held_out: Array
    """(n, n_classes): what machines trained without an example's group answer to it, or NaN."""


class Trainer:
    """Trains machines on the same scaled examples.

    Parameters
    ----------
    inputs : ScaledInputs
        Of a mean squared length near 1.
    codes : ndarray of int, shape (n,)
        The classes.
    n_classes : int
    groups : sequence of ndarray of int
        Indices of examples that are left out together; no example is in two of them.
    means : SpeakerMeans
        All examples of a mean are in one group, or in none.
    weighted : bool
        Whether every class weighs the same; else every example does.

    Notes
    -----
    The system is ``(Zᵀ w Z + 1 / C) b = Zᵀ w y``. It is solved exactly in the directions of some
    examples (:mod:`serfast_svm.landmarks`), and from there in all directions by conjugate
    gradients (:mod:`serfast_svm.conjugate_gradients`): Rudi, Carratino and Rosasco, "FALKON: an
    optimal large scale kernel method", NIPS 2017; Frangella, Tropp and Udell, "Randomized Nyström
    preconditioning", SIAM Journal on Matrix Analysis and Applications 44, 2023. A training costs
    about 2 n d r operations for r directions, and 4 n d m k in each of ten to thirty steps, for m
    machines of k classes; less where examples are fewer than entries (:mod:`serfast_svm.spaces`).

    Raises
    ------
    ParameterError
        If rounding makes a system insoluble.
    """

    def __init__(
        self,
        inputs: ScaledInputs,
        codes: Codes,
        n_classes: int,
        groups: Sequence[Array],
        means: SpeakerMeans,
        *,
        weighted: bool = True,
    ) -> None:
        self._groups, self._means = groups, means
        counts = np.bincount(codes, minlength=n_classes)
        self._w = np.ones(len(codes))
        if weighted:
            self._w = len(codes) / (np.count_nonzero(counts) * counts[codes])
        self._y = np.where(codes[:, np.newaxis] == np.arange(n_classes), 1.0, -1.0)
        self._space = space_of(inputs, projection_of(inputs))
        held = np.concatenate([*groups, np.empty(0, np.intp)]).astype(np.intp)
        rest = np.setdiff1d(np.arange(len(inputs)), held)
        self._systems = systems_of(self._space.rows, self._w, self._y, [*groups, rest], means)

    @property
    def groups(self) -> Sequence[Array]:
        """Give the indices of the examples that are left out together."""
        return self._groups

    def held_out(
        self, costs: Sequence[float], tell: Callable[[float], None] | None = None
    ) -> list[Array]:
        """Give the answers of machines without each group, for each C.

        Parameters
        ----------
        costs : sequence of float
            C: how much errors count beside the squares of the weights.
        tell : callable, optional
            It is called with the share that is done, 0 to 1.

        Returns
        -------
        list of ndarray of float64, shape (n, n_classes)
            NaN for an example that is in no group.
        """
        tasks = [Task(cost, k, CLOSE) for cost in costs for k in range(len(self._groups))]
        _, answers = self._solved(tasks, [one for one, _ in self._systems], False, tell)
        n = len(self._groups)
        return [self._together(answers[k * n : (k + 1) * n]) for k in range(len(costs))]

    def machine(
        self, cost: float, *, twice: bool = True, tell: Callable[[float], None] | None = None
    ) -> Machine:
        """Give the machine of all examples, and what it would answer without each group.

        With `twice` it is trained on all examples, and on all examples relative to their speakers.
        """
        groups = range(len(self._groups))
        tasks = [Task(cost, None, CLOSER), *(Task(cost, k, CLOSE) for k in groups)]
        systems = [one + other if twice else one for one, other in self._systems]
        solution, answers = self._solved(tasks, systems, twice, tell)
        b = solution.astype(np.float64)
        return Machine(b[:-1].T, BIAS * b[-1], self._together(answers[1:]))

    def _solved(
        self,
        tasks: Sequence[Task],
        systems: Sequence[System],
        twice: bool,
        tell: Callable[[float], None] | None,
    ) -> tuple[Array, list[Array]]:
        equations = Equations(
            space=self._space,
            w=self._w,
            y=self._y,
            means=self._means if twice else None,
            groups=self._groups,
        )
        return solve(equations, systems, tasks, tell)

    def _together(self, answers: Sequence[Array]) -> Array:
        """Give the answers of all examples, of those of each group."""
        together = np.full(self._y.shape, np.nan)
        for group, answer in zip(self._groups, answers, strict=True):
            together[group] = answer
        return together
