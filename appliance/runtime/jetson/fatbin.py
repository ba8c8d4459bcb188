"""The kernels compiled ahead: `.cu` files in, one fatbin for Orin, Thor and later GPUs out. `make kernels` runs it.

The device needs no compiler: it loads the fatbin that lies beside the sources and was made of exactly these.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from appliance.errors import BoothError

KERNELS = Path(__file__).with_name("kernels")
MACHINES = ("87", "110")
"Compute capabilities that get machine code: Orin 8.7, Thor 11.0."
PORTABLE = "80"
"Any other GPU from here on compiles this PTX when it loads it."
OPTIONS = ("-std=c++17", "-O3", "-no-compress")
"Uncompressed: a driver older than the compiler cannot read every compression."
FALLBACK = Path("/usr/local/cuda/bin/nvcc")


def sources(folder: Path = KERNELS) -> list[Path]:
    """The files that hold kernels, in a fixed order."""
    return sorted(folder.glob("*.cu"))


def fatbin_path(folder: Path = KERNELS) -> Path:
    """Where the fatbin of today's sources lies, whether it exists or not."""
    digest = hashlib.sha256(" ".join((*OPTIONS, *MACHINES, PORTABLE)).encode())
    for path in sorted(folder.glob("*.cu*")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return folder / f"booth-{digest.hexdigest()[:12]}.fatbin"


def find_nvcc() -> Path | None:
    """NVIDIA's compiler by NVCC, the PATH or its usual place; None where there is none."""
    named = os.environ.get("NVCC") or shutil.which("nvcc")
    found = Path(named) if named else FALLBACK
    return found if found.exists() else None


def known_machines(nvcc: Path) -> set[str]:
    """Compute capabilities that this compiler can make code for, like '87'."""
    listed = subprocess.run([str(nvcc), "--list-gpu-code"], capture_output=True, text=True, check=True).stdout
    return {word.removeprefix("sm_") for word in listed.split()}


def compile_kernels(target: Path, nvcc: Path, machines: Sequence[str], folder: Path = KERNELS) -> None:
    """Compile all kernels into one fatbin at `target`. Raises BoothError with the compiler's first complaint."""
    includes = "".join(f'#include "{path.name}"\n' for path in sources(folder))
    codes = [f"-gencode=arch=compute_{one},code=sm_{one}" for one in machines]
    portable = f"-gencode=arch=compute_{PORTABLE},code=compute_{PORTABLE}"
    command = [str(nvcc), "-fatbin", *OPTIONS, *codes, portable, f"-I{folder}"]
    # Not among the kernels: whoever lists them meanwhile would take it for one.
    with tempfile.TemporaryDirectory() as scratch:
        unit = Path(scratch) / "unit.cu"
        unit.write_text(includes, encoding="utf-8")
        done = subprocess.run(
            [*command, str(unit), "-o", str(target)], capture_output=True, text=True, check=False
        )
    if done.returncode:
        complaint = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr[:200])
        raise BoothError(f"{nvcc}: {complaint.strip()}; mend the kernel, then: make kernels")


def build() -> Path:
    """Make the fatbin of today's sources for the machines that the compiler knows, unless it is there.

    Older ones are removed. Raises BoothError without a compiler, or when it complains.
    """
    target = fatbin_path()
    if target.exists():
        return target
    nvcc = find_nvcc()
    if nvcc is None:
        raise BoothError("nvcc was not found; install the CUDA toolkit (12.6 or newer), or name it in NVCC")
    machines = [one for one in MACHINES if one in known_machines(nvcc)]
    draft = target.with_suffix(".partial")
    compile_kernels(draft, nvcc, machines)
    for old in KERNELS.glob("booth-*.fatbin"):
        old.unlink()
    draft.replace(target)
    print(
        f"{target}: {', '.join(f'sm_{one}' for one in machines)} and PTX, {target.stat().st_size / 1e6:.1f} MB"
    )
    return target


if __name__ == "__main__":
    try:
        build()
    except BoothError as error:
        sys.exit(f"booth: {error}")
