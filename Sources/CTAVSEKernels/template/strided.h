// Stride-2 3×3 convolutions of padding 1 by minimal filtering of their phases.
//
// Along one axis, with x split into even positions e and odd positions o of the padded row,
//
//     y[i] = w[0] · e[i] + w[2] · e[i + 1] + w[1] · o[i]
//
// is a convolution of two taps over e and of one over o. F(3, 2) with the points 0, 1, −1, ∞ takes 4 products for three
// outputs of the first, the second takes 3. Both axes together take 49 products for 9 outputs where the direct sum
// takes 81. Products with o share their weights, so that there are 25 weight matrices: *classes* of 1, 3 or 9 of the 49
// frequencies. The factors of all transforms are 0, ±1 and ½; the error is that of the direct sum.
//
// Layout and order follow winograd.h. Large images are taken in bands of tile rows; neighbouring tiles share one input
// row, which the input gradient carries from band to band.
//
// > Source: Winograd, *Arithmetic Complexity of Computations*, SIAM 1980.

enum { STRIDED_TILE = 7, STRIDED_OUT = 3, STRIDED_STEP = 6, STRIDED_FREQUENCIES = 49, STRIDED_CLASSES = 25 };

INLINE int64_t strided_tiles(int64_t length) { return (length + STRIDED_OUT - 1) / STRIDED_OUT; }

INLINE bool strided_suits(const tavse_conv_shape *s) {
    if (s->kernel_h != 3 || s->kernel_w != 3 || s->stride_h != 2 || s->stride_w != 2) return false;
    if (s->pad_h != 1 || s->pad_w != 1 || s->in_channels < VL || s->out_channels < VL) return false;
    const int64_t products = STRIDED_FREQUENCIES * strided_tiles(s->out_h) * strided_tiles(s->out_w);
    return products * 4 <= 27 * (int64_t)s->out_h * s->out_w;
}

// MARK: Transforms

INLINE void strided_input(const vf *d, vf *v) {
    v[0] = d[0] - d[4];
    v[1] = d[2] + d[4];
    v[2] = d[4] - d[2];
    v[3] = d[6] - d[2];
    v[4] = d[1];
    v[5] = d[3];
    v[6] = d[5];
}

INLINE void strided_input_adjoint(const vf *v, vf *d) {
    d[0] = v[0];
    d[1] = v[4];
    d[2] = v[1] - v[2] - v[3];
    d[3] = v[5];
    d[4] = v[1] + v[2] - v[0];
    d[5] = v[6];
    d[6] = v[3];
}

INLINE void strided_output(const vf *m, vf *y) {
    const vf s = m[1] + m[2];
    y[0] = m[0] + s + m[4];
    y[1] = m[1] - m[2] + m[5];
    y[2] = s + m[3] + m[6];
}

INLINE void strided_output_adjoint(const vf *y, vf *m) {
    const vf s = y[0] + y[2];
    m[0] = y[0];
    m[1] = s + y[1];
    m[2] = s - y[1];
    m[3] = y[2];
    m[4] = y[0];
    m[5] = y[1];
    m[6] = y[2];
}

INLINE void strided_weights(const vf *g, vf *u) {
    u[0] = g[0];
    u[1] = 0.5f * (g[0] + g[2]);
    u[2] = 0.5f * (g[0] - g[2]);
    u[3] = g[2];
    u[4] = g[1];
}

INLINE void strided_weights_adjoint(const vf *u, vf *g) {
    g[0] = u[0] + 0.5f * (u[1] + u[2]);
    g[1] = u[4];
    g[2] = u[3] + 0.5f * (u[1] - u[2]);
}

TWO_DIMENSIONAL(strided_input, 7, 7)
TWO_DIMENSIONAL(strided_input_adjoint, 7, 7)
TWO_DIMENSIONAL(strided_output, 7, 3)
TWO_DIMENSIONAL(strided_output_adjoint, 3, 7)
TWO_DIMENSIONAL(strided_weights, 3, 5)
TWO_DIMENSIONAL(strided_weights_adjoint, 5, 3)

