// How often each level of red, green and blue occurs in a frame made small, where people are and where none are.
#include "resize.cuh"

constexpr int LEVELS = 256, CHANNELS = 3;

// One pixel of the small picture into bins (3, 256).
template <bool NV12>
__device__ __forceinline__ void count_pixel(const Picture& picture, int width, int height, int x, int y, int* bins) {
    const Window all = {0, 0, picture.width, picture.height};
    auto sum_of = [&](int row, const Taps& across) { return sum_row<NV12>(picture, all, row, across); };
    auto count = [&](int, const Sum& sum, float) {
        atomicAdd(bins + (int)whole(sum.red / sum.weight), 1);
        atomicAdd(bins + LEVELS + (int)whole(sum.green / sum.weight), 1);
        atomicAdd(bins + 2 * LEVELS + (int)whole(sum.blue / sum.weight), 1);
    };
    stretch_column(all, width, height, x, {y, y + 1}, sum_of, count);
}

// boxes (N): left, top, right, bottom in pixels of the small picture, 0 or more; counts: (2, 3, 256), zero before: free
// pixels, covered ones.
extern "C" __global__ void __launch_bounds__(256, 4)
    count_light(Picture picture, const int4* boxes, int people, int width, int height, int* counts) {
    __shared__ int bins[2 * CHANNELS * LEVELS];
    for (int i = threadIdx.x; i < 2 * CHANNELS * LEVELS; i += blockDim.x) bins[i] = 0;
    __syncthreads();
    for (int pixel = blockIdx.x * blockDim.x + threadIdx.x; pixel < width * height; pixel += gridDim.x * blockDim.x) {
        const int x = pixel % width, y = pixel / width;
        bool covered = false;
        for (int i = 0; i < people; ++i) {
            const int4 box = boxes[i];
            covered |= x >= box.x && y >= box.y && x < box.z && y < box.w;
        }
        int* own = bins + covered * CHANNELS * LEVELS;
        if (picture.step == 1) count_pixel<true>(picture, width, height, x, y, own);
        else count_pixel<false>(picture, width, height, x, y, own);
    }
    __syncthreads();
    for (int i = threadIdx.x; i < 2 * CHANNELS * LEVELS; i += blockDim.x)
        if (bins[i]) atomicAdd(counts + i, bins[i]);
}
