// Nearest rows of a bank: queries in, the k least distances and their rows out, the bank read once.
//
// The tensor cores score the first rows, |b|^2 - 2 b q with q rounded to halves; from their scores comes a bound below
// which the best must lie; the other rows are scored against that bound and the few below it kept as candidates; the
// best candidates are measured with the whole query and sorted. The order within a product does not matter, so each
// lane loads 16 bytes of a row in one go and takes them as terms of two multiplications, of query and row alike.
#include "mma.cuh"
#include "neighbours.cuh"

namespace neighbours {
constexpr int TILE_ROWS = 16, TILE_QUERIES = 8, CHUNK = 32;  // of a multiplication; figures that a warp loads at a time
constexpr int HELD = 64 * 256;                               // figures of queries that a block holds, as halves
constexpr int AHEAD = 4;                                     // chunks that are under way while others are multiplied
constexpr int BATCH = 8;                                     // scores that a thread loads before it looks at them
constexpr int TEAM = 8;                                      // lanes that measure a row together

__device__ __forceinline__ uint4 nothing() { return make_uint4(0u, 0u, 0u, 0u); }

// Queries as halves, in the order in which lanes take them: [tile][chunk][lane][8].
template <int TILES>
__device__ __forceinline__ void hold_queries(const Search& search, unsigned short* held) {
    const int lane = threadIdx.x % WARP, chunks = search.length / CHUNK;
    for (int query = threadIdx.x / WARP; query < TILES * TILE_QUERIES; query += WARPS) {
        const int tile = query / TILE_QUERIES, column = query % TILE_QUERIES;
        const float* figures = search.queries + (size_t)query * search.length + lane;
        for (int chunk = 0; chunk < chunks; ++chunk) {
            const float figure = query < search.count ? figures[chunk * CHUNK] : 0.0f;
            held[(tile * chunks + chunk) * WARP * 8 + column * CHUNK + lane] = half_from_float(figure);
        }
    }
}

// 32 terms of 16 rows by all queries: a lane's halves of two rows against its halves of each tile's query.
template <int TILES>
__device__ __forceinline__ void multiply(float (&sums)[TILES][4], uint4 upper, uint4 lower, const uint4* held,
                                         int stride) {
    const unsigned first[4] = {upper.x, lower.x, upper.y, lower.y}, second[4] = {upper.z, lower.z, upper.w, lower.w};
#pragma unroll
    for (int tile = 0; tile < TILES; ++tile) {
        const uint4 query = held[tile * stride];
        const unsigned front[2] = {query.x, query.y}, back[2] = {query.z, query.w};
        multiply_16x8x16(sums[tile], first, front);
        multiply_16x8x16(sums[tile], second, back);
    }
}

// Products of 16 rows, beginning at `top`, with all queries.
template <int TILES>
__device__ __forceinline__ void multiply_rows(const Search& search, float (&sums)[TILES][4], const uint4* held, int top,
                                              int end) {
    const int lane = threadIdx.x % WARP, group = lane / 4, chunks = search.length / CHUNK;
    const uint4* bank = (const uint4*)search.bank + lane % 4;
    const uint4* upper = bank + (size_t)min(top + group, end - 1) * (search.length / 8);
    const uint4* lower = bank + (size_t)min(top + group + 8, end - 1) * (search.length / 8);
    for (int chunk = 0; chunk < chunks; chunk += AHEAD) {
        uint4 above[AHEAD], below[AHEAD];
#pragma unroll
        for (int i = 0; i < AHEAD; ++i) {
            above[i] = chunk + i < chunks ? __ldcs(upper + 4 * (chunk + i)) : nothing();
            below[i] = chunk + i < chunks ? __ldcs(lower + 4 * (chunk + i)) : nothing();
        }
#pragma unroll
        for (int i = 0; i < AHEAD; ++i)
            if (chunk + i < chunks)
                multiply<TILES>(sums, above[i], below[i], held + (chunk + i) * WARP + lane, chunks * WARP);
    }
}

// Scores the rows from `first` to `end`: all of them written down when `sampling`, else those within the bounds kept.
template <int TILES>
__device__ __forceinline__ void stream(const Search& search, int first, int end, int sampling) {
    __shared__ uint4 held[HELD / 8];
    __shared__ float factors[TILES * TILE_QUERIES], limits[TILES * TILE_QUERIES];
    hold_queries<TILES>(search, (unsigned short*)held);
    const int thread = threadIdx.x, group = thread % WARP / 4, column = thread % 4 * 2;
    if (thread < TILES * TILE_QUERIES) {
        const bool asked = thread < search.count;
        factors[thread] = asked ? -2.0f * search.queries[(size_t)search.count * search.length + thread] : 0.0f;
        // fminf takes the number of the two: no bound at all reads as not-a-number.
        limits[thread] = asked && !sampling ? fminf(unordered(search.bounds[thread] >> 32), INFINITY) : -INFINITY;
    }
    __syncthreads();
    const int stride = gridDim.x * WARPS * TILE_ROWS;
    for (int top = first + (blockIdx.x * WARPS + thread / WARP) * TILE_ROWS; top < end; top += stride) {
        __syncwarp();  // some lanes may still be at a candidate of the rows before; tensor cores want them all
        float sums[TILES][4] = {};
        const int upper = top + group, lower = upper + 8;
        const float squares[2] = {search.squares[min(upper, end - 1)], search.squares[min(lower, end - 1)]};
        multiply_rows<TILES>(search, sums, held, top, end);
#pragma unroll
        for (int part = 0; part < TILES * 4; ++part) {
            const int query = part / 4 * TILE_QUERIES + column + part % 2, place = part % 4 < 2 ? upper : lower;
            const float score = fmaf(sums[part / 4][part % 4], factors[query], squares[part % 4 / 2]);
            if (sampling) {
                if (query < search.count && place < end) search.scores[(size_t)query * search.sampled + place] = score;
            } else if (score <= limits[query] && place < end) {
                append(search, query, score, place);
            }
        }
    }
}

// Squared distance of two figures of a row, halves times a share, and two of a query.
__device__ __forceinline__ float apart(unsigned halves, float share, float even, float odd) {
    const float one = fmaf(half_to_float(halves & 0xffffu), share, -even);
    const float other = fmaf(half_to_float(halves >> 16), share, -odd);
    return one * one + other * other;
}

// Squared distance of a row and a query in units of the query's gain, in each lane of a team.
__device__ __forceinline__ float measure(const Search& search, int place, const float* query, float share) {
    const unsigned short* row = search.bank + (size_t)place * search.length;
    float sum = 0.0f;
#pragma unroll 4
    for (int start = threadIdx.x % TEAM * 8; start < search.length; start += TEAM * 8) {
        const uint4 halves = *(const uint4*)(row + start);
        const float4 front = *(const float4*)(query + start), back = *(const float4*)(query + start + 4);
        sum += apart(halves.x, share, front.x, front.y) + apart(halves.y, share, front.z, front.w) +
               apart(halves.z, share, back.x, back.y) + apart(halves.w, share, back.z, back.w);
    }
#pragma unroll
    for (int reach = TEAM / 2; reach > 0; reach >>= 1) sum += __shfl_xor_sync(ALL_LANES, sum, reach);
    return sum;
}
}  // namespace neighbours

