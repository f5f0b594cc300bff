// Writing results and gathering sums over pixels while they are in cache; see tavse_sink.
//
// Sums are gathered in single precision over at most SUM_PIXELS pixels and then added to double precision. Mean and
// squared deviations use as shift the first pixel of each such block, so that a mean far from zero costs no digits,
// and blocks are joined by Chan, Golub & LeVeque's formula (*Updating formulae …*, 1979).

enum { SUM_PIXELS = 128 };

/// Per channel and block of pixels: (mean, m2) or (sum, sum_z).
typedef struct {
    double first, second;
} sums;

INLINE bool sink_has_statistics(const tavse_sink *k) { return k->mean || k->m2; }
INLINE bool sink_has_sums(const tavse_sink *k) { return k->sum || k->sum_z; }
INLINE bool sink_gathers(const tavse_sink *k) { return sink_has_statistics(k) || sink_has_sums(k); }

INLINE void join(sums *a, double count, sums b, double added) {
    const double total = count + added, delta = b.first - a->first;
    a->first += delta * added / total;
    a->second += b.second + delta * delta * count * added / total;
}

/// Joins Σ (v − shift) and Σ (v − shift)² over `pixels` pixels, one channel per lane, to the totals.
INLINE void join_lanes(vf sum, vf square, vf shift, int64_t pixels, int32_t count, sums *total, int64_t seen) {
    float s[VL], q[VL], k[VL];
    store(s, sum);
    store(q, square);
    store(k, shift);
    // The same factors for every channel: Chan's formula without a division per channel.
    const double n = (double)pixels, one = 1 / n, part = n / ((double)seen + n), both = part * (double)seen;
    for (int32_t j = 0; j < count; j++) {
        const double mean = s[j] * one, delta = k[j] + mean - total[j].first;
        total[j].first += delta * part;
        total[j].second += fmax(0, q[j] - s[j] * mean) + delta * delta * both;
    }
}

/// Statistics of up to SUM_PIXELS pixels at `values` (stride in floats), joined to `total` which covers `seen` pixels.
static void gather_statistics(
    const float *values, int64_t stride, int64_t pixels, int32_t channels, sums *total, int64_t seen) {
    for (int32_t c = 0; c < channels; c += VL) {
        const int32_t count = (int32_t)minimum(VL, channels - c);
        const vf shift = load_some(values + c, count);
        vf s0 = splat(0), s1 = splat(0), q0 = splat(0), q1 = splat(0);
        int64_t i = 0;
        for (; i + 2 <= pixels; i += 2) {
            const vf d0 = load_some(values + i * stride + c, count) - shift;
            const vf d1 = load_some(values + (i + 1) * stride + c, count) - shift;
            s0 += d0;
            s1 += d1;
            q0 += d0 * d0;
            q1 += d1 * d1;
        }
        if (i < pixels) {
            const vf d0 = load_some(values + i * stride + c, count) - shift;
            s0 += d0;
            q0 += d0 * d0;
        }
        join_lanes(s0 + s1, q0 + q1, shift, pixels, count, total + c, seen);
    }
}

/// The same while copying `from` (pixels `pixel` floats apart) to `values`, for whole vectors of channels.
static void store_with_statistics(
    const float *from, int64_t pixel, float *values, int64_t stride, int64_t pixels, int32_t channels, sums *total,
    int64_t seen) {
    for (int32_t c = 0; c < channels; c += VL) {
        const vf shift = load(from + c);
        vf s0 = splat(0), s1 = splat(0), q0 = splat(0), q1 = splat(0);
        int64_t i = 0;
        for (; i + 2 <= pixels; i += 2) {
            const vf v0 = load(from + i * pixel + c), v1 = load(from + (i + 1) * pixel + c);
            store(values + i * stride + c, v0);
            store(values + (i + 1) * stride + c, v1);
            const vf d0 = v0 - shift, d1 = v1 - shift;
            s0 += d0;
            s1 += d1;
            q0 += d0 * d0;
            q1 += d1 * d1;
        }
        if (i < pixels) {
            const vf v0 = load(from + i * pixel + c);
            store(values + i * stride + c, v0);
            const vf d0 = v0 - shift;
            s0 += d0;
            q0 += d0 * d0;
        }
        join_lanes(s0 + s1, q0 + q1, shift, pixels, VL, total + c, seen);
    }
}

