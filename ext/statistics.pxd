"""Statistics turn rows into one vector; serfast.program.vector says what each field means.

The rows' columns are turned into series that stand eight side by side (serfast_kernels), so that a
vector of the processor holds one point of each.
"""

from libc.math cimport fabs
from libc.stdint cimport int32_t
from libc.string cimport memcpy, memset

from functionals cimport Functional, Series, apply, study
from kernels cimport SERFAST_SERIES, serfast_kernels
from logarithm cimport logarithm, octaves
from selections cimport Selection, scale_series, smooth, write_selection

ctypedef struct Job:
    # functionals of some of the eight series of a block
    int block
    int order           # of derivative
    bint voiced         # over voiced rows alone
    int n_lanes
    int32_t *lanes
    ptrdiff_t *places   # in the vector, of each one's first functional

ctypedef struct Family:
    int n
    int32_t *series
    double least        # relative values below are raised to it

ctypedef struct VectorProgram:
    const serfast_kernels *kernels
    int n_columns, n_blocks
    ptrdiff_t size              # of the vector
    int32_t *columns            # of the rows, one a series; eight a block
    int loudness                # column; negative: no trimming
    double trim                 # share of the loudest row's
    int voicing                 # column; negative: no voicing
    double max_aperiodicity
    int n_logs
    int32_t *logs               # series
    double log_floor
    int n_families
    Family *families
    int n_semitones
    int32_t *semitones          # series
    double reference            # [Hz]
    int delta_width
    double **weights            # [(order - 1) (delta_width + 1) + width], NULL where none fits
    double resolution           # least deviation that isn't rounding, as a share of the largest
    int n_functionals
    bint sorts
    Functional *functionals
    int n_jobs
    Job *jobs                   # by block, order, voiced
    ptrdiff_t share             # place of the voiced rows' share; negative: none
    int n_selections
    Selection *selections       # those with the same rows follow one another
    double row_rate             # [1/s]

ctypedef struct Table:
    # rows of floats or, if wide, of doubles
    const void *data
    bint wide
    ptrdiff_t n_rows, n_columns

ctypedef struct Workspace:
    double *series              # n_blocks · eight · n_rows
    double *derived
    double *voiced
    ptrdiff_t *voiced_rows
    Series studied


cdef inline double larger(double a, double b) noexcept nogil:
    return a if a > b else b


cdef inline double cell(const Table *table, ptrdiff_t row, ptrdiff_t column) noexcept nogil:
    cdef ptrdiff_t i = row * table.n_columns + column
    return (<const double *>table.data)[i] if table.wide else (<const float *>table.data)[i]


cdef inline double *series_at(const Workspace *w, int series, ptrdiff_t n) noexcept nogil:
    """Give point 0 of a series; the next point is SERFAST_SERIES further."""
    return w.series + series // SERFAST_SERIES * SERFAST_SERIES * n + series % SERFAST_SERIES


cdef inline Table trimmed(const VectorProgram *p, const Table *table) noexcept nogil:
    """Give the rows from the first to the last loud one."""
    cdef Table result = table[0]
    cdef double loudest = 0, least
    cdef ptrdiff_t first = 0, last = table.n_rows - 1, t
    if p.loudness < 0:
        return result
    for t in range(table.n_rows):
        loudest = larger(loudest, fabs(cell(table, t, p.loudness)))
    least = loudest * p.trim
    while fabs(cell(table, first, p.loudness)) < least:
        first += 1
    while fabs(cell(table, last, p.loudness)) < least:
        last -= 1
    result.data = <const char *>table.data + (
        first * table.n_columns * (sizeof(double) if table.wide else sizeof(float)))
    result.n_rows = last + 1 - first
    return result


cdef inline ptrdiff_t find_voiced(
    const VectorProgram *p, const Table *table, ptrdiff_t *rows
) noexcept nogil:
    """Mark the voiced rows, at least the most periodic one; give their number."""
    cdef double most = cell(table, 0, p.voicing)
    cdef ptrdiff_t t, n = 0
    for t in range(table.n_rows):
        if cell(table, t, p.voicing) < most:
            most = cell(table, t, p.voicing)
    most = larger(most, p.max_aperiodicity)
    for t in range(table.n_rows):
        rows[n] = t
        n += cell(table, t, p.voicing) <= most
    return n


