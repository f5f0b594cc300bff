// Pooling. Both backward passes gather: every input pixel asks which outputs it fed, so that tasks never meet.

typedef struct {
    int32_t batch, in_h, in_w, channels, kernel, stride, pad, out_h, out_w;
    const tavse_source *source;
    const float *dy;
    float *y;
    const uint8_t *winners;
    uint8_t *argmax;
} pool_call;

typedef uint8_t vb __attribute__((ext_vector_type(VL), aligned(1)));

// MARK: Maximum

enum { POOL_FLOATS = 16384 };

static void max_pool_image(void *context, int64_t image, int32_t thread) {
    (void)thread;
    const pool_call *call = context;
    const int32_t channels = call->channels, kernel = call->kernel;
    const int64_t padded = round_up(channels, VL), pitch = call->in_w * padded;
    // Each input row is evaluated once and kept while windows need it, if the rows of a window fit.
    float ring[POOL_FLOATS];
    const bool cached = pitch * kernel <= POOL_FLOATS;
    int64_t loaded = 0;
    for (int64_t i = 0; i < call->out_h; i++) {
        const int64_t top = i * call->stride - call->pad;
        const int64_t begin = maximum(0, top), end = minimum(call->in_h, top + kernel);
        for (loaded = maximum(loaded, begin); cached && loaded < end; loaded++)
            source_run(
                call->source, (image * call->in_h + loaded) * call->in_w, call->in_w, ring + loaded % kernel * pitch,
                padded, (int32_t)padded, true);
        const float *rows[16];
        for (int64_t y = begin; y < end; y++) rows[y - begin] = ring + y % kernel * pitch;
        for (int64_t j = 0; j < call->out_w; j++) {
            const int64_t left = j * call->stride - call->pad;
            const int64_t first = maximum(0, left), last = minimum(call->in_w, left + kernel);
            const int64_t out = ((image * call->out_h + i) * call->out_w + j) * channels;
            for (int32_t c = 0; c < channels; c += VL) {
                const int32_t count = (int32_t)minimum(VL, channels - c);
                vf best = splat(-INFINITY);
                vi winner = splat_int((int32_t)((begin - top) * kernel + first - left));
                for (int64_t y = begin; y < end; y++)
                    for (int64_t x = first; x < last; x++) {
                        const vf v = cached
                            ? load(rows[y - begin] + x * padded + c)
                            : source_vector(call->source, (image * call->in_h + y) * call->in_w + x, c, count);
                        const vi better = (v > best) | (v != v);
                        best = choose(better, v, best);
                        const vi index = splat_int((int32_t)((y - top) * kernel + x - left));
                        winner = (better & index) | (~better & winner);
                    }
                store_some(call->y + out + c, best, count);
                if (call->argmax) {
                    const vb bytes = __builtin_convertvector(winner, vb);
                    memcpy(call->argmax + out + c, &bytes, (size_t)count);
                }
            }
        }
    }
}

static void max_pool(
    int32_t batch, int32_t in_h, int32_t in_w, int32_t channels, int32_t kernel, int32_t stride, int32_t pad,
    int32_t out_h, int32_t out_w, const tavse_source *source, float *y, uint8_t *argmax) {
    pool_call call = {
        .batch = batch, .in_h = in_h, .in_w = in_w, .channels = channels, .kernel = kernel, .stride = stride,
        .pad = pad, .out_h = out_h, .out_w = out_w, .source = source, .y = y, .argmax = argmax};
    tavse_parallel_for(batch, max_pool_image, &call);
}

