// The public functions: each calls the kernel of the instruction set in use.

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "table.h"

static _Atomic(const kernel_table *) table;

static bool supported(int32_t set) {
#if defined(__x86_64__)
    if (set == TAVSE_AVX2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (set == TAVSE_AVX512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
            && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && supported(TAVSE_AVX2);
#endif
    return set == TAVSE_BASELINE;
}

static const kernel_table *table_of(int32_t set) {
#if defined(__x86_64__)
    if (set == TAVSE_AVX512) return &tavse_kernels_avx512;
    if (set == TAVSE_AVX2) return &tavse_kernels_avx2;
#else
    (void)set;
#endif
    return &tavse_kernels_baseline;
}

bool tavse_select_instruction_set(int32_t set) {
    if (!supported(set)) return false;
    atomic_store(&table, table_of(set));
    return true;
}

const kernel_table *tavse_kernels(void) {
    const kernel_table *chosen = atomic_load_explicit(&table, memory_order_acquire);
    if (chosen) return chosen;
    int32_t best = TAVSE_BASELINE;
    for (int32_t set = TAVSE_AVX2; set <= TAVSE_AVX512; set++)
        if (supported(set)) best = set;
    atomic_store(&table, table_of(best));
    return table_of(best);
}

int32_t tavse_instruction_set(void) {
    const kernel_table *chosen = tavse_kernels();
    for (int32_t set = TAVSE_AVX512; set > TAVSE_BASELINE; set--)
        if (table_of(set) == chosen) return set;
    return TAVSE_BASELINE;
}

/// Whether `length` and the sizes around it give `out` outputs.
static bool axis_fits(int64_t in, int64_t kernel, int64_t stride, int64_t pad, int64_t out) {
    if (in < 1 || kernel < 1 || stride < 1 || pad < 0 || kernel > MAXIMUM_KERNEL || in > INT32_MAX / 4 || pad > INT32_MAX / 8)
        return false;
    const int64_t room = in + 2 * pad - kernel;
    return room >= 0 && room / stride + 1 == out;
}

bool tavse_conv_make_plan(const tavse_conv_shape *s, tavse_conv_plan *plan) {
    memset(plan, 0, sizeof *plan);
    if (s->batch < 1 || s->in_channels < 1 || s->out_channels < 1) return false;
    if (!axis_fits(s->in_h, s->kernel_h, s->stride_h, s->pad_h, s->out_h)) return false;
    if (!axis_fits(s->in_w, s->kernel_w, s->stride_w, s->pad_w, s->out_w)) return false;
    const double limit = 2147483647.0 / 4, channels = s->in_channels > s->out_channels ? s->in_channels : s->out_channels;
    const double pixels = ((double)s->in_h + 2 * s->pad_h + 16) * ((double)s->in_w + 2 * s->pad_w + 16);
    if (pixels * (channels + 16) > limit) return false;
    if (pixels * s->batch * channels > 9e15) return false;
    if ((double)s->in_channels * s->out_channels * s->kernel_h * s->kernel_w > limit) return false;
    plan->shape = *s;
    plan->threads = tavse_thread_count();
    tavse_kernels()->plan(plan);
    return true;
}

void tavse_conv_pack_forward(const tavse_conv_plan *plan, const float *weights, float *packed) {
    tavse_kernels()->pack_forward(plan, weights, packed);
}

void tavse_conv_pack_backward(const tavse_conv_plan *plan, const float *weights, float *packed) {
    tavse_kernels()->pack_backward(plan, weights, packed);
}

void tavse_conv_forward(
    const tavse_conv_plan *plan, const tavse_source *sources, int32_t source_count, const float *packed,
    const tavse_sink *sink, void *workspace) {
    tavse_kernels()->conv_forward(plan, sources, source_count, packed, sink, workspace);
}

void tavse_conv_backward(
    const tavse_conv_plan *plan, const tavse_source *inputs, int32_t input_count, const tavse_source *gradients,
    int32_t gradient_count, const float *packed, const tavse_sink *input_gradient, float *weight_gradient,
    float *bias_gradient, bool accumulate, void *workspace) {
    tavse_kernels()->conv_backward(
        plan, inputs, input_count, gradients, gradient_count, packed, input_gradient, weight_gradient, bias_gradient,
        accumulate, workspace);
}

int64_t tavse_map_workspace(int64_t pixels, int32_t channels) {
    return tavse_kernels()->map_workspace(pixels, channels);
}

void tavse_map(
    const tavse_source *sources, int32_t count, int64_t pixels, const tavse_sink *sink, void *workspace) {
    tavse_kernels()->map(sources, count, pixels, sink, workspace);
}

void tavse_exp(int64_t count, const float *x, float *y) {
    tavse_kernels()->exp(count, x, y);
}

void tavse_sigmoid(int64_t count, const float *x, float *y) {
    tavse_kernels()->sigmoid(count, x, y);
}

void tavse_sigmoid_backward(int64_t count, const float *y, const float *dy, float *dx, bool accumulate) {
    tavse_kernels()->sigmoid_backward(count, y, dy, dx, accumulate);
}

void tavse_tanh(int64_t count, const float *x, float *y) {
    tavse_kernels()->tanh(count, x, y);
}

void tavse_tanh_backward(int64_t count, const float *y, const float *dy, float *dx, bool accumulate) {
    tavse_kernels()->tanh_backward(count, y, dy, dx, accumulate);
}

void tavse_gelu(int64_t count, const float *x, float *y) {
    tavse_kernels()->gelu(count, x, y);
}

void tavse_gelu_backward(int64_t count, const float *x, const float *dy, float *dx, bool accumulate) {
    tavse_kernels()->gelu_backward(count, x, dy, dx, accumulate);
}

void tavse_softmax(int64_t rows, int64_t columns, const float *x, float *y) {
    tavse_kernels()->softmax(rows, columns, x, y);
}

void tavse_softmax_backward(int64_t rows, int64_t columns, const float *y, const float *dy, float *dx) {
    tavse_kernels()->softmax_backward(rows, columns, y, dy, dx);
}

void tavse_window_attention_forward(
    const tavse_window_attention *w, const float *q, const float *k, const float *v, float *p, float *y) {
    tavse_kernels()->window_attention_forward(w, q, k, v, p, y);
}

void tavse_window_attention_backward(
    const tavse_window_attention *w, const float *q, const float *k, const float *v, const float *p, const float *dy,
    float *dq, float *dk, float *dv, float *scratch) {
    tavse_kernels()->window_attention_backward(w, q, k, v, p, dy, dq, dk, dv, scratch);
}

void tavse_gru_step(
    int64_t rows, int64_t hidden, const float *a, int64_t a_stride, const float *b, const float *h,
    int64_t h_stride, float *gates, float *out, int64_t out_stride) {
    tavse_kernels()->gru_step(rows, hidden, a, a_stride, b, h, h_stride, gates, out, out_stride);
}

void tavse_gru_step_backward(
    int64_t rows, int64_t hidden, const float *gates, const float *h, int64_t h_stride, const float *dout,
    int64_t dout_stride, float *da, int64_t da_stride, float *db, float *dh) {
    tavse_kernels()->gru_step_backward(
        rows, hidden, gates, h, h_stride, dout, dout_stride, da, da_stride, db, dh);
}

void tavse_adamw(
    int64_t count, float *parameters, const float *gradients, float *m, float *v, float gradient_scale,
    double rate, double beta1, double beta2, double epsilon, double decay, int64_t step) {
    tavse_kernels(
        )->adamw(count, parameters, gradients, m, v, gradient_scale, rate, beta1, beta2, epsilon, decay, step);
}

double tavse_sum_of_squares(int64_t count, const float *x) {
    return tavse_kernels()->sum_of_squares(count, x);
}

void tavse_bf16_pack(int64_t count, const float *x, uint16_t *y) {
    tavse_kernels()->bf16_pack(count, x, y);
}

void tavse_bf16_unpack(int64_t count, const uint16_t *x, float *y) {
    tavse_kernels()->bf16_unpack(count, x, y);
}

void tavse_max_pool(
    int32_t batch, int32_t in_h, int32_t in_w, int32_t channels, int32_t kernel, int32_t stride, int32_t pad,
    int32_t out_h, int32_t out_w, const tavse_source *source, float *y, uint8_t *argmax) {
    tavse_kernels()->max_pool(
        batch, in_h, in_w, channels, kernel, stride, pad, out_h, out_w, source, y, argmax);
}

void tavse_max_pool_backward(
    int32_t batch, int32_t in_h, int32_t in_w, int32_t channels, int32_t kernel, int32_t stride, int32_t pad,
    int32_t out_h, int32_t out_w, const float *dy, const uint8_t *argmax, const tavse_sink *sink,
    void *workspace) {
    tavse_kernels(
        )->max_pool_backward(batch, in_h, in_w, channels, kernel, stride, pad, out_h, out_w, dy, argmax, sink,
        workspace);
}

void tavse_global_average(int32_t batch, int32_t pixels, const tavse_source *source, float *y) {
    tavse_kernels()->global_average(batch, pixels, source, y);
}

void tavse_global_average_backward(
    int32_t batch, int32_t pixels, int32_t channels, const float *dy, const tavse_sink *sink,
    void *workspace) {
    tavse_kernels()->global_average_backward(batch, pixels, channels, dy, sink, workspace);
}

int64_t tavse_gemm_packed_size(int64_t columns, int64_t inner) {
    return tavse_kernels()->gemm_packed_size(columns, inner);
}

void tavse_gemm_pack(
    bool transpose_b, int64_t columns, int64_t inner, const float *b, int64_t ldb, float *packed) {
    tavse_kernels()->gemm_pack(transpose_b, columns, inner, b, ldb, packed);
}

void tavse_gemm_packed(
    bool transpose_a, int64_t rows, int64_t columns, int64_t inner, const float *a, int64_t lda,
    const float *packed, float *c, int64_t ldc, bool accumulate) {
    tavse_kernels()->gemm_packed(transpose_a, rows, columns, inner, a, lda, packed, c, ldc, accumulate);
}

int64_t tavse_gemm_workspace(int64_t columns, int64_t inner) { return tavse_gemm_packed_size(columns, inner); }

void tavse_gemm(
    bool transpose_a, bool transpose_b, int64_t rows, int64_t columns, int64_t inner, const float *a,
    int64_t lda, const float *b, int64_t ldb, float *c, int64_t ldc, bool accumulate, float *workspace) {
    tavse_gemm_pack(transpose_b, columns, inner, b, ldb, workspace);
    tavse_gemm_packed(transpose_a, rows, columns, inner, a, lda, workspace, c, ldc, accumulate);
}
