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

/// The forms of a source that training meets, each worth a loop of its own; GENERAL does what is left.
typedef enum {
    FORM_PLAIN,              // values
    FORM_AFFINE,             // φ(scale · values + shift)
    FORM_RESIDUAL,           // φ(scale · values + shift + residual)
    FORM_RESIDUAL_AFFINE,    // φ(scale · values + shift + residual_scale · residual + residual_shift)
    FORM_GRADIENT,           // c1 · g + c2 · z + c3
    FORM_GRADIENT_BY_VALUE,  // the same, masked by the sign of scale · z + shift
    FORM_GRADIENT_BY_OUTPUT, // the same, masked by the stored activation
    FORM_GENERAL,
} source_form;

static source_form form_of(const tavse_source *s) {
    if (!s->gradient) {
        if (s->scale && s->shift) {
            if (!s->residual) return FORM_AFFINE;
            if (!s->residual_scale && !s->residual_shift) return FORM_RESIDUAL;
            return s->residual_scale && s->residual_shift ? FORM_RESIDUAL_AFFINE : FORM_GENERAL;
        }
        if (s->residual) return FORM_GENERAL;
        return !s->scale && !s->shift && s->slope == 1 ? FORM_PLAIN : FORM_GENERAL;
    }
    if (!s->c1 || !s->c2 || !s->c3 || !s->values) return FORM_GENERAL;
    if (s->slope == 1) return FORM_GRADIENT;
    if (s->output) return FORM_GRADIENT_BY_OUTPUT;
    return s->scale && s->shift ? FORM_GRADIENT_BY_VALUE : FORM_GENERAL;
}

/// Rows of a source of one form.
INLINE void source_rows(
    const source_form form, const bool rectified, const tavse_source *s, int64_t p, int64_t pixels, float *out,
    int64_t out_stride, int32_t padded, float *kept, int64_t kept_stride) {
    const int32_t channels = s->channels;
    const int64_t z_stride = distance(s->stride, channels), g_stride = distance(s->gradient_stride, channels);
    const int64_t y_stride = distance(s->output_stride, channels);
    const float *zs = s->values ? s->values + p * z_stride : NULL;
    const float *gs = s->gradient ? s->gradient + p * g_stride : NULL;
    const float *ys = s->output ? s->output + p * y_stride : NULL;
    const int64_t r_stride = distance(s->residual_stride, channels);
    const float *rs = s->residual ? s->residual + p * r_stride : NULL;
    const bool affine = form == FORM_AFFINE || form == FORM_RESIDUAL || form == FORM_RESIDUAL_AFFINE;
    // Copies, since the compiler must assume that a store to `out` changes the source.
    const float *const scale = s->scale, *const shift = s->shift, *const c1 = s->c1, *const c2 = s->c2;
    const float *const c3 = s->c3, *const r_scale = s->residual_scale, *const r_shift = s->residual_shift;
    const vf slope = splat(s->slope);
    for (int64_t i = 0; i < pixels; i++, out += out_stride) {
        int32_t c = 0;
        for (; c + VL <= channels; c += VL) {
            vf v;
            if (form == FORM_GENERAL) {
                v = source_vector(s, p + i, c, VL);
            } else {
                v = load(zs + i * z_stride + c);
                if (affine) {
                    v = v * load(scale + c) + load(shift + c);
                    if (form == FORM_RESIDUAL) v += load(rs + i * r_stride + c);
                    if (form == FORM_RESIDUAL_AFFINE)
                        v += load(rs + i * r_stride + c) * load(r_scale + c) + load(r_shift + c);
                    v = rectified ? choose(v <= 0, splat(0), v) : choose(v > 0, v, v * slope);
                }
                if (form == FORM_GRADIENT || form == FORM_GRADIENT_BY_VALUE || form == FORM_GRADIENT_BY_OUTPUT) {
                    vf g = load(gs + i * g_stride + c);
                    if (form == FORM_GRADIENT_BY_VALUE)
                        g = choose(v * load(scale + c) + load(shift + c) > 0, g, g * slope);
                    if (form == FORM_GRADIENT_BY_OUTPUT)
                        g = choose(load(ys + i * y_stride + c) > 0, g, g * slope);
                    v = v * load(c2 + c) + load(c3 + c);
                    v = g * load(c1 + c) + v;
                }
            }
            store(out + c, v);
            if (kept) store(kept + (p + i) * kept_stride + c, v);
        }
        if (c < channels) {
            const vf v = source_vector(s, p + i, c, channels - c);
            store_partial(out + c, v, (int32_t)minimum(VL, padded - c));
            if (kept) store_partial(kept + (p + i) * kept_stride + c, v, channels - c);
            c += VL;
        }
        for (; c < padded; c += VL) store_partial(out + c, splat(0), (int32_t)minimum(VL, padded - c));
    }
}

