"""The booth's package for a suite: a checkout in; this version, and a next one that differs in its number, out."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = {"bookworm": "3.11", "jammy": "3.10", "noble": "3.12"}
THIS, NEXT = "0.1.0", "0.1.1"
SCRIPTS = ("control", "preinst", "postinst", "prerm", "postrm")


def make_packages(suite: str, folder: Path, *, again: bool = False) -> tuple[Path, Path]:
    """Build the package as `make deb` does, and its successor; `again`: those that are there."""
    tag = f"+py{PYTHON[suite].replace('.', '')}_amd64.deb"
    there = folder / f"booth_{THIS}{tag}", folder / f"booth_{NEXT}{tag}"
    if again and all(package.exists() for package in there):
        return there
    folder.mkdir(parents=True, exist_ok=True)
    builder = [sys.executable, str(ROOT / "deploy/package/deb.py")]
    options = ["--arch", "amd64", "--python", PYTHON[suite], "--version", THIS, "--quick"]
    built = subprocess.run(
        [*builder, *options, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True
    )
    package = Path(built.stdout.strip().splitlines()[-1])
    return package, make_next(package)


def make_next(package: Path) -> Path:
    """The same with the next number in whatever dpkg and the booth read it from."""
    tree = package.with_suffix(".next")
    shutil.rmtree(tree, ignore_errors=True)
    subprocess.run(["dpkg-deb", "-R", str(package), str(tree)], check=True)
    for name in SCRIPTS:
        script = tree / "DEBIAN" / name
        script.write_text(script.read_text().replace(THIS, NEXT))
    build = tree / "usr/lib/booth/build.json"
    before = hashlib.md5(build.read_bytes()).hexdigest()
    build.write_text(json.dumps({**json.loads(build.read_text()), "version": NEXT}))
    # What `dpkg --verify` compares with.
    sums = tree / "DEBIAN/md5sums"
    sums.write_text(sums.read_text().replace(before, hashlib.md5(build.read_bytes()).hexdigest()))
    target = package.with_name(package.name.replace(THIS, NEXT))
    command = ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", str(tree), str(target)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(tree)
    return target
