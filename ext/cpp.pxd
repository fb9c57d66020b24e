"""Cepstral peak prominence: the native twin of serfast/features/cpp.py."""

from hnr cimport peak_between
from inputs cimport Inputs
from logarithm cimport LN10, logarithm

cdef enum:
    HEADER = 16  # as in serfast/features/cpp.py


cdef inline void running_sums(
    const float *x, ptrdiff_t begin, ptrdiff_t end, ptrdiff_t half, float *out
) noexcept nogil:
    """Give the sum of 2 half + 1 values around each; five, the usual number, without a loop."""
    cdef ptrdiff_t q, k
    cdef float a
    if half == 2:
        for q in range(begin, end):
            out[q] = ((x[q - 2] + x[q - 1]) + (x[q + 1] + x[q + 2])) + x[q]
        return
    for q in range(begin, end):
        a = 0
        for k in range(q - half, q + half + 1):
            a += x[k]
        out[q] = a


cdef inline void cpp(const Inputs *x, float *out) noexcept nogil:
    """Compute the peak of the smoothed cepstrum, and its height above the line.

    The table has 16 whole numbers, the matrices of even and odd quefrencies, the emphasis, and
    the abscissas of the line; the parameter is amin.
    """
    cdef const float *table = x.table
    cdef ptrdiff_t n_bins = <ptrdiff_t>table[0], middle = n_bins // 2 + 1
    cdef ptrdiff_t n_even = <ptrdiff_t>table[1], n_odd = <ptrdiff_t>table[2]
    cdef ptrdiff_t begin = <ptrdiff_t>table[3], end = <ptrdiff_t>table[4]
    cdef ptrdiff_t low = <ptrdiff_t>table[5], high = <ptrdiff_t>table[6]
    cdef ptrdiff_t half = <ptrdiff_t>table[7], count = end + half, k, q, top
    cdef const float *odd = table + HEADER + middle * n_even
    cdef const float *emphasis = odd + middle * n_odd
    cdef const float *line = emphasis + count
    # the scratch is as long as two tables, which have more than eight times as many values
    cdef float *level = x.scratch
    cdef float *sums = level + n_bins + count + 33
    cdef float *evens = sums + middle + 16
    cdef float *odds = evens + n_even + 16
    cdef float *smooth = odds + n_odd + 16
    cdef float a, b
    cdef double height, mean, slope, scale = 10 / LN10, width = 2 * half + 1
    if not x.kernels.sum_floored(x.spectrum, n_bins + 1, 0) > x.parameters[0]:
        out[0] = 0
        return
    x.kernels.logarithm(x.spectrum, n_bins + 1, <float>scale, <float>x.parameters[0], 0, level)
    for k in range(middle):
        sums[k] = level[k] + level[n_bins - k]
    x.kernels.transposed_product(table + HEADER, <int>middle, <int>n_even, sums, evens)
    for k in range(middle):
        sums[k] = level[k] - level[n_bins - k]
    x.kernels.transposed_product(odd, <int>middle, <int>n_odd, sums, odds)
    for k in range((count + 1) // 2):  # the levels aren't needed any more
        a, b = evens[k] + emphasis[2 * k], odds[k] + emphasis[2 * k + 1]
        level[2 * k] = a * a
        level[2 * k + 1] = b * b
    running_sums(level, begin, end, half, smooth)
    x.kernels.logarithm(
        smooth + begin, end - begin, <float>scale, <float>(1e-6 * width),
        <float>(scale * logarithm(width)), smooth + begin)
    mean = x.kernels.sum_floored(smooth + begin, end - begin, -1e30) / (end - begin)
    slope = x.kernels.sum_products(smooth + begin, line, end - begin)
    top = low if low > begin else begin
    for q in range(top, high + 1):
        if smooth[q] > smooth[top]:
            top = q
    height = smooth[top]
    if begin < top < end - 1 and smooth[top] >= smooth[top - 1] and smooth[top] >= smooth[top + 1]:
        if 2 * height - smooth[top - 1] - smooth[top + 1] > 1e-6:
            height = peak_between(smooth[top - 1], smooth[top], smooth[top + 1])
    out[0] = <float>(height - mean - slope * line[top - begin])
