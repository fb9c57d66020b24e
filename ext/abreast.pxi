# Spectra of whole recordings, with frames side by side: each has the bits that compute_row gives it.

from libc.math cimport fabsf
from libc.stdint cimport int32_t, uintptr_t
from libc.stdlib cimport calloc
from libc.string cimport memset

from abreast cimport Abreast, SideBySide
from framing cimport Signal, frame_at
from kernels cimport serfast_frame_bands, serfast_kernels
from mel cimport Log, Mel, finish_log, log_levels
from program cimport Program, Scratch, spectrum_row
from spectrum cimport Spectrum

# A band leaves out products of 0, which infinity would make NaN. Of samples below this no power is
# infinite at a usual scale of samples; the two ways differ at most where either gives infinity.
cdef float LOUD = 2.0 ** 20

cdef enum:
    MOST_LANES = 16


# --- Tables ---------------------------------------------------------------------------------------


cdef bint pays(const Program *p, const Spectrum *target, node) except -1:
    """Tell whether frames are computed side by side: functions look at no row of the spectrum.

    A frame alone is slower where the columns of its first stage fill no whole vectors. Elsewhere
    there is less to gain: nothing with four lanes, and nothing if the bins themselves are wanted,
    which have to be turned back into rows.
    """
    weights = [mel.weights for mel in node.mels]
    logs = [log for mel in node.mels for log in mel.logs]
    partial = node.transform.complex.cols % kernels.lanes > 0
    return (
        kernels.lanes > 1
        and target.plan.fft.width > 0
        and p.grid.hop >= SERFAST_PAD
        and not node.shared
        and not any(log.shared for log in logs)
        and all((matrix >= 0).all() for matrix in weights)
        and ((node.column is None) + (kernels.lanes > 4) + partial >= 2)
    )


cdef int fill_abreast(Arena arena, Program *p, Spectrum *target, node, window) except -1:
    cdef Abreast *a = <Abreast *>arena.new(sizeof(Abreast))
    cdef int lanes = kernels.lanes
    plan, hop, length = node.transform.complex, p.grid.hop, target.frames.length
    target.abreast = a
    a.n_frames = lanes + (length - 1) // hop
    a.n_turned = min(hop, length)
    a.stride = (a.n_frames + 3) // 4 * 4
    a.block = target.frames
    a.block.length = a.n_frames * hop
    samples = np.arange(target.plan.length)
    places = samples % hop * a.stride + samples // hop
    if target.conditioned:
        end = target.start + target.win_length
        a.raw_places = arena.ints(places[target.start : end])
        # behind the conditioned samples there is one vector of zeros
        inside = (target.start <= samples) & (samples < end)
        places = np.where(inside, samples - target.start, target.win_length) * lanes
    a.places = arena.ints(places.reshape(plan.rows, plan.cols, 2).transpose(1, 0, 2))
    a.table = arena.floats(packed_window(plan, window, 1))
    p.n_abreast += 1
    p.block_size = max(p.block_size, <size_t>a.block.length)
    p.turned_size = max(p.turned_size, <size_t>(a.stride * a.n_turned))
    p.abreast_fft_size = max(
        p.abreast_fft_size, <size_t>(2 * (plan.rows + 1) * (plan.cols + 1) * lanes))
    return 0


cdef int fill_frame_bands(Arena arena, serfast_frame_bands *target, weights) except -1:
    firsts, counts, packed = packed_frame_bands(weights)
    target.n_bands = len(weights)
    target.firsts, target.counts = arena.ints(firsts), arena.ints(counts)
    target.weights = arena.floats(packed)
    return 0


# --- Rows -----------------------------------------------------------------------------------------


