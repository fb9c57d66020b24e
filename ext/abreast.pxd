"""A whole recording's frames are computed side by side, as many as the widest vector has lanes."""

from libc.stdint cimport int32_t

from framing cimport Frames

ctypedef struct Abreast:
    # The samples of as many frames are a block of n_frames · hop samples. It is turned: sample i of
    # the hop of frame t stands at i · stride + t, so sample i of all frames from the first on at
    # i % hop · stride + i // hop.
    Frames block
    ptrdiff_t n_frames
    ptrdiff_t n_turned           # samples of each hop that frames have
    ptrdiff_t stride
    const int32_t *raw_places    # where the window's samples stand, if they are conditioned
    const int32_t *places        # where the transform's samples stand, as frames_power wants them
    const float *table

# The scratch of a call, of which each part has one lane for each frame.
ctypedef struct SideBySide:
    float *block
    float *turned
    float *conditioned
    float *power
    float *fft
    float *bands
    float *levels
    float *rows
