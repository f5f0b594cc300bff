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
