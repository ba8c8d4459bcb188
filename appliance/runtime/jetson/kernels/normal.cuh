// How a network's planar tensor holds 8-bit colour.
#pragma once
#include "device.cuh"

struct Normal {  // CNormal of normal.py
    float mean[3], scale[3];
};
static_assert(sizeof(Normal) == 24, "see normal.py");

// One pixel of a planar tensor (3, height, width); `place` is y * width + x, `plane` height * width.
__device__ __forceinline__ void write_planar(float* tensor, size_t plane, size_t place, const Normal& normal, float red,
                                             float green, float blue) {
    tensor[place] = (red - normal.mean[0]) * normal.scale[0];
    tensor[plane + place] = (green - normal.mean[1]) * normal.scale[1];
    tensor[2 * plane + place] = (blue - normal.mean[2]) * normal.scale[2];
}
