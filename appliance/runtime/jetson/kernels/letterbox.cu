// A frame fitted into the top left of a grey planar tensor, bilinear, as the detector wants it.
#include "normal.cuh"
#include "resize.cuh"

// OpenCV rounds halves up, and of a frame of twice the size every fourth mean is one.
__device__ __forceinline__ float rounded_up(float value) { return whole(value + 1.0f / 1024.0f); }

__device__ __forceinline__ float blended(float a, float b, float share) { return a + (b - a) * share; }

__device__ __forceinline__ Rgb blended(const Rgb& a, const Rgb& b, float share) {
    return {blended(a.red, b.red, share), blended(a.green, b.green, share), blended(a.blue, b.blue, share)};
}

// One row of the source at a column between two pixels.
template <bool NV12>
__device__ __forceinline__ Rgb blended_row(const Picture& picture, int y, int before, float share) {
    const Row<NV12> row(picture, clamped(y, picture.height));
    return blended(row.at(clamped(before, picture.width)), row.at(clamped(before + 1, picture.width)), share);
}

// Nothing here branches before the writes, so that all loads of a thread are under way at once. Each lane finds out for
// one row of the strip where it lies; the warp shares it.
template <bool NV12>
__device__ __forceinline__ void fill_letterbox(const Picture& picture, const Normal& normal, int width, int height,
                                               int columns, int rows, float grey, float* tensor) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x;
    const Strip strip = own_strip(height);
    const Between across = between(min(x, columns - 1), picture.width, columns);
    const Between own = between(min(strip.top + (int)threadIdx.x % STRIP, rows - 1), picture.height, rows);
    const float right = (float)across.share / across.whole, below = (float)own.share / own.whole;
    Rgb colours[STRIP];
#pragma unroll
    for (int step = 0; step < STRIP; ++step) {
        const int before = __shfl_sync(ALL_LANES, own.before, step);
        const Rgb upper = blended_row<NV12>(picture, before, across.before, right);
        const Rgb lower = blended_row<NV12>(picture, before + 1, across.before, right);
        colours[step] = blended(upper, lower, __shfl_sync(ALL_LANES, below, step));
    }
    if (x >= width) return;
#pragma unroll
    for (int step = 0; step < STRIP; ++step) {
        const int y = strip.top + step;
        if (y >= height) return;
        const Rgb colour = x < columns && y < rows ? colours[step] : Rgb{grey, grey, grey};
        write_planar(tensor, (size_t)width * height, (size_t)y * width + x, normal,
                     rounded_up(colour.red), rounded_up(colour.green), rounded_up(colour.blue));
    }
}

// tensor: float (3, height, width); the frame takes columns x rows of it. Grid: columns of the tensor, strips of rows;
// a block is a warp wide.
extern "C" __global__ void __launch_bounds__(256)
    letterbox(Picture picture, Normal normal, int width, int height, int columns, int rows, float grey, float* tensor) {
    if (picture.step == 1) fill_letterbox<true>(picture, normal, width, height, columns, rows, grey, tensor);
    else fill_letterbox<false>(picture, normal, width, height, columns, rows, grey, tensor);
}
