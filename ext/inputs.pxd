"""A function of named inputs gets this for one row; see serfast/features/computed.py."""

from kernels cimport serfast_kernels, serfast_rfft

ctypedef struct Transform:
    serfast_rfft plan       # in registers
    const float *window     # its weights, as real_spectrum wants them

ctypedef struct Inputs:
    const serfast_kernels *kernels
    const float *frame
    ptrdiff_t frame_length
    const float *spectrum           # padded, as the two behind it
    const float *previous_spectrum
    const float *frequencies
    ptrdiff_t n_bins
    const float *log_mel
    ptrdiff_t n_mels
    const float *autocorrelation
    ptrdiff_t n_lags
    const float *table
    ptrdiff_t n_table
    double sample_rate
    const double *parameters        # in the order of the arguments of the Python function
    const Transform *transforms     # of the feature's `transforms`
    int n_transforms
    float *fft                      # scratch for them
    float *scratch                  # room for two arrays as long as the longest of these, padded

# The native twin of a feature's function: fills the feature's columns with finite numbers.
ctypedef void (*Twin)(const Inputs *, float *) noexcept nogil
