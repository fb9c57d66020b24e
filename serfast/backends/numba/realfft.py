"""Real transforms use the complex FFT: the power spectrum, and the cosine transform of one.

2n real samples are the complex points z[k] = x[2k] + i x[2k+1]. With Z = E + i O, the transforms
of the even and the odd samples, and w = exp(-2πi / 2n), X[k] = E[k] + w^k O[k] and
X[n-k] = conj(E[k] - w^k O[k]) (Press et al., Numerical Recipes, section 12.3). Samples are halved
beforehand where that saves a factor 1/2. Odd and very short lengths are transformed as complex.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .compiling import kernel, part
from .fft import transform
from .lanes import LANES, deinterleaved, load, reversed_lanes, splat, store

__all__ = ["cosine_transform", "power_spectrum"]

Pointer = Any
Record = Any
Records = Any
Vector = Any

NOTHING = np.float32(0)


@kernel
def windowed(r: Record, x: Pointer, window: Pointer, a: Pointer) -> None:
    """Compute the window's product with the samples, as the points of the transform."""
    nothing = splat(NOTHING)
    for k in range(0, r.n, LANES):
        if r.halved:
            even, odd = deinterleaved(load(x, 2 * k), load(x, 2 * k + LANES))
            store(a, k, even * load(window, k))
            store(a, k + r.area, odd * load(window, r.n + k))
        else:
            store(a, k, load(x, k) * load(window, k))
            store(a, k + r.area, nothing)


@kernel
def even_and_odd(
    r: Record, tables: Pointer, z: Pointer, k: int
) -> tuple[Vector, Vector, Vector, Vector]:
    """Give 2 E[k] and 2 w^k O[k], real and imaginary part, for eight k from k on."""
    mirror = r.n - k - (LANES - 1)
    zr, zi = load(z, k), load(z, k + r.area)
    yr, yi = reversed_lanes(load(z, mirror)), reversed_lanes(load(z, mirror + r.area))
    wr, wi = load(tables, r.split_re + k), load(tables, r.split_im + k)
    odd_re, odd_im = zi + yi, yr - zr
    return zr + yr, zi - yi, wr * odd_re - wi * odd_im, wr * odd_im + wi * odd_re


@part
def power_spectrum(
    r: Record, ffts: Records, passes: Records, tables: Pointer, x: Pointer, window: Pointer,
    power: Pointer, scratch: Pointer,
) -> None:  # fmt: skip
    """Compute power[k] = |Σ w[i] x[i] exp(-2πi k i / length)|² for k <= length // 2.

    The window of a halved transform comes as w[0], w[2] … w[1], w[3] …, divided by 2.
    """
    windowed(r, x, window, scratch)
    z, _ = transform(r.fft, ffts, passes, tables, scratch, scratch + 2 * r.area, r.area)
    if not r.halved:
        for k in range(0, r.length // 2 + 1, LANES):
            re, im = load(z, k), load(z, k + r.area)
            store(power, k, re * re + im * im)
        return
    z[r.n] = z[0]
    z[r.n + r.area] = z[r.area]
    # Both halves meet in the middle; a value that is computed twice there is the same sum.
    for k in range(0, r.n // 2 + 1, LANES):
        er, ei, tr, ti = even_and_odd(r, tables, z, k)
        ar, ai, br, bi = er + tr, ei + ti, er - tr, ei - ti
        store(power, k, ar * ar + ai * ai)
        store(power, r.n - k - (LANES - 1), reversed_lanes(br * br + bi * bi))


@part
def cosine_transform(
    r: Record, ffts: Records, passes: Records, tables: Pointer, x: Pointer, n_out: int,
    out: Pointer, scratch: Pointer,
) -> None:  # fmt: skip
    """Compute out[k] = 2 Σ_i x[i] cos(2πk i / length) for k < n_out, if x[length - i] = x[i].

    The caller gives x[0] … x[length // 2]; the others are written after them.
    """
    for i in range(1, r.n):
        x[r.length - i] = x[i]
    for k in range(0, r.n, LANES):
        even, odd = deinterleaved(load(x, 2 * k), load(x, 2 * k + LANES))
        store(scratch, k, even)
        store(scratch, k + r.area, odd)
    z, _ = transform(r.fft, ffts, passes, tables, scratch, scratch + 2 * r.area, r.area)
    z[r.n] = z[0]
    z[r.n + r.area] = z[r.area]
    for k in range(0, n_out, LANES):
        er, _, tr, _ = even_and_odd(r, tables, z, k)
        store(out, k, er + tr)
