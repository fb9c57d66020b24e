"""Entropies of parts: the native twins of serfast/features/part_entropy.py."""

from inputs cimport Inputs
from kernels cimport serfast_kernels
from logarithm cimport octaves

cdef extern from "<float.h>" nogil:
    const double DBL_EPSILON


cdef inline double part_energy(
    const serfast_kernels *kernels, const float *x, ptrdiff_t n, bint squared
) noexcept nogil:
    """Give the sum of the squares, or of the values of a spectrum of power."""
    return kernels.sum_squares(x, n) if squared else kernels.sum_floored(x, n, 0)


cdef inline double part_entropy(
    const serfast_kernels *kernels, const float *x, ptrdiff_t n, ptrdiff_t n_parts, bint squared,
    double epsilon, float *parts,
) noexcept nogil:
    """Give -Σ p log2(p + ε) over the parts, which the rest behind them makes smaller."""
    cdef ptrdiff_t size = n // n_parts, j
    cdef double total = epsilon + part_energy(
        kernels, x + n_parts * size, n - n_parts * size, squared)
    cdef double entropy = 0, share
    if size == 0:
        return 0
    for j in range(n_parts):
        parts[j] = <float>part_energy(kernels, x + j * size, size, squared)
        total += parts[j]
    for j in range(n_parts):
        share = parts[j] / total
        entropy -= share * octaves(share + DBL_EPSILON)
    return entropy


cdef inline void energy_entropy(const Inputs *x, float *out) noexcept nogil:
    """Compute that of the samples' squares; the parameter is the number of parts."""
    out[0] = <float>part_entropy(
        x.kernels, x.frame, x.frame_length, <ptrdiff_t>x.parameters[0], True, DBL_EPSILON,
        x.scratch)


cdef inline void spectral_part_entropy(const Inputs *x, float *out) noexcept nogil:
    """Compute that of the power of all bins but the last; the parameter is the number of parts."""
    cdef ptrdiff_t n = x.n_bins - 1
    out[0] = <float>part_entropy(
        x.kernels, x.spectrum, n, <ptrdiff_t>x.parameters[0], False,
        DBL_EPSILON * <double>n * <double>n, x.scratch)
