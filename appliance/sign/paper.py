"""A sheet of paper that knows where everything on it lies: shapes and lines of text in, one PDF page out.

Only shapes and a PDF's own fonts (Latin-1): nothing is embedded, so that the file is small, sharp at any size and the
same each time. Lengths are millimetres from the top left corner, type sizes points.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from fpdf import FPDF

FAMILY = "Helvetica"
MM_PER_POINT = 25.4 / 72
CAP = 0.72
"Height of a capital letter of Helvetica by its type size (Adobe's font metrics: 718)."
SIZES_MM = {"A2": (420.0, 594.0), "A3": (297.0, 420.0), "A4": (210.0, 297.0), "letter": (215.9, 279.4)}
DAWN = datetime(2026, 1, 1, tzinfo=timezone.utc)
"Stands in every file, so that the same settings give the same bytes."
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Type:
    """How a text is set."""

    points: float
    colour: Colour
    bold: bool = False
    leading: float = 1.26
    "Height of a line by the type size."

    @property
    def leading_mm(self) -> float:
        """From one base line to the next."""
        return self.points * MM_PER_POINT * self.leading


@dataclass(frozen=True)
class Box:
    """Where a line of text lies."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


class Paper:
    """Owner of the page."""

    def __init__(self, size: str, title: str, language: str) -> None:
        self.width, self.height = SIZES_MM[size]
        self.pdf = FPDF(unit="mm", format=(self.width, self.height))
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        self.pdf.set_creation_date(DAWN)
        self.pdf.set_title(title)
        self.pdf.set_lang(language)
        self.pdf.set_producer("booth sign")
        self.pdf.add_page()
        self.lines: list[Box] = []
        "Every line of text that was put on it."

    def wrap(self, text: str, kind: Type, width: float) -> list[str]:
        """`text` in lines no wider than `width`; a word that is wider itself is broken, such as a web address."""
        self._use(kind)
        lines: list[str] = []
        line = ""
        for word in text.split(" "):
            longer = f"{line} {word}" if line else word
            if self.pdf.get_string_width(longer) <= width:
                line = longer
                continue
            *whole, last = self._broken(word, width)
            lines += [line, *whole] if line else whole
            line = last
        return [*lines, line]

    def _broken(self, word: str, width: float) -> list[str]:
        """A word in pieces that fit; at least one letter each."""
        pieces = [""]
        for letter in word:
            if pieces[-1] and self.pdf.get_string_width(pieces[-1] + letter) > width:
                pieces.append("")
            pieces[-1] += letter
        return pieces

    def balanced(self, text: str, kind: Type, width: float) -> float:
        """The narrowest width at which `text` takes no more lines than at `width`: no word stands alone on the last."""
        lines, low, high = len(self.wrap(text, kind, width)), width / 4, width
        while high - low > 0.1:
            middle = (low + high) / 2
            low, high = (low, middle) if len(self.wrap(text, kind, middle)) <= lines else (middle, high)
        return high

    def height_of(self, text: str, kind: Type, width: float) -> float:
        """Millimetres that `text` takes."""
        return len(self.wrap(text, kind, width)) * kind.leading_mm

    def write(self, text: str, kind: Type, left: float, top: float, width: float) -> float:
        """Set `text` below `top`; returns where it ends."""
        for line in self.wrap(text, kind, width):
            baseline = top + (kind.leading_mm + CAP * kind.points * MM_PER_POINT) / 2
            self.pdf.text(left, baseline, line)
            right = left + self.pdf.get_string_width(line)
            self.lines.append(Box(left, top, right, top + kind.leading_mm, line))
            top += kind.leading_mm
        return top

    def _use(self, kind: Type) -> None:
        self.pdf.set_font(FAMILY, "B" if kind.bold else "", kind.points)
        self.pdf.set_text_color(*kind.colour)

    def fill(self, colour: Colour) -> None:
        """Colour of the next shapes."""
        self.pdf.set_fill_color(*colour)

    def block(self, left: float, top: float, width: float, height: float, corner: float = 0.0) -> None:
        """A filled rectangle, its corners rounded by `corner`."""
        if corner:
            self.pdf.rect(left, top, width, height, style="F", round_corners=True, corner_radius=corner)
        else:
            self.pdf.rect(left, top, width, height, style="F")

    def disc(self, x: float, y: float, radius: float) -> None:
        """A filled circle."""
        self.pdf.circle(x, y, radius, style="F")

    def shape(self, points: list[tuple[float, float]]) -> None:
        """A filled polygon."""
        self.pdf.polygon(points, style="F")

    def bytes(self) -> bytes:
        """The file."""
        return bytes(self.pdf.output())
