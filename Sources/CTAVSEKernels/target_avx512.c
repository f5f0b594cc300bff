// AVX-512: 32 registers of 16 floats; 14 rows by 2 vectors leave room for the columns and a broadcast.

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,f16c"))), apply_to = function)
#define VL 16
#define ROWS 14
#define NV 2
#define TABLE_NAME tavse_kernels_avx512
#include "template/all.h"
#pragma clang attribute pop
#endif
