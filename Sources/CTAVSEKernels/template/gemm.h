// Small and narrow matrix products on the register-blocked kernels.

typedef struct {
    bool transposed;
    int64_t rows, columns, inner, lda, ldb, ldc, row_blocks;
    const float *a, *b;
    float *panels, *c;
    bool accumulate;
} gemm_call;

/// Columns of B as panels [panel][inner][NR], zero-padded on the right.
static void gemm_pack_panel(void *context, int64_t panel, int32_t thread) {
    (void)thread;
    const gemm_call *call = context;
    const int64_t first = panel * NR, count = minimum(NR, call->columns - first);
    float *out = call->panels + panel * call->inner * NR;
    for (int64_t k = 0; k < call->inner; k++, out += NR) {
        if (call->transposed)
            for (int64_t j = 0; j < count; j++) out[j] = call->b[(first + j) * call->ldb + k];
        else
            memcpy(out, call->b + k * call->ldb + first, sizeof(float) * (size_t)count);
        for (int64_t j = count; j < NR; j++) out[j] = 0;
    }
}

static int64_t gemm_packed_size(int64_t columns, int64_t inner) { return round_up(columns, NR) * inner; }

static void gemm_pack(
    bool transpose_b, int64_t columns, int64_t inner, const float *b, int64_t ldb, float *packed) {
    gemm_call call = {
        .transposed = transpose_b, .columns = columns, .inner = inner, .ldb = ldb, .b = b, .panels = packed};
    tavse_parallel_for((columns + NR - 1) / NR, gemm_pack_panel, &call);
}

/// All row blocks of a range of rows for one panel; the block lands in scratch first, since C may be narrower.
static void gemm_task(void *context, int64_t index, int32_t thread) {
    (void)thread;
    const gemm_call *call = context;
    const int64_t panels = (call->columns + NR - 1) / NR, panel = index % panels, part = index / panels;
    const int64_t first = panel * NR, blocks = block_count(call->rows);
    const int vectors = panel_vectors(call->columns, first);
    const float *b = call->panels + panel * call->inner * NR;
    const int32_t width = (int32_t)minimum(NR, call->columns - first);
    const int64_t parts = call->row_blocks;
    float scratch[ROWS * NR];
    float *to[ROWS];
    for (int i = 0; i < ROWS; i++) to[i] = scratch + i * NR;
    const int32_t zero = 0;
    for (int64_t block = blocks * part / parts; block < blocks * (part + 1) / parts; block++) {
        const int64_t begin = block_begin(call->rows, blocks, block), end = block_begin(call->rows, blocks, block + 1);
        if (call->transposed) {
            columns_table[vectors - 1][end - begin - 1](
                call->a + begin, call->lda, NULL, b, NR, call->inner, scratch, NR, false);
        } else {
            const float *from[ROWS];
            for (int64_t i = begin; i < end; i++) from[i - begin] = call->a + i * call->lda;
            rows_table[vectors - 1][end - begin - 1](from, (inner_runs){1, (int32_t)call->inner, &zero}, b, NR, to);
        }
        for (int64_t i = begin; i < end; i++)
            for (int32_t j = 0; j < width; j += VL) {
                const int32_t n = (int32_t)minimum(VL, width - j);
                float *c = call->c + i * call->ldc + first + j;
                vf v = load(scratch + (i - begin) * NR + j);
                if (call->accumulate) v += load_some(c, n);
                store_some(c, v, n);
            }
    }
}

static void gemm_packed(
    bool transpose_a, int64_t rows, int64_t columns, int64_t inner, const float *a, int64_t lda, const float *packed,
    float *c, int64_t ldc, bool accumulate) {
    if (rows <= 0 || columns <= 0) return;
    gemm_call call = {
        .transposed = transpose_a, .rows = rows, .columns = columns, .inner = inner, .lda = lda, .ldc = ldc, .a = a,
        .panels = (float *)packed, .c = c, .accumulate = accumulate};
    // Tasks of at least a hundred thousand multiplications, at most sixteen parts of the rows.
    const int64_t blocks = block_count(rows), work = rows * inner * NR;
    call.row_blocks = maximum(1, minimum(minimum(blocks, 16), work / 100000));
    const int64_t panels = (columns + NR - 1) / NR;
    if (work * panels < 200000) {
        for (int64_t index = 0; index < panels * call.row_blocks; index++) gemm_task(&call, index, 0);
    } else {
        tavse_parallel_for(panels * call.row_blocks, gemm_task, &call);
    }
}
