// Register-blocked products: up to ROWS rows by up to NV vectors of columns, accumulated in registers.
// The including file defines ROWS (rows that fit the register file beside NV columns) and NV.
//
// B comes in panels of NR = NV · VL columns: [inner][NR], zero-padded on the right.

enum { NR = NV * VL };

/// How many rows ahead columns_by_panel asks for: a call to the last-level cache, in products of one row.
enum { AHEAD = 16 };

/// The inner dimension of a product: `runs` pieces of `length` consecutive floats, piece r of every row of A starting
/// `offset[r]` floats after the row's address.
typedef struct {
    int32_t runs, length;
    const int32_t *offset;
} inner_runs;

/// C[i] = Σ A[i] · B, C rows of `vectors` vectors; one call computes `rows` rows.
INLINE void rows_by_panel(
    const int rows, const int vectors, const float *const *a, const inner_runs inner, const float *b, int64_t b_stride,
    float *const *c) {
    vf sum[ROWS][NV];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) sum[i][j] = splat(0);
    for (int32_t r = 0; r < inner.runs; r++) {
        const int32_t begin = inner.offset[r], end = begin + inner.length;
#pragma clang loop unroll_count(2)
        for (int32_t k = begin; k < end; k++) {
            vf column[NV];
#pragma clang loop unroll(full)
            for (int j = 0; j < vectors; j++) column[j] = load(b + j * VL);
            b += b_stride;
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                const vf x = splat(a[i][k]);
#pragma clang loop unroll(full)
                for (int j = 0; j < vectors; j++) sum[i][j] = sum[i][j] + x * column[j];
            }
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) store(c[i] + j * VL, sum[i][j]);
}

/// C[i, ·] (+)= Σ over k of A[k][i] · B[k, ·]: the product whose left factor is stored inner dimension first.
/// Row k of A starts at a + offset[k], or at a + k · a_stride where offset is NULL.
INLINE void columns_by_panel(
    const int rows, const int vectors, const float *a, int64_t a_stride, const int32_t *offset, const float *b,
    int64_t b_stride, int64_t inner, float *c, int64_t c_stride, bool accumulate) {
    vf sum[ROWS][NV];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) sum[i][j] = splat(0);
    for (int64_t k = 0; k < inner; k++) {
        const float *x = offset ? a + offset[k] : a + k * a_stride;
        if (!offset) {
            // Rows lie far apart, which the processor does not foresee.
            __builtin_prefetch(x + AHEAD * a_stride);
            __builtin_prefetch(x + AHEAD * a_stride + rows - 1);
#pragma clang loop unroll(full)
            for (int j = 0; j < vectors; j++) __builtin_prefetch(b + (k + AHEAD) * b_stride + j * VL);
        }
        vf column[NV];
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) column[j] = load(b + k * b_stride + j * VL);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            const vf y = splat(x[i]);
#pragma clang loop unroll(full)
            for (int j = 0; j < vectors; j++) sum[i][j] = sum[i][j] + y * column[j];
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) {
            float *y = c + i * c_stride + j * VL;
            store(y, accumulate ? load(y) + sum[i][j] : sum[i][j]);
        }
}

typedef void (*rows_function)(
    const float *const *a, inner_runs inner, const float *b, int64_t b_stride, float *const *c);
typedef void (*columns_function)(
    const float *a, int64_t a_stride, const int32_t *offset, const float *b, int64_t b_stride, int64_t inner, float *c,
    int64_t c_stride, bool accumulate);

#define INSTANCE(R, V)                                                                                          \
    static __attribute__((noinline)) void rows_##R##_##V(                                                       \
        const float *const *a, inner_runs inner, const float *b, int64_t b_stride, float *const *c) {           \
        rows_by_panel(R, V, a, inner, b, b_stride, c);                                                          \
    }                                                                                                           \
    static __attribute__((noinline)) void columns_##R##_##V(                                                    \
        const float *a, int64_t a_stride, const int32_t *offset, const float *b, int64_t b_stride,              \
        int64_t inner, float *c, int64_t c_stride, bool accumulate) {                                           \
        if (offset) columns_by_panel(R, V, a, 0, offset, b, b_stride, inner, c, c_stride, accumulate);          \
        else columns_by_panel(R, V, a, a_stride, NULL, b, b_stride, inner, c, c_stride, accumulate);            \
    }