// One entry per class of queries: 8, 16, 32, 64.
extern "C" __global__ void __launch_bounds__(256, 4)
    neighbours_stream_1(neighbours::Search search, int first, int end, int sampling) {
    neighbours::stream<1>(search, first, end, sampling);
}
extern "C" __global__ void __launch_bounds__(256, 3)
    neighbours_stream_2(neighbours::Search search, int first, int end, int sampling) {
    neighbours::stream<2>(search, first, end, sampling);
}
extern "C" __global__ void __launch_bounds__(256, 3)
    neighbours_stream_4(neighbours::Search search, int first, int end, int sampling) {
    neighbours::stream<4>(search, first, end, sampling);
}
extern "C" __global__ void __launch_bounds__(256, 2)
    neighbours_stream_8(neighbours::Search search, int first, int end, int sampling) {
    neighbours::stream<8>(search, first, end, sampling);
}

// Bounds from the scores of the first rows, and the candidates among these; one block per query. Of the best that each
// thread sees, the one of rank k + SPARE - 1: so many keys at least are not greater.
extern "C" __global__ void __launch_bounds__(256) neighbours_bound(neighbours::Search search) {
    using namespace neighbours;
    __shared__ Key room[THREADS + 1];
    const int query = blockIdx.x;
    const float* scores = search.scores + (size_t)query * search.sampled;
    unsigned least = ~0u;
#pragma unroll 8
    for (int i = threadIdx.x; i < search.sampled; i += THREADS) least = min(least, ordered(scores[i]));
    // All rows of that score are within: which of them come first is known later.
    const Key bound = ranked((Key)least << 32 | 0xffffffffu, search.k + SPARE - 1, room);
    if (threadIdx.x == 0) {
        search.bounds[query] = bound;
        search.counts[query] = 0;
    }
    __syncthreads();
    for (int start = threadIdx.x; start < search.sampled; start += BATCH * THREADS) {
        float batch[BATCH];
#pragma unroll
        for (int i = 0; i < BATCH; ++i) batch[i] = scores[min(start + i * THREADS, search.sampled - 1)];
#pragma unroll
        for (int i = 0; i < BATCH; ++i) {
            const int place = start + i * THREADS;
            if (place < search.sampled && ordered(batch[i]) <= bound >> 32) append(search, query, batch[i], place);
        }
    }
}

