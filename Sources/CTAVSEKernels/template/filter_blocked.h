// Minimal filtering in blocks: each thread takes whole units of images through all steps, in blocks of tiles that stay
// in its second-level cache, and sums its own weight gradient. For weights that such a cache holds as well.
//
// Large images are taken in bands of tile rows; neighbouring tiles share input rows, which a unit carries from band to
// band, the input forward and its gradient backward.

typedef struct {
    filter_geometry g;
    int32_t group;        // images per unit; 1 where an image is taken in bands
    int32_t strip, band;  // tile rows per unit, and per band
    int64_t strips, units, chunks, block;
    // byte offsets inside one thread's scratch
    int64_t input_strip, gradient_strip, v, m, result, accumulator, bias, per_thread;
    // byte offsets of what all threads share
    int64_t partial, counts, total;
} blocked_layout;

typedef struct {
    filter_call call;
    blocked_layout layout;
} blocked_call;

static blocked_layout blocked_make_layout(const tavse_conv_plan *plan, const filter_kind *kind, bool backward) {
    const tavse_conv_shape *s = &plan->shape;
    blocked_layout l = {.g = filter_make_geometry(s, kind)};
    filter_geometry *g = &l.g;

    // Blocks of tiles for the second-level cache, but enough rows for the products to pay for reading weights and,
    // backward, sums. Units do not depend on the number of threads forward, where statistics do on them.
    const int64_t most = maximum(s->in_channels, s->out_channels);
    const int64_t rows = backward ? maximum(48, most * 3 / 8) : 28, wanted = rows * kind->classes / kind->frequencies;
    const int64_t block = maximum(wanted, (512 << 10) / filter_tile_bytes(g));
    const int64_t pieces = backward ? plan->threads : 8;
    if (g->per_image <= block && s->batch >= pieces) {
        l.group = (int32_t)minimum(block / g->per_image, (s->batch + pieces - 1) / pieces);
        l.strip = l.band = g->tiles_h;
    } else {
        // Bands share rows only within a unit, so backward, where that costs a row of tiles, takes large units.
        const int64_t units = backward ? 2 * plan->threads : 64;
        const int64_t strips = minimum((units + s->batch - 1) / s->batch, (g->tiles_h + 1) / 2);
        l.group = 1;
        l.strip = (int32_t)((g->tiles_h + strips - 1) / strips);
        const int64_t fit = minimum(l.strip, maximum(1, block / g->tiles_w)), bands = (l.strip + fit - 1) / fit;
        l.band = (int32_t)((l.strip + bands - 1) / bands);
    }
    l.strips = (g->tiles_h + l.strip - 1) / l.strip;
    l.units = (s->batch + l.group - 1) / l.group * l.strips;
    l.chunks = minimum(plan->threads, l.units);
    const int64_t tiles = (int64_t)l.group * l.band * g->tiles_w, blocks = (tiles + block - 1) / block;
    l.block = (tiles + blocks - 1) / blocks;
    filter_set_band(g, l.band);

    arena thread = {0};
    const int64_t input = 4 * l.group * filter_input_floats(g), gradient = 4 * l.group * filter_gradient_floats(g);
    l.input_strip = reserve(&thread, input);
    l.v = reserve(&thread, 4 * kind->frequencies * l.block * g->input_row);
    l.m = reserve(&thread, 4 * kind->frequencies * l.block * g->gradient_row);
    l.gradient_strip = backward ? reserve(&thread, gradient) : 0;
    l.result = reserve(&thread, backward ? input : gradient);
    if (backward) {
        l.accumulator = reserve(&thread, 4 * kind->classes * g->output_panels * s->in_channels * NR);
        l.bias = reserve(&thread, 8 * (int64_t)s->out_channels);
    }
    l.per_thread = round_up(thread.used, 4096) + 64;
    arena all = {.used = l.per_thread * plan->threads};
    l.partial = reserve(&all, (int64_t)sizeof(sums) * l.units * most);
    l.counts = reserve(&all, 8 * l.units);
    l.total = all.used;
    return l;
}

/// Images and tile rows of a unit.
typedef struct {
    int64_t image, images, begin, end;
} blocked_unit;

INLINE blocked_unit blocked_unit_at(const blocked_layout *l, const tavse_conv_shape *s, int64_t unit) {
    const int64_t image = unit / l->strips * l->group, begin = unit % l->strips * l->strip;
    return (blocked_unit){
        image, minimum(l->group, s->batch - image), begin, minimum(l->g.tiles_h, begin + l->strip)};
}

/// The input of tile rows begin ..< end; with `continues`, the unit's previous band lies in the strip.
static void blocked_load_input(
    const blocked_call *b, const blocked_unit *u, int64_t begin, int64_t end, bool continues, float *strip) {
    const filter_geometry *g = &b->layout.g;
    const int64_t step = g->kind->step_h, shared = filter_overlap_h(g->kind), pad = b->call.plan->shape.pad_h;
    const int64_t pitch = g->input.columns * g->input.pixel, stride = filter_input_floats(g);
    int64_t first = step * begin - pad;
    if (continues) {
        memcpy(strip, strip + step * b->layout.band * pitch, sizeof(float) * (size_t)(shared * pitch));
        first += shared;
        strip += shared * pitch;
    }
    // Every row belongs to one unit, which honours the sources' stores.
    const int64_t own_end = u->end == g->tiles_h ? b->call.plan->shape.in_h : step * u->end - pad;
    load_strip(
        &g->input, b->call.inputs, b->call.input_count, u->image, u->images, first, step * end + shared - pad,
        step * u->begin - pad, own_end, strip, stride);
}