cdef inline void gather(const VectorProgram *p, const Table *table, double *series) noexcept nogil:
    cdef ptrdiff_t n = table.n_rows, t, offset
    cdef int block, i
    cdef const int32_t *columns
    cdef double *target = series
    for block in range(p.n_blocks):
        columns = p.columns + block * SERFAST_SERIES
        for t in range(n):
            offset = t * table.n_columns
            if table.wide:
                for i in range(SERFAST_SERIES):
                    target[i] = (<const double *>table.data)[offset + columns[i]]
            else:
                for i in range(SERFAST_SERIES):
                    target[i] = (<const float *>table.data)[offset + columns[i]]
            target += SERFAST_SERIES


cdef inline void take_logarithms(const VectorProgram *p, const Workspace *w, ptrdiff_t n) noexcept nogil:
    cdef double *x
    cdef ptrdiff_t t
    cdef int i
    for i in range(p.n_logs):
        x = series_at(w, p.logs[i], n)
        for t in range(n):
            x[SERFAST_SERIES * t] = logarithm(larger(x[SERFAST_SERIES * t], p.log_floor))


cdef inline void relate(
    const VectorProgram *p, const Workspace *w, const Family *family, ptrdiff_t n, double *sums
) noexcept nogil:
    """Subtract the largest of the rows' means over the family, and raise what is below the least.

    sums is scratch for n numbers.
    """
    cdef double loudest
    cdef double *x
    cdef ptrdiff_t t
    cdef int i
    memset(sums, 0, n * sizeof(double))
    for i in range(family.n):
        x = series_at(w, family.series[i], n)
        for t in range(n):
            sums[t] += x[SERFAST_SERIES * t]
    loudest = sums[0]
    for t in range(n):
        loudest = larger(loudest, sums[t])
    loudest /= family.n
    for i in range(family.n):
        x = series_at(w, family.series[i], n)
        for t in range(n):
            x[SERFAST_SERIES * t] = larger(x[SERFAST_SERIES * t] - loudest, family.least)


cdef inline void to_semitones(
    const VectorProgram *p, double *x, const ptrdiff_t *voiced, ptrdiff_t n_voiced, ptrdiff_t n
) noexcept nogil:
    """Turn voiced points into semitones, with straight lines between them and constant ends."""
    cdef ptrdiff_t i, t, begin, end
    cdef double low, slope
    for i in range(n_voiced):
        t = SERFAST_SERIES * voiced[i]
        x[t] = 12 * octaves(larger(x[t], 1) / p.reference)
    for t in range(voiced[0]):
        x[SERFAST_SERIES * t] = x[SERFAST_SERIES * voiced[0]]
    for i in range(1, n_voiced):
        begin, end = voiced[i - 1], voiced[i]
        low = x[SERFAST_SERIES * begin]
        slope = (x[SERFAST_SERIES * end] - low) / (end - begin)
        for t in range(begin + 1, end):
            x[SERFAST_SERIES * t] = slope * (t - begin) + low
    for t in range(voiced[n_voiced - 1] + 1, n):
        x[SERFAST_SERIES * t] = x[SERFAST_SERIES * voiced[n_voiced - 1]]


cdef inline void derive(
    const VectorProgram *p, const double *x, ptrdiff_t n, int order, double *out
) noexcept nogil:
    """Compute derivatives of eight series; ends take the nearest window's, or 0 if none fits."""
    cdef ptrdiff_t width = p.delta_width if p.delta_width < n else n - 1 + n % 2
    cdef ptrdiff_t half = width // 2, t
    cdef const double *weights = p.weights[(order - 1) * (p.delta_width + 1) + width]
    cdef size_t point = SERFAST_SERIES * sizeof(double)
    if weights == NULL:
        memset(out, 0, n * point)
        return
    p.kernels.series_weighted(
        x, n - 2 * half, weights, <int>width, out + SERFAST_SERIES * half)
    for t in range(half):
        memcpy(out + SERFAST_SERIES * t, out + SERFAST_SERIES * half, point)
        memcpy(
            out + SERFAST_SERIES * (n - 1 - t), out + SERFAST_SERIES * (n - 1 - half), point)


