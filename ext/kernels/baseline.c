/* What every CPU of the architecture has: SSE2 on x86-64, NEON on arm64, plain C elsewhere. */
#define SERFAST_ISA "baseline"
#define SERFAST_TABLE serfast_kernels_baseline
#define SERFAST_LANES 4
#include "kernels.inc"
