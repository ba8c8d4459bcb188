// Masks of bodies: silhouettes and what is known of each body in; clothes, their core and counts out.
// Four kernels in a row, each with one thread per pixel, one warp per 32 pixels of a row and grid.y bodies:
// runs, merge, areas (the largest connected part) and masks, the last on a coarser grid.
#include "device.cuh"

namespace bodies {
constexpr int NOBODY = -1, CORE_BONES = 10, OUTER_BONES = 14, TRUNK = 4;

struct Bone {
    float x, y, dx, dy;  // start and way to the end
    float square;        // of its length, never 0
};

struct Body {  // BODY of skeletons.py
    unsigned long long largest;  // counted: pixels of the largest part << 32 | ~its first pixel
    int strange, doubt, last_row, core;  // counted
    int row;                             // of the silhouettes
    int left, top, right, bottom;        // of the box, inside the view
    int trunk[TRUNK][2];                 // corners, in points of the grid
    float face_x, face_y, face_across, face_down;  // ellipse
    float collar;                                  // all rows above it are head
    float head;                                    // half width
    Bone bones[CORE_BONES + OUTER_BONES + 1];      // the last leads through the head
};
static_assert(sizeof(Body) == 600 && offsetof(Body, face_x) == 76 && offsetof(Body, bones) == 100, "see skeletons.py");

struct Pixel {
    int x, y, place;
    bool seen;  // in the view
};

__device__ __forceinline__ Pixel pixel_of(int width, int height) {
    const int segments = (width + WARP - 1) / WARP, warp = (blockIdx.x * blockDim.x + threadIdx.x) / WARP;
    const int x = warp % segments * WARP + threadIdx.x % WARP, y = warp / segments;
    return {x, y, y * width + x, x < width && y < height};
}

// Labels of one body, a forest: a pixel points to an earlier one of its part, the first one to itself.
__device__ __forceinline__ int root_of(const int* labels, int place) {
    for (int next = peek(labels + place); next != place; next = peek(labels + place)) place = next;
    return place;
}

// Joins two trees while others join theirs (Komura, "GPU-based cluster-labeling algorithm without the use of
// conventional iteration", Computer Physics Communications 2015): whoever finds that the later root is none any more
// goes on with what it pointed to.
__device__ void unite(int* labels, int one, int other) {
    for (;;) {
        one = root_of(labels, one);
        other = root_of(labels, other);
        if (one == other) return;
        const int first = min(one, other), later = max(one, other);
        const int former = atomicMin(&labels[later], first);
        if (former == later) return;
        one = first;
        other = former;
    }
}

// Sum of two products, each rounded as in the definition: fused ones would break ties where two bones meet.
__device__ __forceinline__ float dot(float x, float y, float across, float down) {
    return __fmul_rn(x, across) + __fmul_rn(y, down);
}

__device__ bool in_head(const Body& body, float x, float y) {
    const float across = (x - body.face_x) / body.face_across, down = (y - body.face_y) / body.face_down;
    return dot(across, down, across, down) < 1.0f || y < body.collar;
}

__device__ float distance(const Bone* bones, int count, float x, float y) {
    float nearest = INFINITY;
    for (const Bone* bone = bones; bone < bones + count; ++bone) {
        const float right = x - bone->x, below = y - bone->y;
        const float along = fminf(fmaxf(dot(right, below, bone->dx, bone->dy) / bone->square, 0.0f), 1.0f);
        const float aside = right - __fmul_rn(along, bone->dx), ahead = below - __fmul_rn(along, bone->dy);
        nearest = fminf(nearest, dot(aside, ahead, aside, ahead));
    }
    return sqrtf(nearest);
}

__device__ bool nearest_core(const Body& body, float x, float y) {
    const Bone* outer = body.bones + CORE_BONES;
    const float head = fmaxf(distance(outer + OUTER_BONES, 1, x, y) - body.head, 0.0f);
    return distance(body.bones, CORE_BONES, x, y) <= fminf(distance(outer, OUTER_BONES, x, y), head);
}

// Whether a line of pixels from one corner to another (Bresenham's, as OpenCV draws it) runs through x, y.
// `turn` is the cross product of the way and of the pixel, both from `one`: on a tie the line waits, seen from the left.
__device__ bool on_edge(const int* one, const int* other, int turn, int x, int y) {
    const int across = abs(other[0] - one[0]), down = abs(other[1] - one[1]), twice = 2 * abs(turn);
    const int length = max(across, down);
    if (x < min(one[0], other[0]) || x > max(one[0], other[0])) return false;
    if (y < min(one[1], other[1]) || y > max(one[1], other[1])) return false;
    return twice < length || (twice == length && (down > across || (turn < 0) == (other[1] > one[1])));
}

__device__ __forceinline__ bool in_triangle(int a, int b, int c) {  // what turns the same way round all its sides
    return (a | b | c) != 0 && ((a >= 0 && b >= 0 && c >= 0) || (a <= 0 && b <= 0 && c <= 0));
}

// Whether the filled hull of the trunk's corners covers a point of the grid. A hull of four is four triangles.
__device__ bool in_trunk(const int (*corners)[2], int x, int y) {
    int turns[TRUNK][TRUNK];
    bool drawn = false;
    for (int i = 0; i < TRUNK; ++i) {
        for (int j = i + 1; j < TRUNK; ++j) {
            const int *one = corners[i], *other = corners[j];
            turns[i][j] = (other[0] - one[0]) * (y - one[1]) - (other[1] - one[1]) * (x - one[0]);
            drawn |= on_edge(one, other, turns[i][j], x, y);
        }
    }
    return drawn || in_triangle(turns[0][1], turns[1][2], -turns[0][2]) ||
           in_triangle(turns[0][1], turns[1][3], -turns[0][3]) ||
           in_triangle(turns[0][2], turns[2][3], -turns[0][3]) ||
           in_triangle(turns[1][2], turns[2][3], -turns[1][3]);
}
}  // namespace bodies

