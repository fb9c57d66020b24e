"""Framing gives the samples of a frame, with padding beyond the signal's ends."""

from libc.math cimport fabsf

from kernels cimport serfast_kernels

cdef enum PadMode:
    CONSTANT = 0
    EDGE = 1
    REFLECT = 2
    SYMMETRIC = 3

ctypedef struct Frames:
    # frame t covers the samples [t·hop - left, t·hop - left + length)
    int length
    int left
    int pad_mode

ctypedef struct Signal:
    # samples[i] is sample begin + i of the signal; those before `end` are there
    const float *samples
    ptrdiff_t begin
    ptrdiff_t end


cdef inline ptrdiff_t reflected(ptrdiff_t i, ptrdiff_t n) noexcept nogil:
    """Give the index in 0 … n-1 that i falls on if the ends mirror the signal, repeatedly."""
    if n == 1:
        return 0
    cdef ptrdiff_t period = 2 * (n - 1)
    i %= period
    if i < 0:
        i += period
    return i if i < n else period - i


cdef inline ptrdiff_t mirrored(ptrdiff_t i, ptrdiff_t n) noexcept nogil:
    """Give that index if the mirror repeats the sample at either end."""
    i %= 2 * n
    if i < 0:
        i += 2 * n
    return i if i < n else 2 * n - 1 - i


cdef inline const float *frame_at(
    const Signal *signal, const Frames *frames, ptrdiff_t middle, float *scratch
) noexcept nogil:
    """Give the frame around sample `middle`: in place if it lies in the signal, else a copy."""
    cdef ptrdiff_t start = middle - frames.left, i, k
    if start >= signal.begin and start + frames.length <= signal.end:
        return signal.samples + (start - signal.begin)
    for k in range(frames.length):
        i = start + k
        if i < 0 or i >= signal.end:
            if frames.pad_mode == CONSTANT:
                scratch[k] = 0
                continue
            elif frames.pad_mode == EDGE:
                i = 0 if i < 0 else signal.end - 1
            elif frames.pad_mode == REFLECT:
                i = reflected(i, signal.end)
            else:
                i = mirrored(i, signal.end)
        scratch[k] = signal.samples[i - signal.begin]
    return scratch


cdef inline const float *heard_at(
    const serfast_kernels *k, const Signal *signal, const Frames *frames, ptrdiff_t middle,
    float *scratch, float silence,
) noexcept nogil:
    """That frame; NULL if it is silent: if no sample in it reaches the level of silence
    (serfast/features/framing.py).

    Nothing needs to be computed of silence. And the squares of a tail that fades towards zero are
    denormal numbers, each of which costs some processors as much as a hundred others.
    """
    cdef const float *frame = frame_at(signal, frames, middle, scratch)
    cdef ptrdiff_t n = frames.length
    if fabsf(frame[n // 2]) >= silence or k.first_beyond(frame, n, silence) < n:
        return frame
    return NULL
