// How much cloth changes by scale and direction (cpu/texture.py): the levels of its pyramid in, sums by tile out.
#include "pattern.cuh"

constexpr int SEAM_REACH = 2;  // the edge of the mask is left out

struct Levels {  // CLevels of pyramid.py
    const float4* fine[FINE_LEVELS];      // means, full size
    const float4* coarse[COARSE_LEVELS];  // sums, at half, a quarter and an eighth of the size
};
static_assert(sizeof(Levels) == 40, "see pyramid.py");

// The mean of a level at a pixel; a coarse one is enlarged linearly (OpenCV's INTER_LINEAR).
__device__ __forceinline__ float4 level_at(const Levels& levels, int level, int width, int height, int view, int x,
                                           int y) {
    if (level < FINE_LEVELS) return levels.fine[level][((size_t)view * height + y) * width + x];
    const int halvings = level - FINE_LEVELS + 1, columns = width >> halvings, rows = height >> halvings;
    const float scale = 1.0f / (float)(1 << halvings);
    const float across = fminf(fmaxf(((float)x + 0.5f) * scale - 0.5f, 0.0f), (float)(columns - 1));
    const float down = fminf(fmaxf(((float)y + 0.5f) * scale - 0.5f, 0.0f), (float)(rows - 1));
    const int column = (int)across, row = (int)down, right = min(column + 1, columns - 1);
    const float4* upper = levels.coarse[level - FINE_LEVELS] + ((size_t)view * rows + row) * columns;
    const float4* lower = row + 1 < rows ? upper + columns : upper;
    const float x_share = across - (float)column, y_share = down - (float)row;
    auto along = [&](const float4* line) {
        return plus(times(line[column], 1.0f - x_share), times(line[right], x_share));
    };
    return mean_of(plus(times(along(upper), 1.0f - y_share), times(along(lower), y_share)));
}

struct SlopeRoom {  // of one tile
    float light[SLOPE_LEVELS][TILE_ROWS + 2][TILE_COLUMNS + 3];
    unsigned char shown[TILE_ROWS + 2 * SEAM_REACH][TILE_COLUMNS];  // whether all pixels up to SEAM_REACH beside it are
    float sums[TEXTURE_SUMS][TILE_THREADS];
};

// Light around the tile, and the mask eroded along its rows; beyond the border nothing is hidden.
__device__ __forceinline__ void fill_slope_room(SlopeRoom& room, const Levels& levels, const unsigned char* mask,
                                                int width, int height, int left, int top, int view) {
    constexpr int COLUMNS = TILE_COLUMNS + 2, ROWS = TILE_ROWS + 2, SEAM_ROWS = TILE_ROWS + 2 * SEAM_REACH;
    for (int i = threadIdx.x; i < ROWS * COLUMNS; i += TILE_THREADS) {
        const int x = mirrored(left + i % COLUMNS - 1, width), y = mirrored(top + i / COLUMNS - 1, height);
#pragma unroll
        for (int level = 0; level < SLOPE_LEVELS; ++level)
            room.light[level][i / COLUMNS][i % COLUMNS] = level_at(levels, level, width, height, view, x, y).x;
    }
    for (int i = threadIdx.x; i < SEAM_ROWS * TILE_COLUMNS; i += TILE_THREADS) {
        const int x = left + i % TILE_COLUMNS, y = top + i / TILE_COLUMNS - SEAM_REACH;
        const int first = max(x - SEAM_REACH, 0), last = min(x + SEAM_REACH, width - 1);
        bool shown = true;
        if (y >= 0 && y < height)
            for (int beside = first; beside <= last; ++beside) shown = shown && mask[(size_t)y * width + beside];
        room.shown[i / TILE_COLUMNS][i % TILE_COLUMNS] = shown;
    }
    __syncthreads();
}

__device__ __forceinline__ bool in_core(const SlopeRoom& room, int column, int row) {
    bool shown = true;
    for (int beside = 0; beside <= 2 * SEAM_REACH; ++beside) shown = shown && room.shown[row + beside][column];
    return shown;
}

// |Sobel| across and down at a pixel of the tile.
__device__ __forceinline__ float2 slopes_at(const SlopeRoom& room, int level, int column, int row) {
    const float(*light)[TILE_COLUMNS + 3] = &room.light[level][row];
    auto at = [&](int x, int y) { return light[y][column + x]; };
    const float across = at(2, 0) - at(0, 0) + 2.0f * (at(2, 1) - at(0, 1)) + at(2, 2) - at(0, 2);
    const float down = at(0, 2) - at(0, 0) + 2.0f * (at(1, 2) - at(1, 0)) + at(2, 2) - at(2, 0);
    return make_float2(fabsf(across), fabsf(down));
}

