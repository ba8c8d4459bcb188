// What the kernels of the distance search share: the search, keys that sort by score and row, ranks within a block.
#pragma once
#include "device.cuh"

namespace neighbours {
using Key = unsigned long long;  // score in the upper word, number of the row in the lower: ties go to the first row

constexpr int THREADS = 256, WARPS = THREADS / WARP;
constexpr int SPARE = 32;  // rows beyond k that are measured: the rough order rounds a query to halves
constexpr int ROOM = 2 * THREADS;
constexpr Key FARTHEST = ~0ull;

struct Search {  // CSearch of neighbours.py
    const unsigned short* bank;  // (places, length), halves
    const float* squares;        // (places), squared length of each row; infinite for padding
    const float* queries;        // (count, length), then (count) gains: a query is its figures times its gain
    float* scores;               // (count, sampled), of the first rows
    Key* bounds;                 // (count), of candidates: the key of at least the best k + SPARE rows is not greater
    Key* candidates;             // (count, capacity)
    int* counts;                 // (count), of candidates, those that found no room included
    int* answers;                // (count, 2 k + 1): distances as floats, numbers of rows, count of candidates
    int rows, shift, width;      // of the bank; see number_at
    int length, count, k, sampled, capacity;
};
static_assert(sizeof(Search) == 96 && offsetof(Search, rows) == 64, "see neighbours.py");

// Rows lie dealt out like cards, so that the first ones are a sample of all: the row that lies at a place, and back.
__device__ __forceinline__ int number_at(const Search& search, int place) {
    return (place & ((1 << search.shift) - 1)) * search.width + (place >> search.shift);
}
__device__ __forceinline__ int place_of(const Search& search, int number) {
    return (number % search.width << search.shift) + number / search.width;
}

// Floats as words of the same order.
__device__ __forceinline__ unsigned ordered(float value) {
    const unsigned bits = __float_as_uint(value);
    return bits >> 31 ? ~bits : bits | 0x80000000u;
}
__device__ __forceinline__ float unordered(unsigned word) {
    return __uint_as_float(word >> 31 ? word ^ 0x80000000u : ~word);
}
__device__ __forceinline__ Key key_of(float score, unsigned number) { return (Key)ordered(score) << 32 | number; }

__device__ __forceinline__ void append(const Search& search, int query, float score, int place) {
    const Key key = key_of(score, number_at(search, place));
    if (key > search.bounds[query]) return;
    const int slot = atomicAdd(search.counts + query, 1);
    if (slot < search.capacity) search.candidates[(size_t)query * search.capacity + slot] = key;
}

// How many keys come before the one at `index` of `keys`, equal ones in the order of their index.
__device__ __forceinline__ int rank_of(const Key* keys, int count, int index) {
    const Key own = keys[index];
    int before = 0;
    for (int i = 0; i < count; ++i) before += keys[i] < own || (keys[i] == own && i < index);
    return before;
}

// The key of a rank, from 0, among one key per thread; `room` is shared memory for THREADS keys and one more.
__device__ __forceinline__ Key ranked(Key own, int rank, Key* room) {
    __syncthreads();
    room[threadIdx.x] = own;
    __syncthreads();
    if (rank_of(room, THREADS, threadIdx.x) == rank) room[THREADS] = own;
    __syncthreads();
    return room[THREADS];
}

// Sorts up to ROOM different keys of shared memory and forgets all but the first `most`; returns how many are left.
__device__ __forceinline__ int prune(Key* keys, int count, int most) {
    __syncthreads();
    Key own[ROOM / THREADS];
    int rank[ROOM / THREADS];
#pragma unroll
    for (int turn = 0; turn < ROOM / THREADS; ++turn) {
        const int index = turn * THREADS + threadIdx.x;
        rank[turn] = index < count ? rank_of(keys, count, index) : ROOM;
        own[turn] = index < count ? keys[index] : FARTHEST;
    }
    __syncthreads();
#pragma unroll
    for (int turn = 0; turn < ROOM / THREADS; ++turn)
        if (rank[turn] < most) keys[rank[turn]] = own[turn];
    __syncthreads();
    return min(count, most);
}
}  // namespace neighbours
