// Stride-1 3×3 convolutions by Winograd's minimal filtering.
//
// Forward, per group of images: sources → padded strip → V = Bᵀ d B per tile, laid out [frequency][tile][channel];
// M = V · U per frequency; y = Aᵀ M A → sink. Backward is the adjoint, not a convolution with flipped weights: the
// output gradient is transformed once, dM = A dy Aᵀ, and serves both dV = dM · Uᵀ (then dx = Σ B dV Bᵀ over the
// overlapping tiles) and dU = Vᵀ · dM (then dw = Gᵀ dU G); V is recomputed rather than stored.
//
// Sizes are chosen so that one block of transformed tiles stays in the second-level cache.

typedef struct {
    int32_t tile, out, frequencies;
    int32_t tiles_h, tiles_w, per_image;
    int32_t group, block;  // images per unit, tiles per block
    int64_t units, chunks;
    int64_t input_pixel, gradient_pixel;  // channels rounded up to vectors
    int64_t input_row, gradient_row;      // floats per tile of V and M
    strip_shape input, gradient;
    int64_t input_rows, gradient_rows;
    int64_t input_panels, output_panels;
    // byte offsets inside one thread's scratch
    int64_t strip, other_strip, v, m, result, accumulator, bias, per_thread;
    // byte offsets of what all threads share
    int64_t partial, counts, total;
} winograd_layout;

static winograd_layout winograd_make_layout(const tavse_conv_plan *plan, bool backward) {
    const tavse_conv_shape *s = &plan->shape;
    winograd_layout l = {0};
    l.tile = plan->method == METHOD_WINOGRAD_4 ? 6 : 5;
    l.out = l.tile - 2;
    l.frequencies = l.tile * l.tile;
    l.tiles_h = (s->out_h + l.out - 1) / l.out;
    l.tiles_w = (s->out_w + l.out - 1) / l.out;
    l.per_image = l.tiles_h * l.tiles_w;
    l.input_pixel = round_up(s->in_channels, VL);
    l.gradient_pixel = round_up(s->out_channels, VL);
    // Off the powers of two, whose rows would share cache sets.
    l.input_row = l.input_pixel + 16;
    l.gradient_row = l.gradient_pixel + 16;
    l.input_panels = (s->in_channels + NR - 1) / NR;
    l.output_panels = (s->out_channels + NR - 1) / NR;

    // Blocks of tiles small enough for the second-level cache; but where the transformed weights exceed it, they are
    // read once per block, so blocks must be large enough to pay for that. Forward sums depend on the groups, hence
    // these on the number of threads only where weights are that large.
    const int64_t per_tile = 4 * l.frequencies * (l.input_row + l.gradient_row);
    const int64_t per_weights = 4 * l.frequencies * (int64_t)s->in_channels * s->out_channels;
    const bool large = per_weights > (4 << 20);
    const int64_t wanted = backward ? maximum(48, maximum(s->in_channels, s->out_channels) * 3 / 8) : 28;
    const int64_t pieces = backward || large ? plan->threads : 8;
    const int64_t block = large ? 4096 : maximum(wanted, (512 << 10) / per_tile);
    int64_t group = minimum(maximum(1, block / l.per_image), (s->batch + pieces - 1) / pieces);
    const int64_t tiles = group * l.per_image, blocks = (tiles + block - 1) / block;
    l.block = (int32_t)((tiles + blocks - 1) / blocks);
    l.group = (int32_t)group;
    l.units = (s->batch + group - 1) / group;
    l.chunks = minimum(plan->threads, l.units);

    l.input = (strip_shape){
        .width = s->in_w, .height = s->in_h, .channels = s->in_channels, .left = s->pad_w,
        .columns = l.tiles_w * l.out + 2, .pixel = l.input_pixel, .padded = (int32_t)l.input_pixel};
    l.input_rows = l.tiles_h * l.out + 2;
    l.gradient = (strip_shape){
        .width = s->out_w, .height = s->out_h, .channels = s->out_channels, .left = 0,
        .columns = l.tiles_w * l.out, .pixel = l.gradient_pixel, .padded = (int32_t)l.gradient_pixel};
    l.gradient_rows = l.tiles_h * l.out;

    arena thread = {0};
    const int64_t strip = 4 * group * l.input_rows * l.input.columns * l.input.pixel;
    l.strip = reserve(&thread, strip);
    l.v = reserve(&thread, 4 * l.frequencies * l.block * l.input_row);
    l.m = reserve(&thread, 4 * l.frequencies * l.block * l.gradient_row);
    const int64_t gradient = 4 * group * l.gradient_rows * l.gradient.columns * l.gradient_pixel;
    l.other_strip = backward ? reserve(&thread, gradient) : 0;
    l.result = reserve(&thread, backward ? strip : 4 * group * s->out_h * s->out_w * l.gradient_pixel);
    if (backward) {
        l.accumulator = reserve(&thread, 4 * l.frequencies * l.output_panels * s->in_channels * NR);
        l.bias = reserve(&thread, 8 * (int64_t)s->out_channels);
    }
    l.per_thread = round_up(thread.used, 4096) + 64;

    arena all = {.used = l.per_thread * plan->threads};
    l.partial = reserve(&all, (int64_t)sizeof(sums) * l.units * (backward ? s->in_channels : s->out_channels));
    l.counts = reserve(&all, 8 * l.units);
    l.total = all.used;
    return l;
}

