"""How figures look, and how they get into the page: a drawn figure goes in, inline SVG that names itself comes out."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from appliance.errors import BoothError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#22252b"
QUIET = "#5c6068"
FAINT = "#c9c6be"
PAPER = "#fdfcf9"
ACCENT = "#0b5a8c"
BAND = "#a9c7dc"
CITY_LOOKS = (
    ("#0b5a8c", "o"),
    ("#b3480f", "s"),
    ("#00735c", "D"),
    ("#7a3e86", "^"),
    ("#5c6068", "v"),
    ("#8a6500", "P"),
)
"A colour and a mark for each city, so that the figures need no colour; the hues are those of Okabe and Ito, darker."
WIDTH_IN = 9.6
RULES: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "booth",
    "font.size": 10.5,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": QUIET,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titlepad": 8,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
}


@contextmanager
def drawing() -> Iterator[None]:
    """Figures made within look alike on every machine. Raises BoothError where the plotting library is missing."""
    try:
        import matplotlib as mpl
    except ImportError:
        raise BoothError("trends report draws with matplotlib: pip install 'booth[analysis]'") from None
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(RULES)
        yield


def blank(height_in: float) -> Figure:
    """A figure as wide as the page."""
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH_IN, height_in))


def sheet(rows: int, columns: int, height_in: float, **options: Any) -> tuple[Figure, list[list[Axes]]]:
    """A figure as wide as the page and its axes by row."""
    figure = blank(height_in)
    axes = figure.subplots(rows, columns, squeeze=False, **options)
    return figure, [list(row) for row in axes]


def quiet_dates(axes: Axes) -> None:
    """Dates below, as few as can be read."""
    from matplotlib import dates

    locator = dates.AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, show_offset=False))  # type: ignore[no-untyped-call]


def svg_of(figure: Figure, key: str, title: str, description: str) -> str:
    """The figure as an <svg> that screen readers read out as `title` and `description`; its ids begin with `key`."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = out.getvalue()
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.S)
    text = re.sub(r'\bid="', f'id="{key}-', text)
    text = re.sub(r'(href="|url\()#', rf"\1#{key}-", text)
    opening, rest = text.split(">", 1)
    # No fixed size: the page gives the width. Clothes' colours are to be printed as they are.
    opening = re.sub(r' (width|height)="[^"]*"', "", opening)
    opening = opening.replace("<svg", f'<svg role="img" aria-labelledby="{key}-title {key}-desc"', 1)
    told = f'<title id="{key}-title">{html.escape(title)}</title>'
    told += f'<desc id="{key}-desc">{html.escape(description)}</desc>'
    return f"{opening}>{told}{rest.strip()}"
