"""A program is C structs here, with the function that computes a row and that of the tracks."""

from libc.string cimport memcpy, memmove

from autocorrelation cimport Autocorrelation, autocorrelation, frame_power
from computed cimport KEPT, Computed, Faults, call_function
from energy cimport Crossings, Energy, rms, zero_crossing_rate
from framing cimport Frames, Signal, frame_at, heard_at
from grid cimport Grid
from inputs cimport Inputs
from kernels cimport SERFAST_POLYNOMIALS, serfast_kernels
from mel cimport Log, Mel, finish_log, log_levels
from pitch cimport Pitch, yin
from rows cimport Rows, row_at
from spectrum cimport Spectrum, spectrum
from track cimport Held, Track, track_row, tracked_count

ctypedef struct FrameInput:
    # the samples of a frame times a scale, for functions that look at them
    Frames frames
    float scale
    ptrdiff_t slot      # where Scratch.slots has room for them

ctypedef struct Program:
    const serfast_kernels *kernels
    Grid grid
    float silence           # a frame in which no sample reaches it counts as zeros
    ptrdiff_t n_columns
    ptrdiff_t row_size      # n_columns, and columns behind them that only tracks look at
    ptrdiff_t rows_kept     # rows that a stream keeps for tracks
    int n_energies
    int n_crossings
    int n_pitches
    int n_spectra
    Energy *energies
    Crossings *crossings
    Pitch *pitches
    Spectrum *spectra
    int n_autocorrelations
    Autocorrelation *autocorrelations
    int n_frame_inputs
    FrameInput *frame_inputs
    int n_computed
    Computed *computed
    int n_several           # of them, that a batch computes for several rows at once
    int n_tracks
    Track *tracks
    # floats of scratch: for a frame, a spectrum, a mel row or product, YIN's lags, an FFT
    size_t frame_size
    size_t power_size
    size_t band_size
    size_t lag_size
    size_t fft_size
    size_t output_size      # of the functions' outputs, with guards
    size_t slot_size        # of inputs that functions look at
    size_t spare_size       # of what native twins need on their way
    size_t window_size      # of the rows that tracks look at
    size_t n_states         # numbers that tracks keep
    const double *states    # and what they are before the first row
    size_t n_numbers        # parameters of a function, columns of the row among them
    bint whole              # whether rows wait for the whole recording, or a track goes over them twice
    int n_whole             # log-mels that wait for the whole recording
    ptrdiff_t kept_size     # floats per row of those that have no column
    int n_abreast           # spectra whose frames a batch computes side by side
    size_t block_size       # floats of a block of samples; turned; and for its transform
    size_t turned_size
    size_t abreast_fft_size

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
    float *slots
    float *spare
    float *window
    Faults *faults
    double *states
    double *numbers
    ptrdiff_t *done         # of each track: rows computed
    ptrdiff_t *ahead        # rows whose functions of several rows at once are computed
    Held *held              # of each track: which rows its window has
    const float **frames    # of each frame input: where this row's is


cdef inline float *slot_of(const Scratch *s, ptrdiff_t slot, ptrdiff_t stride, ptrdiff_t t) noexcept nogil:
    """Give the place of row t; with a stride, two places alternate, to keep the row before."""
    return s.slots + slot + (t & 1) * stride


cdef inline void mel_row(
    const Program *p, const Mel *node, const float *power, float *row, float *kept,
    const Scratch *s,
) noexcept nogil:
    """Compute a mel bank and everything below it."""
    cdef const serfast_kernels *k = p.kernels
    cdef const Log *log
    cdef float *levels
    cdef int i
    k.bands(&node.bands, power, s.mel)
    if node.column >= 0:
        memcpy(row + node.column, s.mel, node.n_mels * sizeof(float))
    for i in range(node.n_logs):
        log = &node.logs[i]
        levels = s.slots + log.slot if log.slot >= 0 else s.log_mel
        log_levels(k, log, s.mel, node.n_mels, levels)
        if log.whole:
            memcpy(
                row + log.column if log.column >= 0 else kept + log.kept_at, levels,
                node.n_mels * sizeof(float))
        else:
            finish_log(k, log, levels, row, s.product)


cdef inline void spectrum_row(
    const Program *p, const Spectrum *node, const Signal *signal, ptrdiff_t t, float *row,
    float *kept, const Scratch *s,
) noexcept nogil:
    """Compute a spectrum and everything below it."""
    cdef const float *frame = heard_at(signal, &node.frames, t * p.grid.hop, s.frame, p.silence)
    cdef float *power = s.power
    cdef float *magnitude
    cdef int m
    if node.power_slot >= 0:
        power = slot_of(s, node.power_slot, node.power_stride, t)
    spectrum(p.kernels, node, frame, power, s.conditioned, s.fft)
    if node.column >= 0:
        memcpy(row + node.column, power, node.bins * sizeof(float))
    for m in range(node.n_mels):
        mel_row(p, &node.mels[m], power, row, kept, s)
    if node.magnitude_slot >= 0:
        magnitude = slot_of(s, node.magnitude_slot, node.magnitude_stride, t)
        memcpy(magnitude, power, node.bins * sizeof(float))
        p.kernels.square_root(magnitude, node.bins)


cdef inline void frame_row(
    const Program *p, int i, const Signal *signal, ptrdiff_t t, const Scratch *s
) noexcept nogil:
    """Copy the samples of a frame for the functions that look at them."""
    cdef const FrameInput *node = &p.frame_inputs[i]
    cdef float *room = s.slots + node.slot
    cdef const float *frame = frame_at(signal, &node.frames, t * p.grid.hop, room)
    if node.scale != 1:
        memmove(room, frame, node.frames.length * sizeof(float))
        p.kernels.scale_values(room, node.frames.length, node.scale)
        frame = room
    s.frames[i] = frame


