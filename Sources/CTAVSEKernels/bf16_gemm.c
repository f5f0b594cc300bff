// Products of bfloat16 numbers with float32 sums, for processors with AVX512-BF16: both factors are rounded to bfloat16
// while they are packed, pairs of neighbours along the inner dimension are multiplied and added by one instruction.
//
// A comes in blocks of 14 rows, [block][pair][14], B in panels of 32 columns, [panel][pair][32]: 14 rows by 2 vectors of
// sums fill the registers. The inner dimension is never split, so the number of threads changes no bits.

#include <stddef.h>
#include <string.h>

#include "include/CTAVSEKernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512bf16,avx2,fma")))

enum { BLOCK = 14, PANEL = 32, LANES = 16 };

typedef struct {
    bool transpose_a, transpose_b, accumulate;
    int64_t rows, columns, inner, lda, ldb, ldc, pairs, blocks, panels, parts;
    float alpha;
    const float *a, *b;
    float *c;
    uint32_t *packed_a, *packed_b;
} bf16_product;

bool tavse_bf16_gemm_supported(void) {
    return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
}

/// Up to 16 floats as bfloat16 in the low halves of 32-bit lanes.
TARGET static inline __m512i rounded(const float *p, __mmask16 mask) {
    return _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, p)));
}

/// The pairs of two rows, 16 columns at most; the second row may be missing.
TARGET static inline __m512i paired(const float *even, const float *odd, int64_t count) {
    const __mmask16 mask = count >= LANES ? 0xffff : (__mmask16)((1u << count) - 1);
    const __m512i low = rounded(even, mask);
    return odd ? _mm512_or_si512(low, _mm512_slli_epi32(rounded(odd, mask), 16)) : low;
}

/// `count` ≤ 16 rows of pairs, stored along the inner dimension, to columns `step` apart: a transposition.
TARGET static void pack_along_inner(
    const float *x, int64_t stride, int64_t count, int64_t inner, uint32_t *out, int64_t step) {
    for (int64_t i = 0; i < count; i++) {
        const float *row = x + i * stride;
        uint32_t pairs[LANES];
        for (int64_t k = 0; k < inner; k += 2 * LANES) {
            const int64_t left = inner - k, low = left < LANES ? left : LANES;
            const int64_t high = left - LANES < LANES ? left - LANES : LANES;
            const __m512 first = _mm512_maskz_loadu_ps(low == LANES ? 0xffff : (__mmask16)((1u << low) - 1), row + k);
            const __m512 second = high <= 0 ? _mm512_setzero_ps()
                : _mm512_maskz_loadu_ps(high == LANES ? 0xffff : (__mmask16)((1u << high) - 1), row + k + LANES);
            _mm512_storeu_si512(pairs, (__m512i)_mm512_cvtne2ps_pbh(second, first));
            const int64_t used = ((left < 2 * LANES ? left : 2 * LANES) + 1) / 2;
            for (int64_t p = 0; p < used; p++) out[(k / 2 + p) * step + i] = pairs[p];
        }
    }
}

TARGET static void pack_b(void *context, int64_t panel, int32_t thread) {
    (void)thread;
    const bf16_product *g = context;
    uint32_t *out = g->packed_b + panel * g->pairs * PANEL;
    const int64_t first = panel * PANEL, count = g->columns - first < PANEL ? g->columns - first : PANEL;
    if (count < PANEL) memset(out, 0, sizeof(uint32_t) * (size_t)(g->pairs * PANEL));
    if (g->transpose_b) {
        pack_along_inner(g->b + first * g->ldb, g->ldb, count, g->inner, out, PANEL);
        return;
    }
    for (int64_t p = 0; p < g->pairs; p++)
        for (int64_t j = 0; j < count; j += LANES) {
            const float *even = g->b + 2 * p * g->ldb + first + j;
            const __m512i pairs = paired(even, 2 * p + 1 < g->inner ? even + g->ldb : NULL, count - j);
            _mm512_storeu_si512(out + p * PANEL + j, pairs);
        }
}

TARGET static void pack_a(void *context, int64_t block, int32_t thread) {
    (void)thread;
    const bf16_product *g = context;
    uint32_t *out = g->packed_a + block * g->pairs * BLOCK;
    const int64_t first = block * BLOCK, count = g->rows - first < BLOCK ? g->rows - first : BLOCK;
    if (count < BLOCK) memset(out, 0, sizeof(uint32_t) * (size_t)(g->pairs * BLOCK));
    if (!g->transpose_a) {
        pack_along_inner(g->a + first * g->lda, g->lda, count, g->inner, out, BLOCK);
        return;
    }
    const __mmask16 mask = (__mmask16)((1u << count) - 1);
    for (int64_t p = 0; p < g->pairs; p++) {
        const float *even = g->a + 2 * p * g->lda + first;
        const __m512i pairs = paired(even, 2 * p + 1 < g->inner ? even + g->lda : NULL, count);
        _mm512_mask_storeu_epi32(out + p * BLOCK, mask, pairs);
    }
}

