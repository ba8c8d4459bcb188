"""What lies in /usr/share/doc/booth: licences, changelog, parts list, security contact, an example."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

from vendor import Target

DEBIAN = Path(__file__).resolve().parent / "debian"


def write_documents(folder: Path, target: Target, version: str, contact: str, wheels: list[Path]) -> None:
    """Write them all."""
    (folder / "examples").mkdir(parents=True)
    shutil.copyfile(DEBIAN / "booth.yaml", folder / "examples/booth.yaml")
    (folder / "SECURITY.md").write_text((DEBIAN / "SECURITY.md").read_text().replace("@CONTACT@", contact))
    (folder / "changelog.gz").write_bytes(gzip.compress(b"booth\n", 9, mtime=0))
