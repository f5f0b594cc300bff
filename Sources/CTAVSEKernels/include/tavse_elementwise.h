#ifndef TAVSE_ELEMENTWISE_H
#define TAVSE_ELEMENTWISE_H

#include <stdbool.h>
#include <stdint.h>

// All work on `count` contiguous floats, on the calling thread; x and y may be the same memory.
// Infinities give the limit of the function, NaN gives NaN.

/// y = eˣ, within 2 units in the last place; 0 below −104, ∞ above 88.73.
void tavse_exp(int64_t count, const float *x, float *y);

/// y = 1 / (1 + e⁻ˣ).
void tavse_sigmoid(int64_t count, const float *x, float *y);

/// dx = dy · y · (1 − y), y the sigmoid's output; added to the old dx if accumulate.
void tavse_sigmoid_backward(int64_t count, const float *y, const float *dy, float *dx, bool accumulate);

/// y = tanh x.
void tavse_tanh(int64_t count, const float *x, float *y);

/// dx = dy · (1 − y²), y the output; added to the old dx if accumulate.
void tavse_tanh_backward(int64_t count, const float *y, const float *dy, float *dx, bool accumulate);

/// y = x · Φ(x) = x/2 · (1 + erf(x/√2)), the exact GELU.
void tavse_gelu(int64_t count, const float *x, float *y);

/// dx = dy · (Φ(x) + x · φ(x)); added to the old dx if accumulate.
void tavse_gelu_backward(int64_t count, const float *x, const float *dy, float *dx, bool accumulate);

/// Row-wise softmax of `[rows, columns]`: y = e^(x − max) / Σ e^(x − max).
void tavse_softmax(int64_t rows, int64_t columns, const float *x, float *y);

/// dx = y · (dy − Σ dy · y) per row, y the softmax's output.
void tavse_softmax_backward(int64_t rows, int64_t columns, const float *y, const float *dy, float *dx);

/// One gated recurrent unit step for `rows` sequences, PyTorch's equations and gate order (r, z, n).
///
///     r = σ(a_r + b_r),  z = σ(a_z + b_z),  n = tanh(a_n + r · b_n),  h′ = (1 − z) · n + z · h
///
/// - Parameters:
///   - a: `[rows, 3·hidden]` input part, W x + b_ih; rows `a_stride` floats apart.
///   - b: `[rows, 3·hidden]` recurrent part, U h + b_hh.
///   - h: `[rows, hidden]` previous state.
///   - gates: `[rows, 4·hidden]` saved r, z, n, b_n for the backward step, or NULL.
///   - out: `[rows, hidden]` new state; rows `out_stride` floats apart.
void tavse_gru_step(
    int64_t rows, int64_t hidden, const float *a, int64_t a_stride, const float *b, const float *h, int64_t h_stride,
    float *gates, float *out, int64_t out_stride);

/// Backward of tavse_gru_step: from dh′ to the gradients of a, b and (its direct part) of h.
///
/// - Parameters:
///   - dout: `[rows, hidden]` gradient of h′, rows `dout_stride` apart.
///   - da, db: `[rows, 3·hidden]`; da rows are `da_stride` apart.
///   - dh: `[rows, hidden]` receives dh′ · z.
void tavse_gru_step_backward(
    int64_t rows, int64_t hidden, const float *gates, const float *h, int64_t h_stride, const float *dout,
    int64_t dout_stride, float *da, int64_t da_stride, float *db, float *dh);

/// One AdamW step (decoupled weight decay) on `count` parameters, on the pool.
///
///     g ← gradient_scale · g;  p ← p · (1 − rate · decay);  m ← β₁m + (1−β₁)g;  v ← β₂v + (1−β₂)g²
///     p ← p − rate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
///
/// > Source: Loshchilov & Hutter, *Decoupled Weight Decay Regularization*, ICLR 2019; update order as PyTorch's AdamW.
void tavse_adamw(
    int64_t count, float *parameters, const float *gradients, float *m, float *v, float gradient_scale, double rate,
    double beta1, double beta2, double epsilon, double decay, int64_t step);

/// Σ x² in double precision, in a fixed order.
double tavse_sum_of_squares(int64_t count, const float *x);

/// Rounds float32 to bfloat16, to nearest even; NaN stays NaN.
void tavse_bf16_pack(int64_t count, const float *x, uint16_t *y);

/// bfloat16 to float32, exact.
void tavse_bf16_unpack(int64_t count, const uint16_t *x, float *y);

#endif
