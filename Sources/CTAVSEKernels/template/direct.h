// Convolutions of any kernel, stride and padding as implicit matrix products over strips: no im2col matrix exists,
// each output pixel's patch is a few runs of consecutive floats of the padded strip.
//
// Forward: rows = output pixels, inner = kernel taps × channels. Weight gradient: rows = taps × channels,
// inner = output pixels. Input gradient: one product per phase (y mod stride_h, x mod stride_w), whose taps are those
// that reach such pixels. Where the input has so few channels that a vector would be mostly empty, the input gradient
// is computed as products per tap, then added up over overlapping patches.

typedef struct {
    int32_t group, strip;  // images per unit; output rows per unit where group = 1
    int64_t strips, units, chunks;
    bool narrow;
    strip_shape input, gradient;
    int64_t input_rows, gradient_rows;  // of the largest strip
    int64_t result_pixel;
    int64_t taps, input_panels, output_panels;
    int64_t pixels;  // the most output pixels of a unit
    int64_t input_strip, gradient_strip, result, table, from, to, panel, accumulator, bias, per_thread;
    int64_t partial, counts, total;
} direct_layout;

INLINE int64_t floor_divide(int64_t a, int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

/// Input rows that a unit of output rows r0 ..< r1 owns: they partition the image.
INLINE void owned_rows(const tavse_conv_shape *s, int64_t r0, int64_t r1, int64_t *y0, int64_t *y1) {
    *y0 = minimum(s->in_h, r0 * s->stride_h);
    *y1 = r1 == s->out_h ? s->in_h : minimum(s->in_h, r1 * s->stride_h);
}

/// Output rows that reach the input rows y0 ..< y1.
INLINE void reaching_rows(const tavse_conv_shape *s, int64_t y0, int64_t y1, int64_t *o0, int64_t *o1) {
    *o0 = floor_divide(y0 + s->pad_h - s->kernel_h + s->stride_h, s->stride_h);
    *o1 = floor_divide(y1 - 1 + s->pad_h, s->stride_h) + 1;
}

INLINE int64_t spaced_pixel(int64_t channels, int64_t step) {
    // Rows of a block of pixels a multiple of 1 KiB apart would share a few cache sets.
    return channels >= 64 && channels * step % 256 == 0 ? channels + 16 : channels;
}

static direct_layout direct_make_layout(const tavse_conv_plan *plan, bool backward) {
    const tavse_conv_shape *s = &plan->shape;
    direct_layout l = {0};
    l.taps = (int64_t)s->kernel_h * s->kernel_w;
    l.input_panels = (s->in_channels + NR - 1) / NR;
    l.output_panels = (s->out_channels + NR - 1) / NR;
    l.narrow = backward && s->in_channels < VL / 2 && s->in_channels * l.taps <= 4 * NR;

    const int64_t input_pixel = spaced_pixel(s->in_channels, s->stride_w);
    // Columns that no tap reaches are loaded too: they are owed to the sources' stores.
    const int64_t columns =
        maximum((int64_t)(s->out_w - 1) * s->stride_w + s->kernel_w, (int64_t)s->pad_w + s->in_w);
    l.input = (strip_shape){
        .width = s->in_w, .height = s->in_h, .channels = s->in_channels, .left = s->pad_w, .columns = (int32_t)columns,
        .pixel = input_pixel, .padded = s->in_channels};
    const int64_t left = -minimum(0, floor_divide(s->pad_w - s->kernel_w + 1, s->stride_w));
    const int64_t last = maximum(s->out_w - 1, floor_divide(s->in_w - 1 + s->pad_w, s->stride_w));
    l.gradient = (strip_shape){
        .width = s->out_w, .height = s->out_h, .channels = s->out_channels, .left = (int32_t)left,
        .columns = (int32_t)(left + last + 1), .pixel = spaced_pixel(s->out_channels, 1), .padded = s->out_channels};
    l.result_pixel = l.narrow ? s->in_channels : round_up(backward ? s->in_channels : s->out_channels, VL);

    // Floats that one output row brings into the cache; a unit should stay within about 400 KiB.
    const int64_t row = (int64_t)s->stride_h * columns * input_pixel + s->out_w * round_up(s->out_channels, VL)
        + (backward ? l.gradient.columns * l.gradient.pixel + (int64_t)s->stride_h * s->in_w * l.result_pixel : 0);
    const int64_t rows = maximum(1, (400 << 8) / row);
    const int64_t pieces = backward ? plan->threads : 8;
    if (rows >= s->out_h && s->batch >= pieces) {
        l.group = (int32_t)maximum(1, minimum(rows / s->out_h, s->batch / pieces));
        l.strip = s->out_h;
    } else {
        l.group = 1;
        const int64_t share = (s->out_h * (int64_t)s->batch + pieces - 1) / pieces;
        l.strip = (int32_t)maximum(1, minimum(minimum(rows, share), s->out_h));
        const int64_t count = (s->out_h + l.strip - 1) / l.strip;
        l.strip = (int32_t)((s->out_h + count - 1) / count);
    }
    l.strips = (s->out_h + l.strip - 1) / l.strip;
    l.units = (s->batch + l.group - 1) / l.group * l.strips;
    l.chunks = minimum(plan->threads, l.units);
    l.pixels = (int64_t)l.group * l.strip * s->out_w;

    int64_t owned = 0;
    for (int64_t r0 = 0; r0 < s->out_h; r0 += l.strip) {
        const int64_t r1 = minimum(s->out_h, r0 + l.strip);
        int64_t y0, y1, o0, o1;
        owned_rows(s, r0, r1, &y0, &y1);
        reaching_rows(s, y0, y1, &o0, &o1);
        const int64_t begin = minimum(y0, r0 * s->stride_h - s->pad_h);
        const int64_t end = maximum(y1, (r1 - 1) * s->stride_h - s->pad_h + s->kernel_h);
        l.input_rows = maximum(l.input_rows, end - begin);
        l.gradient_rows = maximum(l.gradient_rows, maximum(o1, r1) - minimum(o0, r0));
        owned = maximum(owned, y1 - y0);
    }

    arena thread = {0};
    l.input_strip = reserve(&thread, 4 * l.group * l.input_rows * columns * input_pixel);
    if (backward) {
        l.gradient_strip = reserve(&thread, 4 * l.group * l.gradient_rows * l.gradient.columns * l.gradient.pixel);
        l.result = reserve(&thread, 4 * (l.group * owned * s->in_w + 1) * l.result_pixel);
        const int64_t patches = l.group * l.gradient_rows * l.gradient.columns;
        const int64_t table = maximum(maximum(l.pixels, l.group * owned * s->in_w), patches);
        l.table = reserve(&thread, 4 * table);
        l.from = reserve(&thread, 4 * table);
        l.to = reserve(&thread, 4 * table);
        l.panel = reserve(&thread, 4 * maximum(l.output_panels * l.pixels * NR, l.narrow ? patches * 4 * NR : 0));
        l.accumulator = reserve(&thread, 4 * l.output_panels * l.taps * s->in_channels * NR);
        l.bias = reserve(&thread, 8 * (int64_t)s->out_channels);
    } else {
        l.result = reserve(&thread, 4 * (l.pixels * l.result_pixel + NR));
        l.from = reserve(&thread, 4 * l.pixels);
        l.to = reserve(&thread, 4 * l.pixels);
    }
    l.per_thread = round_up(thread.used, 4096) + 64;
    arena all = {.used = l.per_thread * plan->threads};
    l.partial = reserve(&all, (int64_t)sizeof(sums) * l.units * (backward ? s->in_channels : s->out_channels));
    l.counts = reserve(&all, 8 * l.units);
    l.total = all.used;
    return l;
}

// MARK: Weights

/// The taps of one phase along one axis, in the order of the packed weights; returns their number.
INLINE int32_t phase_taps(int32_t kernel, int32_t stride, int32_t pad, int32_t phase, int32_t *taps) {
    int32_t count = 0;
    for (int32_t u = 0; u < kernel; u++)
        if ((phase + pad - u) % stride == 0) taps[count++] = u;
    return count;
}

typedef struct {
    const tavse_conv_plan *plan;
    const float *weights;
    float *packed;
} direct_packing;

/// Forward order: [panel][tap][channel][NR].
static void direct_pack_forward_task(void *context, int64_t panel, int32_t thread) {
    (void)thread;
    const direct_packing *w = context;
    const tavse_conv_shape *s = &w->plan->shape;
    const int64_t taps = (int64_t)s->kernel_h * s->kernel_w, channels = s->in_channels;
    float *out = w->packed + panel * taps * channels * NR;
    const int64_t count = minimum(NR, s->out_channels - panel * NR);
    for (int64_t c = 0; c < channels; c++)
        for (int64_t i = 0; i < NR; i++) {
            const float *g = w->weights + ((panel * NR + i) * channels + c) * taps;
            for (int64_t tap = 0; tap < taps; tap++)
                out[(tap * channels + c) * NR + i] = i < count ? g[tap] : 0;
        }
}

static void direct_pack_forward(const tavse_conv_plan *plan, const float *weights, float *packed) {
    direct_packing w = {plan, weights, packed};
    tavse_parallel_for((plan->shape.out_channels + NR - 1) / NR, direct_pack_forward_task, &w);
}

/// Backward order: per phase, [panel of input channels][tap of the phase][output channel][NR].
static void direct_pack_backward_task(void *context, int64_t panel, int32_t thread) {
    (void)thread;
    const direct_packing *w = context;
    const tavse_conv_shape *s = &w->plan->shape;
    const int64_t taps = (int64_t)s->kernel_h * s->kernel_w, channels = s->in_channels, n = s->out_channels;
    const int64_t panels = (channels + NR - 1) / NR, count = minimum(NR, channels - panel * NR);
    float *phase = w->packed;
    int32_t rows[MAXIMUM_KERNEL], columns[MAXIMUM_KERNEL];
    for (int32_t py = 0; py < s->stride_h; py++)
        for (int32_t px = 0; px < s->stride_w; px++) {
            const int32_t nr = phase_taps(s->kernel_h, s->stride_h, s->pad_h, py, rows);
            const int32_t nc = phase_taps(s->kernel_w, s->stride_w, s->pad_w, px, columns);
            float *out = phase + panel * nr * nc * n * NR;
            for (int32_t r = 0; r < nr; r++)
                for (int32_t q = 0; q < nc; q++, out += n * NR)
                    for (int64_t k = 0; k < n; k++) {
                        const float *g = w->weights + (k * channels + panel * NR) * taps
                            + (int64_t)rows[r] * s->kernel_w + columns[q];
                        for (int64_t i = 0; i < NR; i++) out[k * NR + i] = i < count ? g[i * taps] : 0;
                    }
            phase += panels * nr * nc * n * NR;
        }
}

/// Backward order for few input channels: [panel of (tap, channel)][output channel][NR].
static void direct_pack_narrow(const tavse_conv_plan *plan, const float *weights, float *packed) {
    const tavse_conv_shape *s = &plan->shape;
    const int64_t taps = (int64_t)s->kernel_h * s->kernel_w, channels = s->in_channels, columns = taps * channels;
    for (int64_t first = 0; first < columns; first += NR, packed += (int64_t)s->out_channels * NR)
        for (int64_t k = 0; k < s->out_channels; k++)
            for (int64_t i = 0; i < NR; i++) {
                const int64_t tap = (first + i) / channels, c = (first + i) % channels;
                packed[k * NR + i] = first + i < columns ? weights[(k * channels + c) * taps + tap] : 0;
            }
}

static void direct_pack_backward(const tavse_conv_plan *plan, const float *weights, float *packed) {
    if (direct_make_layout(plan, true).narrow) {
        direct_pack_narrow(plan, weights, packed);
        return;
    }
    direct_packing w = {plan, weights, packed};
    tavse_parallel_for((plan->shape.in_channels + NR - 1) / NR, direct_pack_backward_task, &w);
}

// MARK: Products over tables of pixels

/// result[to[i]] = Σ strip[from[i] + runs] · panels for i < rows; result pixels are written in whole vectors.
static void multiply_table(
    int64_t rows, int64_t columns, const float *strip, const int32_t *from, inner_runs inner, const float *panels,
    float *result, const int32_t *to) {
    const int64_t blocks = block_count(rows), depth = (int64_t)inner.runs * inner.length;
    for (int64_t n = 0; n < columns; n += NR, panels += depth * NR) {
        const int vectors = panel_vectors(columns, n);
        for (int64_t block = 0; block < blocks; block++) {
            const int64_t begin = block_begin(rows, blocks, block), end = block_begin(rows, blocks, block + 1);
            const float *a[ROWS];
            float *c[ROWS];
            for (int64_t i = begin; i < end; i++) {
                a[i - begin] = strip + from[i];
                c[i - begin] = result + to[i] + n;
            }
            rows_table[vectors - 1][end - begin - 1](a, inner, panels, NR, c);
        }
    }
}

typedef struct {
    const tavse_conv_plan *plan;
    direct_layout layout;
    const tavse_source *inputs, *gradients;
    int32_t input_count, gradient_count;
    const float *packed;
    const tavse_sink *sink;
    float *weight_gradient, *bias_gradient;
    bool accumulate;
    char *workspace;
} direct_call;

/// Offsets of the first float of every output pixel's patch in the strip of a unit of `rows` output rows.
static int64_t patch_table(const direct_layout *l, const tavse_conv_shape *s, int64_t images, int64_t rows,
    int64_t image_stride, int64_t first, int32_t *from) {
    const int64_t pitch = l->input.columns * l->input.pixel;
    int64_t count = 0;
    for (int64_t i = 0; i < images; i++)
        for (int64_t r = 0; r < rows; r++)
            for (int64_t q = 0; q < s->out_w; q++)
                from[count++] = (int32_t)(first + i * image_stride + r * s->stride_h * pitch + q * s->stride_w * l->input.pixel);
    return count;
}

/// The runs of a patch: one per kernel row where pixels are contiguous, else one per tap.
static inner_runs patch_runs(const direct_layout *l, const tavse_conv_shape *s, int32_t *offset) {
    const int64_t pixel = l->input.pixel, pitch = l->input.columns * pixel;
    const bool contiguous = pixel == s->in_channels;
    inner_runs runs = {0, contiguous ? s->kernel_w * s->in_channels : s->in_channels, offset};
    for (int32_t u = 0; u < s->kernel_h; u++)
        for (int32_t v = 0; v < (contiguous ? 1 : s->kernel_w); v++) offset[runs.runs++] = (int32_t)(u * pitch + v * pixel);
    return runs;
}

INLINE void direct_unit(
    const direct_layout *l, const tavse_conv_shape *s, int64_t unit, int64_t *image, int64_t *images, int64_t *r0,
    int64_t *r1) {
    *image = unit / l->strips * l->group;
    *images = minimum(l->group, s->batch - *image);
    *r0 = unit % l->strips * l->strip;
    *r1 = minimum(s->out_h, *r0 + l->strip);
}

INLINE bool any_store(const tavse_source *sources, int32_t count) {
    for (int32_t k = 0; k < count; k++)
        if (sources[k].store) return true;
    return false;
}

// MARK: Forward

static void direct_forward_unit(void *context, int64_t unit, int32_t thread) {
    const direct_call *call = context;
    const direct_layout *l = &call->layout;
    const tavse_conv_shape *s = &call->plan->shape;
    char *scratch = call->workspace + thread * l->per_thread;
    float *strip = (float *)(scratch + l->input_strip), *result = (float *)(scratch + l->result);
    int32_t *from = (int32_t *)(scratch + l->from), *to = (int32_t *)(scratch + l->to);
    int64_t image, images, r0, r1, y0, y1;
    direct_unit(l, s, unit, &image, &images, &r0, &r1);
    owned_rows(s, r0, r1, &y0, &y1);
    const int64_t needed = r0 * s->stride_h - s->pad_h;
    int64_t begin = needed, end = (r1 - 1) * s->stride_h - s->pad_h + s->kernel_h;
    if (any_store(call->inputs, call->input_count)) {
        // Rows that no tap reaches are still owed to the sources' stores.
        begin = minimum(begin, y0);
        end = maximum(end, y1);
    }
    const int64_t pitch = l->input.columns * l->input.pixel, image_stride = l->input_rows * pitch;
    load_strip(&l->input, call->inputs, call->input_count, image, images, begin, end, y0, y1, strip, image_stride);

    int32_t offset[MAXIMUM_KERNEL * MAXIMUM_KERNEL];
    const inner_runs runs = patch_runs(l, s, offset);
    const int64_t count = patch_table(l, s, images, r1 - r0, image_stride, (needed - begin) * pitch, from);
    for (int64_t i = 0; i < count; i++) to[i] = (int32_t)(i * l->result_pixel);
    multiply_table(count, s->out_channels, strip, from, runs, call->packed, result, to);

    sums *partial = (sums *)(call->workspace + l->partial) + unit * s->out_channels;
    if (sink_gathers(call->sink)) memset(partial, 0, sizeof(sums) * (size_t)s->out_channels);
    ((int64_t *)(call->workspace + l->counts))[unit] = count;
    sink_rows(
        call->sink, s->out_channels, (image * s->out_h + r0) * s->out_w, 1, count, result, 0, l->result_pixel, partial,
        0);
}

static void direct_forward(
    const tavse_conv_plan *plan, const tavse_source *sources, int32_t source_count, const float *packed,
    const tavse_sink *sink, void *workspace) {
    direct_call call = {
        .plan = plan, .layout = direct_make_layout(plan, false), .inputs = sources, .input_count = source_count,
        .packed = packed, .sink = sink, .workspace = workspace};
    tavse_parallel_for_limited(call.layout.units, plan->threads, direct_forward_unit, &call);
    sink_finish(
        sink, plan->shape.out_channels, (sums *)(call.workspace + call.layout.partial), call.layout.units,
        (int64_t *)(call.workspace + call.layout.counts));
}

// MARK: Backward

/// dx by phases: every input pixel of a phase gathers the same taps.
static void direct_input_gradient_phases(
    const direct_call *call, int64_t images, int64_t y0, int64_t y1, int64_t first_row, const float *strip,
    int64_t image_stride, float *result, int32_t *from, int32_t *to) {
    const direct_layout *l = &call->layout;
    const tavse_conv_shape *s = &call->plan->shape;
    const int64_t pixel = l->gradient.pixel, pitch = l->gradient.columns * pixel;
    const float *phase = call->packed;
    int32_t rows[MAXIMUM_KERNEL], columns[MAXIMUM_KERNEL], offset[MAXIMUM_KERNEL * MAXIMUM_KERNEL];
    for (int32_t py = 0; py < s->stride_h; py++)
        for (int32_t px = 0; px < s->stride_w; px++) {
            const int32_t nr = phase_taps(s->kernel_h, s->stride_h, s->pad_h, py, rows);
            const int32_t nc = phase_taps(s->kernel_w, s->stride_w, s->pad_w, px, columns);
            // Strip offsets relative to the pixel of the last tap, which lies top left.
            inner_runs runs = {nr * nc, s->out_channels, offset};
            for (int32_t r = 0; r < nr; r++)
                for (int32_t q = 0; q < nc; q++)
                    offset[r * nc + q] = (int32_t)(
                        (rows[nr - 1] - rows[r]) / s->stride_h * pitch + (columns[nc - 1] - columns[q]) / s->stride_w * pixel);
            int64_t count = 0;
            for (int64_t i = 0; i < images; i++)
                for (int64_t y = y0 + ((py - y0) % s->stride_h + s->stride_h) % s->stride_h; y < y1; y += s->stride_h)
                    for (int64_t x = px; x < s->in_w; x += s->stride_w) {
                        to[count] = (int32_t)(((i * (y1 - y0) + y - y0) * s->in_w + x) * l->result_pixel);
                        if (nr > 0 && nc > 0) {
                            const int64_t oy = floor_divide(y + s->pad_h - rows[nr - 1], s->stride_h);
                            const int64_t ox = floor_divide(x + s->pad_w - columns[nc - 1], s->stride_w);
                            from[count] = (int32_t)(i * image_stride + (oy - first_row) * pitch + (ox + l->gradient.left) * pixel);
                        }
                        count++;
                    }
            if (runs.runs == 0) {
                for (int64_t i = 0; i < count; i++) memset(result + to[i], 0, sizeof(float) * (size_t)l->result_pixel);
            } else {
                multiply_table(count, s->in_channels, strip, from, runs, phase, result, to);
            }
            phase += l->input_panels * nr * nc * s->out_channels * NR;
        }
}

/// dx by overlapping patches: all taps of every output pixel, then their sum.
static void direct_input_gradient_narrow(
    const direct_call *call, int64_t images, int64_t y0, int64_t y1, int64_t o0, int64_t o1, int64_t first_row,
    const float *strip, int64_t image_stride, float *result, float *patches, int32_t *from, int32_t *to) {
    const direct_layout *l = &call->layout;
    const tavse_conv_shape *s = &call->plan->shape;
    const int64_t pixel = l->gradient.pixel, pitch = l->gradient.columns * pixel;
    const int64_t width = round_up(l->taps * s->in_channels, VL);
    o0 = maximum(o0, 0);
    o1 = minimum(o1, s->out_h);
    memset(result, 0, sizeof(float) * (size_t)(images * (y1 - y0) * s->in_w * l->result_pixel));
    int64_t count = 0;
    for (int64_t i = 0; i < images; i++)
        for (int64_t oy = o0; oy < o1; oy++)
            for (int64_t ox = 0; ox < s->out_w; ox++, count++) {
                from[count] = (int32_t)(i * image_stride + (oy - first_row) * pitch + (ox + l->gradient.left) * pixel);
                to[count] = (int32_t)(count * width);
            }
    if (count == 0) return;
    const int32_t zero = 0;
    multiply_table(
        count, l->taps * s->in_channels, strip, from, (inner_runs){1, s->out_channels, &zero}, call->packed, patches, to);
    const float *patch = patches;
    for (int64_t i = 0; i < images; i++)
        for (int64_t oy = o0; oy < o1; oy++)
            for (int64_t ox = 0; ox < s->out_w; ox++, patch += width)
                for (int32_t u = 0; u < s->kernel_h; u++) {
                    const int64_t y = oy * s->stride_h + u - s->pad_h;
                    if (y < y0 || y >= y1) continue;
                    float *row = result + (i * (y1 - y0) + y - y0) * s->in_w * l->result_pixel;
                    for (int32_t v = 0; v < s->kernel_w; v++) {
                        const int64_t x = ox * s->stride_w + v - s->pad_w;
                        if (x < 0 || x >= s->in_w) continue;
                        const float *tap = patch + (u * s->kernel_w + v) * s->in_channels;
                        for (int32_t c = 0; c < s->in_channels; c++) row[x * l->result_pixel + c] += tap[c];
                    }
                }
}

/// Output gradients of a unit's own pixels as panels [panel][pixel][NR].
static void gradient_panels(
    const direct_layout *l, const tavse_conv_shape *s, int64_t images, int64_t rows, int64_t skip, const float *strip,
    int64_t image_stride, int64_t pixels, float *panels) {
    const int64_t pixel = l->gradient.pixel, pitch = l->gradient.columns * pixel;
    for (int64_t n = 0; n < s->out_channels; n += VL) {
        const int32_t count = (int32_t)minimum(VL, s->out_channels - n);
        float *out = panels + n / NR * pixels * NR + n % NR;
        for (int64_t i = 0; i < images; i++)
            for (int64_t r = 0; r < rows; r++) {
                const float *row = strip + i * image_stride + (skip + r) * pitch + l->gradient.left * pixel + n;
                for (int64_t q = 0; q < s->out_w; q++, out += NR) store(out, load_some(row + q * pixel, count));
            }
    }
}

/// Adds xᵀ · dy of a unit to the accumulator [panel][tap][channel][NR].
static void direct_weight_gradient(
    const direct_layout *l, const tavse_conv_shape *s, const float *strip, const int32_t *from, inner_runs runs,
    const float *panels, int64_t pixels, float *accumulator, bool first) {
    const int64_t depth = (int64_t)runs.runs * runs.length, blocks = block_count(runs.length);
    // A block of pixels keeps its panel in the first-level cache while all taps pass over it.
    const int64_t pieces = (pixels + 191) / 192;
    for (int64_t panel = 0; panel < l->output_panels; panel++) {
        const int vectors = panel_vectors(s->out_channels, panel * NR);
        for (int64_t piece = 0; piece < pieces; piece++) {
            const int64_t p0 = pixels * piece / pieces, p1 = pixels * (piece + 1) / pieces;
            const float *dy = panels + (panel * pixels + p0) * NR;
            for (int32_t r = 0; r < runs.runs; r++)
                for (int64_t block = 0; block < blocks; block++) {
                    const int64_t begin = block_begin(runs.length, blocks, block);
                    const int64_t end = block_begin(runs.length, blocks, block + 1);
                    columns_table[vectors - 1][end - begin - 1](
                        strip + runs.offset[r] + begin, 0, from + p0, dy, NR, p1 - p0,
                        accumulator + (panel * depth + (int64_t)r * runs.length + begin) * NR, NR, !(first && piece == 0));
                }
        }
    }
}

static void direct_backward_unit(const direct_call *call, int64_t unit, int64_t chunk, bool first) {
    const direct_layout *l = &call->layout;
    const tavse_conv_shape *s = &call->plan->shape;
    char *scratch = call->workspace + chunk * l->per_thread;
    float *strip = (float *)(scratch + l->input_strip), *gradient = (float *)(scratch + l->gradient_strip);
    float *result = (float *)(scratch + l->result), *panels = (float *)(scratch + l->panel);
    int32_t *from = (int32_t *)(scratch + l->from), *to = (int32_t *)(scratch + l->to);
    int32_t *table = (int32_t *)(scratch + l->table);
    int64_t image, images, r0, r1, y0, y1, o0, o1;
    direct_unit(l, s, unit, &image, &images, &r0, &r1);
    owned_rows(s, r0, r1, &y0, &y1);
    reaching_rows(s, y0, y1, &o0, &o1);

    const int64_t g0 = call->sink ? minimum(o0, r0) : r0, g1 = call->sink ? maximum(o1, r1) : r1;
    const int64_t gradient_pitch = l->gradient.columns * l->gradient.pixel;
    const int64_t gradient_image = l->gradient_rows * gradient_pitch;
    load_strip(
        &l->gradient, call->gradients, call->gradient_count, image, images, g0, g1, r0, r1, gradient, gradient_image);
    if (call->bias_gradient)
        for (int64_t i = 0; i < images; i++)
            for (int64_t r = r0; r < r1; r++)
                add_channel_sums(
                    gradient + i * gradient_image + (r - g0) * gradient_pitch + l->gradient.left * l->gradient.pixel,
                    l->gradient.pixel, s->out_w, s->out_channels, (double *)(scratch + l->bias));

    if (call->weight_gradient) {
        const int64_t needed = r0 * s->stride_h - s->pad_h;
        int64_t begin = needed, end = (r1 - 1) * s->stride_h - s->pad_h + s->kernel_h;
        if (any_store(call->inputs, call->input_count)) {
            begin = minimum(begin, y0);
            end = maximum(end, y1);
        }
        const int64_t pitch = l->input.columns * l->input.pixel, image_stride = l->input_rows * pitch;
        load_strip(&l->input, call->inputs, call->input_count, image, images, begin, end, y0, y1, strip, image_stride);
        int32_t offset[MAXIMUM_KERNEL * MAXIMUM_KERNEL];
        const inner_runs runs = patch_runs(l, s, offset);
        const int64_t pixels = patch_table(l, s, images, r1 - r0, image_stride, (needed - begin) * pitch, table);
        gradient_panels(l, s, images, r1 - r0, r0 - g0, gradient, gradient_image, pixels, panels);
        direct_weight_gradient(
            l, s, strip, table, runs, panels, pixels, (float *)(scratch + l->accumulator), first);
    }

    if (!call->sink) return;
    sums *partial = (sums *)(call->workspace + l->partial) + unit * s->in_channels;
    if (sink_gathers(call->sink)) memset(partial, 0, sizeof(sums) * (size_t)s->in_channels);
    const int64_t pixels = (y1 - y0) * s->in_w;
    ((int64_t *)(call->workspace + l->counts))[unit] = images * pixels;
    if (pixels <= 0) return;
    if (l->narrow)
        direct_input_gradient_narrow(
            call, images, y0, y1, o0, o1, g0, gradient, gradient_image, result, panels, from, to);
    else
        direct_input_gradient_phases(call, images, y0, y1, g0, gradient, gradient_image, result, from, to);
    for (int64_t i = 0; i < images; i++)
        sink_rows(
            call->sink, s->in_channels, ((image + i) * s->in_h + y0) * s->in_w, 1, pixels,
            result + i * pixels * l->result_pixel, 0, l->result_pixel, partial, i * pixels);
}

static void direct_backward_chunk(void *context, int64_t chunk, int32_t thread) {
    (void)thread;
    const direct_call *call = context;
    const direct_layout *l = &call->layout;
    const int64_t begin = l->units * chunk / l->chunks, end = l->units * (chunk + 1) / l->chunks;
    memset(call->workspace + chunk * l->per_thread + l->bias, 0, sizeof(double) * (size_t)call->plan->shape.out_channels);
    for (int64_t unit = begin; unit < end; unit++) direct_backward_unit(call, unit, chunk, unit == begin);
}

/// dw `[N, C, KH, KW]` from the chunks' accumulators, added in order.
static void direct_weight_gradient_task(void *context, int64_t index, int32_t thread) {
    (void)thread;
    const direct_call *call = context;
    const direct_layout *l = &call->layout;
    const tavse_conv_shape *s = &call->plan->shape;
    const int64_t channels = s->in_channels, panel = index / channels, c = index % channels;
    const int64_t count = minimum(NR, s->out_channels - panel * NR);
    for (int64_t tap = 0; tap < l->taps; tap++) {
        float lanes[NR];
        for (int j = 0; j < NV; j++) {
            vf sum = splat(0);
            if (j * VL < count)
                for (int64_t chunk = 0; chunk < l->chunks; chunk++) {
                    const float *part = (const float *)(call->workspace + chunk * l->per_thread + l->accumulator);
                    const vf x = load(part + ((panel * l->taps + tap) * channels + c) * NR + j * VL);
                    sum = chunk == 0 ? x : sum + x;
                }
            store(lanes + j * VL, sum);
        }
        for (int64_t i = 0; i < count; i++) {
            float *dw = call->weight_gradient + ((panel * NR + i) * channels + c) * l->taps + tap;
            *dw = (call->accumulate ? *dw : 0) + lanes[i];
        }
    }
}

static void direct_backward(
    const tavse_conv_plan *plan, const tavse_source *inputs, int32_t input_count, const tavse_source *gradients,
    int32_t gradient_count, const float *packed, const tavse_sink *input_gradient, float *weight_gradient,
    float *bias_gradient, bool accumulate, void *workspace) {
    direct_call call = {
        .plan = plan, .layout = direct_make_layout(plan, true), .inputs = inputs, .gradients = gradients,
        .input_count = input_count, .gradient_count = gradient_count, .packed = packed, .sink = input_gradient,
        .weight_gradient = weight_gradient, .bias_gradient = bias_gradient, .accumulate = accumulate,
        .workspace = workspace};
    const direct_layout *l = &call.layout;
    const tavse_conv_shape *s = &plan->shape;
    tavse_parallel_for_limited(l->chunks, plan->threads, direct_backward_chunk, &call);
    if (weight_gradient) tavse_parallel_for(l->output_panels * s->in_channels, direct_weight_gradient_task, &call);
    finish_bias_gradient(bias_gradient, s->out_channels, accumulate, workspace, l->chunks, l->per_thread, l->bias);
    if (input_gradient)
        sink_finish(
            input_gradient, s->in_channels, (sums *)(call.workspace + l->partial), l->units,
            (int64_t *)(call.workspace + l->counts));
}
