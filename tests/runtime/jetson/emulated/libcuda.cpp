// CUDA's driver library without a GPU, for stock pycuda: a "device image" is a shared object of the kernels behind the
// shim, device memory is host memory, a stream does its work at once or records it. What the booth does not use answers
// CUDA_ERROR_NOT_SUPPORTED. Signatures as in cuda.h and cudaEGL.h of CUDA 13.
#include <cuda.h>
#include <cudaEGL.h>
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace {
using Work = std::function<CUresult()>;
using Launcher = int (*)(const void* grid, const unsigned char* arguments, unsigned size, const char** complaint);

struct Function {
    Launcher launcher;
    std::string name;
};
struct Module {
    void* library;
    std::map<std::string, std::unique_ptr<Function>> functions;
};
struct Stream {
    bool recording = false;
    std::vector<Work> recorded;
};
struct Graph {
    std::vector<Work> work;
};
struct Event {
    std::chrono::steady_clock::time_point at;
};

int context_token;
CUcontext const primary = reinterpret_cast<CUcontext>(&context_token);
thread_local std::vector<CUcontext> contexts;
std::map<void*, CUeglFrame> images;
std::map<CUgraphicsResource, void*> resources;
Stream default_stream;
std::string complaint = "unknown error";

bool has_context() { return !contexts.empty(); }
Stream* stream_of(CUstream handle) { return handle ? reinterpret_cast<Stream*>(handle) : &default_stream; }

CUresult enqueue(CUstream handle, Work work) {
    if (!has_context()) return CUDA_ERROR_INVALID_CONTEXT;
    Stream* stream = stream_of(handle);
    if (!stream->recording) return work();
    stream->recorded.push_back(std::move(work));
    return CUDA_SUCCESS;
}

CUresult copy_now(void* target, const void* source, size_t size) {
    if (!has_context()) return CUDA_ERROR_INVALID_CONTEXT;
    std::memcpy(target, source, size);
    return CUDA_SUCCESS;
}
template <typename T> void* host(T address) { return reinterpret_cast<void*>(address); }
}  // namespace

extern "C" {
// For tests: an EGL image that can be registered, and how many are registered now.
void emulated_add_image(void* image, const CUeglFrame* frame) { images[image] = *frame; }
int emulated_registered() { return (int)resources.size(); }
// For a fake TensorRT: work of the host in the stream's order.
int emulated_recording(CUstream stream) { return stream_of(stream)->recording; }
CUresult emulated_enqueue(CUstream stream, void (*work)()) {
    return enqueue(stream, [=] {
        work();
        return CUDA_SUCCESS;
    });
}

CUresult cuInit(unsigned) { return CUDA_SUCCESS; }
CUresult cuDriverGetVersion(int* version) { *version = 13000; return CUDA_SUCCESS; }
CUresult cuGetErrorString(CUresult code, const char** text) { *text = code == CUDA_ERROR_LAUNCH_FAILED ? complaint.c_str() : "emulated error"; return CUDA_SUCCESS; }
CUresult cuGetErrorName(CUresult, const char** text) { *text = "EMULATED"; return CUDA_SUCCESS; }
CUresult cuDeviceGetCount(int* count) { *count = 1; return CUDA_SUCCESS; }
CUresult cuDeviceGet(CUdevice* device, int) { *device = 0; return CUDA_SUCCESS; }
CUresult cuDeviceGetName(char* name, int length, CUdevice) { std::snprintf(name, length, "Emulated"); return CUDA_SUCCESS; }
CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice) { *bytes = 8ull << 30; return CUDA_SUCCESS; }
CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice) {
    *value = attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? 8
             : attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR ? 7
             : attribute == CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT ? 8
             : attribute == CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK ? 1024
             : attribute == CU_DEVICE_ATTRIBUTE_WARP_SIZE ? 32
             : attribute == CU_DEVICE_ATTRIBUTE_INTEGRATED ? 1 : 0;
    return CUDA_SUCCESS;
}
CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice) { *context = primary; return CUDA_SUCCESS; }
CUresult cuDevicePrimaryCtxRelease_v2(CUdevice) { return CUDA_SUCCESS; }
CUresult cuCtxPushCurrent_v2(CUcontext context) { contexts.push_back(context); return CUDA_SUCCESS; }
CUresult cuCtxPopCurrent_v2(CUcontext* context) {
    if (!has_context()) return CUDA_ERROR_INVALID_CONTEXT;
    if (context) *context = contexts.back();
    contexts.pop_back();
    return CUDA_SUCCESS;
}
CUresult cuCtxSetCurrent(CUcontext context) {
    if (has_context()) contexts.back() = context;
    else contexts.push_back(context);
    return CUDA_SUCCESS;
}
CUresult cuCtxGetCurrent(CUcontext* context) { *context = has_context() ? contexts.back() : nullptr; return CUDA_SUCCESS; }
CUresult cuCtxGetDevice(CUdevice* device) { *device = 0; return has_context() ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT; }
CUresult cuCtxGetApiVersion(CUcontext, unsigned* version) { *version = 13000; return CUDA_SUCCESS; }
CUresult cuCtxSynchronize() { return has_context() ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT; }

