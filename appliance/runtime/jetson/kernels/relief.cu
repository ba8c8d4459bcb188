// Cuts without colour and dye: the light of each over its mask, then greys of a fixed mean and spread, softened.
#include "border.cuh"
#include "normal.cuh"
#include "picture.cuh"

struct Light {
    float mean, contrast;  // of log light; what makes its spread the wanted one
};

__device__ __forceinline__ float log_light(const unsigned char* pixel, float offset) {
    return logf(((float)pixel[0] + (float)pixel[1] + (float)pixel[2]) / 3.0f + offset);
}

// cuts: bytes (N, pixels, 3), masks: 0 or 1 (N, pixels), lights (N). One block of at most 1024 threads for each cut.
extern "C" __global__ void __launch_bounds__(1024)
    relief_light(const unsigned char* cuts, const unsigned char* masks, int pixels, float offset, float grey_spread,
                 float least_spread, Light* lights) {
    __shared__ float room[WARP];
    const unsigned char* cut = cuts + (size_t)blockIdx.x * pixels * 3;
    const unsigned char* mask = masks + (size_t)blockIdx.x * pixels;
    float sum = 0.0f, count = 0.0f, squares = 0.0f;
    for (int i = threadIdx.x; i < pixels; i += blockDim.x) {
        if (!mask[i]) continue;
        sum += log_light(cut + 3 * i, offset);
        count += 1.0f;
    }
    count = fmaxf(block_sum(count, room), 1.0f);
    const float mean = block_sum(sum, room) / count;
    for (int i = threadIdx.x; i < pixels; i += blockDim.x) {
        if (!mask[i]) continue;
        const float away = log_light(cut + 3 * i, offset) - mean;
        squares += away * away;
    }
    const float spread = fmaxf(sqrtf(block_sum(squares, room) / count), least_spread);
    if (threadIdx.x == 0) lights[blockIdx.x] = {mean, grey_spread / spread};
}

constexpr int RELIEF_TILE = 32, RELIEF_REACH = 3, RELIEF_GREYS = RELIEF_TILE + 2 * RELIEF_REACH;

struct Blur {  // CBlur of image.py
    int centre, one, two, three;  // weights by distance, of 256
};
static_assert(sizeof(Blur) == 16, "see image.py");

__device__ __forceinline__ int blurred(const Blur& blur, const int* middle, int step) {
    return blur.centre * middle[0] + blur.one * (middle[-step] + middle[step]) +
           blur.two * (middle[-2 * step] + middle[2 * step]) + blur.three * (middle[-3 * step] + middle[3 * step]);
}

// reliefs: float (N, 3, height, width). Grid: tiles across, tiles down, cuts; blocks of RELIEF_TILE x 8.
extern "C" __global__ void __launch_bounds__(256)
    carve_reliefs(const unsigned char* cuts, const unsigned char* masks, const Light* lights, int width, int height,
                  float offset, float grey_light, int grey, Blur blur, Normal normal, float* reliefs) {
    __shared__ int greys[RELIEF_GREYS][RELIEF_GREYS], rows[RELIEF_GREYS][RELIEF_TILE];
    const int left = blockIdx.x * RELIEF_TILE, top = blockIdx.y * RELIEF_TILE, threads = blockDim.x * blockDim.y;
    const int thread = threadIdx.y * blockDim.x + threadIdx.x;
    const size_t plane = (size_t)width * height;
    const Light light = lights[blockIdx.z];
    for (int i = thread; i < RELIEF_GREYS * RELIEF_GREYS; i += threads) {
        const int x = mirrored(left + i % RELIEF_GREYS - RELIEF_REACH, width);
        const int y = mirrored(top + i / RELIEF_GREYS - RELIEF_REACH, height);
        const size_t place = plane * blockIdx.z + (size_t)y * width + x;
        const float level = (log_light(cuts + 3 * place, offset) - light.mean) * light.contrast + grey_light;
        greys[i / RELIEF_GREYS][i % RELIEF_GREYS] = masks[place] ? (int)whole_8bit(level) : grey;
    }
    __syncthreads();
    for (int i = thread; i < RELIEF_GREYS * RELIEF_TILE; i += threads)
        rows[i / RELIEF_TILE][i % RELIEF_TILE] =
            blurred(blur, &greys[i / RELIEF_TILE][i % RELIEF_TILE + RELIEF_REACH], 1);
    __syncthreads();
    const int x = left + threadIdx.x;
    for (int row = threadIdx.y; row < RELIEF_TILE; row += blockDim.y) {
        const int y = top + row;
        if (x >= width || y >= height) continue;
        const int level = (blurred(blur, &rows[row + RELIEF_REACH][threadIdx.x], RELIEF_TILE) + 32768) >> 16;
        write_planar(reliefs + 3 * plane * blockIdx.z, plane, (size_t)y * width + x, normal, level, level, level);
    }
}
