// AVX2 with fused multiply-add: 16 registers of 8 floats, 6 rows by 2 vectors.

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define VL 8
#define ROWS 6
#define NV 2
#define TABLE_NAME tavse_kernels_avx2
#include "template/all.h"
#pragma clang attribute pop
#endif
