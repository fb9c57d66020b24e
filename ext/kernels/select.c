/* Which kernels were built, and which of them this CPU can run. */
#include "kernels.h"

const serfast_kernels *serfast_built(int i)
{
    static const serfast_kernels *const all[] = {
        &serfast_kernels_baseline,
#ifdef SERFAST_X86
        &serfast_kernels_avx2,
        &serfast_kernels_avx512,
#endif
        NULL,
    };
    return all[i];
}

#if defined(SERFAST_X86) && defined(_MSC_VER)
/* What GCC and Clang have builtins for: Intel's Software Developer's Manual, volume 1, 14.3 and
 * 15.2: the bits of CPUID, and that the system saves the registers. */
#include <intrin.h>

enum { AVX2 = 1 << 5, F = 1 << 16, DQ = 1 << 17, BW = 1 << 30 };
#define VL (1u << 31)

static int has(unsigned features, unsigned registers)
{
    int leaf[4];
    __cpuid(leaf, 0);
    if (leaf[0] < 7)
        return 0;
    __cpuid(leaf, 1);
    if (!(leaf[2] & 1 << 27) || (_xgetbv(0) & registers) != registers)
        return 0;
    __cpuidex(leaf, 7, 0);
    return ((unsigned)leaf[1] & features) == features;
}

static int has_avx2(void)
{
    return has(AVX2, 0x06); /* XMM, YMM */
}

static int has_avx512(void)
{
    return has(F | DQ | BW | VL, 0xe6); /* masks, ZMM */
}
#elif defined(SERFAST_X86)
static int has_avx2(void)
{
    __builtin_cpu_init();
    return !!__builtin_cpu_supports("avx2");
}

static int has_avx512(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
#endif

int serfast_can_run(const serfast_kernels *kernels)
{
#ifdef SERFAST_X86
    if (kernels == &serfast_kernels_avx2)
        return has_avx2();
    if (kernels == &serfast_kernels_avx512)
        return has_avx512();
#endif
    return kernels == &serfast_kernels_baseline;
}