static void gather_sums(
    const float *values, int64_t stride, const float *z, int64_t z_stride, const float *center, int64_t pixels,
    int32_t channels, sums *total) {
    for (int32_t c = 0; c < channels; c += VL) {
        const int32_t count = (int32_t)minimum(VL, channels - c);
        const vf middle = center ? load_some(center + c, count) : splat(0);
        vf s0 = splat(0), s1 = splat(0), q0 = splat(0), q1 = splat(0);
        for (int64_t i = 0; i < pixels; i++) {
            const vf g = load_some(values + i * stride + c, count);
            if (i & 1) s1 += g;
            else s0 += g;
            if (z) {
                const vf d = load_some(z + i * z_stride + c, count) - middle;
                if (i & 1) q1 += g * d;
                else q0 += g * d;
            }
        }
        float s[VL], q[VL];
        store(s, s0 + s1);
        store(q, q0 + q1);
        for (int32_t j = 0; j < count; j++) {
            total[c + j].first += s[j];
            total[c + j].second += q[j];
        }
    }
}

/// The final value of one vector of channels of pixel p.
INLINE vf sink_vector(const tavse_sink *k, int32_t channels, int64_t p, int32_t c, int32_t count, vf v) {
    if (k->bias) v = v + load_some(k->bias + c, count);
    if (k->accumulate) v = v + load_some(k->values + p * distance(k->stride, channels) + c, count);
    if (k->slope != 1) {
        if (k->output) {
            const vf y = load_some(k->output + p * distance(k->output_stride, channels) + c, count);
            v = choose(y > 0, v, v * splat(k->slope));
        } else if (k->z) {
            vf u = load_some(k->z + p * distance(k->z_stride, channels) + c, count);
            if (k->scale) u = u * load_some(k->scale + c, count);
            if (k->shift) u = u + load_some(k->shift + c, count);
            v = choose(u > 0, v, v * splat(k->slope));
        }
    }
    return v;
}

/// Takes consecutive pixels to the sink.
static void sink_pixels_general(
    const tavse_sink *k, int32_t channels, int64_t p, int64_t pixels, const float *from, int64_t pixel) {
    const int64_t stride = distance(k->stride, channels);
    float *y = k->values + p * stride;
    for (int64_t i = 0; i < pixels; i++, y += stride, from += pixel) {
        int32_t c = 0;
        for (; c + VL <= channels; c += VL) store(y + c, sink_vector(k, channels, p + i, c, VL, load(from + c)));
        if (c < channels) {
            const int32_t count = channels - c;
            store_partial(y + c, sink_vector(k, channels, p + i, c, count, load_partial(from + c, count)), count);
        }
    }
}

