"""Loudness: the native twin of serfast/features/loudness.py."""

from exponential cimport exponential
from inputs cimport Inputs


cdef inline void loudness(const Inputs *x, float *out) noexcept nogil:
    """Compute Σ exp(exponent (ln E + ln S)); the table has ln E."""
    cdef double total = 0, exponent = x.parameters[0]
    cdef ptrdiff_t band
    for band in range(x.n_mels):
        total += exponential(exponent * (<double>x.table[band] + x.log_mel[band]))
    out[0] = <float>total
