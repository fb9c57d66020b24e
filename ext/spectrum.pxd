"""The spectrum stage conditions, windows and transforms a frame, for its power or magnitude."""

from libc.string cimport memset

from abreast cimport Abreast
from framing cimport Frames
from kernels cimport SERFAST_PAD, serfast_kernels, serfast_rfft
from mel cimport Mel

ctypedef struct Spectrum:
    Frames frames
    serfast_rfft plan
    const float *window   # of the transform's length, packed as power_spectrum wants it
    int start             # the window's samples: [start, start + win_length)
    int win_length
    int conditioned
    int remove_dc
    float preemphasis
    int magnitude
    int bins
    int column            # -1: not wanted
    int n_mels
    Mel *mels
    # where Scratch.slots keeps power and magnitude for functions, -1: nowhere; and how far from it
    # that of the row before lies, 0: it isn't kept
    ptrdiff_t power_slot
    ptrdiff_t power_stride
    ptrdiff_t magnitude_slot
    ptrdiff_t magnitude_stride
    Abreast *abreast      # how a batch computes frames side by side; NULL: it doesn't


cdef inline void spectrum(
    const serfast_kernels *k,
    const Spectrum *node,
    const float *frame,
    float *power,
    float *conditioned,
    float *fft,
) noexcept nogil:
    """Compute |Σ w x exp(-2πi k n / N)|² or its root; it is zero for silence (NULL)."""
    cdef int end = node.start + node.win_length
    if frame == NULL:
        memset(power, 0, (node.bins + SERFAST_PAD) * sizeof(float))
        return
    if node.conditioned:
        memset(conditioned, 0, node.start * sizeof(float))
        memset(conditioned + end, 0, (node.plan.length - end) * sizeof(float))
        k.condition(
            frame + node.start,
            node.win_length,
            node.remove_dc,
            node.preemphasis,
            conditioned + node.start,
        )
        frame = conditioned
    k.power_spectrum(&node.plan, frame, node.window, power, fft)
    if node.magnitude:
        k.square_root(power, node.bins)
    memset(power + node.bins, 0, SERFAST_PAD * sizeof(float))
