"""The sign in the street, first layer: what it says in, one printable page out; nothing lies outside its place.

Above, on signal yellow, what can be read from across the street: pictograms and the headline. Below, a block per
language with the facts, and the way to the second layer. Type is as large as the page bears, and never below what can
be read at arm's length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import segno

from appliance.errors import BoothError
from appliance.sign.block import Design, block_height, levels_of, write_block
from appliance.sign.content import Content, Told
from appliance.sign.paper import Paper, Type
from appliance.sign.pictograms import INK, PAPER, SIGNAL, camera_and_shirt, no_face, no_picture

LEAST_POINTS = {"A2": 10.0, "A3": 9.0, "A4": 6.5, "letter": 6.5}
"Of a fact. Below these it is no longer told; A4 and letter are for a counter, not for a wall."
SCALES = [step / 100 for step in range(50, 121)]
"Of all type on the page."
WIDEST = 3.6
"Of the pictogram of camera and shirt, by its height."
QUIET_MODULES = 4
"Free modules around a QR code, ISO/IEC 18004."


@dataclass(frozen=True)
class Plan:
    """Where the parts of the page begin, in millimetres from its top."""

    design: Design
    blocks_top: float
    row_heights: tuple[float, ...]
    foot_top: float


def draw_sheet(content: Content, size: str) -> Paper:
    """The sign as one page. Raises BoothError where it cannot hold what has to be said."""
    first = content.told[0]
    paper = Paper(size, f"{first.headline} {content.controller}", first.language)
    plan = plan_of(paper, content, size)
    draw_head(paper, plan, content.told)
    draw_blocks(paper, plan, content.told)
    draw_foot(paper, plan, content)
    return paper


def plan_of(paper: Paper, content: Content, size: str) -> Plan:
    """The largest type with which everything has its place. Raises BoothError when that is too small to read."""
    designs = [Design(paper.width, scale, len(content.told)) for scale in SCALES]
    readable = [design for design in designs if design.fact.points >= LEAST_POINTS[size]]
    best, low, high = None, 0, len(readable)
    while low < high:
        middle = (low + high) // 2
        plan = placed(paper, content, readable[middle])
        best, low, high = (best, low, middle) if plan is None else (plan, middle + 1, high)
    if best is None:
        raise BoothError(
            f"the sign does not fit on {size} in letters that people can read; take a larger --size, fewer of"
            " place.languages, or shorter words for sign.controller, address, officer, representative or authority"
        )
    return best


def placed(paper: Paper, content: Content, design: Design) -> Plan | None:
    """Where the parts lie by this design; None where they do not fit on the paper."""
    blocks_top = band_height(paper, design, content.told) + design.gap
    rows = row_heights(paper, design, content.told)
    foot_top = paper.height - design.foot_edge - design.foot
    spare = foot_top - design.foot_edge - design.gap / 2 - blocks_top - sum(rows)
    if spare < 0:
        return None
    return Plan(design, blocks_top, tuple(row + spare / len(rows) for row in rows), foot_top)


def band_height(paper: Paper, design: Design, told: Sequence[Told]) -> float:
    """Millimetres of the yellow part."""
    lines = [paper.height_of(one.headline, kind, design.inner) for one, kind in headlines(design, told)]
    return design.margin + design.tile + design.gap * (0.9 + 0.45 * len(lines)) + sum(lines)


def headlines(design: Design, told: Sequence[Told]) -> list[tuple[Told, Type]]:
    """The first language as large as the street is wide, the others below it."""
    return [(one, design.headline if place == 0 else design.subline) for place, one in enumerate(told)]


def draw_head(paper: Paper, plan: Plan, told: Sequence[Told]) -> None:
    """Pictograms and headlines on yellow."""
    design = plan.design
    paper.fill(SIGNAL)
    paper.block(0, 0, paper.width, plan.blocks_top - design.gap)
    top, side, gap = design.margin, design.tile, design.tile_gap
    wide = min(design.inner - 2 * (side + gap), WIDEST * side)
    camera_and_shirt(paper, design.margin, top, wide, side)
    no_face(paper, design.margin + wide + gap, top, side)
    no_picture(paper, design.margin + wide + 2 * gap + side, top, side)
    top += side + 0.9 * design.gap
    for one, kind in headlines(design, told):
        width = paper.balanced(one.headline, kind, design.inner)
        top = paper.write(one.headline, kind, design.margin, top, width) + 0.45 * design.gap


def rows_of(told: Sequence[Told]) -> list[Sequence[Told]]:
    """Two blocks beside each other, as far as there are two."""
    return [told[first : first + 2] for first in range(0, len(told), 2)]


def row_heights(paper: Paper, design: Design, told: Sequence[Told]) -> list[float]:
    """Millimetres of each row of blocks."""
    width, heights = design.column, []
    for row in rows_of(told):
        levels = levels_of(paper, design, row, width)
        heights.append(max(block_height(paper, design, one, width, levels) for one in row))
    return [height + design.pad for height in heights[:-1]] + heights[-1:]


def draw_blocks(paper: Paper, plan: Plan, told: Sequence[Told]) -> None:
    """A block per language."""
    design, width, top = plan.design, plan.design.column, plan.blocks_top
    for row, height in zip(rows_of(told), plan.row_heights, strict=True):
        levels = levels_of(paper, design, row, width)
        for place, one in enumerate(row):
            left = design.margin + place * (width + design.gutter)
            write_block(paper, design, one, (left, top, width), levels)
        top += height


def draw_foot(paper: Paper, plan: Plan, content: Content) -> None:
    """The way to the second layer: a QR code, and its address for those without a telephone."""
    design, top = plan.design, plan.foot_top
    paper.fill(INK)
    paper.block(0, top - design.foot_edge, paper.width, paper.height - top + design.foot_edge)
    paper.fill(PAPER)
    side = design.foot
    paper.block(design.margin, top, side, side, 0.03 * side)
    draw_code(paper, content.url, design.margin, top, side)
    left = design.margin + side + design.gutter
    width = design.inner - side - design.gutter
    more = " · ".join(one.more for one in content.told)
    lines = ((more, design.more), (content.url, design.address), (content.controller, design.maker))
    below = top + (side - sum(paper.height_of(text, kind, width) for text, kind in lines)) / 2
    for text, kind in lines:
        below = paper.write(text, kind, left, below, width)


def draw_code(paper: Paper, url: str, left: float, top: float, side: float) -> None:
    """The QR code of `url` in a square with its quiet zone, each run of dark modules one rectangle."""
    matrix = [list(row) for row in segno.make(url, error="m", micro=False).matrix]
    module = side / (len(matrix) + 2 * QUIET_MODULES)
    paper.fill(INK)
    for y, row in enumerate(matrix):
        for x, length in runs_of(row):
            place = (left + (x + QUIET_MODULES) * module, top + (y + QUIET_MODULES) * module)
            # A hair more than a module, lest a printer leaves white lines between rows.
            paper.block(*place, length * module, 1.02 * module)


def runs_of(row: Sequence[int]) -> list[tuple[int, int]]:
    """Start and length of each run of dark modules."""
    edges = [
        place
        for place in range(len(row) + 1)
        if (place < len(row) and row[place]) != (place > 0 and row[place - 1])
    ]
    return [(start, end - start) for start, end in zip(edges[::2], edges[1::2], strict=True)]
