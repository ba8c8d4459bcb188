// The end of the pattern: sums and counts by tile in, figures of a view out.
#include "histogram.cuh"
#include "pattern.cuh"

// Sums (N, tiles, TEXTURE_SUMS) and counts (N, half_tiles, WEAVE_COUNTS) to figures (N, TEXTURE_FIGURES + WEAVE_SHARES):
// logarithms of means, then shares; zeros for views with fewer than `least` pixels of core. One block per view.
extern "C" __global__ void __launch_bounds__(320) pattern_figures(
    const float* sums, int tiles, const unsigned* counts, int half_tiles, const float* spread, int least,
    float* figures) {
    __shared__ float totals[TEXTURE_SUMS], shares[WEAVE_SHARES], down[WEAVE_SHARES];
    __shared__ unsigned counted;
    const int view = blockIdx.x, thread = threadIdx.x, lane = thread % WARP;
    const unsigned* own = counts + (size_t)view * half_tiles * WEAVE_COUNTS;
    for (int figure = thread / WARP; figure < TEXTURE_SUMS; figure += blockDim.x / WARP) {
        float sum = 0.0f;
        for (int tile = lane; tile < tiles; tile += WARP)
            sum += sums[((size_t)view * tiles + tile) * TEXTURE_SUMS + figure];
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
    const float core = totals[TEXTURE_FIGURES];
    const bool known = core >= (float)least;
    float* out = figures + (size_t)view * (TEXTURE_FIGURES + WEAVE_SHARES);
    if (thread < TEXTURE_FIGURES) out[thread] = known ? log1pf(totals[thread] / core) : 0.0f;
    if (thread >= WEAVE_SHARES) return;
    const float count = spread_across(down + level, spread, WEAVE_BINS, cell);
    out[TEXTURE_FIGURES + thread] = known && counted ? count / (float)(SLOPE_LEVELS * counted) : 0.0f;
}
