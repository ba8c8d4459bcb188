"""Pages that need nothing but themselves: a template and values in, one HTML file without scripts out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

WIDTH_PX, HEIGHT_PX = 160, 14
ROOM = 1.2
"Of a bar's scale beyond the greatest of figure and goal."


@dataclass(frozen=True)
class Bar:
    """A figure as a bar with lines where the goal is, in pixels."""

    length: float
    lines: tuple[float, ...]
    width: int = WIDTH_PX
    height: int = HEIGHT_PX


def render(template: str, **values: Any) -> str:
    """Fill a template of this package; everything that is put in is escaped."""
    shelf = Environment(
        loader=PackageLoader("calibration"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return shelf.get_template(template).render(**values)


def bar_of(figure: float, *goals: float, greatest: float = 0.0) -> Bar | None:
    """A bar from 0 to `figure`, with a line at each finite goal; None for what is no number or infinite.

    Bars with the same `greatest`, at least their figures and goals, have the same scale.
    """
    if not math.isfinite(figure):
        return None
    lines = [goal for goal in goals if math.isfinite(goal)]
    scale = ROOM * max([abs(figure), *lines, greatest, 1e-9])
    return Bar(
        round(WIDTH_PX * max(figure, 0.0) / scale, 1),
        tuple(round(WIDTH_PX * line / scale, 1) for line in lines),
    )