/// Where frequency (i, j) lies among the 49, those of one class side by side.
INLINE int64_t strided_slot(int i, int j) {
    if (i < 4) return 7 * i + j;
    return j < 4 ? 28 + 3 * j + i - 4 : 40 + 3 * (i - 4) + j - 4;
}

/// First slot of class (i, j) = class / 5, class % 5, and how many frequencies it has.
INLINE int64_t strided_class_slot(int64_t class) { return strided_slot((int)(class / 5), (int)(class % 5)); }
INLINE int64_t strided_class_size(int64_t class) { return (class / 5 == 4 ? 3 : 1) * (class % 5 == 4 ? 3 : 1); }

// MARK: Layout

typedef struct {
    int32_t tiles_h, tiles_w;
    int32_t group;        // images per unit; 1 where an image is taken in bands
    int32_t strip, band;  // tile rows per unit, and per band
    int64_t strips, units, chunks, block;
    int64_t input_row, gradient_row;  // floats per tile of V and M
    strip_shape input, gradient;
    int64_t input_rows, gradient_rows;  // of a band
    int64_t input_panels, output_panels;
    // byte offsets inside one thread's scratch
    int64_t input_strip, gradient_strip, v, m, result, accumulator, bias, per_thread;
    // byte offsets of what all threads share
    int64_t partial, counts, total;
} strided_layout;

static strided_layout strided_make_layout(const tavse_conv_plan *plan, bool backward) {
    const tavse_conv_shape *s = &plan->shape;
    strided_layout l = {0};
    l.tiles_h = (int32_t)strided_tiles(s->out_h);
    l.tiles_w = (int32_t)strided_tiles(s->out_w);
    const int64_t input_pixel = round_up(s->in_channels, VL), gradient_pixel = round_up(s->out_channels, VL);
    l.input_row = input_pixel + 16;
    l.gradient_row = gradient_pixel + 16;
    l.input_panels = (s->in_channels + NR - 1) / NR;
    l.output_panels = (s->out_channels + NR - 1) / NR;

    // As in winograd.h: blocks of tiles for the second-level cache, larger ones where the weights exceed it.
    const int64_t per_tile = 4 * STRIDED_FREQUENCIES * (l.input_row + l.gradient_row), per_image = l.tiles_h * l.tiles_w;
    const bool large = 4 * STRIDED_CLASSES * (int64_t)s->in_channels * s->out_channels > (4 << 20);
    const int64_t wanted = backward ? maximum(16, maximum(s->in_channels, s->out_channels) / 8) : 14;
    const int64_t block = large ? maximum(64, (8 << 20) / per_tile) : maximum(wanted, (512 << 10) / per_tile);
    const int64_t pieces = backward || large ? plan->threads : 8;
    if (per_image <= block && s->batch >= pieces) {
        l.group = (int32_t)minimum(block / per_image, (s->batch + pieces - 1) / pieces);
        l.strip = l.band = l.tiles_h;
    } else {
        // Bands share rows only within a unit, so backward, where that costs a row of tiles, takes large units.
        const int64_t units = backward ? 2 * plan->threads : 64;
        const int64_t strips = minimum((units + s->batch - 1) / s->batch, (l.tiles_h + 1) / 2);
        l.group = 1;
        l.strip = (int32_t)((l.tiles_h + strips - 1) / strips);
        const int64_t most = minimum(l.strip, maximum(1, block / l.tiles_w)), bands = (l.strip + most - 1) / most;
        l.band = (int32_t)((l.strip + bands - 1) / bands);
    }
    l.strips = (l.tiles_h + l.strip - 1) / l.strip;
    l.units = (s->batch + l.group - 1) / l.group * l.strips;
    l.chunks = minimum(plan->threads, l.units);
    const int64_t tiles = (int64_t)l.group * l.band * l.tiles_w, blocks = (tiles + block - 1) / block;
    l.block = (tiles + blocks - 1) / blocks;

    l.input_rows = STRIDED_STEP * l.band + 1;
    l.input = (strip_shape){
        .width = s->in_w, .height = s->in_h, .channels = s->in_channels, .left = 1,
        .columns = STRIDED_STEP * l.tiles_w + 1, .pixel = input_pixel, .padded = (int32_t)input_pixel};
    l.gradient_rows = STRIDED_OUT * l.band;
    l.gradient = (strip_shape){
        .width = s->out_w, .height = s->out_h, .channels = s->out_channels, .left = 0,
        .columns = STRIDED_OUT * l.tiles_w, .pixel = gradient_pixel, .padded = (int32_t)gradient_pixel};

    arena thread = {0};
    const int64_t strip = 4 * l.group * l.input_rows * l.input.columns * input_pixel;
    const int64_t gradient = 4 * l.group * l.gradient_rows * l.gradient.columns * gradient_pixel;
    l.input_strip = reserve(&thread, strip);
    l.v = reserve(&thread, 4 * STRIDED_FREQUENCIES * l.block * l.input_row);
    l.m = reserve(&thread, 4 * STRIDED_FREQUENCIES * l.block * l.gradient_row);
    l.gradient_strip = backward ? reserve(&thread, gradient) : 0;
    l.result = reserve(&thread, backward ? strip : gradient);
    if (backward) {
        l.accumulator = reserve(&thread, 4 * STRIDED_CLASSES * l.output_panels * s->in_channels * NR);
        l.bias = reserve(&thread, 8 * (int64_t)s->out_channels);
    }
    l.per_thread = round_up(thread.used, 4096) + 64;
    arena all = {.used = l.per_thread * plan->threads};
    l.partial = reserve(&all, (int64_t)sizeof(sums) * l.units * (backward ? s->in_channels : s->out_channels));
    l.counts = reserve(&all, 8 * l.units);
    l.total = all.used;
    return l;
}

