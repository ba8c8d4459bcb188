// Means of a network's features over masks: features and masks in, one figure per view and channel out.
#include "device.cuh"

constexpr int POOL_CELLS = 1024, POOL_CHANNELS = 256;  // most cells of a feature map; channels of one block

// Features (N, channels, rows, columns) over masks of rows * tall by columns * wide pixels. Block (channels, view).
extern "C" __global__ void __launch_bounds__(256) pool_features(
    const float* features, const unsigned char* masks, int channels, int rows, int columns, int tall, int wide,
    float* means) {
    __shared__ float shares[POOL_CELLS];
    const int cells = rows * columns, area = tall * wide, view = blockIdx.y;
    const int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, warps = blockDim.x / WARP;
    const unsigned char* mask = masks + (size_t)view * cells * area;
    for (int cell = warp; cell < cells; cell += warps) {
        const unsigned char* corner = mask + (size_t)(cell / columns * tall) * columns * wide + cell % columns * wide;
        int seen = 0;
        for (int i = lane; i < area; i += WARP) seen += corner[(size_t)(i / wide) * columns * wide + i % wide] != 0;
        const float share = warp_sum((float)seen) / (float)area;
        if (lane == 0) shares[cell] = share;
    }
    __syncthreads();
    float total = 0.0f;
    for (int cell = lane; cell < cells; cell += WARP) total += shares[cell];
    total = fmaxf(warp_sum(total), 1e-6f);
    const int first = blockIdx.x * POOL_CHANNELS, last = min(first + POOL_CHANNELS, channels);
    for (int channel = first + warp; channel < last; channel += warps) {
        const float* map = features + ((size_t)view * channels + channel) * cells;
        float sum = 0.0f;
        for (int cell = lane; cell < cells; cell += WARP) sum += map[cell] * shares[cell];
        sum = warp_sum(sum);
        if (lane == 0) means[(size_t)view * channels + channel] = sum / total;
    }
}
