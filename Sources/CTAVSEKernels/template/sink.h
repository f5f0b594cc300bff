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

/// Rows of `width` pixels in scratch memory, `pixel` floats apart, rows `pitch` apart; the next is number `column`.
typedef struct {
    const float *row;
    int64_t width, pitch, pixel, column;
} pixel_walk;

INLINE void walk_on(pixel_walk *w, int64_t pixels) {
    w->column += pixels;
    w->row += w->column / w->width * w->pitch;
    w->column %= w->width;
}

/// What decides where an activation's gradient passes: nothing, the stored activation, or scale · z + shift.
typedef enum { MASK_NONE, MASK_OUTPUT, MASK_Z } sink_mask;

/// Takes `pixels` pixels to the sink's from p on and adds Σ y and Σ y · (z − center) to `total`, for `vectors` vectors
/// of channels from c on and slopes of 0 and 1.
INLINE void store_with_sums(
    const int vectors, const sink_mask mask, const bool accumulate, const tavse_sink *k, int32_t channels, int32_t c,
    int64_t p, int64_t pixels, const pixel_walk *walk, sums *total) {
    const int64_t stride = distance(k->stride, channels), z_stride = distance(k->z_stride, channels);
    const int64_t output_stride = mask == MASK_OUTPUT ? distance(k->output_stride, channels) : 0;
    float *y = k->values + p * stride + c;
    const float *z = k->z + p * z_stride + c, *output = mask == MASK_OUTPUT ? k->output + p * output_stride + c : z;
    vf scale[2], shift[2], middle[2], sum[2], product[2];
    for (int j = 0; j < vectors; j++) {
        scale[j] = mask == MASK_Z ? load(k->scale + c + j * VL) : splat(1);
        shift[j] = mask == MASK_Z ? load(k->shift + c + j * VL) : splat(0);
        middle[j] = k->center ? load(k->center + c + j * VL) : splat(0);
        sum[j] = product[j] = splat(0);
    }
    const float *row = walk->row + c;
    int64_t column = walk->column;
    for (int64_t left = pixels; left > 0; column = 0, row += walk->pitch) {
        const int64_t piece = minimum(left, walk->width - column);
        const float *from = row + column * walk->pixel;
        left -= piece;
        for (int64_t i = 0; i < piece; i++, from += walk->pixel, y += stride, z += z_stride, output += output_stride)
            for (int j = 0; j < vectors; j++) {
                vf v = load(from + j * VL);
                const vf at = load(z + j * VL);
                if (accumulate) v += load(y + j * VL);
                if (mask == MASK_OUTPUT) v = choose(load(output + j * VL) > 0, v, splat(0));
                if (mask == MASK_Z) v = choose(at * scale[j] + shift[j] > 0, v, splat(0));
                store(y + j * VL, v);
                sum[j] += v;
                product[j] += v * (at - middle[j]);
            }
    }
    for (int j = 0; j < vectors; j++) {
        float s[VL], q[VL];
        store(s, sum[j]);
        store(q, product[j]);
        for (int32_t i = 0; i < VL; i++) {
            total[c + j * VL + i].first += s[i];
            total[c + j * VL + i].second += q[i];
        }
    }
}

