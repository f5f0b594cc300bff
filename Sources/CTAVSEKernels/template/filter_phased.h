// Minimal filtering in phases that all threads share: all tiles of a pass are transformed, then multiplied frequency by
// frequency, then transformed back. For weights too large for a second-level cache: they are read once per pass instead
// of once per block, and the weight gradient of a few channels is summed over all tiles and transformed back at once, so
// that transformed weight gradients never exist in memory. Every sum has an order of its own: the number of threads
// changes no bits.

enum {
    PHASED_WEIGHTS = 4 << 20,  // bytes of transformed weights from which on phases pay
    PHASED_TILES = 16 << 20,   // bytes of V and M in a pass, for the last-level cache
    PHASED_STRIP = 256 << 10,  // bytes of a task's strip, for the second-level cache
};

typedef struct {
    filter_geometry g;
    int64_t pass, passes;   // images per pass
    int64_t group, groups;  // images per task of a transform; tasks per pass
    int64_t tiles;          // of a whole pass
    // byte offsets inside one thread's scratch
    int64_t strip, per_thread;
    // byte offsets of what all threads share
    int64_t v, m, partial, counts, bias, total;
} phased_layout;

typedef struct {
    filter_call call;
    phased_layout layout;
    int64_t image, images;  // of the present pass
    int64_t first_group;    // the present pass's first among all
    bool accumulate;        // to dw: not the first pass, or asked for
} phased_call;

/// Whether transformed weights deserve phases, and V and M of one image fit into a pass.
INLINE bool phased_suits(const tavse_conv_shape *s, const filter_kind *kind) {
    const filter_geometry g = filter_make_geometry(s, kind);
    return filter_weight_bytes(s, kind) > PHASED_WEIGHTS && g.per_image * filter_tile_bytes(&g) <= PHASED_TILES;
}

static phased_layout phased_make_layout(const tavse_conv_plan *plan, const filter_kind *kind) {
    const tavse_conv_shape *s = &plan->shape;
    phased_layout l = {.g = filter_make_geometry(s, kind)};
    filter_geometry *g = &l.g;
    filter_set_band(g, g->tiles_h);
    const int64_t most = minimum(s->batch, PHASED_TILES / (g->per_image * filter_tile_bytes(g)));
    const int64_t passes = (s->batch + most - 1) / most;
    l.pass = (s->batch + passes - 1) / passes;
    l.passes = (s->batch + l.pass - 1) / l.pass;
    l.tiles = l.pass * g->per_image;
    const int64_t floats = maximum(filter_input_floats(g), filter_gradient_floats(g));
    l.group = minimum(l.pass, maximum(1, PHASED_STRIP / (4 * floats)));
    l.groups = (l.pass + l.group - 1) / l.group;

    arena thread = {0};
    l.strip = reserve(&thread, 4 * l.group * floats);
    l.per_thread = round_up(thread.used, 4096) + 64;
    arena all = {.used = l.per_thread * plan->threads};
    l.v = reserve(&all, 4 * kind->frequencies * l.tiles * g->input_row);
    l.m = reserve(&all, 4 * kind->frequencies * l.tiles * g->gradient_row);
    const int64_t groups = l.passes * l.groups;
    l.partial = reserve(&all, (int64_t)sizeof(sums) * groups * maximum(s->in_channels, s->out_channels));
    l.counts = reserve(&all, 8 * groups);
    l.bias = reserve(&all, 8 * groups * s->out_channels);
    l.total = all.used;
    return l;
}

/// What a task of a transform works on: its images, their first tile in V and M, its number among all groups.
typedef struct {
    int64_t image, images, tile, tiles, number;
    float *strip;
} phased_group;

INLINE phased_group phased_group_at(const phased_call *p, int64_t index, int32_t thread) {
    const phased_layout *l = &p->layout;
    const int64_t begin = index * l->group, images = minimum(l->group, p->images - begin);
    return (phased_group){
        p->image + begin, images, begin * l->g.per_image, images * l->g.per_image, p->first_group + index,
        (float *)(p->call.workspace + thread * l->per_thread + l->strip)};
}

INLINE float *phased_v(const phased_call *p) { return (float *)(p->call.workspace + p->layout.v); }
INLINE float *phased_m(const phased_call *p) { return (float *)(p->call.workspace + p->layout.m); }
INLINE int64_t phased_v_step(const phased_call *p) { return p->layout.tiles * p->layout.g.input_row; }
INLINE int64_t phased_m_step(const phased_call *p) { return p->layout.tiles * p->layout.g.gradient_row; }

INLINE sums *phased_partial(const phased_call *p, const phased_group *u, int32_t channels) {
    sums *partial = (sums *)(p->call.workspace + p->layout.partial) + u->number * channels;
    if (sink_gathers(p->call.sink)) memset(partial, 0, sizeof(sums) * (size_t)channels);
    return partial;
}

// MARK: Transforms