cdef inline void computed_row(
    const Program *p, const Computed *node, ptrdiff_t t, float *row, const Scratch *s
) noexcept nogil:
    """Compute the columns of a function, from the inputs that have been computed for this row.

    No row stands before row 0, so its current spectrum takes the previous one's place.
    """
    cdef Inputs x = node.inputs
    cdef int i
    x.scratch, x.fft = s.spare, s.fft
    if node.frame >= 0:
        x.frame = s.frames[node.frame]
    if node.spectrum >= 0:
        x.spectrum = slot_of(s, node.spectrum, node.spectrum_stride, t)
        if node.previous:
            x.previous_spectrum = x.spectrum
            if t > 0:
                x.previous_spectrum = slot_of(s, node.spectrum, node.spectrum_stride, t + 1)
    if node.log_mel >= 0:
        x.log_mel = s.slots + node.log_mel
    if node.autocorrelation >= 0:
        x.autocorrelation = s.slots + node.autocorrelation
    if node.n_read:
        memcpy(s.numbers, x.parameters, node.n_numbers * sizeof(double))
        for i in range(node.n_read):
            s.numbers[node.read[2 * i]] = row[node.read[2 * i + 1]]
        x.parameters = s.numbers
    call_function(node, &x, t, row, s.outputs, s.faults)


cdef inline void functions_row(
    const Program *p, const Signal *signal, ptrdiff_t t, float *row, const Scratch *s
) noexcept nogil:
    """Compute the columns of all functions, and the inputs that only functions need."""
    cdef const Autocorrelation *node
    cdef const float *frame
    cdef const float *power
    cdef int i
    for i in range(p.n_autocorrelations):
        node = &p.autocorrelations[i]
        power = s.slots + node.power_slot
        if node.power_slot < 0:
            power = s.power
            frame = heard_at(signal, &node.frames, t * p.grid.hop, s.frame, p.silence)
            if frame == NULL:
                power = NULL
            else:
                frame_power(p.kernels, node, frame, s.power, s.conditioned, s.fft)
        autocorrelation(p.kernels, node, power, s.slots + node.slot, s.fft)
    for i in range(p.n_frame_inputs):
        frame_row(p, i, signal, t, s)
    for i in range(p.n_computed):
        if p.computed[i].second_half == NULL or t >= s.ahead[0]:
            computed_row(p, &p.computed[i], t, row, s)


cdef inline void several_rows(
    const Program *p, const Signal *signal, ptrdiff_t t, int n, const Rows *rows, const Scratch *s
) noexcept nogil:
    """Compute, of rows t … t + n - 1, the functions that take several rows at once."""
    cdef double[SERFAST_POLYNOMIALS * KEPT] kept
    cdef float *out[SERFAST_POLYNOMIALS]
    cdef const Computed *node
    cdef Inputs x
    cdef int i, j
    for i in range(p.n_computed):
        node = &p.computed[i]
        if node.second_half == NULL:
            continue
        x = node.inputs
        x.scratch, x.fft = s.spare, s.fft
        for j in range(n):
            frame_row(p, node.frame, signal, t + j, s)
            x.frame = s.frames[node.frame]
            node.first_half(&x, kept + j * KEPT)
            out[j] = row_at(rows, t + j) + node.column
        node.second_half(&x, kept, n, out)
    s.ahead[0] = t + n


cdef inline void compute_row(
    const Program *p, const Signal *signal, ptrdiff_t t, float *row, float *kept, const Scratch *s,
    bint rest=False,
) noexcept nogil:
    """Compute row t without its tracks, row_size floats; the `rest`: without spectra side by side.

    The same scratch memory must have been used for row t - 1 just before. Values that need the
    whole recording go to `kept` if they have no column.
    """
    cdef const serfast_kernels *k = p.kernels
    cdef ptrdiff_t middle = t * p.grid.hop
    cdef const float *frame
    cdef int i
    for i in range(p.n_energies):
        frame = heard_at(signal, &p.energies[i].frames, middle, s.frame, p.silence)
        rms(k, &p.energies[i], frame, row)
    for i in range(p.n_crossings):
        frame = frame_at(signal, &p.crossings[i].frames, middle, s.frame)
        zero_crossing_rate(k, &p.crossings[i], frame, row)
    for i in range(p.n_pitches):
        frame = heard_at(signal, &p.pitches[i].frames, middle, s.frame, p.silence)
        yin(k, &p.pitches[i], frame, row, s.conditioned, s.power, s.lags, s.fft)
    for i in range(p.n_spectra):
        if not rest or p.spectra[i].abreast == NULL:
            spectrum_row(p, &p.spectra[i], signal, t, row, kept, s)
    if p.n_computed:
        functions_row(p, signal, t, row, s)


cdef inline void track_rows(
    const Program *p, const Rows *rows, ptrdiff_t n_rows, bint final, const Scratch *s
) noexcept nogil:
    """Compute, in order, every row of every track for which `n_rows` rows are enough."""
    cdef const Track *node
    cdef ptrdiff_t n, stop, t
    cdef int i, j, k
    for i in range(p.n_tracks):
        node = &p.tracks[i]
        n = n_rows
        for j in range(node.n_after):
            n = min(n, s.done[node.after[j]])
        stop = tracked_count(node, n, final)
        for k in range(node.passes if s.done[i] < stop else 0):
            if node.passes > 1:
                s.states[node.state] = k
            for t in range(s.done[i], stop):
                track_row(
                    node, rows, t, n, s.states, s.window, &s.held[i], s.outputs, s.faults)
        s.done[i] = max(s.done[i], stop)