#define INSTANCES(R) INSTANCE(R, 1) INSTANCE(R, 2)
INSTANCES(1)
INSTANCES(2)
INSTANCES(3)
INSTANCES(4)
INSTANCES(5)
INSTANCES(6)
#if ROWS > 6
INSTANCES(7)
INSTANCES(8)
#endif
#if ROWS > 8
INSTANCES(9)
INSTANCES(10)
INSTANCES(11)
INSTANCES(12)
INSTANCES(13)
INSTANCES(14)
#endif

#if ROWS == 14
#define TABLE(F, V) \
    { F##_1_##V, F##_2_##V, F##_3_##V, F##_4_##V, F##_5_##V, F##_6_##V, F##_7_##V, F##_8_##V, F##_9_##V, \
      F##_10_##V, F##_11_##V, F##_12_##V, F##_13_##V, F##_14_##V }
#elif ROWS == 8
#define TABLE(F, V) \
    { F##_1_##V, F##_2_##V, F##_3_##V, F##_4_##V, F##_5_##V, F##_6_##V, F##_7_##V, F##_8_##V }
#else
#define TABLE(F, V) { F##_1_##V, F##_2_##V, F##_3_##V, F##_4_##V, F##_5_##V, F##_6_##V }
#endif
static const rows_function rows_table[NV][ROWS] = {TABLE(rows, 1), TABLE(rows, 2)};
static const columns_function columns_table[NV][ROWS] = {TABLE(columns, 1), TABLE(columns, 2)};

/// Vectors of a panel that hold real columns: a narrow last panel costs half.
INLINE int panel_vectors(int64_t columns, int64_t first) { return columns - first > VL ? 2 : 1; }

/// Rows are taken in nearly equal blocks, so that no small remainder wastes registers.
INLINE int64_t block_count(int64_t rows) { return (rows + ROWS - 1) / ROWS; }
INLINE int64_t block_begin(int64_t rows, int64_t blocks, int64_t block) { return rows * block / blocks; }

/// C[rows, columns] = A · B with A's rows `a_stride` apart, B in panels of [inner][NR]; C is written in whole panels.
static void multiply_rows(
    int64_t rows, int64_t columns, const float *a, int64_t a_stride, int64_t inner, const float *b, float *c,
    int64_t c_stride) {
    const int32_t zero = 0;
    const inner_runs run = {1, (int32_t)inner, &zero};
    const int64_t blocks = block_count(rows);
    for (int64_t n = 0; n < columns; n += NR, b += inner * NR) {
        const int vectors = panel_vectors(columns, n);
        for (int64_t block = 0; block < blocks; block++) {
            const int64_t begin = block_begin(rows, blocks, block), end = block_begin(rows, blocks, block + 1);
            const float *from[ROWS];
            float *to[ROWS];
            for (int64_t i = begin; i < end; i++) {
                from[i - begin] = a + i * a_stride;
                to[i - begin] = c + i * c_stride + n;
            }
            rows_table[vectors - 1][end - begin - 1](from, run, b, NR, to);
        }
    }
}

/// C panels [columns/NR][rows][NR] (+)= Aᵀ · B with A [inner][rows], B [inner][columns].
static void multiply_columns(
    int64_t rows, int64_t columns, const float *a, int64_t a_stride, const float *b, int64_t b_stride, int64_t inner,
    float *c, bool accumulate) {
    const int64_t blocks = block_count(rows);
    for (int64_t n = 0; n < columns; n += NR, c += rows * NR) {
        const int vectors = panel_vectors(columns, n);
        for (int64_t block = 0; block < blocks; block++) {
            const int64_t begin = block_begin(rows, blocks, block), end = block_begin(rows, blocks, block + 1);
            columns_table[vectors - 1][end - begin - 1](
                a + begin, a_stride, NULL, b + n, b_stride, inner, c + begin * NR, NR, accumulate);
        }
    }
}
