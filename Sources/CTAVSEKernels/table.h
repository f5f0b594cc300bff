#ifndef TAVSE_TABLE_H
#define TAVSE_TABLE_H

#include "include/CTAVSEKernels.h"

/// The largest kernel height and width.
enum { MAXIMUM_KERNEL = 32 };

/// How a plan computes its convolution.
enum { METHOD_DIRECT = 0, METHOD_WINOGRAD_4 = 1, METHOD_WINOGRAD_3 = 2 };

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
    int64_t (*map_workspace)(int64_t, int32_t);
    void (*map)(const tavse_source *, int32_t, int64_t, const tavse_sink *, void *);
} kernel_table;

extern const kernel_table tavse_kernels_baseline;
#if defined(__x86_64__)
extern const kernel_table tavse_kernels_avx2;
extern const kernel_table tavse_kernels_avx512;
#endif

const kernel_table *tavse_kernels(void);

#endif
