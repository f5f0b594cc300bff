// The loops over tiles of one kind of minimal filtering. The including file defines
//
//     KIND                    prefix of the names defined here
//     DOWN, ACROSS            prefixes of the one-dimensional transforms DOWN_input, DOWN_output … along each axis
//     TILE_H, OUT_H, STEP_H   see filter_kind; likewise …_W
//     CLASSES_H, CLASSES_W    weights per axis
//     SLOT(i, j)              where frequency (i, j) lies, those of one class side by side
//
// and this file undefines them.

#define NAMED(A, B) A##_##B
#define NAME_OF(A, B) NAMED(A, B)
#define NAME(B) NAME_OF(KIND, B)
#define DOWNWARD(B) NAME_OF(DOWN, B)
#define SIDEWAYS(B) NAME_OF(ACROSS, B)
#define UNROLL _Pragma("clang loop unroll(full)")
#define EACH(I, J, ROWS_OF, COLUMNS_OF) \
    UNROLL for (int I = 0; I < (ROWS_OF); I++) UNROLL for (int J = 0; J < (COLUMNS_OF); J++)

TWO_DIMENSIONAL(NAME(input_tile), DOWNWARD(input), TILE_H, TILE_H, SIDEWAYS(input), TILE_W, TILE_W)
TWO_DIMENSIONAL(NAME(input_adjoint_tile), DOWNWARD(input_adjoint), TILE_H, TILE_H, SIDEWAYS(input_adjoint), TILE_W, TILE_W)
TWO_DIMENSIONAL(NAME(output_tile), DOWNWARD(output), TILE_H, OUT_H, SIDEWAYS(output), TILE_W, OUT_W)
TWO_DIMENSIONAL(NAME(output_adjoint_tile), DOWNWARD(output_adjoint), OUT_H, TILE_H, SIDEWAYS(output_adjoint), OUT_W, TILE_W)
TWO_DIMENSIONAL(NAME(weights_tile), DOWNWARD(weights), 3, CLASSES_H, SIDEWAYS(weights), 3, CLASSES_W)
TWO_DIMENSIONAL(NAME(weights_adjoint_tile), DOWNWARD(weights_adjoint), CLASSES_H, 3, SIDEWAYS(weights_adjoint), CLASSES_W, 3)

/// Floats from a strip's begin to tile t's first pixel; strips have `strip_rows` rows of `pitch` floats per image.
INLINE int64_t NAME(place)(
    const filter_geometry *g, int64_t rows, int64_t t, int64_t strip_rows, int64_t pitch, int64_t pixel, int64_t step_h,
    int64_t step_w) {
    const int64_t per_image = rows * g->tiles_w, image = t / per_image, at = t % per_image;
    return (image * strip_rows + at / g->tiles_w * step_h) * pitch + at % g->tiles_w * step_w * pixel;
}

static void NAME(tiles_of_input)(
    const filter_geometry *g, int64_t rows, const float *strip, int64_t first, int64_t count, float *v, int64_t step) {
    const int64_t pixel = g->input.pixel, pitch = g->input.columns * pixel;
    for (int64_t t = 0; t < count; t++) {
        const float *d = strip + NAME(place)(g, rows, first + t, g->input_rows, pitch, pixel, STEP_H, STEP_W);
        float *out = v + t * g->input_row;
        for (int64_t c = 0; c < pixel; c += VL) {
            vf in[TILE_H][TILE_W], to[TILE_H][TILE_W];
            EACH(i, j, TILE_H, TILE_W) in[i][j] = load(d + i * pitch + j * pixel + c);
            NAME(input_tile)(in, to);
            EACH(i, j, TILE_H, TILE_W) store(out + SLOT(i, j) * step + c, to[i][j]);
        }
    }
}

static void NAME(tiles_of_gradient)(
    const filter_geometry *g, int64_t rows, const float *strip, int64_t first, int64_t count, float *m, int64_t step) {
    const int64_t pixel = g->gradient.pixel, pitch = g->gradient.columns * pixel;
    for (int64_t t = 0; t < count; t++) {
        const float *d = strip + NAME(place)(g, rows, first + t, g->gradient_rows, pitch, pixel, OUT_H, OUT_W);
        float *out = m + t * g->gradient_row;
        for (int64_t c = 0; c < pixel; c += VL) {
            vf in[OUT_H][OUT_W], to[TILE_H][TILE_W];
            EACH(i, j, OUT_H, OUT_W) in[i][j] = load(d + i * pitch + j * pixel + c);
            NAME(output_adjoint_tile)(in, to);
            EACH(i, j, TILE_H, TILE_W) store(out + SLOT(i, j) * step + c, to[i][j]);
        }
    }
}

