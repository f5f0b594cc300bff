// Element-wise passes: sources straight to a sink.

typedef struct {
    const tavse_source *sources;
    int32_t count, channels;
    int64_t pixels, block;
    const tavse_sink *sink;
    sums *partial;
    int64_t *counts;
} map_call;

enum { MAP_FLOATS = 4096, MAP_BLOCKS = 256 };

/// Pixels per task: a multiple of what fits the scratch on the stack, the same for any number of threads.
INLINE int64_t map_block(int64_t pixels, int64_t channels) {
    const int64_t least = maximum(1, MAP_FLOATS / channels);
    return round_up(maximum((pixels + MAP_BLOCKS - 1) / MAP_BLOCKS, minimum(pixels, 4 * least)), least);
}

static void map_task(void *context, int64_t index, int32_t thread) {
    (void)thread;
    const map_call *call = context;
    const int64_t begin = index * call->block, end = minimum(call->pixels, begin + call->block);
    const int64_t padded = round_up(call->channels, VL), step = maximum(1, MAP_FLOATS / padded);
    float scratch[MAP_FLOATS + VL];
    sums *partial = call->partial ? call->partial + index * call->channels : NULL;
    if (partial) {
        memset(partial, 0, sizeof(sums) * (size_t)call->channels);
        call->counts[index] = end - begin;
    }
    for (int64_t p = begin; p < end; p += step) {
        const int64_t n = minimum(step, end - p);
        sources_run(call->sources, call->count, p, n, scratch, padded, call->channels, true);
        sink_rows(call->sink, call->channels, p, 1, n, scratch, 0, padded, partial, p - begin);
    }
}

/// One pixel at a time in pieces of channels, for tensors whose pixels exceed the scratch.
static void map_wide(const map_call *call) {
    int32_t first = 0;
    for (int32_t k = 0; k < call->count; k++) {
        const tavse_source *s = call->sources + k;
        for (int64_t p = 0; p < call->pixels; p++)
            for (int32_t c = 0; c < s->channels; c += VL) {
                const int32_t count = (int32_t)minimum(VL, s->channels - c);
                const vf v = source_vector(s, p, c, count);
                if (s->store) store_some(s->store + p * distance(s->store_stride, s->channels) + c, v, count);
                const vf y = sink_vector(call->sink, call->channels, p, first + c, count, v);
                store_some(
                    call->sink->values + p * distance(call->sink->stride, call->channels) + first + c, y, count);
            }
        first += s->channels;
    }
    if (!call->partial) return;
    const tavse_sink *sink = call->sink;
    const int64_t stride = distance(sink->stride, call->channels), z_stride = distance(sink->z_stride, call->channels);
    memset(call->partial, 0, sizeof(sums) * (size_t)call->channels);
    call->counts[0] = call->pixels;
    for (int64_t p = 0; p < call->pixels; p += SUM_PIXELS) {
        const int64_t n = minimum(SUM_PIXELS, call->pixels - p);
        const float *y = sink->values + p * stride;
        if (sink_has_statistics(sink)) gather_statistics(y, stride, n, call->channels, call->partial, p);
        else
            gather_sums(
                y, stride, sink->z ? sink->z + p * z_stride : NULL, z_stride, sink->center, n, call->channels,
                call->partial);
    }
}

static int64_t map_workspace(int64_t pixels, int32_t channels) {
    const int64_t block = map_block(pixels, channels), blocks = (pixels + block - 1) / block;
    return (blocks + 1) * ((int64_t)sizeof(sums) * channels + 8) + 128;
}

static void map(
    const tavse_source *sources, int32_t count, int64_t pixels, const tavse_sink *sink, void *workspace) {
    map_call call = {.sources = sources, .count = count, .pixels = pixels, .sink = sink};
    for (int32_t k = 0; k < count; k++) call.channels += sources[k].channels;
    call.block = map_block(pixels, call.channels);
    int64_t blocks = (pixels + call.block - 1) / call.block;
    if (sink_gathers(sink)) {
        call.partial = workspace;
        call.counts = (int64_t *)(call.partial + blocks * call.channels);
    }
    if (round_up(call.channels, VL) > MAP_FLOATS) {
        map_wide(&call);
        blocks = 1;
    } else {
        tavse_parallel_for(blocks, map_task, &call);
    }
    sink_finish(sink, call.channels, call.partial, blocks, call.counts);
}
