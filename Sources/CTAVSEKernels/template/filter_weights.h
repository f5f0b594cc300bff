// Weights of minimal filtering: U = G g Gᵀ in panels for the products, and dw = Gᵀ dU G back.

typedef struct {
    const filter_kind *kind;
    const float *weights;
    float *packed;
    int64_t inner, columns, inner_step, column_step;
} filter_packing;

/// One panel: [class][panel][inner][NR].
static void filter_pack_task(void *context, int64_t panel, int32_t thread) {
    (void)thread;
    const filter_packing *w = context;
    const int64_t step = (w->columns + NR - 1) / NR * w->inner * NR;
    const int64_t first = panel * NR, columns = minimum(NR, w->columns - first);
    for (int64_t k = 0; k < w->inner; k++) {
        float lanes[9][NR] = {{0}};
        const float *g = w->weights + first * w->column_step + k * w->inner_step;
        for (int64_t n = 0; n < columns; n++, g += w->column_step)
            for (int tap = 0; tap < 9; tap++) lanes[tap][n] = g[tap];
        for (int j = 0; j < NV; j++) {
            vf taps[9], u[FILTER_MOST_CLASSES];
            for (int tap = 0; tap < 9; tap++) taps[tap] = load(lanes[tap] + j * VL);
            w->kind->weights(taps, u);
            float *out = w->packed + (panel * w->inner + k) * NR + j * VL;
            for (int f = 0; f < w->kind->classes; f++) store(out + f * step, u[f]);
        }
    }
}

/// Weights [N][C][3][3] for the forward products, C inside, or for those of the input gradient, N inside.
static void filter_pack(
    const tavse_conv_plan *plan, const filter_kind *kind, const float *weights, float *packed, bool backward) {
    const int64_t in = plan->shape.in_channels, out = plan->shape.out_channels;
    filter_packing w = {.kind = kind, .weights = weights, .packed = packed};
    w.inner = backward ? out : in;
    w.columns = backward ? in : out;
    w.inner_step = 9 * (backward ? in : 1);
    w.column_step = 9 * (backward ? 1 : in);
    tavse_parallel_for((w.columns + NR - 1) / NR, filter_pack_task, &w);
}

/// dw of input channel c and the VL output channels from n on, added to the old one if `accumulate`.
INLINE void filter_store_weight_gradient(
    const filter_call *call, const vf *dU, int64_t c, int64_t n, bool accumulate) {
    const tavse_conv_shape *s = &call->plan->shape;
    vf taps[9];
    call->kind->weights_adjoint(dU, taps);
    float lanes[9][VL];
    for (int tap = 0; tap < 9; tap++) store(lanes[tap], taps[tap]);
    const int64_t count = minimum(VL, s->out_channels - n);
    for (int64_t i = 0; i < count; i++) {
        float *dw = call->weight_gradient + ((n + i) * s->in_channels + c) * 9;
        for (int tap = 0; tap < 9; tap++) dw[tap] = (accumulate ? dw[tap] : 0) + lanes[tap][i];
    }
}