cdef void *new_side_by_side(const Program *p, SideBySide *s) noexcept nogil:
    """Give a block of zeros, as new_scratch does."""
    cdef size_t total = 0, vector = p.kernels.lanes * sizeof(float)
    cdef size_t block = part(&total, p.block_size * sizeof(float))
    cdef size_t turned = part(&total, p.turned_size * sizeof(float))
    cdef size_t conditioned = part(&total, (p.frame_size + 1) * vector)
    cdef size_t power = part(&total, p.power_size * vector)
    cdef size_t fft = part(&total, p.abreast_fft_size * sizeof(float))
    cdef size_t bands = part(&total, p.band_size * vector)
    cdef size_t levels = part(&total, p.band_size * vector)
    cdef size_t rows = part(&total, p.band_size * vector)
    cdef void *memory = calloc(total + 64, 1)
    cdef char *base
    if memory == NULL:
        return NULL
    base = <char *>((<uintptr_t>memory + 63) // 64 * 64)
    s.block, s.turned = <float *>(base + block), <float *>(base + turned)
    s.conditioned, s.power = <float *>(base + conditioned), <float *>(base + power)
    s.fft, s.bands = <float *>(base + fft), <float *>(base + bands)
    s.levels, s.rows = <float *>(base + levels), <float *>(base + rows)
    return memory


cdef void abreast_rows(
    const Program *p, const Signal *signal, ptrdiff_t begin, float *rows, float *kept,
    const Scratch *scratch, const SideBySide *side,
) noexcept nogil:
    """Compute the spectra of the rows from `begin` on, one for each lane, and all below them.

    If few of the frames aren't silent, each is computed by itself.
    """
    cdef const Spectrum *node
    cdef const float *x
    cdef int32_t heard[MOST_LANES]
    cdef ptrdiff_t t, lanes = p.kernels.lanes, n_heard
    cdef int i
    for i in range(p.n_spectra):
        node = &p.spectra[i]
        if node.abreast == NULL:
            continue
        x = frame_at(signal, &node.abreast.block, begin * p.grid.hop, side.block)
        n_heard = heard_frames(p, node, x, heard)
        if n_heard == 0:
            memset(side.power, 0, (node.bins + SERFAST_PAD) * lanes * sizeof(float))
        elif 3 * n_heard > lanes:
            abreast_power(p, node, x, side)
        else:
            for t in range(lanes):
                spectrum_row(
                    p, node, signal, begin + t, rows + t * p.row_size, kept + t * p.kept_size,
                    scratch)
            continue
        if n_heard < lanes:
            p.kernels.keep_lanes(side.power, node.bins, heard)
        finish_abreast(p, node, rows, kept, scratch, side)


cdef ptrdiff_t heard_frames(
    const Program *p, const Spectrum *node, const float *x, int32_t *heard
) noexcept nogil:
    """Set -1 for each frame of a block that isn't silent, 0 for others; give how many are -1."""
    cdef ptrdiff_t t, n_heard = 0, length = node.frames.length, lanes = p.kernels.lanes
    cdef ptrdiff_t begin = 0, loud = 0, end = (lanes - 1) * p.grid.hop + length
    for t in range(lanes):
        heard[t] = -(fabsf(x[begin + length // 2]) >= p.silence)
        if heard[t] == 0:
            loud = max(loud, begin)
            loud += p.kernels.first_beyond(x + loud, end - loud, p.silence)
            heard[t] = -(loud < begin + length)
        n_heard -= heard[t]
        begin += p.grid.hop
    return n_heard


cdef void abreast_power(
    const Program *p, const Spectrum *node, const float *x, const SideBySide *side
) noexcept nogil:
    """Do what `spectrum` does, with all frames of a block."""
    cdef const serfast_kernels *k = p.kernels
    cdef const Abreast *a = node.abreast
    cdef ptrdiff_t hop = p.grid.hop, lanes = k.lanes
    cdef float means[MOST_LANES]
    if node.remove_dc:
        k.frame_means(x + node.start, node.win_length, hop, means)
    k.turn_matrix(x, a.n_frames, a.n_turned, hop, side.turned, a.stride)
    x = side.turned
    if node.conditioned:
        k.frames_condition(
            x, a.raw_places, node.win_length, means if node.remove_dc else NULL, node.preemphasis,
            side.conditioned)
        memset(side.conditioned + node.win_length * lanes, 0, lanes * sizeof(float))
        x = side.conditioned
    k.frames_power(&node.plan, x, a.places, a.table, side.power, side.fft)
    if node.magnitude:
        k.square_root(side.power, node.bins * lanes)
    memset(side.power + node.bins * lanes, 0, SERFAST_PAD * lanes * sizeof(float))


cdef void finish_abreast(
    const Program *p, const Spectrum *node, float *rows, float *kept, const Scratch *scratch,
    const SideBySide *side,
) noexcept nogil:
    """Compute all that depends on the bins of a block, and write it into the rows."""
    cdef const serfast_kernels *k = p.kernels
    cdef const Mel *mel
    cdef int i, j
    if node.column >= 0:
        k.turn_matrix(
            side.power, node.bins, k.lanes, k.lanes, rows + node.column, p.row_size)
    for i in range(node.n_mels):
        mel = &node.mels[i]
        k.frames_bands(&mel.frame_bands, side.power, side.bands)
        if mel.column >= 0:
            k.turn_matrix(
                side.bands, mel.n_mels, k.lanes, k.lanes, rows + mel.column, p.row_size)
        for j in range(mel.n_logs):
            abreast_log(p, &mel.logs[j], rows, kept, scratch, side)


cdef void abreast_log(
    const Program *p, const Log *log, float *rows, float *kept, const Scratch *scratch,
    const SideBySide *side,
) noexcept nogil:
    """Do what `log_levels` and `finish_log` do, with all rows of a block."""
    cdef const serfast_kernels *k = p.kernels
    cdef ptrdiff_t lanes = k.lanes, n = log.n_mels, t
    log_levels(k, log, side.bands, n * lanes, side.levels)
    if log.whole and log.column < 0:
        k.turn_matrix(side.levels, n, lanes, lanes, kept + log.kept_at, p.kept_size)
    elif log.whole or log.n_cepstra == 0:
        k.turn_matrix(side.levels, n, lanes, lanes, rows + log.column, p.row_size)
    else:
        k.turn_matrix(side.levels, n, lanes, lanes, side.rows, p.band_size)
        for t in range(lanes):
            finish_log(
                k, log, side.rows + t * p.band_size, rows + t * p.row_size, scratch.product)
