"""The report: releases of booths go in; one HTML page that needs nothing but itself, for screen and paper, out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from appliance.analysis.calendar import span_of
from appliance.analysis.city import cities_of
from appliance.analysis.findings import Findings
from appliance.analysis.look import CITY_LOOKS, drawing
from appliance.analysis.method import method_of
from appliance.analysis.plates import plates_of
from appliance.analysis.reading import read_releases
from appliance.analysis.release import Release
from appliance.analysis.summary import cautions_of, sentences_of
from appliance.analysis.wording import day_of, listed
from appliance.disk import write_durably
from appliance.errors import BoothError

MOST_CITIES = len(CITY_LOOKS)
MOST_DAYS = 3653


def report_releases(sources: Sequence[Path], out: Path) -> Path:
    """Write the page of all releases of `sources` to `out`. Raises BoothError naming the file and the cure."""
    page = page_of(read_releases(sources))
    write_durably(out, page.encode("utf-8"), "name a file in a writable folder with --out")
    return out


def page_of(releases: Sequence[Release]) -> str:
    """The page; equal releases give equal bytes. Raises BoothError for more cities than a page can bear."""
    cities = cities_of(releases)
    if len(cities) > MOST_CITIES:
        raise BoothError(f"{len(cities)} cities are more than one page bears ({MOST_CITIES}); name fewer")
    first, last = span_of(cities)
    if (last - first).days > MOST_DAYS:
        told = f"releases from {first} to {last} are more than one page bears ({MOST_DAYS} days)"
        raise BoothError(f"{told}; leave out those of a booth whose clock was wrong, or name fewer")
    findings = Findings(tuple(cities))
    with drawing():
        plates = list(plates_of(findings))
    return shelf().get_template("report.html").render(
        title=f"What {listed([city.title for city in cities])} wore",
        span=f"{day_of(first)} to {day_of(last)}",
        sentences=sentences_of(findings),
        cautions=list(cautions_of(findings)),
        plates=plates,
        method=method_of(releases),
    )  # fmt: skip


def shelf() -> Environment:
    """Where the page's frame lies; everything that is put in is escaped but the drawings."""
    return Environment(
        loader=PackageLoader("appliance.analysis"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
