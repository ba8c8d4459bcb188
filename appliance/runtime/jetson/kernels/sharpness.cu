// How much detail crops have: the Laplacian of their grey levels, summed up tile by tile.
#include "border.cuh"
#include "normal.cuh"
#include "picture.cuh"

constexpr int DETAIL_TILE = 32, DETAIL_SIDE = DETAIL_TILE + 2;

// An 8-bit level that write_planar has made ready for a network.
__device__ __forceinline__ int level_of(float value, const Normal& normal, int channel) {
    return (int)whole_8bit(value / normal.scale[channel] + normal.mean[channel]);
}

// crops: float (N, 3, height, width); sums: (K, tiles, 2): the Laplacian and its square over each tile of the crops
// `rows`, whole numbers. Grid: tiles across, tiles down, K; blocks of DETAIL_TILE x 8.
extern "C" __global__ void __launch_bounds__(256)
    sum_detail(const float* crops, const int* rows, Normal normal, int width, int height, int* sums) {
    __shared__ int greys[DETAIL_SIDE][DETAIL_SIDE], total, squares;
    const int left = blockIdx.x * DETAIL_TILE, top = blockIdx.y * DETAIL_TILE;
    const int thread = threadIdx.y * blockDim.x + threadIdx.x;
    const size_t plane = (size_t)width * height;
    const float* crop = crops + 3 * plane * rows[blockIdx.z];
    if (thread == 0) total = squares = 0;
    for (int i = thread; i < DETAIL_SIDE * DETAIL_SIDE; i += blockDim.x * blockDim.y) {
        const int x = mirrored(left + i % DETAIL_SIDE - 1, width), y = mirrored(top + i / DETAIL_SIDE - 1, height);
        const float* pixel = crop + (size_t)y * width + x;
        const int red = level_of(pixel[0], normal, 0), green = level_of(pixel[plane], normal, 1);
        const int blue = level_of(pixel[2 * plane], normal, 2);
        // ITU-R BT.601, as OpenCV rounds it.
        greys[i / DETAIL_SIDE][i % DETAIL_SIDE] = (9798 * red + 19235 * green + 3735 * blue + 16384) >> 15;
    }
    __syncthreads();
    int own = 0, own_squares = 0;
    for (int row = threadIdx.y; row < DETAIL_TILE && top + row < height; row += blockDim.y) {
        if (left + (int)threadIdx.x >= width) break;
        const int* grey = &greys[row + 1][threadIdx.x + 1];
        const int edge = grey[-1] + grey[1] + grey[-DETAIL_SIDE] + grey[DETAIL_SIDE] - 4 * grey[0];
        own += edge;
        own_squares += edge * edge;  // at most 1020^2: a tile's sum fits 31 bits
    }
    atomicAdd(&total, own);
    atomicAdd(&squares, own_squares);
    __syncthreads();
    if (thread) return;
    int* out = sums + 2 * ((size_t)(blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x);
    out[0] = total;
    out[1] = squares;
}
