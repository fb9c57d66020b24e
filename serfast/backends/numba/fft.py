"""The complex FFT is computed here, by the plans of :mod:`serfast.program.fft`.

n points lie as a matrix of rows × cols, real and imaginary parts `area` floats apart. The matrix's
columns are transformed by Stockham passes, whose inner loops run along the rows, eight columns at
a time; its values are multiplied by twiddle factors on their way into the transposed matrix, whose
columns are transformed again (Bailey, "FFTs in external or hierarchical memory", 1990). Rows are
padded to whole vectors; what is computed in the padding is never looked at.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .compiling import kernel
from .lanes import LANES, load, store, transposed
from .passes import run_passes

__all__ = ["multiply", "transform"]

Pointer = Any
Record = Any
Records = Any
Vector = Any

ZERO = np.float32(0)


@kernel
def turn(f: Record, tables: Pointer, x: Pointer, y: Pointer, area: int) -> None:
    """Compute y[c, r] = x[r, c] · exp(-2πi r c / n), in tiles of 8 × 8."""
    factors = tables + f.twiddle
    behind = f.area_of_twiddle
    for r in range(0, f.rows, LANES):
        for c in range(0, f.cols, LANES):
            i, o = r * f.row_stride + c, c * f.col_stride + r
            a0, b0 = product(x, area, factors, behind, i)
            a1, b1 = product(x, area, factors, behind, i + f.row_stride)
            a2, b2 = product(x, area, factors, behind, i + 2 * f.row_stride)
            a3, b3 = product(x, area, factors, behind, i + 3 * f.row_stride)
            a4, b4 = product(x, area, factors, behind, i + 4 * f.row_stride)
            a5, b5 = product(x, area, factors, behind, i + 5 * f.row_stride)
            a6, b6 = product(x, area, factors, behind, i + 6 * f.row_stride)
            a7, b7 = product(x, area, factors, behind, i + 7 * f.row_stride)
            store_tile(y, o, f.col_stride, transposed(a0, a1, a2, a3, a4, a5, a6, a7))
            store_tile(y, o + area, f.col_stride, transposed(b0, b1, b2, b3, b4, b5, b6, b7))


@kernel
def product(x: Pointer, area: int, w: Pointer, behind: int, i: int) -> tuple[Vector, Vector]:
    xr, xi, wr, wi = load(x, i), load(x, i + area), load(w, i), load(w, i + behind)
    return xr * wr - xi * wi, xr * wi + xi * wr


@kernel
def store_tile(y: Pointer, at: int, stride: int, tile: tuple[Vector, ...]) -> None:
    store(y, at, tile[0])
    store(y, at + stride, tile[1])
    store(y, at + 2 * stride, tile[2])
    store(y, at + 3 * stride, tile[3])
    store(y, at + 4 * stride, tile[4])
    store(y, at + 5 * stride, tile[5])
    store(y, at + 6 * stride, tile[6])
    store(y, at + 7 * stride, tile[7])


@kernel
def restride(
    x: Pointer, x_stride: int, y: Pointer, y_stride: int, rows: int, length: int, area: int
) -> None:
    """Copy rows of `length` to another stride; y may be x if its stride is the smaller one."""
    for r in range(rows):
        for i in range(0, length, LANES):
            re, im = load(x, r * x_stride + i), load(x, r * x_stride + i + area)
            store(y, r * y_stride + i, re)
            store(y, r * y_stride + i + area, im)


@kernel
def transform_matrix(
    f: Record, passes: Records, tables: Pointer, a: Pointer, b: Pointer, area: int
) -> tuple[Pointer, Pointer]:
    """Compute the FFT of the n points in a; give the array that holds it, then the other one."""
    if f.row_stride > f.cols:
        restride(a, f.cols, b, f.row_stride, f.rows, f.cols, area)
        a, b = b, a
    a, b = run_passes(passes, f.first_pass, f.turn, tables, a, b, area, f.row_stride)
    turn(f, tables, a, b, area)
    a, b = run_passes(passes, f.turn, f.last_pass, tables, b, a, area, f.col_stride)
    if f.col_stride > f.rows:
        restride(a, f.col_stride, a, f.rows, f.cols, f.rows, area)
    return a, b


@kernel
def multiply(x: Pointer, area: int, w: Pointer, behind: int, n: int) -> None:
    """Multiply x by w, both complex, over n rounded up to whole vectors."""
    for i in range(0, n, LANES):
        re, im = product(x, area, w, behind, i)
        store(x, i, re)
        store(x, i + area, im)


@kernel
def exchange(x: Pointer, area: int, n: int) -> None:
    """Exchange the real and the imaginary parts."""
    for i in range(0, n, LANES):
        re, im = load(x, i), load(x, i + area)
        store(x, i, im)
        store(x, i + area, re)


@kernel
def transform(
    i: int, ffts: Records, passes: Records, tables: Pointer, a: Pointer, b: Pointer, area: int
) -> tuple[Pointer, Pointer]:
    """Compute the FFT of the points in a by plan i; give the array that holds it, then the other.

    A plan with an inner plan is Bluestein's (IEEE Trans. Audio Electroacoust. 18 (1970), 451-455).
    The points are multiplied by a chirp, convolved with the inverse chirp, and multiplied by the
    chirp again. For the inverse transform, real and imaginary parts are exchanged before and after
    a forward transform.
    """
    f, chirped = ffts[i], ffts[i].inner >= 0
    matrix = ffts[f.inner if chirped else i]
    if chirped:
        multiply(a, area, tables + f.chirp, f.area_of_chirp, f.n)
        for k in range(f.n, matrix.n):
            a[k] = ZERO
            a[k + area] = ZERO
    for turn_back in range(2 if chirped else 1):
        if turn_back:
            multiply(a, area, tables + f.kernel, f.area_of_kernel, matrix.n)
            exchange(a, area, matrix.n)
        a, b = transform_matrix(matrix, passes, tables, a, b, area)
    if chirped:
        exchange(a, area, f.n)
        multiply(a, area, tables + f.chirp, f.area_of_chirp, f.n)
    return a, b
