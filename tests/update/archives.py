"""Bundles that nobody should unpack: a kind in, a gzipped tar with that one thing wrong out."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

from tests.update.world import MACHINE, NEW

GOOD = {
    "build.json": json.dumps(
        {"schema": "build/1", "version": NEW, "python": MACHINE.python, "arch": MACHINE.arch}
    ).encode(),
    "launch.py": b"print()\n",
}
Parts = list[tuple[tarfile.TarInfo, bytes]]


def plain(name: str, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    return info, content


def special(name: str, kind: bytes, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info, b""


def manifest(files: dict[str, bytes]) -> tuple[tarfile.TarInfo, bytes]:
    entries = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "executable": False}
        for name, content in files.items()
    }
    facts = {"schema": "bundle/1", "version": NEW, "python": MACHINE.python, "arch": MACHINE.arch}
    return plain("manifest.json", json.dumps({**facts, "files": entries}).encode())


def whole(files: dict[str, bytes], *more: tuple[tarfile.TarInfo, bytes]) -> Parts:
    """A manifest of `files`, they themselves, and what else."""
    return [manifest(files), *(plain(name, content) for name, content in files.items()), *more]


KINDS: dict[str, Callable[[], Parts]] = {
    "a path with ..": lambda: whole({**GOOD, "../../etc/cron.d/mine": b"x"}),
    "an absolute path": lambda: whole({**GOOD, "/etc/cron.d/mine": b"x"}),
    "a path with .. that the manifest lacks": lambda: whole(GOOD, plain("app/../../mine", b"x")),
    "a symbolic link": lambda: whole(GOOD, special("app", tarfile.SYMTYPE, "/etc")),
    "a hard link": lambda: whole(GOOD, special("app", tarfile.LNKTYPE, "/etc/shadow")),
    "a device": lambda: whole(GOOD, special("disk", tarfile.BLKTYPE)),
    "a pipe": lambda: whole(GOOD, special("pipe", tarfile.FIFOTYPE)),
    "a sparse file": lambda: whole(GOOD, special("sparse", tarfile.GNUTYPE_SPARSE)),
    "a long name in an extended header": lambda: whole(GOOD, special("x", tarfile.XHDTYPE)),
    "a file that the manifest lacks": lambda: whole(GOOD, plain("app/more.py", b"x")),
    "a file twice": lambda: whole(GOOD, plain("launch.py", GOOD["launch.py"])),
    "a file that is missing": lambda: [manifest(GOOD), plain("launch.py", GOOD["launch.py"])],
    "a file where a folder should be": lambda: whole({**GOOD, "app": b"x", "app/words.py": b"x"}),
    "compiled code": lambda: whole({**GOOD, "app/__pycache__/words.cpython-310.pyc": b"x"}),
    "no manifest": lambda: [plain(name, content) for name, content in GOOD.items()],
    "a manifest that is none": lambda: [plain("manifest.json", b"[]")],
    "a bomb: more than is signed": lambda: whole({**GOOD, "zeros": bytes(20_000_000)}),
    "a bomb behind the manifest": lambda: whole(
        GOOD, *[plain(f"zeros{n}", bytes(9_000_000)) for n in range(9)]
    ),
    "no gzip": list,
    "a gzip that ends too early": lambda: whole(GOOD, plain("app/more.py", bytes(100_000))),
}


def write(kind: str, file: Path) -> None:
    """Make the bundle."""
    parts = KINDS[kind]()
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for info, content in parts:
            archive.addfile(info, io.BytesIO(content))
    content = packed.getvalue()
    if kind == "no gzip":
        content = b"PK\x03\x04" * 1000
    file.write_bytes(content[: len(content) // 2] if "ends too early" in kind else content)
