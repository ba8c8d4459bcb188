"""A power switch: a piece of work and the number of a durable step in; the disk as it is when the power goes there out.

Steps are what a program does to a disk in a way that matters: fsync, rename, link, unlink, mkdir. What was not brought
to the disk by then is kept, or lost as a hard file system would lose it: files that were written and not synced are
empty, names that were made, moved or removed in a folder that was not synced are as before.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

WATCHED = ("fsync", "replace", "rename", "unlink", "symlink", "mkdir", "rmdir")


class PowerCut(BaseException):
    """Not an Exception: no program catches it."""


class Power:
    """Counts steps below `home` and cuts after the one it was told."""

    def __init__(self, home: Path, grave: Path, cut_after: int | None = None) -> None:
        self.home = home
        self.memory = home / "run"
        self.grave = grave
        self.cut_after = cut_after
        self.steps: list[str] = []
        self.dead = False
        self._synced = {stamp(file) for file in files_in(home)}
        self._undo: list[tuple[Path, Callable[[], object]]] = []
        "Folder whose names are not on the disk yet, and what the disk would bring back."

    @contextlib.contextmanager
    def on(self) -> Iterator[Power]:
        """Let this power drive whatever the block does to files."""
        real = {name: getattr(os, name) for name in WATCHED}
        for name in WATCHED:
            setattr(os, name, self._wrapped(name, real[name]))
        self.dead = self.cut_after == 0
        try:
            yield self
        except PowerCut:
            pass
        finally:
            for name, function in real.items():
                setattr(os, name, function)

    def _cut(self) -> None:
        self.dead = True
        raise PowerCut

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            if self.dead:
                raise PowerCut
            path = self._path_of(name, args, options)
            if path is None:
                return real(*args, **options)
            undo = self._undo_of(name, args, path)
            result = real(*args, **options)
            if name == "fsync":
                self._sync(path)
            elif undo is not None:
                self._undo.append((path.parent, undo))
            self.steps.append(f"{name} {path.relative_to(self.home)}")
            if self.cut_after == len(self.steps):
                self._cut()
            return result

        return step

    def _path_of(self, name: str, args: tuple[Any, ...], options: dict[str, Any]) -> Path | None:
        """What a step is about; None for one elsewhere, or inside a tree that is being removed."""
        if options.get("dir_fd") is not None:
            return None
        place = args[1] if name in {"replace", "rename", "symlink"} else args[0]
        path = Path(os.readlink(f"/proc/self/fd/{place}")) if isinstance(place, int) else Path(place)  # noqa: PTH115
        return path if path.is_relative_to(self.home) and not path.is_relative_to(self.memory) else None

    def _sync(self, path: Path) -> None:
        if path.is_dir():
            self._undo = [(folder, undo) for folder, undo in self._undo if folder != path]
        else:
            self._synced.add(stamp(path))

    def _undo_of(self, name: str, args: tuple[Any, ...], path: Path) -> Callable[[], object] | None:
        """How to undo a change of names that never reaches the disk."""
        if name in {"replace", "rename"}:
            source, back = Path(args[0]), self._bury(path)

            def swap() -> None:
                move(path, source)
                back()

            return swap
        if name == "unlink":
            return self._bury(path)
        if name == "symlink":
            return lambda: path.unlink(missing_ok=True)
        return (lambda: shutil.rmtree(path, ignore_errors=True)) if name == "mkdir" else None

    def _bury(self, path: Path) -> Callable[[], object]:
        """Keep what has this name, and return how to bring it back."""
        if path.is_symlink():
            meant = os.readlink(path)  # noqa: PTH115
            return lambda: path.symlink_to(meant)
        if not path.is_file():
            return lambda: None
        self.grave.mkdir(exist_ok=True)
        kept = self.grave / str(len(list(self.grave.iterdir())))
        kept.hardlink_to(path)
        return lambda: move(kept, path)

    def lose(self) -> None:
        """Let the disk forget what was never brought to it."""
        for _, undo in reversed(self._undo):
            undo()
        for file in files_in(self.home):
            if stamp(file) not in self._synced:
                os.truncate(file, 0)


def files_in(folder: Path) -> list[Path]:
    """Plain files below `folder`."""
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def stamp(file: Path) -> tuple[int, int, int]:
    """Changes whenever the content does."""
    found = file.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def move(source: Path, target: Path) -> None:
    """Give a file or folder another name, if it is there."""
    if source.exists() or source.is_symlink():
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        source.replace(target)
