"""Passes of the FFT: butterflies over the columns of a matrix, eight columns at a time.

They are Stockham's: block p of a pass takes rows p, p + blocks, p + 2 blocks … and writes rows
p · radix, p · radix + 1 …, so that after the last pass rows are in their natural order. Real and
imaginary parts are `area` floats apart.
"""

from __future__ import annotations

from typing import Any

from .butterflies import dft2, dft3, dft4, dft5, dft8
from .compiling import kernel
from .lanes import LANES, load, splat, store

__all__ = ["run_passes"]

Pointer = Any
Records = Any
Vector = Any


@kernel
def put(
    y: Pointer, area: int, at: int, p: int, w: Pointer, k: int, re: Vector, im: Vector
) -> None:
    """Store value k of block p, times its twiddle w[k - 1]; those of block 0 are 1."""
    if p > 0:
        wr, wi = splat(w[2 * k - 2]), splat(w[2 * k - 1])
        store(y, at, re * wr - im * wi)
        store(y, at + area, re * wi + im * wr)
    else:
        store(y, at, re)
        store(y, at + area, im)


@kernel
def pass2(x: Pointer, y: Pointer, area: int, blocks: int, s: int, twiddle: Pointer) -> None:
    step = blocks * s
    for p in range(blocks):
        w = twiddle + 2 * p
        for i in range(p * s, p * s + s, LANES):
            o = i + p * s
            r0, i0, r1, i1 = dft2(
                load(x, i), load(x, i + area), load(x, i + step), load(x, i + step + area)
            )
            store(y, o, r0)
            store(y, o + area, i0)
            put(y, area, o + s, p, w, 1, r1, i1)


@kernel
def pass3(x: Pointer, y: Pointer, area: int, blocks: int, s: int, twiddle: Pointer) -> None:
    step = blocks * s
    for p in range(blocks):
        w = twiddle + 4 * p
        for i in range(p * s, p * s + s, LANES):
            o, i1, i2 = i + 2 * p * s, i + step, i + 2 * step
            ar, ai, br, bi, cr, ci = dft3(
                load(x, i), load(x, i + area),
                load(x, i1), load(x, i1 + area),
                load(x, i2), load(x, i2 + area),
            )  # fmt: skip
            store(y, o, ar)
            store(y, o + area, ai)
            put(y, area, o + s, p, w, 1, br, bi)
            put(y, area, o + 2 * s, p, w, 2, cr, ci)


@kernel
def pass4(x: Pointer, y: Pointer, area: int, blocks: int, s: int, twiddle: Pointer) -> None:
    step = blocks * s
    for p in range(blocks):
        w = twiddle + 6 * p
        for i in range(p * s, p * s + s, LANES):
            o, i1, i2, i3 = i + 3 * p * s, i + step, i + 2 * step, i + 3 * step
            ar, ai, br, bi, cr, ci, dr, di = dft4(
                load(x, i), load(x, i + area),
                load(x, i1), load(x, i1 + area),
                load(x, i2), load(x, i2 + area),
                load(x, i3), load(x, i3 + area),
            )  # fmt: skip
            store(y, o, ar)
            store(y, o + area, ai)
            put(y, area, o + s, p, w, 1, br, bi)
            put(y, area, o + 2 * s, p, w, 2, cr, ci)
            put(y, area, o + 3 * s, p, w, 3, dr, di)


@kernel
def pass5(x: Pointer, y: Pointer, area: int, blocks: int, s: int, twiddle: Pointer) -> None:
    step = blocks * s
    for p in range(blocks):
        w = twiddle + 8 * p
        for i in range(p * s, p * s + s, LANES):
            o = i + 4 * p * s
            i1, i2, i3, i4 = i + step, i + 2 * step, i + 3 * step, i + 4 * step
            ar, ai, br, bi, cr, ci, dr, di, er, ei = dft5(
                load(x, i), load(x, i + area),
                load(x, i1), load(x, i1 + area),
                load(x, i2), load(x, i2 + area),
                load(x, i3), load(x, i3 + area),
                load(x, i4), load(x, i4 + area),
            )  # fmt: skip
            store(y, o, ar)
            store(y, o + area, ai)
            put(y, area, o + s, p, w, 1, br, bi)
            put(y, area, o + 2 * s, p, w, 2, cr, ci)
            put(y, area, o + 3 * s, p, w, 3, dr, di)
            put(y, area, o + 4 * s, p, w, 4, er, ei)


