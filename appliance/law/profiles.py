"""The rules of each place as a table in code: a city's name in, the profile that holds there out.

In code, not in a file: whoever may write a booth's settings may not write its law. Sources are named beside each rule;
none of this is legal advice, and counsel of each city reads it before a booth looks.
"""

from __future__ import annotations

from dataclasses import dataclass

from appliance.config.duties import Language, ProfileName, Right

Basis = str
"As sign.legal_basis has it."
MESSAGES_DAYS = 30
"""An event waits in the booth for no longer. LOPDGDD art. 22.3 gives even a security camera one month; what is
anonymous by design needs no more to outlive an outage."""
REPORTS_DAYS = 730
"Trends compare a season with the same one a year before; nothing asks for a third (GDPR art. 5(1)(e), PIPEDA 4.5)."
ACCESS: tuple[Right, ...] = ("access", "rectification")
UNION: tuple[Right, ...] = (*ACCESS, "erasure", "restriction", "complaint")
"GDPR art. 13(2)(b) and (d); objection, withdrawal and portability come with the legal basis."
FIRST_LAYER = ("controller", "contact", "purposes", "legal_basis", "refusal", "url")
"What every sign says, whatever the law: who, what for, how to stay out, where to read more."


@dataclass(frozen=True)
class Profile:
    """What one law demands."""

    name: ProfileName
    open_street: bool
    "Whether everybody in view may be looked at without a signed assessment."
    why: str
    "Of a profile that wants one: the rule, as a refusal quotes it."
    languages: tuple[Language, ...]
    "That the sign has to be in; it may be in more. Empty: nobody knows them here, so place.languages has to be set."
    fields: tuple[str, ...]
    "Keys of `sign` that have to be set."
    rights: tuple[Right, ...]
    "That the second layer has to name, besides those of the legal basis."
    bases: dict[str, tuple[Basis, ...]]
    "Capture mode -> legal bases that can bear it."
    messages_days: int = MESSAGES_DAYS
    reports_days: int = REPORTS_DAYS


OF_THE_UNION = {"open-street": ("legitimate-interest",), "opt-in-zone": ("consent", "legitimate-interest")}
"Nobody in an open street was asked, so nobody there has consented (GDPR art. 4(11))."
PROFILES: dict[ProfileName, Profile] = {
    "us-ny": Profile(
        "us-ny",
        open_street=True,  # NYC Admin. Code 22-1201 covers identification, which a booth never does; a sign anyway
        why="",
        languages=("en",),
        fields=FIRST_LAYER,
        rights=(),
        bases={"open-street": ("notice",), "opt-in-zone": ("notice", "consent")},
    ),
    "ca-on": Profile(
        "ca-on",
        open_street=False,
        why="the Privacy Commissioner asked for express opt-in (Cadillac Fairview, 2020)",
        languages=("en",),  # Ontario asks private business for English only; Quebec's Law 25 would add French
        fields=(*FIRST_LAYER, "address", "officer", "authority", "rights"),  # PIPEDA 4.1, 4.8, 4.10
        rights=(*ACCESS, "withdrawal", "complaint"),
        bases={"open-street": ("notice",), "opt-in-zone": ("consent",)},
    ),
    "se": Profile(
        "se",
        open_street=True,  # Camera Surveillance Act 2018:1200: staff stand by, so no permit is presumed; GDPR holds
        why="",
        languages=("sv",),
        fields=(*FIRST_LAYER, "address", "authority", "rights"),
        rights=UNION,
        bases=OF_THE_UNION,
    ),
    "es": Profile(
        "es",
        open_street=False,
        why="AEPD report 0328/2012 holds that audience cameras in open streets do more harm than good",
        languages=("es",),
        fields=(*FIRST_LAYER, "address", "authority", "rights"),  # GDPR art. 13, LOPDGDD art. 11
        rights=UNION,
        bases=OF_THE_UNION,
    ),
    "other": Profile(
        "other",
        open_street=False,
        why="nobody has written down the law of this city",
        languages=(),
        fields=(*FIRST_LAYER, "address", "authority", "rights"),
        rights=UNION,
        bases=OF_THE_UNION,
    ),
}
OF_BASIS: dict[Basis, tuple[Right, ...]] = {
    "consent": ("withdrawal", "portability"),  # GDPR art. 13(2)(c), 20
    "legitimate-interest": ("objection",),  # GDPR art. 21
    "notice": (),
}
"Rights that come with a legal basis in the Union."
CITIES: dict[str, ProfileName] = {"new-york": "us-ny", "toronto": "ca-on", "stockholm": "se", "madrid": "es"}


def profile_of(city: str, named: ProfileName | None) -> Profile:
    """The profile of a city: the program's where it knows the city, else the `named` one, else the strictest."""
    return PROFILES[CITIES.get(city) or named or "other"]


def rights_of(profile: Profile, basis: Basis) -> tuple[Right, ...]:
    """The rights that a sign under `profile` has to name with this legal basis."""
    return (*profile.rights, *(OF_BASIS[basis] if set(UNION) <= set(profile.rights) else ()))
