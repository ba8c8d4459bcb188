"""The signed files of a publisher's repository: a folder and a role in; the newest file of that role out."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp
from tuf.api.serialization import DeserializationError
from tuf.api.serialization.json import JSONSerializer

from appliance.disk import write_durably
from appliance.errors import BoothError

Payload = TypeVar("Payload", Root, Targets, Snapshot, Timestamp)


def newest_in(folder: Path, kind: type[Payload]) -> Metadata[Payload]:
    """The newest metadata of a role. Raises BoothError where there are none, OSError for what may not be read."""
    newest = max(files_in(folder, kind.type), key=_version_of_file, default=None)
    if newest is None:
        raise BoothError(f"{folder}: no {kind.type}.json; name the folder that booth update init has made")
    try:
        return Metadata[Payload].from_bytes(newest.read_bytes())
    except DeserializationError as error:
        raise BoothError(f"{newest}: no metadata ({error}); bring it back from a copy") from None


def files_in(folder: Path, role: str) -> list[Path]:
    """All of a role, none where there is no folder. Raises OSError: to glob() a locked folder is an empty one."""
    try:
        return [file for file in folder.iterdir() if file.name.endswith(f"{role}.json")]
    except FileNotFoundError:
        return []


def write_metadata(folder: Path, metadata: Metadata[Any]) -> Path:
    """Bring metadata under their name to the disk; only the timestamp's has no version. Raises BoothError."""
    role, version = metadata.signed.type, metadata.signed.version
    file = folder / ("timestamp.json" if role == "timestamp" else f"{version}.{role}.json")
    write_durably(file, metadata.to_bytes(JSONSerializer(compact=False)), mode=0o644)
    return file


def _version_of_file(file: Path) -> int:
    version = file.name.partition(".")[0]
    return int(version) if version.isdigit() else 0
