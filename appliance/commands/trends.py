"""What analysts do with the daily releases of booths, and what a booth tells of its own: trends."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from appliance.commands.options import AsJson, Config, file_argument, file_option, settings_of
from appliance.config import Folders

app = typer.Typer(no_args_is_help=True, help="Daily releases: what streets wear, with nobody in it.")

Releases = Annotated[
    list[Path],
    file_argument(help="Files of releases, folders of them, or messages that mosquitto_sub wrote down."),
]


class Format(str, Enum):
    """What tables are written as."""

    CSV = "csv"
    PARQUET = "parquet"


@app.command()
def export(
    sources: Releases,
    out: Annotated[Path, file_option("--out", help="The file to write.")],
    form: Annotated[
        Format | None, typer.Option("--format", help="By the file's name without: .csv or .parquet.")
    ] = None,
) -> None:
    """Write releases as one table: a row per booth, day, table and cell."""
    from appliance.analysis.export import export_releases

    print(export_releases(sources, out, form.value if form else None))


@app.command()
def report(
    sources: Releases,
    out: Annotated[Path, file_option("--out", help="The page to write.")] = Path("trends.html"),
) -> None:
    """Draw releases of one or more cities as one page that needs nothing but itself."""
    from appliance.analysis.report import report_releases

    print(report_releases(sources, out))


Folder = Annotated[
    Path | None, file_option("--state", help="A folder that holds trends/ and a logbook, or a copy of one.")
]


def folders_of(config: Path | None, copy: Path | None) -> Folders:
    """Those of the settings, or a copy of all in one."""
    return Folders(state=copy) if copy else settings_of(config).folders


@app.command()
def ledger(
    config: Config = None,
    state: Folder = None,
    head: Annotated[
        str, typer.Option("--head", help="N:HASH12 of an old release: is the ledger still that one?")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Print what this booth has spent of its privacy budget, and whether somebody has touched the record."""
    from appliance.verbs.trends import show_ledger

    folders = folders_of(config, state)
    raise typer.Exit(show_ledger(folders.learned, folders.state, head=head, as_json=as_json))


@app.command()
def show(
    day: Annotated[str | None, typer.Argument(help="YYYY-MM-DD; the newest release without.")] = None,
    config: Config = None,
    state: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Print a release that this booth keeps."""
    from appliance.verbs.trends import show_release

    show_release(folders_of(config, state).learned, day, as_json=as_json)


@app.command()
def begin(config: Config = None) -> None:
    """Set a ledger aside that was touched, with its releases, and begin one that spends from tomorrow on."""
    from appliance.verbs.trends import begin_anew

    print(begin_anew(settings_of(config)))