typedef struct {
    const tavse_conv_plan *plan;
    strided_layout layout;
    const tavse_source *inputs, *gradients;
    int32_t input_count, gradient_count;
    const float *packed;
    const tavse_sink *sink;
    float *weight_gradient, *bias_gradient;
    bool accumulate;
    char *workspace;
} strided_call;

/// Images and tile rows of a unit.
typedef struct {
    int64_t image, images, begin, end;
} strided_unit;

INLINE strided_unit strided_unit_at(const strided_layout *l, const tavse_conv_shape *s, int64_t unit) {
    const int64_t image = unit / l->strips * l->group, begin = unit % l->strips * l->strip;
    return (strided_unit){
        image, minimum(l->group, s->batch - image), begin, minimum(l->tiles_h, begin + l->strip)};
}

/// The input of tile rows begin ..< end; with `continues`, the unit's previous band lies in the strip.
static void strided_load_input(
    const strided_call *call, const strided_unit *u, int64_t begin, int64_t end, bool continues, float *strip) {
    const strided_layout *l = &call->layout;
    const int64_t pitch = l->input.columns * l->input.pixel, shared = STRIDED_STEP * (int64_t)l->band * pitch;
    int64_t first = STRIDED_STEP * begin - 1;
    if (continues) {
        memcpy(strip, strip + shared, sizeof(float) * (size_t)pitch);
        first++;
        strip += pitch;
    }
    // Every row belongs to one unit, which honours the sources' stores.
    const int64_t own_begin = STRIDED_STEP * u->begin - 1;
    const int64_t own_end = u->end == l->tiles_h ? call->plan->shape.in_h : STRIDED_STEP * u->end - 1;
    load_strip(
        &l->input, call->inputs, call->input_count, u->image, u->images, first, STRIDED_STEP * end, own_begin, own_end,
        strip, l->input_rows * pitch);
}

// MARK: Tiles

