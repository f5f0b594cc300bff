#ifndef TAVSE_BF16_GEMM_H
#define TAVSE_BF16_GEMM_H

#include <stdbool.h>
#include <stdint.h>

/// Whether this processor multiplies bfloat16 numbers with float32 sums (AVX512-BF16). Without, do not call the rest.
bool tavse_bf16_gemm_supported(void);

/// Bytes of scratch that tavse_bf16_gemm needs.
int64_t tavse_bf16_gemm_workspace(int64_t rows, int64_t columns, int64_t inner);

/// C = alpha · A · B (+ C if accumulate), row-major float32, both factors rounded to bfloat16 (to nearest even) and sums
/// kept in float32: each product has a relative error of up to 2⁻⁸.
///
/// - Parameters:
///   - a: `[rows, inner]`, or `[inner, rows]` if transpose_a; leading dimension lda.
///   - b: `[inner, columns]`, or `[columns, inner]` if transpose_b; leading dimension ldb.
///   - c: `[rows, columns]`, leading dimension ldc.
///   - parallel: on the pool, else on the calling thread; the result is bit-identical.
void tavse_bf16_gemm(
    bool transpose_a, bool transpose_b, int64_t rows, int64_t columns, int64_t inner, float alpha, const float *a,
    int64_t lda, const float *b, int64_t ldb, float *c, int64_t ldc, bool accumulate, bool parallel, void *workspace);

#endif
