"""Where releases come from: files, folders and captured messages go in, each release once and in order comes out.

A file holds one release (as a booth keeps it) or a line for each message, as `mosquitto_sub` prints them: the
payload alone, with the topic before it (`-v`), or in its own JSON (`-F %j`, `-F %J`). Other messages of booths in a
capture are passed over; whatever else is found is refused with the file's name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from appliance.analysis.release import SCHEMA, Release, release_from
from appliance.analysis.spending import CURE, Found, require_single_spending
from appliance.errors import BoothError

MOST_BYTES = 256 * 1024
"Of one message; the contract allows 32 KiB, and a file for people may be indented."
SUFFIXES = (".json", ".jsonl")
NO_RELEASES = ("ledger.jsonl", "usual.json")
"Lie beside a booth's own releases, and are none."
TOPIC = re.compile(r"(booth/v1/[^/\s]+/[^/\s]+/\S+)\s+(?=\{)")
MOST_TOPIC = 120
"Characters of one that are repeated to people."
KIND = re.compile(r"[a-z][a-z-]{0,31}/[0-9]{1,4}")


def read_releases(sources: Iterable[Path]) -> list[Release]:
    """All releases of `sources`, each once, by city, booth and day. Raises BoothError naming the file."""
    kept: dict[str, Found] = {}
    for place, release in (found for source in sources for file in files_of(source) for found in read(file)):
        known = kept.setdefault(release.id, (place, release))
        if known[1] != release:
            raise BoothError(f"{place}: {release.id} reads otherwise in {known[0]}; {CURE}")
    require_single_spending(kept.values())
    return sorted((release for _, release in kept.values()), key=lambda one: (one.city, one.booth, one.day))


def files_of(source: Path) -> list[Path]:
    """The file itself, or what a folder holds, in order. Raises BoothError where nothing is, and OSError."""
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise BoothError(f"{source}: no such file or folder; name releases of booths, or a folder of them")
    next(source.iterdir(), None)  # raises for a locked folder, which rglob() takes for an empty one
    files = sorted(
        file for file in source.rglob("*") if file.suffix in SUFFIXES and file.name not in NO_RELEASES
    )
    if not files:
        raise BoothError(f"{source}: holds no .json or .jsonl file; name a folder of releases")
    return files


def read(file: Path) -> Iterator[Found]:
    """What one file holds. Raises BoothError where that is no release, or none."""
    found = 0
    for place, text in messages_of(file):
        try:
            topic, message = message_from(text)
            if message is None:
                continue
            release = release_from(message)
            require_own_topic(topic, release)
            yield place, release
        except (ValueError, RecursionError) as error:
            said = "nested too deep" if isinstance(error, RecursionError) else error
            raise BoothError(f"{place}: no release of a booth: {said}") from None
        found += 1
    if not found:
        raise BoothError(f"{file}: holds no release of a booth; capture booth/v1/+/+/trend")


def messages_of(file: Path) -> Iterator[tuple[str, str]]:
    """The whole file where it is one JSON text of many lines, else each line that says something."""
    try:
        with file.open("rb") as opened:
            if opened.readline(MOST_BYTES).strip() in (b"{", b"{}"):
                opened.seek(0)
                yield str(file), decoded(str(file), opened.read(MOST_BYTES + 1))
                return
            opened.seek(0)
            for number, line in enumerate(iter(lambda: opened.readline(MOST_BYTES + 1), b""), 1):
                text = decoded(f"{file}: line {number}", line)
                if text.strip():
                    yield (f"{file}: line {number}", text)
    except OSError as error:
        raise BoothError(f"{file}: cannot be read: {error.strerror}") from None


def decoded(place: str, content: bytes) -> str:
    """As text. Raises BoothError for what is too long or not UTF-8."""
    if len(content) > MOST_BYTES:
        raise BoothError(f"{place}: longer than any release; name files of releases")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise BoothError(f"{place}: not text in UTF-8; name files of releases") from None


def message_from(text: str) -> tuple[str, dict[str, Any] | None]:
    """Topic and payload of a line; '' without a topic, None for a message of another kind.

    Raises ValueError for what is no message.
    """
    head = TOPIC.match(text)
    topic = head[1] if head else ""
    if topic and not topic.endswith("/trend"):
        return topic, None
    message = parsed(text[head.end() :] if head else text)
    if "payload" in message and "topic" in message:
        topic = str(message["topic"])
        if not topic.endswith("/trend"):
            return topic, None
        payload = message["payload"]
        message = parsed(payload) if isinstance(payload, str) else payload
    kind = message.get("schema") if isinstance(message, dict) else None
    if not isinstance(kind, str) or not KIND.fullmatch(kind):
        raise ValueError("it names no schema")
    if kind != SCHEMA and kind.startswith("trend/"):
        raise ValueError(f"it is {kind}, this program reads {SCHEMA}; take a newer one")
    return topic, message if kind == SCHEMA else None


def require_own_topic(topic: str, release: Release) -> None:
    """Raise ValueError for a release that came under the name of another booth: the broker vouches for the topic."""
    own = f"booth/v1/{release.city}/{release.booth}/trend"
    if topic not in ("", own):
        raise ValueError(f"it came under {topic[:MOST_TOPIC]!r} and says it is of {own}")


def parsed(text: str) -> dict[str, Any]:
    """A JSON object. Raises ValueError for anything else, a key that comes twice and figures that are none."""
    try:
        value = json.loads(text, parse_constant=refuse_constant, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON at column {error.colno}") from None
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    return value


def refuse_constant(name: str) -> float:
    """NaN and Infinity are no JSON. Raises ValueError."""
    raise ValueError(f"{name} is no figure")


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys come once each. Raises ValueError."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key comes twice")
    return dict(pairs)
