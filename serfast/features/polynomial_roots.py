"""The roots of a real polynomial are found here in pairs, all of them at once.

A pair is a factor x² + u x + v. All factors start on a circle, and each step improves all of them.
The number of steps is bounded, and the result depends on the polynomial alone. The functions are
plain Python, which Numba can compile.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["MAX_DEGREE", "factors_of", "starting_factors"]

Table = np.ndarray[Any, np.dtype[np.float64]]

MAX_DEGREE = 16
"""A polynomial has at most this degree; ext/kernels/factors.inc has room for so many factors."""

STARTS = ((0.95, 0.0, -0.6), (1.05, -0.5, -0.1), (1.05, 0.5, -0.1), (1.2, 0.0, -0.3))
"""The search starts from these, in turn: radius of complex pairs, and u and v of a real pair."""

TURNS = (0.0, 0.1, -0.1, 0.2)
"""The complex pairs of a start are turned by this share of the distance between them."""

_STEPS = 20  # from each start; half of the frames of speech need no more than 7
_CLOSE = 1e-6  # the step behind one as small as this is about its square
_FAR = 1e9
_PLAIN_STEPS = 100
_PLAINLY_CLOSE = 1e-9


def starting_factors(half: int) -> Table:
    """Give the factors x² + u x + v from which the search starts.

    Parameters
    ----------
    half : int
        The polynomial has this many factors, >= 1.

    Returns
    -------
    ndarray of float64, shape (4, 2, 2, half)
        For each start: for a product of the roots that is positive, and for one that is negative
        (which needs a positive and a negative root): u of all factors, v of all factors.
    """
    starts = np.empty((len(STARTS), 2, 2, half))
    for (radius, u, v), turn, (plus, minus) in zip(STARTS, TURNS, starts, strict=True):
        for factors in (plus, minus[:, 1:]):
            pairs = factors.shape[1]
            angles = np.pi * (np.arange(pairs) + 0.5 + turn) / max(pairs, 1)
            factors[0], factors[1] = -2 * radius * np.cos(angles), radius**2
        minus[:, 0] = u, v
    return starts


def factors_of(a: Any, starts: Any) -> Any:
    """Give u and v of the factors x² + u x + v of a polynomial.

    Parameters
    ----------
    a : ndarray of float64, shape (2 half + 1,)
        The polynomial is x^(2 half) + a[1] x^(2 half - 1) + …, with its roots in the unit circle.
    starts : ndarray, shape (16 half or more,)
        It begins with what `starting_factors` gives, flat.

    Returns
    -------
    ndarray of float64, shape (2, half)
        If no start led to all factors, those of pairs of complex roots come first, and the others
        are zeros.

    Examples
    --------
    >>> starts = starting_factors(2).ravel()
    >>> factors = factors_of(np.polymul([1, 0.5, 0.8], [1, -1.2, 0.7]), starts)
    >>> sorted(factors.round(9).T.tolist())
    [[-1.2, 0.7], [0.5, 0.8]]
    """
    half = (len(a) - 1) // 2
    pairs = np.zeros((2, half))
    for j in range(len(STARTS)):
        at = (4 * j + (2 if a[2 * half] < 0 else 0)) * half
        for i in range(half):
            pairs[0, i], pairs[1, i] = starts[at + i], starts[at + half + i]
        for _ in range(_STEPS):
            step = improve(a, pairs)
            if step < _CLOSE:
                return pairs
            if not step < _FAR:
                break
    return pairs_of_roots(a)


def improve(a: Any, pairs: Any) -> float:
    """Improve all factors at once; give the size of the largest step, infinity if there is none.

    The step of a factor is (A mod factor) / (product of the other factors mod factor), modulo the
    factor: Weierstrass's for single roots, Dvorčuk's for factors (Apl. Mat. 14 (1969)).
    """
    half = pairs.shape[1]
    steps, largest = np.zeros((2, half)), 0.0
    for i in range(half):
        p, q, b, c = pairs[0, i], pairs[1, i], 1.0, a[1] - pairs[0, i]
        for k in range(2, 2 * half):
            b, c = c, (a[k] - q * b) - p * c
        rest = a[2 * half] - q * b  # A mod factor is c x + rest
        e, f = 0.0, 1.0
        for j in range(1, half):  # (e x + f) times the next factor, as g x + h
            g, h = pairs[0, (i + j) % half] - p, pairs[1, (i + j) % half] - q
            e, f = (e * h + f * g) - p * (e * g), f * h - q * (e * g)
        other = f - p * e
        norm = f * other + q * (e * e)
        if norm == 0.0:
            return np.inf
        steps[0, i] = ((c * other - rest * e) + p * (c * e)) / norm
        steps[1, i] = (rest * other + q * (c * e)) / norm
    for i in range(2):
        for j in range(half):
            pairs[i, j] += steps[i, j]
            if not abs(pairs[i, j]) < _FAR:
                return np.inf
            largest = max(largest, abs(steps[i, j]))
    return largest


def pairs_of_roots(a: Any) -> Any:
    """Give the factors of the pairs of complex roots, and zeros for the others.

    The roots are found one by one, and all at once, by Ehrlich's and Aberth's step: it is slower,
    and sure. They start on a spiral, without any symmetry that they would have to leave.
    """
    n = len(a) - 1
    pairs, z = np.zeros((2, n // 2)), np.ones(n, dtype=np.complex128)
    for i in range(1, n):
        z[i] = z[i - 1] * (0.4 + 0.9j)
    for _ in range(_PLAIN_STEPS):
        largest = 0.0
        for i in range(n):
            step = root_step(a, z, i)
            z[i] -= step
            largest = max(largest, abs(step.real), abs(step.imag))
        if largest < _PLAINLY_CLOSE:
            break
    at = 0
    for i in range(n):
        if z[i].imag > _PLAINLY_CLOSE and at < n // 2:
            pairs[0, at], pairs[1, at] = -2.0 * z[i].real, z[i].real ** 2 + z[i].imag ** 2
            at += 1
    return pairs


def root_step(a: Any, z: Any, i: int) -> complex:
    """Give the step of a root: A / (A' - A Σ 1 / (z - another root))."""
    value, slope, others, none = 1.0 + 0.0j, 0.0 + 0.0j, 0.0 + 0.0j, 0.0 + 0.0j
    for k in range(1, len(a)):
        slope = slope * z[i] + value
        value = value * z[i] + a[k]
    for j in range(len(z)):
        if z[i] != z[j]:
            others += 1.0 / (z[i] - z[j])
    below = slope - value * others
    return complex(value / below) if below != none else none
