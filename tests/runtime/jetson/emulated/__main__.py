"""`make test-gpu-emulated`: the tests of the Jetson wing on stock pycuda and a CUDA driver without a GPU."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from tests.runtime.jetson.shim.build import compiler, shim_library

HERE = Path(__file__).parent
ROOT = Path(__file__).parents[4]
BUILT = ROOT / "build" / "emulated"
TESTED = "tests/runtime/jetson"


def main() -> int:
    """Build the driver, bring pycuda, run the tests; 0 with a reason where that cannot be."""
    cuda = Path(os.environ.get("CUDA_HOME", "/usr/local/cuda"))
    if compiler() is None or not (cuda / "include" / "cuda.h").exists():
        print(f"skipped: the emulated device needs g++ and {cuda}/include/cuda.h (CUDA's headers)")
        return 0
    BUILT.mkdir(parents=True, exist_ok=True)
    build_driver(cuda, ())  # for the linker only
    subprocess.run(["sh", "deploy/package/make-pycuda.sh", sys.prefix, str(BUILT)], cwd=ROOT, check=True)
    build_driver(cuda, wanted_symbols())
    places = os.pathsep.join([str(BUILT), os.environ.get("LD_LIBRARY_PATH", "")])
    environment = {**os.environ, "LD_LIBRARY_PATH": places, "BOOTH_KERNELS": str(shim_library())}
    command = [sys.executable, "-m", "pytest", TESTED, "--driver=pycuda", *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def wanted_symbols() -> set[str]:
    """Names of CUDA that the installed pycuda links with."""
    package = importlib.util.find_spec("pycuda")
    assert package is not None
    assert package.submodule_search_locations
    (module,) = Path(package.submodule_search_locations[0]).glob("_driver*.so")
    return {name for name in symbols(module, "-D", "--undefined-only") if name.startswith("cu")}


def symbols(file: Path, *options: str) -> set[str]:
    """Names that a library or object has, by nm."""
    listed = subprocess.run(["nm", *options, str(file)], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1].partition("@")[0] for line in listed.splitlines()}


def build_driver(cuda: Path, wanted: Collection[str]) -> None:
    """Compile libcuda.so.1; of `wanted` what it does not have answers CUDA_ERROR_NOT_SUPPORTED."""
    library, own, stubs = (BUILT / name for name in ("libcuda.so.1", "libcuda.o", "missing.c"))
    run(
        [
            "g++",
            "-O2",
            "-fPIC",
            "-std=c++17",
            f"-I{cuda}/include",
            "-c",
            str(HERE / "libcuda.cpp"),
            "-o",
            str(own),
        ]
    )
    missing = sorted(set(wanted) - symbols(own, "--defined-only"))
    stubs.write_text("".join(f"int {name}(void) {{ return 801; }}\n" for name in missing), encoding="utf-8")
    run(["gcc", "-O2", "-fPIC", "-c", str(stubs), "-o", str(stubs.with_suffix(".o"))])
    objects = [str(own), str(stubs.with_suffix(".o"))]
    run(["g++", "-shared", "-Wl,-soname,libcuda.so.1", *objects, "-ldl", "-o", str(library)])
    shutil.copy(library, BUILT / "libcuda.so")


def run(command: Sequence[str]) -> None:
    """One step of the compiler; ends the run when it fails."""
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"booth: {command[0]} failed, see above")


if __name__ == "__main__":
    sys.exit(main())
