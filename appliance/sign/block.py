"""One language's block of the sign: its texts and a column in; lines on the paper, or how high they would be, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from appliance.sign.content import Told
from appliance.sign.paper import MM_PER_POINT, Colour, Paper, Type
from appliance.sign.pictograms import INK, PAPER, QUIET, SIGNAL

TINT: Colour = (255, 243, 199)
PALE: Colour = (176, 180, 190)


@dataclass(frozen=True)
class Design:
    """Sizes for one page: lengths by its width, and type moved by one scale as well."""

    width: float
    scale: float
    languages: int = 2

    @property
    def head(self) -> float:
        """Scale of what is read from across the street: four languages leave it less room than two."""
        return 1.0 if self.languages <= 2 else 0.72

    @property
    def margin(self) -> float:
        """Around the page; a printer reaches so far."""
        return 0.055 * self.width

    @property
    def inner(self) -> float:
        """Between the margins."""
        return self.width - 2 * self.margin

    @property
    def gap(self) -> float:
        """Between parts."""
        return 0.034 * self.width

    @property
    def gutter(self) -> float:
        """Between columns."""
        return 0.05 * self.width

    @property
    def pad(self) -> float:
        """Around what stands on a tint."""
        return 0.5 * self.gap

    @property
    def small(self) -> float:
        """Between lines that belong together."""
        return 0.22 * self.gap

    @property
    def tile(self) -> float:
        """Height of a pictogram."""
        return 0.19 * self.width * min(1.0, self.scale) * self.head

    @property
    def tile_gap(self) -> float:
        """Between pictograms."""
        return 0.02 * self.width

    @property
    def foot(self) -> float:
        """Side of the QR code."""
        return 0.15 * self.width

    @property
    def foot_edge(self) -> float:
        """Of the dark foot, above the QR code."""
        return 0.55 * self.margin

    @property
    def column(self) -> float:
        """Width of a block."""
        return self.inner if self.languages == 1 else (self.inner - self.gutter) / 2

    def type(self, share: float, colour: Colour = INK, *, bold: bool = False, leading: float = 1.26) -> Type:
        """Letters whose size is a share of the page's width."""
        return Type(share * self.width * self.scale / MM_PER_POINT, colour, bold, leading)

    @property
    def headline(self) -> Type:
        """Read from across the street."""
        return self.type(0.083 * self.head, bold=True, leading=1.06)

    @property
    def subline(self) -> Type:
        """The same in the other languages."""
        return self.type(0.037 * self.head, bold=True, leading=1.15)

    @property
    def chip(self) -> Type:
        """Name of a language."""
        return self.type(0.0135, PAPER, bold=True)

    @property
    def promise(self) -> Type:
        """What never happens."""
        return self.type(0.0245, bold=True, leading=1.2)

    @property
    def lead(self) -> Type:
        """What happens."""
        return self.type(0.0185)

    @property
    def question(self) -> Type:
        """How to stay out of it."""
        return self.type(0.0205, bold=True)

    @property
    def label(self) -> Type:
        """Name of a fact."""
        return self.type(0.0125, QUIET, bold=True, leading=1.35)

    @property
    def fact(self) -> Type:
        """The smallest words that people have to read."""
        return self.type(0.0155)

    @property
    def more(self) -> Type:
        """Above the address of the second layer."""
        return self.type(0.0200, SIGNAL, bold=True, leading=1.5)

    @property
    def maker(self) -> Type:
        """Who answers for it, once more."""
        return self.type(0.0155, PALE, leading=1.9)

    @property
    def address(self) -> Type:
        """Of the second layer."""
        return self.type(0.0230, PAPER, bold=True)


@dataclass(frozen=True)
class Levels:
    """Heights of the parts above the facts, so that blocks beside each other keep level."""

    promises: float
    lead: float
    refusal: float


def levels_of(paper: Paper, design: Design, row: Sequence[Told], width: float) -> Levels:
    """The heights that suit all blocks of a row."""
    promises = [sum(paper.height_of(line, design.promise, width) for line in one.promises) for one in row]
    lead = [paper.height_of(lead_of(one), design.lead, width) for one in row]
    inner = width - 2 * design.pad
    refusal = [
        paper.height_of(one.question, design.question, inner)
        + paper.height_of(one.refusal, design.lead, inner)
        for one in row
    ]
    return Levels(max(promises), max(lead), max(refusal) + 1.1 * design.pad)


def lead_of(told: Told) -> str:
    """What happens, and to whom."""
    return f"{told.how} {told.adults}"


def head_height(design: Design, levels: Levels) -> float:
    """Millimetres from the top of a block to its facts."""
    chip = design.chip.leading_mm * 1.5
    parts = chip + levels.promises + levels.lead + levels.refusal
    return parts + 2 * design.small + 1.7 * design.pad


def block_height(paper: Paper, design: Design, told: Told, width: float, levels: Levels) -> float:
    """Millimetres of the whole block."""
    facts = sum(
        paper.height_of(fact.label, design.label, width)
        + paper.height_of(fact.text, design.fact, width)
        + design.small
        for fact in told.facts
    )
    return head_height(design, levels) + facts


def write_block(
    paper: Paper, design: Design, told: Told, place: tuple[float, float, float], levels: Levels
) -> None:
    """Put the block on the paper; `place`: its left, top and width."""
    left, top, width = place
    draw_chip(paper, design, told.name, left, top)
    below = top + design.chip.leading_mm * 1.5 + design.small
    line = below
    for promise in told.promises:
        line = paper.write(promise, design.promise, left, line, width)
    below += levels.promises + design.small
    paper.write(lead_of(told), design.lead, left, below, width)
    write_refusal(paper, design, told, (left, below + levels.lead + design.pad, width), levels.refusal)
    line = top + head_height(design, levels)
    for fact in told.facts:
        line = paper.write(fact.label, design.label, left, line, width)
        line = paper.write(fact.text, design.fact, left, line, width) + design.small


def write_refusal(
    paper: Paper, design: Design, told: Told, place: tuple[float, float, float], height: float
) -> None:
    """How to stay out of it, on a tint with a signal edge."""
    left, top, width = place
    paper.fill(TINT)
    paper.block(left, top, width, height)
    paper.fill(SIGNAL)
    paper.block(left, top, 0.22 * design.pad, height)
    inner = width - 2 * design.pad
    below = paper.write(told.question, design.question, left + design.pad, top + 0.55 * design.pad, inner)
    paper.write(told.refusal, design.lead, left + design.pad, below, inner)


def draw_chip(paper: Paper, design: Design, name: str, left: float, top: float) -> None:
    """The language's name on a dark lozenge."""
    kind = design.chip
    paper.wrap(name, kind, design.width)
    width = paper.pdf.get_string_width(name)
    paper.fill(INK)
    paper.block(left, top, width + 1.4 * kind.leading_mm, 1.3 * kind.leading_mm, 0.65 * kind.leading_mm)
    paper.write(name, kind, left + 0.7 * kind.leading_mm, top + 0.15 * kind.leading_mm, design.width)
