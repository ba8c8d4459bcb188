// Pixels beyond the border: mirrored at the outermost one, which is not repeated (OpenCV's BORDER_REFLECT_101).
#pragma once
#include "device.cuh"

__device__ __forceinline__ int mirrored(int place, int length) {
    if (length == 1) return 0;
    while (place < 0 || place >= length) place = place < 0 ? -place : 2 * (length - 1) - place;
    return place;
}
