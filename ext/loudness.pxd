"""Loudness: the native twin of serfast/features/loudness.py."""

from exponential cimport quick_exponential
from inputs cimport Inputs


cdef inline void loudness(const Inputs *x, float *out) noexcept nogil:
    """Compute Σ exp(exponent (ln E + ln S)); the table has ln E.

    The powers are widened to double in a loop of their own: in one loop, the conversion of a band
    would wait for the exponential of the band before, because it keeps half of a register.
    """
    cdef const float *weights = x.table
    cdef const float *levels = x.log_mel
    cdef double *powers = <double *>x.scratch  # room for two floats a band
    cdef double total = 0, exponent = x.parameters[0]
    cdef ptrdiff_t band, n = x.n_mels
    for band in range(n):
        powers[band] = exponent * (<double>weights[band] + levels[band])
    for band in range(n):
        total += quick_exponential(powers[band])
    out[0] = <float>total