// MARK: Tiles

/// V = Bᵀ d B for `count` tiles from `first` on.
INLINE void transform_input(
    const int tile, const winograd_layout *l, const float *strip, int64_t first, int64_t count, float *v) {
    const int64_t pixel = l->input.pixel, pitch = l->input.columns * pixel, step = l->block * l->input_row;
    for (int64_t t = 0; t < count; t++) {
        const int64_t image = (first + t) / l->per_image, at = (first + t) % l->per_image;
        const float *d = strip + (image * l->input_rows + at / l->tiles_w * l->out) * pitch
            + at % l->tiles_w * l->out * pixel;
        float *out = v + t * l->input_row;
        for (int64_t c = 0; c < pixel; c += VL) {
            if (tile == 6) {
                vf in[6][6], to[6][6];
                for (int i = 0; i < 6; i++)
                    for (int j = 0; j < 6; j++) in[i][j] = load(d + i * pitch + j * pixel + c);
                input_6_square(in, to);
                for (int f = 0; f < 36; f++) store(out + f * step + c, to[f / 6][f % 6]);
            } else {
                vf in[5][5], to[5][5];
                for (int i = 0; i < 5; i++)
                    for (int j = 0; j < 5; j++) in[i][j] = load(d + i * pitch + j * pixel + c);
                input_5_square(in, to);
                for (int f = 0; f < 25; f++) store(out + f * step + c, to[f / 5][f % 5]);
            }
        }
    }
}

/// y = Aᵀ M A for `count` tiles from `first` on, into [image][out_h][out_w][channel].
INLINE void transform_output(
    const int tile, const winograd_layout *l, const tavse_conv_shape *s, const float *m, int64_t first, int64_t count,
    float *result) {
    const int64_t pixel = l->gradient_pixel, step = l->block * l->gradient_row, pitch = s->out_w * pixel;
    for (int64_t t = 0; t < count; t++) {
        const int64_t image = (first + t) / l->per_image, at = (first + t) % l->per_image;
        const int64_t row = at / l->tiles_w * l->out, column = at % l->tiles_w * l->out;
        const int64_t rows = minimum(l->out, s->out_h - row), columns = minimum(l->out, s->out_w - column);
        const float *in = m + t * l->gradient_row;
        float *y = result + (image * s->out_h + row) * pitch + column * pixel;
        for (int64_t c = 0; c < pixel; c += VL) {
            if (tile == 6) {
                vf from[6][6], to[4][4];
                for (int f = 0; f < 36; f++) from[f / 6][f % 6] = load(in + f * step + c);
                output_6_square(from, to);
                if (rows == 4 && columns == 4) {
                    for (int i = 0; i < 4; i++)
                        for (int j = 0; j < 4; j++) store(y + i * pitch + j * pixel + c, to[i][j]);
                } else {
                    for (int i = 0; i < rows; i++)
                        for (int j = 0; j < columns; j++) store(y + i * pitch + j * pixel + c, to[i][j]);
                }
            } else {
                vf from[5][5], to[3][3];
                for (int f = 0; f < 25; f++) from[f / 5][f % 5] = load(in + f * step + c);
                output_5_square(from, to);
                if (rows == 3 && columns == 3) {
                    for (int i = 0; i < 3; i++)
                        for (int j = 0; j < 3; j++) store(y + i * pitch + j * pixel + c, to[i][j]);
                } else {
                    for (int i = 0; i < rows; i++)
                        for (int j = 0; j < columns; j++) store(y + i * pitch + j * pixel + c, to[i][j]);
                }
            }
        }
    }
}

