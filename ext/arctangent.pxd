"""The angle of a point is computed without libm, for the same bits on all systems."""

from libc.math cimport fabs

cdef extern from *:
    """
    static const double SERFAST_PI = 0x1.921fb54442d18p+1;
    """
    const double PI "SERFAST_PI"


cdef inline double angle(double x, double y) noexcept nogil:
    """Give the angle of (x, y), not both 0, from the x axis, for y >= 0: 0 to π, to 4e-13.

    Of |x| and y, the smaller over the larger is t = tan φ <= 1. Above tan π/8, it is turned back by
    π/4: tan(φ - π/4) = (t - 1) / (t + 1). The polynomial interpolates arctan t / t in t², at the
    places where Chebyshev's is 0.
    """
    cdef double left = fabs(x), small = y, large = left, t, square, value
    if y > left:
        small, large = left, y
    t = small / large
    value = 0
    if t > 0.4142135623730950:
        t, value = (small - large) / (small + large), PI / 4
    square = t * t
    value += t * (0.9999999999992443 + square * (-0.33333333276901306 + square * (
        0.19999993051887 + square * (-0.14285386503067307 + square * (
            0.11103456171077 + square * (-0.08992547368716243 + square * (
                0.0697417699693059 + square * -0.03765480113107237)))))))
    if y > left:
        value = PI / 2 - value
    return PI - value if x < 0 else value


cdef inline double sine_of_half_turns(double t) noexcept nogil:
    """Give sin π t for |t| <= ½, to 1e-11: nine terms of the series."""
    cdef double x = PI * t, square = x * x, value = 1
    cdef int k
    for k in range(16, 0, -2):
        value = 1 - square / (k * (k + 1)) * value
    return x * value
