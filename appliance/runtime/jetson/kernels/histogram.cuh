// Histograms whose bins share what lies between them, counted in whole units: the sum hangs on no order of threads.
#pragma once
#include "device.cuh"

// Two bins between whose middles a point lies, and its share in the higher one.
struct Sides {
    int low, high;
    float share;
};

__device__ __forceinline__ Sides sides_of(float place, int bins) {
    const float low = floorf(place - 0.5f);
    const int bin = (int)low;
    return {min(max(bin, 0), bins - 1), min(max(bin + 1, 0), bins - 1), place - 0.5f - low};
}

// Adds `units` in all to up to four of bins * bins counts in shared memory; first and second in units of bins.
__device__ __forceinline__ void count_softly(unsigned* counts, int bins, float first, float second, float units) {
    const Sides row = sides_of(first, bins), column = sides_of(second, bins);
    const float high = row.share * units, low = units - high;
    auto add = [&](int one, int other, float weight) {
        const unsigned whole = (unsigned)(weight + 0.5f);
        if (whole) atomicAdd(&counts[one * bins + other], whole);
    };
    add(row.low, column.low, low * (1.0f - column.share));
    add(row.low, column.high, low * column.share);
    add(row.high, column.low, high * (1.0f - column.share));
    add(row.high, column.high, high * column.share);
}

// Place `i` of the product transposed(spread) * counts, and of counts * spread; all are bins * bins.
__device__ __forceinline__ float spread_down(const float* counts, const float* spread, int bins, int i) {
    float sum = 0.0f;
    for (int k = 0; k < bins; ++k) sum += spread[k * bins + i / bins] * counts[k * bins + i % bins];
    return sum;
}

__device__ __forceinline__ float spread_across(const float* counts, const float* spread, int bins, int i) {
    float sum = 0.0f;
    for (int k = 0; k < bins; ++k) sum += counts[i / bins * bins + k] * spread[k * bins + i % bins];
    return sum;
}
