#!/bin/sh
# On a Jetson, in two steps: `tools` brings pycuda, checks TensorRT's bindings and compiles the CUDA kernels; `engines`
# builds and compares the plans, which takes minutes the first time. Elsewhere there is nothing to do.
# usage: make-jetson.sh VENV tools|engines
set -eu

venv=$1
step=$2
here=$(cd -- "$(dirname -- "$0")" && pwd)
[ -e "${BOOTH_JETSON_MARK:-/etc/nv_tegra_release}" ] || exit 0

if [ "$step" = engines ]; then
    # What runs is told by `booth engines list`; here only progress, and what failed.
    told=$("$venv/bin/booth" engines build) || {
        echo "$told" >&2
        exit 1
    }
    exit 0
fi
sh "$here/install-system-packages.sh" "$here/jetson-packages.txt"
sh "$here/make-pycuda.sh" "$venv"
if ! "$venv/bin/python" -c 'import tensorrt' 2>/dev/null; then
    echo "booth: TensorRT's Python bindings are missing; sudo apt-get install python3-libnvinfer, then run make again" >&2
    exit 1
fi
"$venv/bin/python" -m appliance.runtime.jetson.fatbin
