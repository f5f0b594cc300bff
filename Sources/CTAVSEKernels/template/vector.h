// Vectors of VL floats and the few operations on them, through the compiler's vector extension.
// The including file defines VL (lanes), ROWS and NV (see multiply.h).

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../table.h"

#define INLINE static inline __attribute__((always_inline, unused))

typedef float vf __attribute__((ext_vector_type(VL)));
typedef float vf_unaligned __attribute__((ext_vector_type(VL), aligned(4)));
typedef int32_t vi __attribute__((ext_vector_type(VL)));

INLINE vf load(const float *p) { return *(const vf_unaligned *)p; }
INLINE void store(float *p, vf v) { *(vf_unaligned *)p = v; }
INLINE vf splat(float x) { return (vf)x; }
INLINE vi splat_int(int32_t x) { return (vi)x; }

/// Lanes of a where the mask is set (all ones), of b elsewhere.
INLINE vf choose(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }

/// The first `count` floats, zeros after them; reads nothing beyond.
INLINE vf load_partial(const float *p, int32_t count) {
    float lanes[VL] = {0};
    memcpy(lanes, p, sizeof(float) * (size_t)count);
    return load(lanes);
}

INLINE void store_partial(float *p, vf v, int32_t count) {
    float lanes[VL];
    store(lanes, v);
    memcpy(p, lanes, sizeof(float) * (size_t)count);
}

INLINE vf load_some(const float *p, int32_t count) { return count >= VL ? load(p) : load_partial(p, count); }

INLINE void store_some(float *p, vf v, int32_t count) {
    if (count >= VL) store(p, v);
    else store_partial(p, v, count);
}

INLINE float sum_lanes(vf v) {
    float lanes[VL];
    store(lanes, v);
    for (int width = VL / 2; width > 0; width /= 2)
        for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
    return lanes[0];
}

INLINE int64_t round_up(int64_t x, int64_t multiple) { return (x + multiple - 1) / multiple * multiple; }
INLINE int64_t minimum(int64_t a, int64_t b) { return a < b ? a : b; }
INLINE int64_t maximum(int64_t a, int64_t b) { return a > b ? a : b; }
INLINE int64_t distance(int64_t stride, int64_t channels) { return stride ? stride : channels; }

/// NAME, the two-dimensional transform D x Aᵀ: the one-dimensional DOWN along columns of DOWN_FROM values to DOWN_TO, then
/// ACROSS along rows of ACROSS_FROM values to ACROSS_TO.
#define TWO_DIMENSIONAL(NAME, DOWN, DOWN_FROM, DOWN_TO, ACROSS, ACROSS_FROM, ACROSS_TO)                          \
    INLINE void NAME(vf x[DOWN_FROM][ACROSS_FROM], vf y[DOWN_TO][ACROSS_TO]) {                                  \
        vf half[DOWN_TO][ACROSS_FROM];                                                                          \
        _Pragma("clang loop unroll(full)") for (int j = 0; j < ACROSS_FROM; j++) {                              \
            vf in[DOWN_FROM], out[DOWN_TO];                                                                     \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < DOWN_FROM; i++) in[i] = x[i][j];             \
            DOWN(in, out);                                                                                      \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < DOWN_TO; i++) half[i][j] = out[i];           \
        }                                                                                                       \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < DOWN_TO; i++) ACROSS(half[i], y[i]);             \
    }
