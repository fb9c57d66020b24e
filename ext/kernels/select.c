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

#ifdef SERFAST_X86
#ifdef _MSC_VER
#include <intrin.h>

static void cpuid(int function, unsigned leaf[4])
{
    __cpuidex((int *)leaf, function, 0);
}

static unsigned saved_registers(void)
{
    return (unsigned)_xgetbv(0);
}
#else
#include <cpuid.h>

static void cpuid(int function, unsigned leaf[4])
{
    __cpuid_count(function, 0, leaf[0], leaf[1], leaf[2], leaf[3]);
}

static unsigned saved_registers(void)
{
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}
#endif

/* Intel's Software Developer's Manual, volume 1, 14.3 and 15.2: whether the CPU has the instructions
 * (bits of CPUID's leaf 7), and the system saves their registers (of XCR0; OSXSAVE says that it can be
 * read). */
enum { AVX2 = 1 << 5, F = 1 << 16, DQ = 1 << 17, BW = 1 << 30 };
#define VL (1u << 31)
enum { OSXSAVE = 1 << 27, XMM_YMM = 0x06, MASKS_ZMM = 0xe6 };

static int has(unsigned features, unsigned registers)
{
    unsigned leaf[4];
    cpuid(0, leaf);
    if (leaf[0] < 7)
        return 0;
    cpuid(1, leaf);
    if (!(leaf[2] & OSXSAVE) || (saved_registers() & registers) != registers)
        return 0;
    cpuid(7, leaf);
    return (leaf[1] & features) == features;
}
#endif

int serfast_can_run(const serfast_kernels *kernels)
{
#ifdef SERFAST_X86
    if (kernels == &serfast_kernels_avx2)
        return has(AVX2, XMM_YMM);
    if (kernels == &serfast_kernels_avx512)
        return has(F | DQ | BW | VL, MASKS_ZMM);
#endif
    return kernels == &serfast_kernels_baseline;
}
