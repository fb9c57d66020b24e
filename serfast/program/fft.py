"""These are the tables of the FFT: how a length is divided into factors, and its twiddle factors.

A complex transform of n points is laid out as a matrix of rows × cols; the columns are transformed
in passes of small radices, multiplied by twiddle factors, transposed, and transformed again
(``ext/kernels/fft.inc``). With 8 or 16 rows all of this but the last happens in registers. A real
transform of even length is a complex one of half the length.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import inf, isqrt
from typing import Any, NamedTuple

import numpy as np

from ..forking import forks_wait

__all__ = ["MAX_RADIX", "Matrix", "Pass", "RealFFT", "fast_length", "matrix_plan", "real_fft"]

Table = np.ndarray[Any, np.dtype[np.float64]]
Complex = np.ndarray[Any, np.dtype[np.complex128]]

MAX_RADIX = 31
"""A pass can do primes up to this one; larger ones go through a convolution."""

_IN_REGISTERS = ((16, 8), (8, 4))
"""With these numbers of rows the first stage needs no passes, from so many columns on."""

_COST = {2: 1.0, 3: 1.3, 4: 1.4, 5: 2.0, 8: 2.3, 16: 4.5}
"""A pass over one row of columns takes this relative time, by radix."""


class Pass(NamedTuple):
    """A Stockham pass has `blocks` butterflies of `radix` rows.

    twiddle[p, k] is exp(-2πi p k / (radix · blocks)) for k >= 1, roots[j] exp(-2πi j / radix).
    """

    radix: int
    blocks: int
    twiddle: Complex
    roots: Complex


class Matrix(NamedTuple):
    """A matrix plan is a complex transform of n = rows · cols points.

    Strides are padded to multiples of 4, unless the first stage happens in registers.

    With `inner`, it is the convolution of Bluestein (IEEE Trans. Audio Electroacoust. 18 (1970),
    451-455) instead: jk = (j² + k² - (k-j)²) / 2 turns the sum into one with a chirp.
    """

    n: int
    rows: int
    cols: int
    row_stride: int
    col_stride: int
    row_passes: tuple[Pass, ...]
    col_passes: tuple[Pass, ...]
    twiddle: Complex
    inner: Matrix | None = None
    chirp: Complex | None = None
    kernel: Complex | None = None

    @property
    def in_registers(self) -> bool:
        """Tell whether the first stage needs no passes (``ext/kernels/first.inc``)."""
        return self.inner is None and self.rows == _rows_in_registers(self.n)

    @property
    def area(self) -> int:
        """Give the number of floats that a scratch array needs."""
        tiles = max(_up4(self.rows) * self.row_stride, _up4(self.cols) * self.col_stride)
        return max(tiles, self.inner.area if self.inner else 0) + 32


class RealFFT(NamedTuple):
    """It is a real transform by way of a complex one; split[k] = exp(-2πi k / length)."""

    length: int
    complex: Matrix
    split: Complex


def _up4(n: int) -> int:
    return (n + 3) // 4 * 4


def _unit(numerator: Any, denominator: int) -> Complex:
    """Give exp(-2πi numerator / denominator); the angle is reduced before it is rounded."""
    values = np.exp(-2j * np.pi * (np.asarray(numerator) % denominator) / denominator)
    values.setflags(write=False)  # plans are cached
    return np.asarray(values)


@lru_cache(maxsize=4096)
def _radices(n: int) -> tuple[float, tuple[int, ...]]:
    """Give the cost per value (inf if impossible) and the cheapest radices with product n."""
    if n == 1:
        return 0.0, ()
    best: tuple[float, tuple[int, ...]] = (inf, ())
    for radix in (16, 8, 5, 4, 3, 2, *range(7, MAX_RADIX + 1, 2)):
        if n % radix == 0 and (radix < 9 or all(radix % d for d in (3, 5))):
            cost, rest = _radices(n // radix)
            cost += _COST.get(radix, radix * 0.8) / radix * (2 if radix > 5 and radix % 2 else 1)
            cost += 0.25
            if cost < best[0]:
                best = (cost, (radix, *rest))
    return best


def _vectors(width: int) -> float:
    """Give the vector operations for a row of `width` columns; the unit is the time of 16 lanes."""
    return width // 16 + 0.5 * (width % 16 // 8) + 0.5 * (width % 8 // 4)


@lru_cache(maxsize=4096)
def _rows_in_registers(n: int) -> int:
    """Give the number of rows with which n points need no passes in the first stage, or 0.

    It is 16 if 16 divides n: then more of the work happens in registers, and later stages have
    wider vectors.
    """
    for rows, least_cols in _IN_REGISTERS:
        if n % rows == 0 and n // rows >= least_cols and _radices(n // rows)[0] < inf:
            return rows
    return 0


def _cost(rows: int, cols: int) -> float:
    return (
        rows * _radices(rows)[0] * _vectors(_up4(cols))
        + cols * _radices(cols)[0] * _vectors(_up4(rows))
        + (cols if rows % 4 else 0)  # rows of the result are moved together
    )


@lru_cache(maxsize=4096)
def _shape(n: int) -> tuple[float, int]:
    """Give the cost (inf if a factor is too large) and the cheapest number of rows for n points."""
    rows = _rows_in_registers(n)
    if rows:
        return _cost(rows, n // rows), rows
    small = [d for d in range(1, isqrt(n) + 1) if n % d == 0]
    return min((_cost(rows, n // rows), rows) for rows in {*small, *(n // d for d in small)})


def _passes(n: int) -> tuple[Pass, ...]:
    passes = []
    for radix in _radices(n)[1]:
        n //= radix
        products = np.outer(np.arange(n), np.arange(1, radix))
        twiddle = _unit(products, radix * n)
        passes.append(Pass(radix, n, twiddle, _unit(np.arange(radix), radix)))
    return tuple(passes)


@lru_cache(maxsize=64)
def matrix_plan(n: int) -> Matrix:
    """Give the plan of a complex transform of n >= 1 points.

    Examples
    --------
    >>> plan = matrix_plan(256)
    >>> plan.rows * plan.cols, plan.cols == plan.row_stride
    (256, True)
    """
    cost, rows = _shape(n)
    if cost == inf:
        return _chirp_plan(n)
    cols = n // rows
    row_stride = cols if rows == _rows_in_registers(n) else _up4(cols)
    twiddle = np.ones((rows, row_stride), dtype=np.complex128)
    twiddle[:, :cols] = _unit(np.outer(np.arange(rows), np.arange(cols)), n)
    return Matrix(n, rows, cols, row_stride, _up4(rows), _passes(rows), _passes(cols), twiddle)


def _chirp_plan(n: int) -> Matrix:
    inner = matrix_plan(fast_length(2 * n - 1))
    k = np.arange(n)
    chirp = _unit(k * k, 2 * n)
    kernel = np.zeros(inner.n, dtype=np.complex128)
    kernel[:n] = chirp.conj()
    kernel[inner.n - n + 1 :] = chirp.conj()[:0:-1]
    none = np.ones((1, 1), dtype=np.complex128)
    with forks_wait:
        from numpy.fft import fft  # heavy: 0.1 MB, which few lengths need

    return Matrix(n, 1, n, _up4(n), 4, (), (), none, inner, chirp, fft(kernel) / inner.n)


@lru_cache(maxsize=256)
def fast_length(minimum: int) -> int:
    """Give the cheapest complex length >= minimum whose first stage needs no passes.

    Examples
    --------
    >>> fast_length(636)
    640
    """
    least = max(minimum, 32)
    lengths = (n for n in _smooth_numbers(least, 2 * least - 1) if _rows_in_registers(n))
    return min((_shape(n)[0], n) for n in lengths)[1]


def _smooth_numbers(low: int, high: int) -> Iterator[int]:
    """Give the products of 2, 3 and 5 from `low` to `high`, in any order."""
    fives = 1
    while fives <= high:
        odd = fives
        while odd <= high:
            n = odd << max(0, (-(-low // odd) - 1).bit_length())  # the first one that isn't below
            while n <= high:
                yield n
                n *= 2
            odd *= 3
        fives *= 5


@lru_cache(maxsize=64)
def real_fft(length: int) -> RealFFT:
    """Give the plan of a real transform of `length` >= 2 samples.

    Examples
    --------
    >>> real_fft(512).complex.n, real_fft(441).complex.n
    (256, 441)
    """
    points = length if length % 2 else length // 2
    return RealFFT(length, matrix_plan(points), _unit(np.arange(length // 2 + 1), length))
