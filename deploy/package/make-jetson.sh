#!/bin/sh
# On a Jetson: pycuda in the environment, TensorRT's bindings and the CUDA kernels; elsewhere there is nothing to do.
# usage: make-jetson.sh VENV
set -eu

venv=$1
here=$(cd -- "$(dirname -- "$0")" && pwd)
[ -e "${BOOTH_JETSON_MARK:-/etc/nv_tegra_release}" ] || exit 0

sh "$here/make-pycuda.sh" "$venv"
if ! "$venv/bin/python" -c 'import tensorrt' 2>/dev/null; then
    echo "booth: TensorRT's Python bindings are missing; sudo apt-get install python3-libnvinfer, then run make again" >&2
    exit 1
fi
"$venv/bin/python" -m appliance.runtime.jetson.fatbin