// Adds one pixel of the core to the sums: changes from level to level, then slopes.
__device__ __forceinline__ void add_pixel(float (&sums)[TEXTURE_SUMS], const Levels& levels, int width, int height,
                                          int view, int x, int y, const float2 (&slopes)[SLOPE_LEVELS]) {
    float4 fine = level_at(levels, 0, width, height, view, x, y);
#pragma unroll
    for (int level = 1; level < PYRAMID_LEVELS; ++level) {
        const float4 coarse = level_at(levels, level, width, height, view, x, y);
        sums[3 * level - 3] += fabsf(fine.x - coarse.x);
        sums[3 * level - 2] += fabsf(fine.y - coarse.y);
        sums[3 * level - 1] += fabsf(fine.z - coarse.z);
        fine = coarse;
    }
#pragma unroll
    for (int level = 0; level < SLOPE_LEVELS; ++level) {
        float* three = &sums[3 * (PYRAMID_LEVELS - 1 + level)];
        three[0] += slopes[level].x;
        three[1] += slopes[level].y;
        three[2] += sqrtf(slopes[level].x * slopes[level].y);
    }
    sums[TEXTURE_FIGURES] += 1.0f;
}

// Adds up the block's sums, always in the same order.
__device__ __forceinline__ void store_sums(SlopeRoom& room, const float (&sums)[TEXTURE_SUMS], float* totals) {
#pragma unroll
    for (int figure = 0; figure < TEXTURE_SUMS; ++figure) room.sums[figure][threadIdx.x] = sums[figure];
    __syncthreads();
    const int lane = threadIdx.x % WARP;
    for (int figure = threadIdx.x / WARP; figure < TEXTURE_SUMS; figure += TILE_THREADS / WARP) {
        float sum = 0.0f;
        for (int thread = lane; thread < TILE_THREADS; thread += WARP) sum += room.sums[figure][thread];
        sum = warp_sum(sum);
        if (lane == 0) totals[figure] = sum;
    }
}

// Sums (N, tiles, TEXTURE_SUMS) over the core, and at half the size two planes of mean slopes of the core: across and
// down of two levels, then of the third with the share of the core. A thread sees 2x2 pixels.
extern "C" __global__ void __launch_bounds__(128) texture_slopes(
    Levels levels, const unsigned char* masks, int width, int height, float* by_tile, float4* two, float4* third) {
    __shared__ SlopeRoom room;
    const int left = blockIdx.x * TILE_COLUMNS, top = blockIdx.y * TILE_ROWS, view = blockIdx.z;
    fill_slope_room(room, levels, masks + (size_t)view * width * height, width, height, left, top, view);
    const int corner_column = threadIdx.x % (TILE_COLUMNS / 2) * 2, corner_row = threadIdx.x / (TILE_COLUMNS / 2) * 2;
    float sums[TEXTURE_SUMS] = {};
    float4 first = make_float4(0.0f, 0.0f, 0.0f, 0.0f), last = first;
    for (int i = 0; i < 4; ++i) {
        const int column = corner_column + i % 2, row = corner_row + i / 2, x = left + column, y = top + row;
        if (x >= width || y >= height || !in_core(room, column, row)) continue;
        const float2 slopes[SLOPE_LEVELS] = {slopes_at(room, 0, column, row), slopes_at(room, 1, column, row),
                                             slopes_at(room, 2, column, row)};
        add_pixel(sums, levels, width, height, view, x, y, slopes);
        first = plus(first, make_float4(slopes[0].x, slopes[0].y, slopes[1].x, slopes[1].y));
        last = plus(last, make_float4(slopes[2].x, slopes[2].y, 1.0f, 0.0f));
    }
    const int x = (left + corner_column) / 2, y = (top + corner_row) / 2;
    if (x < width / 2 && y < height / 2) {
        const size_t place = ((size_t)view * (height / 2) + y) * (width / 2) + x;
        two[place] = times(first, 0.25f);
        third[place] = times(last, 0.25f);
    }
    const int tile = (view * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
    store_sums(room, sums, by_tile + (size_t)tile * TEXTURE_SUMS);
}
