#pragma once
#if __has_include(<png.h>)
#include <png.h>
#else
#error "TAVSE needs libpng: apt-get install libpng-dev (or: make setup)"
#endif
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* libpng reports errors by longjmp, which must not cross Swift frames: the two calls below keep every jump inside
   one C function. They hold no algorithm: memory in, pixels out, and the other way round. Pixels are interleaved,
   16-bit samples in host byte order, rows without padding. */

typedef struct {
    const uint8_t *bytes;
    size_t size, offset;
    char message[96];
} tavse_png_source;

static inline void tavse_png_fail(png_structp png, png_const_charp text) {
    tavse_png_source *source = (tavse_png_source *)png_get_error_ptr(png);
    strncpy(source->message, text, sizeof source->message - 1);
    longjmp(png_jmpbuf(png), 1);
}
static inline void tavse_png_warn(png_structp png, png_const_charp text) { (void)png; (void)text; }
static inline void tavse_png_take(png_structp png, png_bytep out, size_t count) {
    tavse_png_source *source = (tavse_png_source *)png_get_io_ptr(png);
    if (count > source->size - source->offset) png_error(png, "file ends early");
    memcpy(out, source->bytes + source->offset, count);
    source->offset += count;
}

/* Reads a PNG: palette and low-depth grey are expanded, alpha is dropped. Returns 0, or 1 with source->message set.
   Two steps: with pixels NULL only the header is read (width, height, channels, depth are those of the output). */
static inline int tavse_png_read(tavse_png_source *source, uint8_t *pixels, size_t capacity, uint32_t *width,
                                 uint32_t *height, int *channels, int *depth) {
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, source, tavse_png_fail, tavse_png_warn);
    if (!png) { strcpy(source->message, "out of memory"); return 1; }
    png_infop info = png_create_info_struct(png);
    if (!info || setjmp(png_jmpbuf(png))) { png_destroy_read_struct(&png, &info, NULL); return 1; }
    png_set_user_limits(png, 16384, 16384);
    png_set_read_fn(png, source, tavse_png_take);
    png_read_info(png, info);
    png_set_expand(png);
    png_set_strip_alpha(png);
    png_set_swap(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    *width = png_get_image_width(png, info);
    *height = png_get_image_height(png, info);
    *channels = png_get_channels(png, info);
    *depth = png_get_bit_depth(png, info);
    if (pixels) {
        size_t stride = png_get_rowbytes(png, info);
        if (stride * *height > capacity) png_error(png, "image is larger than its buffer");
        for (int pass = 0; pass < passes; pass++)
            for (uint32_t row = 0; row < *height; row++) png_read_row(png, pixels + row * stride, NULL);
        png_read_end(png, NULL);
    }
    png_destroy_read_struct(&png, &info, NULL);
    return 0;
}

typedef struct {
    char message[96];
    uint8_t *bytes;
    size_t size, capacity;
} tavse_png_sink;

static inline void tavse_png_sink_fail(png_structp png, png_const_charp text) {
    tavse_png_sink *sink = (tavse_png_sink *)png_get_error_ptr(png);
    strncpy(sink->message, text, sizeof sink->message - 1);
    longjmp(png_jmpbuf(png), 1);
}
static inline void tavse_png_put(png_structp png, png_bytep bytes, size_t count) {
    tavse_png_sink *sink = (tavse_png_sink *)png_get_io_ptr(png);
    if (count > sink->capacity - sink->size) {
        size_t capacity = 2 * sink->capacity + count;
        uint8_t *grown = (uint8_t *)realloc(sink->bytes, capacity);
        if (!grown) png_error(png, "out of memory");
        sink->bytes = grown;
        sink->capacity = capacity;
    }
    memcpy(sink->bytes + sink->size, bytes, count);
    sink->size += count;
}
static inline void tavse_png_flush(png_structp png) { (void)png; }

/* Writes 1 or 3 channels of 8 or 16 bits. sink->bytes is malloc'd and the caller's to free, also after a failure. */
static inline int tavse_png_write(tavse_png_sink *sink, const uint8_t *pixels, uint32_t width, uint32_t height,
                                  int channels, int depth, int level) {
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, sink, tavse_png_sink_fail, tavse_png_warn);
    if (!png) { strcpy(sink->message, "out of memory"); return 1; }
    png_infop info = png_create_info_struct(png);
    if (!info || setjmp(png_jmpbuf(png))) { png_destroy_write_struct(&png, &info); return 1; }
    png_set_write_fn(png, sink, tavse_png_put, tavse_png_flush);
    png_set_compression_level(png, level);
    png_set_IHDR(png, info, width, height, depth, channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    /* One simple filter: the decoder of grey rows is several times faster than with the adaptive choice. */
    png_set_filter(png, 0, channels == 1 ? PNG_FILTER_UP : PNG_ALL_FILTERS);
    png_write_info(png, info);
    png_set_swap(png);
    size_t stride = (size_t)width * channels * (depth / 8);
    for (uint32_t row = 0; row < height; row++) png_write_row(png, pixels + row * stride);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return 0;
}