/// V of a group of images.
static void phased_input_task(void *context, int64_t index, int32_t thread) {
    const phased_call *p = context;
    const filter_geometry *g = &p->layout.g;
    const tavse_conv_shape *s = &p->call.plan->shape;
    const phased_group u = phased_group_at(p, index, thread);
    load_strip(
        &g->input, p->call.inputs, p->call.input_count, u.image, u.images, -s->pad_h, g->input_rows - s->pad_h, 0,
        s->in_h, u.strip, filter_input_floats(g));
    g->kind->input(g, g->tiles_h, u.strip, 0, u.tiles, phased_v(p) + u.tile * g->input_row, phased_v_step(p));
}

/// dM of a group of images, and its part of the bias gradient.
static void phased_gradient_task(void *context, int64_t index, int32_t thread) {
    const phased_call *p = context;
    const filter_geometry *g = &p->layout.g;
    const tavse_conv_shape *s = &p->call.plan->shape;
    const phased_group u = phased_group_at(p, index, thread);
    load_strip(
        &g->gradient, p->call.gradients, p->call.gradient_count, u.image, u.images, 0, g->gradient_rows, 0, s->out_h,
        u.strip, filter_gradient_floats(g));
    if (p->call.bias_gradient) {
        double *total = (double *)(p->call.workspace + p->layout.bias) + u.number * s->out_channels;
        memset(total, 0, sizeof(double) * (size_t)s->out_channels);
        filter_bias_gradient(&p->call, g, g->tiles_h, u.images, u.strip, total);
    }
    g->kind->gradient(g, g->tiles_h, u.strip, 0, u.tiles, phased_m(p) + u.tile * g->gradient_row, phased_m_step(p));
}

/// y of a group of images.
static void phased_output_task(void *context, int64_t index, int32_t thread) {
    const phased_call *p = context;
    const filter_geometry *g = &p->layout.g;
    const tavse_conv_shape *s = &p->call.plan->shape;
    const phased_group u = phased_group_at(p, index, thread);
    g->kind->output(
        g, g->tiles_h, phased_m(p) + u.tile * g->gradient_row, phased_m_step(p), 0, u.tiles, u.strip);
    int64_t *seen = (int64_t *)(p->call.workspace + p->layout.counts) + u.number;
    *seen = 0;
    filter_sink_output(
        &p->call, g, u.image, u.images, 0, s->out_h, u.strip, phased_partial(p, &u, s->out_channels), seen);
}

/// dx of a group of images, whose dV stands in V's place.
static void phased_input_gradient_task(void *context, int64_t index, int32_t thread) {
    const phased_call *p = context;
    const filter_geometry *g = &p->layout.g;
    const phased_group u = phased_group_at(p, index, thread);
    filter_clear_overlap(g, g->tiles_h, u.images, false, u.strip);
    g->kind->input_gradient(
        g, g->tiles_h, phased_v(p) + u.tile * g->input_row, phased_v_step(p), 0, u.tiles, u.strip);
    int64_t *seen = (int64_t *)(p->call.workspace + p->layout.counts) + u.number;
    *seen = 0;
    sums *partial = phased_partial(p, &u, p->call.plan->shape.in_channels);
    filter_sink_input_gradient(&p->call, g, u.image, u.images, 0, g->tiles_h, u.strip, partial, seen);
}

// MARK: Products

/// The class that frequency `slot` belongs to.
INLINE int64_t phased_class(const filter_kind *kind, int64_t slot) {
    int64_t class = minimum(slot, kind->classes - 1);
    while (kind->class_begin(class) > slot) class--;
    return class;
}

/// One frequency's product with one panel of weights: C [tiles][columns] = A · U.
INLINE void phased_product(
    const phased_call *p, int64_t index, int64_t panels, int64_t columns, int64_t inner, const float *a, int64_t a_row,
    float *c, int64_t c_row) {
    const int64_t slot = index / panels, panel = index % panels, tiles = p->images * p->layout.g.per_image;
    const float *weights = p->call.packed + (phased_class(p->call.kind, slot) * panels + panel) * inner * NR;
    multiply_rows(
        tiles, minimum(NR, columns - panel * NR), a + slot * p->layout.tiles * a_row, a_row, inner, weights,
        c + slot * p->layout.tiles * c_row + panel * NR, c_row);
}

/// M = V · U.
static void phased_forward_product_task(void *context, int64_t index, int32_t thread) {
    (void)thread;
    const phased_call *p = context;
    const filter_geometry *g = &p->layout.g;
    const tavse_conv_shape *s = &p->call.plan->shape;
    phased_product(
        p, index, g->output_panels, s->out_channels, s->in_channels, phased_v(p), g->input_row, phased_m(p),
        g->gradient_row);
}

/// dV = dM · Uᵀ.
static void phased_backward_product_task(void *context, int64_t index, int32_t thread) {
    (void)thread;
    const phased_call *p = context;
    const filter_geometry *g = &p->layout.g;
    const tavse_conv_shape *s = &p->call.plan->shape;
    phased_product(
        p, index, g->input_panels, s->in_channels, s->out_channels, phased_m(p), g->gradient_row, phased_v(p),
        g->input_row);
}

