// Convolutions of 3×3 by minimal filtering: what the kinds (winograd_transform.h, strided_transform.h) and the two ways
// to run them (filter_blocked.h, filter_phased.h) share.
//
// Forward, per tile: V = Bᵀ d B from the input, M = V · U per frequency, y = Aᵀ M A. Backward is the adjoint, not a
// convolution with flipped weights: the output gradient is transformed once, dM = A dy Aᵀ, and serves both
// dV = dM · Uᵀ (then dx = Σ B dV Bᵀ over the overlapping tiles) and dU = Vᵀ · dM (then dw = Gᵀ dU G); V is recomputed
// rather than stored. Transformed tiles lie as [frequency][tile][channel].

typedef struct filter_geometry filter_geometry;

/// One transform for `count` tiles from `first` on, between a strip of `rows` tile rows per image and transformed tiles
/// whose frequencies are `step` floats apart.
typedef void (*filter_to_frequencies)(
    const filter_geometry *g, int64_t rows, const float *strip, int64_t first, int64_t count, float *tiles, int64_t step);
typedef void (*filter_from_frequencies)(
    const filter_geometry *g, int64_t rows, const float *tiles, int64_t step, int64_t first, int64_t count, float *strip);

enum { FILTER_MOST_CLASSES = 36 };

typedef struct {
    int32_t tile_h, tile_w;  // input pixels along each axis
    int32_t out_h, out_w;    // output pixels
    int32_t step_h, step_w;  // input pixels from tile to tile; neighbours share tile − step
    int32_t frequencies;     // products per tile
    int32_t classes;         // weight matrices; the frequencies of a class share one and lie side by side
    int64_t (*class_begin)(int64_t class);  // first frequency of a class, up to `frequencies` for class = classes
    filter_to_frequencies input, gradient;           // V, dM
    filter_from_frequencies output, input_gradient;  // y; dx, added where tiles overlap
    void (*weights)(const vf *g, vf *u);             // U per class from 9 taps, one vector of filters
    void (*weights_adjoint)(const vf *u, vf *g);     // and back: dw from dU
} filter_kind;

/// Sizes of one convolution cut into strips of `band` tile rows.
struct filter_geometry {
    const filter_kind *kind;
    int32_t tiles_h, tiles_w;
    int64_t per_image;                // tiles
    int64_t input_row, gradient_row;  // floats per tile of V and M
    int64_t input_panels, output_panels;
    strip_shape input, gradient;
    int64_t input_rows, gradient_rows;  // pixel rows of a strip, per image
};

/// A call of the public interface, for either way to run it.
typedef struct {
    const tavse_conv_plan *plan;
    const filter_kind *kind;
    const tavse_source *inputs, *gradients;
    int32_t input_count, gradient_count;
    const float *packed;
    const tavse_sink *sink;
    float *weight_gradient, *bias_gradient;
    bool accumulate;
    char *workspace;
} filter_call;

/// Tiles of `out` outputs that cover a length.
INLINE int64_t filter_tiles(int64_t length, int64_t out) { return (length + out - 1) / out; }

/// Input rows and columns that neighbouring tiles share.
INLINE int64_t filter_overlap_h(const filter_kind *kind) { return kind->tile_h - kind->step_h; }
INLINE int64_t filter_overlap_w(const filter_kind *kind) { return kind->tile_w - kind->step_w; }

static filter_geometry filter_make_geometry(const tavse_conv_shape *s, const filter_kind *kind) {
    filter_geometry g = {.kind = kind};
    g.tiles_h = (int32_t)filter_tiles(s->out_h, kind->out_h);
    g.tiles_w = (int32_t)filter_tiles(s->out_w, kind->out_w);
    g.per_image = (int64_t)g.tiles_h * g.tiles_w;
    const int64_t input_pixel = round_up(s->in_channels, VL), gradient_pixel = round_up(s->out_channels, VL);
    // Off the powers of two, whose rows would share cache sets.
    g.input_row = input_pixel + 16;
    g.gradient_row = gradient_pixel + 16;
    g.input_panels = (s->in_channels + NR - 1) / NR;
    g.output_panels = (s->out_channels + NR - 1) / NR;
    g.input = (strip_shape){
        .width = s->in_w, .height = s->in_h, .channels = s->in_channels, .left = s->pad_w,
        .columns = (int32_t)(kind->step_w * g.tiles_w + filter_overlap_w(kind)), .pixel = input_pixel,
        .padded = (int32_t)input_pixel};
    g.gradient = (strip_shape){
        .width = s->out_w, .height = s->out_h, .channels = s->out_channels, .left = 0,
        .columns = kind->out_w * g.tiles_w, .pixel = gradient_pixel, .padded = (int32_t)gradient_pixel};
    return g;
}

