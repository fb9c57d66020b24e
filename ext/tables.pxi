# From the Python program (float64 tables, serfast.program.rows) to the C structs of program.pxd.

cdef int NO_COLUMN = -1


cdef int column_or_none(column) except? -2:
    return NO_COLUMN if column is None else column


cdef Frames frames_of(frames) except *:
    cdef Frames result
    result.length = frames.length
    result.left = frames.left
    result.pad_mode = {"constant": CONSTANT, "edge": EDGE, "reflect": REFLECT}[frames.pad_mode]
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


cdef int fill_rfft(Arena arena, serfast_rfft *target, int length) except -1:
    plan = real_fft(length)
    target.length = length
    target.area = plan.complex.area
    fill_fft(arena, &target.fft, plan.complex)
    target.split_re = arena.floats(plan.split.real)
    target.split_im = arena.floats(plan.split.imag)
    return 0


cdef const float *window_of(Arena arena, const serfast_rfft *plan, window) except NULL:
    """The window as power_spectrum wants it."""
    return arena.floats(packed_window(real_fft(plan.length).complex, window, plan.fft.width))


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
        length = node.transform_length
        p.pitches[i].frames = frames_of(node.frames)
        p.pitches[i].column = node.column
        p.pitches[i].min_lag = node.min_lag
        p.pitches[i].max_lag = node.max_lag
        p.pitches[i].sample_rate = node.sample_rate
        p.pitches[i].threshold = node.threshold
        fill_rfft(arena, &p.pitches[i].plan, length)
        if not p.pitches[i].plan.fft.width:
            raise ValueError(f"the first stage of {length} samples must be one in registers")
        p.pitches[i].window = window_of(arena, &p.pitches[i].plan, np.ones(length))
        p.frame_size = max(p.frame_size, <size_t>length)
        p.power_size = max(p.power_size, <size_t>length // 2 + 1)
        p.lag_size = max(p.lag_size, 2 * <size_t>node.max_lag + 2 * SERFAST_PAD)
        p.fft_size = max(p.fft_size, 4 * p.pitches[i].plan.area)
    return 0


cdef int fill_spectra(Arena arena, Program *p, spectra, callbacks) except -1:
    cdef int i, length
    cdef Spectrum *target
    p.n_spectra = len(spectra)
    p.spectra = <Spectrum *>arena.new(len(spectra) * sizeof(Spectrum))
    for i, node in enumerate(spectra):
        target = &p.spectra[i]
        length = node.frames.length
        window = np.zeros(length)
        window[node.start : node.start + len(node.window)] = node.window
        target.frames = frames_of(node.frames)
        fill_rfft(arena, &target.plan, length)
        target.window = window_of(arena, &target.plan, window)
        target.start = node.start
        target.win_length = len(node.window)
        target.remove_dc = node.remove_dc
        target.preemphasis = node.preemphasis
        target.conditioned = node.remove_dc or node.preemphasis != 0
        target.magnitude = node.power == 1
        target.bins = length // 2 + 1
        target.column = column_or_none(node.column)
        fill_mels(arena, p, target, node.mels)
        target.n_customs = len(node.customs)
        target.customs = fill_customs(arena, p, node.customs, callbacks)
        target.held = -1
        if node.remembered:
            target.held = p.held_size
            p.held_size += (target.bins + 2 * SERFAST_PAD + 15) // 16 * 16
        p.power_size = max(p.power_size, <size_t>target.bins)
        p.fft_size = max(p.fft_size, 4 * target.plan.area)
    return 0


cdef int fill_mels(Arena arena, Program *p, Spectrum *spectrum, mels) except -1:
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
        target.n_mels = len(node.weights)
        target.column = column_or_none(node.column)
        fill_logs(arena, p, target, node.logs)
        p.band_size = max(p.band_size, <size_t>target.bands.n_bands)
    return 0


cdef int fill_logs(Arena arena, Program *p, Mel *mel, logs) except -1:
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
        target.column = column_or_none(node.column)
        target.n_mels = mel.n_mels
        target.stride = (mel.n_mels + SERFAST_PAD - 1) // SERFAST_PAD * SERFAST_PAD
        fill_cepstra(arena, p, target, node.cepstra)
        if target.whole:
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


cdef Custom *fill_customs(Arena arena, Program *p, nodes, callbacks) except NULL:
    """The structs of some features of one's own; `callbacks` has each feature's."""
    cdef Custom *customs = <Custom *>arena.new(len(nodes) * sizeof(Custom))
    cdef Custom *target
    cdef int i
    for i, node in enumerate(nodes):
        target = &customs[i]
        target.frames = frames_of(node.frames)
        target.compute = <serfast_feature_function *><uintptr_t>callbacks[node.feature].address
        target.sample_rate = node.sample_rate
        target.parameters = arena.doubles(node.feature.values)
        target.scale = node.scale
        target.column = node.column
        target.n = len(node.feature.columns)
        if node.spectral:
            target.bins = target.frames.length // 2 + 1
            target.frequencies = arena.floats(bin_frequencies(node))
        p.output_size = max(p.output_size, <size_t>target.n + 2 * GUARD)
    return customs


cdef int fill_deltas(Arena arena, Program *p, deltas) except -1:
    cdef int i
    p.n_deltas = len(deltas)
    p.deltas = <Delta *>arena.new(len(deltas) * sizeof(Delta))
    p.lookahead = 0
    for i, node in enumerate(deltas):
        p.deltas[i].source = node.source.start
        p.deltas[i].n = node.source.stop - node.source.start
        p.deltas[i].column = node.column
        p.deltas[i].width = len(node.weights)
        p.deltas[i].weights = arena.floats(node.weights)
        p.lookahead = max(p.lookahead, <ptrdiff_t>len(node.weights) // 2)
    return 0


cdef int fill_program(Arena arena, Program *p, program, callbacks) except -1:
    p.kernels = kernels
    p.hop_length = program.hop_length
    p.n_columns = program.n_columns
    p.row_size = program.row_size
    nodes = (
        program.energies, program.crossings, program.pitches, program.spectra, program.customs,
    )
    frames = [node.frames for group in nodes for node in group]
    p.frame_size = max(f.length for f in frames)
    p.left_reach = max(f.left for f in frames)
    p.right_reach = max(f.length - f.left for f in frames)
    p.last_reach = max(f.length - 2 * f.left for f in frames)
    p.lag_size = p.fft_size = p.band_size = p.power_size = 0
    p.kept_size = 0
    p.output_size = p.held_size = 0
    fill_energies(arena, p, program.energies)
    fill_crossings(arena, p, program.crossings)
    fill_pitches(arena, p, program.pitches)
    fill_spectra(arena, p, program.spectra, callbacks)
    p.n_customs = len(program.customs)
    p.customs = fill_customs(arena, p, program.customs, callbacks)
    fill_deltas(arena, p, program.deltas)
    # room for whole vectors behind each, and for what reads past a spectrum's last bin
    p.frame_size += SERFAST_PAD
    p.power_size += 2 * SERFAST_PAD
    p.band_size += 2 * SERFAST_PAD
    p.lag_size += 2 * SERFAST_PAD
    return 0
