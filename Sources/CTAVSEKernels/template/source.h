// Reading a tensor through the layer that follows it; see tavse_source.

INLINE vf activation(vf u, float slope) {
    if (slope == 0) return choose(u <= 0, splat(0), u);
    return choose(u > 0, u, u * splat(slope));
}

/// One vector of `count` channels from channel c of pixel p.
INLINE vf source_vector(const tavse_source *s, int64_t p, int32_t c, int32_t count) {
    const int64_t channels = s->channels;
    vf z = splat(0);
    if (s->values) z = load_some(s->values + p * distance(s->stride, channels) + c, count);
    vf u = z;
    if (s->scale) u = u * load_some(s->scale + c, count);
    if (s->shift) u = u + load_some(s->shift + c, count);
    if (!s->gradient) {
        if (s->residual) {
            vf r = load_some(s->residual + p * distance(s->residual_stride, channels) + c, count);
            if (s->residual_scale) r = r * load_some(s->residual_scale + c, count);
            if (s->residual_shift) r = r + load_some(s->residual_shift + c, count);
            u = u + r;
        }
        return s->slope == 1 ? u : activation(u, s->slope);
    }
    vf g = load_some(s->gradient + p * distance(s->gradient_stride, channels) + c, count);
    if (s->slope != 1) {
        if (s->output) u = load_some(s->output + p * distance(s->output_stride, channels) + c, count);
        g = choose(u > 0, g, g * splat(s->slope));
    }
    if (s->c1) g = g * load_some(s->c1 + c, count);
    if (s->c2) g = g + z * load_some(s->c2 + c, count);
    if (s->c3) g = g + load_some(s->c3 + c, count);
    return g;
}

/// Writes `pixels` consecutive pixels from p on to `out`, pixels `out_stride` floats apart. `padded` channels are
/// written per pixel, zeros beyond the source's own; `store` says whether to honour the source's own store.
INLINE void source_run(
    const tavse_source *s, int64_t p, int64_t pixels, float *out, int64_t out_stride, int32_t padded, bool store_too) {
    const int32_t channels = s->channels;
    const int64_t store_stride = distance(s->store_stride, channels);
    float *kept = store_too ? s->store : NULL;
    const bool plain = !s->gradient && !s->scale && !s->shift && !s->residual && s->slope == 1 && !kept;
    if (plain && padded == channels) {
        const int64_t stride = distance(s->stride, channels);
        if (stride == channels && out_stride == channels) {
            memcpy(out, s->values + p * stride, sizeof(float) * (size_t)(pixels * channels));
            return;
        }
    }
    if (channels < VL && padded == channels && out_stride == channels && !s->gradient && !s->residual && !s->scale
        && !s->shift && distance(s->stride, channels) == channels) {
        // Few channels, contiguous, nothing per channel: treat the row as one long vector.
        const float *x = s->values + p * channels;
        for (int64_t i = 0; i < pixels * channels; i += VL) {
            const int32_t count = (int32_t)minimum(VL, pixels * channels - i);
            const vf v = activation(load_some(x + i, count), s->slope);
            store_some(out + i, v, count);
            if (kept && store_stride == channels) store_some(kept + p * channels + i, v, count);
        }
        if (!kept || store_stride == channels) return;
    }
    for (int64_t i = 0; i < pixels; i++) {
        float *row = out + i * out_stride;
        int32_t c = 0;
        for (; c + VL <= channels; c += VL) {
            const vf v = source_vector(s, p + i, c, VL);
            store(row + c, v);
            if (kept) store(kept + (p + i) * store_stride + c, v);
        }
        if (c < channels) {
            const vf v = source_vector(s, p + i, c, channels - c);
            store_partial(row + c, v, (int32_t)minimum(VL, padded - c));
            if (kept) store_partial(kept + (p + i) * store_stride + c, v, channels - c);
            c += VL;
        }
        for (; c < padded; c += VL) store_partial(row + c, splat(0), (int32_t)minimum(VL, padded - c));
    }
}

/// Several sources side by side; `padded` counts the channels of all of them.
static void sources_run(
    const tavse_source *sources, int32_t count, int64_t p, int64_t pixels, float *out, int64_t out_stride,
    int32_t padded, bool store_too) {
    int32_t c = 0;
    for (int32_t k = 0; k < count; k++) {
        const int32_t width = k + 1 < count ? sources[k].channels : padded - c;
        source_run(sources + k, p, pixels, out + c, out_stride, width, store_too);
        c += sources[k].channels;
    }
}
