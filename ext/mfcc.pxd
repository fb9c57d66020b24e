"""The MFCC stage applies the cosine transform (and the lifter) to a log-mel row, as one matrix."""

from libc.string cimport memcpy

from kernels cimport serfast_kernels

ctypedef struct Cepstrum:
    int column
    int n
    int stride
    const float *matrix  # transposed: n_mels × stride


cdef inline void mfcc(
    const serfast_kernels *k,
    const Cepstrum *node,
    const float *log_mel,
    int n_mels,
    float *row,
    float *product,
) noexcept nogil:
    """Compute c = M · log-mel."""
    k.transposed_product(node.matrix, n_mels, node.stride, log_mel, product)
    memcpy(row + node.column, product, node.n * sizeof(float))
