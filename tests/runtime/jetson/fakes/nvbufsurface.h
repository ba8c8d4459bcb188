// The members of NvBufSurface and its parts as NVIDIA documents them (L4T 36 to 39), for a compiler to lay out.
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t num_planes;
    uint32_t width[4], height[4], pitch[4], offset[4], psize[4], bytesPerPix[4];
    void *_reserved[16];
} NvBufSurfacePlaneParams;

typedef struct {
    void *addr[4];
    void *eglImage;
    void *_reserved[4];
} NvBufSurfaceMappedAddr;

typedef struct {
    uint32_t width, height, pitch;
    int colorFormat, layout;
    uint64_t bufferDesc;
    uint32_t dataSize;
    void *dataPtr;
    NvBufSurfacePlaneParams planeParams;
    NvBufSurfaceMappedAddr mappedAddr;
    void *paramex;
    void *_reserved[3];
} NvBufSurfaceParams;

typedef struct {
    uint32_t gpuId, batchSize, numFilled;
    bool isContiguous;
    int memType;
    NvBufSurfaceParams *surfaceList;
    void *_reserved[4];
} NvBufSurface;
