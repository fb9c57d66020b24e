/* x86-64 with AVX2. */
#define SERFAST_ISA "avx2"
#define SERFAST_TABLE serfast_kernels_avx2
#define SERFAST_LANES 8
#include "kernels.inc"
