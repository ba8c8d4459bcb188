"""A parcel goes onto a stick: files in; a stick that a booth will take, or one without a trace of them, out."""

from __future__ import annotations

from contextlib import suppress

from appliance.errors import BoothError
from appliance.provision.manifest import MOST_BYTES
from appliance.provision.parcel import Parcel
from appliance.provision.stick import (
    GIVEN,
    KEY,
    LOGIN,
    MANIFEST,
    RESULT,
    SIGNATURE,
    USED,
    WIFI,
    Stick,
)

ROOM_BYTES = MOST_BYTES + 8 * 32 * 1024
"The largest manifest, and a cluster for each other file: FAT has clusters of up to 32 kB."


def check_stick(stick: Stick, *, overwrite: bool) -> None:
    """Raises BoothError for one that no booth has used yet, unless `overwrite`, and for one that takes no parcel."""
    if stick.has(MANIFEST) and not stick.has(USED) and not overwrite:
        raise BoothError(f"{stick.folder}: holds a stick that was not used yet; --overwrite replaces it")
    check_room(stick)


def check_room(stick: Stick) -> None:
    """Raises BoothError unless the largest parcel fits, which is written, and removed again."""
    stick.try_writing(ROOM_BYTES)


def put_on(stick: Stick, parcel: Parcel) -> None:
    """Instead of what was on it. Raises BoothError; then nothing of it stays, where the stick can be written at all."""
    try:
        clear_stick(stick)
        write_parcel(stick, parcel)
    except BaseException:
        with suppress(BoothError):
            clear_stick(stick)
        raise


def write_parcel(stick: Stick, parcel: Parcel) -> None:
    """Put it on the stick, the manifest last: without it a stick that was pulled out early is none."""
    secrets = {WIFI: parcel.wifi, LOGIN: parcel.login}
    lines = {name: line.encode() for name, line in secrets.items() if line is not None}
    files = {KEY: parcel.key, SIGNATURE: parcel.signature, **lines}
    for name, content in files.items():
        if content is not None:
            stick.write(name, content)
    stick.write(MANIFEST, parcel.content)


def clear_stick(stick: Stick) -> None:
    """Wipe all that a stick has. Raises BoothError."""
    for name in (*GIVEN, RESULT, USED):
        try:
            stick.wipe(name)
        except OSError as error:
            raise BoothError(
                f"{stick.folder}/{name}: {error.strerror}; take off the stick's write lock"
            ) from None