/// Places of tile `t` of a band: its image, row and column.
INLINE void strided_place(const strided_layout *l, int64_t rows, int64_t t, int64_t *image, int64_t *row, int64_t *column) {
    const int64_t at = t % (rows * l->tiles_w);
    *image = t / (rows * l->tiles_w);
    *row = at / l->tiles_w;
    *column = at % l->tiles_w;
}

/// V = Bᵀ d B for `count` tiles from `first` on of a band of `rows` tile rows, [slot][tile][channel].
static void strided_transform_input(
    const strided_layout *l, int64_t rows, const float *strip, int64_t first, int64_t count, float *v) {
    const int64_t pixel = l->input.pixel, pitch = l->input.columns * pixel, step = count * l->input_row;
    for (int64_t t = 0; t < count; t++) {
        int64_t image, row, column;
        strided_place(l, rows, first + t, &image, &row, &column);
        const float *d = strip + (image * l->input_rows + row * STRIDED_STEP) * pitch + column * STRIDED_STEP * pixel;
        float *out = v + t * l->input_row;
        for (int64_t c = 0; c < pixel; c += VL) {
            vf in[7][7], to[7][7];
#pragma clang loop unroll(full)
            for (int i = 0; i < 7; i++)
#pragma clang loop unroll(full)
                for (int j = 0; j < 7; j++) in[i][j] = load(d + i * pitch + j * pixel + c);
            strided_input_square(in, to);
#pragma clang loop unroll(full)
            for (int i = 0; i < 7; i++)
#pragma clang loop unroll(full)
                for (int j = 0; j < 7; j++) store(out + strided_slot(i, j) * step + c, to[i][j]);
        }
    }
}

/// dM = A dy Aᵀ.
static void strided_transform_gradient(
    const strided_layout *l, int64_t rows, const float *strip, int64_t first, int64_t count, float *m) {
    const int64_t pixel = l->gradient.pixel, pitch = l->gradient.columns * pixel, step = count * l->gradient_row;
    for (int64_t t = 0; t < count; t++) {
        int64_t image, row, column;
        strided_place(l, rows, first + t, &image, &row, &column);
        const float *d = strip + (image * l->gradient_rows + row * STRIDED_OUT) * pitch + column * STRIDED_OUT * pixel;
        float *out = m + t * l->gradient_row;
        for (int64_t c = 0; c < pixel; c += VL) {
            vf in[3][3], to[7][7];
#pragma clang loop unroll(full)
            for (int i = 0; i < 3; i++)
#pragma clang loop unroll(full)
                for (int j = 0; j < 3; j++) in[i][j] = load(d + i * pitch + j * pixel + c);
            strided_output_adjoint_square(in, to);
#pragma clang loop unroll(full)
            for (int i = 0; i < 7; i++)
#pragma clang loop unroll(full)
                for (int j = 0; j < 7; j++) store(out + strided_slot(i, j) * step + c, to[i][j]);
        }
    }
}

/// y = Aᵀ M A, into whole tiles of a band.
static void strided_transform_output(
    const strided_layout *l, int64_t rows, const float *m, int64_t first, int64_t count, float *result) {
    const int64_t pixel = l->gradient.pixel, pitch = l->gradient.columns * pixel, step = count * l->gradient_row;
    for (int64_t t = 0; t < count; t++) {
        int64_t image, row, column;
        strided_place(l, rows, first + t, &image, &row, &column);
        float *y = result + (image * l->gradient_rows + row * STRIDED_OUT) * pitch + column * STRIDED_OUT * pixel;
        const float *in = m + t * l->gradient_row;
        for (int64_t c = 0; c < pixel; c += VL) {
            vf from[7][7], to[3][3];
#pragma clang loop unroll(full)
            for (int i = 0; i < 7; i++)
#pragma clang loop unroll(full)
                for (int j = 0; j < 7; j++) from[i][j] = load(in + strided_slot(i, j) * step + c);
            strided_output_square(from, to);
#pragma clang loop unroll(full)
            for (int i = 0; i < 3; i++)
#pragma clang loop unroll(full)
                for (int j = 0; j < 3; j++) store(y + i * pitch + j * pixel + c, to[i][j]);
        }
    }
}

