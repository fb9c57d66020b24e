"""The mel stage computes the power in bands, its logarithm, and all that depends on that."""

from __future__ import annotations

from typing import Any

import numpy as np

from .compiling import kernel
from .lanes import LANES, at_least, exponent_and_rest, load, splat, store, transposed
from .mfcc import mfcc

__all__ = ["finish_log", "largest", "logarithm", "mel", "relate"]

Pointer = Any
Record = Any
Records = Any
Vector = Any

ONE, HALF = np.float32(1), np.float32(0.5)
LN2_HIGH, LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440054690583e-4)
P0, P1, P2, P3, P4, P5, P6, P7 = np.array(
    [-7.634459867e-02, 1.276156495e-01, -1.316019013e-01, 1.420175989e-01,
     -1.662335675e-01, 2.000122680e-01, -2.500082105e-01, 3.333333171e-01], dtype=np.float32,
)  # fmt: skip


@kernel
def band(bands: Records, i: int, tables: Pointer, power: Pointer) -> Vector:
    """Give the products of band i with the power, summed in 8 lanes."""
    x, weights = power + bands[i].first, tables + bands[i].weights
    sums = load(weights, 0) * load(x, 0)
    for k in range(LANES, LANES * bands[i].blocks, LANES):
        sums += load(weights, k) * load(x, k)
    return sums


@kernel
def mel(node: Record, bands: Records, tables: Pointer, power: Pointer, out: Pointer) -> None:
    """Compute Σ weights · power of every band; the lanes of eight bands are added together."""
    for m in range(0, node.n_mels, LANES):
        i = node.first_band + m
        a, b, c, d, e, f, g, h = transposed(
            band(bands, i, tables, power), band(bands, i + 1, tables, power),
            band(bands, i + 2, tables, power), band(bands, i + 3, tables, power),
            band(bands, i + 4, tables, power), band(bands, i + 5, tables, power),
            band(bands, i + 6, tables, power), band(bands, i + 7, tables, power),
        )  # fmt: skip
        store(out, m, ((a + e) + (c + g)) + ((b + f) + (d + h)))


@kernel
def natural_logarithm(x: Vector) -> Vector:
    """Give ln x, to about one unit in the last place.

    x = m · 2^e with m in [√½, √2), f = m - 1: ln x = e ln 2 + f - f²/2 + f³ P(f). P is the
    polynomial of docs/decisions.md; ln 2 is split so that e · LN2_HIGH is exact.
    """
    e, m = exponent_and_rest(x)
    f = m - splat(ONE)
    p = f * splat(P0) + splat(P1)
    p = p * f + splat(P2)
    p = p * f + splat(P3)
    p = p * f + splat(P4)
    p = p * f + splat(P5)
    p = p * f + splat(P6)
    p = p * f + splat(P7)
    square = f * f
    rest = square * f * p + e * splat(LN2_LOW) - square * splat(HALF) + f
    return e * splat(LN2_HIGH) + rest


@kernel
def logarithm(node: Record, x: Pointer, y: Pointer) -> None:
    """Compute scale · ln(max(floor, x + added)) - offset, with whole vectors."""
    scale, offset, added = splat(node.scale), splat(node.offset), splat(node.added)
    for i in range(0, node.n_mels, LANES):
        bands = at_least(load(x, i) + added, node.floor)
        store(y, i, natural_logarithm(bands) * scale - offset)


@kernel
def finish_log(
    node: Record, cepstra: Records, tables: Pointer, log_mel: Pointer, row: Pointer,
    product: Pointer,
) -> None:  # fmt: skip
    """Write a log-mel row into its columns, and its cepstra into theirs."""
    if node.column >= 0:
        for i in range(node.n_mels):
            row[node.column + i] = log_mel[i]
    for i in range(node.first_cepstrum, node.last_cepstrum):
        mfcc(cepstra[i], tables, log_mel, node.n_mels, row, product)


@kernel
def largest(node: Record, kept: Pointer, n_rows: int, row_size: int) -> Any:
    """Give the largest of all values in a recording's kept rows."""
    peak = kept[0]
    for t in range(n_rows):
        for i in range(node.n_mels):
            peak = max(peak, kept[t * row_size + i])
    return peak


@kernel
def relate(node: Record, log_mel: Pointer, peak: np.float32) -> None:
    """Raise a kept row to peak - top and subtract the peak, if the node says so."""
    least = peak - node.top
    for i in range(node.n_mels):
        value = log_mel[i]
        if node.limited and value < least:
            value = least
        log_mel[i] = value - peak if node.relative else value