static void source_any_rows(
    const tavse_source *s, int64_t p, int64_t pixels, float *out, int64_t out_stride, int32_t padded, float *kept,
    int64_t kept_stride) {
#define ROWS_OF(FORM, RECTIFIED) source_rows(FORM, RECTIFIED, s, p, pixels, out, out_stride, padded, kept, kept_stride)
    switch (form_of(s)) {
    case FORM_PLAIN: ROWS_OF(FORM_PLAIN, false); break;
    case FORM_AFFINE:
        if (s->slope == 0) ROWS_OF(FORM_AFFINE, true);
        else ROWS_OF(FORM_AFFINE, false);
        break;
    case FORM_RESIDUAL:
        if (s->slope == 0) ROWS_OF(FORM_RESIDUAL, true);
        else ROWS_OF(FORM_RESIDUAL, false);
        break;
    case FORM_RESIDUAL_AFFINE:
        if (s->slope == 0) ROWS_OF(FORM_RESIDUAL_AFFINE, true);
        else ROWS_OF(FORM_RESIDUAL_AFFINE, false);
        break;
    case FORM_GRADIENT: ROWS_OF(FORM_GRADIENT, false); break;
    case FORM_GRADIENT_BY_VALUE: ROWS_OF(FORM_GRADIENT_BY_VALUE, false); break;
    case FORM_GRADIENT_BY_OUTPUT: ROWS_OF(FORM_GRADIENT_BY_OUTPUT, false); break;
    case FORM_GENERAL: ROWS_OF(FORM_GENERAL, false); break;
    }
#undef ROWS_OF
}

/// `channels` coefficients repeated to fill VL pixels.
INLINE const float *repeated(const float *coefficients, int32_t channels, float *out) {
    if (!coefficients) return NULL;
    for (int32_t i = 0; i < channels * VL; i++) out[i] = coefficients[i % channels];
    return out;
}

INLINE bool contiguous(int64_t stride, int64_t channels) { return stride == 0 || stride == channels; }

/// Writes `pixels` consecutive pixels from p on to `out`, pixels `out_stride` floats apart. `padded` channels are
/// written per pixel, zeros beyond the source's own; `store_too` says whether to honour the source's own store.
static void source_run(
    const tavse_source *s, int64_t p, int64_t pixels, float *out, int64_t out_stride, int32_t padded, bool store_too) {
    const int32_t channels = s->channels;
    const int64_t kept_stride = distance(s->store_stride, channels);
    float *kept = store_too ? s->store : NULL;
    if (channels < VL && pixels >= VL && padded == channels && out_stride == channels && kept_stride == channels
        && contiguous(s->stride, channels) && contiguous(s->residual_stride, channels)
        && contiguous(s->gradient_stride, channels) && contiguous(s->output_stride, channels)) {
        // Few channels: VL pixels together are one wide pixel of whole vectors.
        const int64_t wide = pixels / VL;
        float coefficients[7][VL * VL];
        tavse_source view = *s;
        view.channels = channels * VL;
        view.stride = view.residual_stride = view.gradient_stride = view.output_stride = 0;
#define MOVED(FIELD) view.FIELD = s->FIELD ? s->FIELD + p * channels : NULL
        MOVED(values);
        MOVED(residual);
        MOVED(gradient);
        MOVED(output);
#undef MOVED
        view.scale = repeated(s->scale, channels, coefficients[0]);
        view.shift = repeated(s->shift, channels, coefficients[1]);
        view.residual_scale = repeated(s->residual_scale, channels, coefficients[2]);
        view.residual_shift = repeated(s->residual_shift, channels, coefficients[3]);
        view.c1 = repeated(s->c1, channels, coefficients[4]);
        view.c2 = repeated(s->c2, channels, coefficients[5]);
        view.c3 = repeated(s->c3, channels, coefficients[6]);
        source_any_rows(
            &view, 0, wide, out, view.channels, view.channels, kept ? kept + p * channels : NULL, view.channels);
        p += wide * VL;
        pixels -= wide * VL;
        out += wide * VL * channels;
    }
    if (pixels > 0) source_any_rows(s, p, pixels, out, out_stride, padded, kept, kept_stride);
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
