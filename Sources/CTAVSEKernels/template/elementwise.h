// Transcendental functions and element-wise steps.

// MARK: Functions of one vector

/// eʳ − 1 for |r| ≤ ½ ln 2 by its Taylor polynomial of degree 8 (truncation below 2e-10), and the power of two that
/// completes eˣ: eˣ = 2ᵏ · (1 + tail).
INLINE vf exponential_tail(vf x, vi *power) {
    const float shifter = 12582912.0f;  // 1.5 · 2²³: adding it rounds to the nearest integer
    const vf k = (x * splat(1.44269504f) + splat(shifter)) - splat(shifter);
    // ln 2 in two parts, the first with few enough bits that k · part is exact.
    const vf r = (x - k * splat(0.693359375f)) + k * splat(2.12194440e-4f);
    vf q = splat(1.0f / 40320);
    q = q * r + splat(1.0f / 5040);
    q = q * r + splat(1.0f / 720);
    q = q * r + splat(1.0f / 120);
    q = q * r + splat(1.0f / 24);
    q = q * r + splat(1.0f / 6);
    q = q * r + splat(0.5f);
    *power = __builtin_convertvector(k, vi);
    return (q * r) * r + r;
}

INLINE vf power_of_two(vi k) { return (vf)((k + splat_int(127)) << 23); }

INLINE vf clamp(vf x, float low, float high) {
    x = choose(x < low, splat(low), x);
    return choose(x > high, splat(high), x);
}

INLINE vf exponential(vf x) {
    vi k;
    const vf safe = choose(x == x, clamp(x, -104.0f, 89.0f), splat(0));
    const vf tail = exponential_tail(safe, &k);
    // In two factors, since 2ᵏ itself may be out of range where the result is not.
    const vi half = k >> 1;
    const vf y = ((splat(1) + tail) * power_of_two(half)) * power_of_two(k - half);
    return choose(x == x, y, x);
}

INLINE vf logistic(vf x) { return splat(1) / (splat(1) + exponential(-x)); }

/// tanh |x| = e / (e + 2) with e = e²ˣ − 1, which loses no digits near zero.
INLINE vf hyperbolic_tangent(vf x) {
    const vi sign = (vi)x & splat_int(INT32_MIN);
    const vf magnitude = (vf)((vi)x & splat_int(INT32_MAX));
    vi k;
    const vf safe = choose(x == x, clamp(magnitude + magnitude, 0.0f, 20.0f), splat(0));
    const vf tail = exponential_tail(safe, &k);
    const vf scale = power_of_two(k);
    const vf e = scale * tail + (scale - splat(1));
    const vf y = (vf)((vi)(e / (e + splat(2))) | sign);
    return choose(x == x, y, x);
}

/// Φ(x) = ½ erfc(−x/√2) and e^(−x²/2).
///
/// erfc(u) · e^(u²) for u ≥ 0 is t · P(t), t = 1 / (1 + u/2), P of degree 8 fitted by iteratively reweighted least
/// squares to relative error 4.4e-8 on 0 ≤ u ≤ 10.5; the tail keeps its relative accuracy.
INLINE vf normal_distribution(vf x, vf *density) {
    const vf magnitude = (vf)((vi)x & splat_int(INT32_MAX));
    const vf u = magnitude * splat(0.70710678f);
    const vf t = splat(1) / (splat(1) + splat(0.5f) * u);
    vf p = splat(-0x1.e4e9808c96de8p-5f);
    p = p * t + splat(0x1.24070534562bdp-2f);
    p = p * t + splat(-0x1.f42f321a83c84p-2f);
    p = p * t + splat(0x1.1e38aad7784fcp-2f);
    p = p * t + splat(-0x1.c496516330a93p-6f);
    p = p * t + splat(0x1.9ff82843551bbp-3f);
    p = p * t + splat(0x1.f1a831b33592bp-3f);
    p = p * t + splat(0x1.212adcdbe4c0ap-2f);
    p = p * t + splat(0x1.20db0a7607a0bp-2f);
    const vf e = exponential(splat(-0.5f) * x * x);
    *density = e;
    const vf tail = splat(0.5f) * (p * t) * e;
    // x / ∞ aside, 0 · ∞ cannot occur: t is 0 only where e is.
    return choose(x > 0, splat(1) - tail, tail);
}

INLINE vf gaussian_error_unit(vf x) {
    vf density;
    const vf y = x * normal_distribution(x, &density);
    return choose(x < -38.0f, splat(-0.0f), y);
}

INLINE vf gaussian_error_unit_slope(vf x) {
    vf density;
    const vf phi = normal_distribution(x, &density);
    const vf slope = phi + x * (density * splat(0.39894228f));
    return choose((x > 38.0f) | (x < -38.0f), choose(x > 0, splat(1), splat(0)), slope);
}

