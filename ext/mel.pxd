"""The mel stage computes the power in bands, its logarithm, and all that depends on that."""

from libc.string cimport memcpy

from kernels cimport serfast_bands, serfast_kernels
from mfcc cimport Cepstrum, mfcc

ctypedef struct Log:
    float scale
    float floor
    float offset
    int whole       # 1: the row is kept until the recording's largest value is known
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
    int n_mels
    int column      # -1: not wanted
    int n_logs
    Log *logs


cdef inline void log_levels(
    const serfast_kernels *k, const Log *node, const float *bands, float *levels
) noexcept nogil:
    """Compute scale · ln(max(floor, S + added)) - offset of each band's power S."""
    cdef int i
    if node.added != 0:
        for i in range(node.n_mels):
            levels[i] = bands[i] + node.added
        bands = levels
    k.logarithm(bands, node.n_mels, node.scale, node.floor, node.offset, levels)


cdef inline void finish_log(
    const serfast_kernels *k, const Log *node, const float *log_mel, float *row, float *product
) noexcept nogil:
    """Write a log-mel row into its columns, and its cepstra into theirs."""
    cdef int i
    if node.column >= 0:
        memcpy(row + node.column, log_mel, node.n_mels * sizeof(float))
    for i in range(node.n_cepstra):
        mfcc(k, &node.cepstra[i], log_mel, node.n_mels, row, product)


cdef enum:
    CHAINS = 16


cdef inline float largest(
    const Log *node, const float *kept, ptrdiff_t n_rows, ptrdiff_t row_size
) noexcept nogil:
    """Give the largest of all values in a recording's kept rows, in independent chains."""
    cdef float peak[CHAINS]
    cdef const float *row
    cdef ptrdiff_t t
    cdef int i, j
    for j in range(CHAINS):
        peak[j] = kept[0]
    for t in range(n_rows):
        row = kept + t * row_size
        i = 0
        while i + CHAINS <= node.n_mels:
            for j in range(CHAINS):
                peak[j] = row[i + j] if row[i + j] > peak[j] else peak[j]
            i += CHAINS
        for j in range(i, node.n_mels):
            peak[0] = row[j] if row[j] > peak[0] else peak[0]
    for j in range(1, CHAINS):
        peak[0] = peak[j] if peak[j] > peak[0] else peak[0]
    return peak[0]


cdef inline void relate(const Log *node, float *log_mel, float peak) noexcept nogil:
    """Raise a kept row to peak - top and subtract the peak, if the node says so."""
    cdef float least = peak - node.top, value
    cdef int i
    for i in range(node.n_mels):
        value = log_mel[i]
        if node.limited and value < least:
            value = least
        log_mel[i] = value - peak if node.relative else value
