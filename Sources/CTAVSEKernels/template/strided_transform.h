// 3×3 convolutions of stride 2 along one or both axes and padding 1 there, by minimal filtering of their phases.
//
// Along one axis, with x split into even positions e and odd positions o of the padded row,
//
//     y[i] = w[0] · e[i] + w[2] · e[i + 1] + w[1] · o[i]
//
// is a convolution of two taps over e and of one over o. F(3, 2) with the points 0, 1, −1, ∞ takes 4 products for three
// outputs of the first, the second takes 3. Both axes together take 49 products for 9 outputs where the direct sum
// takes 81. Products with o share their weights, so that there are 25 weight matrices: *classes* of 1, 3 or 9 of the 49
// frequencies. The factors of all transforms are 0, ±1 and ½; the error is that of the direct sum.
//
// > Source: Winograd, *Arithmetic Complexity of Computations*, SIAM 1980.

INLINE void strided_input(const vf *d, vf *v) {
    v[0] = d[0] - d[4];
    v[1] = d[2] + d[4];
    v[2] = d[4] - d[2];
    v[3] = d[6] - d[2];
    v[4] = d[1];
    v[5] = d[3];
    v[6] = d[5];
}

INLINE void strided_input_adjoint(const vf *v, vf *d) {
    d[0] = v[0];
    d[1] = v[4];
    d[2] = v[1] - v[2] - v[3];
    d[3] = v[5];
    d[4] = v[1] + v[2] - v[0];
    d[5] = v[6];
    d[6] = v[3];
}

INLINE void strided_output(const vf *m, vf *y) {
    const vf s = m[1] + m[2];
    y[0] = m[0] + s + m[4];
    y[1] = m[1] - m[2] + m[5];
    y[2] = s + m[3] + m[6];
}

INLINE void strided_output_adjoint(const vf *y, vf *m) {
    const vf s = y[0] + y[2];
    m[0] = y[0];
    m[1] = s + y[1];
    m[2] = s - y[1];
    m[3] = y[2];
    m[4] = y[0];
    m[5] = y[1];
    m[6] = y[2];
}

INLINE void strided_weights(const vf *g, vf *u) {
    u[0] = g[0];
    u[1] = 0.5f * (g[0] + g[2]);
    u[2] = 0.5f * (g[0] - g[2]);
    u[3] = g[2];
    u[4] = g[1];
}

INLINE void strided_weights_adjoint(const vf *u, vf *g) {
    g[0] = u[0] + 0.5f * (u[1] + u[2]);
    g[1] = u[4];
    g[2] = u[3] + 0.5f * (u[1] - u[2]);
}

/// Where frequency (i, j) lies among the 49, those of one class side by side.
INLINE int64_t strided_slot(int i, int j) {
    if (i < 4) return 7 * i + j;
    return j < 4 ? 28 + 3 * j + i - 4 : 40 + 3 * (i - 4) + j - 4;
}

#define KIND strided
#define DOWN strided
#define ACROSS strided
#define TILE_H 7
#define TILE_W 7
#define OUT_H 3
#define OUT_W 3
#define STEP_H 6
#define STEP_W 6
#define CLASSES_H 5
#define CLASSES_W 5
#define SLOT(I, J) strided_slot(I, J)
#include "filter_tiles.h"

// Stride 2 along the rows alone, as a spectrogram's frequencies are halved and its time is not: the phases of the rows
// by F(3, 2), the columns by F(4, 3) of winograd_transform.h. 42 products for 12 outputs where the direct sum takes 108.

/// Where frequency (i, j) lies among the 42, those of one class side by side.
INLINE int64_t strided_rows_slot(int i, int j) { return i < 4 ? 6 * i + j : 24 + 3 * j + i - 4; }

#define KIND strided_rows
#define DOWN strided
#define ACROSS four
#define TILE_H 7
#define TILE_W 6
#define OUT_H 3
#define OUT_W 4
#define STEP_H 6
#define STEP_W 4
#define CLASSES_H 5
#define CLASSES_W 6
#define SLOT(I, J) strided_rows_slot(I, J)
#include "filter_tiles.h"
