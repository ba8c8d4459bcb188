"""`booth zones`: a video or a camera in, where people walk and whether the zones of the settings fit it out."""

from __future__ import annotations

import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from appliance.app import load_eyes
from appliance.artifacts import write_atomically
from appliance.config import Capture, Settings
from appliance.errors import BoothError, SourceError
from appliance.runtime.photos import is_photo
from appliance.site_file import Place
from appliance.verbs.playback import Excerpt, play, tell
from calibration.plan import zones_json, zones_page
from calibration.siting import Siting, row_words, settings_lines, site, told
from calibration.zones import Footfall, Survey


def survey_zones(settings: Settings, excerpt: Excerpt, report: Path | None, *, as_json: bool) -> None:
    """Play the excerpt of settings.camera.source and print what its passages say of settings.capture.

    Zones that were drawn at the place are those of the settings. Writes the page `report`. Raises BoothError for a
    source that cannot be played or a page that cannot be written.
    """
    source = Path(settings.camera.source)
    settings = as_drawn(settings)
    if is_photo(source) or source.is_dir():
        raise SourceError(f"{source}: nobody walks in a photo or a folder; name a video or a camera")
    if report:
        check_place(report)
    survey = watch(settings, excerpt)
    siting = site(survey, settings.capture, settings.garments)
    if as_json:
        print(zones_json(survey, siting))
    else:
        print_siting(survey, siting, settings.capture)
    if report:
        booth = f"{settings.booth.city}/{settings.booth.id}"
        day = datetime.now(timezone.utc).date().isoformat()
        write_atomically(report, zones_page(survey, siting, settings.capture, booth, day).encode())
        tell(f"written: {report}")


def as_drawn(settings: Settings) -> Settings:
    """The settings with what was drawn at the place on top. Raises BoothError where it cannot be used."""
    place = Place(settings)
    if place.fault:
        raise BoothError(place.fault)
    return place.settings


def watch(settings: Settings, excerpt: Excerpt) -> Survey:
    """Count where people stand until the excerpt ends or Ctrl-C is pressed."""
    footfall = Footfall(settings.capture, settings.garments)
    eyes = load_eyes(settings)
    with Progress(transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(settings.camera.label, total=1.0)
        try:
            for item in play(settings, eyes, None, excerpt):
                footfall.add(item.step.tracks, item.size, item.captured_s)
                progress.update(task, completed=excerpt.done(item.captured_s, item.length_s))
        except KeyboardInterrupt:
            tell(f"{settings.camera.label}: stopped; what came before was used")
    return footfall.survey()


def check_place(report: Path) -> None:
    """Raise BoothError now, and not after an hour of watching, when the page cannot be written."""
    try:
        report.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=report.parent):
            fault = "is a folder" if report.is_dir() else ""
    except OSError as error:
        fault = error.strerror or "cannot be written"
    if fault:
        raise BoothError(f"--report {report}: {fault}; name a file in a folder that can be written")


def print_siting(survey: Survey, siting: Siting, capture: Capture) -> None:
    """The table, the findings and, where there is one, the zone to draw."""
    print(f"{told(survey.passages)} passages in {survey.seconds / 60:.1f} minutes")
    table = Table("zone", "kind", "passages", "share of all", "clear there")
    for zone in survey.zones:
        table.add_row(*row_words(zone, survey.passages))
    Console().print(table)
    for finding in siting.findings:
        print(f"- {finding.words}\n  -> {finding.cure}")
    if not siting.findings:
        print("nothing to mend: people walk where the settings expect them")
    if siting.suggestion:
        print("no scored zone is set; this one holds each cell where ten people could be judged:\n")
        print(settings_lines(capture, siting.suggestion))
