// Boxes of a network's cells: four edges and a score each in; the few that are people, best first, out.
#include "device.cuh"

struct Sieve {  // CSieve of boxes.py
    double overlap;
    float scale;  // frame pixels per tensor pixel
    float floor;
    float width, height;  // of the frame
    int count;            // cells
};
static_assert(sizeof(Sieve) == 32 && offsetof(Sieve, count) == 24, "see boxes.py");

namespace boxes {
constexpr int MOST = 1024;  // threads of the block, and candidates that are compared
constexpr int FEW = 256;    // rows of the first table
typedef unsigned long long Key;

// Greater for a better score, of equal ones for an earlier row; never 0.
__device__ __forceinline__ Key key_of(float score, int row) {
    const unsigned bits = __float_as_uint(score + 0.0f);  // -0 becomes 0
    const unsigned rank = bits >> 31 ? ~bits : bits | 0x80000000u;
    return (Key)rank << 32 | (0xffffffffu - (unsigned)row);
}

__device__ __forceinline__ int row_of(Key key) { return (int)(0xffffffffu - (unsigned)key); }

// Left, top, right, bottom in the frame.
__device__ __forceinline__ float4 framed(float4 box, const Sieve& sieve) {
    auto inside = [&](float edge, float limit) { return fminf(fmaxf(edge * sieve.scale, 0.0f), limit); };
    return make_float4(inside(box.x, sieve.width), inside(box.y, sieve.height), inside(box.z, sieve.width),
                       inside(box.w, sieve.height));
}

__device__ bool stands(float4 box, float score, const Sieve& sieve) {
    if (!(score >= sieve.floor)) return false;  // nor does what is no number
    if (!isfinite(box.x) || !isfinite(box.y) || !isfinite(box.z) || !isfinite(box.w)) return false;
    const float4 edges = framed(box, sieve);
    return (double)edges.z - edges.x >= 1.0 && (double)edges.w - edges.y >= 1.0;
}

// Not to be fused with the sum that it goes into.
__device__ __forceinline__ double area(float4 box) {
    return __dmul_rn((double)box.z - box.x, (double)box.w - box.y);
}

// Whether two boxes overlap by more than the limit. Double as in the definition, but only for those that are so near it
// that floats, 2^-20 off at the most, cannot tell: a Jetson takes 64 times as long for a double.
__device__ bool clash(float4 one, float4 other, double limit) {
    const float left = fmaxf(one.x, other.x), right = fminf(one.z, other.z);
    const float top = fmaxf(one.y, other.y), bottom = fminf(one.w, other.w);
    if (left >= right || top >= bottom) return false;
    const float part = (right - left) * (bottom - top);
    const float all = (one.z - one.x) * (one.w - one.y) + (other.z - other.x) * (other.w - other.y) - part;
    const float beyond = part - (float)limit * all;
    if (fabsf(beyond) > 1e-5f * all) return beyond > 0.0f;
    const double shared = area(make_float4(left, top, right, bottom));
    return shared / (area(one) + area(other) - shared) > limit;
}

// Bitonic sort (Batcher, "Sorting networks and their applications", 1968), greatest first. `keys` has room for a
// power of two; whole block.
__device__ void sort(Key* keys, int count) {
    const int thread = threadIdx.x;
    int size = 2;
    while (size < count) size *= 2;
    for (int i = count + thread; i < size; i += blockDim.x) keys[i] = 0;
    __syncthreads();
    for (int run = 2; run <= size; run *= 2) {
        for (int reach = run / 2; reach > 0; reach /= 2) {
            const int low = 2 * thread - (thread & (reach - 1)), high = low + reach;
            if (high < size && (keys[low] < keys[high]) == !(low & run)) {
                const Key greater = keys[high];
                keys[high] = keys[low];
                keys[low] = greater;
            }
            __syncthreads();
        }
    }
}

// Keys of the cells that stand, best first; the best MOST where more do. `keys` has room for 2 * MOST; whole block.
__device__ int collect(const float4* boxes, const float* scores, const Sieve& sieve, Key* keys) {
    __shared__ int found;
    if (threadIdx.x == 0) found = 0;
    __syncthreads();
    for (int start = 0; start < sieve.count; start += MOST) {
        const int row = start + threadIdx.x;
        // The order is that of chance until they are sorted.
        if (row < sieve.count && stands(boxes[row], scores[row], sieve))
            keys[atomicAdd(&found, 1)] = key_of(scores[row], row);
        __syncthreads();
        const bool crowded = found > MOST;
        __syncthreads();
        if (crowded) {
            sort(keys, found);
            if (threadIdx.x == 0) found = MOST;
            __syncthreads();
        }
    }
    sort(keys, found);
    return found;
}
}  // namespace boxes

// One block of MOST threads. Tables of 5 columns: `first` has the count in its first place, then FEW rows of edges and
// score; `rest` those after them.
extern "C" __global__ void __launch_bounds__(1024) strongest_boxes(const float4* cells, const float* scores, Sieve sieve,
                                                                   float* first, float* rest) {
    using namespace boxes;
    __shared__ Key keys[2 * MOST];
    __shared__ float4 edges[MOST];
    __shared__ bool alive[MOST];
    const int own = threadIdx.x, count = collect(cells, scores, sieve, keys);
    const int row = own < count ? row_of(keys[own]) : 0;
    if (own < count) edges[own] = framed(cells[row], sieve);
    alive[own] = own < count;
    __syncthreads();
    int kept = 0;
    for (int best = 0; best < count; ++best) {
        if (!alive[best]) continue;  // all threads alike: it was last written before the last barrier
        if (own == best) {
            float* out = kept < FEW ? first + 5 * (1 + kept) : rest + 5 * (kept - FEW);
            out[0] = edges[own].x;
            out[1] = edges[own].y;
            out[2] = edges[own].z;
            out[3] = edges[own].w;
            out[4] = scores[row];
        }
        if (own > best && alive[own]) alive[own] = !clash(edges[best], edges[own], sieve.overlap);
        ++kept;
        __syncthreads();
    }
    if (own == 0) first[0] = (float)kept;
}