/// dM = A dy Aᵀ; the gradient strip is zero beyond the image.
INLINE void transform_gradient(
    const int tile, const winograd_layout *l, const float *strip, int64_t first, int64_t count, float *m) {
    const int64_t pixel = l->gradient_pixel, pitch = l->gradient.columns * pixel, step = l->block * l->gradient_row;
    for (int64_t t = 0; t < count; t++) {
        const int64_t image = (first + t) / l->per_image, at = (first + t) % l->per_image;
        const float *d = strip + (image * l->gradient_rows + at / l->tiles_w * l->out) * pitch
            + at % l->tiles_w * l->out * pixel;
        float *out = m + t * l->gradient_row;
        for (int64_t c = 0; c < pixel; c += VL) {
            if (tile == 6) {
                vf in[4][4], to[6][6];
                for (int i = 0; i < 4; i++)
                    for (int j = 0; j < 4; j++) in[i][j] = load(d + i * pitch + j * pixel + c);
                output_adjoint_6_square(in, to);
                for (int f = 0; f < 36; f++) store(out + f * step + c, to[f / 6][f % 6]);
            } else {
                vf in[3][3], to[5][5];
                for (int i = 0; i < 3; i++)
                    for (int j = 0; j < 3; j++) in[i][j] = load(d + i * pitch + j * pixel + c);
                output_adjoint_5_square(in, to);
                for (int f = 0; f < 25; f++) store(out + f * step + c, to[f / 5][f % 5]);
            }
        }
    }
}

/// dx += B dV Bᵀ over overlapping tiles, into a strip with borders.
INLINE void overlap_input_gradient(
    const int tile, const winograd_layout *l, const float *v, int64_t first, int64_t count, float *result) {
    const int64_t pixel = l->input.pixel, pitch = l->input.columns * pixel, step = l->block * l->input_row;
    for (int64_t t = 0; t < count; t++) {
        const int64_t image = (first + t) / l->per_image, at = (first + t) % l->per_image;
        float *d = result + (image * l->input_rows + at / l->tiles_w * l->out) * pitch
            + at % l->tiles_w * l->out * pixel;
        const float *in = v + t * l->input_row;
        for (int64_t c = 0; c < pixel; c += VL) {
            if (tile == 6) {
                vf from[6][6], to[6][6];
                for (int f = 0; f < 36; f++) from[f / 6][f % 6] = load(in + f * step + c);
                input_adjoint_6_square(from, to);
                for (int i = 0; i < 6; i++)
                    for (int j = 0; j < 6; j++) {
                        float *x = d + i * pitch + j * pixel + c;
                        store(x, load(x) + to[i][j]);
                    }
            } else {
                vf from[5][5], to[5][5];
                for (int f = 0; f < 25; f++) from[f / 5][f % 5] = load(in + f * step + c);
                input_adjoint_5_square(from, to);
                for (int i = 0; i < 5; i++)
                    for (int j = 0; j < 5; j++) {
                        float *x = d + i * pitch + j * pixel + c;
                        store(x, load(x) + to[i][j]);
                    }
            }
        }
    }
}

#define BY_TILE(F, L, ...) ((L)->tile == 6 ? F(6, L, __VA_ARGS__) : F(5, L, __VA_ARGS__))

// MARK: Weights

typedef struct {
    const tavse_conv_plan *plan;
    const float *weights;
    float *packed;
    int32_t tile;
    bool backward;
} winograd_packing;

