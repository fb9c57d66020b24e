/* The bits that every kernel gives: a line for each, its name and a hash of what it wrote, or said.
 *
 * Tables and inputs are random, so the FFTs are none: but their arithmetic is the kernels', and any
 * compiler, instruction set and system must give the same lines. With an argument: those of the
 * instruction set with that name; it ends with 3 if it wasn't built or can't run here.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "kernels.h"

enum { ROOM = 1 << 15, MEMORY = 1 << 19 };

static const serfast_kernels *k;
static float memory[MEMORY];
static size_t used;
static uint32_t state;

static void start_again(void)
{
    memset(memory, 0, sizeof memory);
    used = 0;
    state = 2463534242u;
}

/* Marsaglia, "Xorshift RNGs", 2003; in [-1, 1) with 24 bits, which a float holds. */
static float number(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return (float)((int32_t)(state >> 8) - (1 << 23)) / (float)(1 << 23);
}

/* So many floats, with room behind them; what is taken together lies apart by what no vector divides. */
static float *space(size_t n)
{
    float *taken = memory + used;
    used += n + 8 * SERFAST_PAD + 1;
    return used <= MEMORY ? taken : NULL;
}

static float *numbers(size_t n)
{
    float *x = space(n);
    for (size_t i = 0; i < n; i++)
        x[i] = number();
    return x;
}

/* Fowler, Noll and Vo's 1a. */
static void say(const char *kernel, const char *what, const void *data, size_t size)
{
    uint64_t hash = 14695981039346656037u;
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 1099511628211u;
    printf("%s %s %08lx%08lx\n", kernel, what, (unsigned long)(hash >> 32),
           (unsigned long)(hash & 0xffffffffu));
}

static void say_floats(const char *kernel, const char *what, const float *x, size_t n)
{
    say(kernel, what, x, n * sizeof *x);
}

/* How a length is taken apart: rows and columns of the matrix, and the radices of each. */
typedef struct {
    const char *name;
    int odd, rows, cols, in_registers;
    int row_radices[4], col_radices[4];
} shape;

static const shape SHAPES[] = {
    {"512", 0, 16, 16, 1, {16}, {16}},
    {"320", 0, 8, 20, 1, {8}, {5, 4}},
    {"400", 0, 8, 25, 1, {8}, {5, 5}},
    {"1200", 0, 8, 75, 1, {8}, {5, 5, 3}},
    {"2048", 0, 16, 64, 1, {16}, {8, 8}},
    {"450", 0, 9, 25, 0, {3, 3}, {5, 5}},
    {"308", 0, 14, 11, 0, {7, 2}, {11}},
    {"441", 1, 21, 21, 0, {7, 3}, {7, 3}},
    {"15", 1, 3, 5, 0, {3}, {5}},
};
static const shape INNER = {"256", 0, 16, 16, 1, {16}, {16}};

static int up4(int n)
{
    return (n + 3) / 4 * 4;
}

static int make_passes(serfast_pass *passes, const int *radices, int n)
{
    int count = 0;
    for (; count < 4 && radices[count]; count++) {
        const int radix = radices[count];
        n /= radix;
        passes[count].radix = radix;
        passes[count].blocks = n;
        passes[count].twiddle = numbers(2 * (size_t)n * (radix - 1));
        passes[count].roots = numbers(2 * (size_t)radix);
    }
    return count;
}

/* The widest group of columns that a first stage in registers can take. */
static int group_width(const shape *s)
{
    int width = 16;
    while (width > 1 && (width > k->lanes || width > s->cols))
        width = width == 4 ? 1 : width / 2;
    return s->in_registers ? width : 0;
}

/* Factors between the stages, and a window (of even and odd samples) before each group of them, in
 * the order of their use. Both are drawn as matrices, so that the order is all that depends on the
 * width. */