static void NAME(output_of_tiles)(
    const filter_geometry *g, int64_t rows, const float *m, int64_t step, int64_t first, int64_t count, float *strip) {
    const int64_t pixel = g->gradient.pixel, pitch = g->gradient.columns * pixel;
    for (int64_t t = 0; t < count; t++) {
        float *y = strip + NAME(place)(g, rows, first + t, g->gradient_rows, pitch, pixel, OUT_H, OUT_W);
        const float *in = m + t * g->gradient_row;
        for (int64_t c = 0; c < pixel; c += VL) {
            vf from[TILE_H][TILE_W], to[OUT_H][OUT_W];
            EACH(i, j, TILE_H, TILE_W) from[i][j] = load(in + SLOT(i, j) * step + c);
            NAME(output_tile)(from, to);
            EACH(i, j, OUT_H, OUT_W) store(y + i * pitch + j * pixel + c, to[i][j]);
        }
    }
}

/// Tiles come in order, so a tile adds to the rows above and the columns on its left, and is the first to write the rest.
static void NAME(input_gradient_of_tiles)(
    const filter_geometry *g, int64_t rows, const float *v, int64_t step, int64_t first, int64_t count, float *strip) {
    const int64_t pixel = g->input.pixel, pitch = g->input.columns * pixel;
    for (int64_t t = 0; t < count; t++) {
        float *d = strip + NAME(place)(g, rows, first + t, g->input_rows, pitch, pixel, STEP_H, STEP_W);
        const float *in = v + t * g->input_row;
        for (int64_t c = 0; c < pixel; c += VL) {
            vf from[TILE_H][TILE_W], to[TILE_H][TILE_W];
            EACH(i, j, TILE_H, TILE_W) from[i][j] = load(in + SLOT(i, j) * step + c);
            NAME(input_adjoint_tile)(from, to);
            EACH(i, j, TILE_H, TILE_W) {
                float *x = d + i * pitch + j * pixel + c;
                const bool shared = i < TILE_H - STEP_H || j < TILE_W - STEP_W;
                store(x, shared ? load(x) + to[i][j] : to[i][j]);
            }
        }
    }
}

static void NAME(classes_of_weights)(const vf *taps, vf *u) {
    vf from[3][3], to[CLASSES_H][CLASSES_W];
    EACH(i, j, 3, 3) from[i][j] = taps[3 * i + j];
    NAME(weights_tile)(from, to);
    EACH(i, j, CLASSES_H, CLASSES_W) u[CLASSES_W * i + j] = to[i][j];
}

static void NAME(weights_of_classes)(const vf *u, vf *taps) {
    vf from[CLASSES_H][CLASSES_W], to[3][3];
    EACH(i, j, CLASSES_H, CLASSES_W) from[i][j] = u[CLASSES_W * i + j];
    NAME(weights_adjoint_tile)(from, to);
    EACH(i, j, 3, 3) taps[3 * i + j] = to[i][j];
}

static int64_t NAME(class_begin)(int64_t class) {
    return class == CLASSES_H * CLASSES_W ? TILE_H * TILE_W : SLOT((int)(class / CLASSES_W), (int)(class % CLASSES_W));
}

static const filter_kind NAME(filter) = {
    .tile_h = TILE_H, .tile_w = TILE_W, .out_h = OUT_H, .out_w = OUT_W, .step_h = STEP_H, .step_w = STEP_W,
    .frequencies = TILE_H * TILE_W, .classes = CLASSES_H * CLASSES_W,
    .class_begin = NAME(class_begin), .input = NAME(tiles_of_input), .gradient = NAME(tiles_of_gradient),
    .output = NAME(output_of_tiles), .input_gradient = NAME(input_gradient_of_tiles),
    .weights = NAME(classes_of_weights), .weights_adjoint = NAME(weights_of_classes)};

#undef NAMED
#undef NAME_OF
#undef NAME
#undef DOWNWARD
#undef SIDEWAYS
#undef UNROLL
#undef EACH
#undef KIND
#undef DOWN
#undef ACROSS
#undef TILE_H
#undef TILE_W
#undef OUT_H
#undef OUT_W
#undef STEP_H
#undef STEP_W
#undef CLASSES_H
#undef CLASSES_W
#undef SLOT
