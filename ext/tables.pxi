# From the Python program (float64 tables, serfast.program.rows) to the C structs of program.pxd.

import numpy as np

from serfast.features.framing import SILENCE

from libc.stdint cimport int32_t, uintptr_t

from autocorrelation cimport Autocorrelation
from bandlimited_formants cimport bandlimited_polynomial, bandlimited_roots
from computed cimport (
    GUARD,
    Computed,
    serfast_feature_function,
    serfast_wide_feature_function,
)
from energy cimport Crossings, Energy
from framing cimport CONSTANT, EDGE, REFLECT, SYMMETRIC, Frames
from grid cimport Grid
from inputs cimport Inputs, Transform, Twin
from kernels cimport (
    SERFAST_MAX_PASSES,
    SERFAST_PAD,
    serfast_band_pair,
    serfast_fft,
    serfast_pass,
    serfast_rfft,
)
from mel cimport Log, Mel
from mfcc cimport Cepstrum
from pitch cimport Pitch
from program cimport FrameInput, Program
from spectrum cimport Spectrum
from track cimport Track, TrackTwin, serfast_track_function

cdef int NO_COLUMN = -1
cdef tuple WIDE_INPUTS = ("log_mel", "autocorrelation", "table")


cdef int column_or_none(column) except? -2:
    return NO_COLUMN if column is None else column


cdef ptrdiff_t new_slot(Program *p, ptrdiff_t n, bint twice) except -1:
    """Give a place in Scratch.slots for n values of a row, padded, or for two rows if `twice`."""
    cdef ptrdiff_t slot = p.slot_size
    p.slot_size += slot_stride(n) * (2 if twice else 1)
    return slot


cdef ptrdiff_t slot_stride(ptrdiff_t n) noexcept:
    return (n + 2 * SERFAST_PAD + 15) // 16 * 16


cdef Frames frames_of(frames) except *:
    cdef Frames result
    result.length = frames.length
    result.left = frames.left
    result.pad_mode = {
        "constant": CONSTANT, "edge": EDGE, "reflect": REFLECT, "symmetric": SYMMETRIC
    }[frames.pad_mode]
    return result


cdef int fill_passes(Arena arena, serfast_pass *target, passes) except -1:
    cdef int i
    if len(passes) > SERFAST_MAX_PASSES:
        raise ValueError(f"an FFT stage has at most {SERFAST_MAX_PASSES} passes")
    for i, item in enumerate(passes):
        target[i].radix = item.radix
        target[i].blocks = item.blocks
        target[i].twiddle = arena.floats(interleaved(item.twiddle))
        target[i].roots = arena.floats(interleaved(item.roots))
    return len(passes)


cdef int fill_fft(Arena arena, serfast_fft *target, plan) except -1:
    cdef serfast_fft *inner
    target.n, target.rows, target.cols = plan.n, plan.rows, plan.cols
    target.row_stride, target.col_stride = plan.row_stride, plan.col_stride
    target.width = first_stage_width(plan, kernels.lanes)
    target.n_row_passes = fill_passes(arena, target.row_passes, plan.row_passes)
    target.n_col_passes = fill_passes(arena, target.col_passes, plan.col_passes)
    if plan.inner is None:
        target.factors = arena.floats(packed_factors(plan, target.width))
    else:
        inner = <serfast_fft *>arena.new(sizeof(serfast_fft))
        fill_fft(arena, inner, plan.inner)
        target.inner = inner
        target.chirp_re = arena.floats(plan.chirp.real)
        target.chirp_im = arena.floats(plan.chirp.imag)
        target.kernel_re = arena.floats(plan.kernel.real)
        target.kernel_im = arena.floats(plan.kernel.imag)
    return 0


cdef int fill_rfft(Arena arena, serfast_rfft *target, plan) except -1:
    target.length = plan.length
    target.area = plan.complex.area
    fill_fft(arena, &target.fft, plan.complex)
    target.split_re = arena.floats(plan.split.real)
    target.split_im = arena.floats(plan.split.imag)
    return 0


