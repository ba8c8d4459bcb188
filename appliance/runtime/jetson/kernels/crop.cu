// Boxes of a frame stretched into planar tensors, all in one launch.
#include "normal.cuh"
#include "resize.cuh"

// windows (N), crops: float (N, 3, height, width). Grid: columns, strips of rows, boxes.
extern "C" __global__ void crop(Picture picture, const Window* windows, Normal normal, int width, int height, float grey,
                                float* crops) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x;
    if (x >= width) return;
    const Strip strip = own_strip(height);
    const Window window = windows[blockIdx.z];
    const size_t plane = (size_t)width * height;
    float* out = crops + 3 * plane * blockIdx.z;
    auto write = [&](int y, const Sum& sum, float whole) {
        const float part = 1.0f / whole;
        write_planar(out, plane, (size_t)y * width + x, normal, whole_8bit(sum.red * part), whole_8bit(sum.green * part),
                     whole_8bit(sum.blue * part));
    };
    if (picture.step == 1) stretch_column<true>(picture, window, width, height, x, strip, grey, Everything(), write);
    else stretch_column<false>(picture, window, width, height, x, strip, grey, Everything(), write);
}
