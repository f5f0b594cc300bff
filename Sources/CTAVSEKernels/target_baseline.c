// What every processor of the architecture has: SSE2 on x86-64 (16 registers of 4 floats), NEON on arm64 (32).

#define VL 4
#if defined(__aarch64__)
#define ROWS 8
#else
#define ROWS 6
#endif
#define NV 2
#define TABLE_NAME tavse_kernels_baseline
#include "template/all.h"
