// A frame's pixels, however its camera lays them out: a picture and a place in, 8-bit red, green and blue out.
#pragma once
#include "device.cuh"

struct Picture {  // CPicture of picture.py
    const unsigned char* first;   // packed pixels, or Y
    const unsigned char* second;  // U and V, interleaved, at half the size
    int pitch, second_pitch;      // bytes per row
    int width, height;            // pixels
    int step;                     // bytes per pixel; 1: NV12
    int red, green, blue;         // place of the byte within a pixel
    float y_scale, y_offset, red_v, green_u, green_v, blue_u;
};

struct Rgb {
    float red, green, blue;  // whole numbers, 0..255
};

// Rounded to the nearest, ties to even: beside 1.5 * 2^23 a float has no room for a fraction. Two additions; rintf goes
// through the slow unit of conversions on Orin.
__device__ __forceinline__ float whole_8bit(float value) {
    return (fminf(fmaxf(value, 0.0f), 255.0f) + 12582912.0f) - 12582912.0f;
}

// One row, read pixel by pixel: neighbours in one 2x2 cell of NV12 share its chroma, fetched and weighed once.
template <bool NV12> struct Row {
    const Picture& picture;
    const unsigned char *pixels, *cells;
    int cell;
    float red, green, blue;  // what the chroma of `cell` adds

    __device__ __forceinline__ Row(const Picture& picture, int y)
        : picture(picture), pixels(picture.first + (size_t)y * picture.pitch),
          cells(picture.second + (size_t)(y >> 1) * picture.second_pitch), cell(-1), red(0), green(0), blue(0) {}

    // The pixel at x, inside the picture.
    __device__ __forceinline__ Rgb at(int x) {
        if (!NV12) {
            const unsigned char* pixel = pixels + (size_t)x * picture.step;
            return {(float)__ldg(pixel + picture.red), (float)__ldg(pixel + picture.green),
                    (float)__ldg(pixel + picture.blue)};
        }
        if (x >> 1 != cell) {
            cell = x >> 1;
            const float u = (float)__ldg(cells + 2 * cell) - 128.0f, v = (float)__ldg(cells + 2 * cell + 1) - 128.0f;
            red = picture.red_v * v;
            green = picture.green_u * u + picture.green_v * v;
            blue = picture.blue_u * u;
        }
        const float light = ((float)__ldg(pixels + x) - picture.y_offset) * picture.y_scale;
        return {whole_8bit(light + red), whole_8bit(light + green), whole_8bit(light + blue)};
    }
};

// One pixel inside the picture.
__device__ __forceinline__ Rgb read_rgb(const Picture& picture, int x, int y) {
    return picture.step == 1 ? Row<true>(picture, y).at(x) : Row<false>(picture, y).at(x);
}
