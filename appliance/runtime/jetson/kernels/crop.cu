// Boxes of a frame stretched into planar tensors, all in one launch.
#include "normal.cuh"
#include "resize.cuh"

template <bool NV12>
__device__ __forceinline__ void fill_crop(const Picture& picture, const Window& window, const Normal& normal, int width,
                                          int height, float grey, float* crop) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x;
    if (x >= width) return;
    auto sum_of = [&](int row, const Taps& across) { return sum_row<NV12>(picture, window, row, across); };
    auto write = [&](int y, const Sum& sum, float all) {
        const float behind = grey * (all - sum.weight), part = 1.0f / all;
        write_planar(crop, (size_t)width * height, (size_t)y * width + x, normal, whole((sum.red + behind) * part),
                     whole((sum.green + behind) * part), whole((sum.blue + behind) * part));
    };
    stretch_column(window, width, height, x, own_strip(height), sum_of, write);
}

// windows (N), crops: float (N, 3, height, width). Grid: columns, strips of rows, boxes.
extern "C" __global__ void __launch_bounds__(256, 4)
    crop(Picture picture, const Window* windows, Normal normal, int width, int height, float grey, float* crops) {
    const Window window = windows[blockIdx.z];
    float* own = crops + (size_t)3 * width * height * blockIdx.z;
    if (picture.step == 1) fill_crop<true>(picture, window, normal, width, height, grey, own);
    else fill_crop<false>(picture, window, normal, width, height, grey, own);
}
