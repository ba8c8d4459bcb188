// Gaussian blur of planes of four floats, tile by tile in shared memory.
#pragma once
#include "border.cuh"
#include "device.cuh"

constexpr int TILE_COLUMNS = 32, TILE_ROWS = 16;  // of what one block blurs
constexpr int RUN = 4;                            // neighbours that one thread blurs: each value is read once for all
constexpr int TILE_THREADS = TILE_COLUMNS * TILE_ROWS / RUN;
constexpr int MOST_TAPS = 7;

struct BlurTaps {  // CBlurTaps of pyramid.py
    float weight[MOST_TAPS];  // from the middle outwards
};
static_assert(sizeof(BlurTaps) == 28, "see pyramid.py");

// A tile with REACH values around it, filled by the caller. Rows have an odd pitch, so that threads side by side in
// different rows use different banks.
template <int REACH> struct BlurRoom {
    static constexpr int ROWS = TILE_ROWS + 2 * REACH, COLUMNS = TILE_COLUMNS + 2 * REACH, PITCH = COLUMNS | 1;
    float4 tile[ROWS][PITCH];
    float4 down[TILE_ROWS][PITCH];
};

// Where blur_tile leaves its RUN sums: this row, and columns from here on.
__device__ __forceinline__ int run_row() { return threadIdx.x % TILE_ROWS; }
__device__ __forceinline__ int run_column() { return threadIdx.x / TILE_ROWS * RUN; }

__device__ __forceinline__ float4 plus(float4 one, float4 other) {
    return make_float4(one.x + other.x, one.y + other.y, one.z + other.z, one.w + other.w);
}

__device__ __forceinline__ float4 times(float4 one, float factor) {
    return make_float4(one.x * factor, one.y * factor, one.z * factor, one.w * factor);
}

// Blurs RUN neighbours along an axis; `from` lies REACH before the first, the next one `step` further on.
template <int REACH>
__device__ __forceinline__ void blur_run(const float4* from, int step, const BlurTaps& taps, float4 (&sums)[RUN]) {
#pragma unroll
    for (int one = 0; one < RUN; ++one) sums[one] = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
#pragma unroll
    for (int place = 0; place < RUN + 2 * REACH; ++place) {
        const float4 value = from[place * step];
#pragma unroll
        for (int one = 0; one < RUN; ++one) {
            const int away = place - REACH - one, distance = away < 0 ? -away : away;
            if (distance <= REACH) sums[one] = plus(sums[one], times(value, taps.weight[distance]));
        }
    }
}

// Blurs the tile of a block of TILE_THREADS, which may lie in a room with more around it than the blur reaches.
template <int REACH, int AROUND>
__device__ __forceinline__ void blur_tile(BlurRoom<AROUND>& room, const BlurTaps& taps, float4 (&sums)[RUN]) {
    static_assert(REACH <= AROUND && REACH < MOST_TAPS, "the blur reaches beyond its room");
    constexpr int COLUMNS = TILE_COLUMNS + 2 * REACH, SPARE = AROUND - REACH, PITCH = BlurRoom<AROUND>::PITCH;
    __syncthreads();
    for (int task = threadIdx.x; task < COLUMNS * TILE_ROWS / RUN; task += TILE_THREADS) {
        const int row = task / COLUMNS * RUN, column = SPARE + task % COLUMNS;
        blur_run<REACH>(&room.tile[SPARE + row][column], PITCH, taps, sums);
        for (int one = 0; one < RUN; ++one) room.down[row + one][column] = sums[one];
    }
    __syncthreads();
    blur_run<REACH>(&room.down[run_row()][SPARE + run_column()], 1, taps, sums);
}

// Fills a room with read(x, y) around the tile that starts at (left, top) of a plane.
template <int AROUND, typename Read>
__device__ __forceinline__ void fill_room(BlurRoom<AROUND>& room, int left, int top, int width, int height, Read read) {
    constexpr int ROWS = BlurRoom<AROUND>::ROWS, COLUMNS = BlurRoom<AROUND>::COLUMNS;
    __syncthreads();
    for (int i = threadIdx.x; i < ROWS * COLUMNS; i += TILE_THREADS) {
        const int row = i / COLUMNS, column = i % COLUMNS;
        room.tile[row][column] =
            read(mirrored(left + column - AROUND, width), mirrored(top + row - AROUND, height));
    }
}
