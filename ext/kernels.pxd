"""The kernels' C interface; kernels/kernels.h says what each one does."""

from libc.stdint cimport int32_t

cdef extern from "kernels/kernels.h" nogil:
    enum:
        SERFAST_PAD
        SERFAST_MAX_PASSES
        SERFAST_MAX_RADIX
        SERFAST_SERIES
        SERFAST_RUN
        SERFAST_CANDIDATES
        SERFAST_FACTORS
        SERFAST_LAGS
        SERFAST_POLYNOMIALS
        SERFAST_NEAR_LAGS
        SERFAST_STATES
        SERFAST_TOPS

    ctypedef struct serfast_pass:
        int radix
        int blocks
        const float *twiddle
        const float *roots

    ctypedef struct serfast_fft:
        int n, rows, cols, row_stride, col_stride, width
        int n_row_passes, n_col_passes
        serfast_pass *row_passes
        serfast_pass *col_passes
        const float *factors
        const serfast_fft *inner
        const float *chirp_re
        const float *chirp_im
        const float *kernel_re
        const float *kernel_im

    ctypedef struct serfast_rfft:
        int length
        size_t area
        serfast_fft fft
        const float *split_re
        const float *split_im

    ctypedef struct serfast_band_pair:
        int32_t first[2]
        int32_t blocks

    ctypedef struct serfast_bands:
        int n_bands
        const serfast_band_pair *pairs
        const float *weights

    ctypedef struct serfast_frame_bands:
        int n_bands
        const int32_t *firsts
        const int32_t *counts
        const float *weights

    ctypedef struct serfast_moments:
        double *mean
        double *squares
        double *cubes
        double *fourths
        double *rise
        double *bend
        double *changes
        double *largest
        double *at_largest
        double *smallest
        double *at_smallest

    ctypedef struct serfast_kernels:
        const char *isa
        int lanes
        float (*sum_squares)(const float *, ptrdiff_t) noexcept nogil
        ptrdiff_t (*sign_changes)(const float *, ptrdiff_t, float) noexcept nogil
        ptrdiff_t (*first_beyond)(const float *, ptrdiff_t, float) noexcept nogil
        void (*condition)(const float *, ptrdiff_t, int, float, float *) noexcept nogil
        void (*power_spectrum)(
            const serfast_rfft *, const float *, const float *, float *, float *) noexcept nogil
        void (*real_spectrum)(
            const serfast_rfft *, const float *, const float *, float *, float *,
            float *) noexcept nogil
        void (*cosine_transform)(
            const serfast_rfft *, const float *, int, float *, float *) noexcept nogil
        void (*lag_difference)(
            const float *, const float *, ptrdiff_t, float, float *) noexcept nogil
        void (*over_running_mean)(float *, ptrdiff_t) noexcept nogil
        ptrdiff_t (*first_trough)(const float *, ptrdiff_t, float) noexcept nogil
        ptrdiff_t (*smallest)(const float *, ptrdiff_t) noexcept nogil
        void (*square_root)(float *, ptrdiff_t) noexcept nogil
        void (*bands)(const serfast_bands *, const float *, float *) noexcept nogil
        void (*logarithm)(const float *, ptrdiff_t, float, float, float, float *) noexcept nogil
        void (*transposed_product)(const float *, int, int, const float *, float *) noexcept nogil
        void (*series_weighted)(
            const double *, ptrdiff_t, const double *, int, double *) noexcept nogil
        void (*series_moments)(
            const double *, ptrdiff_t, double *, serfast_moments *) noexcept nogil
        void (*series_products)(const double *, const double *, ptrdiff_t, double *) noexcept nogil
        void (*series_sort)(double *, ptrdiff_t) noexcept nogil
        double (*sum_floored)(const float *, ptrdiff_t, float) noexcept nogil
        double (*sum_products)(const float *, const float *, ptrdiff_t) noexcept nogil
        double (*sum_squared_differences)(
            const float *, const float *, ptrdiff_t) noexcept nogil
        void (*index_moments)(const float *, ptrdiff_t, double *) noexcept nogil
        void (*row_products)(
            const float *, int, ptrdiff_t, const float *, ptrdiff_t, double *) noexcept nogil
        void (*quadratic_factors)(
            const double *const *, int, int, int, double, double *, double *, int *) noexcept nogil
        void (*lag_products)(
            const float *, const float *, ptrdiff_t, ptrdiff_t, float *) noexcept nogil
        void (*over_root)(float *, const float *, float, ptrdiff_t) noexcept nogil
        void (*lag_energies)(
            const float *, ptrdiff_t, ptrdiff_t, double, float *) noexcept nogil
        void (*smoothed_lags)(
            const float *, const float *, ptrdiff_t, ptrdiff_t, ptrdiff_t, float *) noexcept nogil
        void (*wide_means)(const float *, ptrdiff_t, ptrdiff_t, double *) noexcept nogil
        void (*scale_values)(float *, ptrdiff_t, float) noexcept nogil
        void (*divided_products)(
            const float *, float, const float *, ptrdiff_t, float *) noexcept nogil
        ptrdiff_t (*local_maxima)(
            const float *, ptrdiff_t, ptrdiff_t, float, float, int32_t *) noexcept nogil
        void (*lag_sums)(
            const double *, const double *, ptrdiff_t, int, double *) noexcept nogil
        void (*best_moves)(
            const double *, const double *, ptrdiff_t, ptrdiff_t, double *) noexcept nogil
        void (*best_origins)(
            const double *, const double *, const double *, ptrdiff_t, double, double, double *,
            double *) noexcept nogil
        void (*near_correlations)(
            const float *, const float *, ptrdiff_t, ptrdiff_t, float *, float *) noexcept nogil
        ptrdiff_t (*highest_peak)(const float *, ptrdiff_t) noexcept nogil
        ptrdiff_t (*largest_magnitude)(const float *, ptrdiff_t) noexcept nogil
        void (*hann_energies)(const float *, ptrdiff_t, float, float, float *) noexcept nogil
        void (*block_means)(const float *, ptrdiff_t, ptrdiff_t, float *) noexcept nogil
        void (*keep_peaks)(const float *, ptrdiff_t, float *) noexcept nogil
        void (*short_products)(
            const float *, const float *, ptrdiff_t, const float *, float *) noexcept nogil
        void (*shifted_sums)(
            const float *, const float *, int, float, ptrdiff_t, float *) noexcept nogil
        int (*highest_peaks)(
            const float *, const int32_t *, ptrdiff_t, int32_t *) noexcept nogil
        void (*nearest_peaks)(
            const int32_t *, ptrdiff_t, const float *, int32_t *) noexcept nogil
        void (*peak_tops)(
            const float *, const int32_t *, ptrdiff_t, float *, float *) noexcept nogil
        void (*harmonic_tops)(
            const int32_t *, const float *, ptrdiff_t, ptrdiff_t, ptrdiff_t, const float *,
            const float *, float *) noexcept nogil
        void (*turn_matrix)(
            const float *, ptrdiff_t, ptrdiff_t, ptrdiff_t, float *, ptrdiff_t) noexcept nogil
        void (*frames_condition)(
            const float *, const int32_t *, ptrdiff_t, int, float, float *) noexcept nogil
        void (*frames_power)(
            const serfast_rfft *, const float *, const int32_t *, const float *, float *,
            float *) noexcept nogil
        void (*frames_bands)(const serfast_frame_bands *, const float *, float *) noexcept nogil
        float (*largest)(const float *, ptrdiff_t, ptrdiff_t, ptrdiff_t) noexcept nogil
        void (*raise_values)(
            float *, ptrdiff_t, ptrdiff_t, ptrdiff_t, float, float) noexcept nogil

    const serfast_kernels *serfast_built(int)
    int serfast_can_run(const serfast_kernels *)