/// U = G g Gᵀ for one row of one panel: [frequency][panel][inner][NR].
static void winograd_pack_task(void *context, int64_t index, int32_t thread) {
    (void)thread;
    const winograd_packing *w = context;
    const tavse_conv_shape *s = &w->plan->shape;
    const int64_t inner = w->backward ? s->out_channels : s->in_channels;
    const int64_t columns = w->backward ? s->in_channels : s->out_channels;
    const int64_t column_step = 9 * (w->backward ? 1 : s->in_channels), inner_step = 9 * (w->backward ? s->in_channels : 1);
    const int64_t panels = (columns + NR - 1) / NR, panel = index;
    const int64_t step = panels * inner * NR;
    for (int64_t k = 0; k < inner; k++)
        for (int j = 0; j < NV; j++) {
            const int64_t n = panel * NR + j * VL;
            float lanes[9][VL];
            for (int i = 0; i < VL; i++) {
                const bool real = n + i < columns;
                const float *g = w->weights + (real ? (n + i) * column_step + k * inner_step : 0);
                for (int tap = 0; tap < 9; tap++) lanes[tap][i] = real ? g[tap] : 0;
            }
            float *out = w->packed + (panel * inner + k) * NR + j * VL;
            vf g[3][3];
            for (int tap = 0; tap < 9; tap++) g[tap / 3][tap % 3] = load(lanes[tap]);
            if (w->tile == 6) {
                vf u[6][6];
                weights_6_square(g, u);
                for (int f = 0; f < 36; f++) store(out + f * step, u[f / 6][f % 6]);
            } else {
                vf u[5][5];
                weights_5_square(g, u);
                for (int f = 0; f < 25; f++) store(out + f * step, u[f / 5][f % 5]);
            }
        }
}

static void winograd_pack(const tavse_conv_plan *plan, const float *weights, float *packed, bool backward) {
    winograd_packing w = {plan, weights, packed, plan->method == METHOD_WINOGRAD_4 ? 6 : 5, backward};
    const int64_t columns = backward ? plan->shape.in_channels : plan->shape.out_channels;
    tavse_parallel_for((columns + NR - 1) / NR, winograd_pack_task, &w);
}

// MARK: Forward

typedef struct {
    const tavse_conv_plan *plan;
    winograd_layout layout;
    const tavse_source *inputs, *gradients;
    int32_t input_count, gradient_count;
    const float *packed;
    const tavse_sink *sink;
    float *weight_gradient, *bias_gradient;
    bool accumulate;
    char *workspace;
} winograd_call;

static void winograd_forward_unit(void *context, int64_t unit, int32_t thread) {
    const winograd_call *call = context;
    const winograd_layout *l = &call->layout;
    const tavse_conv_shape *s = &call->plan->shape;
    char *scratch = call->workspace + thread * l->per_thread;
    float *strip = (float *)(scratch + l->strip), *v = (float *)(scratch + l->v), *m = (float *)(scratch + l->m);
    float *result = (float *)(scratch + l->result);
    const int64_t image = unit * l->group, images = minimum(l->group, s->batch - image);
    const int64_t panel = l->output_panels * s->in_channels * NR;
    load_strip(
        &l->input, call->inputs, call->input_count, image, images, -s->pad_h, l->input_rows - s->pad_h, 0, s->in_h,
        strip, l->input_rows * l->input.columns * l->input.pixel);
    const int64_t tiles = images * l->per_image;
    for (int64_t first = 0; first < tiles; first += l->block) {
        const int64_t count = minimum(l->block, tiles - first);
        BY_TILE(transform_input, l, strip, first, count, v);
        for (int64_t f = 0; f < l->frequencies; f++)
            multiply_rows(
                count, s->out_channels, v + f * l->block * l->input_row, l->input_row, s->in_channels,
                call->packed + f * panel, m + f * l->block * l->gradient_row, l->gradient_row);
        BY_TILE(transform_output, l, s, m, first, count, result);
    }
    sums *partial = (sums *)(call->workspace + l->partial) + unit * s->out_channels;
    if (sink_gathers(call->sink)) memset(partial, 0, sizeof(sums) * (size_t)s->out_channels);
    const int64_t pixels = (int64_t)s->out_h * s->out_w;
    ((int64_t *)(call->workspace + l->counts))[unit] = images * pixels;
    sink_rows(
        call->sink, s->out_channels, image * pixels, 1, images * pixels, result, 0, l->gradient_pixel, partial, 0);
}

