// The device language of the kernels on a CPU: every thread of a block is a fiber, so that barriers and shuffles are
// real. Blocks run one after the other. Deadlocks and odd orders are found; races where it is built to look for them,
// see races.py.
#pragma once
#include "cuda_shim_races.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <tuple>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __noinline__
#define __shared__ static
#define __constant__ static
#define __launch_bounds__(...)

struct dim3 {
    unsigned x, y, z;
};
struct int2 { int x, y; };
struct alignas(16) int4 { int x, y, z, w; };
struct alignas(8) uint2 { unsigned x, y; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
struct alignas(8) float2 { float x, y; };
struct float3 { float x, y, z; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(4) uchar4 { unsigned char x, y, z, w; };
inline int2 make_int2(int x, int y) { return {x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float3 make_float3(float x, float y, float z) { return {x, y, z}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline uchar4 make_uchar4(unsigned char x, unsigned char y, unsigned char z, unsigned char w) { return {x, y, z, w}; }

namespace shim {
extern dim3 thread_at, block_at, block_size, grid_size;
void block_barrier();
void warp_barrier(unsigned mask);
void synced_warp(unsigned mask);  // which, unlike a shuffle, orders memory as well
int lane();
unsigned long long& exchange_slot(int lane);  // of this thread's warp
float float_from_half(unsigned short bits);
unsigned short half_from_float(float value);
void multiply_16x8x16(float (&c)[4], const unsigned (&a)[4], const unsigned (&b)[2]);

struct Grid {
    unsigned grid[3], block[3];
};
// Runs `work(argument)` once per thread; 0, or 1 with `complaint` set.
int run(const Grid& grid, void (*work)(const void*), const void* argument, const char** complaint);

template <typename T> UNWATCHED __attribute__((noinline)) T exchanged(T value, int from, unsigned mask) {
    static_assert(sizeof(T) <= 8, "a shuffle moves at most 8 bytes");
    unsigned long long word = 0;
    std::memcpy(&word, &value, sizeof(T));
    exchange_slot(lane()) = word;
    warp_barrier(mask);
    word = exchange_slot(from);
    warp_barrier(mask);
    std::memcpy(&value, &word, sizeof(T));
    return value;
}

template <typename T> T next_argument(const unsigned char* whole, size_t& offset) {
    offset = (offset + alignof(T) - 1) / alignof(T) * alignof(T);
    T value;
    std::memcpy(&value, whole + offset, sizeof(T));
    offset += sizeof(T);
    return value;
}

template <typename... A> constexpr size_t bytes_of() {
    size_t offset = 0;
    ((offset = (offset + alignof(A) - 1) / alignof(A) * alignof(A) + sizeof(A)), ...);
    return offset;
}

// `bound`: threads of the largest block that the kernel is compiled for.
template <typename... A>
int launch(void (*kernel)(A...), unsigned bound, const Grid& grid, const unsigned char* arguments, unsigned size,
           const char** complaint) {
    const unsigned threads = grid.block[0] * grid.block[1] * grid.block[2];
    if (size != bytes_of<A...>()) return *complaint = "the arguments are not as long as the kernel's parameters", 1;
    if (threads > bound) return *complaint = "the block is beyond __launch_bounds__", 1;
    struct Call {
        void (*kernel)(A...);
        std::tuple<A...> arguments;
    };
    size_t offset = 0;
    Call call{kernel, std::tuple<A...>{next_argument<A>(arguments, offset)...}};
    auto work = [](const void* given) {
        const Call& one = *static_cast<const Call*>(given);
        std::apply(one.kernel, one.arguments);
    };
    return run(grid, work, &call, complaint);
}
}  // namespace shim

#define threadIdx (shim::thread_at)
#define blockIdx (shim::block_at)
#define blockDim (shim::block_size)
#define gridDim (shim::grid_size)

inline void __syncthreads() { shim::block_barrier(); }
inline void __syncwarp(unsigned mask = 0xffffffffu) { shim::synced_warp(mask); }
inline void __threadfence() {}
inline void __threadfence_block() {}
template <typename T> T __shfl_sync(unsigned mask, T value, int from, int width = 32) {
    return shim::exchanged(value, (shim::lane() & ~(width - 1)) | (from & (width - 1)), mask);
}
template <typename T> T __shfl_xor_sync(unsigned mask, T value, int reach, int width = 32) {
    const int from = shim::lane() ^ reach;
    return shim::exchanged(value, (from & ~(width - 1)) == (shim::lane() & ~(width - 1)) ? from : shim::lane(), mask);
}
template <typename T> T __shfl_down_sync(unsigned mask, T value, int reach, int width = 32) {
    const int inside = (shim::lane() & (width - 1)) + reach;
    return shim::exchanged(value, inside < width ? shim::lane() + reach : shim::lane(), mask);
}
template <typename T> T __shfl_up_sync(unsigned mask, T value, int reach, int width = 32) {
    const int inside = (shim::lane() & (width - 1)) - reach;
    return shim::exchanged(value, inside >= 0 ? shim::lane() - reach : shim::lane(), mask);
}
inline unsigned __ballot_sync(unsigned mask, int predicate) {
    unsigned word = predicate ? 1u << shim::lane() : 0u;
    for (int reach = 1; reach < 32; reach *= 2) word |= __shfl_xor_sync(mask, word, reach);
    return word;
}
inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }
inline int __all_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) == mask; }

namespace shim {
template <typename T, typename Change> T changed(T* place, Change change) {
    T old, next;
    __atomic_load(place, &old, __ATOMIC_RELAXED);
    do next = change(old);
    while (!__atomic_compare_exchange(place, &old, &next, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return old;
}
}  // namespace shim
template <typename T> T atomicAdd(T* place, T value) {
    return shim::changed(place, [=](T old) { return old + value; });
}
template <typename T> T atomicMin(T* place, T value) {
    return shim::changed(place, [=](T old) { return value < old ? value : old; });
}
template <typename T> T atomicMax(T* place, T value) {
    return shim::changed(place, [=](T old) { return value > old ? value : old; });
}
template <typename T> T atomicCAS(T* place, T wanted, T value) {
    return shim::changed(place, [=](T old) { return old == wanted ? value : old; });
}

inline int __popc(unsigned word) { return __builtin_popcount(word); }
inline int __popcll(unsigned long long word) { return __builtin_popcountll(word); }
inline int __ffs(int word) { return __builtin_ffs(word); }
inline int __clz(int word) { return word ? __builtin_clz((unsigned)word) : 32; }
inline unsigned __float_as_uint(float value) { unsigned word; std::memcpy(&word, &value, 4); return word; }
inline int __float_as_int(float value) { int word; std::memcpy(&word, &value, 4); return word; }
inline float __uint_as_float(unsigned word) { float value; std::memcpy(&value, &word, 4); return value; }
inline float __int_as_float(int word) { float value; std::memcpy(&value, &word, 4); return value; }
template <typename T> T __ldg(const T* place) { return *place; }
template <typename T> T __ldcs(const T* place) { return *place; }
using std::abs;
using std::isfinite;
using std::isnan;
template <typename T> T min(T one, T other) { return other < one ? other : one; }
template <typename T> T max(T one, T other) { return one < other ? other : one; }
inline float rsqrtf(float value) { return 1.0f / std::sqrt(value); }
inline float __fmul_rn(float one, float other) { return one * other; }
inline double __dmul_rn(double one, double other) { return one * other; }
inline float __saturatef(float value) { return value < 0.0f ? 0.0f : value > 1.0f ? 1.0f : value; }