static float *pack(const shape *s, const float *factors, const float *window, int width)
{
    const int by = width ? width : 4, n = s->rows * s->cols;
    float *packed = space(8 * (size_t)ROOM / 4), *p = packed;
    for (int first = 0; first < (width ? s->cols : up4(s->cols)); first += by) {
        const int c0 = width && first > s->cols - width ? s->cols - width : first;
        for (int r = 0; window && r < s->rows; r++)
            for (int half = 0; half < 2; half++)
                for (int c = 0; c < by; c++)
                    *p++ = window[half * n + r * s->cols + c0 + c];
        for (int r = width ? 1 : 0; r < (width ? s->rows : up4(s->rows)); r++)
            for (int part = 0; part < 2; part++)
                for (int c = 0; c < by; c++)
                    *p++ = r < s->rows && c0 + c < s->cols
                               ? factors[2 * (r * s->cols + c0 + c) + part]
                               : 1.0f;
    }
    return packed;
}

static void make_fft(serfast_fft *f, const shape *s, const float *factors)
{
    f->rows = s->rows;
    f->cols = s->cols;
    f->n = s->rows * s->cols;
    f->width = group_width(s);
    f->row_stride = s->in_registers ? s->cols : up4(s->cols);
    f->col_stride = up4(s->rows);
    f->n_row_passes = make_passes(f->row_passes, s->row_radices, s->rows);
    f->n_col_passes = make_passes(f->col_passes, s->col_radices, s->cols);
    f->factors = pack(s, factors, NULL, f->width);
}

static size_t area(const serfast_fft *f)
{
    const int one = up4(f->rows) * f->row_stride, other = up4(f->cols) * f->col_stride;
    return (size_t)(one > other ? one : other) + 32;
}

static void transforms(void)
{
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        const shape *s = &SHAPES[i];
        serfast_rfft plan;
        start_again();
        memset(&plan, 0, sizeof plan);
        const size_t n = (size_t)s->rows * s->cols;
        const float *factors = numbers(2 * n), *window = numbers(2 * n);
        make_fft(&plan.fft, s, factors);
        plan.length = s->odd ? (int)n : 2 * (int)n;
        plan.area = area(&plan.fft);
        plan.split_re = numbers(n + 1);
        plan.split_im = numbers(n + 1);
        const float *x = numbers(2 * n + 2);
        float *scratch = space(4 * plan.area), *out = space(n + 1);
        const float *packed = plan.fft.width ? pack(s, factors, window, plan.fft.width) : window;
        k->power_spectrum(&plan, x, packed, out, scratch);
        say_floats("power_spectrum", s->name, out, plan.length / 2 + 1);
        if (plan.fft.width) {
            float *im = space(n + 1);
            k->real_spectrum(&plan, x, packed, out, im, scratch);
            say_floats("real_spectrum, re", s->name, out, n + 1);
            say_floats("real_spectrum, im", s->name, im, n + 1);
            k->cosine_transform(&plan, x, (int)n - 3, out, scratch);
            say_floats("cosine_transform", s->name, out, n - 3);
        }
    }
}

/* Frames side by side, 16 in all whatever the lanes are: turned, conditioned, transformed, summed in
 * bands and turned back. The second frame's power and the one that it has alone are one line. */