// The answer from the candidates, one block per query; and a bound to search with again where they were too many.
extern "C" __global__ void __launch_bounds__(256, 4) neighbours_settle(neighbours::Search search) {
    using namespace neighbours;
    __shared__ Key keys[ROOM + 1];
    __shared__ int held;
    const int query = blockIdx.x, thread = threadIdx.x, kept = search.k + SPARE;
    const int found = search.counts[query], stored = min(found, search.capacity);
    const Key* candidates = search.candidates + (size_t)query * search.capacity;
    Key own = FARTHEST;
#pragma unroll 8
    for (int i = thread; i < stored; i += THREADS) own = min(own, candidates[i]);
    Key bound = ranked(own, kept - 1, keys);
    if (thread == 0) held = 0;
    for (int start = 0; start < stored; start += THREADS) {
        __syncthreads();
        const Key key = start + thread < stored ? candidates[start + thread] : FARTHEST;
        if (key <= bound && key != FARTHEST) keys[atomicAdd(&held, 1)] = key;
        __syncthreads();
        const int count = held;
        if (count <= ROOM - THREADS) continue;
        const int left = prune(keys, count, kept);
        bound = keys[left - 1];
        if (thread == 0) held = left;
    }
    __syncthreads();
    const int count = prune(keys, held, kept);
    if (thread == 0) {
        search.bounds[query] = count == kept ? keys[kept - 1] : FARTHEST;
        search.counts[query] = 0;
    }
    const float* figures = search.queries + (size_t)query * search.length;
    const float gain = search.queries[(size_t)search.count * search.length + query];
    Key* measured = keys + THREADS;
    for (int start = 0; start < count; start += THREADS / TEAM) {
        const int i = start + thread / TEAM, number = i < count ? (int)(unsigned)keys[i] : search.rows;
        const bool real = number < search.rows;  // not padding
        const float square = measure(search, real ? place_of(search, number) : 0, figures, 1.0f / gain);
        if (i < count && thread % TEAM == 0) measured[i] = real ? key_of(square, number) : FARTHEST;
    }
    __syncthreads();
    int* answer = search.answers + (size_t)query * (2 * search.k + 1);
    if (thread == 0) answer[2 * search.k] = found;
    const int rank = thread < count ? rank_of(measured, count, thread) : search.k;
    if (rank >= search.k) return;
    answer[rank] = __float_as_int(gain * sqrtf(unordered(measured[thread] >> 32)));
    answer[search.k + rank] = (int)(unsigned)measured[thread];
}