/// dx = B dV Bᵀ, into a band whose first row and column hold what earlier tiles gave. Tiles come in order, so a tile
/// adds to the row above and the column on its left, and is the first to write the rest.
static void strided_overlap(
    const strided_layout *l, int64_t rows, const float *v, int64_t first, int64_t count, float *result) {
    const int64_t pixel = l->input.pixel, pitch = l->input.columns * pixel, step = count * l->input_row;
    for (int64_t t = 0; t < count; t++) {
        int64_t image, row, column;
        strided_place(l, rows, first + t, &image, &row, &column);
        float *d = result + (image * l->input_rows + row * STRIDED_STEP) * pitch + column * STRIDED_STEP * pixel;
        const float *in = v + t * l->input_row;
        for (int64_t c = 0; c < pixel; c += VL) {
            vf from[7][7], to[7][7];
#pragma clang loop unroll(full)
            for (int i = 0; i < 7; i++)
#pragma clang loop unroll(full)
                for (int j = 0; j < 7; j++) from[i][j] = load(in + strided_slot(i, j) * step + c);
            strided_input_adjoint_square(from, to);
#pragma clang loop unroll(full)
            for (int i = 0; i < 7; i++)
#pragma clang loop unroll(full)
                for (int j = 0; j < 7; j++) {
                    float *x = d + i * pitch + j * pixel + c;
                    const bool shared = i == 0 || j == 0 || i == 6;
                    store(x, shared ? load(x) + to[i][j] : to[i][j]);
                }
        }
    }
}

// MARK: Weights

typedef struct {
    const tavse_conv_plan *plan;
    const float *weights;
    float *packed;
    bool backward;
} strided_packing;

/// U = G g Gᵀ for one panel: [class][panel][inner][NR].
static void strided_pack_task(void *context, int64_t panel, int32_t thread) {
    (void)thread;
    const strided_packing *w = context;
    const tavse_conv_shape *s = &w->plan->shape;
    const int64_t inner = w->backward ? s->out_channels : s->in_channels;
    const int64_t columns = w->backward ? s->in_channels : s->out_channels;
    const int64_t column_step = 9 * (w->backward ? 1 : s->in_channels), inner_step = 9 * (w->backward ? s->in_channels : 1);
    const int64_t step = (columns + NR - 1) / NR * inner * NR;
    for (int64_t k = 0; k < inner; k++)
        for (int j = 0; j < NV; j++) {
            const int64_t n = panel * NR + j * VL;
            float lanes[9][VL];
            for (int i = 0; i < VL; i++) {
                const bool real = n + i < columns;
                const float *g = w->weights + (real ? (n + i) * column_step + k * inner_step : 0);
                for (int tap = 0; tap < 9; tap++) lanes[tap][i] = real ? g[tap] : 0;
            }
            vf g[3][3], u[5][5];
            for (int tap = 0; tap < 9; tap++) g[tap / 3][tap % 3] = load(lanes[tap]);
            strided_weights_square(g, u);
            float *out = w->packed + (panel * inner + k) * NR + j * VL;
            for (int f = 0; f < STRIDED_CLASSES; f++) store(out + f * step, u[f / 5][f % 5]);
        }
}

static void strided_pack(const tavse_conv_plan *plan, const float *weights, float *packed, bool backward) {
    strided_packing w = {plan, weights, packed, backward};
    const int64_t columns = backward ? plan->shape.in_channels : plan->shape.out_channels;
    tavse_parallel_for((columns + NR - 1) / NR, strided_pack_task, &w);
}

// MARK: Forward

