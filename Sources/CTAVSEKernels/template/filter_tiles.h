// The loops over tiles of one kind of minimal filtering. The including file defines
//
//     KIND                    prefix of all names; KIND_input, KIND_output … are the one-dimensional transforms
//     TILE, OUT, STEP         see filter_kind
//     CLASSES                 weights per axis
//     SLOT(i, j)              where frequency (i, j) lies
//
// and this file undefines them.

#define NAMED(A, B) A##_##B
#define NAME_OF(A, B) NAMED(A, B)
#define NAME(B) NAME_OF(KIND, B)
#define UNROLL _Pragma("clang loop unroll(full)")
#define EACH(I, J, ROWS_OF, COLUMNS_OF) \
    UNROLL for (int I = 0; I < (ROWS_OF); I++) UNROLL for (int J = 0; J < (COLUMNS_OF); J++)

TWO_DIMENSIONAL(NAME(input), TILE, TILE)
TWO_DIMENSIONAL(NAME(input_adjoint), TILE, TILE)
TWO_DIMENSIONAL(NAME(output), TILE, OUT)
TWO_DIMENSIONAL(NAME(output_adjoint), OUT, TILE)
TWO_DIMENSIONAL(NAME(weights), 3, CLASSES)
TWO_DIMENSIONAL(NAME(weights_adjoint), CLASSES, 3)

/// Floats from a strip's begin to tile t's first pixel; strips have `strip_rows` rows of `pitch` floats per image.
INLINE int64_t NAME(place)(
    const filter_geometry *g, int64_t rows, int64_t t, int64_t strip_rows, int64_t pitch, int64_t pixel, int64_t step) {
    const int64_t per_image = rows * g->tiles_w, image = t / per_image, at = t % per_image;
    return (image * strip_rows + at / g->tiles_w * step) * pitch + at % g->tiles_w * step * pixel;
}

static void NAME(tiles_of_input)(
    const filter_geometry *g, int64_t rows, const float *strip, int64_t first, int64_t count, float *v, int64_t step) {
    const int64_t pixel = g->input.pixel, pitch = g->input.columns * pixel;
    for (int64_t t = 0; t < count; t++) {
        const float *d = strip + NAME(place)(g, rows, first + t, g->input_rows, pitch, pixel, STEP);
        float *out = v + t * g->input_row;
        for (int64_t c = 0; c < pixel; c += VL) {
            vf in[TILE][TILE], to[TILE][TILE];
            EACH(i, j, TILE, TILE) in[i][j] = load(d + i * pitch + j * pixel + c);
            NAME(input_square)(in, to);
            EACH(i, j, TILE, TILE) store(out + SLOT(i, j) * step + c, to[i][j]);
        }
    }
}

static void NAME(tiles_of_gradient)(
    const filter_geometry *g, int64_t rows, const float *strip, int64_t first, int64_t count, float *m, int64_t step) {
    const int64_t pixel = g->gradient.pixel, pitch = g->gradient.columns * pixel;
    for (int64_t t = 0; t < count; t++) {
        const float *d = strip + NAME(place)(g, rows, first + t, g->gradient_rows, pitch, pixel, OUT);
        float *out = m + t * g->gradient_row;
        for (int64_t c = 0; c < pixel; c += VL) {
            vf in[OUT][OUT], to[TILE][TILE];
            EACH(i, j, OUT, OUT) in[i][j] = load(d + i * pitch + j * pixel + c);
            NAME(output_adjoint_square)(in, to);
            EACH(i, j, TILE, TILE) store(out + SLOT(i, j) * step + c, to[i][j]);
        }
    }
}

static void NAME(output_of_tiles)(
    const filter_geometry *g, int64_t rows, const float *m, int64_t step, int64_t first, int64_t count, float *strip) {
    const int64_t pixel = g->gradient.pixel, pitch = g->gradient.columns * pixel;
    for (int64_t t = 0; t < count; t++) {
        float *y = strip + NAME(place)(g, rows, first + t, g->gradient_rows, pitch, pixel, OUT);
        const float *in = m + t * g->gradient_row;
        for (int64_t c = 0; c < pixel; c += VL) {
            vf from[TILE][TILE], to[OUT][OUT];
            EACH(i, j, TILE, TILE) from[i][j] = load(in + SLOT(i, j) * step + c);
            NAME(output_square)(from, to);
            EACH(i, j, OUT, OUT) store(y + i * pitch + j * pixel + c, to[i][j]);
        }
    }
}

/// Tiles come in order, so a tile adds to the rows above and the columns on its left, and is the first to write the rest.
static void NAME(input_gradient_of_tiles)(
    const filter_geometry *g, int64_t rows, const float *v, int64_t step, int64_t first, int64_t count, float *strip) {
    const int64_t pixel = g->input.pixel, pitch = g->input.columns * pixel;
    for (int64_t t = 0; t < count; t++) {
        float *d = strip + NAME(place)(g, rows, first + t, g->input_rows, pitch, pixel, STEP);
        const float *in = v + t * g->input_row;
        for (int64_t c = 0; c < pixel; c += VL) {
            vf from[TILE][TILE], to[TILE][TILE];
            EACH(i, j, TILE, TILE) from[i][j] = load(in + SLOT(i, j) * step + c);
            NAME(input_adjoint_square)(from, to);
            EACH(i, j, TILE, TILE) {
                float *x = d + i * pitch + j * pixel + c;
                const bool shared = i < TILE - STEP || j < TILE - STEP;
                store(x, shared ? load(x) + to[i][j] : to[i][j]);
            }
        }
    }
}

static void NAME(classes_of_weights)(const vf *taps, vf *u) {
    vf from[3][3], to[CLASSES][CLASSES];
    EACH(i, j, 3, 3) from[i][j] = taps[3 * i + j];
    NAME(weights_square)(from, to);
    EACH(i, j, CLASSES, CLASSES) u[CLASSES * i + j] = to[i][j];
}

static void NAME(weights_of_classes)(const vf *u, vf *taps) {
    vf from[CLASSES][CLASSES], to[3][3];
    EACH(i, j, CLASSES, CLASSES) from[i][j] = u[CLASSES * i + j];
    NAME(weights_adjoint_square)(from, to);
    EACH(i, j, 3, 3) taps[3 * i + j] = to[i][j];
}

static int64_t NAME(class_begin)(int64_t class) {
    return class == CLASSES * CLASSES ? TILE * TILE : SLOT((int)(class / CLASSES), (int)(class % CLASSES));
}

static const filter_kind NAME(filter) = {
    .tile = TILE, .out = OUT, .step = STEP, .frequencies = TILE * TILE, .classes = CLASSES * CLASSES,
    .class_begin = NAME(class_begin), .input = NAME(tiles_of_input), .gradient = NAME(tiles_of_gradient),
    .output = NAME(output_of_tiles), .input_gradient = NAME(input_gradient_of_tiles),
    .weights = NAME(classes_of_weights), .weights_adjoint = NAME(weights_of_classes)};

#undef NAMED
#undef NAME_OF
#undef NAME
#undef UNROLL
#undef EACH
#undef KIND
#undef TILE
#undef OUT
#undef STEP
#undef CLASSES
#undef SLOT
