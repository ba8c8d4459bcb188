// Tensor cores: 16 rows by 8 columns over 16 terms, half precision in, single precision added up.
#pragma once
#include "device.cuh"

// c += a * b for one warp (PTX ISA, mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32). With group = lane / 4 and
// place = lane % 4 each lane holds, two halves to a word: of a, rows group and group + 8, terms 2 place and 2 place + 8;
// of b, column group, the same terms; of c, rows group (0, 1) and group + 8 (2, 3), columns 2 place and 2 place + 1.
__device__ __forceinline__ void multiply_16x8x16(float (&c)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
#ifdef BOOTH_SHIM
    shim::multiply_16x8x16(c, a, b);
#else
    asm volatile(
        "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
}