static void strided_forward_unit(void *context, int64_t unit, int32_t thread) {
    const strided_call *call = context;
    const strided_layout *l = &call->layout;
    const tavse_conv_shape *s = &call->plan->shape;
    char *scratch = call->workspace + thread * l->per_thread;
    float *strip = (float *)(scratch + l->input_strip), *result = (float *)(scratch + l->result);
    float *v = (float *)(scratch + l->v), *m = (float *)(scratch + l->m);
    const strided_unit u = strided_unit_at(l, s, unit);
    const int64_t panel = l->output_panels * s->in_channels * NR;
    const int64_t pixel = l->gradient.pixel, pitch = l->gradient.columns * pixel;
    sums *partial = (sums *)(call->workspace + l->partial) + unit * s->out_channels;
    if (sink_gathers(call->sink)) memset(partial, 0, sizeof(sums) * (size_t)s->out_channels);
    int64_t seen = 0;
    for (int64_t begin = u.begin; begin < u.end; begin += l->band) {
        const int64_t end = minimum(u.end, begin + l->band), rows = end - begin;
        strided_load_input(call, &u, begin, end, begin > u.begin, strip);
        const int64_t tiles = u.images * rows * l->tiles_w;
        for (int64_t first = 0; first < tiles; first += l->block) {
            const int64_t count = minimum(l->block, tiles - first);
            strided_transform_input(l, rows, strip, first, count, v);
            for (int64_t f = 0; f < STRIDED_CLASSES; f++) {
                const int64_t at = strided_class_slot(f) * count;
                multiply_rows(
                    count * strided_class_size(f), s->out_channels, v + at * l->input_row, l->input_row,
                    s->in_channels, call->packed + f * panel, m + at * l->gradient_row, l->gradient_row);
            }
            strided_transform_output(l, rows, m, first, count, result);
        }
        const int64_t y0 = STRIDED_OUT * begin, y1 = minimum(s->out_h, STRIDED_OUT * end);
        for (int64_t i = 0; i < u.images; i++) {
            sink_rows(
                call->sink, s->out_channels, ((u.image + i) * s->out_h + y0) * s->out_w, y1 - y0, s->out_w,
                result + i * l->gradient_rows * pitch, pitch, pixel, partial, seen);
            seen += (y1 - y0) * s->out_w;
        }
    }
    ((int64_t *)(call->workspace + l->counts))[unit] = seen;
}

static void strided_forward(
    const tavse_conv_plan *plan, const tavse_source *sources, int32_t source_count, const float *packed,
    const tavse_sink *sink, void *workspace) {
    strided_call call = {
        .plan = plan, .layout = strided_make_layout(plan, false), .inputs = sources, .input_count = source_count,
        .packed = packed, .sink = sink, .workspace = workspace};
    const strided_layout *l = &call.layout;
    tavse_parallel_for_limited(l->units, plan->threads, strided_forward_unit, &call);
    sink_finish(
        sink, plan->shape.out_channels, (sums *)(call.workspace + l->partial), l->units,
        (int64_t *)(call.workspace + l->counts));
}

// MARK: Backward

/// One band: dx into the strip `result`, dw into the accumulator; `fresh` says that it holds nothing yet.
static void strided_backward_band(
    const strided_call *call, char *scratch, int64_t rows, int64_t images, bool wants_weights, bool fresh) {
    const strided_layout *l = &call->layout;
    const tavse_conv_shape *s = &call->plan->shape;
    const float *strip = (const float *)(scratch + l->input_strip);
    float *v = (float *)(scratch + l->v), *m = (float *)(scratch + l->m);
    float *accumulator = (float *)(scratch + l->accumulator);
    const int64_t backward_panel = l->input_panels * s->out_channels * NR;
    const int64_t forward_panel = l->output_panels * s->in_channels * NR;
    const int64_t tiles = images * rows * l->tiles_w;
    for (int64_t first = 0; first < tiles; first += l->block) {
        const int64_t count = minimum(l->block, tiles - first);
        strided_transform_gradient(l, rows, (const float *)(scratch + l->gradient_strip), first, count, m);
        if (call->sink) {
            for (int64_t f = 0; f < STRIDED_CLASSES; f++) {
                const int64_t at = strided_class_slot(f) * count;
                multiply_rows(
                    count * strided_class_size(f), s->in_channels, m + at * l->gradient_row, l->gradient_row,
                    s->out_channels, call->packed + f * backward_panel, v + at * l->input_row, l->input_row);
            }
            strided_overlap(l, rows, v, first, count, (float *)(scratch + l->result));
        }
        if (!wants_weights) continue;
        strided_transform_input(l, rows, strip, first, count, v);
        for (int64_t f = 0; f < STRIDED_CLASSES; f++) {
            const int64_t at = strided_class_slot(f) * count;
            multiply_columns(
                s->in_channels, s->out_channels, v + at * l->input_row, l->input_row, m + at * l->gradient_row,
                l->gradient_row, count * strided_class_size(f), accumulator + f * forward_panel, !(fresh && first == 0));
        }
    }
}

