"""Settings of what a booth owes the public: place, law, sign and retention, of a city file, frozen and checked."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from appliance.section import Section

Language = Literal["en", "fr", "sv", "es"]
ProfileName = Literal["us-ny", "ca-on", "se", "es", "other"]
Purpose = Literal["offer", "trends"]
Right = Literal[
    "access",
    "rectification",
    "erasure",
    "restriction",
    "portability",
    "objection",
    "withdrawal",
    "complaint",
]
Refusal = Literal["path", "button", "path-and-button"]


def printable(text: str) -> str:
    """The same words. Raises ValueError for what the fonts of a printed sign have no letter for."""
    strange = [
        letter for letter in text if not letter.isprintable() or letter.encode("latin-1", "ignore") == b""
    ]
    if strange:
        raise ValueError(f"{strange[0]!r} cannot be printed on the sign; write it with letters of Latin-1")
    if not text.strip():
        raise ValueError("empty; write what the sign shall say, or leave the key out")
    return " ".join(text.split())


@cache
def known_zones() -> frozenset[str]:
    """Every time zone that this machine knows, read once: there are 600 files of them."""
    return frozenset(available_timezones())


def known_zone(name: str) -> str:
    """The same time zone. Raises ValueError for one that nobody knows."""
    known = known_zones()
    # A machine without the tz database cannot tell; the clock of the booth is UTC.
    if known and name not in known:
        raise ValueError("no time zone; write one of the tz database, such as Europe/Madrid")
    return name


def page_address(url: str) -> str:
    """The same address. Raises ValueError where a telephone could not open it."""
    if not url.startswith("https://") or not url.isascii() or len(url.split()) != 1 or "." not in url:
        raise ValueError("no web address; write https://HOST/PATH, where the second layer lies")
    return url


def each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    """The same list. Raises ValueError where something is in it twice."""
    if len(set(values)) != len(values):
        raise ValueError("something is named twice; name each once")
    return values


Words = Annotated[str, Field(max_length=120), AfterValidator(printable)]
Line = Annotated[str, Field(max_length=240), AfterValidator(printable)]


class Place(Section):
    """Where the booth stands."""

    time_zone: Annotated[str, AfterValidator(known_zone)] = "UTC"
    "Of the tz database; events are in UTC all the same."
    languages: Annotated[tuple[Language, ...], Field(min_length=1), AfterValidator(each_once)] = ("en",)
    "Of the sign, in this order; the first is that of the staff board where display.language is not set."


class Law(Section):
    """Whose rules hold, and what somebody has signed."""

    profile: ProfileName | None = None
    "Of a city that the program knows, the program says it; a new city's file names one, or 'other', the strictest."
    assessment: Path | None = None
    "deploy/cities/assessment-template.md, filled in and signed: a city may then look at an open street after all."
    assessment_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    "Of that file, as sha256sum prints it: whoever sets it has seen these words and no others."


class Sign(Section):
    """What the sign in the street and its second layer say; texts are the program's, facts are these."""

    controller: Words | None = None
    "Who answers for it: the company's full name."
    address: Line | None = None
    "Where the company sits."
    contact: Words | None = None
    "An e-mail address or a telephone number for questions and rights."
    officer: Words | None = None
    "Who is accountable for privacy there, as a title: 'Data protection officer, dpo@...'."
    representative: Line | None = None
    "GDPR art. 27, where the company sits outside the Union."
    authority: Line | None = None
    "To whom one may complain: name and web address."
    purposes: Annotated[tuple[Purpose, ...], AfterValidator(each_once)] = ()
    rights: Annotated[tuple[Right, ...], AfterValidator(each_once)] = ()
    legal_basis: Literal["consent", "legitimate-interest", "notice"] | None = None
    "GDPR art. 6(1)(a) or (f); notice: where a law asks for no basis."
    refusal: Refusal | None = None
    "How one stays out of it here: a marked path, a button that closes the cameras for 15 minutes, or both."
    url: Annotated[str, Field(max_length=100), AfterValidator(page_address)] | None = None
    "Of the second layer; a longer one makes a QR code too fine for an old telephone."


class Retention(Section):
    """How long what is kept is kept; the booth's own messages by uplink.outbox_days, what it learned by 28 days."""

    reports_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    "For how long the backend keeps what booths report, as the sign promises it."
