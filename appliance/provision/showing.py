"""What a stick holds, for people: a stick in; lines without a secret out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from appliance.config import Camera
from appliance.errors import BoothError
from appliance.provision.contents import settings_from_text, text_of
from appliance.provision.making import requested_key
from appliance.provision.manifest import Manifest
from appliance.provision.outcome import plain
from appliance.provision.parcel import Parcel, UsedBefore, read_parcel
from appliance.provision.stick import KEY, LOGIN, REQUEST, RESULT, WIFI, Stick

SECRET_WORDS = {KEY: "a private key", WIFI: "a Wi-Fi secret", LOGIN: "a camera's password"}


def lines_of(stick: Stick) -> Iterator[str]:
    """Line by line. Raises BoothError for a stick that is none."""
    try:
        parcel = read_parcel(stick)
    except UsedBefore as error:
        yield f"state      {error}"
    else:
        yield from parcel_lines(stick, parcel)
    yield f"the booth  {said_by_booth(stick)}"


def parcel_lines(stick: Stick, parcel: Parcel) -> Iterator[str]:
    """What a stick that was not used yet will do."""
    manifest = parcel.manifest
    yield f"booth      {manifest.name}, {f'device {manifest.serial}' if manifest.serial else 'any device'}"
    yield f"good       from {manifest.made_at:%Y-%m-%d %H:%M} to {manifest.expires_at:%Y-%m-%d %H:%M} UTC"
    yield f"broker     {manifest.broker}"
    yield f"network    {manifest.network.words}"
    yield f"camera     {camera_line(manifest)}"
    yield f"time zone  {manifest.timezone}"
    yield f"settings   {plain(', '.join(sorted(manifest.settings))) or 'those of the city'}"
    yield f"updates    {'root given' if manifest.update_root else 'as the booth has them'}"
    yield f"key        {key_words(stick, parcel)}"
    held = [what for name, what in SECRET_WORDS.items() if stick.has(name)]
    yield f"secrets    {' and '.join(held) or 'none'}{': do not leave it lying' if held else ''}"


def camera_line(manifest: Manifest) -> str:
    """What the booth will look through. Never raises: a stick may hold any settings."""
    try:
        return camera_words(manifest.settings, settings_from_text(text_of(manifest)).camera)
    except BoothError as error:
        return plain(str(error))


def camera_words(given: Mapping[str, Any], camera: Camera) -> str:
    """The source, and whether anybody has `given` it: a camera on a ribbon cable is not seen by the usual one."""
    own = given.get("camera")
    named = isinstance(own, Mapping) and "source" in own
    return camera.label if named else f"{camera.label}, as camera.source is not set: csi:0 for a ribbon cable"


def setting_lines(manifest: Manifest) -> Iterator[str]:
    """Every word of what a signature would vouch for beside; in ASCII, so that nothing hides in it."""
    for section, values in manifest.settings.items():
        yield f"           {json.dumps({section: values})}"
    if manifest.update_root is not None:
        mark = hashlib.sha256(json.dumps(manifest.update_root, sort_keys=True).encode()).hexdigest()[:16]
        yield f"           root of updates {mark}"


def key_words(stick: Stick, parcel: Parcel) -> str:
    """Where the booth's key is, and what is to be done next."""
    signed = "signed by the authority" if parcel.signature else "not signed: for a booth without an identity"
    if parcel.manifest.certificate is not None:
        return f"{'on the stick' if parcel.key else 'in the booth'}, {signed}"
    if not stick.has(REQUEST):
        return "made by the booth: plug the stick in there"
    return f"{requested_key(stick, parcel.manifest)} asks to be signed: booth provision sign"


def said_by_booth(stick: Stick) -> str:
    """Its last word on this stick."""
    try:
        line = json.loads(stick.read(RESULT) or b"{}").get("line")
    except (ValueError, AttributeError, RecursionError, BoothError):
        line = None
    return plain(line) if isinstance(line, str) else "has not read it yet"
