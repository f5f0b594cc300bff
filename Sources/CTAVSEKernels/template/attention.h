// Attention of every query to a run of a few keys. The runs are too short for matrix products: a query's scores are
// inner products, its result and the gradients are sums of a few rows.

INLINE float inner_product(const float *a, const float *b, int32_t width) {
    vf sum = splat(0);
    for (int32_t i = 0; i < width; i += VL) {
        const int32_t n = (int32_t)minimum(VL, width - i);
        sum += load_some(a + i, n) * load_some(b + i, n);
    }
    return sum_lanes(sum);
}

/// y += factor · x.
INLINE void add_scaled(float factor, const float *x, float *y, int32_t width) {
    for (int32_t i = 0; i < width; i += VL) {
        const int32_t n = (int32_t)minimum(VL, width - i);
        store_some(y + i, load_some(y + i, n) + factor * load_some(x + i, n), n);
    }
}

INLINE void clear_rows(float *rows, int64_t count, int64_t stride, int32_t width) {
    for (int64_t i = 0; i < count; i++) memset(rows + i * stride, 0, sizeof(float) * (size_t)width);
}

static void window_attention_forward(
    const tavse_window_attention *w, const float *q, const float *k, const float *v, float *p, float *y) {
    clear_rows(y, w->queries, w->out_stride, w->value_width);
    for (int64_t i = 0; i < w->queries; i++, q += w->query_stride, y += w->out_stride, p += w->most) {
        const int64_t begin = w->begin[i % w->period], count = w->end[i % w->period] - begin;
        for (int64_t j = 0; j < count; j++)
            p[j] = w->scale * inner_product(q, k + (begin + j) * w->key_stride, w->width);
        array_softmax(1, count, p, p);
        for (int64_t j = 0; j < count; j++) add_scaled(p[j], v + (begin + j) * w->value_stride, y, w->value_width);
    }
}

static void window_attention_backward(
    const tavse_window_attention *w, const float *q, const float *k, const float *v, const float *p, const float *dy,
    float *dq, float *dk, float *dv, float *scratch) {
    clear_rows(dq, w->queries, w->query_stride, w->width);
    clear_rows(dk, w->keys, w->key_stride, w->width);
    clear_rows(dv, w->keys, w->value_stride, w->value_width);
    for (int64_t i = 0; i < w->queries; i++) {
        const int64_t begin = w->begin[i % w->period], count = w->end[i % w->period] - begin;
        for (int64_t j = 0; j < count; j++) {
            scratch[j] = inner_product(dy, v + (begin + j) * w->value_stride, w->value_width);
            add_scaled(p[j], dy, dv + (begin + j) * w->value_stride, w->value_width);
        }
        array_softmax_backward(1, count, p, scratch, scratch);
        for (int64_t j = 0; j < count; j++) {
            const float s = w->scale * scratch[j];
            add_scaled(s, k + (begin + j) * w->key_stride, dq, w->width);
            add_scaled(s, q, dk + (begin + j) * w->key_stride, w->width);
        }
        q += w->query_stride;
        dq += w->query_stride;
        dy += w->out_stride;
        p += w->most;
    }
}
