// Shares of cloth by how steep it is across and down (cpu/weave.py), and the end of the pattern: figures of a view.
#include "blur.cuh"
#include "histogram.cuh"

constexpr int NEAR_REACH = 4, WEAVE_LEVELS = 3, WEAVE_BINS = 10, WEAVE_CELLS = WEAVE_BINS * WEAVE_BINS;
constexpr int WEAVE_SHARES = WEAVE_LEVELS * WEAVE_CELLS, WEAVE_COUNTS = WEAVE_SHARES + 1;  // the last: pixels counted
constexpr int PATTERN_FIGURES = 21;                                                        // before the weave
constexpr float WEAVE_UNITS = 1048576.0f;  // of one pixel; a tile's 512 fit into 32 bits

// Blurred slopes of one pixel, of one level: its logarithms in bins.
__device__ __forceinline__ void count_slopes(unsigned* counts, float across, float down, float core, float per_slope) {
    count_softly(counts, WEAVE_BINS, log1pf(across / core) * per_slope, log1pf(down / core) * per_slope, WEAVE_UNITS);
}

// Planes (N, height, width) of texture_slopes to counts (N, tiles, WEAVE_COUNTS); `per_slope` bins per logarithm.
// Block (column of tiles, row of tiles, view) of TILE_THREADS.
extern "C" __global__ void __launch_bounds__(128) weave_counts(
    const float4* two, const float4* third, int width, int height, Taps near, float per_slope, unsigned* by_tile) {
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

// Sums (N, tiles, 22) and counts (N, half_tiles, WEAVE_COUNTS) by tile to figures (N, 21 + 300): logarithms of means,
// then shares; zeros for views with fewer than `least` pixels of core. One block per view.
extern "C" __global__ void __launch_bounds__(320) pattern_figures(
    const float* sums, int tiles, const unsigned* counts, int half_tiles, const float* spread, int least,
    float* figures) {
    __shared__ float totals[PATTERN_FIGURES + 1], shares[WEAVE_SHARES], down[WEAVE_SHARES];
    __shared__ unsigned counted;
    const int view = blockIdx.x, thread = threadIdx.x, lane = thread % WARP;
    const unsigned* own = counts + (size_t)view * half_tiles * WEAVE_COUNTS;
    for (int figure = thread / WARP; figure <= PATTERN_FIGURES; figure += blockDim.x / WARP) {
        float sum = 0.0f;
        for (int tile = lane; tile < tiles; tile += WARP)
            sum += sums[((size_t)view * tiles + tile) * (PATTERN_FIGURES + 1) + figure];
        sum = warp_sum(sum);
        if (lane == 0) totals[figure] = sum;
    }
    if (thread < WEAVE_COUNTS) {
        unsigned long long whole = 0;
        for (int tile = 0; tile < half_tiles; ++tile) whole += own[tile * WEAVE_COUNTS + thread];
        if (thread < WEAVE_SHARES) shares[thread] = (float)whole / WEAVE_UNITS;
        else counted = (unsigned)whole;
    }
    __syncthreads();
    const int level = thread / WEAVE_CELLS * WEAVE_CELLS, cell = thread % WEAVE_CELLS;
    if (thread < WEAVE_SHARES) down[thread] = spread_down(shares + level, spread, WEAVE_BINS, cell);
    __syncthreads();
    const float core = totals[PATTERN_FIGURES];
    const bool known = core >= (float)least;
    float* out = figures + (size_t)view * (PATTERN_FIGURES + WEAVE_SHARES);
    if (thread < PATTERN_FIGURES) out[thread] = known ? log1pf(totals[thread] / core) : 0.0f;
    if (thread < WEAVE_SHARES)
        out[PATTERN_FIGURES + thread] = known && counted ? spread_across(down + level, spread, WEAVE_BINS, cell) /
                                                               (float)(WEAVE_LEVELS * counted) : 0.0f;
}
