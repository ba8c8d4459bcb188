// A frame fitted into the top left of a grey planar tensor, bilinear, as the detector wants it.
#include "normal.cuh"
#include "resize.cuh"

constexpr int LETTERBOX_ROWS = 2;  // of one thread: they share what lies across

template <bool NV12>
__device__ __forceinline__ Rgb between(const Picture& picture, const Taps& across, const Taps& down) {
    Row<NV12> upper(picture, down.first), lower(picture, down.last);
    const Rgb a = upper.at(across.first), b = upper.at(across.last);
    const Rgb c = lower.at(across.first), d = lower.at(across.last);
    const float right = across.tail / across.whole, below = down.tail / down.whole;
    const float wa = (1.0f - right) * (1.0f - below), wb = right * (1.0f - below);
    const float wc = (1.0f - right) * below, wd = right * below;
    return {whole_8bit(wa * a.red + wb * b.red + wc * c.red + wd * d.red),
            whole_8bit(wa * a.green + wb * b.green + wc * c.green + wd * d.green),
            whole_8bit(wa * a.blue + wb * b.blue + wc * c.blue + wd * d.blue)};
}

template <bool NV12>
__device__ __forceinline__ void fill_letterbox(const Picture& picture, const Normal& normal, int width, int height,
                                               int columns, int rows, float grey, float* tensor, int x, int top) {
    const Taps across = linear_taps(min(x, columns - 1), picture.width, columns);
    Rgb colours[LETTERBOX_ROWS];
#pragma unroll
    for (int step = 0; step < LETTERBOX_ROWS; ++step) {
        const int y = min(top + step, rows - 1);
        colours[step] = between<NV12>(picture, across, linear_taps(y, picture.height, rows));
    }
#pragma unroll
    for (int step = 0; step < LETTERBOX_ROWS; ++step) {
        const int y = top + step;
        if (y >= height) return;
        const Rgb colour = x < columns && y < rows ? colours[step] : Rgb{grey, grey, grey};
        write_planar(tensor, (size_t)width * height, (size_t)y * width + x, normal, colour.red, colour.green, colour.blue);
    }
}

// tensor: float (3, height, width); the frame takes columns x rows of it. Grid: columns of the tensor, strips of rows.
extern "C" __global__ void letterbox(Picture picture, Normal normal, int width, int height, int columns, int rows,
                                     float grey, float* tensor) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x;
    const int top = (blockIdx.y * blockDim.y + threadIdx.y) * LETTERBOX_ROWS;
    if (x >= width || top >= height) return;
    if (picture.step == 1) fill_letterbox<true>(picture, normal, width, height, columns, rows, grey, tensor, x, top);
    else fill_letterbox<false>(picture, normal, width, height, columns, rows, grey, tensor, x, top);
}
