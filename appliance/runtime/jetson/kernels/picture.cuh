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

__device__ __forceinline__ float whole_8bit(float value) { return rintf(fminf(fmaxf(value, 0.0f), 255.0f)); }

// One pixel inside the picture; the chroma of NV12 is that of its 2x2 cell.
__device__ __forceinline__ Rgb read_rgb(const Picture& picture, int x, int y) {
    const unsigned char* row = picture.first + (size_t)y * picture.pitch;
    if (picture.step > 1) {
        const unsigned char* pixel = row + (size_t)x * picture.step;
        return {(float)pixel[picture.red], (float)pixel[picture.green], (float)pixel[picture.blue]};
    }
    const unsigned char* cell = picture.second + (size_t)(y >> 1) * picture.second_pitch + (x & ~1);
    const float light = ((float)row[x] - picture.y_offset) * picture.y_scale;
    const float u = (float)cell[0] - 128.0f, v = (float)cell[1] - 128.0f;
    return {whole_8bit(light + picture.red_v * v), whole_8bit(light + picture.green_u * u + picture.green_v * v),
            whole_8bit(light + picture.blue_u * u)};
}
