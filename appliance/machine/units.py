"""Drop-ins on disk: their texts in, files of the service manager that are written, or found stale, out."""

from __future__ import annotations

import os
from pathlib import Path

from appliance.disk import sync_folder, write_durably
from appliance.errors import BoothError

UNITS = "etc/systemd/system"
NAME = "50-machine.conf"
"Numbered, so that somebody's own drop-in can come after it."


def stale(texts: dict[str, str], root: Path) -> list[Path]:
    """Drop-ins under `root` that are not what `texts` (process -> text) says, missing ones too."""
    return [
        file_of(process, root) for process, text in texts.items() if _read(file_of(process, root)) != text
    ]


def write(texts: dict[str, str], root: Path) -> list[Path]:
    """Bring each stale drop-in up to date, at once or not at all; returns those. Raises BoothError."""
    changed = stale(texts, root)
    for process, text in texts.items():
        file = file_of(process, root)
        if file not in changed:
            continue
        if text:
            write_durably(file, text.encode(), "run it as root: sudo booth units", mode=0o644)
        else:
            _remove(file)
    return changed


def file_of(process: str, root: Path) -> Path:
    """Where the drop-in of a process lies."""
    return root / UNITS / f"booth-{process}.service.d" / NAME


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        return "unreadable"


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
        sync_folder(file.parent)
    except OSError as error:
        raise BoothError(
            f"{file}: {os.strerror(error.errno or 0)}; run it as root: sudo booth units"
        ) from None
