#ifndef CTAVSEKERNELS_H
#define CTAVSEKERNELS_H

/// Vectorised float32 kernels of the training engine, chosen at run time for the processor at hand.
///
/// Conventions: images are NHWC (`[B, H, W, C]`, channels last); a *stride* of a tensor is the distance in floats
/// between two neighbouring pixels (0 means "equal to its channel count", that is contiguous), so that a slice of
/// the channels of a larger tensor can be read or written in place. Callers check shapes; kernels trust them.
/// No function allocates; scratch memory is passed in, its size asked for beforehand.

#include "tavse_threads.h"
#include "tavse_source.h"
#include "tavse_conv.h"
#include "tavse_elementwise.h"
#include "tavse_attention.h"
#include "tavse_pool.h"
#include "tavse_gemm.h"
#include "tavse_bf16_gemm.h"

#endif
