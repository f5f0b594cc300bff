// Which method computes a convolution, and the entry points that follow from it.

/// Multiplications per output channel and input channel and image, with a surcharge for the transforms.
INLINE int32_t cheapest_method(const tavse_conv_shape *s) {
    if (polyphase_suits(s)) return METHOD_POLYPHASE;
    if (strided_suits(s)) return METHOD_STRIDED;
    if (s->kernel_h != 3 || s->kernel_w != 3 || s->stride_h != 1 || s->stride_w != 1) return METHOD_DIRECT;
    if (s->pad_h > 2 || s->pad_w > 2 || s->in_channels < 16 || s->out_channels < 16) return METHOD_DIRECT;
    const int64_t direct = 9 * (int64_t)s->out_h * s->out_w;
    const int64_t four = 36 * (int64_t)((s->out_h + 3) / 4) * ((s->out_w + 3) / 4);
    const int64_t three = 25 * (int64_t)((s->out_h + 2) / 3) * ((s->out_w + 2) / 3);
    const int64_t best = minimum(four, three);
    if (best * 3 > direct * 2) return METHOD_DIRECT;
    return best == four ? METHOD_WINOGRAD_4 : METHOD_WINOGRAD_3;
}

static void conv_plan(tavse_conv_plan *plan) {
    const tavse_conv_shape *s = &plan->shape;
    plan->method = cheapest_method(s);
    const int64_t output_panels = (s->out_channels + NR - 1) / NR, input_panels = (s->in_channels + NR - 1) / NR;
    if (plan->method == METHOD_DIRECT || plan->method == METHOD_POLYPHASE) {
        const direct_layout forward = direct_make_layout(plan, false), backward = direct_make_layout(plan, true);
        plan->forward_weights = output_panels * NR * forward.taps * s->in_channels;
        plan->backward_weights =
            (backward.narrow ? round_up(backward.taps * s->in_channels, NR) : input_panels * NR * backward.taps)
            * s->out_channels;
        plan->forward_workspace = forward.total;
        plan->backward_workspace = backward.total;
        if (plan->method == METHOD_POLYPHASE) {
            plan->forward_weights = PHASE_FREQUENCIES * output_panels * NR * 4 * s->in_channels;
            plan->forward_workspace = polyphase_make_layout(plan, false).total;
            plan->backward_workspace = maximum(backward.total, polyphase_make_layout(plan, true).total);
        }
    } else if (plan->method == METHOD_STRIDED) {
        plan->forward_weights = STRIDED_CLASSES * output_panels * NR * s->in_channels;
        plan->backward_weights = STRIDED_CLASSES * input_panels * NR * s->out_channels;
        plan->forward_workspace = strided_make_layout(plan, false).total;
        plan->backward_workspace = strided_make_layout(plan, true).total;
    } else {
        const winograd_layout forward = winograd_make_layout(plan, false), backward = winograd_make_layout(plan, true);
        plan->forward_weights = forward.frequencies * output_panels * NR * s->in_channels;
        plan->backward_weights = backward.frequencies * input_panels * NR * s->out_channels;
        plan->forward_workspace = forward.total;
        plan->backward_workspace = backward.total;
    }
}

static void conv_pack_forward(const tavse_conv_plan *plan, const float *weights, float *packed) {
    if (plan->method == METHOD_DIRECT) direct_pack_forward(plan, weights, packed);
    else if (plan->method == METHOD_POLYPHASE) polyphase_pack(plan, weights, packed);
    else if (plan->method == METHOD_STRIDED) strided_pack(plan, weights, packed, false);
    else winograd_pack(plan, weights, packed, false);
}

static void conv_pack_backward(const tavse_conv_plan *plan, const float *weights, float *packed) {
    if (plan->method == METHOD_DIRECT || plan->method == METHOD_POLYPHASE) direct_pack_backward(plan, weights, packed);
    else if (plan->method == METHOD_STRIDED) strided_pack(plan, weights, packed, true);
    else winograd_pack(plan, weights, packed, true);
}

static void conv_forward(
    const tavse_conv_plan *plan, const tavse_source *sources, int32_t source_count, const float *packed,
    const tavse_sink *sink, void *workspace) {
    if (plan->method == METHOD_DIRECT) direct_forward(plan, sources, source_count, packed, sink, workspace);
    else if (plan->method == METHOD_POLYPHASE) polyphase_forward(plan, sources, source_count, packed, sink, workspace);
    else if (plan->method == METHOD_STRIDED) strided_forward(plan, sources, source_count, packed, sink, workspace);
    else winograd_forward(plan, sources, source_count, packed, sink, workspace);
}

static void conv_backward(
    const tavse_conv_plan *plan, const tavse_source *inputs, int32_t input_count, const tavse_source *gradients,
    int32_t gradient_count, const float *packed, const tavse_sink *input_gradient, float *weight_gradient,
    float *bias_gradient, bool accumulate, void *workspace) {
    if (plan->method == METHOD_POLYPHASE && weight_gradient) {
        polyphase_backward(
            plan, inputs, input_count, gradients, gradient_count, weight_gradient, bias_gradient, accumulate, workspace);
        if (!input_gradient) return;
        weight_gradient = bias_gradient = NULL;
    }
    const bool direct = plan->method == METHOD_DIRECT || plan->method == METHOD_POLYPHASE;
    (direct ? direct_backward : plan->method == METHOD_STRIDED ? strided_backward : winograd_backward)(
        plan, inputs, input_count, gradients, gradient_count, packed, input_gradient, weight_gradient, bias_gradient,
        accumulate, workspace);
}
