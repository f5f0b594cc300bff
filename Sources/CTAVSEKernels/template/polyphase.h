// The stem: a 7×7 convolution of stride 2 over a few channels, as a Winograd convolution of stride 1.
//
// Splitting rows and columns into even and odd gives four phases; with u = 2a + r, v = 2b + t,
//
//     y[i, j] = Σ over a, b < 4 and r, t < 2 of w[2a + r, 2b + t] · x[2(i + a) + r, 2(j + b) + t]
//
// is a 4×4 convolution of stride 1 over four times the channels (w is zero at index 7). F(3×3, 4×4) takes 36
// multiplications for 9 outputs where the direct sum takes 441 / 4 per phase and channel: three times fewer. Its tiles are
// those of F(4×4, 3×3), with the same interpolation points and hence the same input transform.
//
// The input gradient, which a first layer does not need, is left to the direct method.

enum { PHASE_TILE = 6, PHASE_OUT = 3, PHASE_TAPS = 4, PHASE_FREQUENCIES = 36 };

INLINE bool polyphase_suits(const tavse_conv_shape *s) {
    return s->kernel_h == 7 && s->kernel_w == 7 && s->stride_h == 2 && s->stride_w == 2 && s->in_channels <= 4
        && s->out_channels >= VL && s->out_h >= 6 && s->out_w >= 6 && s->pad_h < 7 && s->pad_w < 7;
}

// MARK: Transforms

INLINE void output_3(const vf *m, vf *y) {
    const vf s1 = m[1] + m[2], d1 = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];
    y[0] = m[0] + s1 + s2;
    y[1] = WA * d1 + WB * d2;
    y[2] = m[5] + WA2 * s1 + WB2 * s2;
}

INLINE void output_adjoint_3(const vf *y, vf *m) {
    const vf e = y[0] + WA2 * y[2], f = y[0] + WB2 * y[2];
    m[0] = y[0];
    m[1] = e + WA * y[1];
    m[2] = e - WA * y[1];
    m[3] = f + WB * y[1];
    m[4] = f - WB * y[1];
    m[5] = y[2];
}

INLINE void weights_4(const vf *g, vf *u) {
    const vf e = WNA * (g[0] + WA2 * g[2]), o = (WNA * WA) * (g[1] + WA2 * g[3]);
    const vf f = WNB * (g[0] + WB2 * g[2]), q = (WNB * WB) * (g[1] + WB2 * g[3]);
    u[0] = (1 / WAB) * g[0];
    u[1] = e + o;
    u[2] = e - o;
    u[3] = f + q;
    u[4] = f - q;
    u[5] = g[3];
}

INLINE void weights_adjoint_4(const vf *u, vf *g) {
    const vf s1 = WNA * (u[1] + u[2]), d1 = (WNA * WA) * (u[1] - u[2]);
    const vf s2 = WNB * (u[3] + u[4]), d2 = (WNB * WB) * (u[3] - u[4]);
    g[0] = (1 / WAB) * u[0] + s1 + s2;
    g[1] = d1 + d2;
    g[2] = WA2 * s1 + WB2 * s2;
    g[3] = u[5] + WA2 * d1 + WB2 * d2;
}

TWO_DIMENSIONAL(output_3_square, output_3, 6, 3, output_3, 6, 3)
TWO_DIMENSIONAL(output_adjoint_3_square, output_adjoint_3, 3, 6, output_adjoint_3, 3, 6)
TWO_DIMENSIONAL(weights_4_square, weights_4, 4, 6, weights_4, 4, 6)
TWO_DIMENSIONAL(weights_adjoint_4_square, weights_adjoint_4, 6, 4, weights_adjoint_4, 6, 4)

// MARK: Layout

