"""What a city team should know of a booth: a booth as heard goes in, its state and what is wrong come out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from appliance.config import Uplink
from appliance.fleet.sighting import Booth

SILENT_S = 3 * Uplink().status_every_s
"A booth that says nothing for three of its periods hangs, or its network does."
STATES = ("online", "starting", "offline", "silent", "unknown")
PARTS = ("camera", "inference", "calibrated", "publishing")


class Level(IntEnum):
    """How soon somebody should look."""

    WELL = 0
    NOTE = 1
    "Looks after itself, or is worth knowing."
    WRONG = 2
    "Works in part: somebody has to do something."
    GONE = 3
    "Does not answer."


@dataclass(frozen=True)
class Now:
    """One moment on both clocks, and the version that most booths have then."""

    now_s: float
    "Monotonic."
    unix_s: float
    "Seconds since 1970-01-01 UTC."
    usual: str = ""
    "Of usual_version()."


@dataclass(frozen=True)
class Finding:
    """A booth, judged."""

    booth: Booth
    state: str
    "One of STATES."
    since: str
    "For how long it has been offline or silent, as text; '' for the other states."
    level: Level
    troubles: tuple[str, ...]
    "The worst first."


def diagnose(booth: Booth, now: Now) -> Finding:
    """Judge `booth`, which costs some microseconds."""
    state, since = _state(booth, now)
    found = sorted(_troubles(booth, state, now), key=lambda trouble: -trouble[0])
    level = max((level for level, _ in found), default=Level.WELL)
    return Finding(booth, state, since, level, tuple(text for _, text in found))


def usual_version(booths: Iterable[Booth]) -> str:
    """Version and networks of more than half of the booths that tell theirs; '' where none are so many."""
    counts = Counter(version for booth in booths if (version := _version(booth)))
    text, count = counts.most_common(1)[0] if counts else ("", 0)
    return text if 2 * count > counts.total() else ""


def duration(seconds: float) -> str:
    """`seconds` as people say it, in one unit."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def _state(booth: Booth, now: Now) -> tuple[str, str]:
    said = booth.words.get("state", "unknown")
    if said == "offline":
        return said, _offline_since(booth, now)
    quiet_s = now.now_s - (booth.met_s if booth.seen_s is None else booth.seen_s)
    if quiet_s > SILENT_S:
        return "silent", duration(quiet_s)
    return (said if said in STATES else "unknown"), ""


def _offline_since(booth: Booth, now: Now) -> str:
    """A retained good-bye tells its minute; a retained will only when the connection began that it ended."""
    if booth.offline_s is not None:
        return duration(now.now_s - booth.offline_s)
    try:
        at = datetime.strptime(booth.words.get("at", ""), "%Y-%m-%dT%H:%M:00%z")
    except ValueError:
        return ""
    if not booth.clock_synced:
        return ""
    age = duration(now.unix_s - at.timestamp())
    return age if booth.words.get("reason") == "stopped" else f"<{age}"


def _troubles(booth: Booth, state: str, now: Now) -> Iterable[tuple[Level, str]]:
    reason = booth.words.get("reason", "")
    if state in ("offline", "silent"):
        level = Level.NOTE if reason == "stopped" else Level.GONE
        yield level, (reason or "no reason told") if state == "offline" else "says nothing"
    elif state == "starting":
        yield Level.NOTE, reason or "starting"
    elif state == "unknown":
        yield Level.NOTE, "has not said how it is"
    if state not in ("offline", "silent"):
        yield from _parts(booth)
    yield from _losses(booth)
    yield from _keeping(booth, now)


def _parts(booth: Booth) -> Iterable[tuple[Level, str]]:
    for part in PARTS:
        said = booth.words.get(part, "ok")
        if said != "ok":
            starts = booth.words.get("state") == "starting"
            yield Level.NOTE if starts else Level.WRONG, f"{part}: {said}"


def _losses(booth: Booth) -> Iterable[tuple[Level, str]]:
    """The booth counts dropped and unheard messages since long ago; refused and missing ones are of now."""
    if booth.gaps:
        yield Level.WRONG, f"{booth.gaps} event{'s' if booth.gaps > 1 else ''} missing"
    for key, level in (("refused", Level.WRONG), ("dropped", Level.NOTE), ("unheard", Level.NOTE)):
        if count := booth.figures.get(key, 0):
            yield level, f"{count:.0f} {key}"


def _keeping(booth: Booth, now: Now) -> Iterable[tuple[Level, str]]:
    """Keys, settings, clock and versions: what somebody will have to see to."""
    certificate = booth.words.get("certificate", "ok")
    if certificate not in ("ok", "none"):
        soon = certificate.startswith("expires")
        yield Level.NOTE if soon else Level.WRONG, f"certificate {certificate}"
    result = booth.config.get("result", "")
    if result in ("rejected", "reverted", "stale"):
        wanted, why = booth.config.get("wanted", "?"), booth.config.get("reason", "")
        yield Level.WRONG, f"settings {wanted} {result}" + (f": {why}" if why else "")
    elif result == "on trial":
        yield Level.NOTE, f"settings {booth.config.get('wanted', '?')} on trial"
    if not booth.clock_synced:
        yield Level.NOTE, "clock not set"
    if booth.words.get("trends", "").startswith("no release"):
        yield Level.WRONG, f"trends: {booth.words['trends']}"
    version = _version(booth)
    if now.usual and version and version != now.usual:
        yield Level.NOTE, f"version {version}, most have {now.usual}"


def _version(booth: Booth) -> str:
    """Of the program and its networks; '' until vision has told both."""
    engine = booth.versions.get("engine", "none")
    return f"{booth.versions.get('booth', '?')} {engine}" if engine != "none" else ""