static void winograd_forward(
    const tavse_conv_plan *plan, const tavse_source *sources, int32_t source_count, const float *packed,
    const tavse_sink *sink, void *workspace) {
    winograd_call call = {
        .plan = plan, .layout = winograd_make_layout(plan, false), .inputs = sources, .input_count = source_count,
        .packed = packed, .sink = sink, .workspace = workspace};
    tavse_parallel_for_limited(call.layout.units, plan->threads, winograd_forward_unit, &call);
    sink_finish(
        sink, plan->shape.out_channels, (sums *)(call.workspace + call.layout.partial), call.layout.units,
        (int64_t *)(call.workspace + call.layout.counts));
}

// MARK: Backward

static void winograd_backward_unit(const winograd_call *call, int64_t unit, int64_t chunk, bool first_unit) {
    const winograd_layout *l = &call->layout;
    const tavse_conv_shape *s = &call->plan->shape;
    char *scratch = call->workspace + chunk * l->per_thread;
    float *strip = (float *)(scratch + l->strip), *other = (float *)(scratch + l->other_strip);
    float *v = (float *)(scratch + l->v), *m = (float *)(scratch + l->m);
    float *result = (float *)(scratch + l->result), *accumulator = (float *)(scratch + l->accumulator);
    const int64_t image = unit * l->group, images = minimum(l->group, s->batch - image);
    const int64_t strip_floats = l->input_rows * l->input.columns * l->input.pixel;

    const int64_t gradient_image = l->gradient_rows * l->gradient.columns * l->gradient_pixel;
    load_strip(
        &l->gradient, call->gradients, call->gradient_count, image, images, 0, l->gradient_rows, 0, s->out_h, other,
        gradient_image);
    if (call->bias_gradient)
        for (int64_t i = 0; i < images; i++)
            add_channel_sums(
                other + i * gradient_image, l->gradient_pixel, l->gradient_rows * l->gradient.columns,
                s->out_channels, (double *)(scratch + l->bias));
    if (call->weight_gradient)
        load_strip(
            &l->input, call->inputs, call->input_count, image, images, -s->pad_h, l->input_rows - s->pad_h, 0,
            s->in_h, strip, strip_floats);
    if (call->sink) memset(result, 0, sizeof(float) * (size_t)(images * strip_floats));

    const int64_t tiles = images * l->per_image;
    const int64_t backward_panel = l->input_panels * s->out_channels * NR;
    const int64_t forward_panel = l->output_panels * s->in_channels * NR;
    for (int64_t first = 0; first < tiles; first += l->block) {
        const int64_t count = minimum(l->block, tiles - first);
        BY_TILE(transform_gradient, l, other, first, count, m);
        if (call->sink) {
            for (int64_t f = 0; f < l->frequencies; f++)
                multiply_rows(
                    count, s->in_channels, m + f * l->block * l->gradient_row, l->gradient_row, s->out_channels,
                    call->packed + f * backward_panel, v + f * l->block * l->input_row, l->input_row);
            BY_TILE(overlap_input_gradient, l, v, first, count, result);
        }
        if (call->weight_gradient) {
            BY_TILE(transform_input, l, strip, first, count, v);
            for (int64_t f = 0; f < l->frequencies; f++)
                multiply_columns(
                    s->in_channels, s->out_channels, v + f * l->block * l->input_row, l->input_row,
                    m + f * l->block * l->gradient_row, l->gradient_row, count, accumulator + f * forward_panel,
                    !(first_unit && first == 0));
        }
    }
    if (!call->sink) return;
    sums *partial = (sums *)(call->workspace + l->partial) + unit * s->in_channels;
    if (sink_gathers(call->sink)) memset(partial, 0, sizeof(sums) * (size_t)s->in_channels);
    const int64_t pixels = (int64_t)s->in_h * s->in_w, pitch = l->input.columns * l->input.pixel;
    ((int64_t *)(call->workspace + l->counts))[unit] = images * pixels;
    for (int64_t i = 0; i < images; i++)
        sink_rows(
            call->sink, s->in_channels, (image + i) * pixels, s->in_h, s->in_w,
            result + i * strip_floats + s->pad_h * pitch + s->pad_w * l->input.pixel, pitch, l->input.pixel, partial,
            i * pixels);
}

