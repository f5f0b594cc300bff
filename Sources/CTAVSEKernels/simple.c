#include <math.h>
#include <string.h>
#include <stdlib.h>
#include "include/CTAVSEKernels.h"

static float act(float u, float slope) { return u > 0 ? u : (slope == 0 && u <= 0 ? 0 : slope * u); }
static int64_t st(int64_t s, int64_t c) { return s ? s : c; }
static float load(const tavse_source *s, int64_t p, int32_t c) {
    int64_t vs = st(s->stride, s->channels);
    float z = s->values ? s->values[p * vs + c] : 0;
    if (!s->gradient) {
        float u = (s->scale ? s->scale[c] : 1) * z + (s->shift ? s->shift[c] : 0);
        if (s->residual)
            u += (s->residual_scale ? s->residual_scale[c] : 1) * s->residual[p * st(s->residual_stride, s->channels) + c] +
                 (s->residual_shift ? s->residual_shift[c] : 0);
        return s->slope == 1 ? u : act(u, s->slope);
    }
    float m = 1;
    if (s->slope != 1) {
        float y = s->output ? s->output[p * st(s->output_stride, s->channels) + c]
                            : (s->scale ? s->scale[c] : 1) * z + (s->shift ? s->shift[c] : 0);
        m = y > 0 ? 1 : s->slope;
    }
    return (s->c1 ? s->c1[c] : 1) * (m * s->gradient[p * st(s->gradient_stride, s->channels) + c]) + (s->c2 ? s->c2[c] * z : 0) +
           (s->c3 ? s->c3[c] : 0);
}
static void put(const tavse_sink *k, int32_t C, int64_t p, int32_t c, float v) {
    float *y = k->values + p * st(k->stride, C) + c;
    if (k->bias) v += k->bias[c];
    if (k->accumulate) v += *y;
    if (k->slope != 1 && (k->output || k->z)) {
        float a = k->output ? k->output[p * st(k->output_stride, C) + c]
                            : (k->scale ? k->scale[c] : 1) * k->z[p * st(k->z_stride, C) + c] + (k->shift ? k->shift[c] : 0);
        if (!(a > 0)) v *= k->slope;
    }
    *y = v;
}
static void gather(const tavse_sink *k, int32_t C, int64_t pixels) {
    int64_t s = st(k->stride, C);
    for (int32_t c = 0; c < C; c++) {
        double sum = 0, sz = 0, mean = 0, m2 = 0;
        for (int64_t p = 0; p < pixels; p++) {
            double v = k->values[p * s + c];
            sum += v;
            if (k->sum_z) sz += v * ((double)k->z[p * st(k->z_stride, C) + c] - (k->center ? k->center[c] : 0));
        }
        mean = sum / pixels;
        for (int64_t p = 0; p < pixels; p++) { double d = k->values[p * s + c] - mean; m2 += d * d; }
        if (k->mean) k->mean[c] = mean;
        if (k->m2) k->m2[c] = m2;
        if (k->sum) k->sum[c] = sum;
        if (k->sum_z) k->sum_z[c] = sz;
    }
}
void tavse_batch_norm_forward(int32_t channels, int64_t pixels, const double *mean, const double *m2, const float *weight, const float *bias,
    double epsilon, double momentum, float *running_mean, float *running_variance, float *center, float *inverse, float *scale, float *shift) {
    for (int32_t c = 0; c < channels; c++) {
        double var = m2[c] / (double)pixels, inv = 1 / sqrt(var + epsilon);
        double s = (weight ? weight[c] : 1) * inv;
        center[c] = (float)mean[c]; inverse[c] = (float)inv; scale[c] = (float)s;
        shift[c] = (float)((bias ? bias[c] : 0) - mean[c] * s);
        if (running_mean) running_mean[c] = (float)(running_mean[c] + momentum * (mean[c] - running_mean[c]));
        if (running_variance) running_variance[c] = (float)(running_variance[c] + momentum * (m2[c] / (double)(pixels > 1 ? pixels - 1 : 1) - running_variance[c]));
    }
}
void tavse_batch_norm_backward(int32_t channels, int64_t pixels, const double *sum, const double *sum_z, const float *weight, const float *center,
    const float *inverse, bool accumulate, float *weight_gradient, float *bias_gradient, float *c1, float *c2, float *c3) {
    for (int32_t c = 0; c < channels; c++) {
        double inv = inverse[c], w = weight ? weight[c] : 1, n = (double)pixels;
        double a = w * inv, b = -w * inv * inv * inv * sum_z[c] / n;
        c1[c] = (float)a; c2[c] = (float)b; c3[c] = (float)(-a * sum[c] / n - b * center[c]);
        if (weight_gradient) weight_gradient[c] = (accumulate ? weight_gradient[c] : 0) + (float)(inv * sum_z[c]);
        if (bias_gradient) bias_gradient[c] = (accumulate ? bias_gradient[c] : 0) + (float)sum[c];
    }
}
void tavse_exp(int64_t n, const float *x, float *y) { for (int64_t i = 0; i < n; i++) y[i] = expf(x[i]); }
void tavse_sigmoid(int64_t n, const float *x, float *y) { for (int64_t i = 0; i < n; i++) y[i] = 1 / (1 + expf(-x[i])); }
void tavse_sigmoid_backward(int64_t n, const float *y, const float *dy, float *dx, bool acc) { for (int64_t i = 0; i < n; i++) dx[i] = (acc ? dx[i] : 0) + dy[i] * y[i] * (1 - y[i]); }
void tavse_tanh(int64_t n, const float *x, float *y) { for (int64_t i = 0; i < n; i++) y[i] = tanhf(x[i]); }
void tavse_tanh_backward(int64_t n, const float *y, const float *dy, float *dx, bool acc) { for (int64_t i = 0; i < n; i++) dx[i] = (acc ? dx[i] : 0) + dy[i] * (1 - y[i] * y[i]); }
void tavse_gelu(int64_t n, const float *x, float *y) { for (int64_t i = 0; i < n; i++) y[i] = 0.5f * x[i] * (1 + erff(x[i] * 0.70710678f)); }
void tavse_gelu_backward(int64_t n, const float *x, const float *dy, float *dx, bool acc) {
    for (int64_t i = 0; i < n; i++) dx[i] = (acc ? dx[i] : 0) + dy[i] * (0.5f * (1 + erff(x[i] * 0.70710678f)) + x[i] * 0.39894228f * expf(-0.5f * x[i] * x[i])); }