/// dU = Vᵀ · dM for a few input channels and one panel of output channels, over all frequencies, and dw from it.
static void phased_weight_gradient_task(void *context, int64_t index, int32_t thread) {
    (void)thread;
    const phased_call *p = context;
    const filter_geometry *g = &p->layout.g;
    const tavse_conv_shape *s = &p->call.plan->shape;
    const int64_t blocks = block_count(s->in_channels), panel = index / blocks, block = index % blocks;
    const int64_t begin = block_begin(s->in_channels, blocks, block);
    const int64_t end = block_begin(s->in_channels, blocks, block + 1), tiles = p->images * g->per_image;
    const int vectors = panel_vectors(s->out_channels, panel * NR);
    float dU[FILTER_MOST_CLASSES][ROWS][NR];
    for (int64_t f = 0; f < p->call.kind->classes; f++) {
        const int64_t from = p->call.kind->class_begin(f), to = p->call.kind->class_begin(f + 1);
        for (int64_t slot = from; slot < to; slot++)
            columns_table[vectors - 1][end - begin - 1](
                phased_v(p) + slot * phased_v_step(p) + begin, g->input_row, NULL,
                phased_m(p) + slot * phased_m_step(p) + panel * NR, g->gradient_row, tiles, dU[f][0], NR, slot > from);
    }
    for (int64_t c = begin; c < end; c++)
        for (int j = 0; j < vectors; j++) {
            vf all[FILTER_MOST_CLASSES];
            for (int64_t f = 0; f < p->call.kind->classes; f++) all[f] = load(dU[f][c - begin] + j * VL);
            filter_store_weight_gradient(&p->call, all, c, panel * NR + j * VL, p->accumulate);
        }
}

// MARK: Calls

/// Makes `pass` the present pass; returns its number of groups.
static int64_t phased_begin(phased_call *p, int64_t pass) {
    const phased_layout *l = &p->layout;
    p->image = pass * l->pass;
    p->images = minimum(l->pass, p->call.plan->shape.batch - p->image);
    p->first_group = pass * l->groups;
    p->accumulate = p->call.accumulate || pass > 0;
    return (p->images + l->group - 1) / l->group;
}

/// Groups of all passes; only the last pass may have fewer than `groups`.
static int64_t phased_group_count(const phased_call *p, int64_t last) {
    return (p->layout.passes - 1) * p->layout.groups + last;
}

static void phased_forward(const filter_call *call) {
    phased_call p = {.call = *call, .layout = phased_make_layout(call->plan, call->kind)};
    const int32_t threads = call->plan->threads;
    int64_t groups = 0;
    for (int64_t pass = 0; pass < p.layout.passes; pass++) {
        groups = phased_begin(&p, pass);
        tavse_parallel_for_limited(groups, threads, phased_input_task, &p);
        tavse_parallel_for_limited(
            call->kind->frequencies * p.layout.g.output_panels, threads, phased_forward_product_task, &p);
        tavse_parallel_for_limited(groups, threads, phased_output_task, &p);
    }
    sink_finish(
        call->sink, call->plan->shape.out_channels, (sums *)(call->workspace + p.layout.partial),
        phased_group_count(&p, groups), (int64_t *)(call->workspace + p.layout.counts));
}

static void phased_backward(const filter_call *call) {
    phased_call p = {.call = *call, .layout = phased_make_layout(call->plan, call->kind)};
    const filter_geometry *g = &p.layout.g;
    const tavse_conv_shape *s = &call->plan->shape;
    const int32_t threads = call->plan->threads;
    int64_t groups = 0;
    for (int64_t pass = 0; pass < p.layout.passes; pass++) {
        groups = phased_begin(&p, pass);
        tavse_parallel_for_limited(groups, threads, phased_gradient_task, &p);
        if (call->weight_gradient) {
            tavse_parallel_for_limited(groups, threads, phased_input_task, &p);
            tavse_parallel_for_limited(
                g->output_panels * block_count(s->in_channels), threads, phased_weight_gradient_task, &p);
        }
        if (!call->sink) continue;
        tavse_parallel_for_limited(call->kind->frequencies * g->input_panels, threads, phased_backward_product_task, &p);
        tavse_parallel_for_limited(groups, threads, phased_input_gradient_task, &p);
    }
    const int64_t all = phased_group_count(&p, groups);
    finish_bias_gradient(
        call->bias_gradient, s->out_channels, call->accumulate, call->workspace, all,
        (int64_t)sizeof(double) * s->out_channels, p.layout.bias);
    if (call->sink)
        sink_finish(
            call->sink, s->in_channels, (sums *)(call->workspace + p.layout.partial), all,
            (int64_t *)(call->workspace + p.layout.counts));
}
