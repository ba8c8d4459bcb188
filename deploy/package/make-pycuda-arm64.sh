#!/bin/sh
# Builds pycuda for a Jetson on an amd64 machine, into the cache of wheels; says why not, and ends well, where it cannot.
# The package for arm64 then brings it along; without, pycuda is built on the Jetson by make-pycuda.sh.
# usage: make-pycuda-arm64.sh VERSION      of Python, like 3.10: its interpreter and headers are on this machine
set -eu

python=python$1
here=$(cd -- "$(dirname -- "$0")" && pwd)
version=$(sed -n 's/^pycuda==//p' "$here/pycuda.txt")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/booth/wheels/pycuda-arm64
tag=cp$(echo "$1" | tr -d .)
cuda=${CUDA_HOME:-/usr/local/cuda}
cross=aarch64-linux-gnu

[ ! -e "$cache/pycuda-$version-$tag-$tag-linux_aarch64.whl" ] || exit 0

skip() {
    echo "pycuda for arm64, Python $1, is not built here: $2; a Jetson builds it itself (minutes)"
    exit 0
}
"$python" -c 'import os, sysconfig as s; assert os.path.exists(s.get_path("include") + "/Python.h")' 2>/dev/null ||
    skip "$1" "no $python with its headers"
command -v $cross-g++ >/dev/null || skip "$1" "apt-get install g++-$cross"
[ -f "$cuda/include/cuda.h" ] || skip "$1" "$cuda/include/cuda.h is missing"

echo "pycuda: building $version for arm64 and Python $1 (about 5 minutes)"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/stub" "$folder/wheel"
# Jetsons have the driver; here only its name is needed.
echo | $cross-gcc -shared -x c - -Wl,-soname,libcuda.so.1 -o "$folder/stub/libcuda.so"
cat >"$folder/.aksetup-defaults.py" <<SETTINGS
CUDA_ROOT = "$cuda"
CUDA_ENABLE_CURAND = False
CUDADRV_LIB_DIR = ["$folder/stub"]
CUDART_LIB_DIR = ["$folder/stub"]
SETTINGS
"$python" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --constraint "$here/requirements.lock" \
    'setuptools<81' wheel numpy
"$folder/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --no-binary pycuda \
    --no-build-isolation --dest "$folder" "pycuda==$version"
tar -xzf "$folder/pycuda-$version.tar.gz" -C "$folder"
cd "$folder/pycuda-$version"
log=$cache.$tag.log
# The stub defines nothing; the driver's name must go into the module all the same.
link="$cross-g++ -shared -Wl,--no-as-needed"
mkdir -p "$cache"
if ! HOME=$folder CC=$cross-gcc CXX=$cross-g++ AR=$cross-ar LDSHARED="$link" \
    LDCXXSHARED="$link" _PYTHON_HOST_PLATFORM=linux-aarch64 \
    SETUPTOOLS_EXT_SUFFIX=".cpython-${tag#cp}-$cross.so" \
    "$folder/venv/bin/python" setup.py bdist_wheel --plat-name linux_aarch64 \
    --dist-dir "$folder/wheel" >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "booth: pycuda could not be built for arm64; the whole story is in $log" >&2
    exit 1
fi
unzip -qo "$folder"/wheel/pycuda-*.whl 'pycuda/_driver*.so' -d "$folder/made"
$cross-objdump -p "$folder"/made/pycuda/_driver*.so | grep -q 'NEEDED.*libcuda\.so\.1' || {
    echo "booth: pycuda for arm64 does not name the driver; the whole story is in $log" >&2
    exit 1
}
mv "$folder"/wheel/pycuda-*.whl "$cache/"
