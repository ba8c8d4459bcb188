"""pip as the user has configured it: a requirement goes in, an archive or a folder of packages comes out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from appliance.errors import BoothError

MEGABYTE = 1_000_000


def say(what: str, download_bytes: int) -> None:
    """Print one line of progress with the size of what is fetched."""
    print(f"{what} ({download_bytes / MEGABYTE:.1f} MB)", flush=True)


def download_wheel(name: str, version: str, folder: Path) -> Path:
    """Download a wheel into an empty folder; the Python it was made for does not matter.

    Raises BoothError with pip's reason.
    """
    return pip_download([f"{name}=={version}", "--only-binary=:all:"], folder)


def pip_download(arguments: list[str], folder: Path) -> Path:
    """Run `pip download` into an empty folder, return the one archive; raises BoothError with pip's reason.

    pip's own cache is not used: it would keep a second copy of an archive that is thrown away after use.
    """
    bar = [] if sys.stdout.isatty() else ["--quiet"]
    options = [*bar, "--no-deps", "--no-cache-dir", "--ignore-requires-python", "--dest", str(folder)]
    _run("download", [*options, *arguments], f"download {arguments[0]}")
    archives = list(folder.iterdir())
    if len(archives) != 1:
        raise BoothError(f"pip downloaded {len(archives)} files for {arguments[0]}; run: make setup")
    return archives[0]


def install_into(folder: Path, packages: tuple[str, ...]) -> None:
    """Install exactly these packages into a folder; raises BoothError with pip's reason."""
    options = ["--quiet", "--no-deps", "--no-compile", "--only-binary=:all:", "--target", str(folder)]
    _run("install", [*options, *packages], f"install {', '.join(packages)}")


def _run(verb: str, arguments: list[str], what: str) -> None:
    command = [sys.executable, "-m", "pip", verb, "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise BoothError(f"pip could not {what}: {reason_of(done.stderr)}")


def reason_of(stderr: str) -> str:
    """Return the line of pip's complaint that says most, with the cure."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines or ["no reason given"]
    retried = any("Retrying" in line for line in lines)
    cure = "check the network" if retried else "check pip's index (pip config list)"
    return f"{errors[-1].removeprefix('ERROR: ')}; {cure}"