// MARK: Forward

static void blocked_forward_unit(void *context, int64_t unit, int32_t thread) {
    const blocked_call *b = context;
    const blocked_layout *l = &b->layout;
    const filter_geometry *g = &l->g;
    const filter_kind *kind = g->kind;
    const filter_call *call = &b->call;
    const tavse_conv_shape *s = &call->plan->shape;
    char *scratch = call->workspace + thread * l->per_thread;
    float *strip = (float *)(scratch + l->input_strip), *result = (float *)(scratch + l->result);
    float *v = (float *)(scratch + l->v), *m = (float *)(scratch + l->m);
    const blocked_unit u = blocked_unit_at(l, s, unit);
    const int64_t panel = g->output_panels * s->in_channels * NR;
    sums *partial = (sums *)(call->workspace + l->partial) + unit * s->out_channels;
    if (sink_gathers(call->sink)) memset(partial, 0, sizeof(sums) * (size_t)s->out_channels);
    int64_t seen = 0;
    for (int64_t begin = u.begin; begin < u.end; begin += l->band) {
        const int64_t end = minimum(u.end, begin + l->band), rows = end - begin;
        blocked_load_input(b, &u, begin, end, begin > u.begin, strip);
        const int64_t tiles = u.images * rows * g->tiles_w;
        for (int64_t first = 0; first < tiles; first += l->block) {
            const int64_t count = minimum(l->block, tiles - first);
            const int64_t v_step = count * g->input_row, m_step = count * g->gradient_row;
            kind->input(g, rows, strip, first, count, v, v_step);
            for (int64_t f = 0; f < kind->classes; f++) {
                const int64_t at = kind->class_begin(f), size = kind->class_begin(f + 1) - at;
                multiply_rows(
                    count * size, s->out_channels, v + at * v_step, g->input_row, s->in_channels,
                    call->packed + f * panel, m + at * m_step, g->gradient_row);
            }
            kind->output(g, rows, m, m_step, first, count, result);
        }
        const int64_t y1 = minimum(s->out_h, kind->out_h * end);
        filter_sink_output(call, g, u.image, u.images, kind->out_h * begin, y1, result, partial, &seen);
    }
    ((int64_t *)(call->workspace + l->counts))[unit] = seen;
}

static void blocked_forward(const filter_call *call) {
    blocked_call b = {*call, blocked_make_layout(call->plan, call->kind, false)};
    const blocked_layout *l = &b.layout;
    tavse_parallel_for_limited(l->units, call->plan->threads, blocked_forward_unit, &b);
    sink_finish(
        call->sink, call->plan->shape.out_channels, (sums *)(call->workspace + l->partial), l->units,
        (int64_t *)(call->workspace + l->counts));
}

// MARK: Backward

/// One band: dx into the strip `result`, dw into the accumulator; `fresh` says that it holds nothing yet.
static void blocked_backward_band(
    const blocked_call *b, char *scratch, int64_t rows, int64_t images, bool wants_weights, bool fresh) {
    const blocked_layout *l = &b->layout;
    const filter_geometry *g = &l->g;
    const filter_kind *kind = g->kind;
    const filter_call *call = &b->call;
    const tavse_conv_shape *s = &call->plan->shape;
    float *v = (float *)(scratch + l->v), *m = (float *)(scratch + l->m);
    float *accumulator = (float *)(scratch + l->accumulator);
    const int64_t backward_panel = g->input_panels * s->out_channels * NR;
    const int64_t forward_panel = g->output_panels * s->in_channels * NR;
    const int64_t tiles = images * rows * g->tiles_w;
    for (int64_t first = 0; first < tiles; first += l->block) {
        const int64_t count = minimum(l->block, tiles - first);
        const int64_t v_step = count * g->input_row, m_step = count * g->gradient_row;
        kind->gradient(g, rows, (const float *)(scratch + l->gradient_strip), first, count, m, m_step);
        if (call->sink) {
            for (int64_t f = 0; f < kind->classes; f++) {
                const int64_t at = kind->class_begin(f), size = kind->class_begin(f + 1) - at;
                multiply_rows(
                    count * size, s->in_channels, m + at * m_step, g->gradient_row, s->out_channels,
                    call->packed + f * backward_panel, v + at * v_step, g->input_row);
            }
            kind->input_gradient(g, rows, v, v_step, first, count, (float *)(scratch + l->result));
        }
        if (!wants_weights) continue;
        kind->input(g, rows, (const float *)(scratch + l->input_strip), first, count, v, v_step);
        for (int64_t f = 0; f < kind->classes; f++) {
            const int64_t at = kind->class_begin(f), size = kind->class_begin(f + 1) - at;
            multiply_columns(
                s->in_channels, s->out_channels, v + at * v_step, g->input_row, m + at * m_step, g->gradient_row,
                count * size, accumulator + f * forward_panel, !(fresh && first == 0));
        }
    }
}

