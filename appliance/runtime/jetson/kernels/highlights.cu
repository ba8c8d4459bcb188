// How often each level of red, green and blue occurs in a frame made small, where people are and where none are.
#include "resize.cuh"

constexpr int LEVELS = 256, CHANNELS = 3;

// boxes (N): left, top, right, bottom in pixels of the small picture, 0 or more; counts: (2, 3, 256), zero before: free
// pixels, covered ones.
extern "C" __global__ void count_light(Picture picture, const int4* boxes, int people, int width, int height, int* counts) {
    __shared__ int bins[2 * CHANNELS * LEVELS];
    for (int i = threadIdx.x; i < 2 * CHANNELS * LEVELS; i += blockDim.x) bins[i] = 0;
    __syncthreads();
    const Window all = {0, 0, picture.width, picture.height};
    for (int pixel = blockIdx.x * blockDim.x + threadIdx.x; pixel < width * height; pixel += gridDim.x * blockDim.x) {
        const int x = pixel % width, y = pixel / width;
        bool covered = false;
        for (int i = 0; i < people; ++i) {
            const int4 box = boxes[i];
            covered |= x >= box.x && y >= box.y && x < box.z && y < box.w;
        }
        int* set = bins + covered * CHANNELS * LEVELS;
        auto count = [&](int, const Sum& sum, float whole) {
            atomicAdd(set + (int)whole_8bit(sum.red / whole), 1);
            atomicAdd(set + LEVELS + (int)whole_8bit(sum.green / whole), 1);
            atomicAdd(set + 2 * LEVELS + (int)whole_8bit(sum.blue / whole), 1);
        };
        if (picture.step == 1) stretch_column<true>(picture, all, width, height, x, {y, y + 1}, 0.0f, Everything(), count);
        else stretch_column<false>(picture, all, width, height, x, {y, y + 1}, 0.0f, Everything(), count);
    }
    __syncthreads();
    for (int i = threadIdx.x; i < 2 * CHANNELS * LEVELS; i += blockDim.x)
        if (bins[i]) atomicAdd(counts + i, bins[i]);
}