/// All ones in the first n lanes.
INLINE vi lanes_below(int32_t n) {
    vi index;
    for (int j = 0; j < VL; j++) index[j] = j;
    return index < splat_int(n);
}

// MARK: Arrays

#define UNARY(FUNCTION, EXPRESSION)                                             \
    static void FUNCTION(int64_t count, const float *x, float *y) {             \
        for (int64_t i = 0; i < count; i += VL) {                               \
            const int32_t n = (int32_t)minimum(VL, count - i);                  \
            const vf v = load_some(x + i, n);                                   \
            store_some(y + i, EXPRESSION, n);                                   \
        }                                                                       \
    }
UNARY(array_exp, exponential(v))
UNARY(array_sigmoid, logistic(v))
UNARY(array_tanh, hyperbolic_tangent(v))
UNARY(array_gelu, gaussian_error_unit(v))

#define UNARY_BACKWARD(FUNCTION, EXPRESSION)                                                              \
    static void FUNCTION(int64_t count, const float *saved, const float *dy, float *dx, bool accumulate) { \
        for (int64_t i = 0; i < count; i += VL) {                                                         \
            const int32_t n = (int32_t)minimum(VL, count - i);                                            \
            const vf v = load_some(saved + i, n);                                                         \
            vf g = load_some(dy + i, n) * (EXPRESSION);                                                   \
            if (accumulate) g += load_some(dx + i, n);                                                    \
            store_some(dx + i, g, n);                                                                     \
        }                                                                                                 \
    }
UNARY_BACKWARD(array_sigmoid_backward, v * (splat(1) - v))
UNARY_BACKWARD(array_tanh_backward, splat(1) - v * v)
UNARY_BACKWARD(array_gelu_backward, gaussian_error_unit_slope(v))

static void array_softmax(int64_t rows, int64_t columns, const float *x, float *y) {
    for (int64_t r = 0; r < rows; r++, x += columns, y += columns) {
        vf highest = splat(x[0]);
        for (int64_t i = 0; i < columns; i += VL) {
            const int32_t n = (int32_t)minimum(VL, columns - i);
            vf v = load_some(x + i, n);
            if (n < VL) v = choose(lanes_below(n), v, highest);
            highest = choose((v > highest) | (v != v), v, highest);
        }
        float top = highest[0];
        for (int j = 1; j < VL; j++) top = highest[j] > top || highest[j] != highest[j] ? highest[j] : top;
        vf sum = splat(0);
        for (int64_t i = 0; i < columns; i += VL) {
            const int32_t n = (int32_t)minimum(VL, columns - i);
            const vf v = exponential(load_some(x + i, n) - splat(top));
            store_some(y + i, v, n);
            sum += n < VL ? choose(lanes_below(n), v, splat(0)) : v;
        }
        const vf scale = splat(1 / sum_lanes(sum));
        for (int64_t i = 0; i < columns; i += VL) {
            const int32_t n = (int32_t)minimum(VL, columns - i);
            store_some(y + i, scale * load_some(y + i, n), n);
        }
    }
}

static void array_softmax_backward(int64_t rows, int64_t columns, const float *y, const float *dy, float *dx) {
    for (int64_t r = 0; r < rows; r++, y += columns, dy += columns, dx += columns) {
        vf sum = splat(0);
        for (int64_t i = 0; i < columns; i += VL) {
            const int32_t n = (int32_t)minimum(VL, columns - i);
            sum += load_some(y + i, n) * load_some(dy + i, n);
        }
        const vf inner = splat(sum_lanes(sum));
        for (int64_t i = 0; i < columns; i += VL) {
            const int32_t n = (int32_t)minimum(VL, columns - i);
            store_some(dx + i, load_some(y + i, n) * (load_some(dy + i, n) - inner), n);
        }
    }
}

// MARK: Gated recurrent unit

static void gru_step(
    int64_t rows, int64_t hidden, const float *a, int64_t a_stride, const float *b, const float *h, int64_t h_stride,
    float *gates, float *out, int64_t out_stride) {
    for (int64_t i = 0; i < rows; i++, a += a_stride, b += 3 * hidden, h += h_stride, out += out_stride) {
        for (int64_t j = 0; j < hidden; j += VL) {
            const int32_t n = (int32_t)minimum(VL, hidden - j);
            const vf r = logistic(load_some(a + j, n) + load_some(b + j, n));
            const vf z = logistic(load_some(a + hidden + j, n) + load_some(b + hidden + j, n));
            const vf recurrent = load_some(b + 2 * hidden + j, n);
            const vf candidate = hyperbolic_tangent(load_some(a + 2 * hidden + j, n) + r * recurrent);
            if (gates) {
                store_some(gates + j, r, n);
                store_some(gates + hidden + j, z, n);
                store_some(gates + 2 * hidden + j, candidate, n);
                store_some(gates + 3 * hidden + j, recurrent, n);
            }
            store_some(out + j, (splat(1) - z) * candidate + z * load_some(h + j, n), n);
        }
        if (gates) gates += 4 * hidden;
    }
}

