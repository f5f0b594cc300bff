#ifndef TAVSE_CONV_H
#define TAVSE_CONV_H

#include <stdbool.h>
#include <stdint.h>

#include "tavse_source.h"

/// Sizes of a two-dimensional convolution:
///
///     y[b, i, j, n] = Σ over c, u, v of w[n, c, u, v] · x[b, i · stride_h + u − pad_h, j · stride_w + v − pad_w, c]
///     out_h = ⌊(in_h + 2 · pad_h − kernel_h) / stride_h⌋ + 1, likewise out_w
///
/// A transposed convolution is the adjoint: its input is y, its output x, so its output size is chosen freely among
/// the in_h that give the same out_h, and its weight layout `[Cin, Cout, KH, KW]` is this one's `[N, C, KH, KW]`.
typedef struct {
    int32_t batch;
    int32_t in_h, in_w, in_channels;
    int32_t out_h, out_w, out_channels;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t pad_h, pad_w;
} tavse_conv_shape;

/// How a convolution of one shape is computed on this processor with the present number of threads.
/// The sizes are for the caller; packed weights are counted in floats, workspaces in bytes. Align both to 64 bytes.
typedef struct {
    tavse_conv_shape shape;
    int64_t forward_weights;
    int64_t backward_weights;
    int64_t forward_workspace;
    int64_t backward_workspace;
    int32_t method;
    int32_t threads;
    int32_t group;
    int32_t strip;
    int32_t units;
    int32_t tile;
} tavse_conv_plan;

/// Plans a convolution; false if the sizes are not positive, do not fit each other, or a tensor exceeds 2³¹ floats.
bool tavse_conv_make_plan(const tavse_conv_shape *shape, tavse_conv_plan *plan);

/// Weights `[N, C, KH, KW]` into the order that tavse_conv_forward reads.
void tavse_conv_pack_forward(const tavse_conv_plan *plan, const float *weights, float *packed);

/// Weights `[N, C, KH, KW]` into the order that tavse_conv_backward reads for the input gradient.
void tavse_conv_pack_backward(const tavse_conv_plan *plan, const float *weights, float *packed);

/// y = convolution of the sources (side by side along the channels), through the sink.
void tavse_conv_forward(
    const tavse_conv_plan *plan, const tavse_source *sources, int32_t source_count, const float *packed,
    const tavse_sink *sink, void *workspace);

/// Gradients of a convolution, in one pass over the output gradient.
///
/// - Parameters:
///   - inputs: x, `input_count` sources side by side; read for the weight gradient only.
///   - gradients: dy `[B, out_h, out_w, N]`, `gradient_count` sources side by side.
///   - packed: from tavse_conv_pack_backward; read for the input gradient only.
///   - input_gradient: where dx goes, or NULL. With NULL for `weight_gradient` this is the transposed convolution.
///   - weight_gradient: dw `[N, C, KH, KW]`, or NULL.
///   - bias_gradient: Σ dy per channel `[N]`, or NULL.
///   - accumulate: add to the old dw and bias gradient instead of overwriting them.
void tavse_conv_backward(
    const tavse_conv_plan *plan, const tavse_source *inputs, int32_t input_count, const tavse_source *gradients,
    int32_t gradient_count, const float *packed, const tavse_sink *input_gradient, float *weight_gradient,
    float *bias_gradient, bool accumulate, void *workspace);

#endif