void tavse_softmax(int64_t rows, int64_t n, const float *x, float *y) {
    for (int64_t r = 0; r < rows; r++, x += n, y += n) {
        float m = x[0], s = 0; for (int64_t i = 1; i < n; i++) if (x[i] > m) m = x[i];
        for (int64_t i = 0; i < n; i++) s += y[i] = expf(x[i] - m);
        for (int64_t i = 0; i < n; i++) y[i] /= s;
    } }
void tavse_softmax_backward(int64_t rows, int64_t n, const float *y, const float *dy, float *dx) {
    for (int64_t r = 0; r < rows; r++, y += n, dy += n, dx += n) {
        float s = 0; for (int64_t i = 0; i < n; i++) s += y[i] * dy[i];
        for (int64_t i = 0; i < n; i++) dx[i] = y[i] * (dy[i] - s);
    } }
static float sg(float x) { return 1 / (1 + expf(-x)); }
void tavse_gru_step(int64_t rows, int64_t H, const float *a, int64_t as, const float *b, const float *h, int64_t hs, float *gates, float *out, int64_t os) {
    for (int64_t i = 0; i < rows; i++) for (int64_t j = 0; j < H; j++) {
        const float *ai = a + i * as, *bi = b + i * 3 * H;
        float r = sg(ai[j] + bi[j]), z = sg(ai[H + j] + bi[H + j]), n = tanhf(ai[2 * H + j] + r * bi[2 * H + j]);
        if (gates) { float *g = gates + i * 4 * H; g[j] = r; g[H + j] = z; g[2 * H + j] = n; g[3 * H + j] = bi[2 * H + j]; }
        out[i * os + j] = (1 - z) * n + z * h[i * hs + j];
    } }
void tavse_gru_step_backward(int64_t rows, int64_t H, const float *gates, const float *h, int64_t hs, const float *dout, int64_t ds, float *da, int64_t das, float *db, float *dh) {
    for (int64_t i = 0; i < rows; i++) for (int64_t j = 0; j < H; j++) {
        const float *g = gates + i * 4 * H; float r = g[j], z = g[H + j], n = g[2 * H + j], bn = g[3 * H + j], d = dout[i * ds + j];
        float *A = da + i * das, *B = db + i * 3 * H;
        float dn = d * (1 - z) * (1 - n * n), dz = d * (h[i * hs + j] - n) * z * (1 - z), dr = dn * bn * r * (1 - r);
        A[j] = B[j] = dr; A[H + j] = B[H + j] = dz; A[2 * H + j] = dn; B[2 * H + j] = dn * r; dh[i * H + j] = d * z;
    } }
