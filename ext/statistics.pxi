# From the Python program (serfast.program.vector) to the C structs of statistics.pxd, and a call of it.

from itertools import groupby

from cpython.buffer cimport (
    PyBUF_FORMAT,
    PyBUF_ND,
    PyBUF_WRITABLE,
    PyBuffer_Release,
    PyObject_GetBuffer,
)
from libc.float cimport FLT_MAX
from libc.math cimport INFINITY, fabs
from libc.stdint cimport uintptr_t
from libc.stdlib cimport free, malloc

from course cimport Tail
from functionals cimport PEAKS, QUANTILE, RISING_MEAN, SEGMENTS, SPREAD, Functional, Kind
from kernels cimport SERFAST_RUN, SERFAST_SERIES
from selections cimport Selection
from statistics cimport Family, Job, Table, VectorProgram, Workspace, make_vector

cdef Functional functional_of(functional) except *:
    cdef Functional result
    cdef int kind = functional.code
    result.kind = <Kind>kind
    result.a, result.b = functional.a, functional.b
    return result


cdef int fill_jobs(Arena arena, VectorProgram *p, entries, series) except -1:
    """Make one job for the entries of each block, order and voicing."""
    def key(entry):
        return series[entry.column] // SERFAST_SERIES, entry.order, entry.voiced

    cdef Job *job
    groups = [(k, list(group)) for k, group in groupby(sorted(entries, key=key), key=key)]
    p.n_jobs = len(groups)
    p.jobs = <Job *>arena.new(len(groups) * sizeof(Job))
    for i, ((block, order, voiced), group) in enumerate(groups):
        job = &p.jobs[i]
        job.block, job.order, job.voiced, job.n_lanes = block, order, voiced, len(group)
        job.lanes = arena.ints([series[entry.column] % SERFAST_SERIES for entry in group])
        job.places = <ptrdiff_t *>arena.new(len(group) * sizeof(ptrdiff_t))
        for j, entry in enumerate(group):
            job.places[j] = entry.place
    return 0


cdef int fill_derivatives(Arena arena, VectorProgram *p, program) except -1:
    """Set the weights for every order, and every width that a short recording may need."""
    cdef int width = program.delta_width, order, narrow
    cdef int orders = max((order for order, _, _ in program.delta_weights), default=0)
    p.delta_width = width
    p.weights = <double **>arena.new(orders * (width + 1) * sizeof(double *))
    for order, narrow, weights in program.delta_weights:
        p.weights[(order - 1) * (width + 1) + narrow] = arena.doubles(weights)
    return 0


cdef int fill_selection(Selection *s, one, series) except -1:
    """Set what does not depend on the selections beside it; s.functionals has room for them."""
    cdef int i, kind, tail = one.tail
    s.series, s.mask, s.above = series[one.column], column_or_none(one.mask), one.above
    s.nonzero, s.threshold, s.reference = one.nonzero, one.threshold, one.reference
    s.factor, s.smoothing, s.smoothing_skips = one.factor, one.smoothing, one.smoothing_skips
    s.extremum_share, s.tail, s.missing = one.extremum_share, <Tail>tail, one.missing
    s.min_segment, s.max_gap, s.segment_trim = one.min_segment, one.max_gap, one.segment_trim
    s.last_segment_trim, s.duration_trim = one.last_segment_trim, one.duration_trim
    s.n_functionals, s.place = len(one.functionals), one.place
    for i, functional in enumerate(one.functionals):
        s.functionals[i] = functional_of(functional)
        kind = s.functionals[i].kind
        s.sorts = s.sorts or kind in (QUANTILE, SPREAD)
        s.has_course = s.has_course or RISING_MEAN <= kind <= PEAKS
        s.has_segments = s.has_segments or kind >= SEGMENTS
    return 0


cdef bint needs_order(one):
    return any(functional.kind in ("quantile", "spread") for functional in one.functionals)


cdef int fill_selections(Arena arena, VectorProgram *p, program, series) except -1:
    """Set the selections; up to eight that have the same rows are computed at once."""
    groups = {}
    for i, one in enumerate(program.selections):
        counts = one.counts
        groups.setdefault((i if counts is None else -1, counts, needs_order(one)), []).append(one)
    p.n_selections, p.row_rate = len(program.selections), program.row_rate
    p.selections = <Selection *>arena.new(p.n_selections * sizeof(Selection))
    cdef Functional *functionals = <Functional *>arena.new(
        sum(len(one.functionals) for one in program.selections) * sizeof(Functional))
    cdef int place = 0, left
    for group in groups.values():
        for i, one in enumerate(group):
            left = len(group) - i + i % SERFAST_SERIES
            p.selections[place].functionals = functionals
            fill_selection(&p.selections[place], one, series)
            functionals += p.selections[place].n_functionals
            p.selections[place].together = min(left, SERFAST_SERIES)
            place += 1
    return 0


