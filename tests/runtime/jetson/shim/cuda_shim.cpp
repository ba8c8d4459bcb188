// Fibers, barriers and half precision for cuda_shim.h.
#include "cuda_shim.h"
#include "cuda_shim_races.h"

#include <sys/mman.h>

#include <numeric>
#include <random>
#include <utility>

namespace shim {
dim3 thread_at, block_at, block_size, grid_size;

namespace {
constexpr unsigned MOST_THREADS = 1024, WARP = 32;
constexpr size_t STACK_BYTES = 64 << 10;
enum State { READY, AT_BLOCK_BARRIER, AT_WARP_BARRIER, DONE };

struct Fiber {
    void* stack_pointer;
    unsigned long long slot;
    unsigned index, mask;
    State state;
};
Fiber fibers[MOST_THREADS];
char* stacks;
void* scheduler_stack_pointer;
Fiber* current;
void (*work)(const void*);
const void* argument;
const char* fault;  // what a device would not forgive although the shim could go on
unsigned order[MOST_THREADS];
std::minstd_rand chance;

extern "C" void booth_shim_switch(void** saved, void* wanted);
#if defined(__x86_64__)
asm(R"(
.text
.globl booth_shim_switch
booth_shim_switch:
    pushq %rbp; pushq %rbx; pushq %r12; pushq %r13; pushq %r14; pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15; popq %r14; popq %r13; popq %r12; popq %rbx; popq %rbp
    ret
)");
constexpr size_t RETURN_WORD = 6, FRAME_WORDS = 8;
#elif defined(__aarch64__)
asm(R"(
.text
.globl booth_shim_switch
booth_shim_switch:
    sub sp, sp, #160
    stp x19, x20, [sp, #0]; stp x21, x22, [sp, #16]; stp x23, x24, [sp, #32]; stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]; stp x29, x30, [sp, #80]
    stp d8, d9, [sp, #96]; stp d10, d11, [sp, #112]; stp d12, d13, [sp, #128]; stp d14, d15, [sp, #144]
    mov x9, sp
    str x9, [x0]
    mov sp, x1
    ldp x19, x20, [sp, #0]; ldp x21, x22, [sp, #16]; ldp x23, x24, [sp, #32]; ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]; ldp x29, x30, [sp, #80]
    ldp d8, d9, [sp, #96]; ldp d10, d11, [sp, #112]; ldp d12, d13, [sp, #128]; ldp d14, d15, [sp, #144]
    add sp, sp, #160
    ret
)");
constexpr size_t RETURN_WORD = 11, FRAME_WORDS = 20;
#else
#error "the shim knows the stacks of x86_64 and aarch64 only"
#endif

UNWATCHED void yield(State state) {
    current->state = state;
    Fiber* self = current;
    races::leave();
    booth_shim_switch(&self->stack_pointer, scheduler_stack_pointer);
}

UNWATCHED void live() {
    races::begin_thread();
    work(argument);
    races::end_thread();
    yield(DONE);
    abort();
}

UNWATCHED void prepare(Fiber& fiber, unsigned index) {
    fiber = {nullptr, 0, index, 0, READY};
    void** top = reinterpret_cast<void**>(stacks + (index + 1) * STACK_BYTES);
    // The entry finds its stack as if it had been called: one word off a multiple of 16 on x86_64.
    void** frame = top - FRAME_WORDS;
    std::memset(frame, 0, FRAME_WORDS * sizeof(void*));
    frame[RETURN_WORD] = reinterpret_cast<void*>(&live);
    fiber.stack_pointer = frame;
}

UNWATCHED void resume(Fiber& fiber) {
    current = &fiber;
    const unsigned x = block_size.x, y = block_size.y;
    thread_at = {fiber.index % x, fiber.index / x % y, fiber.index / (x * y)};
    races::enter(fiber.index);
    booth_shim_switch(&scheduler_stack_pointer, fiber.stack_pointer);
}

// Lets go whoever waits for a barrier that is complete; false when nobody could be let go.
UNWATCHED bool open_barriers(unsigned threads) {
    unsigned waiting = 0, done = 0;
    bool opened = false;
    for (unsigned i = 0; i < threads; ++i) {
        waiting += fibers[i].state == AT_BLOCK_BARRIER;
        done += fibers[i].state == DONE;
    }
    if (waiting && waiting + done == threads) {
        if (done) fault = "a barrier of the block comes after some of its threads have returned";
        for (unsigned i = 0; i < threads; ++i)
            if (fibers[i].state == AT_BLOCK_BARRIER) fibers[i].state = READY;
        return true;
    }
    for (unsigned first = 0; first < threads; first += WARP) {
        unsigned missing = 0, gone = 0;
        for (unsigned i = first; i < first + WARP; ++i) {
            if (i >= threads || fibers[i].state == DONE) gone |= 1u << (i - first);
            else if (fibers[i].state != AT_WARP_BARRIER) missing |= 1u << (i - first);
        }
        for (unsigned i = first; i < threads && i < first + WARP; ++i) {
            if (fibers[i].state == AT_WARP_BARRIER && !(fibers[i].mask & missing)) {
                if (fibers[i].mask & gone) fault = "a shuffle or vote names lanes that have returned or never were";
                fibers[i].state = READY;
                opened = true;
            }
        }
    }
    return opened;
}

// Three orders of threads take turns, to show what hangs on one: as they are, from the last to the first, and by chance.
UNWATCHED void deal(unsigned threads, unsigned turn) {
    for (unsigned i = 0; i < threads; ++i) order[i] = turn % 3 == 1 ? threads - 1 - i : i;
    for (unsigned i = threads; turn % 3 == 2 && i > 1; --i) std::swap(order[i - 1], order[chance() % i]);
}

UNWATCHED bool run_block(unsigned threads) {
    static unsigned turn = 0;
    ++turn;
    for (unsigned i = 0; i < threads; ++i) prepare(fibers[i], i);
    for (;;) {
        bool moved = false;
        deal(threads, turn);
        for (unsigned step = 0; step < threads; ++step) {
            Fiber& fiber = fibers[order[step]];
            if (fiber.state == READY) {
                resume(fiber);
                moved = true;
            }
        }
        unsigned done = 0;
        for (unsigned i = 0; i < threads; ++i) done += fibers[i].state == DONE;
        if (done == threads) return true;
        if (!open_barriers(threads) && !moved) return false;
    }
}
}  // namespace

UNWATCHED void block_barrier() {
    const unsigned index = current->index;
    races::arrive(index, 0);
    yield(AT_BLOCK_BARRIER);
    races::depart(index, 0);
}

UNWATCHED void synced_warp(unsigned mask) {
    const unsigned index = current->index;
    races::arrive(index, 1 + index / WARP);
    warp_barrier(mask);
    races::depart(index, 1 + index / WARP);
}

UNWATCHED void warp_barrier(unsigned mask) {
    current->mask = mask;
    yield(AT_WARP_BARRIER);
}

UNWATCHED int lane() { return current->index % WARP; }

UNWATCHED unsigned long long& exchange_slot(int lane) { return fibers[current->index / WARP * WARP + lane].slot; }

UNWATCHED int run(const Grid& grid, void (*given)(const void*), const void* with, const char** complaint) {
    const unsigned threads = grid.block[0] * grid.block[1] * grid.block[2];
    if (threads == 0 || threads > MOST_THREADS || grid.grid[1] > 65535 || grid.grid[2] > 65535) {
        *complaint = "a block has 1 to 1024 threads, a grid at most 65535 blocks in y and z";
        return 1;
    }
    if (!stacks) {
        const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        stacks = static_cast<char*>(mmap(nullptr, MOST_THREADS * STACK_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0));
    }
    fault = nullptr;
    races::begin_launch();
    work = given;
    argument = with;
    block_size = {grid.block[0], grid.block[1], grid.block[2]};
    grid_size = {grid.grid[0], grid.grid[1], grid.grid[2]};
    for (block_at.z = 0; block_at.z < grid_size.z; ++block_at.z)
        for (block_at.y = 0; block_at.y < grid_size.y; ++block_at.y)
            for (block_at.x = 0; block_at.x < grid_size.x; ++block_at.x) {
                races::begin_block();
                if (!run_block(threads)) {
                    *complaint = "deadlock: some threads wait at a barrier that the others never reach";
                    return 1;
                }
            }
    races::end_launch();
    if (fault) *complaint = fault;
    return fault != nullptr;
}

float float_from_half(unsigned short bits) {
    const unsigned exponent = bits >> 10 & 31u, fraction = bits & 1023u;
    const float sign = bits & 0x8000u ? -1.0f : 1.0f;
    if (exponent == 31) return fraction ? NAN : sign * INFINITY;
    if (exponent == 0) return sign * std::ldexp((float)fraction, -24);
    return sign * std::ldexp((float)(fraction | 1024u), (int)exponent - 25);
}

unsigned short half_from_float(float value) {
    const unsigned sign = std::signbit(value) ? 0x8000u : 0u;
    const double size = std::fabs((double)value);
    if (std::isnan(value)) return 0x7fff;
    if (size == 0.0) return sign;
    if (size >= 65520.0) return sign | 0x7c00u;
    int exponent = 0;
    std::frexp(size, &exponent);
    // The least step of a half near `size`: 2^-24 for the subnormal ones. nearbyint ties to even.
    const int step = exponent - 11 > -24 ? exponent - 11 : -24;
    const unsigned steps = (unsigned)std::nearbyint(std::ldexp(size, -step));
    if (step == -24) return sign | steps;  // carries into the exponent by itself
    return sign | (((unsigned)(step + 25) << 10) + (steps - 1024u));
}

UNWATCHED void multiply_16x8x16(float (&c)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
    struct Words { unsigned a[4], b[2]; };
    static Words warp[MOST_THREADS];
    Words& own = warp[current->index];
    std::memcpy(own.a, a, sizeof a);
    std::memcpy(own.b, b, sizeof b);
    warp_barrier(0xffffffffu);
    const Words* all = warp + current->index / WARP * WARP;
    const int group = lane() / 4, place = lane() % 4;
    for (int part = 0; part < 4; ++part) {
        const int row = part / 2, column = 2 * place + part % 2;  // row 0: group, 1: group + 8
        double sum = 0.0;
        for (int term = 0; term < 16; ++term) {
            const int holder = term % 8 / 2, high = term / 8;
            const unsigned left = all[group * 4 + holder].a[row + 2 * high];
            const unsigned right = all[column * 4 + holder].b[high];
            const int shift = term % 2 * 16;
            sum += (double)float_from_half(left >> shift) * float_from_half(right >> shift);
        }
        c[part] += (float)sum;
    }
    warp_barrier(0xffffffffu);
}
}  // namespace shim