static void sink_pixels(
    const tavse_sink *k, int32_t channels, int64_t p, int64_t pixels, const float *from, int64_t pixel) {
    const int64_t stride = distance(k->stride, channels);
    const bool masked = k->slope != 1 && (k->output || k->z);
    if (channels % VL == 0 && !k->bias && !masked) {
        float *y = k->values + p * stride;
        for (int64_t i = 0; i < pixels; i++, y += stride, from += pixel)
            for (int32_t c = 0; c < channels; c += VL) {
                const vf v = load(from + c);
                store(y + c, k->accumulate ? v + load(y + c) : v);
            }
        return;
    }
    if (channels % VL == 0 && !k->bias && k->slope == 0 && (k->output || (k->z && k->scale && k->shift))) {
        // ReLU's mask, from the stored activation or from z: what the backward pass of a tower does everywhere.
        float *y = k->values + p * stride;
        const int64_t m_stride = distance(k->output ? k->output_stride : k->z_stride, channels);
        const float *m = (k->output ? k->output : k->z) + p * m_stride;
        const bool by_output = k->output != NULL, accumulate = k->accumulate;
        const float *const scale = k->scale, *const shift = k->shift;
        for (int64_t i = 0; i < pixels; i++, y += stride, from += pixel, m += m_stride)
            for (int32_t c = 0; c < channels; c += VL) {
                vf v = load(from + c), u = load(m + c);
                if (accumulate) v += load(y + c);
                if (!by_output) u = u * load(scale + c) + load(shift + c);
                store(y + c, choose(u > 0, v, v * splat(0)));
            }
        return;
    }
    if (channels < VL && pixels >= VL && pixel == channels && stride == channels
        && contiguous(k->z_stride, channels) && contiguous(k->output_stride, channels)) {
        // Few channels: VL pixels together are one wide pixel of whole vectors.
        const int64_t wide = pixels / VL;
        float coefficients[3][VL * VL];
        tavse_sink view = *k;
        view.stride = view.z_stride = view.output_stride = 0;
        view.values += p * channels;
        if (k->z) view.z += p * channels;
        if (k->output) view.output += p * channels;
        view.bias = repeated(k->bias, channels, coefficients[0]);
        view.scale = repeated(k->scale, channels, coefficients[1]);
        view.shift = repeated(k->shift, channels, coefficients[2]);
        sink_pixels_general(&view, channels * VL, 0, wide, from, (int64_t)channels * VL);
        p += wide * VL;
        pixels -= wide * VL;
        from += wide * VL * channels;
    }
    sink_pixels_general(k, channels, p, pixels, from, pixel);
}

/// Takes `rows` rows of `width` pixels (`pixel` floats apart, rows `pitch` apart) to the sink's pixels from p on, and
/// adds their final values to the sums `total` of a block that covers `seen` pixels so far.
static void sink_rows(
    const tavse_sink *k, int32_t channels, int64_t p, int64_t rows, int64_t width, const float *from, int64_t pitch,
    int64_t pixel, sums *total, int64_t seen) {
    const int64_t stride = distance(k->stride, channels), pixels = rows * width;
    const int64_t chunk = maximum(8, minimum(SUM_PIXELS, 4096 / channels));
    const bool simple = rows == 1 && channels % VL == 0 && !k->bias && !k->accumulate && k->slope == 1;
    int64_t column = 0;
    for (int64_t start = 0; start < pixels; start += chunk) {
        const int64_t n = minimum(chunk, pixels - start);
        float *block = k->values + (p + start) * stride;
        if (simple && sink_has_statistics(k)) {
            store_with_statistics(from + start * pixel, pixel, block, stride, n, channels, total, seen + start);
            continue;
        }
        for (int64_t i = 0; i < n;) {
            // A piece of one row, at most to its end.
            const int64_t piece = minimum(n - i, width - column);
            sink_pixels(k, channels, p + start + i, piece, from + column * pixel, pixel);
            i += piece;
            column += piece;
            if (column == width) {
                column = 0;
                from += pitch;
            }
        }
        if (sink_has_statistics(k)) gather_statistics(block, stride, n, channels, total, seen + start);
        else if (sink_has_sums(k)) {
            const int64_t z_stride = distance(k->z_stride, channels);
            gather_sums(
                block, stride, k->z ? k->z + (p + start) * z_stride : NULL, z_stride, k->center, n, channels, total);
        }
    }
}

/// Joins the blocks' sums, in order, and writes them out; block b covers count(b) pixels.
static void sink_finish(
    const tavse_sink *k, int32_t channels, const sums *partial, int64_t blocks, const int64_t *pixels) {
    if (!sink_gathers(k)) return;
    for (int32_t c = 0; c < channels; c++) {
        sums total = {0, 0};
        double seen = 0;
        for (int64_t b = 0; b < blocks; b++) {
            const sums part = partial[b * channels + c];
            if (sink_has_statistics(k)) {
                if (pixels[b] > 0) join(&total, seen, part, (double)pixels[b]);
                seen += (double)pixels[b];
            } else {
                total.first += part.first;
                total.second += part.second;
            }
        }
        if (k->mean) k->mean[c] = total.first;
        if (k->m2) k->m2[c] = total.second;
        if (k->sum) k->sum[c] = total.first;
        if (k->sum_z) k->sum_z[c] = total.second;
    }
}