cdef int fill_vector(Arena arena, VectorProgram *p, program) except -1:
    columns = program.columns
    series = {column: i for i, column in enumerate(columns)}
    cdef int n_blocks = (len(columns) + SERFAST_SERIES - 1) // SERFAST_SERIES
    cdef int i
    filled = (*columns, *columns[-1:] * (n_blocks * SERFAST_SERIES - len(columns)))
    p.kernels = kernels
    p.n_columns, p.n_blocks, p.size = program.n_columns, n_blocks, program.size
    p.columns = arena.ints(filled)
    p.loudness, p.trim = column_or_none(program.loudness), program.trim
    p.voicing, p.max_aperiodicity = column_or_none(program.voicing), program.max_aperiodicity
    logs = [series[column] for column in program.logs if column in series]
    p.n_logs, p.logs, p.log_floor = len(logs), arena.ints(logs), program.log_floor
    families = [
        (family, depth) for family, depth in zip(program.families, program.depths)
        if series.keys() >= set(family)
    ]
    p.n_families = len(families)
    p.families = <Family *>arena.new(len(families) * sizeof(Family))
    for i, (family, depth) in enumerate(families):
        p.families[i].least = -depth
        p.families[i].n = len(family)
        p.families[i].series = arena.ints([series[column] for column in family])
    semitones = [series[column] for column in program.semitones if column in series]
    p.n_semitones, p.semitones = len(semitones), arena.ints(semitones)
    p.reference = program.semitone_reference
    p.resolution = program.resolution
    p.n_functionals = len(program.functionals)
    p.functionals = <Functional *>arena.new(p.n_functionals * sizeof(Functional))
    for i, functional in enumerate(program.functionals):
        p.functionals[i] = functional_of(functional)
        p.sorts = p.sorts or p.functionals[i].kind in (QUANTILE, SPREAD)
    p.share = -1 if program.share is None else program.share
    fill_derivatives(arena, p, program)
    fill_selections(arena, p, program, series)
    return fill_jobs(arena, p, program.entries, series)


cdef double *new_workspace(const VectorProgram *p, ptrdiff_t n, Workspace *w) noexcept nogil:
    """Give one block for n rows, which the caller frees; NULL means that there is no memory."""
    cdef size_t part = SERFAST_SERIES * ((n + SERFAST_RUN - 1) // SERFAST_RUN * SERFAST_RUN)
    cdef double *block = <double *>malloc(
        ((p.n_blocks + 4) * part + SERFAST_SERIES) * sizeof(double) + n * sizeof(ptrdiff_t))
    if block == NULL:
        return NULL
    w.series = <double *>((<uintptr_t>block + 63) // 64 * 64)
    w.derived = w.series + p.n_blocks * part
    w.voiced = w.derived + part
    w.studied.centred = w.voiced + part
    w.studied.ordered = w.studied.centred + part
    w.voiced_rows = <ptrdiff_t *>(w.studied.ordered + part)
    return block


cdef ptrdiff_t first_nonfinite_cell(const VectorProgram *p, const Table *table) noexcept nogil:
    """Give the index of the first value that is NaN, infinite or beyond float32, or -1."""
    cdef ptrdiff_t n = table.n_rows * table.n_columns, i
    if table.wide:
        for i in range(n):
            if not fabs((<const double *>table.data)[i]) <= FLT_MAX:
                return i
        return -1
    i = p.kernels.first_beyond(<const float *>table.data, n, INFINITY)
    return i if i < n else -1


cdef int check_table(const Py_buffer *rows, const Py_buffer *out, const VectorProgram *p) except -1:
    if rows.ndim != 2 or rows.format[0] not in (c"f", c"d") or rows.itemsize not in (4, 8):
        raise ValueError("rows must be contiguous float32 or float64 with 2 dimensions")
    if rows.shape[0] < 1 or rows.shape[1] != p.n_columns:
        raise ValueError(f"rows must be of shape (n >= 1, {p.n_columns})")
    if out.ndim != 1 or out.format[0] != c"d" or out.shape[0] != p.size:
        raise ValueError(f"out must be contiguous float64 of shape ({p.size},)")
    return 0


cdef class VectorEngine:
    """It is a VectorProgram made ready to run; see serfast.program.vector.RunVector."""

    cdef VectorProgram program
    cdef Arena arena

    def __cinit__(self, program):
        self.arena = Arena()
        fill_vector(self.arena, &self.program, program)

    def __reduce__(self):
        raise TypeError("a VectorEngine can't be pickled: pickle the Statistics")

    def __call__(self, rows, out):
        cdef Py_buffer x, y
        PyObject_GetBuffer(rows, &x, PyBUF_ND | PyBUF_FORMAT)
        try:
            PyObject_GetBuffer(out, &y, PyBUF_ND | PyBUF_FORMAT | PyBUF_WRITABLE)
            try:
                check_table(&x, &y, &self.program)
                return run_vector(&self.program, &x, <double *>y.buf)
            finally:
                PyBuffer_Release(&y)
        finally:
            PyBuffer_Release(&x)


cdef object run_vector(const VectorProgram *p, const Py_buffer *rows, double *out):
    """Run the program without the GIL; give what first_nonfinite_cell found, or None."""
    cdef Table table
    cdef Workspace workspace
    cdef double *block
    cdef ptrdiff_t bad
    table.data, table.wide = rows.buf, rows.itemsize == sizeof(double)
    table.n_rows, table.n_columns = rows.shape[0], rows.shape[1]
    with nogil:
        block = new_workspace(p, table.n_rows, &workspace)
        bad = first_nonfinite_cell(p, &table)
        if block != NULL and bad < 0:
            make_vector(p, &table, &workspace, out)
        free(block)
    if block == NULL:
        raise MemoryError("no memory for the statistics")
    return None if bad < 0 else bad
