// Which method computes a convolution, and the entry points that follow from it.

/// The filter of a method, or NULL.
INLINE const filter_kind *filter_of(int32_t method) {
    switch (method) {
    case METHOD_WINOGRAD_4: return &four_filter;
    case METHOD_WINOGRAD_3: return &three_filter;
    case METHOD_STRIDED: return &strided_filter;
    case METHOD_STRIDED_ROWS: return &strided_rows_filter;
    default: return NULL;
    }
}

/// Whether a filter of step pixels per out outputs computes an axis of this stride and padding.
INLINE bool filter_fits_axis(int32_t step, int32_t out, int32_t stride, int32_t pad) {
    return step == stride * out && (stride == 1 ? pad <= 2 : pad == 1);
}

/// The method with the fewest products, if it saves a third of the direct sum's: transforms cost as well.
INLINE int32_t cheapest_method(const tavse_conv_shape *s) {
    if (polyphase_suits(s)) return METHOD_POLYPHASE;
    if (s->kernel_h != 3 || s->kernel_w != 3 || s->in_channels < 16 || s->out_channels < 16) return METHOD_DIRECT;
    int64_t best = 6 * (int64_t)s->out_h * s->out_w;
    if (s->stride_h == 2 && s->stride_w == 2) best = best * 9 / 8;  // whose transforms only add
    int32_t method = METHOD_DIRECT;
    for (int32_t m = 0; m < METHOD_COUNT; m++) {
        const filter_kind *kind = filter_of(m);
        if (!kind || !filter_fits_axis(kind->step_h, kind->out_h, s->stride_h, s->pad_h)
            || !filter_fits_axis(kind->step_w, kind->out_w, s->stride_w, s->pad_w))
            continue;
        const int64_t products =
            kind->frequencies * filter_tiles(s->out_h, kind->out_h) * filter_tiles(s->out_w, kind->out_w);
        if (products > best) continue;
        best = products;
        method = m;
    }
    return method;
}

static void conv_plan(tavse_conv_plan *plan) {
    const tavse_conv_shape *s = &plan->shape;
    plan->method = cheapest_method(s);
    const int64_t output_panels = (s->out_channels + NR - 1) / NR, input_panels = (s->in_channels + NR - 1) / NR;
    const filter_kind *kind = filter_of(plan->method);
    if (kind) {
        plan->forward_weights = kind->classes * output_panels * NR * s->in_channels;
        plan->backward_weights = kind->classes * input_panels * NR * s->out_channels;
        const bool phased = phased_suits(s, kind);
        plan->forward_workspace =
            phased ? phased_make_layout(plan, kind).total : blocked_make_layout(plan, kind, false).total;
        plan->backward_workspace =
            phased ? phased_make_layout(plan, kind).total : blocked_make_layout(plan, kind, true).total;
        return;
    }
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
}

static void conv_pack_forward(const tavse_conv_plan *plan, const float *weights, float *packed) {
    const filter_kind *kind = filter_of(plan->method);
    if (kind) filter_pack(plan, kind, weights, packed, false);
    else if (plan->method == METHOD_POLYPHASE) polyphase_pack(plan, weights, packed);
    else direct_pack_forward(plan, weights, packed);
}

static void conv_pack_backward(const tavse_conv_plan *plan, const float *weights, float *packed) {
    const filter_kind *kind = filter_of(plan->method);
    if (kind) filter_pack(plan, kind, weights, packed, true);
    else direct_pack_backward(plan, weights, packed);
}

static void conv_forward(
    const tavse_conv_plan *plan, const tavse_source *sources, int32_t source_count, const float *packed,
    const tavse_sink *sink, void *workspace) {
    const filter_kind *kind = filter_of(plan->method);
    if (kind) {
        const filter_call call = {
            .plan = plan, .kind = kind, .inputs = sources, .input_count = source_count, .packed = packed, .sink = sink,
            .workspace = workspace};
        (phased_suits(&plan->shape, kind) ? phased_forward : blocked_forward)(&call);
    } else {
        (plan->method == METHOD_POLYPHASE ? polyphase_forward : direct_forward)(
            plan, sources, source_count, packed, sink, workspace);
    }
}

static void conv_backward(
    const tavse_conv_plan *plan, const tavse_source *inputs, int32_t input_count, const tavse_source *gradients,
    int32_t gradient_count, const float *packed, const tavse_sink *input_gradient, float *weight_gradient,
    float *bias_gradient, bool accumulate, void *workspace) {
    const filter_kind *kind = filter_of(plan->method);
    if (kind) {
        const filter_call call = {
            .plan = plan, .kind = kind, .inputs = inputs, .gradients = gradients, .input_count = input_count,
            .gradient_count = gradient_count, .packed = packed, .sink = input_gradient,
            .weight_gradient = weight_gradient, .bias_gradient = bias_gradient, .accumulate = accumulate,
            .workspace = workspace};
        (phased_suits(&plan->shape, kind) ? phased_backward : blocked_backward)(&call);
        return;
    }
    if (plan->method == METHOD_POLYPHASE && weight_gradient) {
        polyphase_backward(
            plan, inputs, input_count, gradients, gradient_count, weight_gradient, bias_gradient, accumulate, workspace);
        if (!input_gradient) return;
        weight_gradient = bias_gradient = NULL;
    }
    direct_backward(
        plan, inputs, input_count, gradients, gradient_count, packed, input_gradient, weight_gradient, bias_gradient,
        accumulate, workspace);
}