cdef inline void transform(
    const VectorProgram *p, const Workspace *w, ptrdiff_t n_voiced, ptrdiff_t n
) noexcept nogil:
    """Transform columns: logarithms, relative levels, semitones."""
    cdef int i
    take_logarithms(p, w, n)
    for i in range(p.n_families):
        relate(p, w, &p.families[i], n, w.derived)
    for i in range(p.n_semitones):
        to_semitones(p, series_at(w, p.semitones[i], n), w.voiced_rows, n_voiced, n)


cdef inline ptrdiff_t find_selected(
    const Selection *s, const Table *table, const double *x, ptrdiff_t *rows, double *counts
) noexcept nogil:
    """Mark the rows that count, by their numbers and by 1 or 0; give how many there are."""
    cdef ptrdiff_t t, n = 0
    cdef bint counted
    for t in range(table.n_rows):
        counted = s.mask < 0 or (cell(table, t, s.mask) > s.threshold) == s.above
        if s.nonzero and x[t] == 0:
            counted = False
        counts[t] = counted
        rows[n] = t
        n += counted
    return n


cdef inline void make_selections(
    const VectorProgram *p, const Table *table, Workspace *w, int first, double *out
) noexcept nogil:
    """Compute the functionals of the selections that have the same rows as the first one."""
    cdef ptrdiff_t n_rows = table.n_rows, n = 0, t
    cdef const Selection *s = &p.selections[first]
    cdef double *x = w.derived
    cdef double *counts = x + n_rows
    cdef double *averages = counts + n_rows
    cdef double *numbers = averages + n_rows
    cdef double *ones = numbers + n_rows
    cdef const double *series
    cdef const double *chosen
    cdef int lane
    memset(w.voiced, 0, SERFAST_SERIES * n_rows * sizeof(double))
    for lane in range(p.selections[first].together):
        s = &p.selections[first + lane]
        series = series_at(w, s.series, n_rows)
        for t in range(n_rows):
            x[t] = series[SERFAST_SERIES * t]
        scale_series(s, x, n_rows)
        if lane == 0:
            n = find_selected(s, table, x, w.voiced_rows, counts)
        chosen = x
        if s.smoothing > 1:
            if not s.smoothing_skips:
                for t in range(n_rows):
                    ones[t] = 1
            smooth(s, x, counts if s.smoothing_skips else ones, n_rows, averages, numbers)
            chosen = averages
        for t in range(n):
            w.voiced[SERFAST_SERIES * t + lane] = chosen[w.voiced_rows[t]]
    if n:
        study(p.kernels, &w.studied, w.voiced, n, p.resolution, s.sorts)
    for lane in range(p.selections[first].together):
        write_selection(
            p.kernels, &p.selections[first + lane], &w.studied, lane, w.voiced_rows, n, n_rows,
            p.resolution, p.row_rate, out)


cdef inline void make_vector(
    const VectorProgram *p, const Table *rows, Workspace *w, double *out
) noexcept nogil:
    """Compute the vector of finite rows; there must be at least one."""
    cdef Table table = trimmed(p, rows)
    cdef ptrdiff_t n = table.n_rows, n_voiced = 0, t
    cdef size_t point = SERFAST_SERIES * sizeof(double)
    cdef const double *x = w.series
    cdef const Job *job
    cdef int i, j, block = -1, order = 0
    if p.voicing >= 0:
        n_voiced = find_voiced(p, &table, w.voiced_rows)
    gather(p, &table, w.series)
    transform(p, w, n_voiced, n)
    for i in range(p.n_jobs):
        job = &p.jobs[i]
        if job.block != block or job.order != order:
            block, order = job.block, job.order
            x = w.series + block * SERFAST_SERIES * n
            if order:
                derive(p, x, n, order, w.derived)
                x = w.derived
        if job.voiced:
            for t in range(n_voiced):
                memcpy(
                    w.voiced + SERFAST_SERIES * t, x + SERFAST_SERIES * w.voiced_rows[t], point)
            study(p.kernels, &w.studied, w.voiced, n_voiced, p.resolution, p.sorts)
        else:
            study(p.kernels, &w.studied, x, n, p.resolution, p.sorts)
        for j in range(p.n_functionals):
            apply(
                p.kernels, &w.studied, &p.functionals[j], job.lanes, job.places, job.n_lanes,
                out + j)
    if p.share >= 0:
        out[p.share] = <double>n_voiced / n
    i = 0
    while i < p.n_selections:
        make_selections(p, &table, w, i, out)
        i += p.selections[i].together
