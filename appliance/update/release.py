"""Releases: signed targets and this machine in, the one release to go to out, or why there is none."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from appliance.update.machine import Machine
from appliance.update.refusal import Name, Refused
from appliance.update.version import Key, is_newer, version_key

Ring = Literal["canary", "city", "all"]
RINGS: tuple[Ring, ...] = ("canary", "city", "all")
"Who gets a release: each ring holds those before it."
MOST_BYTES = 4 * 1024**3
"Of a bundle, and of what it unpacks to; a key that was stolen shall not fill a disk either."


def _checked_version(text: str) -> str:
    version_key(text)
    return text


class Custom(BaseModel):
    """What a target's custom metadata say; keys of later publishers are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)
    version: Annotated[str, AfterValidator(_checked_version)]
    python: str = Field(max_length=8)
    arch: str = Field(max_length=16)
    ring: Ring
    min_version: Annotated[str, AfterValidator(_checked_version)] | None = None
    "The oldest version that may go to this one directly."
    unpacked_bytes: int = Field(ge=1, le=MOST_BYTES)


@dataclass(frozen=True)
class Release:
    """One bundle that our publisher has signed for."""

    path: str
    "Of the target, as bundles/booth-0.2.0-py3.10-arm64.tar.gz."
    length: int
    sha256: str
    custom: Custom

    @property
    def version(self) -> str:
        """As 0.2.0."""
        return self.custom.version

    def fits(self, machine: Machine) -> bool:
        """Whether it is for this Python and processor."""
        return (self.custom.python, self.custom.arch) == (machine.python, machine.arch)


def release_from_target(path: str, target: dict[str, Any]) -> Release | None:
    """The release of a target's {"length", "hashes", "custom"}; None where that is no release of ours."""
    try:
        custom = Custom.model_validate(target.get("custom"))
        length, sha256 = int(target["length"]), str(target["hashes"]["sha256"])
    except (ValidationError, KeyError, TypeError, ValueError):
        return None
    if not path.startswith("bundles/") or ".." in path or not 0 < length <= MOST_BYTES:
        return None
    plain = len(sha256) == 64 and not set(sha256) - set("0123456789abcdef")
    return Release(path, length, sha256, custom) if plain else None


def choose(
    releases: Iterable[Release], machine: Machine, ring: Ring, running: str, failed: Collection[str]
) -> Release:
    """The newest release for this machine and ring.

    Raises Refused: other-machine, downgrade, nothing-new, failed-before, too-old.
    """
    meant = [release for release in releases if RINGS.index(release.custom.ring) >= RINGS.index(ring)]
    fitting = sorted((release for release in meant if release.fits(machine)), key=_order)
    if not fitting:
        raise _none_fits(meant, machine, running)
    best = fitting[-1]
    if not is_newer(best.version, running):
        name: Name = "nothing-new" if best.version == running else "downgrade"
        raise Refused(name, f"{best.version} is offered, {running} runs; a booth does not go back by itself")
    fresh = [release for release in fitting if release.version not in failed]
    if not fresh or not is_newer(fresh[-1].version, running):
        raise Refused(
            "failed-before", f"{best.version} failed here and is not tried again; publish a newer one"
        )
    return _reachable(fresh, running)


def _reachable(fitting: list[Release], running: str) -> Release:
    """The newest that may follow `running` directly: one that needs a step between waits for that step."""
    for release in reversed(fitting):
        least = release.custom.min_version
        if is_newer(release.version, running) and (least is None or not is_newer(least, running)):
            return release
    newest = fitting[-1]
    raise Refused(
        "too-old",
        f"{newest.version} follows {newest.custom.min_version} or later, {running} runs; publish a step between",
    )


def _none_fits(meant: list[Release], machine: Machine, running: str) -> Refused:
    others = [release for release in meant if is_newer(release.version, running)]
    if not others:
        return Refused("nothing-new", f"nothing is offered to this booth; {running} runs")
    other = max(others, key=_order)
    have = f"Python {machine.python} on {machine.arch}"
    return Refused(
        "other-machine",
        f"{other.version} is for Python {other.custom.python} on {other.custom.arch}, this is {have}; publish one",
    )


def _order(release: Release) -> Key:
    return version_key(release.version)