/// dx of `pixels` consecutive input pixels from p on.
static void max_pool_gradient_rows(const void *context, int64_t p, int64_t pixels, float *rows, int64_t padded) {
    const pool_call *call = context;
    const int32_t channels = call->channels;
    for (int64_t n = 0; n < pixels; n++, rows += padded) {
        const int64_t at = p + n, x = at % call->in_w, y = at / call->in_w % call->in_h;
        const int64_t image = at / call->in_w / call->in_h;
        // Windows i with i · stride − pad ≤ y < i · stride − pad + kernel.
        const int64_t i0 = maximum(0, floor_divide(y + call->pad - call->kernel, call->stride) + 1);
        const int64_t i1 = minimum(call->out_h, floor_divide(y + call->pad, call->stride) + 1);
        const int64_t j0 = maximum(0, floor_divide(x + call->pad - call->kernel, call->stride) + 1);
        const int64_t j1 = minimum(call->out_w, floor_divide(x + call->pad, call->stride) + 1);
        for (int32_t c = 0; c < channels; c += VL) {
            const int32_t count = (int32_t)minimum(VL, channels - c);
            vf sum = splat(0);
            for (int64_t i = i0; i < i1; i++)
                for (int64_t j = j0; j < j1; j++) {
                    const int64_t out = ((image * call->out_h + i) * call->out_w + j) * channels + c;
                    vb bytes = {0};
                    memcpy(&bytes, call->winners + out, (size_t)count);
                    const int64_t here =
                        (y - i * call->stride + call->pad) * call->kernel + x - j * call->stride + call->pad;
                    const vi mine = __builtin_convertvector(bytes, vi) == splat_int((int32_t)here);
                    sum += choose(mine, load_some(call->dy + out, count), splat(0));
                }
            store(rows + c, sum);
        }
    }
}

static void max_pool_backward(
    int32_t batch, int32_t in_h, int32_t in_w, int32_t channels, int32_t kernel, int32_t stride, int32_t pad,
    int32_t out_h, int32_t out_w, const float *dy, const uint8_t *argmax, const tavse_sink *sink, void *workspace) {
    const pool_call call = {
        .batch = batch, .in_h = in_h, .in_w = in_w, .channels = channels, .kernel = kernel, .stride = stride,
        .pad = pad, .out_h = out_h, .out_w = out_w, .dy = dy, .winners = argmax};
    map_rows(max_pool_gradient_rows, &call, channels, (int64_t)batch * in_h * in_w, sink, workspace);
}

// MARK: Average

static void global_average_image(void *context, int64_t image, int32_t thread) {
    (void)thread;
    const pool_call *call = context;
    const float scale = 1 / (float)call->in_w;
    for (int32_t c = 0; c < call->channels; c += VL) {
        const int32_t count = (int32_t)minimum(VL, call->channels - c);
        vf sum = splat(0);
        for (int64_t p = 0; p < call->in_w; p++) sum += source_vector(call->source, image * call->in_w + p, c, count);
        store_some(call->y + image * call->channels + c, sum * splat(scale), count);
    }
}

static void global_average(int32_t batch, int32_t pixels, const tavse_source *source, float *y) {
    pool_call call = {.batch = batch, .in_w = pixels, .channels = source->channels, .source = source, .y = y};
    tavse_parallel_for(batch, global_average_image, &call);
}

static void global_average_gradient_rows(const void *context, int64_t p, int64_t pixels, float *rows, int64_t padded) {
    const pool_call *call = context;
    const vf scale = splat(1 / (float)call->in_w);
    for (int64_t n = 0; n < pixels; n++, rows += padded) {
        const float *dy = call->dy + (p + n) / call->in_w * call->channels;
        for (int32_t c = 0; c < call->channels; c += VL)
            store(rows + c, scale * load_some(dy + c, (int32_t)minimum(VL, call->channels - c)));
    }
}

static void global_average_backward(
    int32_t batch, int32_t pixels, int32_t channels, const float *dy, const tavse_sink *sink, void *workspace) {
    const pool_call call = {.batch = batch, .in_w = pixels, .channels = channels, .dy = dy};
    map_rows(global_average_gradient_rows, &call, channels, (int64_t)batch * pixels, sink, workspace);
}
