// A masked cut at ever coarser scales (cpu/pyramid.py). A plane holds light, red-green, yellow-blue and what the mask
// shows of each pixel. Block (column of tiles, row of tiles, view) of TILE_THREADS.
#include "pattern.cuh"

constexpr int FINEST_REACH = 3, FINE_REACH = 6, HALVED_REACH = 5;

struct Opponents {  // COpponents of pyramid.py
    float light_offset, colour_offset, light_unit, colour_unit;
};
static_assert(sizeof(Opponents) == 16, "see pyramid.py");

__device__ __forceinline__ float4 opponents_of(const unsigned char* pixel, const Opponents& rule) {
    const float red = pixel[0], green = pixel[1], blue = pixel[2], light = (red + green + blue) / 3.0f;
    const float unit = rule.colour_unit / (light + rule.colour_offset);
    return make_float4(rule.light_unit * logf(light + rule.light_offset), 1.2f * (red - green) * unit,
                       (0.5f * (red + green) - blue) * unit, 1.0f);
}

// Means of 2x2 cells of what blur_tile leaves, to a plane (height / 2, width / 2); all threads of a warp together.
__device__ __forceinline__ void store_halved(const float4 (&sums)[RUN], float4* plane, int x, int y, int width,
                                             int height) {
#pragma unroll
    for (int one = 0; one < RUN; one += 2) {
        const float4 pair = plus(sums[one], sums[one + 1]);
        const float4 below = make_float4(
            __shfl_xor_sync(ALL_LANES, pair.x, 1), __shfl_xor_sync(ALL_LANES, pair.y, 1),
            __shfl_xor_sync(ALL_LANES, pair.z, 1), __shfl_xor_sync(ALL_LANES, pair.w, 1));
        if (y % 2 == 0 && y < height && x + one < width)
            plane[(size_t)(y / 2) * (width / 2) + (x + one) / 2] = times(plus(pair, below), 0.25f);
    }
}

// Cuts and masks to the two finest levels, as means, and to the second one's sums at half the size.
extern "C" __global__ void __launch_bounds__(128) pyramid_fine(
    const unsigned char* cuts, const unsigned char* masks, int width, int height, Opponents rule, BlurTaps finest,
    BlurTaps fine, float4* first, float4* second, float4* halved) {
    __shared__ BlurRoom<FINE_REACH> room;
    const int left = blockIdx.x * TILE_COLUMNS, top = blockIdx.y * TILE_ROWS;
    const int x = left + run_column(), y = top + run_row();
    const size_t view = (size_t)blockIdx.z * width * height, place = view + (size_t)y * width + x;
    fill_room(room, left, top, width, height, [&](int column, int row) {
        const size_t pixel = view + (size_t)row * width + column;
        return masks[pixel] ? opponents_of(cuts + pixel * 3, rule) : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    });
    const bool inside = x < width && y < height;
    float4 sums[RUN];
    blur_tile<FINEST_REACH>(room, finest, sums);
    for (int one = 0; one < RUN && inside; ++one) first[place + one] = mean_of(sums[one]);
    blur_tile<FINE_REACH>(room, fine, sums);
    for (int one = 0; one < RUN && inside; ++one) second[place + one] = mean_of(sums[one]);
    store_halved(sums, halved + view / 4, x, y, width, height);
}

// A level's sums at half the size of the one before to its blurred sums, and to these at half the size unless `halved`
// is null.
extern "C" __global__ void __launch_bounds__(128) pyramid_coarse(
    const float4* plane, int width, int height, BlurTaps taps, float4* level, float4* halved) {
    __shared__ BlurRoom<HALVED_REACH> room;
    const int left = blockIdx.x * TILE_COLUMNS, top = blockIdx.y * TILE_ROWS;
    const int x = left + run_column(), y = top + run_row();
    const size_t view = (size_t)blockIdx.z * width * height;
    fill_room(room, left, top, width, height,
              [&](int column, int row) { return plane[view + (size_t)row * width + column]; });
    float4 sums[RUN];
    blur_tile<HALVED_REACH>(room, taps, sums);
    for (int one = 0; one < RUN && y < height; ++one)
        if (x + one < width) level[view + (size_t)y * width + x + one] = sums[one];
    if (halved) store_halved(sums, halved + view / 4, x, y, width, height);
}
