"""Unpacking: a verified bundle and an empty folder in, a release tree that is whole and on the disk out."""

from __future__ import annotations

import compileall
import contextlib
import hashlib
import os
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from appliance.update.bundle import CURE, Unpacked, members_of
from appliance.update.manifest import (
    FILE,
    MOST_BYTES,
    MOST_FILES,
    Entry,
    Manifest,
    check_tree,
    parse_manifest,
)
from appliance.update.refusal import Refused

CODE = ("app", "site-packages")
"Folders whose modules are compiled here, since the booth's users may not write beside them."


def unpack(bundle: IO[bytes], folder: Path, unpacked_bytes: int) -> tuple[Manifest, str]:
    """Make `folder` from the bundle; returns its manifest and that manifest's SHA-256.

    `unpacked_bytes`: the signed size of all files. Raises Refused, and OSError for a disk that is full; what is
    there then is a draft that the next try removes.
    """
    folder.mkdir(mode=0o755)
    unpacked = Unpacked(bundle, most_stream_bytes(unpacked_bytes))
    members = members_of(unpacked)
    content = first_file(members)
    manifest = parse_manifest(content)
    if manifest.size > unpacked_bytes:
        raise Refused("unsafe-archive", f"{FILE}: more bytes than the metadata say; {CURE}")
    left = dict(manifest.files)
    for info, pieces in members:
        entry = left.pop(info.name, None)
        if entry is None or entry.size != info.size:
            raise Refused("unsafe-archive", f"{info.name[:60]!r} is not in {FILE}; {CURE}")
        write_file(folder, info.name, entry, pieces)
    if left:
        raise Refused("unsafe-archive", f"{min(left)} is missing in the bundle; {CURE}")
    write_file(folder, FILE, Entry(sha256="0" * 64, size=len(content)), iter((content,)))
    digest = hashlib.sha256(content).hexdigest()
    return check_tree(folder, digest), digest


def first_file(members: Iterator[tuple[tarfile.TarInfo, Iterator[bytes]]]) -> bytes:
    """Content of the manifest, which has to come first. Raises Refused."""
    info, pieces = next(members, (tarfile.TarInfo(), iter(())))
    if info.name != FILE or info.size > MOST_BYTES:
        raise Refused("unsafe-archive", f"the bundle does not begin with {FILE}; {CURE}")
    return b"".join(pieces)


def most_stream_bytes(unpacked_bytes: int) -> int:
    """The longest stream with files of so many bytes: a header and padding for each, the manifest, the end."""
    return unpacked_bytes + MOST_BYTES + MOST_FILES * 1024 + 1024


def write_file(folder: Path, name: str, entry: Entry, pieces: Iterable[bytes]) -> None:
    """One file, new, by a name that the manifest has found safe. Raises OSError."""
    path = folder / name
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        for piece in pieces:
            file.write(piece)
        os.fchmod(file.fileno(), 0o755 if entry.executable else 0o644)


def compile_code(folder: Path) -> None:
    """Compile the modules; running none of them. One that does not compile is left to the trial to find."""
    for name in CODE:
        if (folder / name).is_dir():
            compileall.compile_dir(folder / name, quiet=2, workers=1)


def open_to_all(folder: Path) -> None:
    """Let the booth's users read a tree that only root may change, whatever the umask was. Raises OSError."""
    for parent, _, files in os.walk(folder):
        Path(parent).chmod(0o755)
        for name in files:
            file = Path(parent, name)
            file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)


def sync_tree(folder: Path) -> None:
    """Bring each file and each name below `folder` to the disk. Raises OSError."""
    for parent, _, files in os.walk(folder):
        for name in files:
            if not Path(parent, name).is_symlink():
                sync(Path(parent, name))
        sync(Path(parent))


def sync(path: Path) -> None:
    """fsync(2) of a file or folder. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_tree(folder: Path) -> None:
    """Remove what a cut-off try has left; nothing where there is nothing. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
