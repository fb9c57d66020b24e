"""A butterfly of the FFT computes y[k] = Σ_j x[j] exp(-2πi j k / R), for eight columns at once.

Arguments and results are real part, imaginary part, real part … The formulas are from Nussbaumer,
Fast Fourier Transform and Convolution Algorithms, chapter 5.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .compiling import kernel
from .lanes import splat

__all__ = ["dft2", "dft3", "dft4", "dft5", "dft8"]

Vector = Any
Vectors = tuple[Any, ...]

HALF = np.float32(0.5)
SIN_45 = np.float32(np.sqrt(0.5))
SIN_60 = np.float32(np.sqrt(0.75))
COS_72, SIN_72 = np.float32(np.cos(0.4 * np.pi)), np.float32(np.sin(0.4 * np.pi))
COS_144, SIN_144 = np.float32(np.cos(0.8 * np.pi)), np.float32(np.sin(0.8 * np.pi))


@kernel
def dft2(ar: Vector, ai: Vector, br: Vector, bi: Vector) -> Vectors:
    """Compute the butterfly of radix 2."""
    return ar + br, ai + bi, ar - br, ai - bi


@kernel
def dft3(ar: Vector, ai: Vector, br: Vector, bi: Vector, cr: Vector, ci: Vector) -> Vectors:
    """Compute the butterfly of radix 3."""
    sr, si = br + cr, bi + ci
    dr, di = (br - cr) * splat(SIN_60), (bi - ci) * splat(SIN_60)
    mr, mi = ar - sr * splat(HALF), ai - si * splat(HALF)
    return ar + sr, ai + si, mr + di, mi - dr, mr - di, mi + dr


@kernel
def dft4(
    ar: Vector, ai: Vector, br: Vector, bi: Vector, cr: Vector, ci: Vector, dr: Vector, di: Vector
) -> Vectors:
    """Compute the butterfly of radix 4."""
    er, ei, fr, fi = ar + cr, ai + ci, ar - cr, ai - ci
    gr, gi, hr, hi = br + dr, bi + di, br - dr, bi - di
    return er + gr, ei + gi, fr + hi, fi - hr, er - gr, ei - gi, fr - hi, fi + hr


@kernel
def dft5(
    ar: Vector, ai: Vector, br: Vector, bi: Vector, cr: Vector, ci: Vector, dr: Vector, di: Vector,
    er: Vector, ei: Vector,
) -> Vectors:  # fmt: skip
    """Compute the butterfly of radix 5."""
    sr, si, tr, ti = br + er, bi + ei, cr + dr, ci + di
    ur, ui, vr, vi = br - er, bi - ei, cr - dr, ci - di
    mr = ar + sr * splat(COS_72) + tr * splat(COS_144)
    mi = ai + si * splat(COS_72) + ti * splat(COS_144)
    nr = ar + sr * splat(COS_144) + tr * splat(COS_72)
    ni = ai + si * splat(COS_144) + ti * splat(COS_72)
    pr = ur * splat(SIN_72) + vr * splat(SIN_144)
    pi = ui * splat(SIN_72) + vi * splat(SIN_144)
    qr = ur * splat(SIN_144) - vr * splat(SIN_72)
    qi = ui * splat(SIN_144) - vi * splat(SIN_72)
    return (
        ar + sr + tr, ai + si + ti, mr + pi, mi - pr, nr + qi, ni - qr, nr - qi, ni + qr,
        mr - pi, mi + pr,
    )  # fmt: skip


@kernel
def dft8(
    ar: Vector, ai: Vector, br: Vector, bi: Vector, cr: Vector, ci: Vector, dr: Vector, di: Vector,
    er: Vector, ei: Vector, fr: Vector, fi: Vector, gr: Vector, gi: Vector, hr: Vector, hi: Vector,
) -> Vectors:  # fmt: skip
    """Compute radix 8: radix 4 of even and of odd values; these are turned by exp(-πi k / 4)."""
    kr, ki, lr, li, mr, mi, nr, ni = dft4(ar, ai, cr, ci, er, ei, gr, gi)
    pr, pi, qr, qi, rr, ri, sr, si = dft4(br, bi, dr, di, fr, fi, hr, hi)
    qr, qi = (qr + qi) * splat(SIN_45), (qi - qr) * splat(SIN_45)
    sr, si = (si - sr) * splat(SIN_45), (sr + si) * splat(SIN_45)
    return (
        kr + pr, ki + pi, lr + qr, li + qi, mr + ri, mi - rr, nr + sr, ni - si,
        kr - pr, ki - pi, lr - qr, li - qi, mr - ri, mi + rr, nr - sr, ni + si,
    )  # fmt: skip