typedef struct {
    int32_t tiles_h, tiles_w, tiles, block;
    int64_t chunks, inner, phase_pixel, phase_columns, phase_rows, gradient_pixel, gradient_row, panels;
    strip_shape input, gradient;
    int64_t input_rows, gradient_rows;
    int64_t strip, phases, v, m, result, accumulator, bias, per_thread, partial, counts, total;
} polyphase_layout;

static polyphase_layout polyphase_make_layout(const tavse_conv_plan *plan, bool backward) {
    const tavse_conv_shape *s = &plan->shape;
    polyphase_layout l = {0};
    l.tiles_h = (s->out_h + 2) / 3;
    l.tiles_w = (s->out_w + 2) / 3;
    l.tiles = l.tiles_h * l.tiles_w;
    l.inner = 4 * s->in_channels;
    l.phase_pixel = round_up(l.inner, VL);
    l.phase_columns = l.tiles_w * 3 + 3;
    l.phase_rows = l.tiles_h * 3 + 3;
    l.gradient_pixel = round_up(s->out_channels, VL);
    l.gradient_row = l.gradient_pixel + 16;
    l.panels = (s->out_channels + NR - 1) / NR;
    const int64_t per_tile = 4 * PHASE_FREQUENCIES * (l.phase_pixel + l.gradient_row);
    const int64_t blocks = (l.tiles + maximum(28, (448 << 10) / per_tile) - 1) / maximum(28, (448 << 10) / per_tile);
    l.block = (int32_t)((l.tiles + blocks - 1) / blocks);
    l.chunks = minimum(plan->threads, s->batch);
    l.input_rows = 2 * l.phase_rows;
    l.input = (strip_shape){
        .width = s->in_w, .height = s->in_h, .channels = s->in_channels, .left = s->pad_w,
        .columns = (int32_t)maximum(2 * l.phase_columns, s->pad_w + s->in_w), .pixel = s->in_channels,
        .padded = s->in_channels};
    l.gradient_rows = l.tiles_h * 3;
    l.gradient = (strip_shape){
        .width = s->out_w, .height = s->out_h, .channels = s->out_channels, .left = 0, .columns = l.tiles_w * 3,
        .pixel = l.gradient_pixel, .padded = (int32_t)l.gradient_pixel};
    arena thread = {0};
    l.strip = reserve(&thread, 4 * maximum(l.input_rows, s->in_h + s->pad_h) * l.input.columns * l.input.pixel);
    l.phases = reserve(&thread, 4 * l.phase_rows * l.phase_columns * l.phase_pixel);
    l.v = reserve(&thread, 4 * PHASE_FREQUENCIES * l.block * l.phase_pixel);
    l.m = reserve(&thread, 4 * PHASE_FREQUENCIES * l.block * l.gradient_row);
    l.result = reserve(
        &thread, 4 * l.gradient_pixel * (backward ? l.gradient_rows * l.gradient.columns : (int64_t)s->out_h * s->out_w));
    if (backward) {
        l.accumulator = reserve(&thread, 4 * PHASE_FREQUENCIES * l.panels * l.inner * NR);
        l.bias = reserve(&thread, 8 * (int64_t)s->out_channels);
    }
    l.per_thread = round_up(thread.used, 4096) + 64;
    arena all = {.used = l.per_thread * plan->threads};
    l.partial = reserve(&all, (int64_t)sizeof(sums) * s->batch * s->out_channels);
    l.counts = reserve(&all, 8 * (int64_t)s->batch);
    l.total = all.used;
    return l;
}

typedef struct {
    const tavse_conv_plan *plan;
    polyphase_layout layout;
    const tavse_source *inputs, *gradients;
    int32_t input_count, gradient_count;
    const float *packed;
    const tavse_sink *sink;
    float *weight_gradient, *bias_gradient;
    bool accumulate;
    char *workspace;
} polyphase_call;