// Marks the person in the box, counts doubt and nonsense, and labels each run of a warp's pixels with its first one
// (Hennequin, Lacassagne, Cabaret, Meunier, "A new direct connected component labeling and analysis algorithms for
// GPUs", DASIP 2018). Areas: the length of a run where it starts, 0 elsewhere.
extern "C" __global__ void __launch_bounds__(256)
    body_runs(const float* silhouettes, bodies::Body* all, int* labels, int* areas, int width, int height, float sure,
              float least, float most) {
    bodies::Body& body = all[blockIdx.y];
    const bodies::Pixel pixel = bodies::pixel_of(width, height);
    const size_t size = (size_t)width * height;
    const float value = pixel.seen ? silhouettes[body.row * size + pixel.place] : 0.0f;
    const bool inside = pixel.x >= body.left && pixel.x < body.right && pixel.y >= body.top && pixel.y < body.bottom;
    const unsigned person = __ballot_sync(ALL_LANES, inside && value > sure);
    const unsigned doubt = __ballot_sync(ALL_LANES, inside && value > least && value < most);
    const unsigned strange = __ballot_sync(ALL_LANES, !isfinite(value));
    const int lane = threadIdx.x % WARP;
    if (lane == 0 && doubt) atomicAdd(&body.doubt, __popc(doubt));
    if (lane == 0 && strange) atomicAdd(&body.strange, __popc(strange));
    if (!pixel.seen) return;
    const bool on = person >> lane & 1u;
    const int start = 32 - __clz((int)(~person & ((1u << lane) - 1u)));
    const unsigned gaps = ~person >> lane;
    const int length = gaps ? __ffs((int)gaps) - 1 : WARP - lane;
    labels[blockIdx.y * size + pixel.place] = on ? pixel.place - lane + start : bodies::NOBODY;
    areas[blockIdx.y * size + pixel.place] = on && lane == start ? length : 0;
}

// Joins runs that touch: at the seams between warps, and where the run above or its own begins.
extern "C" __global__ void __launch_bounds__(256) body_merge(int* labels, int width, int height) {
    const bodies::Pixel pixel = bodies::pixel_of(width, height);
    int* own = labels + blockIdx.y * (size_t)width * height;
    const int place = pixel.place, above = place - width;
    auto on = [&](int other) { return peek(own + other) != bodies::NOBODY; };
    if (!pixel.seen || !on(place)) return;
    const bool left = pixel.x > 0 && on(place - 1);
    if (left && pixel.x % WARP == 0) bodies::unite(own, place - 1, place);
    if (pixel.y > 0 && on(above) && !(left && on(above - 1))) bodies::unite(own, above, place);
}

// Adds up the runs of each part and finds the largest; of equal ones that which begins first.
extern "C" __global__ void __launch_bounds__(256)
    body_areas(bodies::Body* all, int* labels, int* areas, int width, int height) {
    const bodies::Pixel pixel = bodies::pixel_of(width, height);
    int *own = labels + blockIdx.y * (size_t)width * height, *sums = areas + blockIdx.y * (size_t)width * height;
    const int length = pixel.seen ? peek(sums + pixel.place) : 0;
    if (length == 0) return;
    const int root = bodies::root_of(own, pixel.place);
    poke(own + pixel.place, root);
    // A root may find others' runs in its own length already: no sum on the way is more than the last.
    const int sum = root == pixel.place ? length : atomicAdd(&sums[root], length) + length;
    atomicMax(&all[blockIdx.y].largest, (unsigned long long)sum << 32 | (0xffffffffu - (unsigned)root));
}

// Clothes: the largest part without its head. Core: the clothes near the trunk, looked up every `grid` pixels. Here a
// thread stands for a point of the grid and the pixels up to the next: the way to the bones is long.
extern "C" __global__ void __launch_bounds__(256)
    body_masks(bodies::Body* all, const int* labels, unsigned char* clothes, unsigned char* cores, int width,
               int height, int grid) {
    using namespace bodies;
    Body& body = all[blockIdx.y];
    const Pixel point = pixel_of((width + grid - 1) / grid, (height + grid - 1) / grid);
    const size_t offset = blockIdx.y * (size_t)width * height;
    const int root = (int)(0xffffffffu - (unsigned)body.largest);
    bool asked = false, near = false;
    int last_row = 0, core_px = 0;
    for (int i = 0; i < grid * grid; ++i) {
        const int x = point.x * grid + i % grid, y = point.y * grid + i / grid, place = y * width + x;
        const bool seen = x < width && y < height;
        const int run = seen ? labels[offset + place] : NOBODY;
        const bool person = run != NOBODY && labels[offset + run] == root;
        const bool dressed = person && !in_head(body, (float)x, (float)y);
        if (dressed && !asked) {
            near = in_trunk(body.trunk, point.x, point.y) ||
                   nearest_core(body, (float)(point.x * grid), (float)(point.y * grid));
            asked = true;
        }
        if (__any_sync(ALL_LANES, person)) last_row = y;
        core_px += __popc(__ballot_sync(ALL_LANES, dressed && near));
        if (!seen) continue;
        clothes[offset + place] = dressed;
        cores[offset + place] = dressed && near;
    }
    if (threadIdx.x % WARP == 0 && last_row) atomicMax(&body.last_row, last_row);
    if (threadIdx.x % WARP == 0 && core_px) atomicAdd(&body.core, core_px);
}
