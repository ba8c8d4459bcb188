// Garments cut out of a frame by their masks: where each mask lies, then mask, crop and resize of all in one launch.
#include "resize.cuh"

struct Garment {
    Window span;    // the tight part of its mask, in pixels of the mask
    Window window;  // what lies under it in the frame
};
static_assert(sizeof(Garment) == 32 && sizeof(Window) == 16, "see image.py");

// As `part_of` and `cutout` of runtime/cpu/image.py, each product rounded as there: a fused one would move an edge by a
// pixel. Nothing of a box beyond the frame is left but one grey pixel.
__device__ __forceinline__ Window under(const Picture& picture, float4 box, const Window& span, int width, int height) {
    const float step_x = (box.z - box.x) / width, step_y = (box.w - box.y) / height;
    auto edge = [](int place, float step, float start) { return __fmul_rn((float)place, step) + start; };
    const int left = (int)floorf(edge(span.left, step_x, box.x)), top = (int)floorf(edge(span.top, step_y, box.y));
    const int right = max((int)ceilf(edge(span.left + span.width, step_x, box.x)), left + 1);
    const int bottom = max((int)ceilf(edge(span.top + span.height, step_y, box.y)), top + 1);
    if (left >= picture.width || top >= picture.height || right <= 0 || bottom <= 0) return {-1, -1, 1, 1};
    return {left, top, right - left, bottom - top};
}

// masks: 0 or 1 (K, height, width); boxes (N) lie under masks[rows[N]]. One block of whole warps for each garment.
extern "C" __global__ void __launch_bounds__(1024)
    find_garments(Picture picture, const unsigned char* masks, const int* rows, const float4* boxes, int width,
                  int height, Garment* garments) {
    __shared__ int left, top, right, bottom;  // of the pixels that are on; right and bottom included
    const int thread = threadIdx.x, lane = thread % WARP;
    const unsigned char* mask = masks + (size_t)rows[blockIdx.x] * width * height;
    if (thread == 0) {
        left = width;
        top = height;
        right = bottom = -1;
    }
    __syncthreads();
    int first_x = width, last_x = -1, first_y = height, last_y = -1;
    for (int y = thread / WARP; y < height; y += blockDim.x / WARP) {
        bool any = false;  // no branch in the row: several of its loads are under way at once
#pragma unroll 8
        for (int x = lane; x < width; x += WARP) {
            const bool on = __ldg(mask + (size_t)y * width + x) != 0;
            first_x = min(first_x, on ? x : width);
            last_x = max(last_x, on ? x : -1);
            any |= on;
        }
        first_y = min(first_y, any ? y : height);
        last_y = any ? y : last_y;
    }
    if (last_x >= 0) {
        atomicMin(&left, first_x);
        atomicMin(&top, first_y);
        atomicMax(&right, last_x);
        atomicMax(&bottom, last_y);
    }
    __syncthreads();
    if (thread) return;
    Window span = {left, top, right + 1 - left, bottom + 1 - top};
    if (right < 0) span = {0, 0, width, height};
    garments[blockIdx.x] = {span, under(picture, boxes[blockIdx.x], span, width, height)};
}

// The mask over a window, stretched to the window's size.
struct Silhouette {
    const unsigned char* mask;  // first pixel of the span
    int pitch;
    Window span, window;
    Method method;

    __device__ __forceinline__ Taps down(int y) const { return taps_of(method, y, span.height, window.height); }

    // Whether more than half of the window's pixel at x, in the row with these taps, is covered.
    __device__ __forceinline__ bool covers(int x, const Taps& down) const {
        const Taps across = taps_of(method, x, span.width, window.width);
        float on = 0.0f;
        for (int row = down.first; row <= down.last; ++row) {
            const unsigned char* line = mask + row * pitch;
            float part = 0.0f;
            for (int column = across.first; column <= across.last; ++column)
                if (__ldg(line + column)) part += across.weight(column);
            on += part * down.weight(row);
        }
        return 2.0f * on > across.whole * down.whole;
    }
};

// As sum_row of resize.cuh, of the pixels that the silhouette covers, those beyond the picture as well.
template <bool NV12>
__device__ __forceinline__ Sum sum_covered(const Picture& picture, const Silhouette& silhouette, int y,
                                           const Taps& across, float grey) {
    Sum sum = {0.0f, 0.0f, 0.0f, 0.0f};
    const int line = silhouette.window.top + y;
    const Row<NV12> row(picture, clamped(line, picture.height));
    const Taps down = silhouette.down(y);
    for (int x = across.first; x <= across.last; ++x) {
        if (!silhouette.covers(x, down)) continue;
        const int column = silhouette.window.left + x;
        const bool inside = clamped(line, picture.height) == line && clamped(column, picture.width) == column;
        const float weight = across.weight(x);
        sum.add(weight, inside ? row.at(column) : Rgb{grey, grey, grey});
        sum.weight += weight;
    }
    return sum;
}

template <bool NV12>
__device__ __forceinline__ void fill_cut(const Picture& picture, const Silhouette& silhouette, float3 gains, int width,
                                         int height, float grey, unsigned char* cut, unsigned char* kept) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x;
    if (x >= width) return;
    auto sum_of = [&](int row, const Taps& across) {
        return sum_covered<NV12>(picture, silhouette, row, across, grey);
    };
    auto write = [&](int y, const Sum& sum, float all) {
        const size_t place = (size_t)y * width + x;
        const bool on = 2.0f * sum.weight > all;
        const float part = on ? 1.0f / sum.weight : 0.0f;
        kept[place] = on;
        cut[3 * place] = (unsigned char)whole_8bit(sum.red * gains.x * part);
        cut[3 * place + 1] = (unsigned char)whole_8bit(sum.green * gains.y * part);
        cut[3 * place + 2] = (unsigned char)whole_8bit(sum.blue * gains.z * part);
    };
    stretch_column(silhouette.window, width, height, x, own_strip(height), sum_of, write);
}

// cuts: bytes (N, height, width, 3), kept: 0 or 1 (N, height, width). Grid: columns, strips of rows, garments.
extern "C" __global__ void __launch_bounds__(256, 3)
    cut_garments(Picture picture, const unsigned char* masks, const int* rows, const Garment* garments, int mask_width,
                 int mask_height, float red, float green, float blue, int width, int height, float grey,
                 unsigned char* cuts, unsigned char* kept) {
    const Window span = garments[blockIdx.z].span, window = garments[blockIdx.z].window;
    const unsigned char* mask = masks + (size_t)rows[blockIdx.z] * mask_width * mask_height;
    const Method method = method_of(span.width, span.height, window.width, window.height);
    const Silhouette silhouette = {mask + span.top * mask_width + span.left, mask_width, span, window, method};
    const float3 gains = {red, green, blue};
    const size_t before = (size_t)blockIdx.z * width * height;
    unsigned char *cut = cuts + 3 * before, *own = kept + before;
    if (picture.step == 1) fill_cut<true>(picture, silhouette, gains, width, height, grey, cut, own);
    else fill_cut<false>(picture, silhouette, gains, width, height, grey, cut, own);
}