/// One image: its strip, then pixels [row][column][(r, t, channel)] of the four phases.
static void load_phases(const polyphase_call *call, int64_t image, float *strip, float *phases) {
    const polyphase_layout *l = &call->layout;
    const tavse_conv_shape *s = &call->plan->shape;
    // Rows below the last tap are owed to the sources' stores.
    const int64_t rows = maximum(l->input_rows, s->in_h + s->pad_h);
    load_strip(
        &l->input, call->inputs, call->input_count, image, 1, -s->pad_h, rows - s->pad_h, 0, s->in_h, strip, 0);
    const int64_t pitch = l->input.columns * s->in_channels, pair = 2 * s->in_channels;
    for (int64_t y = 0; y < l->phase_rows; y++) {
        const float *even = strip + 2 * y * pitch, *odd = even + pitch;
        float *out = phases + y * l->phase_columns * l->phase_pixel;
        for (int64_t x = 0; x < l->phase_columns; x++, out += l->phase_pixel, even += pair, odd += pair) {
            for (int64_t c = 0; c < pair; c++) {
                out[c] = even[c];
                out[pair + c] = odd[c];
            }
            for (int64_t c = 2 * pair; c < l->phase_pixel; c++) out[c] = 0;
        }
    }
}

static void phase_transform_input(
    const polyphase_layout *l, const float *phases, int64_t first, int64_t count, float *v) {
    const int64_t pixel = l->phase_pixel, pitch = l->phase_columns * pixel, step = l->block * pixel;
    for (int64_t t = 0; t < count; t++) {
        const float *d = phases + (first + t) / l->tiles_w * 3 * pitch + (first + t) % l->tiles_w * 3 * pixel;
        for (int64_t c = 0; c < pixel; c += VL) {
            vf in[6][6], to[6][6];
            for (int i = 0; i < 6; i++)
                for (int j = 0; j < 6; j++) in[i][j] = load(d + i * pitch + j * pixel + c);
            four_input_tile(in, to);
            for (int f = 0; f < 36; f++) store(v + f * step + t * pixel + c, to[f / 6][f % 6]);
        }
    }
}

// MARK: Weights

/// The 4×4 taps of phase (r, t): the weight at (2a + r, 2b + t), zero where that is 7.
INLINE int32_t phase_tap(int32_t phase, int32_t tap) {
    const int32_t u = 2 * (tap / 4) + phase / 2, v = 2 * (tap % 4) + phase % 2;
    return u < 7 && v < 7 ? u * 7 + v : -1;
}

/// U = G g Gᵀ, [frequency][panel][(phase, channel)][NR].
static void polyphase_pack(const tavse_conv_plan *plan, const float *weights, float *packed) {
    const tavse_conv_shape *s = &plan->shape;
    const int64_t inner = 4 * s->in_channels, panels = (s->out_channels + NR - 1) / NR, step = panels * inner * NR;
    for (int64_t panel = 0; panel < panels; panel++)
        for (int64_t k = 0; k < inner; k++)
            for (int j = 0; j < NV; j++) {
                const int64_t n = panel * NR + j * VL;
                const int32_t phase = (int32_t)(k / s->in_channels), c = (int32_t)(k % s->in_channels);
                vf g[4][4], u[6][6];
                for (int tap = 0; tap < 16; tap++) {
                    const int32_t at = phase_tap(phase, tap);
                    float lanes[VL] = {0};
                    for (int i = 0; at >= 0 && i < VL && n + i < s->out_channels; i++)
                        lanes[i] = weights[((n + i) * s->in_channels + c) * 49 + at];
                    g[tap / 4][tap % 4] = load(lanes);
                }
                weights_4_square(g, u);
                for (int f = 0; f < 36; f++)
                    store(packed + f * step + (panel * inner + k) * NR + j * VL, u[f / 6][f % 6]);
            }
}

// MARK: Forward

