"""Alpha ratio: the native twin of serfast/features/alpha_ratio.py."""

from inputs cimport Inputs
from logarithm cimport LN10, logarithm


cdef inline double decibels(double low, double high, double floor) noexcept nogil:
    """Give 10 log10(low / high); smaller values are raised to the floor."""
    low = low if low > floor else floor
    high = high if high > floor else floor
    return 10 / LN10 * logarithm(low / high)


cdef inline void alpha_ratio(const Inputs *x, float *out) noexcept nogil:
    """Compute 10 log10(Σ_low S / Σ_high S); the table has begin and end of each band."""
    cdef ptrdiff_t low = <ptrdiff_t>x.table[0], high = <ptrdiff_t>x.table[2]
    cdef ptrdiff_t n_low = <ptrdiff_t>x.table[1] - low, n_high = <ptrdiff_t>x.table[3] - high
    out[0] = <float>decibels(
        x.kernels.sum_floored(x.spectrum + low, n_low, 0),
        x.kernels.sum_floored(x.spectrum + high, n_high, 0),
        x.parameters[0])
