// Element-wise passes: rows of pixels, produced into scratch on the stack, straight to a sink.

/// Produces `pixels` consecutive pixels from p on, rows `padded` floats apart, in whole vectors.
typedef void (*row_producer)(const void *context, int64_t p, int64_t pixels, float *rows, int64_t padded);

typedef struct {
    row_producer produce;
    const void *context;
    int32_t channels;
    int64_t pixels, block;
    const tavse_sink *sink;
    sums *partial;
    int64_t *counts;
} map_call;

enum { MAP_FLOATS = 4096, MAP_WIDEST = 65536, MAP_BLOCKS = 256 };

/// Pixels per task: a multiple of what fits the scratch on the stack, the same for any number of threads.
INLINE int64_t map_block(int64_t pixels, int64_t channels) {
    const int64_t least = maximum(1, MAP_FLOATS / channels);
    return round_up(maximum((pixels + MAP_BLOCKS - 1) / MAP_BLOCKS, minimum(pixels, 4 * least)), least);
}

static int64_t map_workspace(int64_t pixels, int32_t channels) {
    const int64_t block = map_block(pixels, channels), blocks = (pixels + block - 1) / block;
    return (blocks + 1) * ((int64_t)sizeof(sums) * channels + 8) + 128;
}

INLINE void map_piece(const map_call *call, int64_t index, float *scratch, int64_t padded, int64_t step) {
    const int64_t begin = index * call->block, end = minimum(call->pixels, begin + call->block);
    sums *partial = call->partial ? call->partial + index * call->channels : NULL;
    if (partial) {
        memset(partial, 0, sizeof(sums) * (size_t)call->channels);
        call->counts[index] = end - begin;
    }
    for (int64_t p = begin; p < end; p += step) {
        const int64_t n = minimum(step, end - p);
        call->produce(call->context, p, n, scratch, padded);
        sink_rows(call->sink, call->channels, p, 1, n, scratch, 0, padded, partial, p - begin);
    }
}

static void map_task(void *context, int64_t index, int32_t thread) {
    (void)thread;
    const map_call *call = context;
    const int64_t padded = call->channels < VL ? call->channels : round_up(call->channels, VL);
    float scratch[MAP_FLOATS + VL];
    map_piece(call, index, scratch, padded, MAP_FLOATS / padded);
}

static void map_wide_task(void *context, int64_t index, int32_t thread) {
    (void)thread;
    const map_call *call = context;
    float scratch[MAP_WIDEST];
    map_piece(call, index, scratch, round_up(call->channels, VL), 1);
}

/// The producer's pixels through the sink; channels ≤ MAP_WIDEST.
static void map_rows(
    row_producer produce, const void *context, int32_t channels, int64_t pixels, const tavse_sink *sink,
    void *workspace) {
    map_call call = {.produce = produce, .context = context, .channels = channels, .pixels = pixels, .sink = sink};
    call.block = map_block(pixels, channels);
    const int64_t blocks = (pixels + call.block - 1) / call.block;
    if (sink_gathers(sink)) {
        call.partial = workspace;
        call.counts = (int64_t *)(call.partial + blocks * channels);
    }
    tavse_parallel_for(blocks, round_up(channels, VL) <= MAP_FLOATS ? map_task : map_wide_task, &call);
    sink_finish(sink, channels, call.partial, blocks, call.counts);
}

typedef struct {
    const tavse_source *sources;
    int32_t count, channels;
} source_list;

static void produce_sources(const void *context, int64_t p, int64_t pixels, float *rows, int64_t padded) {
    const source_list *list = context;
    sources_run(list->sources, list->count, p, pixels, rows, padded, list->channels, true);
}

static void map(
    const tavse_source *sources, int32_t count, int64_t pixels, const tavse_sink *sink, void *workspace) {
    source_list list = {sources, count, 0};
    for (int32_t k = 0; k < count; k++) list.channels += sources[k].channels;
    map_rows(produce_sources, &list, list.channels, pixels, sink, workspace);
}
