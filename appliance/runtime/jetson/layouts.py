"""Our idea of NvBufSurface against this board's own header: a header and a C compiler in, the first difference out."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path

from appliance.errors import BoothError
from appliance.runtime.checks import NotChecked
from appliance.runtime.jetson.formats import HEADER, NUMBERS, format_names
from appliance.runtime.jetson.nvbufsurface import (
    CUDA_DEVICE,
    PITCH_LINEAR,
    SURFACE_ARRAY,
    MappedAddr,
    PlaneParams,
    Surface,
    SurfaceParams,
)

MEMBERS: dict[str, tuple[type[ctypes.Structure], dict[str, str]]] = {
    "NvBufSurface": (
        Surface,
        {"batchSize": "batch_size", "memType": "mem_type", "surfaceList": "surface_list"},
    ),
    "NvBufSurfaceParams": (
        SurfaceParams,
        {
            "width": "width",
            "height": "height",
            "pitch": "pitch",
            "colorFormat": "color_format",
            "layout": "layout",
            "bufferDesc": "buffer_desc",
            "dataPtr": "data_ptr",
            "planeParams": "plane_params",
            "mappedAddr": "mapped_addr",
        },
    ),
    "NvBufSurfacePlaneParams": (
        PlaneParams,
        {"num_planes": "num_planes", "pitch": "pitch", "offset": "offset"},
    ),
    "NvBufSurfaceMappedAddr": (MappedAddr, {"eglImage": "egl_image"}),
}
"The structs, and of their members those that the booth reads: name in C to name in nvbufsurface.py."
CONSTANTS = {
    "NVBUF_MEM_CUDA_DEVICE": CUDA_DEVICE,
    "NVBUF_MEM_SURFACE_ARRAY": SURFACE_ARRAY,
    "NVBUF_LAYOUT_PITCH": PITCH_LINEAR,
}
PACKAGE = "apt-get install nvidia-l4t-jetson-multimedia-api"
CURE = "set camera.nvmm: off, which needs no surfaces, and tell the booth's makers which JetPack this is"


def check_layouts(root: Path = Path("/"), compiler: str | None = None) -> str:
    """Offsets and numbers as the compiler of this board sees them. Raises NotChecked without header or gcc."""
    header = root / HEADER.relative_to("/")
    if not header.exists():
        raise NotChecked(f"no nvbufsurface.h to compare with; to have it: {PACKAGE}")
    known = expected(format_names(header))
    gcc = compiler or shutil.which("gcc")
    if gcc is None:
        moved = [name for number, name in format_names(header).items() if NUMBERS.get(number) != name]
        told = (
            f"colour formats with other numbers: {', '.join(moved)}"
            if moved
            else "all colour formats as known"
        )
        raise NotChecked(f"no gcc to lay the structs out (apt-get install gcc); {told}")
    for (expression, ours), theirs in zip(known.items(), compiled(header, gcc, list(known)), strict=True):
        if ours != theirs:
            raise BoothError(f"{header}: {expression} is {theirs}, the booth takes it for {ours}; {CURE}")
    return f"{len(known)} offsets and numbers as in this board's header"


def expected(names: dict[int, str]) -> dict[str, int]:
    """C expression -> the value that the booth relies on; `names` are colour formats by number.

    Not the structs' sizes, which grow from release to release: only the first picture of a batch is read.
    """
    values = dict(CONSTANTS)
    for struct, (ours, members) in MEMBERS.items():
        values |= {
            f"offsetof({struct}, {there})": getattr(ours, here).offset for there, here in members.items()
        }
    return values | {f"NVBUF_COLOR_FORMAT_{name}": number for number, name in names.items()}


def compiled(header: Path, gcc: str, expressions: list[str]) -> list[int]:
    """Values of C expressions. Raises BoothError with the compiler's first complaint."""
    lines = "".join(f'printf("%ld\\n", (long)({expression}));\n' for expression in expressions)
    program = f"#include <stddef.h>\n#include <stdio.h>\nint main(void) {{\n{lines}return 0;\n}}\n"
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "layouts"
        command = [
            gcc,
            "-x",
            "c",
            "-",
            "-include",
            str(header),
            "-I/usr/local/cuda/include",
            "-o",
            str(target),
        ]
        done = subprocess.run(command, input=program, capture_output=True, text=True, check=False)
        if done.returncode:
            complaint = next(
                (line for line in done.stderr.splitlines() if "error" in line), done.stderr[:200]
            )
            raise BoothError(f"{header}: {complaint.split('error: ')[-1].strip()}; {CURE}")
        told = subprocess.run([target], capture_output=True, text=True, check=True).stdout
    return [int(line) for line in told.split()]
