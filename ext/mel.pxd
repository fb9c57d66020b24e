"""The mel stage computes the power in bands, its logarithm, and all that depends on that."""

from libc.math cimport INFINITY
from libc.string cimport memcpy

from kernels cimport serfast_bands, serfast_frame_bands, serfast_kernels
from mfcc cimport Cepstrum, mfcc

ctypedef struct Log:
    float scale
    float floor
    float offset
    int whole       # 1: the row is kept until the recording's largest value is known
    ptrdiff_t kept_at  # and where, of what is kept of a row, if it has no column
    int relative    # 1: that value becomes the offset
    int limited     # 1: values below that value - top are raised to it
    float top
    float added     # to each band's power
    int column      # -1: not wanted
    int n_mels
    int stride      # n_mels, padded
    ptrdiff_t slot  # where Scratch.slots keeps it for functions; -1: nowhere
    int n_cepstra
    Cepstrum *cepstra

ctypedef struct Mel:
    serfast_bands bands
    serfast_frame_bands frame_bands  # the same for frames side by side
    int n_mels
    int column      # -1: not wanted
    int n_logs
    Log *logs


cdef inline void log_levels(
    const serfast_kernels *k, const Log *node, const float *bands, ptrdiff_t n, float *levels
) noexcept nogil:
    """Compute scale · ln(max(floor, S + added)) - offset of each of n powers S of bands."""
    cdef ptrdiff_t i
    if node.added != 0:
        for i in range(n):
            levels[i] = bands[i] + node.added
        bands = levels
    k.logarithm(bands, n, node.scale, node.floor, node.offset, levels)


cdef inline void finish_log(
    const serfast_kernels *k, const Log *node, const float *log_mel, float *row, float *product
) noexcept nogil:
    """Write a log-mel row into its columns, and its cepstra into theirs."""
    cdef int i
    if node.column >= 0:
        memcpy(row + node.column, log_mel, node.n_mels * sizeof(float))
    for i in range(node.n_cepstra):
        mfcc(k, &node.cepstra[i], log_mel, node.n_mels, row, product)


cdef inline void finish_whole(
    const serfast_kernels *k, const Log *node, float *levels, ptrdiff_t apart, float *rows,
    ptrdiff_t row_size, ptrdiff_t n_rows, float *product,
) noexcept nogil:
    """Finish the rows of a recording whose levels lie `apart`, in their columns if they have any.

    They are raised to the largest of all less `top`, and that is subtracted, if the node says so.
    """
    cdef float peak = k.largest(levels, n_rows, node.n_mels, apart)
    cdef float least = peak - node.top if node.limited else -INFINITY
    cdef ptrdiff_t t
    cdef int i
    k.raise_values(levels, n_rows, node.n_mels, apart, least, peak if node.relative else 0)
    for t in range(n_rows if node.n_cepstra else 0):
        for i in range(node.n_cepstra):
            mfcc(
                k, &node.cepstra[i], levels + t * apart, node.n_mels, rows + t * row_size, product)