void tavse_adamw(int64_t n, float *p, const float *g, float *m, float *v, float gs, double rate, double b1, double b2, double eps, double decay, int64_t step) {
    double k1 = 1 - pow(b1, (double)step), k2 = sqrt(1 - pow(b2, (double)step));
    for (int64_t i = 0; i < n; i++) {
        float x = g[i] * gs; p[i] *= (float)(1 - rate * decay);
        m[i] = (float)b1 * m[i] + (float)(1 - b1) * x; v[i] = (float)b2 * v[i] + (float)(1 - b2) * x * x;
        p[i] -= (float)(rate / k1) * m[i] / (sqrtf(v[i]) / (float)k2 + (float)eps);
    } }
double tavse_sum_of_squares(int64_t n, const float *x) { double s = 0; for (int64_t i = 0; i < n; i++) s += (double)x[i] * x[i]; return s; }
void tavse_bf16_pack(int64_t n, const float *x, uint16_t *y) {
    for (int64_t i = 0; i < n; i++) { uint32_t u; memcpy(&u, x + i, 4); y[i] = x[i] != x[i] ? (uint16_t)((u >> 16) | 64) : (uint16_t)((u + 0x7fff + ((u >> 16) & 1)) >> 16); } }
void tavse_bf16_unpack(int64_t n, const uint16_t *x, float *y) { for (int64_t i = 0; i < n; i++) { uint32_t u = (uint32_t)x[i] << 16; memcpy(y + i, &u, 4); } }
void tavse_max_pool(int32_t B, int32_t IH, int32_t IW, int32_t C, int32_t k, int32_t s, int32_t pad, int32_t OH, int32_t OW, const tavse_source *src, float *y, uint8_t *arg) {
    for (int64_t b = 0; b < B; b++) for (int32_t i = 0; i < OH; i++) for (int32_t j = 0; j < OW; j++) for (int32_t c = 0; c < C; c++) {
        float best = -INFINITY; int at = -1;
        for (int u = 0; u < k; u++) for (int v = 0; v < k; v++) {
            int32_t yy = i * s + u - pad, xx = j * s + v - pad; if (yy < 0 || xx < 0 || yy >= IH || xx >= IW) continue;
            float f = load(src, (b * IH + yy) * IW + xx, c); if (at < 0 || f > best || f != f) { best = f; at = u * k + v; }
        }
        int64_t o = ((b * OH + i) * OW + j) * C + c; y[o] = best; if (arg) arg[o] = (uint8_t)at;
    } }
void tavse_max_pool_backward(int32_t B, int32_t IH, int32_t IW, int32_t C, int32_t k, int32_t s, int32_t pad, int32_t OH, int32_t OW, const float *dy, const uint8_t *arg, const tavse_sink *sink, void *ws) {
    (void)ws; int64_t P = (int64_t)B * IH * IW; float *t = calloc(P * C, 4);
    for (int64_t b = 0; b < B; b++) for (int32_t i = 0; i < OH; i++) for (int32_t j = 0; j < OW; j++) for (int32_t c = 0; c < C; c++) {
        int64_t o = ((b * OH + i) * OW + j) * C + c; int32_t yy = i * s + arg[o] / k - pad, xx = j * s + arg[o] % k - pad;
        t[((b * IH + yy) * IW + xx) * C + c] += dy[o]; }
    for (int64_t p = 0; p < P; p++) for (int32_t c = 0; c < C; c++) put(sink, C, p, c, t[p * C + c]);
    free(t); gather(sink, C, P);
}
void tavse_global_average(int32_t B, int32_t P, const tavse_source *src, float *y) {
    for (int64_t b = 0; b < B; b++) for (int32_t c = 0; c < src->channels; c++) { double a = 0; for (int32_t p = 0; p < P; p++) a += load(src, b * P + p, c); y[b * src->channels + c] = (float)(a / P); } }
void tavse_global_average_backward(int32_t B, int32_t P, int32_t C, const float *dy, const tavse_sink *sink, void *ws) {
    (void)ws; for (int64_t b = 0; b < B; b++) for (int32_t p = 0; p < P; p++) for (int32_t c = 0; c < C; c++) put(sink, C, b * P + p, c, dy[b * C + c] / P);
    gather(sink, C, (int64_t)B * P); }
int64_t tavse_gemm_workspace(int64_t r, int64_t c, int64_t k) { (void)r; (void)c; (void)k; return 16; }
void tavse_gemm(bool ta, bool tb, int64_t M, int64_t N, int64_t K, const float *a, int64_t lda, const float *b, int64_t ldb, float *c, int64_t ldc, bool acc, float *ws) {
    (void)ws; for (int64_t i = 0; i < M; i++) for (int64_t j = 0; j < N; j++) { float s = 0;
        for (int64_t k = 0; k < K; k++) s += (ta ? a[k * lda + i] : a[i * lda + k]) * (tb ? b[j * ldb + k] : b[k * ldb + j]);
        c[i * ldc + j] = (acc ? c[i * ldc + j] : 0) + s; } }