static void frames(const shape *s)
{
    enum { FRAMES = 16, HOP = 40, BANDS = 5 };
    static const int32_t firsts[BANDS] = {0, 3, 4, 9, 20}, counts[BANDS] = {1, 2, 4, 8, 28};
    static int32_t places[1 << 11], kept[FRAMES];
    static float means[FRAMES];
    serfast_rfft plan;
    const int n = s->rows * s->cols, lanes = k->lanes;
    start_again();
    memset(&plan, 0, sizeof plan);
    const float *factors = numbers(2 * (size_t)n), *window = numbers(2 * (size_t)n);
    make_fft(&plan.fft, s, factors);
    plan.length = 2 * n;
    plan.area = area(&plan.fft);
    plan.split_re = numbers((size_t)n + 1);
    plan.split_im = numbers((size_t)n + 1);
    const serfast_frame_bands bands = {BANDS, firsts, counts, numbers(43)};
    const float *x = numbers(HOP * FRAMES + 2 * (size_t)n);
    const float *table = pack(s, factors, window, 1);
    const int n_turned = lanes + (2 * n - 1) / HOP;
    float *turned = space((size_t)HOP * n_turned), *y = space(2 * (size_t)n * lanes);
    float *power = space(((size_t)n + 1 + SERFAST_PAD) * lanes);
    float *fft = space(2 * ((size_t)s->rows + 1) * (s->cols + 1) * lanes);
    float *sums = space(BANDS * (size_t)lanes), *rows = space((size_t)FRAMES * (n + 1));
    float *band_rows = space(FRAMES * BANDS), *packed = pack(s, factors, window, plan.fft.width);
    float *alone = space((size_t)n + 1), *scratch = space(4 * plan.area);
    float *kept_rows = space(FRAMES * BANDS);
    for (int first = 0; first < FRAMES; first += lanes) {
        k->turn_matrix(x + HOP * first, n_turned, HOP, HOP, turned, n_turned);
        for (int i = 0; i < 2 * n; i++)
            places[i] = i % HOP * n_turned + i / HOP;
        k->frame_means(x + HOP * first, 2 * n, HOP, means);
        k->frames_condition(turned, places, 2 * n, means, 0.97f, y);
        for (int c = 0; c < s->cols; c++)
            for (int i = 0; i < 2 * s->rows; i++)
                places[2 * c * s->rows + i] = (2 * (i / 2 * s->cols + c) + i % 2) * lanes;
        k->frames_power(&plan, y, places, table, power, fft);
        k->frames_bands(&bands, power, sums);
        k->turn_matrix(power, n + 1, lanes, lanes, rows + first * (n + 1), n + 1);
        k->turn_matrix(sums, BANDS, lanes, lanes, band_rows + first * BANDS, BANDS);
        for (int j = 0; j < lanes; j++)
            kept[j] = -((first + j) % 3 > 0);
        k->keep_lanes(sums, BANDS, kept);
        k->turn_matrix(sums, BANDS, lanes, lanes, kept_rows + first * BANDS, BANDS);
    }
    say_floats("frames_power", s->name, rows, (size_t)FRAMES * (n + 1));
    say_floats("frames_bands", s->name, band_rows, FRAMES * BANDS);
    say_floats("keep_lanes", s->name, kept_rows, FRAMES * BANDS);
    k->condition(x + HOP, 2 * n, 1, 0.97f, y);
    k->power_spectrum(&plan, y, packed, alone, scratch);
    say_floats("frames_power, alone", memcmp(alone, rows + n + 1, sizeof(float) * (n + 1)) ? "differs" : s->name, alone, n + 1);
    const float peak = k->largest(rows, FRAMES, n - 3, n + 1);
    say_floats("largest", s->name, &peak, 1);
    k->raise_values(rows, FRAMES, n - 3, n + 1, 0.01f * peak, 0.3f);
    say_floats("raise_values", s->name, rows, (size_t)FRAMES * (n + 1));
}

/* A length with a large prime factor: two transforms inside. */
static void chirp(void)
{
    static serfast_fft inner;
    serfast_rfft plan;
    start_again();
    memset(&plan, 0, sizeof plan);
    memset(&inner, 0, sizeof inner);
    const size_t n = 103;
    serfast_fft *f = &plan.fft;
    make_fft(&inner, &INNER, numbers(512));
    f->n = f->cols = (int)n;
    f->rows = 1;
    f->row_stride = up4((int)n);
    f->col_stride = 4;
    f->inner = &inner;
    f->chirp_re = numbers(n);
    f->chirp_im = numbers(n);
    f->kernel_re = numbers(256);
    f->kernel_im = numbers(256);
    plan.length = 2 * (int)n;
    plan.area = 4 * (size_t)f->row_stride + area(&inner);
    plan.split_re = numbers(n + 1);
    plan.split_im = numbers(n + 1);
    const float *window = numbers(2 * n), *x = numbers(2 * n);
    float *scratch = space(4 * plan.area), *out = space(n + 1);
    k->power_spectrum(&plan, x, window, out, scratch);
    say_floats("power_spectrum", "206", out, n + 1);
}

