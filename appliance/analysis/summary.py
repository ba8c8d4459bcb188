"""What changed, in plain words: cities and what was found of them go in, the sentences that open the report out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from appliance.analysis.calendar import span_of
from appliance.analysis.city import City
from appliance.analysis.estimate import shared_out
from appliance.analysis.findings import Findings
from appliance.analysis.spans import Change, Changes, diversities_of
from appliance.analysis.wording import counted, course_of, day_of, listed, percent, percents, thing

NAMED = 2
"Risers, and as many fallers, of a city in the opening; the figure has more."
SEEN = ("upper-colour", "lower-colour", "pattern")
"Tables that the opening speaks of first: everybody sees what they mean."


def sentences_of(findings: Findings) -> list[str]:
    """The opening, a paragraph for each subject."""
    told = [
        coverage(findings),
        *(movement(city, changes) for city, changes in findings.moved),
        stillness(findings),
    ]
    told += [contrast(findings)] if len(findings.cities) > 1 else []
    told += [" ".join(filter(None, (variety(findings.cities), oddity(findings.cities))))]
    return [sentence for sentence in told if sentence]


def coverage(findings: Findings) -> str:
    """Who told of what."""
    cities = findings.cities
    first, last = span_of(cities)
    possible = ((last - first).days + 1) * sum(len(city.booths) for city in cities)
    told = sum(len(day.booths) for city in cities for day in city.days)
    passages = sum(city.passages for city in cities)
    booths = counted(sum(len(city.booths) for city in cities), "booth")
    lack = possible - told
    verb = "is" if lack == 1 else "are"
    missing = f"{lack:,} of {possible:,} days {verb} missing" if lack else "no day is missing"
    return (
        f"From {day_of(first)} to {day_of(last)}, {booths} in {listed([city.title for city in cities])}"
        f" told of about {rounded(passages):,} passages; {missing}."
    )


def rounded(number: int) -> int:
    """To three digits: noise leaves no more."""
    return round(number, min(0, 3 - len(str(abs(number)))))


def movement(city: City, changes: Changes) -> str:
    """What rose and fell in one city in which something did."""
    moved = seen_first(changes.moved())
    risers = [change for change in moved if change.difference.value > 0][:NAMED]
    fallers = [change for change in moved if change.difference.value < 0][:NAMED]
    parts = [went("rose", risers), went("fell", fallers)]
    span = f"between its first and its last {counted(changes.days, 'day')}"
    return f"In {city.title}, {span}, {'; '.join(filter(None, parts))}."


def went(verb: str, changes: Sequence[Change]) -> str:
    """Several cells that went one way: green on top rose from 6.1 to 11.9 %, stripes from 4.2 to 6.0 %."""
    verbs = [f"{verb} ", *[""] * len(changes)]
    return listed(
        [
            f"{thing(one.table, one.label)} {word}from {course_of(one)}"
            for one, word in zip(changes, verbs, strict=False)
        ]
    )


def stillness(findings: Findings) -> str:
    """Cities of which nothing can be said to have moved."""
    still = [city.title for city, changes in findings.changes if changes.days and not changes.moved()]
    short = [city.title for city, changes in findings.changes if not changes.days]
    told = [f"In {listed(still)} nothing moved by more than chance may explain."] if still else []
    told += (
        [f"{listed(short)} told of too few days that compare to say what rose and what fell."]
        if short
        else []
    )
    return " ".join(told)


def seen_first(moved: Sequence[Change]) -> list[Change]:
    """In the same order, what everybody sees; combinations and styles, which mostly follow from it, only without."""
    return [change for change in moved if change.table in SEEN] or list(moved)


def contrast(findings: Findings) -> str:
    """Where the cities differ most."""
    if not findings.rows:
        return "The cities told of too few days in common to say where they differ."
    return " ".join(filter(None, (difference(findings), absence(findings))))


def absence(findings: Findings) -> str:
    """Cities that the comparison had to leave out."""
    names = [city.title for city in findings.left_out]
    verb = "has" if len(names) == 1 else "have"
    return f"{listed(names)} {verb} too few days in common with the others to be compared." if names else ""


def difference(findings: Findings) -> str:
    """In what the cities that are compared differ most."""
    if not findings.widest:
        return "No difference between the cities is larger than chance may explain."
    row = next((row for row in findings.widest if row.table in SEEN), findings.widest[0])
    names = {city.name: city.title for city in findings.cities}
    ranked = sorted(row.shares, key=lambda name: -row.shares[name].value)
    most, least = ranked[0], ranked[-1]
    ends = [
        f"{percent(row.shares[name].value)} in {names[name]} ({percents(row.shares[name])})"
        for name in (most, least)
    ]
    told = f"The cities differ most in {thing(row.table, row.label)}: {', '.join(ends)}."
    styles = [one for one in findings.apart if one.table == "style"]
    far = max(styles, key=lambda one: one.bits.low, default=None)
    if far and len(styles) > 1 and far.bits.low > 0:
        told += f" By style, {far.here.title} and {far.there.title} lie farthest apart."
    return told


def variety(cities: Sequence[City]) -> str:
    """Whether cities dress in more ways than they did."""
    told: dict[int, list[str]] = {1: [], -1: [], 0: []}
    found = [(city, ends) for city in cities if (ends := diversities_of(city))]
    for city, (before, after) in found:
        sign = (after - before).sign(shared_out(len(found)))
        told[sign].append(f"{city.title} ({before.value:.1f} to {after.value:.1f})")
    verbs = {1: "rose in", -1: "fell in", 0: "did not change for certain in"}
    parts = [f"{verbs[sign]} {listed(names)}" for sign, names in told.items() if names]
    return f"Diversity, as the number of equally common styles, {listed(parts)}." if parts else ""


def oddity(cities: Sequence[City]) -> str:
    """The day that departs most from those before it, where one stands out from its city's usual novelty."""
    days = [(city, day, day.novelty) for city in cities for day in city.days if day.novelty]
    z = shared_out(len(days))
    usual = {
        city.name: median([new.value for one, _, new in days if one is city] or [0.0]) for city in cities
    }
    odd = [found for found in days if found[2].ends(z)[0] > usual[found[0].name]]
    if not odd:
        return ""
    city, day, _ = max(odd, key=lambda found: found[2].ends(z)[0])
    return f"The day least like the four weeks before it was {day_of(day.day)} in {city.title}."


def cautions_of(findings: Findings) -> Iterator[str]:
    """What a reader has to know before believing the rest."""
    for city in findings.cities:
        if len(city.engines) > 1:
            yield (
                f"In {city.title} the networks that look were changed or differ by booth"
                f" ({listed(city.engines)}): days of different ones do not compare."
            )
        if len(city.codebooks) > 1:
            yield f"In {city.title} the list of styles changed: styles, novelty and diversity do not compare across it."
        if any(len(day.booths) < len(city.booths) for day in city.days):
            yield (
                f"On some days not all booths of {city.title} told: its ribbons lean to those that did."
                " Risers and fallers compare each booth with itself."
            )
    if len({city.engines for city in findings.cities}) > 1:
        yield (
            "The networks that look differ between the cities: what one takes for another colour may pass for a"
            " difference of the streets."
        )
    if len({city.codebooks for city in findings.cities}) > 1:
        yield "The cities use different lists of styles, so their styles are not compared."
