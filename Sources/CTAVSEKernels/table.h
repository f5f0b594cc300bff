#ifndef TAVSE_TABLE_H
#define TAVSE_TABLE_H

#include "include/CTAVSEKernels.h"

/// The largest kernel height and width.
enum { MAXIMUM_KERNEL = 32 };

/// How a plan computes its convolution.
enum {
    METHOD_DIRECT = 0,
    METHOD_WINOGRAD_4 = 1,
    METHOD_WINOGRAD_3 = 2,
    METHOD_POLYPHASE = 3,
    METHOD_STRIDED = 4,
    METHOD_STRIDED_ROWS = 5,
    METHOD_COUNT
};

/// The kernels compiled for one instruction set; the members mean what the public functions of those names mean.
typedef struct {
    void (*plan)(tavse_conv_plan *plan);
    void (*pack_forward)(const tavse_conv_plan *, const float *, float *);
    void (*pack_backward)(const tavse_conv_plan *, const float *, float *);
    void (*conv_forward)(
        const tavse_conv_plan *, const tavse_source *, int32_t, const float *, const tavse_sink *, void *);
    void (*conv_backward)(
        const tavse_conv_plan *, const tavse_source *, int32_t, const tavse_source *, int32_t, const float *,
        const tavse_sink *, float *, float *, bool, void *);
    int64_t (*map_workspace)(int64_t pixels, int32_t channels);
    void (*map)(
        const tavse_source *sources, int32_t count, int64_t pixels, const tavse_sink *sink, void *workspace);
    void (*exp)(int64_t count, const float *x, float *y);
    void (*sigmoid)(int64_t count, const float *x, float *y);
    void (*sigmoid_backward)(int64_t count, const float *y, const float *dy, float *dx, bool accumulate);
    void (*tanh)(int64_t count, const float *x, float *y);
    void (*tanh_backward)(int64_t count, const float *y, const float *dy, float *dx, bool accumulate);
    void (*gelu)(int64_t count, const float *x, float *y);
    void (*gelu_backward)(int64_t count, const float *x, const float *dy, float *dx, bool accumulate);
    void (*softmax)(int64_t rows, int64_t columns, const float *x, float *y);
    void (*softmax_backward)(int64_t rows, int64_t columns, const float *y, const float *dy, float *dx);
    void (*window_attention_forward)(
        const tavse_window_attention *, const float *q, const float *k, const float *v, float *p, float *y);
    void (*window_attention_backward)(
        const tavse_window_attention *, const float *q, const float *k, const float *v, const float *p,
        const float *dy, float *dq, float *dk, float *dv, float *scratch);
    void (*gru_step)(
        int64_t rows, int64_t hidden, const float *a, int64_t a_stride, const float *b, const float *h,
        int64_t h_stride, float *gates, float *out, int64_t out_stride);
    void (*gru_step_backward)(
        int64_t rows, int64_t hidden, const float *gates, const float *h, int64_t h_stride, const float *dout,
        int64_t dout_stride, float *da, int64_t da_stride, float *db, float *dh);
    void (*adamw)(
        int64_t count, float *parameters, const float *gradients, float *m, float *v, float gradient_scale,
        double rate, double beta1, double beta2, double epsilon, double decay, int64_t step);
    double (*sum_of_squares)(int64_t count, const float *x);
    void (*bf16_pack)(int64_t count, const float *x, uint16_t *y);
    void (*bf16_unpack)(int64_t count, const uint16_t *x, float *y);
    void (*max_pool)(
        int32_t batch, int32_t in_h, int32_t in_w, int32_t channels, int32_t kernel, int32_t stride,
        int32_t pad, int32_t out_h, int32_t out_w, const tavse_source *source, float *y, uint8_t *argmax);
    void (*max_pool_backward)(
        int32_t batch, int32_t in_h, int32_t in_w, int32_t channels, int32_t kernel, int32_t stride,
        int32_t pad, int32_t out_h, int32_t out_w, const float *dy, const uint8_t *argmax,
        const tavse_sink *sink, void *workspace);
    void (*global_average)(int32_t batch, int32_t pixels, const tavse_source *source, float *y);
    void (*global_average_backward)(
        int32_t batch, int32_t pixels, int32_t channels, const float *dy, const tavse_sink *sink,
        void *workspace);
    int64_t (*gemm_packed_size)(int64_t columns, int64_t inner);
    void (*gemm_pack)(
        bool transpose_b, int64_t columns, int64_t inner, const float *b, int64_t ldb, float *packed);
    void (*gemm_packed)(
        bool transpose_a, int64_t rows, int64_t columns, int64_t inner, const float *a, int64_t lda,
        const float *packed, float *c, int64_t ldc, bool accumulate);
} kernel_table;

extern const kernel_table tavse_kernels_baseline;
#if defined(__x86_64__)
extern const kernel_table tavse_kernels_avx2;
extern const kernel_table tavse_kernels_avx512;
#endif

const kernel_table *tavse_kernels(void);

#endif
