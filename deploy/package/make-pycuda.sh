#!/bin/sh
# Puts pycuda into a virtual environment, built from its source against this machine's CUDA (minutes); the wheel is cached.
# usage: make-pycuda.sh VENV [LIBCUDA_FOLDER]     the folder holds libcuda.so to link with, where no driver is installed
set -eu

venv=$1
stubs=${2:-}
here=$(cd -- "$(dirname -- "$0")" && pwd)
python=$venv/bin/python
wanted=$here/pycuda.txt
version=$(sed -n 's/^pycuda==//p' "$wanted")

installed() { "$python" -c "import importlib.metadata as m; assert m.version('pycuda') == '$version'" 2>/dev/null; }
! installed || exit 0

cuda=${CUDA_HOME:-/usr/local/cuda}
if ! [ -f "$cuda/include/cuda.h" ]; then
    echo "booth: $cuda/include/cuda.h is missing; install CUDA's headers (JetPack: nvidia-jetpack-dev) or set CUDA_HOME" >&2
    exit 1
fi

if ! "$python" -c 'import os, sysconfig as s; assert os.path.exists(s.get_path("include") + "/Python.h")' 2>/dev/null ||
    ! command -v g++ >/dev/null; then
    echo "booth: pycuda is built from source; sudo apt-get install g++ python3-dev, then run make again" >&2
    exit 1
fi

tag=$("$python" -c 'import sys; print("cp%d%d" % sys.version_info[:2])')
cache=${XDG_CACHE_HOME:-$HOME/.cache}/booth/wheels
wheel=$(find "$cache" -name "pycuda-$version-$tag-*.whl" 2>/dev/null | head -n 1)
if [ -z "$wheel" ]; then
    echo "pycuda: building $version against $cuda (about 5 minutes)"
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    # Its set-up reads this file from the home folder. CURAND is not used and its header often absent.
    cat >"$folder/.aksetup-defaults.py" <<SETTINGS
CUDA_ROOT = "$cuda"
CUDA_ENABLE_CURAND = False
CUDADRV_LIB_DIR = [d for d in ["$stubs", "$cuda/lib64/stubs", "$cuda/lib/stubs", "$cuda/lib64", "$cuda/lib"] if d]
CUDART_LIB_DIR = ["$cuda/lib64", "$cuda/lib"]
SETTINGS
    mkdir -p "$cache"
    HOME=$folder "$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --no-binary pycuda \
        --constraint "$here/requirements.lock" --wheel-dir "$folder/wheel" "pycuda==$version" || {
        echo "booth: pycuda could not be built, see above; mend that, then run make again" >&2
        exit 1
    }
    wheel=$cache/$(cd "$folder/wheel" && ls pycuda-*.whl)
    mv "$folder"/wheel/pycuda-*.whl "$wheel"
fi
"$python" -m pip install --quiet --disable-pip-version-check --no-deps --find-links "$cache" --requirement "$wanted"
