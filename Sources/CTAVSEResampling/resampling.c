#include "resampling.h"

// In C because the draws are two 64-bit multiplications each, which vector units do eight at a time, and Swift cannot
// choose an instruction set per function. Eight blocks of eight indices are made first and then used, so that the
// loads do not wait for the multiplications. Gather instructions were slower than plain loads.

#define STEP 0x9E3779B97F4A7C15ull
#define FIRST_MULTIPLIER 0xBF58476D1CE4E5B9ull
#define SECOND_MULTIPLIER 0x94D049BB133111EBull

typedef uint64_t words __attribute__((vector_size(64)));
typedef double lanes __attribute__((vector_size(64)));

// Indices of eight draws from their eight states. Only the upper half of an output is used: bit 63 shifted by 31
// is all that the last xor changes in it.
#define INDICES(state, limit)                                                                                          \
    ({                                                                                                                 \
        words z_ = (state);                                                                                            \
        z_ = (z_ ^ (z_ >> 30)) * FIRST_MULTIPLIER;                                                                     \
        z_ = (z_ ^ (z_ >> 27)) * SECOND_MULTIPLIER;                                                                    \
        (((z_ >> 32) ^ (z_ >> 63)) * (uint64_t)(limit)) >> 32;                                                         \
    })

#define RESAMPLED_SUM(name, attributes)                                                                                \
    attributes static double name(uint64_t seed, uint64_t first, uint32_t limit, intptr_t count, const double *x) {    \
        words state = {0, 1, 2, 3, 4, 5, 6, 7};                                                                        \
        state = (state + first) * STEP + seed;                                                                         \
        lanes sum = {0};                                                                                               \
        union {                                                                                                        \
            words block[8];                                                                                            \
            uint64_t draw[64];                                                                                         \
        } index;                                                                                                       \
        intptr_t i = 0;                                                                                                \
        for (; i + 64 <= count; i += 64) {                                                                             \
            for (int b = 0; b < 8; b++) {                                                                              \
                index.block[b] = INDICES(state, limit);                                                                \
                state += 8 * STEP;                                                                                     \
            }                                                                                                          \
            for (int b = 0; b < 64; b += 8) {                                                                          \
                const uint64_t *d = index.draw + b;                                                                    \
                lanes drawn = {x[d[0]], x[d[1]], x[d[2]], x[d[3]], x[d[4]], x[d[5]], x[d[6]], x[d[7]]};                \
                sum += drawn;                                                                                          \
            }                                                                                                          \
        }                                                                                                              \
        for (; i + 8 <= count; i += 8) {                                                                               \
            words d = INDICES(state, limit);                                                                           \
            lanes drawn = {x[d[0]], x[d[1]], x[d[2]], x[d[3]], x[d[4]], x[d[5]], x[d[6]], x[d[7]]};                    \
            sum += drawn;                                                                                              \
            state += 8 * STEP;                                                                                         \
        }                                                                                                              \
        double total = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));              \
        index.block[0] = INDICES(state, limit);                                                                        \
        for (int j = 0; i < count; i++, j++)                                                                           \
            total += x[index.draw[j]];                                                                                 \
        return total;                                                                                                  \
    }

RESAMPLED_SUM(plain_sum, )

#if defined(__x86_64__)
RESAMPLED_SUM(avx2_sum, __attribute__((target("avx2"))))
RESAMPLED_SUM(avx512_sum, __attribute__((target("avx512f,avx512dq,avx512vl"))))

double tavse_resampled_sum(uint64_t seed, uint64_t first, uint32_t limit, intptr_t count, const double *x) {
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return avx512_sum(seed, first, limit, count, x);
    if (__builtin_cpu_supports("avx2"))
        return avx2_sum(seed, first, limit, count, x);
    return plain_sum(seed, first, limit, count, x);
}
#else
double tavse_resampled_sum(uint64_t seed, uint64_t first, uint32_t limit, intptr_t count, const double *x) {
    return plain_sum(seed, first, limit, count, x);
}
#endif
