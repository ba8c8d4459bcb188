"""The manifest of a release tree: its files in, their SHA-256 out; and a tree checked against it.

It lies in the tree as manifest.json and is the first file of a bundle. Its own hash is in the journal, so that a file
changed between unpacking and the switch is found.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from appliance.disk import read_small
from appliance.update.places import BUILD
from appliance.update.refusal import Refused
from appliance.update.version import is_version

FILE = "manifest.json"
CACHE = "__pycache__"
"Compiled code, made where it runs; not in a bundle and not in a manifest."
MOST_FILES = 60_000
MOST_BYTES = 24 * 1024 * 1024
"Of the manifest itself."
MOST_PATH = 240
"Characters; a USTAR header holds 255."
CHUNK_BYTES = 1024 * 1024


def safe_path(text: str) -> str:
    """The same path. Raises ValueError unless it stays inside the tree and means the same to everybody."""
    parts = text.split("/")
    if not 0 < len(text) <= MOST_PATH or not text.isprintable() or "\\" in text:
        raise ValueError(f"{text[:60]!r}: no plain path")
    if any(part in {"", ".", ".."} for part in parts) or CACHE in parts:
        raise ValueError(f"{text[:60]!r}: leaves the tree or is no plain path")
    return text


class Entry(BaseModel):
    """One file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    executable: bool = False


class Manifest(BaseModel):
    """What a bundle holds, and for which machine."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)
    schema_: Literal["bundle/1"] = Field("bundle/1", alias="schema")
    version: str
    python: str
    arch: str
    files: dict[Annotated[str, AfterValidator(safe_path)], Entry] = Field(max_length=MOST_FILES)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(entry.size for entry in self.files.values())

    def content(self) -> bytes:
        """The file; the same for the same tree."""
        values = self.model_dump(by_alias=True)
        return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def parse_manifest(content: bytes) -> Manifest:
    """The manifest in `content`. Raises Refused for what is none."""
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        why = error.errors(include_url=False, include_context=False)[0]["msg"]
        raise Refused("unsafe-archive", f"{FILE}: {why}; the publisher has to make the bundle anew") from None
    if not is_version(manifest.version):
        raise Refused("unsafe-archive", f"{FILE}: no version; the publisher has to make the bundle anew")
    if any(
        str(folder) in manifest.files for name in manifest.files for folder in PurePosixPath(name).parents
    ):
        raise Refused("unsafe-archive", f"{FILE}: a file is a folder too; the publisher has to make it anew")
    return manifest


def manifest_from_tree(tree: Path) -> Manifest:
    """The manifest of a release tree that was just built. Raises Refused for links and odd names, and OSError."""
    try:
        build = json.loads(read_small(tree / BUILD))
        files = {name: entry_of(tree / name) for name in sorted(files_of(tree)) if name != FILE}
        known = {name: str(build[name]) for name in ("version", "python", "arch")}
        return parse_manifest(Manifest(schema="bundle/1", **known, files=files).content())
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(
            "unsafe-archive", f"{tree}: {error}; name a release tree with a whole {BUILD}"
        ) from None


def entry_of(file: Path) -> Entry:
    """The entry of `file`. Raises OSError."""
    mode = file.stat().st_mode
    return Entry(sha256=hash_of(file), size=file.stat().st_size, executable=bool(mode & 0o100))


def hash_of(file: Path) -> str:
    """SHA-256 of a file, in hex. Raises OSError."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def files_of(tree: Path) -> Iterator[str]:
    """Path in the tree of each file, compiled code apart. Raises ValueError for what is neither file nor folder."""
    for folder, folders, files in os.walk(tree):
        folders[:] = sorted(name for name in folders if name != CACHE)
        for name in (*folders, *files):
            path = Path(folder, name)
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise ValueError(f"{path.relative_to(tree)}: neither file nor folder")
        yield from (str(PurePosixPath(Path(folder, name).relative_to(tree))) for name in files)


def check_tree(tree: Path, wanted: str) -> Manifest:
    """The manifest whose SHA-256 is `wanted`, once each file is as it says and there is no other. Raises Refused."""
    try:
        content = read_small(tree / FILE, MOST_BYTES)
        if hashlib.sha256(content).hexdigest() != wanted:
            raise Refused("changed-file", f"{tree / FILE}: changed after it was unpacked; it is fetched anew")
        manifest = parse_manifest(content)
        there = {name for name in files_of(tree) if name != FILE}
        if odd := sorted(there ^ manifest.files.keys()):
            raise Refused("changed-file", f"{tree / odd[0]}: not as in the manifest; it is fetched anew")
        for name, entry in manifest.files.items():
            if entry_of(tree / name) != entry:
                raise Refused(
                    "changed-file", f"{tree / name}: changed after it was unpacked; it is fetched anew"
                )
    except (OSError, ValueError) as error:
        raise Refused("changed-file", f"{tree}: {error}; it is fetched anew") from None
    return manifest
