// All kernels for one instruction set. The including file defines VL, ROWS, NV and TABLE_NAME.

#include "vector.h"
#include "multiply.h"
#include "source.h"
#include "sink.h"
#include "strip.h"
#include "map.h"
#include "filter.h"
#include "winograd_transform.h"
#include "strided_transform.h"
#include "filter_weights.h"
#include "filter_blocked.h"
#include "filter_phased.h"
#include "direct.h"
#include "polyphase.h"
#include "conv.h"
#include "pool.h"
#include "elementwise.h"
#include "attention.h"
#include "gemm.h"

const kernel_table TABLE_NAME = {
    .plan = conv_plan,
    .pack_forward = conv_pack_forward,
    .pack_backward = conv_pack_backward,
    .conv_forward = conv_forward,
    .conv_backward = conv_backward,
    .map_workspace = map_workspace,
    .map = map,
    .exp = array_exp,
    .sigmoid = array_sigmoid,
    .sigmoid_backward = array_sigmoid_backward,
    .tanh = array_tanh,
    .tanh_backward = array_tanh_backward,
    .gelu = array_gelu,
    .gelu_backward = array_gelu_backward,
    .softmax = array_softmax,
    .softmax_backward = array_softmax_backward,
    .window_attention_forward = window_attention_forward,
    .window_attention_backward = window_attention_backward,
    .gru_step = gru_step,
    .gru_step_backward = gru_step_backward,
    .adamw = adamw,
    .sum_of_squares = sum_of_squares,
    .bf16_pack = bf16_pack,
    .bf16_unpack = bf16_unpack,
    .max_pool = max_pool,
    .max_pool_backward = max_pool_backward,
    .global_average = global_average,
    .global_average_backward = global_average_backward,
    .gemm_packed_size = gemm_packed_size,
    .gemm_pack = gemm_pack,
    .gemm_packed = gemm_packed,
};
