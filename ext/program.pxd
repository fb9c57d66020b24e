"""The frame program as C structs, and the one function that computes a row."""

from libc.string cimport memcpy

from custom cimport GUARD, Custom, Faults, custom
from delta cimport Delta, Rows, delta, row_at
from energy cimport Crossings, Energy, rms, zero_crossing_rate
from framing cimport Signal, frame_at, heard_at
from kernels cimport serfast_kernels
from mel cimport Log, Mel, finish_log
from pitch cimport Pitch, yin
from spectrum cimport Spectrum, spectrum

ctypedef struct Program:
    const serfast_kernels *kernels
    ptrdiff_t hop_length
    ptrdiff_t n_columns
    ptrdiff_t row_size  # n_columns, and columns behind them that only deltas look at
    ptrdiff_t lookahead # rows that a row waits for
    # the frames of row t lie within [t · hop - left_reach, t · hop + right_reach), and there are
    # 1 + (n - last_reach) // hop rows of n samples
    ptrdiff_t left_reach
    ptrdiff_t right_reach
    ptrdiff_t last_reach
    int n_energies
    int n_crossings
    int n_pitches
    int n_spectra
    Energy *energies
    Crossings *crossings
    Pitch *pitches
    Spectrum *spectra
    int n_customs
    Custom *customs
    int n_deltas
    Delta *deltas
    # floats of scratch: for a frame, a spectrum, a mel row or product, YIN's lags, an FFT
    size_t frame_size
    size_t power_size
    size_t band_size
    size_t lag_size
    size_t fft_size
    size_t output_size # of the functions' outputs, with guards
    size_t held_size   # of spectra that the next row looks at
    ptrdiff_t kept_size  # floats per row that wait for the whole recording

ctypedef struct Scratch:
    float *frame
    float *conditioned
    float *power
    float *mel
    float *log_mel
    float *product
    float *lags
    float *fft
    float *outputs
    float *held
    Faults *faults


cdef inline void mel_row(
    const Program *p, const Mel *node, float *row, float **kept, const Scratch *s
) noexcept nogil:
    """Everything below one mel bank, from s.power."""
    cdef const serfast_kernels *k = p.kernels
    cdef const Log *log
    cdef int i
    k.bands(&node.bands, s.power, s.mel)
    if node.column >= 0:
        memcpy(row + node.column, s.mel, node.n_mels * sizeof(float))
    for i in range(node.n_logs):
        log = &node.logs[i]
        if log.whole:
            k.logarithm(s.mel, node.n_mels, log.scale, log.floor, log.offset, kept[0])
            kept[0] += log.stride
        else:
            k.logarithm(s.mel, node.n_mels, log.scale, log.floor, log.offset, s.log_mel)
            finish_log(k, log, s.log_mel, row, s.product)


cdef inline void spectrum_customs(
    const Program *p, const Spectrum *node, const Signal *signal, ptrdiff_t t, float *row,
    const Scratch *s,
) noexcept nogil:
    """The functions that look at a spectrum, from s.power, and at that of row t - 1 if it is held.

    Row 0 has nothing before it and is given its own.
    """
    cdef const float *previous = NULL
    cdef const float *frame = frame_at(signal, &node.frames, t * p.hop_length, s.frame)
    cdef int i
    if node.held >= 0:
        previous = s.held + node.held if t > 0 else s.power
    for i in range(node.n_customs):
        custom(&node.customs[i], frame, s.power, previous, t, row, s.conditioned, s.outputs,
               s.faults)
    if node.held >= 0:
        memcpy(s.held + node.held, s.power, node.bins * sizeof(float))


cdef inline void compute_row(
    const Program *p, const Signal *signal, ptrdiff_t t, float *row, float *kept, const Scratch *s
) noexcept nogil:
    """Row t but for its deltas; row_size floats. The same scratch has seen row t - 1 just before.

    What waits for the whole recording goes to `kept`, in the order of the tree.
    """
    cdef const serfast_kernels *k = p.kernels
    cdef ptrdiff_t middle = t * p.hop_length
    cdef const float *frame
    cdef const Spectrum *node
    cdef int i, m
    for i in range(p.n_energies):
        frame = heard_at(signal, &p.energies[i].frames, middle, s.frame)
        rms(k, &p.energies[i], frame, row)
    for i in range(p.n_crossings):
        frame = frame_at(signal, &p.crossings[i].frames, middle, s.frame)
        zero_crossing_rate(k, &p.crossings[i], frame, row)
    for i in range(p.n_pitches):
        frame = heard_at(signal, &p.pitches[i].frames, middle, s.frame)
        yin(k, &p.pitches[i], frame, row, s.conditioned, s.power, s.lags, s.fft)
    for i in range(p.n_spectra):
        node = &p.spectra[i]
        frame = heard_at(signal, &node.frames, middle, s.frame)
        spectrum(k, node, frame, s.power, s.conditioned, s.fft)
        if node.column >= 0:
            memcpy(row + node.column, s.power, node.bins * sizeof(float))
        for m in range(node.n_mels):
            mel_row(p, &node.mels[m], row, &kept, s)
        if node.n_customs:
            spectrum_customs(p, node, signal, t, row, s)
    for i in range(p.n_customs):
        frame = frame_at(signal, &p.customs[i].frames, middle, s.frame)
        custom(&p.customs[i], frame, NULL, NULL, t, row, s.conditioned, s.outputs, s.faults)


cdef inline void finish_row(
    const Program *p, const Rows *rows, ptrdiff_t t, ptrdiff_t n_rows, float *out
) noexcept nogil:
    """The spec's columns of row t, deltas and all, when `n_rows` rows have been computed."""
    cdef const float *row = row_at(rows, t)
    cdef int i
    if row != out:
        memcpy(out, row, p.n_columns * sizeof(float))
    for i in range(p.n_deltas):
        delta(&p.deltas[i], rows, t, n_rows, out)