static void polyphase_forward_image(void *context, int64_t image, int32_t thread) {
    const polyphase_call *call = context;
    const polyphase_layout *l = &call->layout;
    const tavse_conv_shape *s = &call->plan->shape;
    char *scratch = call->workspace + thread * l->per_thread;
    float *phases = (float *)(scratch + l->phases), *v = (float *)(scratch + l->v), *m = (float *)(scratch + l->m);
    float *result = (float *)(scratch + l->result);
    const int64_t pixel = l->gradient_pixel, pitch = s->out_w * pixel, step = l->block * l->gradient_row;
    load_phases(call, image, (float *)(scratch + l->strip), phases);
    for (int64_t first = 0; first < l->tiles; first += l->block) {
        const int64_t count = minimum(l->block, l->tiles - first);
        phase_transform_input(l, phases, first, count, v);
        for (int64_t f = 0; f < PHASE_FREQUENCIES; f++)
            multiply_rows(
                count, s->out_channels, v + f * l->block * l->phase_pixel, l->phase_pixel, l->inner,
                call->packed + f * l->panels * l->inner * NR, m + f * step, l->gradient_row);
        for (int64_t t = 0; t < count; t++) {
            const int64_t row = (first + t) / l->tiles_w * 3, column = (first + t) % l->tiles_w * 3;
            const int64_t rows = minimum(3, s->out_h - row), columns = minimum(3, s->out_w - column);
            float *y = result + row * pitch + column * pixel;
            for (int64_t c = 0; c < pixel; c += VL) {
                vf from[6][6], to[3][3];
                for (int f = 0; f < 36; f++) from[f / 6][f % 6] = load(m + f * step + t * l->gradient_row + c);
                output_3_square(from, to);
                for (int i = 0; i < rows; i++)
                    for (int j = 0; j < columns; j++) store(y + i * pitch + j * pixel + c, to[i][j]);
            }
        }
    }
    sums *partial = (sums *)(call->workspace + l->partial) + image * s->out_channels;
    if (sink_gathers(call->sink)) memset(partial, 0, sizeof(sums) * (size_t)s->out_channels);
    const int64_t pixels = (int64_t)s->out_h * s->out_w;
    ((int64_t *)(call->workspace + l->counts))[image] = pixels;
    sink_rows(call->sink, s->out_channels, image * pixels, 1, pixels, result, 0, pixel, partial, 0);
}

static void polyphase_forward(
    const tavse_conv_plan *plan, const tavse_source *sources, int32_t source_count, const float *packed,
    const tavse_sink *sink, void *workspace) {
    polyphase_call call = {
        .plan = plan, .layout = polyphase_make_layout(plan, false), .inputs = sources, .input_count = source_count,
        .packed = packed, .sink = sink, .workspace = workspace};
    tavse_parallel_for_limited(plan->shape.batch, plan->threads, polyphase_forward_image, &call);
    sink_finish(
        sink, plan->shape.out_channels, (sums *)(call.workspace + call.layout.partial), plan->shape.batch,
        (int64_t *)(call.workspace + call.layout.counts));
}

// MARK: Weight gradient

