/* The vector primitives of serfast, as one table of functions per instruction set.
 *
 * Everything here works on plain float arrays with their lengths and on scratch that the caller
 * gives; nothing allocates, fails, keeps state or knows what a feature is. Every instruction set
 * gives the same bits: elementwise arithmetic is never contracted to fused operations, and a sum
 * runs over a fixed number of virtual lanes that are folded in a fixed order.
 */
#ifndef SERFAST_KERNELS_H
#define SERFAST_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* Arrays named "padded" must be readable (or writeable) up to the next multiple of this. */
#define SERFAST_PAD 16

#define SERFAST_MAX_PASSES 16
#define SERFAST_MAX_RADIX 31 /* of a pass; larger prime factors take Bluestein's way */

/* One Stockham pass: `blocks` butterflies of `radix` rows, then row k of block p times
 * twiddle[p][k - 1] = exp(-2πi p k / (radix · blocks)), stored as re, im.
 * `roots` holds exp(-2πi j / radix) for the radices that have no butterfly of their own. */
typedef struct {
    int radix, blocks;
    const float *twiddle;
    const float *roots;
} serfast_pass;

/* A complex FFT of n = rows · cols points, laid out as a matrix (Bailey, "FFTs in external or
 * hierarchical memory", 1990): transform the columns, multiply by exp(-2πi k c / n), transpose,
 * transform the columns again.
 *
 * With 8 or 16 rows the first stage is done in registers, `width` columns at a time, and nothing
 * is padded. With others width is 0, the first stage is done in passes, and rows are padded to a
 * stride that is a multiple of 4. The factors lie in the order of their use: for each group of
 * `width` columns (the last one ends with the last column), or of 4, those of each row (from row 1
 * on, or from 0), real parts and then imaginary parts.
 *
 * With inner != NULL it is a convolution with a chirp instead (Bluestein 1970), for lengths with
 * a large prime factor: chirp[k] = exp(-πi k² / n), and kernel = the transform of its inverse,
 * divided by the inner length. */
typedef struct serfast_fft {
    int n, rows, cols, row_stride, col_stride, width;
    int n_row_passes, n_col_passes;
    serfast_pass row_passes[SERFAST_MAX_PASSES];
    serfast_pass col_passes[SERFAST_MAX_PASSES];
    const float *factors;
    const struct serfast_fft *inner;
    const float *chirp_re, *chirp_im;     /* n, padded */
    const float *kernel_re, *kernel_im;   /* inner->n, padded */
} serfast_fft;

/* A real FFT: of even length as a complex one of half the length, with
 * split[k] = exp(-2πi k / length) for k <= length / 2; of odd length as a complex one. */
typedef struct {
    int length;
    size_t area; /* floats in one of the 4 scratch arrays */
    serfast_fft fft;
    const float *split_re, *split_im; /* padded */
} serfast_rfft;

/* Sparse rows of a matrix, in groups of 8, of which row b and row b + 4 make a pair: each is the dot
 * product of 8 · blocks weights with the input from first[0] or first[1] on. The weights of all
 * pairs follow one another, 8 of the one row and 8 of the other in turn. */
typedef struct {
    int32_t first[2], blocks;
} serfast_band_pair;

/* The same rows for frames side by side: row b is the dot product of counts[b] >= 1 weights, none below
 * 0, with the input from firsts[b] on. The weights of all rows follow one another. */
typedef struct {
    int n_bands;
    const int32_t *firsts, *counts;
    const float *weights;
} serfast_frame_bands;

typedef struct {
    int n_bands; /* a multiple of 8 */
    const serfast_band_pair *pairs;
    const float *weights;
} serfast_bands;

/* Series stand eight side by side: point t of series s is x[8 t + s]. */
enum { SERFAST_SERIES = 8, SERFAST_RUN = 16 };

enum { SERFAST_CANDIDATES = 8 }; /* of F0, side by side */