cdef const float *window_of(Arena arena, const serfast_rfft *target, plan, window) except NULL:
    """Give the window in the order that power_spectrum needs."""
    return arena.floats(packed_window(plan.complex, window, target.fft.width))


cdef int fill_energies(Arena arena, Program *p, energies) except -1:
    cdef int i
    p.n_energies = len(energies)
    p.energies = <Energy *>arena.new(len(energies) * sizeof(Energy))
    for i, node in enumerate(energies):
        p.energies[i].frames = frames_of(node.frames)
        p.energies[i].column = node.column
        p.energies[i].scale = node.scale
    return 0


cdef int fill_crossings(Arena arena, Program *p, crossings) except -1:
    cdef int i
    p.n_crossings = len(crossings)
    p.crossings = <Crossings *>arena.new(len(crossings) * sizeof(Crossings))
    for i, node in enumerate(crossings):
        p.crossings[i].frames = frames_of(node.frames)
        p.crossings[i].column = node.column
        p.crossings[i].threshold = node.threshold
    return 0


cdef int fill_pitches(Arena arena, Program *p, pitches) except -1:
    cdef int i, length
    p.n_pitches = len(pitches)
    p.pitches = <Pitch *>arena.new(len(pitches) * sizeof(Pitch))
    for i, node in enumerate(pitches):
        length = node.transform.length
        p.pitches[i].frames = frames_of(node.frames)
        p.pitches[i].column = node.column
        p.pitches[i].min_lag = node.min_lag
        p.pitches[i].max_lag = node.max_lag
        p.pitches[i].sample_rate = node.sample_rate
        p.pitches[i].threshold = node.threshold
        fill_rfft(arena, &p.pitches[i].plan, node.transform)
        if not p.pitches[i].plan.fft.width:
            raise ValueError(f"the first stage of {length} samples must be one in registers")
        p.pitches[i].window = window_of(
            arena, &p.pitches[i].plan, node.transform, np.ones(length))
        p.frame_size = max(p.frame_size, <size_t>length)
        p.power_size = max(p.power_size, <size_t>length // 2 + 1)
        p.lag_size = max(p.lag_size, 2 * <size_t>node.max_lag + 2 * SERFAST_PAD)
        p.fft_size = max(p.fft_size, 4 * p.pitches[i].plan.area)
    return 0


cdef int fill_spectra(Arena arena, Program *p, spectra, dict slots) except -1:
    cdef int i, length
    cdef Spectrum *target
    p.n_spectra = len(spectra)
    p.spectra = <Spectrum *>arena.new(len(spectra) * sizeof(Spectrum))
    for i, node in enumerate(spectra):
        target = &p.spectra[i]
        length = node.transform.length
        window = np.zeros(length)
        window[node.start : node.start + len(node.window)] = node.window
        target.frames = frames_of(node.frames)
        fill_rfft(arena, &target.plan, node.transform)
        target.window = window_of(arena, &target.plan, node.transform, window)
        target.start = node.start
        target.win_length = len(node.window)
        target.remove_dc = node.remove_dc
        target.preemphasis = node.preemphasis
        target.conditioned = (
            node.remove_dc or node.preemphasis != 0 or length > node.frames.length
        )
        target.magnitude = node.power == 1
        target.bins = node.bins
        target.column = column_or_none(node.column)
        fill_mels(arena, p, target, node.mels, slots)
        target.power_slot = target.magnitude_slot = -1
        for power, remembered in node.shared.items():
            slot = new_slot(p, target.bins, remembered)
            stride = slot_stride(target.bins) if remembered else 0
            slots[node, power] = slot, stride
            if power == 2:
                target.power_slot, target.power_stride = slot, stride
            else:
                target.magnitude_slot, target.magnitude_stride = slot, stride
        p.frame_size = max(p.frame_size, <size_t>length)
        p.power_size = max(p.power_size, <size_t>target.bins)
        p.fft_size = max(p.fft_size, 4 * target.plan.area)
        if pays(p, target, node):
            fill_abreast(arena, p, target, node, window)
    return 0


cdef int fill_mels(Arena arena, Program *p, Spectrum *spectrum, mels, dict slots) except -1:
    cdef int i
    cdef Mel *target
    spectrum.n_mels = len(mels)
    spectrum.mels = <Mel *>arena.new(len(mels) * sizeof(Mel))
    for i, node in enumerate(mels):
        target = &spectrum.mels[i]
        pairs, weights = packed_bands(node.weights)
        target.bands.n_bands = 2 * len(pairs)
        target.bands.pairs = <const serfast_band_pair *>arena.ints(pairs)
        target.bands.weights = arena.floats(weights)
        fill_frame_bands(arena, &target.frame_bands, node.weights)
        target.n_mels = len(node.weights)
        target.column = column_or_none(node.column)
        fill_logs(arena, p, target, node.logs, slots)
        p.band_size = max(p.band_size, <size_t>target.bands.n_bands)
    return 0


cdef int fill_logs(Arena arena, Program *p, Mel *mel, logs, dict slots) except -1:
    cdef int i
    cdef Log *target
    mel.n_logs = len(logs)
    mel.logs = <Log *>arena.new(len(logs) * sizeof(Log))
    for i, node in enumerate(logs):
        target = &mel.logs[i]
        target.scale = node.scale
        target.floor = node.amin
        target.offset = node.offset
        target.whole = node.whole_signal
        target.relative = node.relative
        target.limited = node.top is not None
        target.top = node.top or 0
        target.added = node.added
        target.column = column_or_none(node.column)
        target.n_mels = mel.n_mels
        target.stride = (mel.n_mels + SERFAST_PAD - 1) // SERFAST_PAD * SERFAST_PAD
        fill_cepstra(arena, p, target, node.cepstra)
        target.slot = -1
        if node.shared:
            target.slot = slots[node] = new_slot(p, target.n_mels, False)
        if target.whole:
            p.n_whole += 1
            if target.column < 0:
                target.kept_at = p.kept_size
                p.kept_size += target.stride
    return 0


cdef int fill_cepstra(Arena arena, Program *p, Log *log, cepstra) except -1:
    cdef int i
    cdef Cepstrum *target
    log.n_cepstra = len(cepstra)
    log.cepstra = <Cepstrum *>arena.new(len(cepstra) * sizeof(Cepstrum))
    for i, node in enumerate(cepstra):
        target = &log.cepstra[i]
        target.column = node.column
        target.n = len(node.matrix)
        target.stride = (target.n + 3) // 4 * 4
        matrix = np.zeros((log.n_mels, target.stride))
        matrix[:, : target.n] = node.matrix.T
        target.matrix = arena.floats(matrix)
    return 0


cdef int fill_autocorrelations(Arena arena, Program *p, nodes, dict slots) except -1:
    cdef int i, length
    cdef Autocorrelation *target
    p.n_autocorrelations = len(nodes)
    p.autocorrelations = <Autocorrelation *>arena.new(len(nodes) * sizeof(Autocorrelation))
    for i, node in enumerate(nodes):
        target = &p.autocorrelations[i]
        target.frames = frames_of(node.frames)
        target.start = node.start
        target.win_length = len(node.window)
        target.conditioned = node.remove_dc or node.preemphasis != 0
        target.remove_dc = node.remove_dc
        target.preemphasis = node.preemphasis
        target.n_lags = node.n_lags
        length = node.transform.length
        fill_rfft(arena, &target.plan, node.transform)
        window = np.zeros(length)
        window[: len(node.window)] = node.window
        target.window = window_of(arena, &target.plan, node.transform, window)
        target.slot = slots[node] = new_slot(p, target.n_lags, False)
        target.power_slot = -1 if node.spectrum is None else slots[node.spectrum, 2.0][0]
        p.frame_size = max(p.frame_size, <size_t>length)
        p.power_size = max(p.power_size, <size_t>length // 2 + 1)
        p.fft_size = max(p.fft_size, 4 * target.plan.area)
    return 0


cdef int fill_frame_inputs(Arena arena, Program *p, nodes, dict slots) except -1:
    """Add the frames that functions look at, each once."""
    cdef int i
    frames = {(n.frames, n.scale): None for n in nodes if "frame" in n.feature.needs}
    p.n_frame_inputs = len(frames)
    p.frame_inputs = <FrameInput *>arena.new(len(frames) * sizeof(FrameInput))
    for i, key in enumerate(frames):
        p.frame_inputs[i].frames = frames_of(key[0])
        p.frame_inputs[i].scale = key[1]
        p.frame_inputs[i].slot = new_slot(p, key[0].length, False)
        slots[key] = i
    return 0


cdef int fill_computed(Arena arena, Program *p, nodes, callbacks, dict slots) except -1:
    """Add the functions of named inputs: a native twin, or else the callback of the feature."""
    cdef int i
    cdef Computed *target
    p.n_computed = len(nodes)
    p.computed = <Computed *>arena.new(len(nodes) * sizeof(Computed))
    for i, node in enumerate(nodes):
        target = &p.computed[i]
        names = node.feature.arguments
        target.column = node.column
        target.n = len(node.feature.columns)
        if node.trusted and node.native_name in TWINS:
            target.twin = <Twin><uintptr_t>TWINS[node.native_name]
            if node.native_name == "bandlimited_formants":
                target.first_half, target.second_half = bandlimited_polynomial, bandlimited_roots
                p.n_several += 1
        elif any(name in WIDE_INPUTS for name in names):
            target.wide = <serfast_wide_feature_function *><uintptr_t>address_of(callbacks, node)
        else:
            target.compute = <serfast_feature_function *><uintptr_t>address_of(callbacks, node)
        target.frame = target.spectrum = target.log_mel = target.autocorrelation = -1
        if "frame" in node.feature.needs:
            target.frame = slots[node.frames, node.scale]
        if node.spectrum is not None:
            target.previous = "previous_spectrum" in node.feature.needs
            target.spectrum, target.spectrum_stride = slots[node.spectrum, node.power]
        if node.log_mel is not None:
            target.log_mel = slots[node.log_mel]
        if node.autocorrelation is not None:
            target.autocorrelation = slots[node.autocorrelation]
        fill_inputs(arena, &target.inputs, node)
        fill_transforms(arena, p, &target.inputs, node.transforms)
        fill_numbers(arena, target, node)
        p.output_size = max(p.output_size, <size_t>target.n + 2 * GUARD)
        p.spare_size = max(p.spare_size, <size_t>(2 * longest_input(&target.inputs)))
        p.n_numbers = max(p.n_numbers, <size_t>target.n_numbers)
    return 0


cdef object address_of(callbacks, node):
    return callbacks[node.feature].address


cdef int fill_inputs(Arena arena, Inputs *x, node) except -1:
    """Set the inputs that are the same in every row: lengths, tables, numbers."""
    x.kernels = kernels
    x.frame_length = node.frames.length
    x.sample_rate = node.sample_rate
    if node.spectral and "frequencies" in node.feature.needs or node.spectrum is not None:
        x.n_bins = len(node.frequencies)
        x.frequencies = arena.floats(node.frequencies)
    if node.log_mel is not None:
        x.n_mels = node.feature.n_mels
    if node.autocorrelation is not None:
        x.n_lags = node.autocorrelation.n_lags
    x.n_table = len(node.table)
    x.table = arena.floats(node.table)
    return 0


cdef int fill_transforms(Arena arena, Program *p, Inputs *x, transforms) except -1:
    """Add the transforms that a native twin makes by itself."""
    cdef int i
    cdef Transform *target = <Transform *>arena.new(len(transforms) * sizeof(Transform))
    x.n_transforms, x.transforms = len(transforms), target
    for i, (plan, weights) in enumerate(transforms):
        fill_rfft(arena, &target[i].plan, plan)
        if not target[i].plan.fft.width:
            raise ValueError(f"the first stage of {plan.length} samples must be one in registers")
        target[i].window = window_of(arena, &target[i].plan, plan, weights)
        p.fft_size = max(p.fft_size, 4 * target[i].plan.area)
    return 0


cdef int fill_numbers(Arena arena, Computed *target, node) except -1:
    """Set the parameters, with 0 for each column of the row, and note which ones are columns."""
    numbers = node.feature.numbers
    values = iter(node.feature.values)
    read = [i for i, number in enumerate(numbers) if number.name in node.feature.reads]
    target.inputs.parameters = arena.doubles(
        [0.0 if i in read else next(values) for i in range(len(numbers))]
    )
    target.n_numbers = len(numbers)
    target.n_read = len(read)
    target.read = arena.ints([*zip(read, node.columns_read, strict=True)])
    return 0


cdef ptrdiff_t longest_input(const Inputs *x) noexcept:
    """Give the number of values of the longest array, padded."""
    return slot_stride(max(x.frame_length, max(x.n_bins, max(x.n_lags, max(x.n_mels, x.n_table)))))


cdef int fill_tracks(Arena arena, Program *p, tracks, callbacks) except -1:
    cdef int i
    cdef Track *target
    p.n_tracks = len(tracks)
    p.tracks = <Track *>arena.new(len(tracks) * sizeof(Track))
    places = {node.column: i for i, node in enumerate(tracks)}
    states = [node.initial_state for node in tracks if node.weights is None]
    p.states = arena.doubles(np.concatenate([np.empty(0), *states]))
    for i, node in enumerate(tracks):
        target = &p.tracks[i]
        starts = [source.start for source in node.sources]
        sizes = [source.stop - source.start for source in node.sources]
        target.n_sources, target.n_columns = len(starts), sum(sizes)
        target.sources = arena.ints([*zip(starts, sizes, strict=True)])
        target.back, target.ahead, target.first = node.back, node.ahead, node.first
        after = [places[start] for start in starts if start in places]
        target.n_after, target.after = len(after), arena.ints(after)
        target.column, target.n = node.column, len(node.feature.columns)
        target.passes = node.passes
        if node.weights is not None:
            target.weights, target.width = arena.floats(node.weights), len(node.weights)
            continue
        if node.trusted and node.native_name in TRACK_TWINS:
            target.twin = <TrackTwin><uintptr_t>TRACK_TWINS[node.native_name]
        else:
            target.compute = <serfast_track_function *><uintptr_t>address_of(callbacks, node)
        target.row_rate, target.kernels = node.row_rate, kernels
        target.parameters = arena.doubles(node.feature.values)
        target.state, target.n_state = p.n_states, node.state_size
        p.n_states += node.state_size
        target.room = 2 * (node.back + node.ahead + 1)
        target.window = p.window_size
        p.window_size += target.room * target.n_columns
        p.output_size = max(p.output_size, <size_t>target.n + 2 * GUARD)
    return 0


cdef Grid grid_of(grid) except *:
    cdef Grid result
    result.hop, result.left, result.right = grid.hop_length, grid.left, grid.right
    result.last, result.shortest = grid.last, grid.shortest
    result.ahead, result.first = grid.ahead, grid.first
    result.kept = grid.kept
    return result


cdef int fill_program(Arena arena, Program *p, program, callbacks) except -1:
    cdef dict slots = {}
    p.kernels = kernels
    p.grid = grid_of(program.grid)
    p.silence = SILENCE
    p.n_columns = program.n_columns
    p.row_size = program.row_size
    p.rows_kept = program.rows_kept
    p.frame_size = program.longest_frame
    fill_energies(arena, p, program.energies)
    fill_crossings(arena, p, program.crossings)
    fill_pitches(arena, p, program.pitches)
    fill_spectra(arena, p, program.spectra, slots)
    fill_autocorrelations(arena, p, program.autocorrelations, slots)
    fill_frame_inputs(arena, p, program.computed, slots)
    fill_computed(arena, p, program.computed, callbacks, slots)
    fill_tracks(arena, p, program.tracks, callbacks)
    p.whole = p.n_whole > 0 or program.repeats
    # room for whole vectors behind each, and for what reads past a spectrum's last bin
    p.frame_size += SERFAST_PAD
    p.power_size += 2 * SERFAST_PAD
    p.band_size += 2 * SERFAST_PAD
    p.lag_size += 2 * SERFAST_PAD
    return 0


def twins():
    """Give the names of the features and tracks whose function is native, in snake case."""
    return TWIN_NAMES


cdef object TWIN_NAMES = frozenset((*TWINS, *TRACK_TWINS))
