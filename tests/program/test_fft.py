"""Plans of the FFT: their factors, and the sums that their tables stand for."""

from __future__ import annotations

import math

import numpy as np
import pytest

from serfast.program.fft import MAX_RADIX, Matrix, Pass, fast_length, matrix_plan, real_fft

SIZES = (1, 2, 3, 8, 31, 32, 60, 128, 200, 256, 441, 512, 37, 74, 1021)


def passed(x: np.ndarray, passes: tuple[Pass, ...]) -> np.ndarray:
    """Transform along axis 0 by Stockham's passes, each written as its sum."""
    n, stride = len(x), 1
    for radix, blocks, twiddle, roots in passes:
        made = np.zeros((n, *x.shape[1:]), complex)
        for p in range(blocks):
            for q in range(stride):
                inputs = [x[q + stride * (p + blocks * j)] for j in range(radix)]
                for k in range(radix):
                    value = sum(inputs[j] * roots[j * k % radix] for j in range(radix))
                    factor = twiddle[p, k - 1] if k else 1
                    made[q + stride * (radix * p + k)] = factor * value
        x, stride = made, stride * radix
    return x


def transformed(x: np.ndarray, plan: Matrix) -> np.ndarray:
    """The transform that a plan describes."""
    if plan.inner is None:
        matrix = passed(x.reshape(plan.rows, plan.cols).astype(complex), plan.row_passes)
        matrix = passed((matrix * plan.twiddle[:, : plan.cols]).T, plan.col_passes)
        return matrix.ravel()
    padded = np.zeros(plan.inner.n, complex)
    padded[: plan.n] = x * plan.chirp
    product = transformed(padded, plan.inner) * plan.kernel
    return transformed(product.conj(), plan.inner).conj()[: plan.n] * plan.chirp


@pytest.mark.parametrize("n", SIZES)
def test_a_plan_is_of_the_transform(n: int) -> None:
    random = np.random.default_rng(n)
    x = random.normal(size=n) + 1j * random.normal(size=n)
    worst = np.abs(transformed(x, matrix_plan(n)) - np.fft.fft(x)).max()
    assert worst < 1e-11 * math.sqrt(n)


@pytest.mark.parametrize("n", SIZES)
def test_factors_multiply_to_the_length(n: int) -> None:
    plan = matrix_plan(n)
    assert plan.rows * plan.cols == n
    assert (plan.inner is not None) == any(n % p == 0 for p in (37, 1021))
    if plan.inner is None:
        assert math.prod(one.radix for one in plan.row_passes) == plan.rows
        assert math.prod(one.radix for one in plan.col_passes) == plan.cols
        assert max((one.radix for one in plan.row_passes + plan.col_passes), default=1) <= MAX_RADIX


@pytest.mark.parametrize("minimum", [1, 33, 97, 636, 1000, 2047, 5000])
def test_a_fast_length_is_long_enough_and_has_small_factors(minimum: int) -> None:
    n = fast_length(minimum)
    assert max(minimum, 32) <= n < 2 * max(minimum, 32)
    assert matrix_plan(n).in_registers
    for prime in (2, 3, 5):
        while n % prime == 0:
            n //= prime
    assert n == 1


@pytest.mark.parametrize("length", [2, 9, 512, 441])
def test_a_real_transform_of_even_length_is_half_a_complex_one(length: int) -> None:
    plan = real_fft(length)
    assert plan.complex.n == (length // 2 if length % 2 == 0 else length)
    k = np.arange(length // 2 + 1)
    np.testing.assert_allclose(plan.split, np.exp(-2j * np.pi * k / length), atol=1e-15)


def test_tables_of_cached_plans_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        real_fft(512).split[0] = 0
