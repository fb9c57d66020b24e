/* What one core can do: as many additions and multiplications, and as many loads from the first
 * cache, as fit into a second. BYTES is the width of a vector. Chains are independent; seven of each
 * kind hide the latency and fit into 16 registers. */
#include <stddef.h>
#include <string.h>

typedef float vector __attribute__((vector_size(BYTES)));
enum { CHAINS = 7, LANES = BYTES / 4 };

/* Returns how many operations were done. `one` and `zero` are unknown to the compiler. Every chain
 * begins with other numbers, from `start` (2 * CHAINS * LANES floats): chains that begin alike would
 * be computed only once. tests/test_peak.py counts the operations in the compiled loop. */
double arithmetic(long turns, float one, float zero, const float *start, float *sink)
{
    vector a[CHAINS], b[CHAINS];
    memcpy(a, start, sizeof a);
    memcpy(b, start + CHAINS * LANES, sizeof b);
    for (long t = 0; t < turns; t++) {
        for (int j = 0; j < CHAINS; j++) {
            a[j] = a[j] * one;
            b[j] = b[j] + zero;
        }
    }
    for (int j = 0; j < CHAINS; j++)
        for (int i = 0; i < LANES; i++)
            *sink += a[j][i] + b[j][i];
    return 2.0 * CHAINS * LANES * turns;
}

/* Returns how many bytes were read. `n` floats, a multiple of 8 vectors. */
double loads(long turns, const float *x, ptrdiff_t n, float *sink)
{
    vector sum[8];
    memset(sum, 0, sizeof sum);
    for (long t = 0; t < turns; t++) {
        for (ptrdiff_t i = 0; i < n; i += 8 * LANES)
            for (int j = 0; j < 8; j++) {
                vector v;
                memcpy(&v, x + i + j * LANES, sizeof v);
                sum[j] = sum[j] + v;
            }
    }
    for (int j = 0; j < 8; j++)
        for (int i = 0; i < LANES; i++)
            *sink += sum[j][i];
    return 4.0 * n * turns;
}
