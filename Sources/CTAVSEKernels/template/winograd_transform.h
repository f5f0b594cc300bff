// The transforms of Winograd's minimal filtering, F(4×4, 3×3) and F(3×3, 3×3), and their adjoints.
//
//     y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
//
// with the matrices of the Cook–Toom construction for the interpolation points 0, ±a, ±b, ∞ (tiles of 6 × 6) and
// 0, ±1, c, ∞ (5 × 5). The points a = 5/8, b = 3/2 halve the rounding error of the customary 1 and 2: relative L2
// error 0.8e-6 against 1.7e-6 over 64 channels of normal deviates.
//
// > Source: Lavin & Gray, *Fast Algorithms for Convolutional Neural Networks*, CVPR 2016; points and their error:
// > Barabasz et al., *Error Analysis and Improving the Accuracy of Winograd Convolution for DNNs*, TOMS 2020.

#define WA 0.625f
#define WB 1.5f
#define WA2 (WA * WA)
#define WB2 (WB * WB)
#define WAB (WA2 * WB2)
#define WNA (1 / (2 * WA2 * (WA2 - WB2)))
#define WNB (1 / (2 * WB2 * (WB2 - WA2)))
#define WC 2.0f
#define WK1 (1 / (2 * (1 - WC)))
#define WK2 (1 / (-2 * (1 + WC)))
#define WK3 (1 / (WC * (WC * WC - 1)))

INLINE void four_input(const vf *d, vf *v) {
    const vf e = d[4] - WB2 * d[2], o = WA * (d[3] - WB2 * d[1]);
    const vf f = d[4] - WA2 * d[2], q = WB * (d[3] - WA2 * d[1]);
    v[0] = WAB * d[0] - (WA2 + WB2) * d[2] + d[4];
    v[1] = e + o;
    v[2] = e - o;
    v[3] = f + q;
    v[4] = f - q;
    v[5] = WAB * d[1] - (WA2 + WB2) * d[3] + d[5];
}

INLINE void four_input_adjoint(const vf *v, vf *d) {
    const vf s1 = v[1] + v[2], d1 = v[1] - v[2], s2 = v[3] + v[4], d2 = v[3] - v[4];
    d[0] = WAB * v[0];
    d[1] = WAB * v[5] - (WA * WB2) * d1 - (WA2 * WB) * d2;
    d[2] = -(WA2 + WB2) * v[0] - WB2 * s1 - WA2 * s2;
    d[3] = WA * d1 + WB * d2 - (WA2 + WB2) * v[5];
    d[4] = v[0] + s1 + s2;
    d[5] = v[5];
}

INLINE void four_output(const vf *m, vf *y) {
    const vf s1 = m[1] + m[2], d1 = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];
    y[0] = m[0] + s1 + s2;
    y[1] = WA * d1 + WB * d2;
    y[2] = WA2 * s1 + WB2 * s2;
    y[3] = m[5] + (WA * WA2) * d1 + (WB * WB2) * d2;
}

INLINE void four_output_adjoint(const vf *y, vf *m) {
    const vf e = y[0] + WA2 * y[2], o = WA * y[1] + (WA * WA2) * y[3];
    const vf f = y[0] + WB2 * y[2], q = WB * y[1] + (WB * WB2) * y[3];
    m[0] = y[0];
    m[1] = e + o;
    m[2] = e - o;
    m[3] = f + q;
    m[4] = f - q;
    m[5] = y[3];
}

INLINE void four_weights(const vf *g, vf *u) {
    const vf e = WNA * (g[0] + WA2 * g[2]), o = (WNA * WA) * g[1];
    const vf f = WNB * (g[0] + WB2 * g[2]), q = (WNB * WB) * g[1];
    u[0] = (1 / WAB) * g[0];
    u[1] = e + o;
    u[2] = e - o;
    u[3] = f + q;
    u[4] = f - q;
    u[5] = g[2];
}

INLINE void four_weights_adjoint(const vf *u, vf *g) {
    const vf s1 = WNA * (u[1] + u[2]), d1 = WNA * (u[1] - u[2]), s2 = WNB * (u[3] + u[4]), d2 = WNB * (u[3] - u[4]);
    g[0] = (1 / WAB) * u[0] + s1 + s2;
    g[1] = WA * d1 + WB * d2;
    g[2] = u[5] + WA2 * s1 + WB2 * s2;
}

#define KIND four
#define DOWN four
#define ACROSS four
#define TILE_H 6
#define TILE_W 6
#define OUT_H 4
#define OUT_W 4
#define STEP_H 4
#define STEP_W 4
#define CLASSES_H 6
#define CLASSES_W 6
#define SLOT(I, J) (6 * (I) + (J))
#include "filter_tiles.h"

INLINE void three_input(const vf *d, vf *v) {
    v[0] = WC * (d[0] - d[2]) + (d[3] - d[1]);
    v[1] = d[3] + (1 - WC) * d[2] - WC * d[1];
    v[2] = d[3] - (1 + WC) * d[2] + WC * d[1];
    v[3] = d[3] - d[1];
    v[4] = d[4] - d[2] + WC * (d[1] - d[3]);
}

INLINE void three_input_adjoint(const vf *v, vf *d) {
    d[0] = WC * v[0];
    d[1] = WC * (v[2] - v[1] + v[4]) - v[0] - v[3];
    d[2] = (1 - WC) * v[1] - (1 + WC) * v[2] - WC * v[0] - v[4];
    d[3] = v[0] + v[1] + v[2] + v[3] - WC * v[4];
    d[4] = v[4];
}

INLINE void three_output(const vf *m, vf *y) {
    const vf s = m[1] + m[2];
    y[0] = m[0] + s + m[3];
    y[1] = m[1] - m[2] + WC * m[3];
    y[2] = s + (WC * WC) * m[3] + m[4];
}

INLINE void three_output_adjoint(const vf *y, vf *m) {
    const vf s = y[0] + y[2];
    m[0] = y[0];
    m[1] = s + y[1];
    m[2] = s - y[1];
    m[3] = y[0] + WC * y[1] + (WC * WC) * y[2];
    m[4] = y[2];
}

INLINE void three_weights(const vf *g, vf *u) {
    const vf s = g[0] + g[2];
    u[0] = (1 / WC) * g[0];
    u[1] = WK1 * (s + g[1]);
    u[2] = WK2 * (s - g[1]);
    u[3] = WK3 * (g[0] + WC * g[1] + (WC * WC) * g[2]);
    u[4] = g[2];
}

INLINE void three_weights_adjoint(const vf *u, vf *g) {
    const vf x = WK1 * u[1], y = WK2 * u[2], z = WK3 * u[3];
    g[0] = (1 / WC) * u[0] + x + y + z;
    g[1] = x - y + WC * z;
    g[2] = x + y + (WC * WC) * z + u[4];
}

#define KIND three
#define DOWN three
#define ACROSS three
#define TILE_H 5
#define TILE_W 5
#define OUT_H 3
#define OUT_W 3
#define STEP_H 3
#define STEP_W 3
#define CLASSES_H 5
#define CLASSES_W 5
#define SLOT(I, J) (5 * (I) + (J))
#include "filter_tiles.h"
