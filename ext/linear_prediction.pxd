"""Linear prediction: the polynomial that whitens a signal, from its autocorrelation."""


cdef inline void predictor(
    const double *r, int order, double white, double stable, double *a
) noexcept nogil:
    """Compute a[0] = 1, a[1] … a[order] from r(0) … r(order), r(0) > 0.

    It is the recursion of Levinson and Durbin, with `white` times r(0) as white noise in addition.
    No reflection coefficient is larger than `stable`, so that all roots are inside the unit circle
    whatever rounding has done to r.
    """
    cdef double rest = r[0] * (1 + white), total, k, left, right
    cdef int m, i
    a[0] = 1
    for m in range(1, order + 1):
        total = r[m]
        for i in range(1, m):
            total += a[i] * r[m - i]
        k = -total / rest
        k = stable if k > stable else -stable if k < -stable else k
        for i in range(1, m // 2 + 1):
            left, right = a[i], a[m - i]
            a[i] = left + k * right
            a[m - i] = right + k * left
        a[m] = k
        rest *= 1 - k * k
