"""The kernels as a library for this CPU: the `.cu` files in, a shared object built by g++ behind the shim out."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from appliance.runtime.jetson.fatbin import KERNELS, sources

HERE = Path(__file__).parent
BUILT = Path(__file__).parents[4] / "build" / "shim"
KERNEL = re.compile(r'extern\s+"C"\s+__global__\s+void\s+(?:__launch_bounds__\((\d+)[^)]*\)\s+)?(\w+)\s*\(')
EXTRA = "BOOTH_SHIM_OPTIONS"
"More options from the environment, such as -fsanitize=undefined."
OPTIONS = (
    "-O2",
    "-std=c++17",
    "-shared",
    "-fPIC",
    "-ffp-contract=off",
    "-fno-strict-aliasing",
    "-w",
    "-DBOOTH_SHIM",
)


def compiler() -> str | None:
    """Path of g++; None where there is none."""
    return shutil.which("g++")


def kernel_names(folder: Path = KERNELS) -> list[str]:
    """Names of all kernels, in the order of their files."""
    return [name for name, _ in kernel_bounds(folder)]


def kernel_bounds(folder: Path = KERNELS) -> list[tuple[str, int | None]]:
    """Names of all kernels, and the threads of the largest block that each says it is for."""
    found = [
        pair for source in sources(folder) for pair in KERNEL.findall(source.read_text(encoding="utf-8"))
    ]
    return [(name, int(bound) if bound else None) for bound, name in found]


def shim_library(folder: Path = KERNELS, built: Path = BUILT, extra: Sequence[str] = ()) -> Path:
    """Build the kernels of a folder with `extra` options, or find what was built of the same text before."""
    unit, extra = unit_of(folder), [*extra, *os.environ.get(EXTRA, "").split()]
    texts = [path.read_bytes() for path in sorted([*folder.glob("*.cu*"), *HERE.glob("cuda_shim*")])]
    mark = hashlib.sha256(b"\0".join([unit.encode(), *map(str.encode, extra), *texts])).hexdigest()[:16]
    target = built / f"kernels-{mark}.so"
    if not target.exists():
        built.mkdir(parents=True, exist_ok=True)
        compile_unit(unit, folder, target, extra)
    return target


def unit_of(folder: Path) -> str:
    """One C++ file with all kernels, and for each a launcher that takes packed arguments."""
    included = [f'#include "{source.name}"' for source in sources(folder)]
    launchers = [
        f'extern "C" int launch_{name}(const shim::Grid* grid, const unsigned char* bytes, unsigned size, '
        f"const char** complaint) {{ return shim::launch({name}, {bound or 1024}, *grid, bytes, size, complaint); }}"
        for name, bound in kernel_bounds(folder)
    ]
    return "\n".join(['#include "cuda_shim.h"', *included, *launchers, '#include "cuda_shim.cpp"', ""])


def compile_unit(unit: str, folder: Path, target: Path, extra: Sequence[str] = ()) -> None:
    """Compile; raises AssertionError with the compiler's words."""
    # Another process may be compiling the same: neither reads what the other is still writing.
    mine = f"{os.getpid()}-{id(unit)}"
    draft, source = target.with_suffix(f".{mine}.tmp"), target.with_suffix(f".{mine}.cpp")
    source.write_text(unit, encoding="utf-8")
    command = [
        compiler() or "g++",
        *OPTIONS,
        *extra,
        f"-I{folder}",
        f"-I{HERE}",
        str(source),
        "-o",
        str(draft),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    source.replace(target.with_suffix(".cpp"))
    draft.replace(target)
