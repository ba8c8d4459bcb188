"""C of this folder: a file's name in, what gcc made of it out, built once per text."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from appliance.runtime.jetson.nvbufsurface import LIBRARY

HERE = Path(__file__).parent
BUILT = Path(__file__).parents[4] / "build" / "fakes"


def built(name: str, result: str, *options: str) -> Path:
    """The file that gcc makes of `name`, in a folder of its own; skips where no gcc is."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed: C cannot lay out the structs")
    texts = [path.read_bytes() for path in sorted(HERE.glob("*.[ch]"))]
    target = BUILT / hashlib.sha256(b"\0".join(texts)).hexdigest()[:16] / result
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(f".{id(target)}.tmp")
        done = subprocess.run(
            ["gcc", "-O1", "-Wall", "-Werror", *options, str(HERE / name), "-o", str(draft)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        draft.replace(target)
    return target


def library_folder() -> Path:
    """Where the fake libnvbufsurface lies."""
    return built("nvbufsurface.c", LIBRARY, "-shared", "-fPIC").parent


def layout_lines() -> list[list[str]]:
    """Struct, member ('-' for the whole), offset and size, as the compiler sees them."""
    done = subprocess.run([built("layouts.c", "layouts")], capture_output=True, text=True, check=True)
    return [line.split() for line in done.stdout.splitlines()]
