"""Figures in words: shares, changes and days go in, text as people read it comes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from appliance.analysis.estimate import Z95, Estimate

if TYPE_CHECKING:
    from appliance.analysis.spans import Change

MINUS = "\u2212"
NARROW = "\u202f"
"A space that is narrow and does not break."


def percent(share: float) -> str:
    """One digit after the point: the tenth of a point is below what noise leaves."""
    return f"{100 * share:.1f}{NARROW}%"


def points(change: float) -> str:
    """Percentage points with their sign."""
    return f"{MINUS if change < 0 else '+'}{abs(100 * change):.1f}"


def percents(share: Estimate, z: float = Z95) -> str:
    """Both ends of a share's interval, which cannot leave 0 to 100 %."""
    low, high = share.ends(z)
    return f"{100 * max(0.0, low):.1f} to {100 * min(1.0, high):.1f}{NARROW}%"


def below(share: Estimate) -> str:
    """A share that was too small to be told."""
    return f"below {percent(share.high)}"


def course_of(change: Change) -> str:
    """From one share to another, such as 6.1 to 11.9 %, or below 1.4 % to 3.0 %."""
    early = f"{100 * change.before.value:.1f}"
    return " to ".join(
        [
            below(change.before) if "before" in change.hidden else early,
            below(change.after) if "after" in change.hidden else percent(change.after.value),
        ]
    )


def between(change: Estimate, z: float = Z95) -> str:
    """Both ends of a change's interval, in points."""
    low, high = change.ends(z)
    return f"{points(low)} to {points(high)}"


def day_of(day: date) -> str:
    """Such as 4 March 2026, whose day and month no line parts."""
    return f"{day.day}\u00a0{day:%B %Y}"


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def spoken(name: str) -> str:
    """A table or a label: light-over-dark is light over dark."""
    return name.replace("-", " ")


def thing(table: str, label: str) -> str:
    """A cell as the subject of a sentence: green on top, stripes, dark over light."""
    if table == "upper-colour":
        return f"{spoken(label)} on top"
    if table == "lower-colour":
        return f"{spoken(label)} below"
    if table == "pattern":
        return {"striped": "stripes"}.get(label, f"{spoken(label)} clothes")
    return f"the style \u201c{spoken(label)}\u201d" if table == "style" else spoken(label)


def counted(number: int, noun: str) -> str:
    """1 day, 2 days; cities and boxes have their own plural."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeo" else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
