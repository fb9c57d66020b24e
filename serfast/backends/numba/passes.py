"""A pass of the FFT computes butterflies over the columns of a matrix, eight columns at a time.

Passes are Stockham's: block p of a pass takes rows p, p + blocks, p + 2 blocks … and writes rows
p · radix, p · radix + 1 …, so that after the last pass rows are in their natural order. Real and
imaginary parts are `area` floats apart.
"""

from __future__ import annotations

from typing import Any

from .blocks import block_loaded, block_stored, block_turned
from .butterflies import dft2, dft3, dft4, dft5, dft8
from .compiling import kernel
from .lanes import LANES, load, splat, store

__all__ = ["run_passes"]

Pointer = Any
Records = Any
Vector = Any


def pass_of(radix: int, dft: Any) -> Any:
    """Give the pass of one radix; `dft` is its butterfly."""
    load_block, turn_block, store_block = (
        make(radix) for make in (block_loaded, block_turned, block_stored)
    )

    @kernel
    def run(x: Pointer, y: Pointer, area: int, blocks: int, s: int, twiddle: Pointer) -> None:
        for p in range(blocks):
            w = twiddle + 2 * (radix - 1) * p
            for i in range(p * s, p * s + s, LANES):
                block = dft(*load_block(x, i, blocks * s, area))
                if p > 0:  # the twiddles of block 0 are 1
                    block = turn_block(block, w)
                store_block(y, i + (radix - 1) * p * s, s, area, block)

    return run


pass2, pass3, pass4 = pass_of(2, dft2), pass_of(3, dft3), pass_of(4, dft4)
pass5, pass8 = pass_of(5, dft5), pass_of(8, dft8)


@kernel
def put(y: Pointer, area: int, at: int, p: int, w: Pointer, k: int, re: Vector, im: Vector) -> None:
    """Store value k of block p times its twiddle w[k - 1]; the twiddles of block 0 are 1."""
    if p > 0:
        wr, wi = splat(w[2 * k - 2]), splat(w[2 * k - 1])
        store(y, at, re * wr - im * wi)
        store(y, at + area, re * wi + im * wr)
    else:
        store(y, at, re)
        store(y, at + area, im)


@kernel
def pass_any(
    x: Pointer, y: Pointer, area: int, blocks: int, s: int, twiddle: Pointer, radix: int,
    roots: Pointer,
) -> None:  # fmt: skip
    """Compute a pass of any radix by its definition, with roots[j] = exp(-2πi j / radix)."""
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
    """Compute passes first … stop - 1 over the columns in a; give the result's array first."""
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