static void sums(int n)
{
    char what[16];
    start_again();
    sprintf(what, "%d", n);
    const float *x = numbers(n);
    float *y = space(n), found[2];
    ptrdiff_t counted[4];
    found[0] = k->sum_squares(x, n);
    say_floats("sum_squares", what, found, 1);
    counted[0] = k->sign_changes(x, n, 0.25f);
    counted[1] = k->first_beyond(x, n, 0.99f);
    counted[2] = k->smallest(x, n);
    counted[3] = k->first_trough(x, n, -0.97f);
    for (int i = 0; i < 4; i++) {
        const float value = (float)counted[i];
        static const char *const NAMES[] = {"sign_changes", "first_beyond", "smallest",
                                            "first_trough"};
        say_floats(NAMES[i], what, &value, 1);
    }
    k->condition(x, n, 1, 0.97f, y);
    say_floats("condition", what, y, n);
    k->lag_difference(x, y, n - 1, 0.75f, y);
    say_floats("lag_difference", what, y, n - 1);
    for (int i = 0; i < n; i++)
        y[i] = x[i] < 0 ? -x[i] : x[i];
    k->over_running_mean(y, n);
    say_floats("over_running_mean", what, y, n);
    k->square_root(y, n);
    say_floats("square_root", what, y, n);
    k->logarithm(x, n, 4.3429448f, 1e-3f, -0.5f, y);
    say_floats("logarithm", what, y, n);
    const double wide[3] = {k->sum_floored(x, n, 0.25f), k->sum_products(x, y, n),
                            k->sum_squared_differences(x, y, n)};
    say("sum_floored", what, &wide[0], sizeof *wide);
    say("sum_products", what, &wide[1], sizeof *wide);
    say("sum_squared_differences", what, &wide[2], sizeof *wide);
    double moments[3];
    k->index_moments(x, n, moments);
    say("index_moments", what, moments, sizeof moments);
    float *products = space(n);
    k->lag_products(x, x, n / 2, n / 2, products);
    say_floats("lag_products", what, products, n / 2);
    k->over_root(products, y, 0.75f, n / 2);
    say_floats("over_root", what, products, n / 2);
    k->lag_energies(x, n / 2, n / 2, 100.0, products);
    say_floats("lag_energies", what, products, n / 2);
    k->smoothed_lags(x, y, 1, n - 3, 2, products);
    say_floats("smoothed_lags", what, products + 1, n - 4);
    k->scale_values(products + 1, n - 4, 0.3f);
    say_floats("scale_values", what, products + 1, n - 4);
    k->divided_products(x, 0.7f, y, n, products);
    say_floats("divided_products", what, products, n);
    static double means[256];
    k->wide_means(x, n / 5, 5, means);
    say("wide_means", what, means, (size_t)(n / 5) * sizeof(double));
    static int32_t places[1024];
    const ptrdiff_t n_places = k->local_maxima(x, 1, n - 1, 0.1f, 0.01f, places);
    say("local_maxima", what, places, (size_t)n_places * sizeof(int32_t));
    float *energies = space(n);
    float *near = space(2 * SERFAST_NEAR_LAGS), *near_energies = space(2 * SERFAST_NEAR_LAGS);
    k->near_correlations(x + 1, x, n / 2, SERFAST_NEAR_LAGS + 3, near, near_energies);
    say_floats("near_correlations", what, near, 2 * SERFAST_NEAR_LAGS);
    say_floats("near_correlations, energies", what, near_energies, 2 * SERFAST_NEAR_LAGS);
    energies[0] = energies[1] = 0;
    k->hann_energies(x, n / 2, -1.0f, 2.0f / (float)n, energies);
    say_floats("hann_energies", what, energies, 2);
    const ptrdiff_t peaks[4] = {k->highest_peak(x, n - 18), k->largest_magnitude(x, n),
                                k->largest_magnitude(x + 1, 7), k->highest_peak(x, n < 17 ? n : 17)};
    say("highest_peak, largest_magnitude", what, peaks, sizeof peaks);
    for (int step = 3; step <= 4; step++) {
        k->block_means(x, n / step, step, products);
        say_floats("block_means", what, products, n / step);
    }
    if (n >= 8) {
        k->keep_peaks(x, n, products);
        say_floats("keep_peaks", what, products, n);
    }
    if (n_places > 2) {
        int32_t tops[SERFAST_TOPS];
        const int n_tops = k->highest_peaks(x, places, n_places, tops);
        say("highest_peaks", what, tops, (size_t)n_tops * sizeof *tops);
        static int32_t nearest[SERFAST_CANDIDATES];
        static const float most[SERFAST_CANDIDATES] = {3, 9, 0, 100, 5, 40, 7, 2};
        float *spacing = space(SERFAST_CANDIDATES), *heights = space(n);
        for (int j = 0; j < SERFAST_CANDIDATES; j++)
            spacing[j] = 1.7f + 2.3f * (float)j;
        k->nearest_peaks(places, n_places, spacing, nearest);
        say("nearest_peaks", what, nearest, sizeof nearest);
        k->peak_tops(x, places, n_places, products, heights);
        say_floats("peak_tops", what, products, n_places);
        say_floats("peak_tops, heights", what, heights, n_places);
        k->harmonic_tops(places, heights, n_places, 0, n_places, spacing, most, products);
        say_floats("harmonic_tops", what, products, SERFAST_CANDIDATES);
    }
    const int n_products = n / 16 - 1;
    if (n_products > 0) {
        for (int j = 0; j < n_products; j++)
            energies[j] = (float)(3 * j);
        k->short_products(x, energies, n_products, x, products);
        say_floats("short_products", what, products, n_products);
    }
    if (n >= 256) {
        static const float shifts[3] = {5.0f, 17.0f, 30.0f};
        k->shifted_sums(x, shifts, 3, 0.85f, n / 2 - 64, products);
        say_floats("shifted_sums", what, products, n / 2 - 64);
    }
}

