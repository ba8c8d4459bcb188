// Races between threads, found where the kernels are built with g++'s -fsanitize=thread: each fiber is a thread to it,
// and what orders them is a barrier alone. Without that option nothing of this is there.
#pragma once
#include <cstdlib>

#ifdef __SANITIZE_THREAD__
#define UNWATCHED __attribute__((no_sanitize_thread))

extern "C" {  // sanitizer/tsan_interface.h
void* __tsan_get_current_fiber(void);
void* __tsan_create_fiber(unsigned flags);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void __tsan_acquire(void* mark);
void __tsan_release(void* mark);
}

namespace shim::races {
constexpr unsigned MOST = 1024, BARRIERS = 1 + MOST / 32, UNORDERED = 1;  // barriers of the block and of each warp
inline char started, ended, marks[BARRIERS][2];
inline unsigned char turns[BARRIERS][MOST];
inline void *host, *threads[MOST];
// Whether blocks are unordered too. Then the shared memory of one block seems to race with the next one's.
inline const bool across = std::getenv("BOOTH_RACES_ACROSS") != nullptr;

UNWATCHED inline void order_all() {
    __tsan_acquire(&ended);
    __tsan_release(&started);
}
UNWATCHED inline void begin_launch() {
    host = __tsan_get_current_fiber();
    order_all();
}
UNWATCHED inline void begin_block() {
    if (!across) order_all();
    for (auto& barrier : turns)
        for (unsigned char& turn : barrier) turn = 0;
}
UNWATCHED inline void end_launch() { __tsan_acquire(&ended); }
UNWATCHED inline void begin_thread() { __tsan_acquire(&started); }
UNWATCHED inline void end_thread() { __tsan_release(&ended); }
UNWATCHED inline void enter(unsigned thread) {
    if (!threads[thread]) threads[thread] = __tsan_create_fiber(0);
    __tsan_switch_to_fiber(threads[thread], UNORDERED);
}
UNWATCHED inline void leave() { __tsan_switch_to_fiber(host, UNORDERED); }
// A barrier uses two marks in turn: the first thread through it may be at the next one before the last has left.
UNWATCHED inline void arrive(unsigned thread, unsigned barrier) {
    __tsan_release(&marks[barrier][turns[barrier][thread] % 2]);
}
UNWATCHED inline void depart(unsigned thread, unsigned barrier) {
    __tsan_acquire(&marks[barrier][turns[barrier][thread]++ % 2]);
}
}  // namespace shim::races
#else
#define UNWATCHED
namespace shim::races {
inline void begin_launch() {}
inline void begin_block() {}
inline void end_launch() {}
inline void begin_thread() {}
inline void end_thread() {}
inline void enter(unsigned) {}
inline void leave() {}
inline void arrive(unsigned, unsigned) {}
inline void depart(unsigned, unsigned) {}
}  // namespace shim::races
#endif
