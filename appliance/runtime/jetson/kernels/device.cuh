// What every kernel may use: CUDA itself, or on a computer without a GPU the shim of the tests.
#pragma once
#ifdef BOOTH_SHIM
#include "cuda_shim.h"
#else
#include <cuda_fp16.h>
#include <cstddef>
#include <cstdint>
#endif

constexpr int WARP = 32;
constexpr unsigned ALL_LANES = 0xffffffffu;

__device__ __forceinline__ float half_to_float(unsigned short bits) {
#ifdef BOOTH_SHIM
    return shim::float_from_half(bits);
#else
    return __half2float(__ushort_as_half(bits));
#endif
}

// Rounded to the nearest, ties to even.
__device__ __forceinline__ unsigned short half_from_float(float value) {
#ifdef BOOTH_SHIM
    return shim::half_from_float(value);
#else
    return __half_as_ushort(__float2half_rn(value));
#endif
}

// A figure that other threads may change at the same time: asked afresh, never half of it.
__device__ __forceinline__ int peek(const int* place) {
#ifdef BOOTH_SHIM
    return __atomic_load_n(place, __ATOMIC_RELAXED);
#else
    return *(const volatile int*)place;
#endif
}

// Changed while other threads may look.
__device__ __forceinline__ void poke(int* place, int value) {
#ifdef BOOTH_SHIM
    __atomic_store_n(place, value, __ATOMIC_RELAXED);
#else
    *(volatile int*)place = value;
#endif
}

// Sum over the lanes of a warp, in each of them.
__device__ __forceinline__ float warp_sum(float value) {
    for (int reach = WARP / 2; reach > 0; reach >>= 1) value += __shfl_xor_sync(ALL_LANES, value, reach);
    return value;
}

// Sum over a block of whole warps, in each of its threads; `room` is shared memory for one float per warp.
__device__ __forceinline__ float block_sum(float value, float* room) {
    const int thread = threadIdx.x, warps = (blockDim.x + WARP - 1) / WARP;
    value = warp_sum(value);
    __syncthreads();
    if (thread % WARP == 0) room[thread / WARP] = value;
    __syncthreads();
    value = 0.0f;
    for (int warp = 0; warp < warps; ++warp) value += room[warp];
    return value;
}