static void blocked_backward_unit(const blocked_call *b, int64_t unit, int64_t chunk, bool first_unit) {
    const blocked_layout *l = &b->layout;
    const filter_geometry *g = &l->g;
    const filter_call *call = &b->call;
    const tavse_conv_shape *s = &call->plan->shape;
    char *scratch = call->workspace + chunk * l->per_thread;
    float *gradient = (float *)(scratch + l->gradient_strip), *result = (float *)(scratch + l->result);
    const blocked_unit u = blocked_unit_at(l, s, unit);
    const int64_t pitch = g->input.columns * g->input.pixel, shared = filter_overlap_h(g->kind);
    const int64_t out = g->kind->out_h;
    sums *partial = (sums *)(call->workspace + l->partial) + unit * s->in_channels;
    if (call->sink && sink_gathers(call->sink)) memset(partial, 0, sizeof(sums) * (size_t)s->in_channels);
    int64_t seen = 0, first = u.begin;
    // The tiles above the unit reach its first input rows.
    const bool above = call->sink && u.begin > 0;
    if (above) first--;
    for (int64_t begin = first, end; begin < u.end; begin = end) {
        const bool own = begin >= u.begin;
        end = own ? minimum(u.end, begin + l->band) : u.begin;
        const int64_t rows = end - begin;
        load_strip(
            &g->gradient, call->gradients, call->gradient_count, u.image, u.images, out * begin, out * end,
            own ? 0 : s->out_h, s->out_h, gradient, filter_gradient_floats(g));
        if (own && call->bias_gradient)
            filter_bias_gradient(call, g, rows, u.images, gradient, (double *)(scratch + l->bias));
        const bool wants_weights = own && call->weight_gradient;
        if (wants_weights)
            blocked_load_input(b, &u, begin, end, begin > u.begin, (float *)(scratch + l->input_strip));
        if (call->sink) filter_clear_overlap(g, rows, u.images, begin > first, result);
        blocked_backward_band(b, scratch, rows, u.images, wants_weights, first_unit && begin == u.begin);
        if (!call->sink) continue;
        if (own) filter_sink_input_gradient(call, g, u.image, u.images, begin, end, result, partial, &seen);
        memcpy(result, result + g->kind->step_h * rows * pitch, sizeof(float) * (size_t)(shared * pitch));
    }
    ((int64_t *)(call->workspace + l->counts))[unit] = seen;
}

static void blocked_backward_chunk(void *context, int64_t chunk, int32_t thread) {
    (void)thread;
    const blocked_call *b = context;
    const blocked_layout *l = &b->layout;
    const int64_t begin = l->units * chunk / l->chunks, end = l->units * (chunk + 1) / l->chunks;
    memset(
        b->call.workspace + chunk * l->per_thread + l->bias, 0,
        sizeof(double) * (size_t)b->call.plan->shape.out_channels);
    for (int64_t unit = begin; unit < end; unit++) blocked_backward_unit(b, unit, chunk, unit == begin);
}

/// dw for one input channel of one panel, the chunks' sums added in order.
static void blocked_weight_gradient_task(void *context, int64_t index, int32_t thread) {
    (void)thread;
    const blocked_call *b = context;
    const blocked_layout *l = &b->layout;
    const filter_call *call = &b->call;
    const int64_t inner = call->plan->shape.in_channels, step = l->g.output_panels * inner * NR;
    const int64_t panel = index / inner, c = index % inner;
    for (int64_t n = panel * NR; n < minimum((panel + 1) * NR, call->plan->shape.out_channels); n += VL) {
        vf dU[FILTER_MOST_CLASSES];
        for (int f = 0; f < call->kind->classes; f++)
            for (int64_t chunk = 0; chunk < l->chunks; chunk++) {
                const float *sum = (const float *)(call->workspace + chunk * l->per_thread + l->accumulator);
                const vf x = load(sum + f * step + index * NR + n - panel * NR);
                dU[f] = chunk == 0 ? x : dU[f] + x;
            }
        filter_store_weight_gradient(call, dU, c, n, call->accumulate);
    }
}

static void blocked_backward(const filter_call *call) {
    blocked_call b = {*call, blocked_make_layout(call->plan, call->kind, true)};
    const blocked_layout *l = &b.layout;
    const tavse_conv_shape *s = &call->plan->shape;
    tavse_parallel_for_limited(l->chunks, call->plan->threads, blocked_backward_chunk, &b);
    if (call->weight_gradient)
        tavse_parallel_for(l->g.output_panels * s->in_channels, blocked_weight_gradient_task, &b);
    finish_bias_gradient(
        call->bias_gradient, s->out_channels, call->accumulate, call->workspace, l->chunks, l->per_thread, l->bias);
    if (call->sink)
        sink_finish(
            call->sink, s->in_channels, (sums *)(call->workspace + l->partial), l->units,
            (int64_t *)(call->workspace + l->counts));
}
