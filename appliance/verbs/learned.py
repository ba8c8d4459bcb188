"""The report of `booth learn`: a bank file in, a page and its figures in JSON beside it out; nobody is in either."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from appliance.artifacts import write_atomically
from appliance.errors import BoothError
from appliance.vision.banks import read_bank
from calibration.portrait import portrait_of
from calibration.report import learned_json, learned_page

FIGURES = ".json"


def write_learned(bank: Path, page: Path, abstained: int, reasons: Mapping[str, int]) -> None:
    """Write `page` and the JSON beside it; `reasons`: why nothing could be said of people -> how many.

    Raises BoothError for a bank that cannot be read or a folder that cannot be written.
    """
    if page.suffix == FIGURES:
        raise BoothError(
            f"--report {page}: names the page; its figures go beside it as {FIGURES}: name it .html"
        )
    portrait = portrait_of(read_bank(bank), abstained, reasons)
    write_atomically(page, learned_page(portrait).encode())
    write_atomically(page.with_suffix(FIGURES), learned_json(portrait).encode())
    print(f"written: {page}, {page.with_suffix('.json')}")
