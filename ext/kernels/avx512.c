/* x86-64 with AVX-512 F, DQ, BW and VL. */
#define SERFAST_ISA "avx512"
#define SERFAST_TABLE serfast_kernels_avx512
#define SERFAST_LANES 16
#include "kernels.inc"
