// All kernels for one instruction set. The including file defines VL, ROWS, NV and TABLE_NAME.

#include "vector.h"
#include "multiply.h"
#include "source.h"
#include "sink.h"
#include "strip.h"
#include "map.h"
#include "winograd_transform.h"
#include "winograd.h"
#include "direct.h"
#include "conv.h"

const kernel_table TABLE_NAME = {
    .plan = conv_plan,
    .pack_forward = conv_pack_forward,
    .pack_backward = conv_pack_backward,
    .conv_forward = conv_forward,
    .conv_backward = conv_backward,
    .map_workspace = map_workspace,
    .map = map,
};