CUresult cuMemGetInfo_v2(size_t* available, size_t* total) { *available = 4ull << 30; *total = 8ull << 30; return CUDA_SUCCESS; }
CUresult cuMemAlloc_v2(CUdeviceptr* address, size_t size) {
    if (!has_context()) return CUDA_ERROR_INVALID_CONTEXT;
    if (size > 6ull << 30) return CUDA_ERROR_OUT_OF_MEMORY;
    void* memory = std::aligned_alloc(256, (size + 255) / 256 * 256);
    if (!memory) return CUDA_ERROR_OUT_OF_MEMORY;
    std::memset(memory, 0xCD, size);
    *address = reinterpret_cast<CUdeviceptr>(memory);
    return CUDA_SUCCESS;
}
CUresult cuMemFree_v2(CUdeviceptr address) { std::free(host(address)); return CUDA_SUCCESS; }
CUresult cuMemHostAlloc(void** address, size_t size, unsigned) {
    if (!has_context()) return CUDA_ERROR_INVALID_CONTEXT;
    *address = std::aligned_alloc(256, (size + 255) / 256 * 256);
    return *address ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}
CUresult cuMemFreeHost(void* address) { std::free(address); return CUDA_SUCCESS; }
CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr* device, void* address, unsigned) { *device = reinterpret_cast<CUdeviceptr>(address); return CUDA_SUCCESS; }
CUresult cuMemHostGetFlags(unsigned* flags, void*) { *flags = CU_MEMHOSTALLOC_DEVICEMAP; return CUDA_SUCCESS; }
CUresult cuMemcpyHtoD_v2(CUdeviceptr target, const void* source, size_t size) { return copy_now(host(target), source, size); }
CUresult cuMemcpyDtoH_v2(void* target, CUdeviceptr source, size_t size) { return copy_now(target, host(source), size); }
CUresult cuMemcpyDtoD_v2(CUdeviceptr target, CUdeviceptr source, size_t size) { return copy_now(host(target), host(source), size); }
CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr target, const void* source, size_t size, CUstream stream) {
    // From pageable memory: staged at once, so a recording stream cannot take it.
    if (stream_of(stream)->recording) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    return copy_now(host(target), source, size);
}
CUresult cuMemcpyDtoHAsync_v2(void* target, CUdeviceptr source, size_t size, CUstream stream) {
    if (stream_of(stream)->recording) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    return copy_now(target, host(source), size);
}
CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr target, CUdeviceptr source, size_t size, CUstream stream) {
    return enqueue(stream, [=] { return copy_now(host(target), host(source), size); });
}
CUresult cuMemsetD8_v2(CUdeviceptr target, unsigned char value, size_t count) { std::memset(host(target), value, count); return CUDA_SUCCESS; }

CUresult cuModuleLoadDataEx(CUmodule* module, const void* image, unsigned, CUjit_option*, void**) {
    if (std::memcmp(image, "\177ELF", 4)) return CUDA_ERROR_INVALID_IMAGE;
    // The length is not told: section headers lie at the end of what g++ links.
    const unsigned char* bytes = static_cast<const unsigned char*>(image);
    unsigned long long sections;
    unsigned short entry_size, entries;
    std::memcpy(&sections, bytes + 0x28, 8);
    std::memcpy(&entry_size, bytes + 0x3A, 2);
    std::memcpy(&entries, bytes + 0x3C, 2);
    const size_t size = sections + (size_t)entry_size * entries;
    const int file = memfd_create("kernels", 0);
    if (file < 0 || write(file, image, size) != (ssize_t)size) return CUDA_ERROR_FILE_NOT_FOUND;
    void* library = dlopen(("/proc/self/fd/" + std::to_string(file)).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) return CUDA_ERROR_INVALID_IMAGE;
    *module = reinterpret_cast<CUmodule>(new Module{library, {}});
    return CUDA_SUCCESS;
}
CUresult cuModuleLoadData(CUmodule* module, const void* image) { return cuModuleLoadDataEx(module, image, 0, nullptr, nullptr); }
CUresult cuModuleUnload(CUmodule) { return CUDA_SUCCESS; }
CUresult cuModuleGetFunction(CUfunction* function, CUmodule handle, const char* name) {
    Module* module = reinterpret_cast<Module*>(handle);
    void* launcher = dlsym(module->library, ("launch_" + std::string(name)).c_str());
    if (!launcher) return CUDA_ERROR_NOT_FOUND;
    auto& held = module->functions[name];
    held = std::make_unique<Function>(Function{reinterpret_cast<Launcher>(launcher), name});
    *function = reinterpret_cast<CUfunction>(held.get());
    return CUDA_SUCCESS;
}
CUresult cuFuncGetAttribute(int* value, CUfunction_attribute, CUfunction) { *value = 0; return CUDA_SUCCESS; }
CUresult cuLaunchKernel(CUfunction function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                        unsigned, CUstream stream, void** parameters, void** extra) {
    if (parameters || !extra) return CUDA_ERROR_NOT_SUPPORTED;
    std::vector<unsigned char> arguments;
    const void* buffer = nullptr;
    size_t size = 0;
    for (void** word = extra; *word != CU_LAUNCH_PARAM_END; word += 2) {
        if (*word == CU_LAUNCH_PARAM_BUFFER_POINTER) buffer = word[1];
        else if (*word == CU_LAUNCH_PARAM_BUFFER_SIZE) size = *static_cast<size_t*>(word[1]);
    }
    arguments.resize(size + 16);  // a kernel without arguments still reads from a valid place
    if (size) std::memcpy(arguments.data(), buffer, size);
    Function* one = reinterpret_cast<Function*>(function);
    return enqueue(stream, [=] {
        const unsigned grid[6] = {gx, gy, gz, bx, by, bz};
        const char* words = "";
        if (!one->launcher(grid, arguments.data(), (unsigned)size, &words)) return CUDA_SUCCESS;
        complaint = one->name + ": " + words;
        return CUDA_ERROR_LAUNCH_FAILED;
    });
}