static void strided_backward_unit(const strided_call *call, int64_t unit, int64_t chunk, bool first_unit) {
    const strided_layout *l = &call->layout;
    const tavse_conv_shape *s = &call->plan->shape;
    char *scratch = call->workspace + chunk * l->per_thread;
    float *gradient = (float *)(scratch + l->gradient_strip), *result = (float *)(scratch + l->result);
    const strided_unit u = strided_unit_at(l, s, unit);
    const int64_t pitch = l->input.columns * l->input.pixel, image_stride = l->input_rows * pitch;
    const int64_t gradient_pitch = l->gradient.columns * l->gradient.pixel;
    const int64_t gradient_image = l->gradient_rows * gradient_pitch;
    sums *partial = (sums *)(call->workspace + l->partial) + unit * s->in_channels;
    if (call->sink && sink_gathers(call->sink)) memset(partial, 0, sizeof(sums) * (size_t)s->in_channels);
    int64_t seen = 0, first = u.begin;
    // The tiles above the unit reach its first input row.
    const bool above = call->sink && u.begin > 0;
    if (above) first--;
    for (int64_t begin = first, end; begin < u.end; begin = end) {
        const bool own = begin >= u.begin;
        end = own ? minimum(u.end, begin + l->band) : u.begin;
        const int64_t rows = end - begin;
        load_strip(
            &l->gradient, call->gradients, call->gradient_count, u.image, u.images, STRIDED_OUT * begin,
            STRIDED_OUT * end, own ? 0 : s->out_h, s->out_h, gradient, gradient_image);
        if (own && call->bias_gradient)
            for (int64_t i = 0; i < u.images; i++)
                add_channel_sums(
                    gradient + i * gradient_image, l->gradient.pixel, STRIDED_OUT * rows * l->gradient.columns,
                    s->out_channels, (double *)(scratch + l->bias));
        const bool wants_weights = own && call->weight_gradient;
        if (wants_weights)
            strided_load_input(call, &u, begin, end, begin > u.begin, (float *)(scratch + l->input_strip));
        if (call->sink)
            for (int64_t i = 0; i < u.images; i++) {
                // The row shared with the band before carries over; elsewhere tiles write before they add.
                float *rows_of = result + i * image_stride;
                for (int64_t r = begin == first ? 0 : 1; r <= STRIDED_STEP * rows; r++)
                    memset(
                        rows_of + r * pitch, 0,
                        sizeof(float) * (size_t)(r % STRIDED_STEP == 0 ? pitch : l->input.pixel));
            }
        strided_backward_band(call, scratch, rows, u.images, wants_weights, first_unit && begin == u.begin);
        if (!call->sink) continue;
        if (own) {
            // Row r of the band is input row 6 · begin + r − 1; the last band of an image takes all that is left.
            const int64_t y0 = maximum(0, STRIDED_STEP * begin - 1);
            const int64_t y1 = end == l->tiles_h ? s->in_h : STRIDED_STEP * end - 1;
            for (int64_t i = 0; i < u.images; i++) {
                sink_rows(
                    call->sink, s->in_channels, ((u.image + i) * s->in_h + y0) * s->in_w, y1 - y0, s->in_w,
                    result + i * image_stride + (y0 + 1 - STRIDED_STEP * begin) * pitch + l->input.pixel, pitch,
                    l->input.pixel, partial, seen);
                seen += (y1 - y0) * s->in_w;
            }
        }
        memcpy(result, result + STRIDED_STEP * rows * pitch, sizeof(float) * (size_t)pitch);
    }
    ((int64_t *)(call->workspace + l->counts))[unit] = seen;
}

