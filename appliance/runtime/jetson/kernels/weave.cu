// Shares of cloth by how steep it is across and down (cpu/weave.py): mean slopes in, counts by tile out.
#include "histogram.cuh"
#include "pattern.cuh"

constexpr int NEAR_REACH = 4;

// Blurred slopes of one pixel, of one level: its logarithms in bins.
__device__ __forceinline__ void count_slopes(unsigned* counts, float across, float down, float core, float per_slope) {
    count_softly(counts, WEAVE_BINS, log1pf(across / core) * per_slope, log1pf(down / core) * per_slope, WEAVE_UNITS);
}

// Planes (N, height, width) of texture_slopes to counts (N, tiles, WEAVE_COUNTS); `per_slope` bins per logarithm.
// Block (column of tiles, row of tiles, view) of TILE_THREADS.
extern "C" __global__ void __launch_bounds__(128) weave_counts(
    const float4* two, const float4* third, int width, int height, BlurTaps near, float per_slope, unsigned* by_tile) {
    __shared__ BlurRoom<NEAR_REACH> room;
    __shared__ unsigned counts[WEAVE_COUNTS];
    const int left = blockIdx.x * TILE_COLUMNS, top = blockIdx.y * TILE_ROWS;
    const int x = left + run_column(), y = top + run_row();
    const size_t view = (size_t)blockIdx.z * width * height;
    for (int i = threadIdx.x; i < WEAVE_COUNTS; i += TILE_THREADS) counts[i] = 0;
    auto load = [&](const float4* plane) {
        fill_room(room, left, top, width, height,
                  [&](int column, int row) { return plane[view + (size_t)row * width + column]; });
    };
    float4 first[RUN], last[RUN];
    load(two);
    blur_tile<NEAR_REACH>(room, near, first);
    load(third);
    blur_tile<NEAR_REACH>(room, near, last);
#pragma unroll
    for (int one = 0; one < RUN; ++one) {
        const float core = room.tile[NEAR_REACH + run_row()][NEAR_REACH + run_column() + one].z;
        if (x + one >= width || y >= height || core <= 0.5f) continue;
        count_slopes(counts, first[one].x, first[one].y, last[one].z, per_slope);
        count_slopes(counts + WEAVE_CELLS, first[one].z, first[one].w, last[one].z, per_slope);
        count_slopes(counts + 2 * WEAVE_CELLS, last[one].x, last[one].y, last[one].z, per_slope);
        atomicAdd(&counts[WEAVE_SHARES], 1u);
    }
    __syncthreads();
    const size_t tile = ((size_t)blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
    for (int i = threadIdx.x; i < WEAVE_COUNTS; i += TILE_THREADS) by_tile[tile * WEAVE_COUNTS + i] = counts[i];
}
