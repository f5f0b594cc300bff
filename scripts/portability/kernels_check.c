// The kernels against plain loops in float64, without Swift: for processors that are only emulated here.
// Prints one line per convolution; ends with status 1 if any error exceeds the tests' tolerance.

#include "CTAVSEKernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double TOLERANCE = 3e-6;

typedef struct {
    int b, h, w, c, n, k, s, p;
} shape;

static uint64_t state = 1;

/// Uniform in −1 ..< 1, xorshift.
static float deviate(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (float)((double)(state >> 11) / (double)(1ull << 52) - 1);
}

static void *memory(int64_t bytes) {
    void *pointer = NULL;
    if (posix_memalign(&pointer, 64, (size_t)(bytes > 0 ? bytes : 64)) != 0) {
        fprintf(stderr, "out of memory\n");
        exit(2);
    }
    memset(pointer, 0, (size_t)(bytes > 0 ? bytes : 64));
    return pointer;
}

static float *deviates(int64_t count) {
    float *values = memory(4 * count);
    for (int64_t i = 0; i < count; i++) values[i] = deviate();
    return values;
}

static double relative_error(const float *values, const double *expected, int64_t count) {
    double difference = 0, size = 1e-300;
    for (int64_t i = 0; i < count; i++) {
        difference += (values[i] - expected[i]) * (values[i] - expected[i]);
        size += expected[i] * expected[i];
    }
    return sqrt(difference / size);
}

static int check(shape t, int threads) {
    tavse_set_thread_count(threads);
    const int oh = (t.h + 2 * t.p - t.k) / t.s + 1, ow = (t.w + 2 * t.p - t.k) / t.s + 1;
    const tavse_conv_shape s = {t.b, t.h, t.w, t.c, oh, ow, t.n, t.k, t.k, t.s, t.s, t.p, t.p};
    tavse_conv_plan plan;
    if (!tavse_conv_make_plan(&s, &plan)) {
        printf("refused\n");
        return 1;
    }
    const int64_t inputs = (int64_t)t.b * t.h * t.w * t.c, outputs = (int64_t)t.b * oh * ow * t.n;
    const int64_t count = (int64_t)t.n * t.c * t.k * t.k;
    float *x = deviates(inputs), *dy = deviates(outputs), *w = deviates(count);
    float *y = memory(4 * outputs), *dx = memory(4 * inputs), *dw = memory(4 * count);
    double *ey = memory(8 * outputs), *edx = memory(8 * inputs), *edw = memory(8 * count);
    for (int b = 0; b < t.b; b++)
        for (int i = 0; i < oh; i++)
            for (int j = 0; j < ow; j++)
                for (int u = 0; u < t.k; u++)
                    for (int v = 0; v < t.k; v++) {
                        const int r = i * t.s + u - t.p, q = j * t.s + v - t.p;
                        if (r < 0 || r >= t.h || q < 0 || q >= t.w) continue;
                        const int64_t out = (((int64_t)b * oh + i) * ow + j) * t.n;
                        const int64_t in = (((int64_t)b * t.h + r) * t.w + q) * t.c;
                        for (int n = 0; n < t.n; n++)
                            for (int c = 0; c < t.c; c++) {
                                const int64_t tap = (((int64_t)n * t.c + c) * t.k + u) * t.k + v;
                                ey[out + n] += (double)w[tap] * x[in + c];
                                edx[in + c] += (double)w[tap] * dy[out + n];
                                edw[tap] += (double)x[in + c] * dy[out + n];
                            }
                    }
    const tavse_source input = {.values = x, .channels = t.c, .slope = 1};
    const tavse_source gradient = {.values = dy, .channels = t.n, .slope = 1};
    const tavse_sink to_y = {.values = y, .slope = 1}, to_dx = {.values = dx, .slope = 1};
    float *forward = memory(4 * plan.forward_weights), *backward = memory(4 * plan.backward_weights);
    void *scratch = memory(plan.forward_workspace > plan.backward_workspace ? plan.forward_workspace : plan.backward_workspace);
    tavse_conv_pack_forward(&plan, w, forward);
    tavse_conv_forward(&plan, &input, 1, forward, &to_y, scratch);
    tavse_conv_pack_backward(&plan, w, backward);
    tavse_conv_backward(&plan, &input, 1, &gradient, 1, backward, &to_dx, dw, NULL, false, scratch);
    const double errors[] = {
        relative_error(y, ey, outputs), relative_error(dx, edx, inputs), relative_error(dw, edw, count)};
    printf(
        "%dx%dx%dx%d to %d, kernel %d, stride %d, %d threads, method %d: %.1e %.1e %.1e\n", t.b, t.h, t.w, t.c, t.n, t.k,
        t.s, threads, plan.method, errors[0], errors[1], errors[2]);
    void *all[] = {x, dy, w, y, dx, dw, ey, edx, edw, forward, backward, scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    int bad = 0;
    for (int i = 0; i < 3; i++) bad |= !(errors[i] < TOLERANCE);
    return bad;
}

int main(void) {
    const shape shapes[] = {
        {2, 12, 12, 32, 32, 3, 1, 1}, {3, 6, 6, 40, 24, 3, 1, 1}, {2, 13, 17, 37, 41, 3, 1, 1},
        {2, 24, 24, 16, 32, 3, 2, 1}, {1, 31, 63, 19, 33, 3, 2, 1}, {1, 32, 30, 3, 16, 7, 2, 3},
        {2, 9, 8, 1, 7, 3, 2, 1},     {2, 12, 11, 16, 8, 1, 2, 0}, {1, 10, 10, 7, 3, 5, 4, 4},
        {2, 4, 3, 211, 203, 3, 1, 1}, {2, 6, 5, 211, 203, 3, 2, 1},
    };
    int bad = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int threads = 1; threads <= 3; threads += 2) bad |= check(shapes[i], threads);

    float *x = deviates(1000), *y = memory(4000);
    double *expected = memory(8000);
    for (int i = 0; i < 1000; i++) expected[i] = exp((double)(x[i] *= 20));
    tavse_exp(1000, x, y);
    const double error = relative_error(y, expected, 1000);
    printf("exponential: %.1e\n", error);
    bad |= !(error < 3e-7);
    free(x);
    free(y);
    free(expected);
    printf(bad ? "FAILED\n" : "passed\n");
    return bad;
}
