"""The roots of a polynomial, all at once and one by one: slow, and sure."""

from libc.math cimport fabs

cdef enum:
    MAX_DEGREE = 16


cdef inline void root_step(
    const double *a, int n, int i, const double *re, const double *im, double *to_re, double *to_im
) noexcept nogil:
    """Compute the step of root i by Ehrlich and Aberth: A / (A' - A Σ 1 / (z - other roots))."""
    cdef double x = re[i], y = im[i], p = 1, q = 0, dp = 0, dq = 0, t, s = 0, c = 0, g, h, size
    cdef int k
    for k in range(1, n + 1):  # p + iq = A(z), dp + i dq = its derivative, by Horner's rule
        t = dp * x - dq * y + p
        dq = dp * y + dq * x + q
        dp = t
        t = p * x - q * y + a[k]
        q = p * y + q * x
        p = t
    for k in range(n):
        g, h = x - re[k], y - im[k]
        size = g * g + h * h
        if size > 0:
            s, c = s + g / size, c - h / size
    g, h = dp - (p * s - q * c), dq - (p * c + q * s)
    size = g * g + h * h
    to_re[0] = (p * g + q * h) / size if size > 0 else 0
    to_im[0] = (q * g - p * h) / size if size > 0 else 0


cdef inline int root_pairs(const double *a, int n, int most, double *u, double *v) noexcept nogil:
    """Compute the factors x² + u x + v of the pairs of complex roots; give their number.

    a[0] is 1, n <= 16. Each of at most `most` steps improves all roots. They start on a spiral, as
    powers of 0.4 + 0.9i, without any symmetry that they would have to leave.
    """
    cdef double re[MAX_DEGREE]
    cdef double im[MAX_DEGREE]
    cdef double x, y, largest
    cdef int i, step, found = 0
    re[0], im[0] = 1, 0
    for i in range(1, n):
        re[i] = re[i - 1] * 0.4 - im[i - 1] * 0.9
        im[i] = re[i - 1] * 0.9 + im[i - 1] * 0.4
    for step in range(most):
        largest = 0
        for i in range(n):
            root_step(a, n, i, re, im, &x, &y)
            re[i] -= x
            im[i] -= y
            largest = max(largest, fabs(x), fabs(y))
        if largest < 1e-9:
            break
    for i in range(n):
        if im[i] > 1e-9 and found < n // 2:
            u[found], v[found] = -2 * re[i], re[i] * re[i] + im[i] * im[i]
            found += 1
    return found
