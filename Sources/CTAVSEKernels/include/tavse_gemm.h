#ifndef TAVSE_GEMM_H
#define TAVSE_GEMM_H

#include <stdbool.h>
#include <stdint.h>

/// Floats that a packed right factor takes.
int64_t tavse_gemm_packed_size(int64_t columns, int64_t inner);

/// Packs B, `[inner, columns]` (or `[columns, inner]` if transpose_b) with leading dimension ldb: once for all the
/// products it enters, as a recurrent layer's weights do at every step.
void tavse_gemm_pack(
    bool transpose_b, int64_t columns, int64_t inner, const float *b, int64_t ldb, float *packed);

/// C = A · B (+ C if accumulate), row-major float32, on the pool: for the small and narrow products of recurrent
/// layers and attention, where a large library's packing costs more than the product.
///
/// - Parameters:
///   - a: `[rows, inner]`, or `[inner, rows]` if transpose_a; leading dimension lda.
///   - packed: B from tavse_gemm_pack.
///   - c: `[rows, columns]`, leading dimension ldc.
void tavse_gemm_packed(
    bool transpose_a, int64_t rows, int64_t columns, int64_t inner, const float *a, int64_t lda, const float *packed,
    float *c, int64_t ldc, bool accumulate);

/// Floats of scratch that tavse_gemm needs.
int64_t tavse_gemm_workspace(int64_t columns, int64_t inner);

/// tavse_gemm_pack into the workspace, then tavse_gemm_packed.
void tavse_gemm(
    bool transpose_a, bool transpose_b, int64_t rows, int64_t columns, int64_t inner, const float *a, int64_t lda,
    const float *b, int64_t ldb, float *c, int64_t ldc, bool accumulate, float *workspace);

#endif