INLINE void filter_set_band(filter_geometry *g, int64_t tile_rows) {
    g->input_rows = g->kind->step_h * tile_rows + filter_overlap_h(g->kind);
    g->gradient_rows = g->kind->out_h * tile_rows;
}

/// Bytes of V and M per tile.
INLINE int64_t filter_tile_bytes(const filter_geometry *g) {
    return 4 * g->kind->frequencies * (g->input_row + g->gradient_row);
}

/// Bytes of transformed weights.
INLINE int64_t filter_weight_bytes(const tavse_conv_shape *s, const filter_kind *kind) {
    return 4 * kind->classes * (int64_t)s->in_channels * s->out_channels;
}

INLINE int64_t filter_input_floats(const filter_geometry *g) { return g->input_rows * g->input.columns * g->input.pixel; }
INLINE int64_t filter_gradient_floats(const filter_geometry *g) {
    return g->gradient_rows * g->gradient.columns * g->gradient.pixel;
}

/// Output rows y0 ..< y1 of `images` images, from strips that begin with row y0, to the sink.
static void filter_sink_output(
    const filter_call *call, const filter_geometry *g, int64_t image, int64_t images, int64_t y0, int64_t y1,
    const float *strip, sums *partial, int64_t *seen) {
    const tavse_conv_shape *s = &call->plan->shape;
    const int64_t pixel = g->gradient.pixel, pitch = g->gradient.columns * pixel, pixels = (y1 - y0) * s->out_w;
    if (y1 - y0 == s->out_h && g->gradient_rows == s->out_h && g->gradient.columns == s->out_w) {
        // Strips without padding are one run of pixels.
        sink_rows(
            call->sink, s->out_channels, image * pixels, 1, images * pixels, strip, 0, pixel, partial, *seen);
        *seen += images * pixels;
        return;
    }
    for (int64_t i = 0; i < images; i++, *seen += pixels)
        sink_rows(
            call->sink, s->out_channels, ((image + i) * s->out_h + y0) * s->out_w, y1 - y0, s->out_w,
            strip + i * filter_gradient_floats(g), pitch, pixel, partial, *seen);
}

/// Rows of the input gradient that are complete once tile rows begin ..< end are, from strips that begin with tile row
/// `begin`, to the sink; after the last tile row all that is left.
static void filter_sink_input_gradient(
    const filter_call *call, const filter_geometry *g, int64_t image, int64_t images, int64_t begin, int64_t end,
    const float *strip, sums *partial, int64_t *seen) {
    const tavse_conv_shape *s = &call->plan->shape;
    const int64_t pixel = g->input.pixel, pitch = g->input.columns * pixel, top = g->kind->step_h * begin - s->pad_h;
    const int64_t y0 = maximum(0, top), y1 = end == g->tiles_h ? s->in_h : g->kind->step_h * end - s->pad_h;
    for (int64_t i = 0; i < images; i++, *seen += (y1 - y0) * s->in_w)
        sink_rows(
            call->sink, s->in_channels, ((image + i) * s->in_h + y0) * s->in_w, y1 - y0, s->in_w,
            strip + i * filter_input_floats(g) + (y0 - top) * pitch + s->pad_w * pixel, pitch, pixel, partial, *seen);
}

/// Zeroes the places of `images` strips that tiles add to before any tile has written them: the first columns of every
/// row and the first rows, but for those that hold what the tile rows above gave.
static void filter_clear_overlap(const filter_geometry *g, int64_t rows, int64_t images, bool continues, float *strip) {
    const int64_t shared = filter_overlap_h(g->kind), pitch = g->input.columns * g->input.pixel;
    const int64_t left = filter_overlap_w(g->kind) * g->input.pixel;
    for (int64_t i = 0; i < images; i++, strip += filter_input_floats(g))
        for (int64_t r = continues ? shared : 0; r < g->kind->step_h * rows + shared; r++)
            memset(strip + r * pitch, 0, sizeof(float) * (size_t)(r < shared ? pitch : left));
}

/// Adds the bias gradient of `images` strips of output gradients to `total`.
static void filter_bias_gradient(
    const filter_call *call, const filter_geometry *g, int64_t rows, int64_t images, const float *strip, double *total) {
    for (int64_t i = 0; i < images; i++)
        add_channel_sums(
            strip + i * filter_gradient_floats(g), g->gradient.pixel, g->kind->out_h * rows * g->gradient.columns,
            call->plan->shape.out_channels, total);
}