enum { SERFAST_TOPS = 6 }; /* peaks of a curve, at most */
enum { SERFAST_POLYNOMIALS = 4 }; /* that are factored side by side */
enum { SERFAST_FACTORS = 8 }; /* a polynomial of at most twice this degree has so many */

/* Of each series: c is the point less the mean, tau the time from the middle of the series. */
typedef struct {
    double mean[SERFAST_SERIES];
    double squares[SERFAST_SERIES], cubes[SERFAST_SERIES], fourths[SERFAST_SERIES]; /* Σ c², c³, c⁴ */
    double rise[SERFAST_SERIES];                                   /* Σ c tau */
    double bend[SERFAST_SERIES];                                   /* Σ c (tau² - its mean) */
    double changes[SERFAST_SERIES];                                /* how often c > 0 changes */
    double largest[SERFAST_SERIES], at_largest[SERFAST_SERIES];    /* and the first index of it */
    double smallest[SERFAST_SERIES], at_smallest[SERFAST_SERIES];
} serfast_moments;

/* How many lags are computed at once, and how many states of a path stand side by side. */
enum { SERFAST_LAGS = 32, SERFAST_STATES = 16 };

enum { SERFAST_NEAR_LAGS = 16 }; /* so many lags are computed at once, where there are few */

typedef struct {
    const char *isa;
    int lanes; /* floats in its widest vector: the largest width of an FFT's first stage */

    /* sum of x[i]² */
    float (*sum_squares)(const float *x, ptrdiff_t n);

    /* how many i in 1 … n-1 have (x[i] < -threshold) != (x[i-1] < -threshold) */
    ptrdiff_t (*sign_changes)(const float *x, ptrdiff_t n, float threshold);

    /* index of the first NaN, or of the first |x[i]| >= limit > 0, or n */
    ptrdiff_t (*first_beyond)(const float *x, ptrdiff_t n, float limit);

    /* y = x - mean(x) if remove_mean; then y[i] -= preemphasis · y[i-1], with y[-1] = y[0]; x and y
     * don't overlap */
    void (*condition)(const float *x, ptrdiff_t n, int remove_mean, float preemphasis, float *y);

    /* power[k] = |Σ w[i] x[i] exp(-2πi k i / length)|² for k <= length / 2. For even lengths the
     * window is given as w[0] w[2] … w[1] w[3] …, all halved; if the plan's width isn't 0, as the
     * factors with the windows before them: for each group of columns first those of each row, even
     * and then odd samples, and then the group's factors. scratch: 4 · area floats. */
    void (*power_spectrum)(const serfast_rfft *plan, const float *x, const float *window,
                           float *power, float *scratch);

    /* re[k] + i im[k] = Σ w[i] x[i] exp(-2πi k i / length) for k <= length / 2; window and scratch as
     * above. The plan's width must not be 0. */
    void (*real_spectrum)(const serfast_rfft *plan, const float *x, const float *window, float *re,
                          float *im, float *scratch);

    /* out[j] = 2 Σ_i x[i] cos(2π j i / length) for j < n_out <= length / 2, where x is halved:
     * x[i] = x[length - i] = half[i] for i <= length / 2. The plan's width must not be 0. */
    void (*cosine_transform)(const serfast_rfft *plan, const float *half, int n_out, float *out,
                             float *scratch);

    /* d[i] = scale · (r[0] - r[i + 1]) - Σ_{j <= i} x[j]² (r + 1, x and d padded) */
    void (*lag_difference)(const float *r, const float *x, ptrdiff_t n, float scale, float *d);

    /* d[i] = d[i] / mean(d[0] … d[i]), and 0 where the sum is 0 (d padded) */
    void (*over_running_mean)(float *d, ptrdiff_t n);

    /* index of the first d[i] < threshold with d[i-1] > d[i] <= d[i+1], 1 <= i < n - 1; or n */
    ptrdiff_t (*first_trough)(const float *d, ptrdiff_t n, float threshold);

    /* index of the first of the smallest values; 0 if there is none, for NaN */
    ptrdiff_t (*smallest)(const float *d, ptrdiff_t n);

    /* x[i] = sqrt(x[i]) */
    void (*square_root)(float *x, ptrdiff_t n);

    /* out[b] = dot products of the bands (out and x padded) */
    void (*bands)(const serfast_bands *bands, const float *x, float *out);

    /* y[i] = scale · ln(max(x[i], floor)) - offset, with whole vectors (x, y padded) */
    void (*logarithm)(const float *x, ptrdiff_t n, float scale, float floor, float offset,
                      float *y);

    /* y = Mᵀ x, M of n_in × stride, stride a multiple of 4: stride values of y are written */
    void (*transposed_product)(const float *matrix, int n_in, int stride, const float *x, float *y);

    /* Of eight series: out[t] = Σ_j weights[j] x[t + j] for t < n_out and j < width */
    void (*series_weighted)(const double *x, ptrdiff_t n_out, const double *weights, int width,
                            double *out);

    /* the moments of n >= 1 points, and the points less their mean */
    void (*series_moments)(const double *x, ptrdiff_t n, double *centred, serfast_moments *moments);

    /* out = Σ_t x[t] y[t] */
    void (*series_products)(const double *x, const double *y, ptrdiff_t n, double *out);

    /* sort the points of each; there is room for n rounded up to a multiple of SERFAST_RUN */
    void (*series_sort)(double *x, ptrdiff_t n);

    /* Sums in double: Σ max(x[i], floor), Σ x[i] y[i], Σ (x[i] - y[i])² */
    double (*sum_floored)(const float *x, ptrdiff_t n, float floor);
    double (*sum_products)(const float *x, const float *y, ptrdiff_t n);
    double (*sum_squared_differences)(const float *x, const float *y, ptrdiff_t n);

    /* Σ x[i], Σ i x[i], Σ i² x[i], in double */
    void (*index_moments)(const float *x, ptrdiff_t n, double *moments);

    /* out[k] = Σ_i rows[k · stride + i] x[i] for i < n, in double, for each of n_rows rows */
    void (*row_products)(const float *rows, int n_rows, ptrdiff_t stride, const float *x,
                         ptrdiff_t n, double *out);

    /* Factors x² + p x + q, half of them (at most SERFAST_FACTORS), of n <= SERFAST_POLYNOMIALS
     * polynomials x^(2 half) + a[r][1] x^(2 half - 1) + …, from those that are given, at r ·
     * SERFAST_FACTORS: each of at most `most` steps improves all of a polynomial at once
     * (Weierstrass; Dvorčuk 1969). done[r] says whether a step was smaller than `close`; if none
     * was, its p and q stay as they are. */
    void (*quadratic_factors)(const double *const *a, int n, int half, int most, double close,
                              double *p, double *q, int *done);

    /* out[k] = Σ x[i] y[i + k] for i < n and k < n_lags (out padded; y readable up to n and n_lags
     * rounded up to SERFAST_PAD, and two more) */
    void (*lag_products)(const float *x, const float *y, ptrdiff_t n, ptrdiff_t n_lags, float *out);

    /* r[i] = r[i] / sqrt(first · energy[i]), and 0 where the energy is at most 10⁻³⁰ of the first */
    void (*over_root)(float *r, const float *energy, float first, ptrdiff_t n);

    /* out[k] = energy + Σ_{i < k} x[n + i]² - x[i]², in double, for k < n_lags */
    void (*lag_energies)(const float *x, ptrdiff_t n, ptrdiff_t n_lags, double energy, float *out);

    /* out[k] = (r[k] / 2 + (r[|k - step|] + r[k + step]) / 4) · weights[k] for begin <= k < end */
    void (*smoothed_lags)(const float *r, const float *weights, ptrdiff_t begin, ptrdiff_t end,
                          ptrdiff_t step, float *out);

    /* The mean of each of n blocks of so many samples; they are summed in order, as floats */
    void (*wide_means)(const float *x, ptrdiff_t n, ptrdiff_t length, double *out);

    /* x[i] = factor · x[i] */
    void (*scale_values)(float *x, ptrdiff_t n, float factor);

    /* y[i] = x[i] / divisor · weights[i]; none overlaps another */
    void (*divided_products)(const float *x, float divisor, const float *weights, ptrdiff_t n,
                             float *y);

    /* The k of begin … end - 1 with r[k] > least that are higher than both neighbours, or as high
     * as the one behind: the curve rises there by more than `flat` >= 0, doesn't rise again by
     * more, and bends by more. Gives how many there are; `places` has room for half of all k, and
     * one more. */
    ptrdiff_t (*local_maxima)(const float *r, ptrdiff_t begin, ptrdiff_t end, float least,
                              float flat, int32_t *places);

    /* out[k] += Σ_{i < n} x[i] z[i + k] for SERFAST_LAGS lags k, or for half of them. Of each 32 samples these are added
     * first: i, i + 8, i + 16 and i + 24, for i = 0 … 7; the last n % 32 follow one by one. */
    void (*lag_sums)(const double *x, const double *z, ptrdiff_t n, int n_lags, double *out);

    /* out[j] = the largest of out[j] and, for k < width, value[j + k] + moves[k][j], for j < n, a
     * multiple of SERFAST_STATES. For each SERFAST_STATES of j, `moves` has so many for each k. */
    void (*best_moves)(const double *value, const double *moves, ptrdiff_t n, ptrdiff_t width,
                       double *out);

    /* Of n places of now: best[k] is the largest worth[j] - cost · max(|places[k] - before[j]| - free, 0)
     * for j < n, where a place that is 0 is nowhere and no jump costs anything, and origins[k] is the
     * first j that has it. Numbers are read and written up to a multiple of 8. */
    void (*best_origins)(const double *places, const double *before, const double *worth,
                         ptrdiff_t n, double cost, double free, double *best, double *origins);

    /* energies[k] = Σ y[i + k]² for i < n, for 16 lags from the first one by what goes and comes, if
     * none is less than a 16th of another one, else each by itself, and
     * r[k] = Σ x[i] y[i + k] / sqrt(energies[k] Σ x[i]²) as over_root gives it, for n_lags lags k and
     * on to a multiple of SERFAST_NEAR_LAGS; each fourth i is added up by itself (y finite numbers up
     * to n, that multiple and 16 more) */
    void (*near_correlations)(const float *x, const float *y, ptrdiff_t n, ptrdiff_t n_lags,
                              float *r, float *energies);

    /* Which of r(1) … r(n - 2) is the highest one that neither neighbour exceeds, the first of
     * equals, or 0 (r readable 18 values further) */
    ptrdiff_t (*highest_peak)(const float *r, ptrdiff_t n);

    /* index of the first of the largest |x[i]| */
    ptrdiff_t (*largest_magnitude)(const float *x, ptrdiff_t n);

    /* energies[0] += Σ w[i]² and energies[1] += Σ w[i]² x[i]² for i < n, with the weights
     * w[i] = ½ + ½ cos(π u), u = begin + i · step, |u| <= 1 */
    void (*hann_energies)(const float *x, ptrdiff_t n, float begin, float step, float *energies);

    /* out[i] = the mean of x[step · i] and so on, `step` values, for i < n */
    void (*block_means)(const float *x, ptrdiff_t n, ptrdiff_t step, float *out);

    /* y[k] = x[k] within two values of one that is above both neighbours, else 0, for k < n >= 8;
     * the first and the last one have one neighbour */
    void (*keep_peaks)(const float *x, ptrdiff_t n, float *y);

    /* y[j] = Σ_{i < 16} weights[16 j + i] x[first[j] + i], and 0 if that is below 0, for j < n */
    void (*short_products)(const float *weights, const float *first, ptrdiff_t n, const float *x,
                           float *y);

    /* y[j] = x[j] + Σ_k share^(k + 1) x[j + shifts[k]] for k < n_shifts, in that order, for j < n and
     * on to a multiple of 64, for which x and y have room */
    void (*shifted_sums)(const float *x, const float *shifts, int n_shifts, float share,
                         ptrdiff_t n, float *y);

    /* Of peaks at rising places those > 0 that are above the value behind them: where the highest
     * ones are, at most SERFAST_TOPS, the highest first, and how many there are */
    int (*highest_peaks)(const float *x, const int32_t *places, ptrdiff_t n, int32_t *tops);

    /* Of peaks at rising places, as many as the last middle between two of them that at[j] exceeds:
     * that one is the nearest, for SERFAST_CANDIDATES of j */
    void (*nearest_peaks)(const int32_t *places, ptrdiff_t n, const float *at, int32_t *nearest);

    /* The tops of the parabolas through three values about each place: where, and how high */
    void (*peak_tops)(const float *x, const int32_t *places, ptrdiff_t n, float *tops,
                      float *heights);

    /* Of the peaks begin … end - 1 of n, the height of the highest one that is the nearest one to
     * a harmonic, i · spacing[j] with i = 1 … most[j], at least 0, for SERFAST_CANDIDATES of j */
    void (*harmonic_tops)(const int32_t *places, const float *heights, ptrdiff_t n,
                          ptrdiff_t begin, ptrdiff_t end, const float *spacing, const float *most,
                          float *highest);

    /* Frames side by side, one a lane: value i of all frames stands at x + i · lanes. */

    /* y[to · i + r] = x[from · r + i] for r < n_rows and i < n */
    void (*turn_matrix)(const float *x, ptrdiff_t n_rows, ptrdiff_t n, ptrdiff_t from, float *y,
                        ptrdiff_t to);

    /* The mean of n samples of each frame, which begin `apart` from one another. */
    void (*frame_means)(const float *x, ptrdiff_t n, ptrdiff_t apart, float *means);

    /* What condition does, of frames whose sample i stands at x + places[i]; means NULL: not removed. */
    void (*frames_condition)(const float *x, const int32_t *places, ptrdiff_t n, const float *means,
                             float preemphasis, float *y);

    /* What power_spectrum does, for a plan whose width isn't 0, of frames whose sample i stands at
     * x + i_th place: places, for each of the plan's columns, has the even and then the odd sample of
     * each row. table: for each column the windows in that order, and then the factors of each row
     * from 1 on. scratch: 2 (rows + 1) (cols + 1) vectors. */
    void (*frames_power)(const serfast_rfft *plan, const float *x, const int32_t *places,
                         const float *table, float *power, float *scratch);

    /* Of n values x, those of the lanes whose mask is 0 become 0; those of -1 stay. */
    void (*keep_lanes)(float *x, ptrdiff_t n, const int32_t *mask);

    /* What bands does, of values >= 0 that are finite */
    void (*frames_bands)(const serfast_frame_bands *bands, const float *x, float *out);

    /* Of n_rows rows, `apart` from one another, the first n values each: the largest; and each x =
     * max(x, least) - offset */
    float (*largest)(const float *x, ptrdiff_t n_rows, ptrdiff_t n, ptrdiff_t apart);
    void (*raise_values)(float *x, ptrdiff_t n_rows, ptrdiff_t n, ptrdiff_t apart, float least,
                         float offset);
} serfast_kernels;

extern const serfast_kernels serfast_kernels_baseline;
#ifdef SERFAST_X86
extern const serfast_kernels serfast_kernels_avx2;
extern const serfast_kernels serfast_kernels_avx512;
#endif

/* The i-th instruction set that was built, from the plainest on; NULL behind the last. */
const serfast_kernels *serfast_built(int i);

/* Whether this CPU, and its operating system, can run it. */
int serfast_can_run(const serfast_kernels *kernels);

#endif