static void products(void)
{
    start_again();
    serfast_bands bands = {40, NULL, NULL};
    serfast_band_pair pairs[20];
    size_t n_weights = 0;
    for (int i = 0; i < 20; i++) {
        pairs[i].first[0] = 11 * i;
        pairs[i].first[1] = 11 * i + 3;
        pairs[i].blocks = 1 + i % 4;
        n_weights += 16 * (size_t)pairs[i].blocks;
    }
    bands.pairs = pairs;
    bands.weights = numbers(n_weights);
    const float *x = numbers(257);
    float *out = space(64);
    k->bands(&bands, x, out);
    say_floats("bands", "40", out, 40);
    k->transposed_product(numbers(43 * 28), 43, 28, x, out);
    say_floats("transposed_product", "43 x 28", out, 28);
    double sums[11];
    k->row_products(numbers(11 * 240), 11, 240, x, 229, sums);
    say("row_products", "11 x 229", sums, sizeof sums);
}

/* Of all-pole models with random reflection coefficients, up to ±0.75; most have factors. */
static void factors(int half)
{
    double a[2 * SERFAST_FACTORS + 1] = {1}, before[2 * SERFAST_FACTORS + 1];
    double p[3 * SERFAST_FACTORS] = {0}, q[3 * SERFAST_FACTORS] = {0};
    const double *polynomials[3] = {a, a, before};
    int found[3];
    char what[16];
    start_again();
    sprintf(what, "%d", half);
    for (int round = 0; round < 20; round++) {
        for (int m = 1; m <= 2 * half; m++) {
            const double reflection = 0.75 * number();
            memcpy(before, a, sizeof a);
            for (int i = 1; i < m; i++) {
                volatile double product = reflection * before[m - i]; /* no contraction here */
                a[i] = before[i] + product;
            }
            a[m] = reflection;
        }
        for (int i = 0; i < half; i++) {
            p[i] = number();
            q[i] = 0.9;
        }
        for (int i = 0; i < SERFAST_FACTORS; i++) { /* of a, again, and of another one */
            for (int r = 1; r < 3; r++) {
                p[r * SERFAST_FACTORS + i] = p[i];
                q[r * SERFAST_FACTORS + i] = q[i];
            }
        }
        for (int i = 0; i <= 2 * half; i++)
            before[i] = i % 2 ? -a[i] : a[i];
        k->quadratic_factors(polynomials, 3, half, 20, 1e-6, p, q, found);
        say("quadratic_factors", what, found, sizeof found);
        for (int r = 0; r < 3; r++) {
            say("quadratic_factors", "p", p + r * SERFAST_FACTORS, sizeof *p * half);
            say("quadratic_factors", "q", q + r * SERFAST_FACTORS, sizeof *q * half);
        }
    }
}

