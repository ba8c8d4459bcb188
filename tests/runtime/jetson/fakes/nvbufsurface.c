// A libnvbufsurface.so that behaves: it makes, keeps and takes back EGL images, and counts those that live.
#include "nvbufsurface.h"

static uintptr_t made, living;

static void let_go(NvBufSurfaceParams *picture) {
    if (picture->mappedAddr.eglImage) living--;
    picture->mappedAddr.eglImage = 0;
}

int NvBufSurfaceMapEglImage(NvBufSurface *surface, int index) {
    if (surface->memType != 4 || index < 0 || (uint32_t)index >= surface->batchSize) return -1;
    NvBufSurfaceParams *picture = &surface->surfaceList[index];
    if (picture->mappedAddr.eglImage) return -1;
    picture->mappedAddr.eglImage = (void *)(0xE0000000u + (++made << 12));
    living++;
    return 0;
}

int NvBufSurfaceUnMapEglImage(NvBufSurface *surface, int index) {
    if (!surface->surfaceList[index].mappedAddr.eglImage) return -1;
    let_go(&surface->surfaceList[index]);
    return 0;
}

int NvBufSurfaceDestroy(NvBufSurface *surface) {
    for (uint32_t index = 0; index < surface->batchSize; index++) let_go(&surface->surfaceList[index]);
    return 0;
}

int living_images(void) { return (int)living; }
