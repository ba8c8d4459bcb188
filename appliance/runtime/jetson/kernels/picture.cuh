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
    // What a step of Y, U and V adds to a colour of 0..1, and the colour of Y = U = V = 0.
    float y, red_v, green_u, green_v, blue_u, red_0, green_0, blue_0;
};
static_assert(sizeof(Picture) == 80 && offsetof(Picture, pitch) == 16 && offsetof(Picture, y) == 48, "see picture.py");

struct Rgb {
    float red, green, blue;  // whole numbers, 0..255
};

// Rounded to the nearest, ties to even, for values far below 2^22: beside 1.5 * 2^23 a float has no room for a
// fraction. Two additions; rintf goes through the slow unit of conversions.
__device__ __forceinline__ float whole(float value) { return (value + 12582912.0f) - 12582912.0f; }

__device__ __forceinline__ float whole_8bit(float value) { return whole(fminf(fmaxf(value, 0.0f), 255.0f)); }

// A colour of 0..1 as an 8-bit level; to clamp there costs a multiplication nothing.
__device__ __forceinline__ float level_of_share(float share) { return whole(__saturatef(share) * 255.0f); }

__device__ __forceinline__ float byte(const unsigned char* plane, unsigned offset) { return __ldg(plane + offset); }

// One row of a picture; `NV12` is known when the kernel is compiled, so that reading it has no branch. Offsets of 32
// bits cost a load nothing: the address of a plane is the same for every thread.
template <bool NV12> struct Row {
    const Picture& picture;
    unsigned pixels, cells;  // bytes from the start of each plane

    __device__ __forceinline__ Row(const Picture& picture, int y)
        : picture(picture), pixels(y * picture.pitch), cells((y >> 1) * picture.second_pitch) {}

    // The pixel at x, inside the picture; the chroma of NV12 is that of its 2x2 cell.
    __device__ __forceinline__ Rgb at(int x) const {
        if (!NV12) {
            const unsigned pixel = pixels + x * picture.step;
            return {byte(picture.first, pixel + picture.red), byte(picture.first, pixel + picture.green),
                    byte(picture.first, pixel + picture.blue)};
        }
        const float light = byte(picture.first, pixels + x);
        const float u = byte(picture.second, cells + (x & ~1)), v = byte(picture.second, cells + (x | 1));
        return {level_of_share(picture.y * light + (picture.red_v * v + picture.red_0)),
                level_of_share(picture.y * light + (picture.green_u * u + (picture.green_v * v + picture.green_0))),
                level_of_share(picture.y * light + (picture.blue_u * u + picture.blue_0))};
    }
};

// One pixel inside the picture.
__device__ __forceinline__ Rgb read_rgb(const Picture& picture, int x, int y) {
    return picture.step == 1 ? Row<true>(picture, y).at(x) : Row<false>(picture, y).at(x);
}
