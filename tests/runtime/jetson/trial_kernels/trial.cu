// Kernels that only try the shim: barriers, shuffles, tensor cores, half precision, faults.
#include "device.cuh"
#include "mma.cuh"
#include "picture.cuh"

extern "C" __global__ void trial_sum(const float* values, float* total, int count) {
    __shared__ float room[32];
    float part = 0.0f;
    for (int i = threadIdx.x; i < count; i += blockDim.x) part += values[i];
    part = block_sum(part, room);
    if (threadIdx.x == 0) *total = part;
}

extern "C" __global__ void trial_reverse(int* values, int count) {
    __shared__ int room[1024];
    const int i = threadIdx.x;
    if (i < count) room[i] = values[i];
    __syncthreads();
    if (i < count) values[i] = room[count - 1 - i];
}

extern "C" __global__ void trial_halves(const float* values, unsigned short* halves, float* back, int count) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    halves[i] = half_from_float(values[i]);
    back[i] = half_to_float(halves[i]);
}

extern "C" __global__ void trial_product(const unsigned short* a, const unsigned short* b, float* c) {
    const int group = threadIdx.x / 4, place = threadIdx.x % 4;
    auto pair = [](const unsigned short* halves) { return halves[0] | (unsigned)halves[1] << 16; };
    const unsigned rows[4] = {pair(a + group * 16 + 2 * place), pair(a + (group + 8) * 16 + 2 * place),
                              pair(a + group * 16 + 2 * place + 8), pair(a + (group + 8) * 16 + 2 * place + 8)};
    const unsigned columns[2] = {pair(b + group * 16 + 2 * place), pair(b + group * 16 + 2 * place + 8)};
    float sums[4] = {0.0f, 0.0f, 0.0f, 0.0f};
    multiply_16x8x16(sums, rows, columns);
    for (int part = 0; part < 4; ++part) c[(group + part / 2 * 8) * 8 + 2 * place + part % 2] = sums[part];
}

extern "C" __global__ void trial_picture(Picture picture, int unused, unsigned char* rgb) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y;
    if (x >= picture.width || unused != 7) return;
    const Rgb pixel = read_rgb(picture, x, y);
    unsigned char* out = rgb + ((size_t)y * picture.width + x) * 3;
    out[0] = (unsigned char)pixel.red;
    out[1] = (unsigned char)pixel.green;
    out[2] = (unsigned char)pixel.blue;
}

extern "C" __global__ void trial_deadlock() {
    if (threadIdx.x % 2) __syncthreads();
    else __syncwarp();
}

extern "C" __global__ void trial_last(int* value) { *value = threadIdx.x; }

extern "C" __global__ void trial_stray(int* values, int place) { values[place] = 1; }

extern "C" __global__ void trial_late_barrier() {
    if (threadIdx.x == 0) return;
    __syncthreads();
}

extern "C" __global__ void trial_vote() { __any_sync(ALL_LANES, threadIdx.x == 0); }

extern "C" __global__ void __launch_bounds__(64) trial_small_blocks() {}

// As trial_reverse without its barrier.
extern "C" __global__ void trial_race(int* values, int count) {
    __shared__ int room[1024];
    const int i = threadIdx.x;
    if (i < count) room[i] = values[i];
    if (i < count) values[i] = room[count - 1 - i];
}

extern "C" __global__ void trial_race_of_blocks(int* values, int count) {
    if (threadIdx.x == blockIdx.x) values[count - 1] = blockIdx.x;
}