static void series(int n)
{
    static double x[SERFAST_SERIES * 512], y[SERFAST_SERIES * 512], out[SERFAST_SERIES];
    static serfast_moments moments;
    const double weights[5] = {0.25, -0.5, 1.0 / 3, 0.75, 0.1};
    char what[16];
    start_again();
    sprintf(what, "%d", n);
    for (int i = 0; i < SERFAST_SERIES * n; i++)
        x[i] = number() / 3.0;
    k->series_weighted(x, n - 4, weights, 5, y);
    say("series_weighted", what, y, sizeof *y * SERFAST_SERIES * (n - 4));
    k->series_products(x, x + SERFAST_SERIES, n - 1, out);
    say("series_products", what, out, sizeof out);
    k->series_moments(x, n, y, &moments);
    say("series_moments", what, &moments, sizeof moments);
    say("series_moments", "centred", y, sizeof *y * SERFAST_SERIES * n);
    k->series_sort(x, n);
    say("series_sort", what, x, sizeof *x * SERFAST_SERIES * n);
}

static void paths(void)
{
    enum { N = 3 * SERFAST_STATES, WIDTH = 11, LENGTH = 77 };
    static double x[LENGTH + SERFAST_LAGS], moves[N * WIDTH], out[N];
    start_again();
    for (int i = 0; i < LENGTH + SERFAST_LAGS; i++)
        x[i] = number() / 3.0;
    for (int i = 0; i < N * WIDTH; i++)
        moves[i] = number() / 7.0;
    memset(out, 0, sizeof out);
    for (int n_lags = SERFAST_LAGS; n_lags >= SERFAST_LAGS / 2; n_lags /= 2) {
        k->lag_sums(x, x + 1, LENGTH - 1, n_lags, out);
        say("lag_sums", n_lags == SERFAST_LAGS ? "77" : "77, half", out, sizeof *out * SERFAST_LAGS);
    }
    k->best_moves(x, moves, N, WIDTH, out);
    say("best_moves", "48 x 11", out, sizeof out);
    for (int i = 0; i < 12; i += 5)
        x[i] = x[16 + i] = 0;
    k->best_origins(x, x + 16, x + 32, 12, 0.4, 0.1, out, out + 16);
    say("best_origins", "12", out, sizeof *out * 12);
    say("best_origins, origins", "12", out + 16, sizeof *out * 12);
}

int main(int count, char **arguments)
{
    const char *const wanted = count > 1 ? arguments[1] : "baseline";
    for (int i = 0; (k = serfast_built(i)) != NULL; i++)
        if (!strcmp(k->isa, wanted) && serfast_can_run(k))
            break;
    if (!k)
        return 3;
    transforms();
    chirp();
    frames(&SHAPES[0]);
    frames(&SHAPES[1]);
    frames(&SHAPES[2]);
    for (int n = 9; n <= 1024; n = 3 * n + 4)
        sums(n);
    products();
    factors(1);
    factors(5);
    factors(SERFAST_FACTORS);
    series(5);
    series(101);
    series(300);
    paths();
    return 0;
}
