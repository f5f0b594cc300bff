// Per-channel arithmetic of batch norm; small enough for plain loops, in double precision.

#include <math.h>
#include <stddef.h>

#include "include/tavse_source.h"

void tavse_batch_norm_forward(
    int32_t channels, int64_t pixels, const double *mean, const double *m2, const float *weight, const float *bias,
    double epsilon, double momentum, float *running_mean, float *running_variance, float *center, float *inverse,
    float *scale, float *shift) {
    const double n = (double)pixels;
    for (int32_t c = 0; c < channels; c++) {
        const double inverse_deviation = 1 / sqrt(m2[c] / n + epsilon);
        const double slope = (weight ? weight[c] : 1) * inverse_deviation;
        center[c] = (float)mean[c];
        inverse[c] = (float)inverse_deviation;
        scale[c] = (float)slope;
        // With the rounded scale, so that scale · mean + shift is the bias to the last digit.
        shift[c] = (float)((bias ? bias[c] : 0) - mean[c] * (double)scale[c]);
        if (running_mean) running_mean[c] = (float)(running_mean[c] + momentum * (mean[c] - running_mean[c]));
        if (running_variance && pixels > 1)
            running_variance[c] = (float)(running_variance[c] + momentum * (m2[c] / (n - 1) - running_variance[c]));
    }
}

void tavse_batch_norm_backward(
    int32_t channels, int64_t pixels, const double *sum, const double *sum_z, const float *weight, const float *center,
    const float *inverse, bool accumulate, float *weight_gradient, float *bias_gradient, float *c1, float *c2,
    float *c3) {
    // ẑ = (z − center) · inverse;  dz = weight · inverse · (g − mean(g) − ẑ · mean(g · ẑ))
    const double n = (double)pixels;
    for (int32_t c = 0; c < channels; c++) {
        const double slope = (weight ? weight[c] : 1) * (double)inverse[c];
        const double curve = -slope * inverse[c] * inverse[c] * sum_z[c] / n;
        c1[c] = (float)slope;
        c2[c] = (float)curve;
        c3[c] = (float)(-slope * sum[c] / n - (double)c2[c] * center[c]);
        if (weight_gradient)
            weight_gradient[c] = (accumulate ? weight_gradient[c] : 0) + (float)(inverse[c] * sum_z[c]);
        if (bias_gradient) bias_gradient[c] = (accumulate ? bias_gradient[c] : 0) + (float)sum[c];
    }
}
