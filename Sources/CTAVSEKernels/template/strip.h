// A strip: some rows of some images, computed through their sources into zero-padded scratch memory, so that the
// kernels read plain memory without borders.

typedef struct {
    int32_t width, height, channels;  // of the whole image
    int32_t left;                     // zero columns on the left; the right is filled up to `columns`
    int32_t columns;                  // pixels per strip row
    int64_t pixel;                    // floats per strip pixel
    int32_t padded;                   // channels written per pixel, zeros beyond the real ones
} strip_shape;

/// Rows begin ..< end of `images` images from `image` on; rows outside the image are zero. Rows store_begin ..<
/// store_end are also stored where the sources ask for it. Image i of the strip starts at out + i · image_stride.
static void load_strip(
    const strip_shape *s, const tavse_source *sources, int32_t count, int64_t image, int64_t images, int64_t begin,
    int64_t end, int64_t store_begin, int64_t store_end, float *out, int64_t image_stride) {
    const int64_t pitch = s->columns * s->pixel;
    const int64_t inside = maximum(0, minimum(s->width, s->columns - s->left));
    bool stores = false;
    for (int32_t k = 0; k < count; k++) stores |= sources[k].store != NULL;
    for (int64_t i = 0; i < images; i++) {
        float *row = out + i * image_stride;
        for (int64_t y = begin; y < end; y++, row += pitch) {
            if (y < 0 || y >= s->height) {
                memset(row, 0, sizeof(float) * (size_t)pitch);
                continue;
            }
            const int64_t p = ((image + i) * s->height + y) * s->width;
            const bool keep = stores && y >= store_begin && y < store_end;
            memset(row, 0, sizeof(float) * (size_t)(s->left * s->pixel));
            sources_run(sources, count, p, inside, row + s->left * s->pixel, s->pixel, s->padded, keep);
            const int64_t used = s->left + inside;
            memset(row + used * s->pixel, 0, sizeof(float) * (size_t)((s->columns - used) * s->pixel));
        }
    }
}

/// Adds the sums over channels of `pixels` pixels to `total`, in single precision over SUM_PIXELS at a time.
static void add_channel_sums(const float *rows, int64_t stride, int64_t pixels, int32_t channels, double *total) {
    for (int64_t start = 0; start < pixels; start += SUM_PIXELS)
        for (int32_t c = 0; c < channels; c += VL) {
            const int32_t count = (int32_t)minimum(VL, channels - c);
            const int64_t end = minimum(pixels, start + SUM_PIXELS);
            vf sum = splat(0);
            for (int64_t i = start; i < end; i++) sum += load_some(rows + i * stride + c, count);
            float lanes[VL];
            store(lanes, sum);
            for (int32_t j = 0; j < count; j++) total[c + j] += lanes[j];
        }
}

/// Adds the chunks' sums of add_channel_sums, in order, to the bias gradient.
INLINE void finish_bias_gradient(
    float *bias_gradient, int32_t channels, bool accumulate, const char *workspace, int64_t chunks, int64_t per_chunk,
    int64_t at) {
    if (!bias_gradient) return;
    for (int32_t n = 0; n < channels; n++) {
        double sum = 0;
        for (int64_t chunk = 0; chunk < chunks; chunk++) sum += ((const double *)(workspace + chunk * per_chunk + at))[n];
        bias_gradient[n] = (accumulate ? bias_gradient[n] : 0) + (float)sum;
    }
}

/// Bump allocation of caller-provided scratch, in bytes, each piece on its own cache lines.
typedef struct {
    int64_t used;
} arena;

INLINE int64_t reserve(arena *a, int64_t bytes) {
    const int64_t at = a->used;
    // The extra line keeps pieces of power-of-two size from mapping to the same cache sets.
    a->used += round_up(bytes, 64) + 64;
    return at;
}
