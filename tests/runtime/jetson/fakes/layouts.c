// Prints where a C compiler puts each member: `struct member offset size`, and `struct - 0 size`.
#include <stddef.h>
#include <stdio.h>
#include "nvbufsurface.h"

#define WHOLE(type) printf(#type " - 0 %zu\n", sizeof(type));
#define PART(type, member) printf(#type " " #member " %zu %zu\n", offsetof(type, member), sizeof(((type *)0)->member));

typedef struct {  // GstMapInfo (gstmemory.h)
    void *memory;
    int flags;
    uint8_t *data;
    size_t size, maxsize;
    void *user_data[4];
    void *_gst_reserved[4];
} GstMapInfo;

int main(void) {
    WHOLE(NvBufSurface)
    PART(NvBufSurface, gpuId) PART(NvBufSurface, batchSize) PART(NvBufSurface, numFilled)
    PART(NvBufSurface, isContiguous) PART(NvBufSurface, memType) PART(NvBufSurface, surfaceList)
    PART(NvBufSurface, _reserved)
    WHOLE(NvBufSurfaceParams)
    PART(NvBufSurfaceParams, width) PART(NvBufSurfaceParams, height) PART(NvBufSurfaceParams, pitch)
    PART(NvBufSurfaceParams, colorFormat) PART(NvBufSurfaceParams, layout) PART(NvBufSurfaceParams, bufferDesc)
    PART(NvBufSurfaceParams, dataSize) PART(NvBufSurfaceParams, dataPtr) PART(NvBufSurfaceParams, planeParams)
    PART(NvBufSurfaceParams, mappedAddr) PART(NvBufSurfaceParams, paramex) PART(NvBufSurfaceParams, _reserved)
    WHOLE(NvBufSurfacePlaneParams)
    PART(NvBufSurfacePlaneParams, num_planes) PART(NvBufSurfacePlaneParams, width)
    PART(NvBufSurfacePlaneParams, height) PART(NvBufSurfacePlaneParams, pitch)
    PART(NvBufSurfacePlaneParams, offset) PART(NvBufSurfacePlaneParams, psize)
    PART(NvBufSurfacePlaneParams, bytesPerPix) PART(NvBufSurfacePlaneParams, _reserved)
    WHOLE(NvBufSurfaceMappedAddr)
    PART(NvBufSurfaceMappedAddr, addr) PART(NvBufSurfaceMappedAddr, eglImage)
    PART(NvBufSurfaceMappedAddr, _reserved)
    WHOLE(GstMapInfo)
    PART(GstMapInfo, memory) PART(GstMapInfo, flags) PART(GstMapInfo, data) PART(GstMapInfo, size)
    PART(GstMapInfo, maxsize) PART(GstMapInfo, user_data) PART(GstMapInfo, _gst_reserved)
    return 0;
}