static void strided_backward_chunk(void *context, int64_t chunk, int32_t thread) {
    (void)thread;
    const strided_call *call = context;
    const strided_layout *l = &call->layout;
    const int64_t begin = l->units * chunk / l->chunks, end = l->units * (chunk + 1) / l->chunks;
    memset(call->workspace + chunk * l->per_thread + l->bias, 0, sizeof(double) * (size_t)call->plan->shape.out_channels);
    for (int64_t unit = begin; unit < end; unit++) strided_backward_unit(call, unit, chunk, unit == begin);
}

/// dw = Gᵀ dU G for one input channel of one panel, the chunks' sums added in order.
static void strided_weight_gradient_task(void *context, int64_t index, int32_t thread) {
    (void)thread;
    const strided_call *call = context;
    const strided_layout *l = &call->layout;
    const tavse_conv_shape *s = &call->plan->shape;
    const int64_t inner = s->in_channels, step = l->output_panels * inner * NR;
    const int64_t panel = index / inner, k = index % inner;
    for (int j = 0; j < NV && panel * NR + j * VL < s->out_channels; j++) {
        const int64_t n = panel * NR + j * VL;
        vf u[5][5], g[3][3];
        for (int f = 0; f < STRIDED_CLASSES; f++) {
            vf sum = splat(0);
            for (int64_t chunk = 0; chunk < l->chunks; chunk++) {
                const float *dU = (const float *)(call->workspace + chunk * l->per_thread + l->accumulator);
                const vf x = load(dU + f * step + (panel * inner + k) * NR + j * VL);
                sum = chunk == 0 ? x : sum + x;
            }
            u[f / 5][f % 5] = sum;
        }
        strided_weights_adjoint_square(u, g);
        float lanes[9][VL];
        for (int tap = 0; tap < 9; tap++) store(lanes[tap], g[tap / 3][tap % 3]);
        const int64_t count = minimum(VL, s->out_channels - n);
        for (int64_t i = 0; i < count; i++) {
            float *dw = call->weight_gradient + ((n + i) * inner + k) * 9;
            for (int tap = 0; tap < 9; tap++) dw[tap] = (call->accumulate ? dw[tap] : 0) + lanes[tap][i];
        }
    }
}

static void strided_backward(
    const tavse_conv_plan *plan, const tavse_source *inputs, int32_t input_count, const tavse_source *gradients,
    int32_t gradient_count, const float *packed, const tavse_sink *input_gradient, float *weight_gradient,
    float *bias_gradient, bool accumulate, void *workspace) {
    strided_call call = {
        .plan = plan, .layout = strided_make_layout(plan, true), .inputs = inputs, .gradients = gradients,
        .input_count = input_count, .gradient_count = gradient_count, .packed = packed, .sink = input_gradient,
        .weight_gradient = weight_gradient, .bias_gradient = bias_gradient, .accumulate = accumulate,
        .workspace = workspace};
    const strided_layout *l = &call.layout;
    const tavse_conv_shape *s = &plan->shape;
    tavse_parallel_for_limited(l->chunks, plan->threads, strided_backward_chunk, &call);
    if (weight_gradient) tavse_parallel_for(l->output_panels * s->in_channels, strided_weight_gradient_task, &call);
    finish_bias_gradient(bias_gradient, s->out_channels, accumulate, workspace, l->chunks, l->per_thread, l->bias);
    if (input_gradient)
        sink_finish(
            input_gradient, s->in_channels, (sums *)(call.workspace + l->partial), l->units,
            (int64_t *)(call.workspace + l->counts));
}
