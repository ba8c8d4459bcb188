// OpenCV's ways to resize: a place of the result in, the source pixels that make it and their weights out.
#pragma once
#include "device.cuh"
#include "picture.cuh"

enum Method { LINEAR, AREA, MIXED };

// INTER_AREA as soon as one direction shrinks, as `stretch` of runtime/cpu/image.py has it; where the other one grows
// OpenCV takes two pixels a direction for it.
__device__ __forceinline__ Method method_of(int from_width, int from_height, int to_width, int to_height) {
    if (from_width <= to_width && from_height <= to_height) return LINEAR;
    return from_width >= to_width && from_height >= to_height ? AREA : MIXED;
}

// Source pixels first..last of one direction: the first weighs `head`, the last `tail`, those between `body` each; a
// single one weighs `head`. All are whole numbers, exact in any sum below 2^24, so that ties are ties on every machine.
struct Taps {
    int first, last;
    float head, body, tail, whole;

    __device__ __forceinline__ float weight(int pixel) const {
        return pixel == first ? head : pixel == last ? tail : body;
    }
};

// `share` of `whole` for the pixel after `first`; beyond the border the last pixel repeats.
__device__ __forceinline__ Taps two_taps(int first, int share, int whole, int from) {
    if (first < 0 || first >= from - 1 || share == 0) {
        const int only = min(max(first, 0), from - 1);
        return {only, only, (float)whole, 0.0f, 0.0f, (float)whole};
    }
    return {first, first + 1, (float)(whole - share), 0.0f, (float)share, (float)whole};
}

// Where the centre of a place lies in the source: between a pixel, -1 at the border, and the next.
struct Between {
    int before, share, whole;  // `share` of `whole` for the next
};

__device__ __forceinline__ Between between(int place, int from, int to) {
    const int twice = (2 * place + 1) * from - to;  // in the source, times 2 * to; not below -to
    const int before = (twice + 2 * to) / (2 * to) - 1;
    return {before, twice - before * 2 * to, 2 * to};
}

__device__ __forceinline__ Taps linear_taps(int place, int from, int to) {
    const Between centre = between(place, from, to);
    return two_taps(centre.before, centre.share, centre.whole, from);
}

// Each pixel by how much of it the place covers, in a grid that divides each into `to`.
__device__ __forceinline__ Taps area_taps(int place, int from, int to) {
    const int start = place * from, end = start + from;
    const int first = start / to, last = (end - 1) / to;
    const int head = min((first + 1) * to, end) - start;
    return {first, last, (float)head, (float)to, (float)(end - last * to), (float)from};
}

// OpenCV's INTER_AREA where the other direction shrinks or grows. It divides in double precision and takes the pixel
// before where a whole quotient comes out short; so do we.
__device__ __forceinline__ Taps mixed_taps(int place, int from, int to) {
    const int first = place * from / to;
    const bool whole = first > 0 && first * to == place * from;
    const bool short_of = whole && place * (1.0 / ((double)to / from)) < first;
    if (short_of) return two_taps(first - 1, 0, from, from);
    return two_taps(first, max((place + 1) * from - (first + 1) * to, 0), from, from);
}

__device__ __forceinline__ Taps taps_of(Method method, int place, int from, int to) {
    if (method == LINEAR) return linear_taps(place, from, to);
    return method == AREA ? area_taps(place, from, to) : mixed_taps(place, from, to);
}

__device__ __forceinline__ int clamped(int place, int length) { return min(max(place, 0), length - 1); }

// A part of the frame in whole pixels; it may reach beyond, where everything is grey.
struct Window {
    int left, top, width, height;
};

// Weighted sums over pixels, and of their weights.
struct Sum {
    float red, green, blue, weight;

    template <typename Colour> __device__ __forceinline__ void add(float share, const Colour& pixel) {
        red += share * pixel.red;
        green += share * pixel.green;
        blue += share * pixel.blue;
    }
};

// What a column of the result takes of row y of a window: of the pixels inside the picture alone, so that no pixel is
// asked whether it is; the rest of `across.whole` is grey.
template <bool NV12>
__device__ __forceinline__ Sum sum_row(const Picture& picture, const Window& window, int y, const Taps& across) {
    Sum sum = {0.0f, 0.0f, 0.0f, 0.0f};
    if (window.top + y < 0 || window.top + y >= picture.height) return sum;
    const Row<NV12> row(picture, window.top + y);
    const int last = min(across.last, picture.width - 1 - window.left);
    for (int x = max(across.first, -window.left); x <= last; ++x) {
        const float weight = across.weight(x);
        sum.add(weight, row.at(window.left + x));
        sum.weight += weight;
    }
    return sum;
}

constexpr int STRIP = 4;  // rows of a result that one thread makes (STRIP of image.py)

struct Strip {
    int top, bottom;  // bottom is the first row of the next
};

// The strip of this thread in a result of `height`; nothing where there are no rows left.
__device__ __forceinline__ Strip own_strip(int height) {
    const int top = (blockIdx.y * blockDim.y + threadIdx.y) * STRIP;
    return {top, min(top + STRIP, height)};
}

// Column x of a window stretched to width x height: for each row of a strip write(y, sum, weight of all its pixels),
// from sum_of(row of the window, taps across). A row that two rows of the result share is summed once.
template <typename SumOf, typename Write>
__device__ __forceinline__ void stretch_column(const Window& window, int width, int height, int x, Strip strip,
                                               SumOf sum_of, Write write) {
    const Method method = method_of(window.width, window.height, width, height);
    const Taps across = taps_of(method, x, window.width, width);
    Sum held = {0.0f, 0.0f, 0.0f, 0.0f};
    int held_row = -1;
    for (int y = strip.top; y < strip.bottom; ++y) {
        const Taps down = taps_of(method, y, window.height, height);
        Sum sum = {0.0f, 0.0f, 0.0f, 0.0f};
        for (int row = down.first; row <= down.last; ++row) {
            if (row != held_row) held = sum_of(row, across);
            held_row = row;
            const float weight = down.weight(row);
            sum.add(weight, held);
            sum.weight += weight * held.weight;
        }
        write(y, sum, across.whole * down.whole);
    }
}
