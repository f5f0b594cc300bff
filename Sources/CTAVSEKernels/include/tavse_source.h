#ifndef TAVSE_SOURCE_H
#define TAVSE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

/// What a kernel reads: a tensor `[pixels, channels]` seen through the layer that follows it, computed while loading.
///
/// Activation (`gradient == NULL`), with φ(u) = u for u > 0, slope · u otherwise:
///
///     v[p, c] = φ( scale[c] · values[p, c] + shift[c] + residual_scale[c] · residual[p, c] + residual_shift[c] )
///
/// Gradient (`gradient != NULL`): the gradient with respect to `values` (called z), given that with respect to the
/// activation. With training-mode batch norm this is affine in the incoming gradient and z:
///
///     v[p, c] = c1[c] · m · gradient[p, c] + c2[c] · z[p, c] + c3[c],   m = 1 where the activation was positive, else slope
///
/// The mask reads `output` (the stored activation) where given, else the sign of scale · z + shift.
/// NULL coefficients mean 1 (scales, c1) or 0 (shifts, c2, c3). `values` may be NULL in a gradient that needs no z.
typedef struct {
    const float *values;
    int64_t stride;
    int32_t channels;
    /// Slope of the activation for negative arguments: 1 none, 0 ReLU, otherwise leaky ReLU.
    float slope;
    const float *scale;
    const float *shift;
    const float *residual;
    int64_t residual_stride;
    const float *residual_scale;
    const float *residual_shift;
    const float *gradient;
    int64_t gradient_stride;
    const float *output;
    int64_t output_stride;
    const float *c1;
    const float *c2;
    const float *c3;
    /// If not NULL, v is also written here.
    float *store;
    int64_t store_stride;
} tavse_source;

/// What a kernel writes, and what it gathers from the written values while they are in cache.
///
///     y = result + bias[c]  (+ the old y if accumulate)
///     y ← m · y             if output or z is given and slope ≠ 1: the mask of the activation, as in tavse_source
///
/// `mean[c]` and `m2[c]` receive the mean and the sum of squared deviations of y over all pixels (the biased variance
/// is m2 / pixels), gathered around a shift per block, so that a large mean costs no digits.
/// `sum[c]` and `sum_z[c]` receive Σ y and Σ y · (z − center[c]): what the backward pass of batch norm needs.
typedef struct {
    float *values;
    int64_t stride;
    bool accumulate;
    const float *bias;
    double *mean;
    double *m2;
    const float *z;
    int64_t z_stride;
    const float *scale;
    const float *shift;
    float slope;
    const float *output;
    int64_t output_stride;
    const float *center;
    double *sum;
    double *sum_z;
} tavse_sink;

/// Bytes of scratch that tavse_map needs for a sink that gathers sums.
int64_t tavse_map_workspace(int64_t pixels, int32_t channels);

/// Writes one or several sources, side by side along the channels, through a sink: batch norm with activation and
/// residual, concatenation, the gradient of batch norm, and all sums over pixels in one pass.
///
/// - Parameters:
///   - sources: `count` sources whose channels add up to the sink's, at most 65536.
///   - pixels: rows of every tensor, B · H · W.
void tavse_map(const tavse_source *sources, int32_t count, int64_t pixels, const tavse_sink *sink, void *workspace);

/// From gathered statistics to the affine form of training-mode batch norm, y = scale · z + shift, per channel:
///
///     variance = m2 / pixels,  inverse = 1 / √(variance + epsilon),  scale = weight · inverse,  shift = bias − mean · scale
///
/// Running statistics, if not NULL, move by `momentum` towards the mean and the unbiased variance.
void tavse_batch_norm_forward(
    int32_t channels, int64_t pixels, const double *mean, const double *m2, const float *weight, const float *bias,
    double epsilon, double momentum, float *running_mean, float *running_variance, float *center, float *inverse,
    float *scale, float *shift);

/// From the sums Σ g and Σ g · (z − center) to the coefficients of dz = c1 · g + c2 · z + c3 and the gradients of
/// weight and bias (added to the old ones if accumulate; either may be NULL).
void tavse_batch_norm_backward(
    int32_t channels, int64_t pixels, const double *sum, const double *sum_z, const float *weight, const float *center,
    const float *inverse, bool accumulate, float *weight_gradient, float *bias_gradient, float *c1, float *c2,
    float *c3);

#endif
