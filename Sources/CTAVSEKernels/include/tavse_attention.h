#ifndef TAVSE_ATTENTION_H
#define TAVSE_ATTENTION_H

#include <stdint.h>

/// One head of attention in which every query sees a run of neighbouring keys, on the calling thread:
///
///     y[i] = Σ over j of p[i, j] · v[j],   p[i, ·] = softmax over j of scale · ⟨q[i], k[j]⟩,   begin ≤ j < end
///
/// with begin and end of `i mod period`. Rows of q, y and of k, v lie `query_stride`, `out_stride`, `key_stride` and
/// `value_stride` floats apart, which leaves room for the other heads.
typedef struct {
    int64_t queries, keys;
    int32_t width, value_width;
    int64_t query_stride, key_stride, value_stride, out_stride;
    float scale;
    const int32_t *begin, *end;
    int64_t period;
    /// The longest run: p has so many floats per query.
    int64_t most;
} tavse_window_attention;

/// y and the probabilities `[queries, most]`, of which those beyond a query's run are left alone.
void tavse_window_attention_forward(
    const tavse_window_attention *w, const float *q, const float *k, const float *v, float *p, float *y);

/// From dy to dq, dk and dv, which are overwritten; `scratch` holds `most` floats.
void tavse_window_attention_backward(
    const tavse_window_attention *w, const float *q, const float *k, const float *v, const float *p, const float *dy,
    float *dq, float *dk, float *dv, float *scratch);

#endif