CUresult cuStreamCreate(CUstream* stream, unsigned) {
    if (!has_context()) return CUDA_ERROR_INVALID_CONTEXT;
    *stream = reinterpret_cast<CUstream>(new Stream);
    return CUDA_SUCCESS;
}
CUresult cuStreamDestroy_v2(CUstream stream) { delete reinterpret_cast<Stream*>(stream); return CUDA_SUCCESS; }
CUresult cuStreamSynchronize(CUstream stream) { return stream_of(stream)->recording ? CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED : CUDA_SUCCESS; }
CUresult cuStreamQuery(CUstream) { return CUDA_SUCCESS; }
CUresult cuEventCreate(CUevent* event, unsigned) { *event = reinterpret_cast<CUevent>(new Event); return CUDA_SUCCESS; }
CUresult cuEventDestroy_v2(CUevent event) { delete reinterpret_cast<Event*>(event); return CUDA_SUCCESS; }
CUresult cuEventRecord(CUevent event, CUstream) { reinterpret_cast<Event*>(event)->at = std::chrono::steady_clock::now(); return CUDA_SUCCESS; }
CUresult cuEventSynchronize(CUevent) { return CUDA_SUCCESS; }
CUresult cuEventQuery(CUevent) { return CUDA_SUCCESS; }
CUresult cuEventElapsedTime(float* ms, CUevent start, CUevent end) {
    *ms = std::chrono::duration<float, std::milli>(reinterpret_cast<Event*>(end)->at - reinterpret_cast<Event*>(start)->at).count();
    return CUDA_SUCCESS;
}

CUresult cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode) {
    Stream* one = stream_of(stream);
    if (!stream || one->recording) return CUDA_ERROR_ILLEGAL_STATE;
    one->recording = true;
    return CUDA_SUCCESS;
}
CUresult cuStreamEndCapture(CUstream stream, CUgraph* graph) {
    Stream* one = stream_of(stream);
    if (!one->recording) return CUDA_ERROR_ILLEGAL_STATE;
    *graph = reinterpret_cast<CUgraph>(new Graph{std::move(one->recorded)});
    one->recording = false;
    one->recorded.clear();
    return CUDA_SUCCESS;
}
CUresult cuGraphInstantiateWithFlags(CUgraphExec* runnable, CUgraph graph, unsigned long long) {
    *runnable = reinterpret_cast<CUgraphExec>(new Graph(*reinterpret_cast<Graph*>(graph)));
    return CUDA_SUCCESS;
}
CUresult cuGraphDestroy(CUgraph graph) { delete reinterpret_cast<Graph*>(graph); return CUDA_SUCCESS; }
CUresult cuGraphExecDestroy(CUgraphExec graph) { delete reinterpret_cast<Graph*>(graph); return CUDA_SUCCESS; }
CUresult cuGraphLaunch(CUgraphExec graph, CUstream stream) {
    for (const Work& work : reinterpret_cast<Graph*>(graph)->work)
        if (const CUresult code = enqueue(stream, work)) return code;
    return CUDA_SUCCESS;
}

CUresult cuGraphicsEGLRegisterImage(CUgraphicsResource* resource, EGLImageKHR image, unsigned) {
    if (!has_context()) return CUDA_ERROR_INVALID_CONTEXT;
    if (!images.count(image)) return CUDA_ERROR_INVALID_VALUE;
    static size_t serial = 0x1000;
    *resource = reinterpret_cast<CUgraphicsResource>(++serial);
    resources[*resource] = image;
    return CUDA_SUCCESS;
}
CUresult cuGraphicsResourceGetMappedEglFrame(CUeglFrame* frame, CUgraphicsResource resource, unsigned, unsigned) {
    if (!resources.count(resource)) return CUDA_ERROR_INVALID_HANDLE;
    *frame = images[resources[resource]];
    return CUDA_SUCCESS;
}
CUresult cuGraphicsUnregisterResource(CUgraphicsResource resource) { return resources.erase(resource) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE; }
}  // extern "C"
