"""Three cities with planted trends: green rises in New York, stripes fall in Stockholm, Madrid wears more white."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from tests.analysis.history import FIRST, Mix, Stand

UPPER: Mix = {
    "black": 0.29, "grey": 0.11, "white": 0.11, "beige": 0.08, "brown": 0.05, "red": 0.03, "orange": 0.012,
    "yellow": 0.014, "green": 0.04, "cyan": 0.008, "blue": 0.15, "purple": 0.014, "pink": 0.03,
}  # fmt: skip
LOWER: Mix = {
    "black": 0.37, "grey": 0.08, "white": 0.05, "beige": 0.07, "brown": 0.04, "red": 0.01, "green": 0.025,
    "blue": 0.29, "pink": 0.008,
}  # fmt: skip
PATTERN: Mix = {"striped": 0.07, "patterned": 0.13}
FEAST = 0.68
"Of the whole time: the day on which Madrid dresses up."


def weekend(day: int) -> bool:
    """Whether it is Saturday or Sunday."""
    return (FIRST + timedelta(day)).weekday() >= 5


def swapped(mix: Mix, gains: str, loses: str, share: float) -> Mix:
    """The same, but for what goes from one to the other."""
    return {**mix, gains: mix.get(gains, 0.0) + share, loses: mix[loses] - share}


def usual(day: int) -> tuple[Mix, Mix, Mix]:
    """What the three have in common: at weekends more blue and less black."""
    share = 0.025 if weekend(day) else 0.0
    return swapped(UPPER, "blue", "black", share), swapped(LOWER, "blue", "black", share), PATTERN


def new_york(day: int, days: int) -> tuple[Mix, Mix, Mix]:
    """Green rises from 4 to 10 %, at the cost of black."""
    upper, lower, pattern = usual(day)
    return swapped(upper, "green", "black", 0.06 * day / days), lower, pattern


def stockholm(day: int, days: int) -> tuple[Mix, Mix, Mix]:
    """Stripes fall from 9 to 4.5 %; more grey."""
    upper, lower, _ = usual(day)
    stripes = 0.09 - 0.045 * day / days
    return swapped(upper, "grey", "white", 0.04), lower, {"striped": stripes, "patterned": 0.12}


def madrid(day: int, days: int) -> tuple[Mix, Mix, Mix]:
    """Eight points more of white above; one day of red."""
    upper, lower, pattern = usual(day)
    upper = swapped(upper, "white", "black", 0.08)
    feast = day == round(FEAST * days)
    return (swapped(upper, "red", "black", 0.09) if feast else upper), lower, pattern


def stands(days: int) -> tuple[Stand, ...]:
    """Four booths; New York has two, one of which is away for a week."""
    away = tuple(range(days // 3, days // 3 + 7))
    return (
        Stand("madrid", "gran-via", partial(madrid, days=days), quiet=(days // 2,)),
        Stand("new-york", "bowery", partial(new_york, days=days)),
        Stand("new-york", "union-square", partial(new_york, days=days), passages=2600, silent=away),
        Stand("stockholm", "gotgatan", partial(stockholm, days=days), silent=(days // 2,)),
    )