/// Stores `pixels` plain pixels and joins their statistics to `total`, which covers `seen` pixels, for `vectors` vectors
/// of channels from c on.
INLINE void store_with_statistics(
    const int vectors, const tavse_sink *k, int32_t channels, int32_t c, int64_t p, int64_t pixels,
    const pixel_walk *walk, sums *total, int64_t seen) {
    const int64_t stride = distance(k->stride, channels);
    float *y = k->values + p * stride + c;
    const float *row = walk->row + c;
    int64_t column = walk->column;
    vf shift[4], sum[4], square[4];
    for (int j = 0; j < vectors; j++) {
        shift[j] = load(row + column * walk->pixel + j * VL);
        sum[j] = square[j] = splat(0);
    }
    for (int64_t left = pixels; left > 0; column = 0, row += walk->pitch) {
        const int64_t piece = minimum(left, walk->width - column);
        const float *from = row + column * walk->pixel;
        left -= piece;
        for (int64_t i = 0; i < piece; i++, from += walk->pixel, y += stride)
            for (int j = 0; j < vectors; j++) {
                const vf v = load(from + j * VL), d = v - shift[j];
                store(y + j * VL, v);
                sum[j] += d;
                square[j] += d * d;
            }
    }
    for (int j = 0; j < vectors; j++)
        join_lanes(sum[j], square[j], shift[j], pixels, VL, total + c + j * VL, seen);
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

/// Stores and gathers `pixels` pixels in one pass, if the sink is one of those that training meets everywhere.
static bool store_and_gather(
    const tavse_sink *k, int32_t channels, int64_t p, int64_t pixels, const pixel_walk *walk, sums *total,
    int64_t seen) {
    if (channels % VL != 0 || k->bias) return false;
    int32_t c = 0;
    if (sink_has_statistics(k)) {
        if (k->accumulate || k->slope != 1) return false;
        for (; c + 4 * VL <= channels; c += 4 * VL)
            store_with_statistics(4, k, channels, c, p, pixels, walk, total, seen);
        for (; c + 2 * VL <= channels; c += 2 * VL)
            store_with_statistics(2, k, channels, c, p, pixels, walk, total, seen);
        for (; c < channels; c += VL) store_with_statistics(1, k, channels, c, p, pixels, walk, total, seen);
        return true;
    }
    if (!sink_has_sums(k) || !k->z) return false;
    sink_mask mask = MASK_NONE;
    if (k->slope == 0 && k->output) mask = MASK_OUTPUT;
    else if (k->slope == 0 && k->scale && k->shift) mask = MASK_Z;
    else if (k->slope != 1) return false;
#define TAKE(MASK, ACCUMULATE)                                                                    \
    do {                                                                                          \
        for (; c + 2 * VL <= channels; c += 2 * VL)                                               \
            store_with_sums(2, MASK, ACCUMULATE, k, channels, c, p, pixels, walk, total);         \
        for (; c < channels; c += VL)                                                             \
            store_with_sums(1, MASK, ACCUMULATE, k, channels, c, p, pixels, walk, total);         \
    } while (0)
    switch (mask) {
    case MASK_NONE:
        if (k->accumulate) TAKE(MASK_NONE, true);
        else TAKE(MASK_NONE, false);
        break;
    case MASK_OUTPUT:
        if (k->accumulate) TAKE(MASK_OUTPUT, true);
        else TAKE(MASK_OUTPUT, false);
        break;
    case MASK_Z:
        if (k->accumulate) TAKE(MASK_Z, true);
        else TAKE(MASK_Z, false);
        break;
    }
#undef TAKE
    return true;
}

/// Takes `rows` rows of `width` pixels (`pixel` floats apart, rows `pitch` apart) to the sink's pixels from p on, and
/// adds their final values to the sums `total` of a block that covers `seen` pixels so far.
static void sink_rows(
    const tavse_sink *k, int32_t channels, int64_t p, int64_t rows, int64_t width, const float *from, int64_t pitch,
    int64_t pixel, sums *total, int64_t seen) {
    const int64_t stride = distance(k->stride, channels), z_stride = distance(k->z_stride, channels);
    const int64_t pixels = rows * width, chunk = maximum(8, minimum(SUM_PIXELS, 4096 / channels));
    pixel_walk walk = {from, width, pitch, pixel, 0};
    for (int64_t start = 0, n; start < pixels; start += n, walk_on(&walk, n)) {
        n = minimum(chunk, pixels - start);
        if (store_and_gather(k, channels, p + start, n, &walk, total, seen + start)) continue;
        pixel_walk piece = walk;
        for (int64_t i = 0, taken; i < n; i += taken, walk_on(&piece, taken)) {
            taken = minimum(n - i, width - piece.column);
            sink_pixels(k, channels, p + start + i, taken, piece.row + piece.column * pixel, pixel);
        }
        const float *block = k->values + (p + start) * stride;
        if (sink_has_statistics(k)) gather_statistics(block, stride, n, channels, total, seen + start);
        else if (sink_has_sums(k))
            gather_sums(
                block, stride, k->z ? k->z + (p + start) * z_stride : NULL, z_stride, k->center, n, channels, total);
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