static void polyphase_backward_chunk(void *context, int64_t chunk, int32_t thread) {
    (void)thread;
    const polyphase_call *call = context;
    const polyphase_layout *l = &call->layout;
    const tavse_conv_shape *s = &call->plan->shape;
    char *scratch = call->workspace + chunk * l->per_thread;
    float *phases = (float *)(scratch + l->phases), *v = (float *)(scratch + l->v), *m = (float *)(scratch + l->m);
    float *gradient = (float *)(scratch + l->result), *accumulator = (float *)(scratch + l->accumulator);
    double *bias = (double *)(scratch + l->bias);
    memset(bias, 0, sizeof(double) * (size_t)s->out_channels);
    const int64_t pixel = l->gradient_pixel, pitch = l->gradient.columns * pixel, step = l->block * l->gradient_row;
    const int64_t begin = s->batch * chunk / l->chunks, end = s->batch * (chunk + 1) / l->chunks;
    for (int64_t image = begin; image < end; image++) {
        load_phases(call, image, (float *)(scratch + l->strip), phases);
        load_strip(
            &l->gradient, call->gradients, call->gradient_count, image, 1, 0, l->gradient_rows, 0, s->out_h, gradient, 0);
        if (call->bias_gradient)
            add_channel_sums(gradient, pixel, l->gradient_rows * l->gradient.columns, s->out_channels, bias);
        for (int64_t first = 0; first < l->tiles; first += l->block) {
            const int64_t count = minimum(l->block, l->tiles - first);
            phase_transform_input(l, phases, first, count, v);
            for (int64_t t = 0; t < count; t++) {
                const float *d = gradient + (first + t) / l->tiles_w * 3 * pitch + (first + t) % l->tiles_w * 3 * pixel;
                for (int64_t c = 0; c < pixel; c += VL) {
                    vf in[3][3], to[6][6];
                    for (int i = 0; i < 3; i++)
                        for (int j = 0; j < 3; j++) in[i][j] = load(d + i * pitch + j * pixel + c);
                    output_adjoint_3_square(in, to);
                    for (int f = 0; f < 36; f++) store(m + f * step + t * l->gradient_row + c, to[f / 6][f % 6]);
                }
            }
            for (int64_t f = 0; f < PHASE_FREQUENCIES; f++)
                multiply_columns(
                    l->inner, s->out_channels, v + f * l->block * l->phase_pixel, l->phase_pixel, m + f * step,
                    l->gradient_row, count, accumulator + f * l->panels * l->inner * NR, !(image == begin && first == 0));
        }
    }
}

static void polyphase_backward(
    const tavse_conv_plan *plan, const tavse_source *inputs, int32_t input_count, const tavse_source *gradients,
    int32_t gradient_count, float *weight_gradient, float *bias_gradient, bool accumulate, void *workspace) {
    polyphase_call call = {
        .plan = plan, .layout = polyphase_make_layout(plan, true), .inputs = inputs, .gradients = gradients,
        .input_count = input_count, .gradient_count = gradient_count, .weight_gradient = weight_gradient,
        .bias_gradient = bias_gradient, .accumulate = accumulate, .workspace = workspace};
    const polyphase_layout *l = &call.layout;
    const tavse_conv_shape *s = &plan->shape;
    tavse_parallel_for_limited(l->chunks, plan->threads, polyphase_backward_chunk, &call);
    finish_bias_gradient(bias_gradient, s->out_channels, accumulate, workspace, l->chunks, l->per_thread, l->bias);
    const int64_t step = l->panels * l->inner * NR;
    for (int64_t n = 0; n < s->out_channels; n += VL)
        for (int64_t k = 0; k < l->inner; k++) {
            vf u[6][6], g[4][4];
            for (int f = 0; f < 36; f++) {
                vf sum = splat(0);
                for (int64_t chunk = 0; chunk < l->chunks; chunk++) {
                    const float *dU = (const float *)(call.workspace + chunk * l->per_thread + l->accumulator);
                    const vf x = load(dU + f * step + (n / NR * l->inner + k) * NR + n % NR);
                    sum = chunk == 0 ? x : sum + x;
                }
                u[f / 6][f % 6] = sum;
            }
            weights_adjoint_4_square(u, g);
            const int32_t phase = (int32_t)(k / s->in_channels), c = (int32_t)(k % s->in_channels);
            for (int tap = 0; tap < 16; tap++) {
                const int32_t at = phase_tap(phase, tap);
                if (at < 0) continue;
                float lanes[VL];
                store(lanes, g[tap / 4][tap % 4]);
                for (int64_t i = 0; i < minimum(VL, s->out_channels - n); i++) {
                    float *dw = weight_gradient + ((n + i) * s->in_channels + c) * 49 + at;
                    *dw = (accumulate ? *dw : 0) + lanes[i];
                }
            }
        }
}
