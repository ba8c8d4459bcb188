"""The folder of downloads and converted networks: whole files under their names, or no file at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from appliance.errors import BoothError

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Cache:
    """Where things lie under one root folder; nothing is created until something is stored."""

    root: Path
    shipped: Path | None = None
    "Converted networks that came with the program, only to be read; None in a checkout."

    @property
    def weights(self) -> Path:
        """Weight files as their authors published them, one folder per model."""
        return self.root / "weights"

    @property
    def models(self) -> Path:
        """Converted ONNX files and what each was made from."""
        return self.root / "models"

    @property
    def plans(self) -> Path:
        """TensorRT plans built on this machine, see plans.py."""
        return self.root / "plans"

    @property
    def samples(self) -> Path:
        """The sample street."""
        return self.root / "samples"

    @property
    def tools(self) -> Path:
        """The converter's environments."""
        return self.root / "tools"

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Yield an empty folder on the cache's own disk (so that renames are atomic), removed at the end."""
        self._create()
        with tempfile.TemporaryDirectory(prefix="partial-", dir=self.root) as folder:
            yield Path(folder)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the cache alone; leftovers of set-ups that were killed are removed first."""
        self._create()
        with opened_lock(self.root / "lock") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                print("another set-up is at work on the same cache; waiting for it", flush=True)
                fcntl.flock(handle, fcntl.LOCK_EX)
            for leftover in self.root.glob("partial-*"):
                shutil.rmtree(leftover, ignore_errors=True)
            yield

    def _create(self) -> None:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BoothError(
                f"cannot create the cache folder {self.root} ({error.strerror}); "
                "free the path or set XDG_CACHE_HOME to a folder that can be written"
            ) from error


def opened_lock(path: Path) -> IO[bytes]:
    """A file to lock, only read: one that root made while tending the engines does not shut vision out."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666), "rb")


def default_cache() -> Cache:
    """Return `${XDG_CACHE_HOME:-~/.cache}/booth`; a relative XDG_CACHE_HOME does not count (its standard).

    An installed booth names the networks that came with it in BOOTH_NETWORKS (deploy/package/launch.py).
    """
    named, shipped = os.environ.get("XDG_CACHE_HOME", ""), os.environ.get("BOOTH_NETWORKS")
    base = Path(named) if named.startswith("/") else Path.home() / ".cache"
    return Cache(base / "booth", Path(shipped) if shipped else None)


def sha256_of(*paths: Path) -> str:
    """Return the hash of the files' content, one after the other, in hex; reads in pieces."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as handle:
            while piece := handle.read(CHUNK_BYTES):
                digest.update(piece)
    return digest.hexdigest()


def holds(path: Path, sha256: str) -> bool:
    """Tell whether `path` is a file with exactly this content."""
    return path.is_file() and sha256_of(path) == sha256


def store(source: Path, target: Path) -> None:
    """Move a finished file to its name in one step, bytes on the disk first, for power cuts."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as handle:
        os.fsync(handle.fileno())
    source.replace(target)
