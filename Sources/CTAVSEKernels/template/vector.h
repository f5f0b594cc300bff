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

/// The two-dimensional transform T x Tᵀ of a one-dimensional one, ONE, that maps FROM values to TO.
#define TWO_DIMENSIONAL(ONE, FROM, TO) TWO_DIMENSIONAL_OF(ONE, FROM, TO)
#define TWO_DIMENSIONAL_OF(ONE, FROM, TO)                                                      \
    INLINE void ONE##_square(vf x[FROM][FROM], vf y[TO][TO]) {                                 \
        vf half[TO][FROM];                                                                     \
        _Pragma("clang loop unroll(full)") for (int j = 0; j < FROM; j++) {                    \
            vf in[FROM], out[TO];                                                              \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < FROM; i++) in[i] = x[i][j]; \
            ONE(in, out);                                                                      \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < TO; i++) half[i][j] = out[i]; \
        }                                                                                      \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < TO; i++) ONE(half[i], y[i]);    \
    }
