"""The autocorrelation of a windowed frame, r(k) = Σ_i x(i) x(i + k), comes from the FFT.

It is the transform of the power spectrum of the frame padded with zeros, so that no lag wraps
around (Wiener and Khinchin).
"""

from libc.string cimport memcpy, memset

from framing cimport Frames
from kernels cimport SERFAST_PAD, serfast_kernels, serfast_rfft

ctypedef struct Autocorrelation:
    Frames frames
    int start               # the window's samples: [start, start + win_length)
    int win_length
    int conditioned
    int remove_dc
    float preemphasis
    int n_lags
    serfast_rfft plan
    const float *window     # with zeros behind it
    ptrdiff_t power_slot    # where Scratch.slots has the power spectrum of the same; -1: nowhere
    ptrdiff_t slot          # where Scratch.slots has the result


cdef inline void frame_power(
    const serfast_kernels *k,
    const Autocorrelation *node,
    const float *frame,
    float *power,
    float *padded,
    float *fft,
) noexcept nogil:
    """Compute the power spectrum of the conditioned frame under the window."""
    cdef const float *samples = frame + node.start
    if node.conditioned:
        k.condition(samples, node.win_length, node.remove_dc, node.preemphasis, padded)
    else:
        memcpy(padded, samples, node.win_length * sizeof(float))
    memset(padded + node.win_length, 0, (node.plan.length - node.win_length) * sizeof(float))
    k.power_spectrum(&node.plan, padded, node.window, power, fft)


cdef inline void autocorrelation(
    const serfast_kernels *k, const Autocorrelation *node, const float *power, float *out, float *fft
) noexcept nogil:
    """Compute lags 0 … n_lags - 1; they are zeros for silence (NULL)."""
    if power == NULL:
        memset(out, 0, (node.n_lags + SERFAST_PAD) * sizeof(float))
        return
    k.cosine_transform(&node.plan, power, node.n_lags, out, fft)
    k.scale_values(out, node.n_lags, <float>(0.5 / node.plan.length))
    memset(out + node.n_lags, 0, SERFAST_PAD * sizeof(float))
