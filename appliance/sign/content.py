"""What a sign says: settings in, the texts of both layers with this city's facts filled in out, one per language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from appliance.config import Settings
from appliance.config.duties import Language
from appliance.errors import BoothError
from appliance.law.disclosure import lacking
from appliance.law.gate import require_lawful
from appliance.law.profiles import UNION, profile_of
from appliance.sign.words import Words, words_in


@dataclass(frozen=True)
class Fact:
    """One line of the sign's lower half."""

    label: str
    text: str


@dataclass(frozen=True)
class Part:
    """A part of the second layer."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """All that is told in one language."""

    language: Language
    name: str
    headline: str
    promises: tuple[str, ...]
    how: str
    adults: str
    question: str
    refusal: str
    facts: tuple[Fact, ...]
    more: str
    "Where the QR code leads."
    title: str
    parts: tuple[Part, ...]
    rights_heading: str
    rights: tuple[Part, ...]
    "Each right with a sentence on it."


@dataclass(frozen=True)
class Content:
    """A sign in all languages of its city."""

    city: str
    controller: str
    url: str
    told: tuple[Told, ...]


def content_of(settings: Settings) -> Content:
    """The sign of these settings. Raises BoothError, one line per key, for what is unlawful or not set."""
    require_lawful(settings)
    missing = lacking(settings)
    if missing:
        raise BoothError("no sign yet:\n" + "\n".join(map(str, missing)))
    sign = settings.sign
    told = tuple(told_in(language, settings) for language in settings.place.languages)
    return Content(settings.booth.city, sign.controller or "", sign.url or "", told)


def told_in(language: Language, settings: Settings) -> Told:
    """The texts of `settings`, whose sign lacks nothing, in one language."""
    words, sign = words_in(language), settings.sign
    assert sign.refusal is not None
    how = words.how[settings.capture.mode]
    refusal = words.refusal[sign.refusal]
    values = {
        "refusal": refusal,
        "days": str(settings.retention.reports_days),
        "messages_days": f"{settings.uplink.outbox_days:g}",
    }
    return Told(
        language,
        words.name,
        words.headline,
        words.promises,
        how,
        words.adults,
        words.question,
        refusal,
        facts_of(words, settings),
        words.labels.more,
        words.layer.title,
        tuple(
            Part(part.heading, tuple(text.format(**values) for text in part.paragraphs))
            for part in words.layer.sections
        ),
        words.labels.rights,
        tuple(Part(sentence([words.rights[right]]), (words.rights_of[right],)) for right in sign.rights),
    )


def facts_of(words: Words, settings: Settings) -> tuple[Fact, ...]:
    """Who, what for, how long, which rights: only what this city's sign has."""
    sign, labels = settings.sign, words.labels
    texts = (
        (labels.controller, ", ".join(filter(None, (sign.controller, sign.address)))),
        (labels.contact, sign.contact),
        (labels.officer, sign.officer),
        (labels.representative, sign.representative),
        (labels.purposes, sentence(words.purposes[purpose] for purpose in sign.purposes)),
        (labels.legal_basis, sentence([words.legal_basis[basis_key(settings)]])),
        (labels.retention, words.retention.format(days=settings.retention.reports_days)),
        (labels.rights, sentence(words.rights[right] for right in sign.rights)),
        (labels.authority, sign.authority),
    )
    return tuple(Fact(label, text) for label, text in texts if text)


def sentence(parts: Iterable[str]) -> str:
    """Parts of a list with a capital at its beginning."""
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def basis_key(settings: Settings) -> str:
    """The words of the legal basis: outside the Union nobody reads of the GDPR."""
    union = set(UNION) <= set(profile_of(settings.booth.city, settings.law.profile).rights)
    basis = settings.sign.legal_basis or ""
    return basis if union or basis != "consent" else "consent-elsewhere"
