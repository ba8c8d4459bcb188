// Colour, light and named colours of masked cuts (cpu/measures.py): one block per view or part of one, no order of
// threads in the result. All read every second row and column, and nothing that the mask hides.
#include "device.cuh"
#include "histogram.cuh"

constexpr int CHROMA_BINS = 13, CHROMA_CELLS = CHROMA_BINS * CHROMA_BINS;
constexpr int LIGHT_CLASSES = 4;
constexpr int PALETTE_PARTS = 4, MOST_NAMES = 64;

struct LightRule {     // CLightRule of measures.py
    float offset;                // added to the light before its logarithm
    float steps[LIGHT_CLASSES];  // logarithms where the classes have their middle
    int least_px;
};
static_assert(sizeof(LightRule) == 24, "see measures.py");

// Every second pixel of one view, in rows from `first` up to `last`: calls see(row, pixel) for those the mask shows.
template <typename See>
__device__ __forceinline__ void see_half(const unsigned char* cuts, const unsigned char* masks, int width, int height,
                                         int view, int first, int last, See see) {
    const int columns = width / 2;
    const size_t start = (size_t)view * width * height;
    for (int i = first * columns + threadIdx.x; i < last * columns; i += blockDim.x) {
        const size_t place = start + (size_t)(i / columns * 2) * width + i % columns * 2;
        if (masks[place]) see(i / columns, cuts + place * 3);
    }
}

extern "C" __global__ void __launch_bounds__(512) measure_colour(
    const unsigned char* cuts, const unsigned char* masks, int width, int height, float offset, const float* spread,
    float* histograms) {
    __shared__ unsigned counts[CHROMA_CELLS];
    __shared__ float shares[CHROMA_CELLS], down[CHROMA_CELLS], room[WARP];
    const int view = blockIdx.x, thread = threadIdx.x;
    for (int i = thread; i < CHROMA_CELLS; i += blockDim.x) counts[i] = 0;
    __syncthreads();
    // So that all pixels in one bin still fit into 32 bits: 2^18 units each at 128x256.
    const float units = fminf(1048576.0f, 2147483648.0f / (float)(width * height / 4));
    see_half(cuts, masks, width, height, view, 0, height / 2, [&](int, const unsigned char* pixel) {
        const float red = pixel[0], green = pixel[1], blue = pixel[2];
        const float light = (red + green + blue) / 3.0f + offset, half_bins = 0.5f * CHROMA_BINS;
        const float red_green = 1.2f * (red - green) / light, yellow_blue = (0.5f * (red + green) - blue) / light;
        count_softly(counts, CHROMA_BINS, (red_green + 1.0f) * half_bins, (yellow_blue + 1.0f) * half_bins, units);
    });
    __syncthreads();
    if (thread < CHROMA_CELLS) shares[thread] = (float)counts[thread] / units;
    __syncthreads();
    if (thread < CHROMA_CELLS) down[thread] = spread_down(shares, spread, CHROMA_BINS, thread);
    __syncthreads();
    const float smooth = thread < CHROMA_CELLS ? spread_across(down, spread, CHROMA_BINS, thread) : 0.0f;
    const float total = fmaxf(block_sum(smooth, room), 1e-9f);
    if (thread < CHROMA_CELLS) histograms[(size_t)view * CHROMA_CELLS + thread] = sqrtf(smooth / total);
}

// Where a logarithm lies between the middles of the classes, 0..LIGHT_CLASSES - 1.
__device__ __forceinline__ float class_of(float light, const LightRule& rule) {
    float place = light < rule.steps[0] ? 0.0f : (float)(LIGHT_CLASSES - 1);
    for (int low = 0; low < LIGHT_CLASSES - 1; ++low)
        if (light >= rule.steps[low] && light < rule.steps[low + 1])
            place = (float)low + (light - rule.steps[low]) / (rule.steps[low + 1] - rule.steps[low]);
    return place;
}

// Block (part, view): parts lie on top of each other.
extern "C" __global__ void __launch_bounds__(512) measure_light(
    const unsigned char* cuts, const unsigned char* masks, int width, int height, LightRule rule, float* classes) {
    __shared__ float room[WARP];
    const int part = blockIdx.x, parts = gridDim.x, rows = height / 2 / parts;
    float sums[LIGHT_CLASSES] = {}, seen = 0.0f;
    see_half(cuts, masks, width, height, blockIdx.y, part * rows, (part + 1) * rows,
             [&](int, const unsigned char* pixel) {
        const float place = class_of(logf((float)(pixel[0] + pixel[1] + pixel[2]) / 3.0f + rule.offset), rule);
        for (int one = 0; one < LIGHT_CLASSES; ++one) sums[one] += fmaxf(0.0f, 1.0f - fabsf(place - (float)one));
        seen += 1.0f;
    });
    const float count = block_sum(seen, room);
    for (int one = 0; one < LIGHT_CLASSES; ++one) {
        const float sum = block_sum(sums[one], room);
        const float share = count >= (float)rule.least_px ? sqrtf(sum / (count * (float)parts)) : 0.0f;
        if (threadIdx.x == 0) classes[((size_t)blockIdx.y * parts + part) * LIGHT_CLASSES + one] = share;
    }
}

// `names` holds the number of each colour's name, by the upper five bits of R, G, B; `count` names, at most MOST_NAMES.
extern "C" __global__ void __launch_bounds__(512) measure_palette(
    const unsigned char* cuts, const unsigned char* masks, int width, int height, const unsigned char* names, int count,
    float* shares) {
    __shared__ unsigned counts[PALETTE_PARTS * MOST_NAMES];
    __shared__ float room[WARP];
    const int view = blockIdx.x, rows = height / 2, bins = PALETTE_PARTS * count;
    for (int i = threadIdx.x; i < bins; i += blockDim.x) counts[i] = 0;
    __syncthreads();
    float seen = 0.0f;
    see_half(cuts, masks, width, height, view, 0, rows, [&](int row, const unsigned char* pixel) {
        const int name = names[(pixel[0] >> 3) << 10 | (pixel[1] >> 3) << 5 | pixel[2] >> 3];
        atomicAdd(&counts[row / (rows / PALETTE_PARTS) * count + name], 1u);
        seen += 1.0f;
    });
    const float total = fmaxf(1.0f, block_sum(seen, room));
    for (int i = threadIdx.x; i < bins; i += blockDim.x)
        shares[(size_t)view * bins + i] = sqrtf((float)counts[i] / total);
}