static void gru_step_backward(
    int64_t rows, int64_t hidden, const float *gates, const float *h, int64_t h_stride, const float *dout,
    int64_t dout_stride, float *da, int64_t da_stride, float *db, float *dh) {
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < hidden; j += VL) {
            const int32_t n = (int32_t)minimum(VL, hidden - j);
            const vf r = load_some(gates + j, n), z = load_some(gates + hidden + j, n);
            const vf candidate = load_some(gates + 2 * hidden + j, n), recurrent = load_some(gates + 3 * hidden + j, n);
            const vf d = load_some(dout + j, n);
            const vf dn = d * (splat(1) - z) * (splat(1) - candidate * candidate);
            const vf dz = d * (load_some(h + j, n) - candidate) * z * (splat(1) - z);
            const vf dr = dn * recurrent * r * (splat(1) - r);
            store_some(da + j, dr, n);
            store_some(da + hidden + j, dz, n);
            store_some(da + 2 * hidden + j, dn, n);
            store_some(db + j, dr, n);
            store_some(db + hidden + j, dz, n);
            store_some(db + 2 * hidden + j, dn * r, n);
            store_some(dh + j, d * z, n);
        }
        gates += 4 * hidden;
        h += h_stride;
        dout += dout_stride;
        da += da_stride;
        db += 3 * hidden;
        dh += hidden;
    }
}

// MARK: Optimiser

typedef struct {
    int64_t count;
    float *parameters;
    const float *gradients;
    float *m, *v;
    float gradient_scale, keep, beta1, beta2, rest1, rest2, rate, root, epsilon;
} adamw_call;

enum { ADAMW_BLOCK = 16384 };

static void adamw_block(void *context, int64_t index, int32_t thread) {
    (void)thread;
    const adamw_call *c = context;
    const int64_t end = minimum(c->count, (index + 1) * ADAMW_BLOCK);
    for (int64_t i = index * ADAMW_BLOCK; i < end; i += VL) {
        const int32_t n = (int32_t)minimum(VL, end - i);
        const vf g = splat(c->gradient_scale) * load_some(c->gradients + i, n);
        const vf m = splat(c->beta1) * load_some(c->m + i, n) + splat(c->rest1) * g;
        const vf v = splat(c->beta2) * load_some(c->v + i, n) + splat(c->rest2) * (g * g);
        store_some(c->m + i, m, n);
        store_some(c->v + i, v, n);
        const vf divisor = __builtin_elementwise_sqrt(v) * splat(c->root) + splat(c->epsilon);
        const vf p = load_some(c->parameters + i, n) * splat(c->keep);
        store_some(c->parameters + i, p - splat(c->rate) * (m / divisor), n);
    }
}

static void adamw(
    int64_t count, float *parameters, const float *gradients, float *m, float *v, float gradient_scale, double rate,
    double beta1, double beta2, double epsilon, double decay, int64_t step) {
    const double correction1 = 1 - pow(beta1, (double)step), correction2 = 1 - pow(beta2, (double)step);
    adamw_call call = {
        .count = count, .parameters = parameters, .gradients = gradients, .m = m, .v = v,
        .gradient_scale = gradient_scale, .keep = (float)(1 - rate * decay), .beta1 = (float)beta1,
        .beta2 = (float)beta2, .rest1 = (float)(1 - beta1), .rest2 = (float)(1 - beta2),
        .rate = (float)(rate / correction1), .root = (float)(1 / sqrt(correction2)), .epsilon = (float)epsilon};
    tavse_parallel_for((count + ADAMW_BLOCK - 1) / ADAMW_BLOCK, adamw_block, &call);
}

typedef double vd __attribute__((ext_vector_type(VL)));

static double sum_of_squares(int64_t count, const float *x) {
    vd sum = (vd)0.0;
    int64_t i = 0;
    for (; i + VL <= count; i += VL) {
        const vd v = __builtin_convertvector(load(x + i), vd);
        sum += v * v;
    }
    double total = 0;
    for (int j = 0; j < VL; j++) total += sum[j];
    for (; i < count; i++) total += (double)x[i] * x[i];
    return total;
}

// MARK: Brain floating point

static void bf16_pack(int64_t count, const float *x, uint16_t *y) {
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, x + i, 4);
        const uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
        y[i] = (uint16_t)((bits & 0x7fffffff) > 0x7f800000 ? bits >> 16 | 0x40 : rounded);
    }
}

static void bf16_unpack(int64_t count, const uint16_t *x, float *y) {
    for (int64_t i = 0; i < count; i++) {
        const uint32_t bits = (uint32_t)x[i] << 16;
        memcpy(y + i, &bits, 4);
    }
}
