"""Bundles: a release tree in, one gzipped tar out, byte for byte the same each time; and its members read back.

The reader is our own: headers of plain USTAR, one after the other, and nothing else. Python's tarfile would follow
extended headers of any length before anybody could look at them.
"""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from appliance.update.manifest import CHUNK_BYTES, FILE, Manifest, manifest_from_tree
from appliance.update.refusal import Refused

BLOCK = tarfile.BLOCKSIZE
CURE = "the publisher has to make the bundle anew"
MOST_BYTES = 8 * 1024**3
"Unpacked; whatever a manifest claims."
Reader = Callable[[int], bytes]


def write_bundle(tree: Path, target: Path) -> Manifest:
    """Make the bundle of `tree`; the time, the owner and the order of its files are fixed. Raises Refused, OSError."""
    manifest = manifest_from_tree(tree)
    with (
        target.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        content = manifest.content()
        archive.addfile(member(FILE, len(content)), io.BytesIO(content))
        for name, entry in sorted(manifest.files.items()):
            with (tree / name).open("rb") as opened:
                archive.addfile(member(name, entry.size, executable=entry.executable), opened)
    return manifest


def member(name: str, size: int, *, executable: bool = False) -> tarfile.TarInfo:
    """A header without anything of the machine that wrote it."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o755 if executable else 0o644
    return info


class Unpacked:
    """The decompressed side of a bundle; gives exactly what is asked for, and no more than MOST_BYTES in all."""

    def __init__(self, file: IO[bytes], most_bytes: int = MOST_BYTES) -> None:
        self._packed = gzip.GzipFile(fileobj=file, mode="rb")
        self._left = most_bytes

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes. Raises Refused where there are fewer, or too many came before."""
        self._left -= size
        if self._left < 0:
            raise Refused("unsafe-archive", f"the bundle grows beyond what its metadata say; {CURE}")
        try:
            content = self._packed.read(size)
        except (OSError, EOFError) as error:
            raise Refused("unsafe-archive", f"the bundle cannot be unpacked ({error}); {CURE}") from None
        except Exception as error:  # zlib.error is no OSError
            raise Refused("unsafe-archive", f"the bundle is no gzip ({error}); {CURE}") from None
        if len(content) != size:
            raise Refused("unsafe-archive", f"the bundle ends too early; {CURE}")
        return content


def members_of(unpacked: Unpacked) -> Iterator[tuple[tarfile.TarInfo, Iterator[bytes]]]:
    """Header and content of each file; the content has to be used up before the next. Raises Refused."""
    while True:
        block = unpacked.read(BLOCK)
        if not block.strip(b"\0"):
            return
        info = header_from_block(block)
        yield info, content_of(unpacked, info.size)


def header_from_block(block: bytes) -> tarfile.TarInfo:
    """The header, which is that of a plain file. Raises Refused for a link, a device, a pipe or anything else."""
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.TarError, ValueError) as error:
        raise Refused("unsafe-archive", f"the bundle has a header that is none ({error}); {CURE}") from None
    if info.type != tarfile.REGTYPE or info.size < 0 or info.linkname:
        raise Refused(
            "unsafe-archive", f"the bundle holds {info.name[:60]!r}, which is no plain file; {CURE}"
        )
    return info


def content_of(unpacked: Unpacked, size: int) -> Iterator[bytes]:
    """The next `size` bytes in pieces, and the padding after them."""
    left = size
    while left:
        piece = unpacked.read(min(left, CHUNK_BYTES))
        left -= len(piece)
        yield piece
    unpacked.read(-size % BLOCK)