static void winograd_backward_chunk(void *context, int64_t chunk, int32_t thread) {
    (void)thread;
    const winograd_call *call = context;
    const winograd_layout *l = &call->layout;
    const int64_t begin = l->units * chunk / l->chunks, end = l->units * (chunk + 1) / l->chunks;
    memset(call->workspace + chunk * l->per_thread + l->bias, 0, sizeof(double) * (size_t)call->plan->shape.out_channels);
    for (int64_t unit = begin; unit < end; unit++) winograd_backward_unit(call, unit, chunk, unit == begin);
}

/// dw = Gᵀ dU G for some rows of one panel, the chunks' sums added in order.
static void winograd_weight_gradient_task(void *context, int64_t index, int32_t thread) {
    (void)thread;
    const winograd_call *call = context;
    const winograd_layout *l = &call->layout;
    const tavse_conv_shape *s = &call->plan->shape;
    const int64_t inner = s->in_channels, step = l->output_panels * inner * NR;
    const int64_t panel = index / inner, k = index % inner;
    for (int j = 0; j < NV && panel * NR + j * VL < s->out_channels; j++) {
        const int64_t n = panel * NR + j * VL;
        vf u[6][6], g[3][3];
        for (int f = 0; f < l->frequencies; f++) {
            vf sum = splat(0);
            for (int64_t chunk = 0; chunk < l->chunks; chunk++) {
                const float *dU = (const float *)(call->workspace + chunk * l->per_thread + l->accumulator);
                const vf x = load(dU + f * step + (panel * inner + k) * NR + j * VL);
                sum = chunk == 0 ? x : sum + x;
            }
            u[f / l->tile][f % l->tile] = sum;
        }
        if (l->tile == 6) {
            weights_adjoint_6_square(u, g);
        } else {
            vf small[5][5];
            for (int f = 0; f < 25; f++) small[f / 5][f % 5] = u[f / 5][f % 5];
            weights_adjoint_5_square(small, g);
        }
        float lanes[9][VL];
        for (int tap = 0; tap < 9; tap++) store(lanes[tap], g[tap / 3][tap % 3]);
        const int64_t count = minimum(VL, s->out_channels - n);
        for (int64_t i = 0; i < count; i++) {
            float *dw = call->weight_gradient + ((n + i) * inner + k) * 9;
            for (int tap = 0; tap < 9; tap++) dw[tap] = (call->accumulate ? dw[tap] : 0) + lanes[tap][i];
        }
    }
}

/// Adds the chunks' channel sums, in order.
INLINE void finish_bias_gradient(
    float *bias_gradient, int32_t channels, bool accumulate, const char *workspace, int64_t chunks, int64_t per_chunk,
    int64_t at) {
    if (!bias_gradient) return;
    for (int32_t n = 0; n < channels; n++) {
        double sum = 0;
        for (int64_t chunk = 0; chunk < chunks; chunk++) sum += ((const double *)(workspace + chunk * per_chunk + at))[n];
        bias_gradient[n] = (accumulate ? bias_gradient[n] : 0) + (float)sum;
    }
}

static void winograd_backward(
    const tavse_conv_plan *plan, const tavse_source *inputs, int32_t input_count, const tavse_source *gradients,
    int32_t gradient_count, const float *packed, const tavse_sink *input_gradient, float *weight_gradient,
    float *bias_gradient, bool accumulate, void *workspace) {
    winograd_call call = {
        .plan = plan, .layout = winograd_make_layout(plan, true), .inputs = inputs, .gradients = gradients,
        .input_count = input_count, .gradient_count = gradient_count, .packed = packed, .sink = input_gradient,
        .weight_gradient = weight_gradient, .bias_gradient = bias_gradient, .accumulate = accumulate,
        .workspace = workspace};
    const winograd_layout *l = &call.layout;
    const tavse_conv_shape *s = &plan->shape;
    tavse_parallel_for_limited(l->chunks, plan->threads, winograd_backward_chunk, &call);
    if (weight_gradient) tavse_parallel_for(l->output_panels * s->in_channels, winograd_weight_gradient_task, &call);
    finish_bias_gradient(bias_gradient, s->out_channels, accumulate, workspace, l->chunks, l->per_thread, l->bias);
    if (input_gradient)
        sink_finish(
            input_gradient, s->in_channels, (sums *)(call.workspace + l->partial), l->units,
            (int64_t *)(call.workspace + l->counts));
}
