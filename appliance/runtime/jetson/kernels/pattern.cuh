// How the pattern of a garment is laid out between the kernels that measure it.
#pragma once
#include "blur.cuh"

constexpr int FINE_LEVELS = 2, COARSE_LEVELS = 3, PYRAMID_LEVELS = FINE_LEVELS + COARSE_LEVELS;
constexpr int SLOPE_LEVELS = 3;
constexpr int TEXTURE_FIGURES = 3 * (PYRAMID_LEVELS - 1) + 3 * SLOPE_LEVELS;
constexpr int TEXTURE_SUMS = TEXTURE_FIGURES + 1;  // the last: pixels of the core
constexpr int WEAVE_BINS = 10, WEAVE_CELLS = WEAVE_BINS * WEAVE_BINS, WEAVE_SHARES = SLOPE_LEVELS * WEAVE_CELLS;
constexpr int WEAVE_COUNTS = WEAVE_SHARES + 1;     // the last: pixels counted
constexpr float WEAVE_UNITS = 1048576.0f;          // of one pixel; a tile's 512 fit into 32 bits

// What a blurred plane averages: over the pixels that the mask shows only.
__device__ __forceinline__ float4 mean_of(float4 sums) { return times(sums, 1.0f / fmaxf(sums.w, 1e-3f)); }
