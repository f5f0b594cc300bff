#pragma once
#include <stdint.h>

// Sum of `count` values drawn with replacement from x[0 ..< limit] by draws first, first + 1, … of the SplitMix64
// sequence with a seed: index = ((output >> 32) * limit) >> 32.
//
// Draw i is added to lane i mod 8; the lanes are combined as ((0+1)+(2+3))+((4+5)+(6+7)), then the last count mod 8
// draws follow one by one. The instruction set changes the speed and not a bit of the result.
double tavse_resampled_sum(uint64_t seed, uint64_t first, uint32_t limit, intptr_t count, const double *x);