/// One block by one panel.
TARGET static void product_block(const bf16_product *g, int64_t block, int64_t panel) {
    const uint32_t *a = g->packed_a + block * g->pairs * BLOCK, *b = g->packed_b + panel * g->pairs * PANEL;
    __m512 sum[BLOCK][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < BLOCK; i++) sum[i][0] = sum[i][1] = _mm512_setzero_ps();
    for (int64_t p = 0; p < g->pairs; p++, a += BLOCK, b += PANEL) {
        const __m512bh left = (__m512bh)_mm512_loadu_si512(b), right = (__m512bh)_mm512_loadu_si512(b + LANES);
#pragma clang loop unroll(full)
        for (int i = 0; i < BLOCK; i++) {
            const __m512bh x = (__m512bh)_mm512_set1_epi32((int32_t)a[i]);
            sum[i][0] = _mm512_dpbf16_ps(sum[i][0], x, left);
            sum[i][1] = _mm512_dpbf16_ps(sum[i][1], x, right);
        }
    }
    const int64_t rows = g->rows - block * BLOCK, columns = g->columns - panel * PANEL;
    const __mmask16 masks[2] = {
        columns >= LANES ? 0xffff : (__mmask16)((1u << columns) - 1),
        columns >= PANEL ? 0xffff : columns <= LANES ? 0 : (__mmask16)((1u << (columns - LANES)) - 1)};
    const __m512 alpha = _mm512_set1_ps(g->alpha);
    float *c = g->c + block * BLOCK * g->ldc + panel * PANEL;
#pragma clang loop unroll(full)
    for (int i = 0; i < BLOCK; i++) {
        if (i >= rows) break;
        for (int j = 0; j < 2; j++) {
            float *to = c + i * g->ldc + j * LANES;
            __m512 y = _mm512_mul_ps(alpha, sum[i][j]);
            if (g->accumulate) y = _mm512_add_ps(y, _mm512_maskz_loadu_ps(masks[j], to));
            _mm512_mask_storeu_ps(to, masks[j], y);
        }
    }
}

static void product_task(void *context, int64_t index, int32_t thread) {
    (void)thread;
    const bf16_product *g = context;
    const int64_t panel = index % g->panels, part = index / g->panels;
    for (int64_t block = g->blocks * part / g->parts; block < g->blocks * (part + 1) / g->parts; block++)
        product_block(g, block, panel);
}

int64_t tavse_bf16_gemm_workspace(int64_t rows, int64_t columns, int64_t inner) {
    const int64_t pairs = (inner + 1) / 2, blocks = (rows + BLOCK - 1) / BLOCK, panels = (columns + PANEL - 1) / PANEL;
    return 4 * pairs * (blocks * BLOCK + panels * PANEL) + 128;
}

static void run(int64_t count, tavse_task task, bf16_product *g, bool parallel) {
    if (parallel) tavse_parallel_for(count, task, g);
    else for (int64_t i = 0; i < count; i++) task(g, i, 0);
}

void tavse_bf16_gemm(
    bool transpose_a, bool transpose_b, int64_t rows, int64_t columns, int64_t inner, float alpha, const float *a,
    int64_t lda, const float *b, int64_t ldb, float *c, int64_t ldc, bool accumulate, bool parallel, void *workspace) {
    if (rows <= 0 || columns <= 0) return;
    bf16_product g = {
        .transpose_a = transpose_a, .transpose_b = transpose_b, .accumulate = accumulate, .rows = rows,
        .columns = columns, .inner = inner, .lda = lda, .ldb = ldb, .ldc = ldc, .pairs = (inner + 1) / 2,
        .blocks = (rows + BLOCK - 1) / BLOCK, .panels = (columns + PANEL - 1) / PANEL, .alpha = alpha, .a = a, .b = b,
        .c = c};
    g.packed_b = (uint32_t *)(((uintptr_t)workspace + 63) / 64 * 64);
    g.packed_a = g.packed_b + g.panels * g.pairs * PANEL;
    g.parts = g.blocks < 16 ? g.blocks : 16;
    run(g.panels, pack_b, &g, parallel);
    run(g.blocks, pack_a, &g, parallel);
    run(g.panels * g.parts, product_task, &g, parallel);
}

#else

bool tavse_bf16_gemm_supported(void) { return false; }

int64_t tavse_bf16_gemm_workspace(int64_t rows, int64_t columns, int64_t inner) {
    (void)rows, (void)columns, (void)inner;
    return 0;
}

void tavse_bf16_gemm(
    bool transpose_a, bool transpose_b, int64_t rows, int64_t columns, int64_t inner, float alpha, const float *a,
    int64_t lda, const float *b, int64_t ldb, float *c, int64_t ldc, bool accumulate, bool parallel, void *workspace) {
    (void)transpose_a, (void)transpose_b, (void)rows, (void)columns, (void)inner, (void)alpha, (void)a, (void)lda;
    (void)b, (void)ldb, (void)c, (void)ldc, (void)accumulate, (void)parallel, (void)workspace;
}

#endif
