#ifndef TAVSE_POOL_H
#define TAVSE_POOL_H

#include <stdint.h>

#include "tavse_source.h"

/// Max pooling of `[B, in_h, in_w, C]` seen through a source (so that batch norm and ReLU happen on the way).
///
///     y[b, i, j, c] = max over u, v < kernel of x[b, i·stride + u − pad, j·stride + v − pad, c];  pad ≤ kernel / 2
///
/// - Parameters:
///   - argmax: `[B, out_h, out_w, C]` receives the winning offset u · kernel + v (first of equals), or NULL.
/// The window is at most 15 × 15. NaN wins, as in PyTorch. Runs on the pool.
void tavse_max_pool(
    int32_t batch, int32_t in_h, int32_t in_w, int32_t channels, int32_t kernel, int32_t stride, int32_t pad,
    int32_t out_h, int32_t out_w, const tavse_source *source, float *y, uint8_t *argmax);

/// Gradient of tavse_max_pool with respect to its (activated) input, through a sink, so that the activation's mask
/// and batch norm's sums are taken on the way. `workspace`: tavse_map_workspace(B · in_h · in_w, channels) bytes.
void tavse_max_pool_backward(
    int32_t batch, int32_t in_h, int32_t in_w, int32_t channels, int32_t kernel, int32_t stride, int32_t pad,
    int32_t out_h, int32_t out_w, const float *dy, const uint8_t *argmax, const tavse_sink *sink, void *workspace);

/// y[b, c] = mean over the `pixels` of each image of the source.
void tavse_global_average(int32_t batch, int32_t pixels, const tavse_source *source, float *y);

/// dx[b, p, c] = dy[b, c] / pixels, through a sink. `workspace`: tavse_map_workspace(B · pixels, channels) bytes.
void tavse_global_average_backward(
    int32_t batch, int32_t pixels, int32_t channels, const float *dy, const tavse_sink *sink, void *workspace);

#endif
