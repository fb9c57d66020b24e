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

int serfast_can_run(const serfast_kernels *kernels)
{
#ifdef SERFAST_X86
    __builtin_cpu_init();
    if (kernels == &serfast_kernels_avx2)
        return !!__builtin_cpu_supports("avx2");
    if (kernels == &serfast_kernels_avx512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#endif
    return kernels == &serfast_kernels_baseline;
}