@kernel
def pass8(x: Pointer, y: Pointer, area: int, blocks: int, s: int, twiddle: Pointer) -> None:
    step = blocks * s
    for p in range(blocks):
        w = twiddle + 14 * p
        for i in range(p * s, p * s + s, LANES):
            o = i + 7 * p * s
            i1, i2, i3, i4 = i + step, i + 2 * step, i + 3 * step, i + 4 * step
            i5, i6, i7 = i + 5 * step, i + 6 * step, i + 7 * step
            ar, ai, br, bi, cr, ci, dr, di, er, ei, fr, fi, gr, gi, hr, hi = dft8(
                load(x, i), load(x, i + area),
                load(x, i1), load(x, i1 + area),
                load(x, i2), load(x, i2 + area),
                load(x, i3), load(x, i3 + area),
                load(x, i4), load(x, i4 + area),
                load(x, i5), load(x, i5 + area),
                load(x, i6), load(x, i6 + area),
                load(x, i7), load(x, i7 + area),
            )  # fmt: skip
            store(y, o, ar)
            store(y, o + area, ai)
            put(y, area, o + s, p, w, 1, br, bi)
            put(y, area, o + 2 * s, p, w, 2, cr, ci)
            put(y, area, o + 3 * s, p, w, 3, dr, di)
            put(y, area, o + 4 * s, p, w, 4, er, ei)
            put(y, area, o + 5 * s, p, w, 5, fr, fi)
            put(y, area, o + 6 * s, p, w, 6, gr, gi)
            put(y, area, o + 7 * s, p, w, 7, hr, hi)


@kernel
def pass_any(
    x: Pointer, y: Pointer, area: int, blocks: int, s: int, twiddle: Pointer, radix: int,
    roots: Pointer,
) -> None:  # fmt: skip
    """A pass of any radix, by the definition; roots[j] = exp(-2πi j / radix)."""
    step = blocks * s
    for p in range(blocks):
        w = twiddle + 2 * (radix - 1) * p
        for i in range(p * s, p * s + s, LANES):
            for k in range(radix):
                re, im = load(x, i), load(x, i + area)
                jk = 0
                for j in range(1, radix):
                    jk = (jk + k) % radix
                    cr, ci = splat(roots[2 * jk]), splat(roots[2 * jk + 1])
                    xr, xi = load(x, i + j * step), load(x, i + j * step + area)
                    re += xr * cr - xi * ci
                    im += xr * ci + xi * cr
                put(y, area, i + ((radix - 1) * p + k) * s, p if k else 0, w, k, re, im)


@kernel
def run_passes(
    passes: Records, first: int, stop: int, tables: Pointer, a: Pointer, b: Pointer, area: int,
    s: int,
) -> tuple[Pointer, Pointer]:  # fmt: skip
    """Passes first … stop - 1 over the columns in a; first where the result is, then the other."""
    for i in range(first, stop):
        radix, blocks = passes[i].radix, passes[i].blocks
        twiddle = tables + passes[i].twiddle
        if radix == 2:
            pass2(a, b, area, blocks, s, twiddle)
        elif radix == 3:
            pass3(a, b, area, blocks, s, twiddle)
        elif radix == 4:
            pass4(a, b, area, blocks, s, twiddle)
        elif radix == 5:
            pass5(a, b, area, blocks, s, twiddle)
        elif radix == 8:
            pass8(a, b, area, blocks, s, twiddle)
        else:
            pass_any(a, b, area, blocks, s, twiddle, radix, tables + passes[i].roots)
        s *= radix
        a, b = b, a
    return a, b
